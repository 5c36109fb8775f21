"""Message sets: frozen before they are handed out, their answers stored before they are read."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import standing, states, trail
from qbwc_service.ledger.models import MessageSet, Posting, UpdateSession
from qbwc_service.ledger.states import State
from qbxml_builders.elements import Request
from qbxml_builders.message_set import render

QBXML_VERSION = "13.0"


def freeze(
    db: Session,
    session: UpdateSession,
    requests: Sequence[Request],
    *,
    postings: Iterable[Posting] = (),
    now: datetime,
) -> MessageSet:
    """Store the exact text of the next message; its postings become `sent`.

    A set that writes gets an id under which QuickBooks keeps its answer, and tells QuickBooks to
    forget the answer before; a set that only reads carries no id, which might evict a kept answer.
    """
    writes = any(request.writes for request in requests)
    new_id = secrets.token_hex(10) if writes else ""
    old_id = _answered_id(db, session.connection_id) if writes else ""
    text = render(
        requests, version=QBXML_VERSION, new_message_set_id=new_id, old_message_set_id=old_id
    )
    message_set = _store(db, session, text, now, new_id=new_id, writes=writes)
    order_ids = []
    for posting in postings:
        states.send(posting, message_set.id)
        if posting.order_id is not None:
            order_ids.append(posting.order_id)
    standing.refresh(db, session.connection_id, order_ids)
    return message_set


def freeze_recovery_question(
    db: Session, session: UpdateSession, about: MessageSet, now: datetime
) -> MessageSet:
    """An empty set that asks for the kept answer of `about`; it changes nothing."""
    question = render(
        (),
        version=QBXML_VERSION,
        new_message_set_id=about.new_message_set_id,
        old_message_set_id=about.new_message_set_id,
    )
    return _store(db, session, question, now)


def _store(
    db: Session,
    session: UpdateSession,
    text: str,
    now: datetime,
    *,
    new_id: str = "",
    writes: bool = False,
) -> MessageSet:
    message_set = MessageSet(
        connection_id=session.connection_id,
        session_id=session.id,
        phase=session.phase,
        new_message_set_id=new_id,
        writes=writes,
        request=text,
        prepared_at=now,
    )
    db.add(message_set)
    db.flush()
    trail.message(message_set, "prepared")
    return message_set


def hand_out(message_set: MessageSet, session: UpdateSession, *, clock: str, now: datetime) -> str:
    """Mark it as sent, with where and to which file it goes; returns the stored text."""
    message_set.sent_at = now
    message_set.remote_address = session.remote_address
    message_set.company_file = session.company_file
    message_set.clock_before = clock
    trail.message(message_set, "handed out")
    return message_set.request


def newest_of(db: Session, session_id: int) -> MessageSet | None:
    """The last message set of an update session."""
    return db.scalars(
        select(MessageSet)
        .where(MessageSet.session_id == session_id)
        .order_by(MessageSet.id.desc())
        .limit(1)
    ).first()


def before(db: Session, message_set: MessageSet) -> MessageSet | None:
    """The message set before this one in the same session."""
    return db.scalars(
        select(MessageSet)
        .where(MessageSet.session_id == message_set.session_id, MessageSet.id < message_set.id)
        .order_by(MessageSet.id.desc())
        .limit(1)
    ).first()


def postings_of(db: Session, message_set: MessageSet) -> Sequence[Posting]:
    """The postings that still wait for this set."""
    return db.scalars(
        select(Posting)
        .where(Posting.message_set_id == message_set.id, Posting.state == State.SENT)
        .order_by(Posting.id)
    ).all()


def resolve_if_settled(db: Session, message_set: MessageSet, now: datetime) -> bool:
    """Close the set once no posting waits for it; True when it is closed."""
    if message_set.resolved_at is None:
        db.flush()
        if not postings_of(db, message_set):
            message_set.resolved_at = now
    return message_set.resolved_at is not None


def discard_unsent(db: Session, connection_id: int, now: datetime) -> None:
    """Take back the sets that were prepared and never handed out: they have changed nothing."""
    unsent = db.scalars(
        select(MessageSet).where(
            MessageSet.connection_id == connection_id,
            MessageSet.sent_at.is_(None),
            MessageSet.resolved_at.is_(None),
        )
    ).all()
    for message_set in unsent:
        postings = postings_of(db, message_set)
        for posting in postings:
            states.release(posting)
        standing.refresh(
            db, connection_id, [p.order_id for p in postings if p.order_id is not None]
        )
        message_set.resolved_at = now


def texts_removed(prepared_at: datetime, removed_at: datetime) -> str:
    """What stands where the text of an old message was."""
    days = (removed_at - prepared_at).days
    return f"The text of this message was removed after {days} days."


def _answered_id(db: Session, connection_id: int) -> str:
    found = db.scalars(
        select(MessageSet.new_message_set_id)
        .where(
            MessageSet.connection_id == connection_id,
            MessageSet.writes,
            MessageSet.sent_at.is_not(None),
            MessageSet.resolved_at.is_not(None),
        )
        .order_by(MessageSet.id.desc())
        .limit(1)
    ).first()
    return found or ""
