"""A person's decisions about orders, each in its own transaction, so that a refusal undoes only
itself and the Web Connector never waits for a long list."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import flash
from sqlalchemy.orm import Session

from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import standing_words
from qbwc_service.connections import lock_connection
from qbwc_service.ledger.decisions import ACCEPTED_BY, DecisionRefused, Decisions
from qbwc_service.ledger.manual_syncs import orders_of
from qbwc_service.ledger.models import KeapOrder, OrderStatus, Posting
from qbwc_service.ledger.sendable import is_undo, sale_of
from qbwc_service.ledger.states import State
from qbwc_service.ledger.undo import UndoPreview, can_be_undone
from qbwc_service.planning.approval import AWAITING


class Verb(StrEnum):
    """The buttons."""

    APPROVE = "approve"
    SEND = "send"
    REQUEUE = "requeue"
    HOLD = "hold"
    SKIP = "skip"
    LINK = "link"
    RENUMBER = "renumber"
    ACCEPT = "accept"
    UNDO = "undo"
    UNDO_EVEN_SO = "undo-even-so"
    KEEP = "keep"


#: these are shown before they are done, on a page of their own
SHOWN_FIRST = frozenset({Verb.UNDO, Verb.UNDO_EVEN_SO})

_DONE = {
    Verb.APPROVE: "Approved",
    Verb.SEND: "Goes with the next update",
    Verb.REQUEUE: "Requeued",
    Verb.HOLD: "Held",
    Verb.SKIP: "Skipped",
    Verb.LINK: "Linked",
    Verb.RENUMBER: "Gets a number of its own",
    Verb.ACCEPT: "Marked as right",
    Verb.UNDO: "Being undone",
    Verb.UNDO_EVEN_SO: "Being undone even so",
    Verb.KEEP: "Kept in QuickBooks",
}
_UNDONE_NEXT = (
    " What we made for it is deleted in QuickBooks with the next update of the Web Connector; "
    "until then, Keep it in QuickBooks takes that back."
)
_THEN = {
    Verb.APPROVE: " It goes to QuickBooks with the next update.",
    Verb.SEND: " It is sent whatever the settings leave out, and does not wait for its payment.",
    Verb.REQUEUE: " What is not in QuickBooks yet is tried again with the next update.",
    Verb.HOLD: " It is not sent until you requeue it.",
    Verb.SKIP: (
        " What is not in QuickBooks yet is not sent unless you requeue it; what is there stays as "
        "it is."
    ),
    Verb.LINK: (" QuickBooks was not changed. What waits of it goes there with the next update."),
    Verb.RENUMBER: " It goes with the next update. The one that has the number is not changed.",
    Verb.ACCEPT: " QuickBooks was not changed.",
    Verb.UNDO: _UNDONE_NEXT,
    Verb.UNDO_EVEN_SO: _UNDONE_NEXT,
    Verb.KEEP: " What is still there stays as it is.",
}
NOTHING_THERE = "nothing of it is in QuickBooks; Skip for good keeps it from being sent"
_WOULD_LOSE = "undo-would-lose"


#: a prefix of its own settles these
_NUMBER_CAUSES = frozenset({"number-taken", "number-of-another-order"})
_NOT_UNDONE_YET = frozenset({State.READY, State.SENT, State.HELD})
_CAN_BE_HELD = frozenset({OrderStatus.NEW, OrderStatus.READY, OrderStatus.WILL_RETRY})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order; `refusal` says why nothing changed ("" = it was done)."""

    order_id: int
    refusal: str = ""


def seen_mark(order: KeapOrder) -> str:
    """What a page saw of an order, for its form to name: another one where it has changed."""
    told = (order.status, order.cause, order.subject, order.content_hash)
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:12]


def offered(order: KeapOrder, postings: Sequence[Posting]) -> tuple[Verb, ...]:
    """The decisions that can be made about the order now, the likeliest first."""
    undos = [each for each in postings if is_undo(each) and each.state in _NOT_UNDONE_YET]
    if undos:
        return tuple(_while_undone(undos))
    states = {posting.state for posting in postings}
    sale = sale_of(postings)
    verbs: list[Verb] = []
    waits_for_word = order.cause in AWAITING
    if waits_for_word:
        verbs.append(Verb.APPROVE)
    if order.cause in ACCEPTED_BY or any(_differs(order, posting) for posting in postings):
        verbs.append(Verb.ACCEPT)
    if not waits_for_word and (
        states & {State.HELD, State.SKIPPED, State.GONE, State.UNDONE}
        or order.status in {OrderStatus.WILL_RETRY, OrderStatus.SKIPPED_BY_SETTINGS}
    ):
        verbs.append(Verb.REQUEUE)
    if order.status in _CAN_BE_HELD or waits_for_word:
        verbs.append(Verb.HOLD)
    if states & {State.READY, State.HELD} or order.status is OrderStatus.NEW:
        verbs.append(Verb.SKIP)
    if sale and sale.state in {State.READY, State.HELD, State.SKIPPED}:
        verbs.append(Verb.LINK)
    if sale and sale.cause in _NUMBER_CAUSES:
        verbs.append(Verb.RENUMBER)
    if can_be_undone(postings):
        verbs.append(Verb.UNDO)
    return tuple(verbs)


