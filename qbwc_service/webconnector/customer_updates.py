"""Contact details of customers: compared once more, written, and what became of it.

Nothing else waits for them. What is refused, or was changed by a person meanwhile, is told in the
error log. QuickBooks itself sees to it that nobody's change is lost: it refuses an EditSequence
that is not the customer's newest (3200). Then the next session reads the customer again, and it
is compared again, before anything is sent. Source: qbXML OSR, CustomerMod; status 3200.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qbwc_service.ledger import customer_updates, error_log, history, mirror, states
from qbwc_service.ledger.customer_slice import contact_details_of
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.message_sets import QBXML_VERSION
from qbwc_service.ledger.mirror_columns import details_of
from qbwc_service.ledger.models import MirrorRecord, Posting
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.planning.contact_details import in_words, missing, of_the_same_kind
from qbwc_service.planning.plan import (
    ContactDetails,
    PlannedCustomerUpdate,
    customer_update_from,
    to_payload,
)
from qbwc_service.webconnector.recovery_evidence import Evidence
from qbwc_service.webconnector.render import customer_update_request
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.answers import Response
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.lists import customer_query
from qbxml_builders.records import CustomerRecord
from qbxml_builders.schema import check
from qbxml_builders.statuses import Reaction, classify

NOT_UPDATED = "customer-not-updated"
#: the question about customers that a lost message was to update
RECOVERED = "check:updated"
MOST_TRIES = 3
_NOTHING = ContactDetails()


def to_send(turn: Turn, limit: int) -> list[tuple[Posting, Request]]:
    """Those that the newest reading of the customers still asks for."""
    if effective_settings(turn.connection).update_customers == "never":
        return []
    postings = customer_updates.waiting(turn.db, turn.session, turn.now, limit)
    if not postings:
        return []
    records = customer_updates.mirrored(turn.db, turn.connection.id, postings)
    sending = []
    for posting in postings:
        planned = customer_update_from(posting.payload)
        request = _compared(turn, posting, planned, records.get(planned.list_id))
        if request is not None:
            sending.append((posting, request))
    return sending


def _compared(
    turn: Turn, posting: Posting, planned: PlannedCustomerUpdate, record: MirrorRecord | None
) -> Request | None:
    """What is still to be written; None where it is there, or is not written any more."""
    if record is None or not record.is_active:
        _give_up(turn, posting, "QuickBooks no longer has this customer, or it is inactive there")
        return None
    there = contact_details_of(record.details)
    if there is None:
        return None
    left = missing(planned.wanted, there)
    if left == _NOTHING:
        states.post(posting, record.list_id, edit_sequence=record.edit_sequence, linked=True)
        return None
    if of_the_same_kind(there, left) != of_the_same_kind(planned.before, left):
        _give_up(turn, posting, "Somebody has changed it in QuickBooks since")
        return None
    posting.payload = to_payload(replace(planned, wanted=left))
    request = customer_update_request(posting, record.edit_sequence)
    try:
        check(request, QBXML_VERSION)
    except QbxmlInvalid as error:
        _give_up(turn, posting, str(error).rstrip("."))
        return None
    return request


def take(turn: Turn, posting: Posting, response: Response, answers: Mapping[str, Response]) -> None:
    """QuickBooks' answer. Done, but without the customer among the answers: unresolved."""
    if not response.ok:
        refused(turn, posting, response)
        return
    planned = customer_update_from(posting.payload)
    for record in response.records:
        if isinstance(record, CustomerRecord) and record.list_id == planned.list_id:
            mirror.store(turn.db, turn.connection.id, [record])
            turn.observe([record])
            _updated(turn, posting, planned, record.edit_sequence)
            return


def refused(turn: Turn, posting: Posting, response: Response) -> None:
    """Tried again in another session where that may help; what is unresolved stays so."""
    status = classify(response.status_code, response.message)
    reason = (response.message.strip() or status.meaning).rstrip(".")
    match status.reaction:
        case Reaction.UNKNOWN_OUTCOME:
            return
        case Reaction.RETRY | Reaction.STALE:
            not_applied(turn, posting, reason)
        case _:
            _give_up(turn, posting, reason)


def not_applied(turn: Turn, posting: Posting, reason: str) -> None:
    """It is certain that nothing was written: once more in another session, three times at most."""
    if posting.attempts + 1 < MOST_TRIES:
        states.retry(
            posting, "quickbooks-busy", {"thing": thing(posting), "reason": reason}, turn.now
        )
    else:
        _give_up(turn, posting, reason)


def read_again(turn: Turn, postings: Sequence[Posting]) -> list[Request]:
    """The customers as they are now."""
    list_ids = sorted({str(posting.payload["list_id"]) for posting in postings})
    return [customer_query(RECOVERED, list_ids=list_ids)] if list_ids else []


def settle(
    turn: Turn, postings: Sequence[Posting], evidence: Evidence, kept: Mapping[str, str]
) -> None:
    """After a lost answer: by QuickBooks' own word (`kept`, by posting), else by what the customer
    has now. Otherwise it was not applied, or not yet: should the lost message still be run, one of
    the two bears an EditSequence that is too old."""
    for posting in postings:
        planned = customer_update_from(posting.payload)
        record = evidence.customers.get(planned.list_id)
        if str(posting.id) in kept or (record and _has_all(planned, record)):
            _updated(turn, posting, planned, record.edit_sequence if record else "")
        else:
            not_applied(turn, posting, "Its answer was lost, and QuickBooks does not have it")


def _has_all(planned: PlannedCustomerUpdate, record: CustomerRecord) -> bool:
    there = contact_details_of(details_of(record))
    return there is not None and missing(planned.wanted, there) == _NOTHING


def _updated(
    turn: Turn, posting: Posting, planned: PlannedCustomerUpdate, edit_sequence: str
) -> None:
    states.post(posting, planned.list_id, edit_sequence=edit_sequence)
    posting.posted_at = turn.now
    text = f"{thing(posting)}: {in_words(planned.wanted)} updated from Keap"
    history.note(turn.db, turn.connection.id, text, now=turn.now, order_id=planned.order_id)


def _give_up(turn: Turn, posting: Posting, reason: str) -> None:
    """Not for these values any more; told on the order that it came up with, which goes on."""
    planned = customer_update_from(posting.payload)
    details = {
        "customer": planned.name,
        "fields": in_words(planned.wanted),
        "order": str(planned.order_id),
        "reason": reason,
    }
    states.hold(posting, NOT_UPDATED, details)
    error_log.tell(
        turn.db,
        turn.connection.id,
        NOT_UPDATED,
        details,
        now=turn.now,
        order_id=planned.order_id,
    )
