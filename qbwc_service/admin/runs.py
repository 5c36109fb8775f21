"""The runs page: every update session of the Web Connector; one step by step; its messages."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.run_rows import run_page, run_row
from qbwc_service.admin.run_steps import (
    PHASE_WORDS,
    RecordPlace,
    beginning,
    end,
    messages_of,
    records,
)
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.technical import exchange_of
from qbwc_service.connections import find_connection
from qbwc_service.ledger.models import UpdateSession
from qbwc_service.ledger.undo_runs import with_something_to_undo

pages = Blueprint("runs", __name__, url_prefix="/c/<connection:connection>/updates")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    before = id_from(request.args.get("before", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        page = run_page(db, found.id, before)
    return render_template("runs.html", head=head_of(found), page=page, paged=before is not None)


@pages.get("/<keap_id:session_id>")
def show_one(connection: str, session_id: int) -> ResponseReturnValue:
    after = _place(request.args.get("after", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        session = find_session(db, found.id, session_id)
        sent = records(db, session, after)
        messages = messages_of(db, session)
        can_be_undone = session.id in with_something_to_undo(db, found.id, [session.id])
        run = run_row(session, can_be_undone)
        first = [] if after is not None else list(beginning(session))
        last = end(session) if sent.more is None else None
    return render_template(
        "run.html",
        head=head_of(found),
        run=run,
        first=first,
        sent=sent,
        last=last,
        messages=messages,
        phase_words=PHASE_WORDS,
        more=f"{sent.more.message_set_id}.{sent.more.posting_id}" if sent.more else "",
    )


@pages.get("/<keap_id:session_id>/messages/<keap_id:set_id>")
def show_message(connection: str, session_id: int, set_id: int) -> ResponseReturnValue:
    """One message and its answer, readable, secrets masked."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
        session = find_session(db, found.id, session_id)
        exchange = exchange_of(db, session, set_id)
        started_at = session.started_at
    if exchange is None:
        abort(404)
    return render_template(
        "run_message.html",
        head=head_of(found),
        exchange=exchange,
        session_id=session_id,
        started_at=started_at,
        phase_words=PHASE_WORDS,
    )


def find_session(db: Session, connection_id: int, session_id: int) -> UpdateSession:
    """Aborts with 404 for a session that is not this connection's."""
    session = db.scalars(
        select(UpdateSession).where(
            UpdateSession.connection_id == connection_id, UpdateSession.id == session_id
        )
    ).first()
    if session is None:
        abort(404)
    return session


def _place(text: str) -> RecordPlace | None:
    set_id, _, posting_id = text.partition(".")
    first, second = id_from(set_id), id_from(posting_id)
    return RecordPlace(first, second) if first is not None and second is not None else None