def _while_undone(undos: Sequence[Posting]) -> Iterator[Verb]:
    """`undos`: what is to be deleted and is not yet."""
    states = {posting.state for posting in undos}
    if State.HELD in states and State.SENT not in states:
        yield Verb.UNDO
        if any(posting.cause == _WOULD_LOSE for posting in undos):
            yield Verb.UNDO_EVEN_SO
    if states & {State.READY, State.HELD}:
        yield Verb.KEEP


def _differs(order: KeapOrder, posting: Posting) -> bool:
    """It is in QuickBooks, and not as it was meant or as Keap has it now."""
    edited = posting.kind.is_sale and posting.planned_hash not in {"", order.content_hash}
    return posting.state is State.POSTED and (bool(posting.cause) or edited)


def skip_payment(connection: str, payment_id: int) -> str:
    """Skip one payment of Keap; the reason why it could not be done, or ""."""
    return _about_payment(connection, payment_id, Decisions.skip_payment)


def approve_refund(connection: str, payment_id: int) -> str:
    """Approve one refund of Keap; the reason why it could not be done, or ""."""
    return _about_payment(connection, payment_id, Decisions.approve_refund)


def _about_payment(
    connection: str, payment_id: int, decision: Callable[[Decisions, int], None]
) -> str:
    try:
        with here().database.writing("decision-payment") as db:
            locked = lock_connection(db, connection)
            decision(Decisions(db, locked, signed_in_name(), here().now()), payment_id)
    except DecisionRefused as refused:
        return refused.reason
    return ""


def decide(
    connection: str,
    verb: Verb,
    order_id: int,
    *,
    txn_id: str = "",
    prefix: str = "",
    seen: str = "",
    only: Collection[int] | None = None,
    mark: str = "",
) -> Outcome:
    """Do it, or say why not. Link takes a TxnID, renumber the letters before the number, approve
    and send what the person has `seen` (its content hash), undo the postings that it is about
    (None: all of the order). `mark`: of the order as a list showed it; one that has changed since
    is left as it is ("" = whatever it is now)."""
    try:
        with here().database.writing(f"decision-{verb}") as db:
            locked = lock_connection(db, connection)
            if mark:
                _refuse_changed(db, locked.id, order_id, mark)
            decisions = Decisions(db, locked, signed_in_name(), here().now())
            _action(decisions, verb, _Said(txn_id, prefix, seen, only))(order_id)
    except DecisionRefused as refused:
        return Outcome(order_id, refused.reason)
    return Outcome(order_id)


def _refuse_changed(db: Session, connection_id: int, order_id: int, mark: str) -> None:
    for order in orders_of(db, connection_id, [order_id]):
        if seen_mark(order) != mark:
            now = standing_words(order.status, order.cause)
            reason = f'it has changed since the page was shown, and is "{now}" now'
            raise DecisionRefused(order_id, reason)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a decision needs besides the order."""

    txn_id: str
    prefix: str
    seen: str
    only: Collection[int] | None


def _action(decisions: Decisions, verb: Verb, said: _Said) -> Callable[[int], None]:
    match verb:
        case Verb.APPROVE:
            return lambda order_id: decisions.approve(order_id, seen=said.seen)
        case Verb.SEND:
            return lambda order_id: decisions.send(order_id, seen=said.seen)
        case Verb.REQUEUE:
            return decisions.requeue
        case Verb.HOLD:
            return decisions.hold
        case Verb.SKIP:
            return decisions.skip
        case Verb.ACCEPT:
            return decisions.accept
        case Verb.KEEP:
            return decisions.keep
        case Verb.UNDO | Verb.UNDO_EVEN_SO:
            even_so = verb is Verb.UNDO_EVEN_SO
            return lambda order_id: _in_quickbooks(
                decisions.undo(order_id, even_so=even_so, only=said.only)
            )
        case Verb.RENUMBER:
            return lambda order_id: decisions.renumber(order_id, said.prefix)
        case Verb.LINK:
            return lambda order_id: decisions.link(order_id, _checked(order_id, said.txn_id))


def _in_quickbooks(planned: UndoPreview) -> None:
    """What was never sent is skipped by its own button: here it would be told wrongly."""
    if not planned.removed:
        raise DecisionRefused(planned.order_id, NOTHING_THERE)


def _checked(order_id: int, txn_id: str) -> str:
    """A TxnID has at most 36 letters, digits and hyphens (qbXML IDTYPE)."""
    text = txn_id.strip()
    if not re.fullmatch(r"[0-9A-Za-z-]{1,36}", text):
        raise DecisionRefused(order_id, "that is not a TxnID (one looks like 3F2-1197755238)")
    return text


def tell(verb: Verb, outcomes: Iterable[Outcome]) -> None:
    """Say what happened on the next page: what was done in one line, refusals by their reason."""
    grouped: dict[str, list[int]] = {}
    for outcome in outcomes:
        grouped.setdefault(outcome.refusal, []).append(outcome.order_id)
    for refusal, order_ids in grouped.items():
        noun = "order" if len(order_ids) == 1 else "orders"
        named = f"{noun} {', '.join(str(order_id) for order_id in order_ids)}"
        if refusal:
            flash(f"Not changed: {named}, because {refusal}.", "refused")
        else:
            flash(f"{_DONE[verb]}: {named}.{_THEN.get(verb, '')}", "done")
