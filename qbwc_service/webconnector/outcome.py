"""What QuickBooks refused -> the ledger: tried again, held, or not known. What it made: landing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from qbwc_service.ledger import mirror, queue, states
from qbwc_service.ledger.causes import MIRROR_CAUSES
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import REFUNDS, Kind, Posting
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import refusals
from qbwc_service.webconnector.look_up import day_of
from qbwc_service.webconnector.render_forms import made_by_keys
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.answers import Response
from qbxml_builders.records import Record
from qbxml_builders.statuses import Reaction, classify

#: waits between tries of what passes by itself, by number of tries so far
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
MAX_NAME_TRIES = 3
#: a name that a record refers to does not exist in the file
REFERENCE_GONE = 3140
#: what it is to be applied to is not there, or belongs to another customer
RECORD_GONE = 3120
#: errors that a payment may get because its invoice, in the same message, was refused
PARTNER_FAILED = frozenset({3120, 3140, *range(9100, 9200)})


def pause_after(tries: int) -> timedelta:
    """How long to wait after that many tries."""
    return BACK_OFF[min(tries, len(BACK_OFF) - 1)]


#: the postings of one order, the newest generation of each
OfOrder = Mapping[tuple[Kind, str], Posting]


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
        case _ if _may_have_changed(posting, code):
            _try_again(turn, posting, response, details)
        case Reaction.RETRY | Reaction.STALE:
            _try_again(turn, posting, response, details)
        case Reaction.NAME_TAKEN if posting.attempts < MAX_NAME_TRIES:
            _try_again(turn, posting, response, details)
        case Reaction.SETUP if code == REFERENCE_GONE and posting.attempts < MAX_NAME_TRIES:
            # Deleted or merged since this session read the lists: the next one plans anew. If that
            # did not help, no deletion is told of it (a restored backup): all lists are read anew.
            if posting.attempts:
                mirror.load_afresh(turn.db, turn.connection.id)
            _try_again(turn, posting, response, details)
        case Reaction.CLOSED_PERIOD:
            closing = turn.connection.quickbooks.get("closing_date", "")
            more = {"date": day_of(posting), "closing_date": closing}
            hold(turn, posting, Hold("closed-period", details | more))
        case _:
            cause = refusals.held(code, posting.kind, response.message)
            hold(turn, posting, Hold(cause, details))


def _may_have_changed(posting: Posting, code: int) -> bool:
    """Somebody deleted or moved what it is applied to after the look-up: the next one sees it."""
    follows = posting.kind in {Kind.PAYMENT, Kind.CREDIT_USE, *REFUNDS}
    return follows and code == RECORD_GONE and posting.attempts < MAX_NAME_TRIES


def _partner_failed(turn: Turn, posting: Posting, response: Response) -> bool:
    """A payment or refund may be refused only because its invoice or credit memo, in the same
    message, was: then it takes no class of its own."""
    follows = posting.kind is Kind.PAYMENT or posting.kind in REFUNDS
    if not follows or response.status_code not in PARTNER_FAILED:
        return False
    return not is_partner_there(posting, _of_order(turn, posting))


def hold(turn: Turn, posting: Posting, why: Hold) -> None:
    """It waits for a person; told in the error log once."""
    states.hold(posting, why.cause, why.details)
    turn.session.held += 1
    turn.tell(why.cause, why.details, posting)


def wait(turn: Turn, posting: Posting) -> None:
    """Nothing of it was done, through no fault of its own: it goes with its partner."""
    if posting.state is State.SENT:
        states.release(posting)


def send_again(turn: Turn, posting: Posting) -> None:
    """It was sent, no answer came, and it is proved that QuickBooks did not do it. At once the
    first time; then after ever longer pauses and told, so that no session goes in circles around a
    record that QuickBooks fails at without saying why."""
    states.release(posting)
    if not posting.attempts:
        posting.attempts = 1
        return
    details = {"thing": thing(posting), "order": str(posting.order_id or "")}
    pause = pause_after(posting.attempts)
    states.retry(posting, "no-answer-came", details, turn.now + pause)
    turn.tell("no-answer-came", details, posting)


def is_partner_there(posting: Posting, of_order: OfOrder) -> bool:
    """A payment cannot be compared before it is known which invoice its own one is; a refund uses
    up the credit memo of the same payment row."""
    partner = sale_of(of_order.values())
    if posting.kind in REFUNDS:
        partner = of_order.get((Kind.CREDIT_MEMO, posting.source_key))
    return partner is not None and partner.state is State.POSTED


def sale_posting(turn: Turn, posting: Posting) -> Posting | None:
    """The form of the posting's order."""
    return sale_of(_of_order(turn, posting).values())


def _of_order(turn: Turn, posting: Posting) -> OfOrder:
    if posting.order_id is None:
        return {}
    return of_orders(turn, [posting.order_id]).get(posting.order_id, {})


def of_orders(turn: Turn, order_ids: Collection[int]) -> dict[int, OfOrder]:
    """The postings of these orders, in one query."""
    found: dict[int, list[Posting]] = {}
    for posting in turn.db.scalars(
        select(Posting).where(
            Posting.connection_id == turn.connection.id,
            Posting.order_id.in_(sorted(order_ids)),
        )
    ):
        found.setdefault(posting.order_id or 0, []).append(posting)
    return {order_id: current(some) for order_id, some in found.items()}


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


def _try_again(turn: Turn, posting: Posting, response: Response, details: dict[str, str]) -> None:
    cause = refusals.again(response.status_code, posting.kind, response.message)
    states.retry(posting, cause, details, turn.now + pause_after(posting.attempts))
    turn.tell(cause, details, posting)
