"""What QuickBooks did with a posting -> the ledger: made, refused, or not known."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeGuard

from sqlalchemy import select

from qbwc_service.ledger import error_log, history, mirror, mirror_keys, queue, states
from qbwc_service.ledger.causes import ITEM_CAUSES, MIRROR_CAUSES
from qbwc_service.ledger.customer_slice import PLANNED_CUSTOMERS
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import REFUNDS, Kind, Posting
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.plan import Hold, planned_sale_from
from qbwc_service.webconnector.look_up import day_of
from qbwc_service.webconnector.render_forms import made_by_keys
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TxnMade, kind_of_record
from qbwc_service.webconnector.verify import check_form, check_payment
from qbxml_builders.answers import Response
from qbxml_builders.records import (
    CustomerRecord,
    InvoiceRecord,
    ItemRecord,
    PaymentRecord,
    Record,
    RefundRecord,
    SaleRecord,
)
from qbxml_builders.statuses import Reaction, classify

#: waits between tries of what passes by itself, by number of tries so far
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
MAX_NAME_TRIES = 3
#: a name that a record refers to does not exist in the file
REFERENCE_GONE = 3140
#: errors that a payment may get because its invoice, in the same message, was refused
PARTNER_FAILED = frozenset({3120, 3140, *range(9100, 9200)})
#: told of a posted order for a person to read: its form in QuickBooks does not settle them
STILL_TRUE_WHEN_POSTED = (
    "unknown-item-used",
    "payment-edited-after-sending",
    "payment-voided-in-keap",
    "customer-not-updated",
)


def pause_after(tries: int) -> timedelta:
    """How long to wait after that many tries."""
    return BACK_OFF[min(tries, len(BACK_OFF) - 1)]


MadeRecord = TxnMade | CustomerRecord | ItemRecord
#: qbXML IDTYPE
LONGEST_ID = 36


def may_be(record: Record, turn: Turn, posting: Posting) -> TypeGuard[MadeRecord]:
    """Whether the record can be what the posting made: of its kind, with an id of its own that no
    other posting has, and not under somebody else's GUID. What cannot be stays unresolved."""
    if not _is_kind(record, posting.kind):
        return False
    record_id = _id_of(record)
    if not 0 < len(record_id) <= LONGEST_ID:
        return False
    guid = record.external_guid.lower()
    if guid and guid != posting.external_guid.lower():
        return False
    if posting.kind is Kind.PAYMENT and not _partner_is_there(turn, posting):
        return False
    taken = select(Posting.id).where(
        Posting.connection_id == turn.connection.id,
        Posting.record_id == record_id,
        Posting.kind == posting.kind,
        Posting.state == State.POSTED,
    )
    return turn.db.scalars(taken).first() is None


def record_among(turn: Turn, posting: Posting, records: Sequence[Record]) -> MadeRecord | None:
    """The record that the posting made: the one under its GUID, else the only one there is."""
    fitting = [record for record in records if may_be(record, turn, posting)]
    ours = [record for record in fitting if record.external_guid]
    if ours:
        return ours[0]
    return fitting[0] if len(records) == len(fitting) == 1 else None


def _is_kind(record: Record, kind: Kind) -> TypeGuard[MadeRecord]:
    match record:
        case CustomerRecord():
            return kind is Kind.CUSTOMER
        case ItemRecord():
            return kind is Kind.ITEM
        case _:
            return kind_of_record(record) is kind


def _partner_is_there(turn: Turn, posting: Posting) -> bool:
    """A payment cannot be compared before it is known which invoice its own one is; a refund uses
    up the credit memo of the same payment row."""
    partner = sale_posting(turn, posting)
    if posting.kind in REFUNDS:
        partner = _of_order(turn, posting).get((Kind.CREDIT_MEMO, posting.source_key))
    return partner is not None and partner.state is State.POSTED


def _id_of(record: MadeRecord) -> str:
    return record.list_id if isinstance(record, CustomerRecord | ItemRecord) else record.txn_id


def made(turn: Turn, posting: Posting, record: MadeRecord, *, linked: bool = False) -> None:
    """QuickBooks has it under this record's id; compared with what was meant, and noted."""
    states.post(posting, _id_of(record), edit_sequence=record.edit_sequence, linked=linked)
    posting.posted_at = turn.now
    if not posting.number and not isinstance(record, CustomerRecord | ItemRecord):
        posting.number = record.ref_number
        posting.number_key = name_key(record.ref_number)
    turn.session.posted += 1
    turn.observe([record])
    _solve_entries(turn, posting)
    if isinstance(record, CustomerRecord | ItemRecord):
        news = mirror.store(turn.db, turn.connection.id, [record])
        if news and posting.kind is Kind.ITEM:
            # The next reading of the lists finds nothing new in it.
            queue.plan_held_again(turn.db, turn.connection.id, ITEM_CAUSES)
        if posting.kind is Kind.CUSTOMER:
            # From now on the record itself is found, in the mirror.
            mirror_keys.forget(turn.db, turn.connection.id, PLANNED_CUSTOMERS, [posting.source_key])
    else:
        difference = _difference(turn, posting, record)
        if difference:
            states.flag(posting, difference.cause, difference.details)
            turn.tell(difference.cause, difference.details, posting)
            turn.session.held += 1
    _tell_history(turn, posting, "was in QuickBooks already" if linked else "is in QuickBooks")


def _solve_entries(turn: Turn, posting: Posting) -> None:
    """A form settles what was told of its order, others only what was told of themselves."""
    if posting.kind.is_sale and posting.order_id is not None:
        error_log.solve_of_form(
            turn.db,
            turn.connection.id,
            posting.order_id,
            now=turn.now,
            keep=STILL_TRUE_WHEN_POSTED,
        )
    else:
        error_log.solve(turn.db, turn.connection.id, now=turn.now, posting_id=posting.id)


