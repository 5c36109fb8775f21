"""Whether calls should be sent to this process: a few checks, each a line that anybody may read.

A drain is told and is no reason to be left out. It holds for all processes at once, so that a load
balancer would have none left: the updates that a drain waits for could not finish, and a Web
Connector would meet an error of the proxy instead of the answer "busy".
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.database_schema import DatabaseNotMigrated, check_revisions, revisions
from qbwc_service.ledger import drain

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `said` is one line."""

    name: str
    is_well: bool
    said: str


def database_answers(database: Database) -> bool:
    """Whether one statement gets an answer; why not is in the log."""
    try:
        with database.reading() as db:
            db.execute(text("SELECT 1"))
    except (SQLAlchemyError, DatabaseBusy):
        _log.exception("the database does not answer")
        return False
    return True


def checks(database: Database, reader_beats: Callable[[], bool] | None) -> Sequence[Check]:
    """All of them; what needs the database is left out where that does not answer.

    `reader_beats` says whether the job that reads Keap still looks; None: this process has none.
    """
    found = [_of_reader(reader_beats)]
    try:
        with database.reading() as db:
            found = [_of_tables(db), _of_drain(db), *found]
    except (SQLAlchemyError, DatabaseBusy):
        _log.exception("the database does not answer")
        return [Check("database", False, "does not answer; the log says why"), *found]
    return [Check("database", True, "answers"), *found]


def _of_tables(db: Session) -> Check:
    try:
        check_revisions(revisions(db.connection()))
    except DatabaseNotMigrated as reason:
        return Check("tables", False, str(reason))
    return Check("tables", True, "those of this version")


def _of_drain(db: Session) -> Check:
    running = drain.current(db)
    if running is None:
        return Check("updates", True, "may begin")
    since = f"{running.began_at:%Y-%m-%d %H:%M} UTC"
    return Check("updates", True, f"none begins, drained since {since}; open ones go on")


def _of_reader(beats: Callable[[], bool] | None) -> Check:
    if beats is None:
        return Check("reading of Keap", True, "not in this process")
    if beats():
        return Check("reading of Keap", True, "looks for what is due")
    return Check("reading of Keap", False, "has not looked for what is due for minutes")
