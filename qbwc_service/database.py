"""The database: one engine, short transactions, each write transaction with a name.

SQLite and PostgreSQL behave the same from here on up: a write transaction holds the database
(SQLite, BEGIN IMMEDIATE) or the connection's row (PostgreSQL, see connections.lock_connection).

Exception
  DatabaseBusy    others were in the way for too long; nothing was written
"""

import copy
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from qbwc_service.crash import reach
from qbwc_service.database_engines import (
    CAN_BE_MADE_AGAIN,
    DEFAULT_PATIENCE,
    PATIENCE,
    WRITES,
    ServerLimits,
    make_engine,
    may_succeed_next_time,
)
from qbwc_service.database_turns import TurnNotCome, Turns

#: a write transaction that took so many seconds is told in the log
SLOW_SECONDS = 2.0

#: in the info of a session: what its transaction has to be on disk for
_ONCE_COMMITTED = "once committed"

_log = logging.getLogger(__name__)


def once_committed(session: Session, act: Callable[[], None]) -> None:
    """Have it done right after the transaction of `Database.writing`; never if that is rolled back,
    or the savepoint that it was asked for in. What it raises is logged and reaches nobody: the work
    of the caller is on the disk."""
    asked_in = session.get_nested_transaction()
    session.info.setdefault(_ONCE_COMMITTED, []).append((asked_in, act))


def _forget_rolled_back(session: Session, rolled_back: SessionTransaction) -> None:
    """What was asked for inside of a savepoint goes with it."""
    asked = session.info.get(_ONCE_COMMITTED)
    if asked:
        asked[:] = [each for each in asked if not _is_within(each[0], rolled_back)]


def _is_within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is outer


def _do_what_was_asked(session: Session) -> None:
    for _, act in session.info.pop(_ONCE_COMMITTED, ()):
        try:
            act()
        except Exception:  # noqa: BLE001 - whatever it is, the transaction is done
            _log.exception("what follows a transaction failed; the transaction is on the disk")


class DatabaseBusy(Exception):
    """Others held what was needed for too long, or the server gave up; nothing was written."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"The database was busy for too long ({name}). Nothing was changed; try again."
        )


class Database:
    """Sessions on one engine. `close()` when done."""

    def __init__(self, url: str, limits: ServerLimits | None = None) -> None:
        self.url = url
        self._limits = limits or ServerLimits()
        self.engine = make_engine(url, self._limits)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        event.listen(self._sessions, "after_soft_rollback", _forget_rolled_back)
        self._masked: Database | None = None
        self._making = threading.Lock()
        self._patience = DEFAULT_PATIENCE
        self._turns = Turns()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def waiting_at_most(self, seconds: float) -> "Database":
        """The same database for somebody who would rather be refused than wait longer."""
        other = copy.copy(self)
        other._patience = seconds
        return other

    def masked(self) -> "Database":
        """The same rows for somebody who may not see people: names, addresses and words about them
        are blotted out, whatever is asked. Made at the first call; closed with this one."""
        with self._making:
            if self._masked is None:
                other = copy.copy(self)
                few = replace(self._limits, pool_size=1)
                other.engine = make_engine(self.url, few, masks_people=True)
                other._sessions = sessionmaker(other.engine, expire_on_commit=False)
                other._masked = other
                self._masked = other
            return self._masked

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; whatever it changed is rolled back. Raises DatabaseBusy."""
        with _told_apart("reading"), self._sessions() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """As `reading`, and everything is as it was at its first statement, whatever is written
        meanwhile: for what has to add up over many statements."""
        with self.reading() as session:
            if not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def writing(self, name: str, *, can_be_made_again: bool = False) -> Iterator[Session]:
        """A transaction that commits at the end of the block and rolls back on any exception.

        `name` names its two crash points: `<name>.before-commit` and `<name>.after-commit`. One
        that `can_be_made_again` may be forgotten by a power cut, unless one that may not was
        committed after it (commits reach the disk in their order, on SQLite and on PostgreSQL).
        Raises DatabaseBusy.
        """
        began = time.monotonic()
        with _told_apart(name), self._turn() as patience, self._sessions() as session:
            options = {
                WRITES: True,
                CAN_BE_MADE_AGAIN: can_be_made_again,
                PATIENCE: patience,
            }
            session.connection(execution_options=options)
            yield session
            session.flush()
            reach(f"{name}.before-commit")
            session.commit()
        _do_what_was_asked(session)
        took = time.monotonic() - began
        if took > SLOW_SECONDS:
            # Somebody at the other end of a call waited for it: that is worth more than a note.
            level = logging.WARNING if self._patience < DEFAULT_PATIENCE else logging.INFO
            _log.log(level, "The transaction %s took %.1f s", name, took)
        reach(f"{name}.after-commit")

    def _turn(self) -> AbstractContextManager[float]:
        """Gives the seconds that are left to wait for other processes, or for the server."""
        return self._turns.one(self._patience) if self.is_sqlite else nullcontext(self._patience)

    def close(self) -> None:
        self.engine.dispose()
        if self._masked is not None and self._masked is not self:
            self._masked.engine.dispose()


@contextmanager
def _told_apart(name: str) -> Iterator[None]:
    """What passes by itself is no failure of the database."""
    try:
        yield
    except DBAPIError as error:
        if may_succeed_next_time(error):
            raise DatabaseBusy(name) from error
        raise
    except (PoolTimeout, TurnNotCome) as error:
        raise DatabaseBusy(name) from error