def learn(turn: Turn, records: Sequence[Record]) -> None:
    """Mirror what was seen outside the reading of the lists: that finds nothing new in it any more,
    so orders are planned again now."""
    if mirror.store(turn.db, turn.connection.id, records):
        queue.plan_again(turn.db, turn.connection, turn.now, MIRROR_CAUSES)


def refused(turn: Turn, posting: Posting, response: Response) -> None:
    """QuickBooks answered with an error: tried again, held, or left unresolved, by its class."""
    if _partner_failed(turn, posting, response):
        wait(turn, posting)
        return
    code = response.status_code
    status = classify(code, response.message)
    details = {
        "thing": thing(posting),
        "order": str(posting.order_id or ""),
        "reason": response.message.strip() or status.meaning,
        "code": str(code),
    }
    match status.reaction:
        case Reaction.UNKNOWN_OUTCOME:
            return
        case Reaction.PARTNER:
            wait(turn, posting)
        case Reaction.RETRY | Reaction.STALE:
            _try_again(turn, posting, "quickbooks-busy", details)
        case Reaction.NAME_TAKEN if posting.attempts < MAX_NAME_TRIES:
            _try_again(turn, posting, "quickbooks-busy", details)
        case Reaction.SETUP if code == REFERENCE_GONE and posting.attempts < MAX_NAME_TRIES:
            # Deleted or merged since this session read the lists: the next one plans anew.
            _try_again(turn, posting, "quickbooks-busy", details)
        case Reaction.SETUP:
            hold(turn, posting, Hold("quickbooks-set-up", details))
        case Reaction.CLOSED_PERIOD:
            closing = turn.connection.quickbooks.get("closing_date", "")
            more = {"date": day_of(posting), "closing_date": closing}
            hold(turn, posting, Hold("closed-period", details | more))
        case _:
            hold(turn, posting, Hold("quickbooks-refused", details))


def _partner_failed(turn: Turn, posting: Posting, response: Response) -> bool:
    """A payment or refund may be refused only because its invoice or credit memo, in the same
    message, was: then it takes no class of its own."""
    follows = posting.kind is Kind.PAYMENT or posting.kind in REFUNDS
    if not follows or response.status_code not in PARTNER_FAILED:
        return False
    return not _partner_is_there(turn, posting)


def hold(turn: Turn, posting: Posting, why: Hold) -> None:
    """It waits for a person; told in the error log once."""
    states.hold(posting, why.cause, why.details)
    turn.session.held += 1
    turn.tell(why.cause, why.details, posting)


def wait(turn: Turn, posting: Posting) -> None:
    """Nothing of it was done, through no fault of its own: it goes with its partner."""
    if posting.state is State.SENT:
        states.release(posting)


def sale_posting(turn: Turn, posting: Posting) -> Posting | None:
    """The form of the posting's order."""
    return sale_of(_of_order(turn, posting).values())


def _of_order(turn: Turn, posting: Posting) -> dict[tuple[Kind, str], Posting]:
    return current(
        turn.db.scalars(
            select(Posting).where(
                Posting.connection_id == turn.connection.id,
                Posting.order_id == posting.order_id,
            )
        )
    )


def list_ids(turn: Turn, kind: Kind, source_keys: Sequence[str]) -> dict[str, Posting]:
    """The newest customer or item postings of these source keys, in the order they were planned."""
    if not source_keys:
        return {}
    found = turn.db.scalars(
        select(Posting)
        .where(
            Posting.connection_id == turn.connection.id,
            Posting.kind == kind,
            Posting.source_key.in_(sorted(set(source_keys))),
        )
        .order_by(Posting.id)
    )
    return {posting.source_key: posting for posting in current(found).values()}


def list_ids_of(turn: Turn, posting: Posting) -> dict[tuple[Kind, str], str]:
    """ListIDs of what this record refers to and we made, by kind and source key."""
    customer, items = made_by_keys(posting)
    found = {
        Kind.CUSTOMER: list_ids(turn, Kind.CUSTOMER, [customer] if customer else []),
        Kind.ITEM: list_ids(turn, Kind.ITEM, items),
    }
    return {
        (kind, key): made.record_id for kind, some in found.items() for key, made in some.items()
    }


def _difference(turn: Turn, posting: Posting, record: Record) -> Hold | None:
    match record:
        case PaymentRecord():
            sale = sale_posting(turn, posting)
            return check_payment(posting, record, sale.record_id if sale else "")
        case InvoiceRecord() | SaleRecord() | RefundRecord():
            tax = int(posting.payload.get("tax", 0))
            customer = _meant_customer(turn, posting)
            return check_form(posting, record, customer_list_id=customer, tax=tax)
        case _:
            return None


def _meant_customer(turn: Turn, posting: Posting) -> str:
    """The ListID that a form was planned for; other records go to whoever the form has now."""
    if not posting.payload or not posting.kind.is_sale:
        return ""
    customer = planned_sale_from(posting.payload).customer
    if customer.list_id:
        return customer.list_id
    made_by = list_ids(turn, Kind.CUSTOMER, [customer.made_by]).get(customer.made_by)
    return made_by.record_id if made_by else ""


def _try_again(turn: Turn, posting: Posting, cause: str, details: dict[str, str]) -> None:
    states.retry(posting, cause, details, turn.now + pause_after(posting.attempts))
    turn.tell(cause, details, posting)


def _tell_history(turn: Turn, posting: Posting, text: str) -> None:
    history.note(
        turn.db,
        turn.connection.id,
        f"{thing(posting)} {text}",
        now=turn.now,
        order_id=posting.order_id,
    )
