"""The life of a posting: its states, and the only module that changes one.

    ready -> sent -> posted          a record was made in QuickBooks
    ready -> posted                  it was there already: adopted by our GUID, or linked
    sent  -> ready                   proved absent, or refused in a way that passes by itself
    ready/sent -> held               waits for a person, with a cause
    held  -> ready / posted          released / linked by a person
    ready/held -> skipped -> ready   a person decided that it is not sent
    skipped -> held                  the plan of its order has become a hold
    posted -> gone                   QuickBooks no longer has it, and a person (or one look) said so
    posted -> undone                 we deleted it on a person's word
    gone  -> undone                  a person decided about it: anew, or to be undone anyway

`posted` means that the TxnID or ListID is stored. `sent` means that a message set with it was
frozen and that no answer has been recorded: it is never rendered again from that state.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from qbwc_service.ledger import trail

if TYPE_CHECKING:
    from qbwc_service.ledger.models import Posting


class State(StrEnum):
    READY = "ready"
    SENT = "sent"
    POSTED = "posted"
    HELD = "held"
    SKIPPED = "skipped"
    GONE = "gone"
    UNDONE = "undone"


#: A new generation of a posting may start only behind one of these.
ENDED = frozenset({State.GONE, State.UNDONE})

_ALLOWED: dict[State, frozenset[State]] = {
    State.READY: frozenset({State.SENT, State.POSTED, State.HELD, State.SKIPPED}),
    State.SENT: frozenset({State.POSTED, State.READY, State.HELD}),
    State.POSTED: frozenset({State.GONE, State.UNDONE}),
    State.HELD: frozenset({State.READY, State.POSTED, State.SKIPPED}),
    State.SKIPPED: frozenset({State.READY, State.HELD}),
    State.GONE: frozenset({State.UNDONE}),
    State.UNDONE: frozenset(),
}


class IllegalTransition(Exception):
    """A posting was asked to change in a way that would lose or double a record."""

    def __init__(self, posting: int, old: State, new: State) -> None:
        self.posting = posting
        self.old = old
        self.new = new
        super().__init__(f"posting {posting} cannot go from {old} to {new}")


def _move(posting: "Posting", new: State) -> None:
    old = posting.state
    if new not in _ALLOWED[old]:
        raise IllegalTransition(posting.id, old, new)
    posting.state = new


def send(posting: "Posting", message_set: int) -> None:
    """It is frozen in that message set.

    The set stays named afterwards: it is the last one that carried the posting.
    """
    _move(posting, State.SENT)
    posting.message_set_id = message_set
    _clear_trouble(posting)
    trail.step(posting, "sent")


def post(posting: "Posting", record_id: str, *, edit_sequence: str, linked: bool = False) -> None:
    """QuickBooks has it: `record_id` is its TxnID or ListID. `linked`: a person or tool made it."""
    if not record_id:
        raise ValueError("posted means that the TxnID or ListID is stored")
    _move(posting, State.POSTED)
    posting.record_id = record_id
    posting.edit_sequence = edit_sequence
    posting.linked = linked
    _clear_trouble(posting)
    trail.outcome(posting, "was in QuickBooks already" if linked else "in QuickBooks")


def release(posting: "Posting") -> None:
    """Free to be planned and sent again: nothing of it is in QuickBooks."""
    _move(posting, State.READY)
    _clear_trouble(posting)
    trail.step(posting, "ready")


def retry(posting: "Posting", cause: str, details: dict[str, str], not_before: datetime) -> None:
    """Refused for a reason that passes by itself: sent again at `not_before` (UTC)."""
    if posting.state is not State.READY:
        if posting.state is not State.SENT:
            raise IllegalTransition(posting.id, posting.state, State.READY)
        _move(posting, State.READY)
    posting.cause = cause
    posting.details = dict(details)
    posting.not_before = not_before
    posting.attempts += 1
    trail.outcome(posting, f"refused, will be tried again, {cause}")


def retry_later(posting: "Posting", not_before: datetime) -> None:
    """Ready, but not before that time (UTC): a look-up was not answered, nothing was sent."""
    if posting.state is not State.READY:
        raise IllegalTransition(posting.id, posting.state, State.READY)
    posting.not_before = not_before


def hold(posting: "Posting", cause: str, details: dict[str, str]) -> None:
    """It waits for a person; holding a held one again replaces the cause."""
    if posting.state is not State.HELD:
        _move(posting, State.HELD)
    if posting.cause != cause:
        trail.outcome(posting, f"held, {cause}")
    posting.cause = cause
    posting.details = dict(details)
    posting.not_before = None


def skip(posting: "Posting") -> None:
    """A person decided that it is not sent."""
    _move(posting, State.SKIPPED)
    _clear_trouble(posting)
    trail.outcome(posting, "skipped")


def lose(posting: "Posting", cause: str) -> None:
    """QuickBooks no longer has the record."""
    _move(posting, State.GONE)
    posting.cause = cause
    trail.outcome(posting, f"gone from QuickBooks, {cause}")


def undo(posting: "Posting") -> None:
    """On a person's word it is in QuickBooks no more, or need not be."""
    _move(posting, State.UNDONE)
    _clear_trouble(posting)
    trail.outcome(posting, "undone")


def flag(posting: "Posting", cause: str, details: dict[str, str]) -> None:
    """A posted record differs from what was meant: it needs a person, but it is in QuickBooks."""
    if posting.state is not State.POSTED:
        raise IllegalTransition(posting.id, posting.state, State.POSTED)
    if posting.cause != cause:
        trail.outcome(posting, f"in QuickBooks, needs a person, {cause}")
    posting.cause = cause
    posting.details = dict(details)


def settle(posting: "Posting") -> None:
    """A person has seen the difference of a posted record and accepts it."""
    if posting.state is not State.POSTED:
        raise IllegalTransition(posting.id, posting.state, State.POSTED)
    _clear_trouble(posting)


def _clear_trouble(posting: "Posting") -> None:
    posting.cause = ""
    posting.details = {}
    posting.not_before = None
