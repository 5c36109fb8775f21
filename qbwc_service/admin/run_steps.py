"""One update session step by step, in plain words, from what the ledger noted of it: no message is
read for this."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from qbwc_service.admin.words import explained
from qbwc_service.ledger.kind_words import called, thing
from qbwc_service.ledger.models import Kind, MessageSet, Posting, UpdateSession
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.money import shown

STEPS_OF_A_PAGE = 100
_MESSAGES_SHOWN = 200
#: what a message of each phase is for
PHASE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "identify": "Which company file is open",
        "recover": "What became of an earlier message",
        "mirror": "Read the lists",
        "post": "Look up and send",
        "reconcile": "Compare with QuickBooks",
    }
)
_APPLIED = frozenset({Kind.PAYMENT, Kind.CREDIT_USE})


@dataclass(frozen=True, slots=True)
class Step:
    """One line. `tone` colours it as the chips are coloured; `message_set_id` carried it."""

    text: str
    tone: str = "good"
    at: datetime | None = None
    order_id: int | None = None
    message_set_id: int | None = None


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """A record of a session, for the page after it to begin with the next."""

    message_set_id: int
    posting_id: int


@dataclass(frozen=True, slots=True)
class RecordSteps:
    """What the session sent, in the order of its messages; `more` is where the next page begins."""

    steps: Sequence[Step]
    more: RecordPlace | None


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message of the session, for the technical part."""

    id: int
    phase: str
    writes: bool
    sent_at: datetime | None


def beginning(session: UpdateSession) -> Iterator[Step]:
    """How it signed in, which file was open, what was read."""
    version = f", Web Connector {session.client_version}" if session.client_version else ""
    yield Step(f"Signed in correctly from {session.remote_address}{version}", at=session.started_at)
    if session.company_file:
        yield Step(f"QuickBooks had {session.company_file} open")
    read = [f"{number:,} {what}" for what, number in session.read_counts.items()]
    if read:
        yield Step(f"Read {', '.join(read)}")
    if session.read_only:
        yield Step("Nothing could be written in this update; it only read", "warning")


def end(session: UpdateSession) -> Step:
    """What came of it all."""
    at = session.ended_at or session.last_call_at
    if session.trouble:
        message = explained(session.trouble, session.trouble_details)
        return Step(f"{message.title}. {message.why} {message.do}", "alarm", at)
    if session.ended_at is None:
        return Step("Still running", "busy", at)
    return Step(session.result or "Ended", at=at)


def records(db: Session, session: UpdateSession, after: RecordPlace | None) -> RecordSteps:
    """At most a page of what its messages carried, in one statement."""
    place = tuple_(Posting.message_set_id, Posting.id)
    statement = (
        select(Posting)
        .join(MessageSet, MessageSet.id == Posting.message_set_id)
        .where(
            MessageSet.connection_id == session.connection_id,
            MessageSet.session_id == session.id,
        )
        .order_by(Posting.message_set_id, Posting.id)
        .limit(STEPS_OF_A_PAGE + 1)
    )
    if after is not None:
        statement = statement.where(place > tuple_(after.message_set_id, after.posting_id))
    found = db.scalars(statement).all()
    shown_now = found[:STEPS_OF_A_PAGE]
    last = shown_now[-1] if len(found) > STEPS_OF_A_PAGE else None
    more = RecordPlace(last.message_set_id or 0, last.id) if last is not None else None
    return RecordSteps([_step(posting) for posting in shown_now], more)


def messages_of(db: Session, session: UpdateSession) -> Sequence[MessageLine]:
    """The first of its messages, in their order, without their texts."""
    found = db.execute(
        select(MessageSet.id, MessageSet.phase, MessageSet.writes, MessageSet.sent_at)
        .where(
            MessageSet.connection_id == session.connection_id,
            MessageSet.session_id == session.id,
        )
        .order_by(MessageSet.id)
        .limit(_MESSAGES_SHOWN)
    )
    return [MessageLine(row.id, row.phase, row.writes, row.sent_at) for row in found]


def _step(posting: Posting) -> Step:
    text, tone = _told(posting)
    return Step(text, tone, posting.posted_at, posting.order_id, posting.message_set_id)


def _told(posting: Posting) -> tuple[str, str]:
    """The sentence, and its tone."""
    what = thing(posting)
    match posting.state:
        case State.POSTED if posting.linked:
            return f"Found {_inside(what)} in QuickBooks; nothing was added", "good"
        case State.POSTED if posting.cause:
            return f"{_done(posting)}, but it needs you: {_why(posting)}", "alarm"
        case State.POSTED:
            return _done(posting), "good"
        case State.SENT:
            return f"Sent {_inside(what)}; what became of it is not known yet", "busy"
        case State.HELD:
            return f"{what} was not accepted, and needs you: {_why(posting)}", "alarm"
        case State.READY if posting.cause:
            return f"{what} will be tried again: {_why(posting)}", "warning"
        case state if state in ENDED:
            return f"{_done(posting)}; it is no longer there", "quiet"
        case State.SKIPPED:
            return f"{what} was skipped by one of you since", "quiet"
        case _:
            return f"{what} waits to be sent", "busy"


def _done(posting: Posting) -> str:
    amount = f", {shown(posting.amount)}" if posting.amount else ""
    match posting.kind:
        case kind if kind in _APPLIED:
            return f"Applied {called(kind).lower()} {shown(posting.amount)}"
        case Kind.CUSTOMER_UPDATE | Kind.SALE_UPDATE | Kind.CUSTOM_FIELDS:
            return f"Changed {_inside(thing(posting))}"
        case Kind.REMOVAL:
            return f"Deleted {posting.number or 'a record'}{amount}"
        case _:
            return f"Created {_inside(thing(posting))}{amount}"


def _inside(what: str) -> str:
    """ "invoice KP-4931", inside a sentence."""
    return what[:1].lower() + what[1:]


def _why(posting: Posting) -> str:
    details = {"order": posting.order_id} | posting.details
    return explained(posting.cause, details).title
