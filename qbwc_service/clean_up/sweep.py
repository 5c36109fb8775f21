"""Removes what is old, some rows a transaction, with pauses in which others write.

What it removes would be found again at the next sweep, so its commits do not wait for the disk.
Its own transaction is clean-up.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.clean_up.parts import PARTS, Part
from qbwc_service.database import Database
from qbwc_service.ledger import login_failures
from qbwc_service.ledger.models import Connection
from qbwc_service.retention import Ages

#: a transaction may take so long: half of what the slowest disk should cost a call
_LONG_SECONDS = 0.2
_FIRST_ROWS, _MOST_ROWS = 20, 500
#: between two transactions; whoever waits for the database has it meanwhile
PAUSE_SECONDS = 0.05


class Sweep:
    """One look at everything that is old. `pause` waits so many seconds and says whether to end;
    `hold` proves in each transaction that no other process sweeps."""

    def __init__(
        self,
        database: Database,
        ages: Ages,
        now: datetime,
        *,
        pause: Callable[[float], bool],
        hold: Callable[[Session], bool] = lambda _db: True,
    ) -> None:
        self._database = database
        self._ages = ages
        self._now = now
        self._pause = pause
        self._hold = hold
        self._rows = _FIRST_ROWS

    def run(self) -> Mapping[str, int]:
        """How many rows of each part went; ends early where it was told to."""
        removed = Counter({part.name: 0 for part in PARTS})
        for part, own in _wheres(self._database):
            before = self._now - timedelta(days=part.age(self._ages))
            while True:
                count = self._some(part, own, before)
                removed[part.name] += count or 0
                if count is None or self._pause(PAUSE_SECONDS if count else 0.0):
                    return removed
                if not count:
                    break
        with self._database.writing("clean-up", can_be_made_again=True) as db:
            login_failures.forget_old(db, self._now)
        return removed

    def _some(self, part: Part, own: int | None, before: datetime) -> int | None:
        """How many were old and went; None where another process sweeps. Looked for outside of
        the transaction: what is old stays old."""
        found = select(part.row_id).where(part.old(own, before)).order_by(part.oldest_first)
        with self._database.reading() as db:
            ids = db.scalars(found.limit(self._rows)).all()
        if not ids:
            return 0
        began = time.monotonic()
        with self._database.writing("clean-up", can_be_made_again=True) as db:
            if not self._hold(db):
                return None
            part.remove(db, ids, self._now)
        took = time.monotonic() - began
        self._rows = max(1, self._rows // 2) if took > _LONG_SECONDS else self._rows * 2
        self._rows = min(self._rows, _MOST_ROWS)
        return len(ids)


def old_rows(database: Database, ages: Ages, now: datetime) -> Mapping[str, int]:
    """How many rows of each part a sweep would remove now."""
    counted = Counter({part.name: 0 for part in PARTS})
    for part, own in _wheres(database):
        before = now - timedelta(days=part.age(ages))
        with database.reading() as db:
            old = select(func.count(part.row_id)).where(part.old(own, before))
            counted[part.name] += db.scalar(old) or 0
    return counted


def _wheres(database: Database) -> Iterator[tuple[Part, int | None]]:
    """Each part with each connection, or once where it is the service's."""
    with database.reading() as db:
        connections = db.scalars(select(Connection.id).order_by(Connection.id)).all()
    for part in PARTS:
        for own in [None] if part.of_service else connections:
            yield part, own
