"""Invoices that follow an edit in Keap: looked at, changed, and what became of it.

Only where QuickBooks still shows our own last write: its EditSequence and its lines, nothing linked
to it, and both dates in an open period. Otherwise the difference is shown and a person decides. An
EditSequence that is too old (3200) is a hold: somebody was there first. A lost answer is settled
by reading the invoice. Source: qbXML OSR, InvoiceMod; status 3200.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from qbwc_service.ledger import error_log, history, states
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.sale_changes import EDITED, edit_details
from qbwc_service.ledger.states import State
from qbwc_service.planning.differences import differences, in_words
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.plan import Hold, planned_sale_from
from qbwc_service.webconnector import outcome, refusals
from qbwc_service.webconnector.recovery_evidence import Evidence
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS
from qbwc_service.webconnector.verify import check_form
from qbwc_service.webconnector.written import ListIds, resolved, same_lines
from qbxml_builders.answers import Response
from qbxml_builders.elements import Request
from qbxml_builders.records import InvoiceRecord
from qbxml_builders.statuses import Reaction, classify

#: the reading of the invoices that a lost message was to change
RECOVERED = "check:changed"


def decide_update(
    update: Posting,
    sale: Posting,
    record: InvoiceRecord,
    list_ids: ListIds,
    closed_to: date | None,
) -> Hold | None:
    """May the invoice be changed, as the look-up shows it? Pure."""
    reason = _why_not(update, sale, record, list_ids, closed_to)
    return _hold(update, sale, reason) if reason else None


def _why_not(
    update: Posting,
    sale: Posting,
    record: InvoiceRecord,
    list_ids: ListIds,
    closed_to: date | None,
) -> str:
    if record.linked:
        return "a payment or credit is linked to it"
    was, now = planned_sale_from(sale.payload), planned_sale_from(update.payload)
    if record.edit_sequence != sale.edit_sequence or not same_lines(
        was.lines, record.lines, list_ids
    ):
        return "somebody changed it in QuickBooks since we sent it"
    if closed_to is not None and min(was.placed_on, now.placed_on) <= closed_to:
        return f"the books are closed up to {closed_to}"
    return ""


def take(turn: Turn, posting: Posting, response: Response, answers: Mapping[str, Response]) -> None:
    """QuickBooks' answer. Done, but without the invoice among the answers: unresolved."""
    if not response.ok:
        refused(turn, posting, response)
        return
    sale = outcome.sale_posting(turn, posting)
    for record in response.records:
        if isinstance(record, InvoiceRecord) and sale and record.txn_id == sale.record_id:
            _done(turn, posting, sale, record)
            return


def refused(turn: Turn, posting: Posting, response: Response) -> None:
    """Somebody was there first, or QuickBooks' own words."""
    sale = outcome.sale_posting(turn, posting)
    if sale is None:
        return
    status = classify(response.status_code, response.message)
    reason = (response.message.strip() or status.meaning).rstrip(".")
    match status.reaction:
        case Reaction.UNKNOWN_OUTCOME:
            return
        case Reaction.RETRY:
            details = {"thing": thing(sale), "reason": reason}
            pause = outcome.pause_after(posting.attempts)
            cause = refusals.again(response.status_code, sale.kind, response.message)
            states.retry(posting, cause, details, turn.now + pause)
            turn.tell(cause, details, posting)
        case Reaction.STALE:
            why = _hold(posting, sale, "somebody changed it in QuickBooks at the same time")
            outcome.hold(turn, posting, why)
        case _:
            outcome.hold(turn, posting, _hold(posting, sale, f'QuickBooks refuses: "{reason}"'))


def not_applied(turn: Turn, posting: Posting, reason: str) -> None:
    """Nothing was changed: looked up and sent again."""
    states.release(posting)


def read_again(turn: Turn, postings: Sequence[Posting]) -> list[Request]:
    """The invoices as they are now, with their lines."""
    sales = (outcome.sale_posting(turn, posting) for posting in postings)
    ids = sorted({sale.record_id for sale in sales if sale is not None and sale.record_id})
    return [TXN_KINDS[Kind.INVOICE].ask(RECOVERED, whole=True, txn_ids=ids)] if ids else []


def settle(
    turn: Turn, postings: Sequence[Posting], evidence: Evidence, kept: Mapping[str, str]
) -> None:
    """After a lost answer: an invoice that is as it was to be was changed by us."""
    if RECOVERED not in evidence.answered:
        return
    for posting in postings:
        sale = outcome.sale_posting(turn, posting)
        record = evidence.txns.get(sale.record_id) if sale else None
        if sale and isinstance(record, InvoiceRecord) and _is_as_wanted(turn, posting, record):
            _done(turn, posting, sale, record)
        else:
            outcome.send_again(turn, posting)


def _is_as_wanted(turn: Turn, update: Posting, record: InvoiceRecord) -> bool:
    now, list_ids = planned_sale_from(update.payload), outcome.list_ids_of(turn, update)
    return (
        record.total == decimal_amount(now.total)
        and record.txn_date == now.placed_on
        and record.customer_list_id == resolved(now.customer, Kind.CUSTOMER, list_ids)
        and same_lines(now.lines, record.lines, list_ids)
    )


def _done(turn: Turn, update: Posting, sale: Posting, record: InvoiceRecord) -> None:
    """The form takes over what was written; compared with what was meant."""
    now = planned_sale_from(update.payload)
    changes = differences(planned_sale_from(sale.payload), now)
    sale.payload = update.payload
    sale.amount = update.amount
    sale.planned_hash = update.planned_hash
    sale.edit_sequence = record.edit_sequence
    states.post(update, sale.record_id, edit_sequence=record.edit_sequence)
    update.posted_at = turn.now
    turn.session.posted += 1
    turn.observe([record])
    error_log.solve(
        turn.db, turn.connection.id, now=turn.now, order_id=sale.order_id, messages=[EDITED]
    )
    error_log.solve(turn.db, turn.connection.id, now=turn.now, posting_id=update.id)
    difference = check_form(sale, record, tax=now.tax)
    if difference is not None and sale.state is State.POSTED:
        states.flag(sale, difference.cause, difference.details)
        turn.tell(difference.cause, difference.details, sale)
    text = f"{thing(sale)} is changed as in Keap: {in_words(changes)}"
    history.note(turn.db, turn.connection.id, text, now=turn.now, order_id=sale.order_id)


def _hold(update: Posting, sale: Posting, reason: str) -> Hold:
    changes = differences(planned_sale_from(sale.payload), planned_sale_from(update.payload))
    return Hold(EDITED, edit_details(sale, update.amount, changes, reason))
