"""The last update sessions of a connection, and the messages that they carried."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from qbwc_service.blotting import LONGEST_MESSAGE, blotted_details, blotted_text, mark
from qbwc_service.ledger.models import Connection, MessageSet, Posting, UpdateSession

_SESSIONS: Final = 15
_MESSAGES: Final = 60


def message_sets(db: Session, connection: Connection, order_id: int | None) -> Sequence[MessageSet]:
    """Those that carried the order, then those of the last updates, newest first; without their
    texts, which may be large."""
    found = (
        select(MessageSet)
        .where(MessageSet.connection_id == connection.id)
        .options(defer(MessageSet.request), defer(MessageSet.answer))
        .order_by(MessageSet.id.desc())
        .limit(_MESSAGES)
    )
    sessions = (
        select(UpdateSession.id)
        .where(UpdateSession.connection_id == connection.id)
        .order_by(UpdateSession.id.desc())
        .limit(_SESSIONS)
    )
    carried = select(Posting.message_set_id).where(
        Posting.connection_id == connection.id, Posting.order_id == order_id
    )
    newest = db.scalars(found.where(MessageSet.session_id.in_(sessions))).all()
    if order_id is None:
        return newest
    of_order = db.scalars(found.where(MessageSet.id.in_(carried)))
    return list({each.id: each for each in (*of_order, *newest)}.values())


def texts_of(
    db: Session, connection: Connection, sets: Iterable[MessageSet]
) -> Mapping[int, tuple[str, str | None]]:
    """Request and answer by id; a text that is too long comes without its end."""
    length = LONGEST_MESSAGE + 1
    found = db.execute(
        select(
            MessageSet.id,
            func.substr(MessageSet.request, 1, length),
            func.substr(MessageSet.answer, 1, length),
        ).where(
            MessageSet.connection_id == connection.id,
            MessageSet.id.in_([each.id for each in sets]),
        )
    )
    return {set_id: (request, answer) for set_id, request, answer in found}


def updates(
    db: Session, connection: Connection, sets: Iterable[MessageSet]
) -> list[dict[str, Any]]:
    """The last update sessions, newest first, each with those of the sets that it carried."""
    carried: dict[int, list[dict[str, Any]]] = {}
    for each in sets:
        carried.setdefault(each.session_id, []).append(
            {
                "file": file_of(each),
                "phase": each.phase,
                "writes": each.writes,
                "set": each.new_message_set_id,
                "sent_at": each.sent_at,
                "answered_at": each.answered_at,
                "settled_at": each.resolved_at,
                "hresult": blotted_text(each.hresult),
                "message": blotted_text(each.message),
                "text_removed_at": each.texts_removed_at,
            }
        )
    found = db.scalars(
        select(UpdateSession)
        .where(UpdateSession.connection_id == connection.id)
        .order_by(UpdateSession.id.desc())
        .limit(_SESSIONS)
    )
    return [
        {
            "id": each.id,
            "began_at": each.started_at,
            "ended_at": each.ended_at,
            "web_connector": blotted_text(each.client_version),
            "from": mark(each.remote_address),
            "company_file": mark(each.company_file),
            "phase": each.phase,
            "read_only": each.read_only,
            "round_trips": each.round_trips,
            "posted": each.posted,
            "held": each.held,
            "trouble": each.trouble,
            "trouble_details": blotted_details(each.trouble_details),
            "messages": carried.get(each.id, []),
        }
        for each in found
    ]


def file_of(message_set: MessageSet) -> str:
    """The beginning of the names of its two files."""
    return f"messages/{message_set.session_id}-{message_set.id}-{message_set.phase}"
