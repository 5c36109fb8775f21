"""The pace that all processes keep to together: one row of the database a key.

A key belongs to one account, so one row has the limits of both. A client id asks for many: then
the pace and the limits of the client id are one row for all of them, and each account has a row
of its own limits, so that one that is used up stops no other.

A call is one transaction, staging.pace, which also writes down what the answer before it said.
Two more are rare: staging.pace-slow after a 429, which the other processes have to know at once,
and staging.pace-told after the last answer of a reading.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from keap import Allowance, KeapPutOff, Pace, Priority, Quota, heard, slowed, turn
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.ledger.models import KeapPace

#: Keap sets no pace of its own for one account among many: its limits alone count
_LIMITS_ALONE = Pace(per_second=0.0, burst=1)
#: without a pace of our own, what others were told is seen as late as this
_LOOKED_AT_EVERY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose calls are counted together: the row of the key or client id, and of the account."""

    row: str
    #: "" where `row` has the account's limits too
    tenant_row: str = ""

    @classmethod
    def of_key(cls, key: str) -> "Identity":
        """A service account key or a personal access token."""
        return cls(f"key|{_digest(key)}")

    @classmethod
    def of_client(cls, client_id: str, tenant: str) -> "Identity":
        """A sign-in to `tenant` ("" while it is not known) under our client id."""
        return cls(f"client|{_digest(client_id)}", tenant_row(tenant) if tenant else "")


def tenant_row(tenant: str) -> str:
    """The row of one account: `ab103` and `AB103.infusionsoft.com` are the same."""
    return f"tenant|{_digest(tenant.partition('.')[0].casefold())}"


def pace_for(config: Config, database: Database, identity: Identity) -> "SharedPace":
    """The pace that this service is set to; one for each client, none is shared by threads."""
    return SharedPace(database, identity, Pace(per_second=config.keap_calls_per_second))


class SharedPace:
    """A keap.Pacer for one client; all that have the same identity keep to it together."""

    def __init__(self, database: Database, identity: Identity, pace: Pace) -> None:
        self.identity = identity
        self._database = database
        self._paces = {identity.row: pace}
        if identity.tenant_row:
            self._paces[identity.tenant_row] = _LIMITS_ALONE
        self._priority = Priority.FEED
        self._unwritten: tuple[Quota, datetime] | None = None
        #: without a pace of our own: calls made since the row was read, and until when that may be
        self._uncounted = 0
        self._free_until: datetime | None = None

    @contextmanager
    def extra(self) -> Iterator[None]:
        """The calls inside can wait for another day, and do so where few are left for today."""
        before, self._priority = self._priority, Priority.EXTRA
        try:
            yield
        finally:
            self._priority = before

    def take(self, now: datetime) -> float:
        """Takes one call; seconds to wait before making it. Raises KeapPutOff."""
        if self._free_until is not None and now < self._free_until:
            self._uncounted += 1
            return 0.0
        with self._database.writing("staging.pace", can_be_made_again=True) as db:
            outcome = self._take(db, now)
        self._unwritten = None
        if isinstance(outcome, KeapPutOff):
            # Raised out here: what the last answer said is kept all the same.
            raise outcome
        if not outcome and not any(pace.per_second for pace in self._paces.values()):
            self._free_until = now + _LOOKED_AT_EVERY
        return outcome

    def told(self, quota: Quota, now: datetime) -> None:
        """Remembered until the next call, which writes it down."""
        if quota.windows:
            self._unwritten = quota, now

    def slow_down(self, now: datetime, retry_after: float | None) -> None:
        """Tells all processes at once."""
        self._free_until = None
        with self._database.writing("staging.pace-slow", can_be_made_again=True) as db:
            rows = self._rows(db, now)
            name = self._whose_limit()
            allowance = slowed(allowance_of(rows[name]), self._paces[name], now, retry_after)
            _write(rows[name], allowance)
        self._unwritten = None

    def settle(self, now: datetime) -> None:
        """Writes down what the last answer of a reading said."""
        if self._unwritten is None and not self._uncounted:
            return
        with self._database.writing("staging.pace-told", can_be_made_again=True) as db:
            for row in self._rows(db, now).values():
                _count(row, now, self._uncounted)
        self._unwritten, self._uncounted = None, 0

    def _take(self, db: Session, now: datetime) -> float | KeapPutOff:
        rows = self._rows(db, now)
        try:
            turns = {
                name: turn(allowance_of(row), self._paces[name], now, self._priority)
                for name, row in rows.items()
            }
        except KeapPutOff as put_off:
            return put_off
        for name, taken in turns.items():
            _write(rows[name], taken.allowance)
            _count(rows[name], now, 1 + self._uncounted)
        self._uncounted = 0
        return max(taken.wait for taken in turns.values()).total_seconds()

    def _rows(self, db: Session, now: datetime) -> dict[str, KeapPace]:
        """Locked, made where they are missing, with what the last answer said."""
        found = _locked(db, self._paces)
        for name in self._paces:
            if name not in found:
                _make(db, name, now)
        if len(found) < len(self._paces):
            found = _locked(db, self._paces)
        if self._unwritten is not None:
            quota, at = self._unwritten
            for name, row in found.items():
                _write(row, heard(allowance_of(row), self._part(name, quota), at))
        return found

    def _part(self, name: str, quota: Quota) -> Quota:
        """Of the limits that an answer named, those that are kept in this row."""
        if not self.identity.tenant_row:
            return quota
        return quota.of_tenant() if name == self.identity.tenant_row else quota.of_product()

    def _whose_limit(self) -> str:
        """The row that a refusal is about: the account's only where the headers show it."""
        quota = self._unwritten[0] if self._unwritten else Quota()
        is_tenants = quota.of_tenant().is_used_up and not quota.of_product().is_used_up
        return (self.identity.tenant_row if is_tenants else "") or self.identity.row


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()


def _locked(db: Session, names: Iterable[str]) -> dict[str, KeapPace]:
    """In the order of their names, so that no two processes wait for each other."""
    statement = (
        select(KeapPace)
        .where(KeapPace.key.in_(list(names)))
        .order_by(KeapPace.key)
        .with_for_update()
    )
    return {row.key: row for row in db.scalars(statement)}


def _make(db: Session, name: str, now: datetime) -> None:
    """The first call of a key; another process may be quicker."""
    try:
        with db.begin_nested():
            db.add(KeapPace(key=name, free_at=now))
    except IntegrityError:
        return


def allowance_of(row: KeapPace) -> Allowance:
    """What is known, as the rules of keap.allowance read it."""
    return Allowance(**{field.name: getattr(row, field.name) for field in fields(Allowance)})


def _write(row: KeapPace, allowance: Allowance) -> None:
    for field in fields(Allowance):
        setattr(row, field.name, getattr(allowance, field.name))


def _count(row: KeapPace, now: datetime, calls: int) -> None:
    if row.counted_on != now.date():
        row.counted_on, row.counted = now.date(), 0
    row.counted += calls
