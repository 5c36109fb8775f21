"""The rows of the runs page: one for each update session of the Web Connector."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.words import explained
from qbwc_service.ledger.models import UpdateSession
from qbwc_service.ledger.undo_runs import with_something_to_undo

ROWS_OF_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class RunRow:
    """One update session. `took` is None while it runs; `read` counts what came from QuickBooks,
    `failed` what of it waits for a person."""

    id: int
    started_at: datetime
    took: timedelta | None
    address: str
    client_version: str
    company_file: str
    read: int
    sent: int
    failed: int
    result: str
    is_trouble: bool
    can_be_undone: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """One page, newest first; `older` is the id to go on from."""

    rows: Sequence[RunRow]
    older: int | None


def run_page(db: Session, connection_id: int, before: int | None) -> RunPage:
    statement = select(UpdateSession).where(UpdateSession.connection_id == connection_id)
    if before is not None:
        statement = statement.where(UpdateSession.id < before)
    found = db.scalars(statement.order_by(UpdateSession.id.desc()).limit(ROWS_OF_A_PAGE + 1)).all()
    sessions = found[:ROWS_OF_A_PAGE]
    older = sessions[-1].id if len(found) > ROWS_OF_A_PAGE else None
    undoable = with_something_to_undo(db, connection_id, [session.id for session in sessions])
    return RunPage([run_row(session, session.id in undoable) for session in sessions], older)


def run_row(session: UpdateSession, can_be_undone: bool) -> RunRow:
    ended = session.ended_at
    return RunRow(
        id=session.id,
        started_at=session.started_at,
        took=ended - session.started_at if ended is not None else None,
        address=session.remote_address,
        client_version=session.client_version,
        company_file=session.company_file,
        read=sum(session.read_counts.values()),
        sent=session.posted,
        failed=session.held,
        result=_result(session),
        is_trouble=bool(session.trouble),
        can_be_undone=can_be_undone,
    )


def _result(session: UpdateSession) -> str:
    if session.trouble:
        return f"{explained(session.trouble, session.trouble_details).title}."
    return session.result or ("Still running." if session.ended_at is None else "")
