"""Walks the phases of an update session until one has a message."""

from typing import TYPE_CHECKING

from qbwc_service.ledger import message_sets, queue
from qbwc_service.ledger.models import MessageSet
from qbwc_service.webconnector import pipeline, quiet
from qbwc_service.webconnector.phases.identify import Identify
from qbwc_service.webconnector.phases.mirror import Mirror
from qbwc_service.webconnector.phases.post import Post
from qbwc_service.webconnector.phases.reconcile import Reconcile
from qbwc_service.webconnector.phases.recover import Recover
from qbwc_service.webconnector.turn import Outgoing, Turn

if TYPE_CHECKING:
    from qbwc_service.webconnector.turn import Phase

POST = Post()
PHASES: tuple["Phase", ...] = (Identify(), Recover(), Mirror(), POST, Reconcile())
_ORDER = [phase.name for phase in PHASES]


def phase_named(name: str) -> "Phase":
    return PHASES[_ORDER.index(name)]


def _would_write_too_early(turn: Turn, outgoing: Outgoing) -> bool:
    """No set that writes goes out while the outcome of another is not known."""
    writes = any(request.writes for request in outgoing.requests)
    return writes and queue.has_unresolved_set(turn.db, turn.connection.id)


def _is_quiet_after(phase: str, turn: Turn) -> bool:
    """Whether quiet hours end the session here; one that is beyond goes on to its own end."""
    return phase == Recover.name and quiet.are_on(turn.connection, turn.now)


def next_message_set(turn: Turn) -> MessageSet | None:
    """The next message, frozen in the database; None when the session has nothing left to do."""
    while True:
        phase = phase_named(turn.session.phase)
        outgoing = None if turn.is_stopped() else phase.next_message(turn)
        if turn.is_stopped():
            return None
        if outgoing is None:
            place = _ORDER.index(phase.name) + 1
            if place == len(_ORDER) or _is_quiet_after(phase.name, turn):
                return None
            turn.session.phase = _ORDER[place]
        elif outgoing.asks_about is not None:
            return message_sets.freeze_recovery_question(
                turn.db, turn.session, outgoing.asks_about, turn.now
            )
        elif _would_write_too_early(turn, outgoing):
            pipeline.clear(turn)
            turn.session.phase = Recover.name
        else:
            return message_sets.freeze(
                turn.db,
                turn.session,
                outgoing.requests,
                postings=outgoing.postings,
                now=turn.now,
            )
