"""Transactions of ours that are taken back: deleted, or voided.

It is looked up before and read again after a lost answer: a record that is gone is done, whoever
deleted it. A form or credit memo that is linked to something cannot be deleted, so it is voided
first, which takes the links off. Source: qbXML OSR, TxnDel, TxnVoid; status codes 3120, 3160-3185.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from sqlalchemy import select

from qbwc_service.ledger import error_log, history, states
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.sendable import is_undo, target_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import Hold, removal_from
from qbwc_service.webconnector import outcome, refusals
from qbwc_service.webconnector.recovery_evidence import Evidence
from qbwc_service.webconnector.render import request_id
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS
from qbwc_service.webconnector.written import is_void
from qbxml_builders.answers import Response
from qbxml_builders.elements import Request
from qbxml_builders.removal import Deletable, Voidable, txn_delete, txn_void
from qbxml_builders.statuses import Reaction, classify

#: the reading of what a lost message was to take away
RECOVERED = "check:removed-"
_VOID_FIRST = ":void"
#: "The record is gone": what was to be deleted is deleted
_GONE = frozenset({500, 3120})
_FOLLOW_THE_FORM = frozenset({Kind.SALE_UPDATE, Kind.CUSTOM_FIELDS})


def requests(removal: Posting, target: Posting, *, is_linked: bool) -> tuple[Request, ...]:
    """`is_linked`: something is linked to the target, as the look-up saw it."""
    known = TXN_KINDS[target.kind]
    name, txn_id = request_id(removal), target.record_id
    if removal_from(removal.payload).is_void:
        return (txn_void(name, cast("Voidable", known.txn_type), txn_id),)
    delete = txn_delete(name, cast("Deletable", known.txn_type), txn_id)
    is_form = target.kind.is_sale or target.kind is Kind.CREDIT_MEMO
    if not (is_linked and is_form and known.can_be_voided):
        return (delete,)
    return (txn_void(f"{name}{_VOID_FIRST}", cast("Voidable", known.txn_type), txn_id), delete)


def take(turn: Turn, posting: Posting, response: Response, answers: Mapping[str, Response]) -> None:
    """Done, gone already, or refused."""
    if response.ok or response.status_code in _GONE:
        done(turn, posting)
        return
    voided = answers.get(f"{request_id(posting)}{_VOID_FIRST}")
    _refused(turn, posting, response, is_voided=voided is not None and voided.ok)


def refused(turn: Turn, posting: Posting, response: Response) -> None:
    """QuickBooks' own words are shown; what is locked for the moment is tried again."""
    if response.status_code in _GONE:
        done(turn, posting)
    else:
        _refused(turn, posting, response, is_voided=False)


def _refused(turn: Turn, posting: Posting, response: Response, *, is_voided: bool) -> None:
    target = _target(turn, posting)
    if target is None:
        return
    status = classify(response.status_code, response.message)
    details = {
        "thing": thing(target),
        "order": str(posting.order_id),
        "reason": response.message.strip() or status.meaning,
        "left": "It is void there now" if is_voided else "It is there as before",
    }
    match status.reaction:
        case Reaction.UNKNOWN_OUTCOME:
            return
        case Reaction.RETRY:
            pause = outcome.pause_after(posting.attempts)
            cause = refusals.again(response.status_code, target.kind, response.message)
            states.retry(posting, cause, details, turn.now + pause)
            turn.tell(cause, details, posting)
        case _:
            cause = "void-refused" if removal_from(posting.payload).is_void else "undo-refused"
            outcome.hold(turn, posting, Hold(cause, details))


def not_applied(turn: Turn, posting: Posting, reason: str) -> None:
    """Nothing was done: looked up and sent again."""
    states.release(posting)


def read_again(turn: Turn, postings: Sequence[Posting]) -> list[Request]:
    """What they were to take away, by kind."""
    by_kind: dict[Kind, dict[str, None]] = {}
    for posting in postings:
        target = _target(turn, posting)
        if target is not None:
            by_kind.setdefault(target.kind, {})[target.record_id] = None
    return [
        TXN_KINDS[kind].ask(f"{RECOVERED}{kind.value}", txn_ids=list(ids))
        for kind, ids in by_kind.items()
    ]


def settle(
    turn: Turn, postings: Sequence[Posting], evidence: Evidence, kept: Mapping[str, str]
) -> None:
    """After a lost answer: gone, or void as it was to be, is done. What is there goes again."""
    for posting in postings:
        target = _target(turn, posting)
        if target is None or f"{RECOVERED}{target.kind.value}" not in evidence.answered:
            continue
        record = evidence.txns.get(target.record_id)
        is_done = record is None or (removal_from(posting.payload).is_void and is_void(record))
        if is_done:
            done(turn, posting)
        else:
            outcome.send_again(turn, posting)


def done(turn: Turn, posting: Posting) -> None:
    """QuickBooks has it no more, or void. What hung on it alone is over with it."""
    of_order = _of_order(turn, posting)
    target = target_of(posting, of_order)
    if target is None:
        return
    was_void = removal_from(posting.payload).is_void
    if target.state in {State.POSTED, State.GONE}:
        states.undo(target)
        for other in _with_it(target, of_order):
            states.undo(other)
    if target.kind.is_sale and is_undo(posting):
        _leave_unsent(of_order)
    states.post(posting, target.record_id, edit_sequence="")
    posting.posted_at = turn.now
    error_log.solve(turn.db, turn.connection.id, now=turn.now, posting_id=posting.id)
    if target.kind.is_sale:
        error_log.solve(turn.db, turn.connection.id, now=turn.now, order_id=posting.order_id)
    text = f"{thing(target)} is {'void' if was_void else 'deleted'} in QuickBooks"
    history.note(turn.db, turn.connection.id, text, now=turn.now, order_id=posting.order_id)


def _with_it(target: Posting, of_order: Sequence[Posting]) -> Iterator[Posting]:
    """The uses of a credit memo; what else was written on a form."""
    for posting in of_order:
        is_use = (
            target.kind is Kind.CREDIT_MEMO
            and posting.kind is Kind.CREDIT_USE
            and posting.source_key == target.source_key
        )
        is_on_form = target.kind.is_sale and posting.kind in _FOLLOW_THE_FORM
        if posting.state is State.POSTED and (is_use or is_on_form):
            yield posting


def _leave_unsent(of_order: Sequence[Posting]) -> None:
    """What was still to go to the form that was undone."""
    for posting in of_order:
        if posting.kind is not Kind.REMOVAL and posting.state in {State.READY, State.HELD}:
            states.skip(posting)


def _target(turn: Turn, posting: Posting) -> Posting | None:
    return target_of(posting, _of_order(turn, posting))


def _of_order(turn: Turn, posting: Posting) -> list[Posting]:
    found = turn.db.scalars(
        select(Posting).where(
            Posting.connection_id == turn.connection.id, Posting.order_id == posting.order_id
        )
    )
    return list(current(found).values())
