"""A stored answer -> the ledger. What cannot be read leaves its set unresolved, for recovery."""

import logging

from sqlalchemy import select

from qbwc_service.ledger import message_sets, queue, standing
from qbwc_service.ledger.models import MessageSet, Posting
from qbwc_service.webconnector import pipeline
from qbwc_service.webconnector.driver import POST, phase_named
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TxnMade
from qbxml_builders.answers import parse
from qbxml_builders.errors import AnswerUnreadable
from qbxml_builders.statuses import Effect, hresult

log = logging.getLogger(__name__)


def apply(turn: Turn, message_set: MessageSet) -> None:
    """Read the answer once; settle the set, or send the session into recovery."""
    if message_set.applied_at is not None:
        return
    message_set.applied_at = turn.now
    if message_set.writes and message_set.resolved_at is not None:
        _came_too_late(turn, message_set)
        return
    if message_set.hresult.strip():
        _whole_set_refused(turn, message_set)
    else:
        _read(turn, message_set)
    if message_set.writes:
        _settle(turn, message_set)


def apply_stored(turn: Turn) -> None:
    """Answers that were stored by a call that died before it read them: read now, at no cost."""
    for message_set in queue.unresolved_sets(turn.db, turn.connection.id):
        if message_set.answer is None or message_set.applied_at or message_set.hresult.strip():
            continue
        message_set.applied_at = turn.now
        try:
            with turn.db.begin_nested():
                POST.take_late_answer(turn, message_set, parse(message_set.answer))
        except Exception as error:
            # Whatever is odd about this answer: the session must begin, so that recovery can ask.
            log.exception("a stored answer could not be read", extra={"set": message_set.id})
            turn.tell("answer-unreadable", {"reason": f"It was refused ({type(error).__name__})"})
            continue
        message_sets.resolve_if_settled(turn.db, message_set, turn.now)


def _read(turn: Turn, message_set: MessageSet) -> None:
    try:
        answer = parse(message_set.answer or "")
    except AnswerUnreadable as error:
        turn.stop("answer-unreadable", {"reason": str(error)})
        return
    if turn.session.ended_at is not None and message_set.phase == POST.name:
        POST.take_late_answer(turn, message_set, answer)
        return
    phase_named(message_set.phase).take_answer(turn, message_set, answer)


def _came_too_late(turn: Turn, message_set: MessageSet) -> None:
    """The set was settled without this answer: whatever it made that we do not know is told."""
    try:
        answer = parse(message_set.answer or "")
    except AnswerUnreadable as error:
        # Recovery has looked for all that the set could make: nothing hangs on this copy.
        log.warning("a late answer could not be read: %s", error, extra={"set": message_set.id})
        return
    made = {
        record.txn_id: f"{record.ref_number or record.txn_id}"
        for response in answer.responses
        for record in response.records
        if isinstance(record, TxnMade)
    }
    known = turn.db.scalars(
        select(Posting.record_id).where(
            Posting.connection_id == turn.connection.id, Posting.record_id.in_(sorted(made))
        )
    ).all()
    for txn_id in sorted(set(made) - set(known)):
        turn.tell("answer-came-late", {"thing": made[txn_id], "txn_id": txn_id})


def _whole_set_refused(turn: Turn, message_set: MessageSet) -> None:
    """The request processor answered instead of QuickBooks (an HRESULT)."""
    known = hresult(message_set.hresult)
    if known.effect is Effect.NOTHING_RAN and message_set.phase == POST.name:
        POST.take_refusal(turn, message_set)
        return
    details = {
        "meaning": known.meaning,
        "advice": known.advice,
        "code": message_set.hresult,
        "reason": message_set.message,
    }
    turn.stop("session-broken", details)


def _settle(turn: Turn, message_set: MessageSet) -> None:
    if message_sets.resolve_if_settled(turn.db, message_set, turn.now):
        return
    pipeline.clear(turn)
    turn.session.phase = "recover"
    waiting = message_sets.postings_of(turn.db, message_set)
    order_ids = [posting.order_id for posting in waiting if posting.order_id is not None]
    standing.refresh(turn.db, turn.connection.id, order_ids)
