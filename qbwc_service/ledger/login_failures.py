"""Wrong user names and passwords, counted by who and from where: when the next one counts.

Rows stay few whatever comes: a day of quiet forgets one, and of each realm the newest are kept.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import LoginFailure

#: rows of one realm; beyond that the oldest are forgotten
MOST_ROWS = 10_000
_FORGOTTEN_AT_ONCE = 1_000
_LONGEST_KEY = 200
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=15)
_FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries under that key cost no waiting."""

    key: str
    free_tries: int


def wait_after(count: int, free: int) -> timedelta:
    """How long after the last of `count` wrong tries the next one counts."""
    if count < free:
        return timedelta()
    doublings = min(count - free, 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def network(address: str) -> str:
    """Who an address stands for: an IPv6 caller owns a whole /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def begin_try(db: Session, realm: str, limits: Sequence[Limit], now: datetime) -> timedelta:
    """Count a try under every key and return zero, or return how long to wait and count nothing."""
    db.execute(delete(LoginFailure).where(_of(realm), LoginFailure.last_at < now - _FORGET_AFTER))
    rows = [(_row(db, realm, limit.key, now), limit.free_tries) for limit in limits]
    wait = max(row.last_at + wait_after(row.count, free) - now for row, free in rows)
    if wait > timedelta():
        return wait
    for row, _ in rows:
        row.count += 1
        row.last_at = now
    return timedelta()


def forget_old(db: Session, now: datetime) -> None:
    """What a day of quiet makes forgotten, where nobody tries any more."""
    db.execute(delete(LoginFailure).where(LoginFailure.last_at < now - _FORGET_AFTER))


def forget(db: Session, realm: str, key: str) -> None:
    """Nothing wrong was tried under that key."""
    db.execute(delete(LoginFailure).where(LoginFailure.key == _key(realm, key)))


def take_back(db: Session, realm: str, key: str) -> None:
    """The try that was counted last was right."""
    row = db.get(LoginFailure, _key(realm, key), with_for_update=True)
    if row is not None and row.count > 0:
        row.count -= 1


def _of(realm: str) -> ColumnElement[bool]:
    return LoginFailure.key.startswith(f"{realm}|")


def _key(realm: str, key: str) -> str:
    # PostgreSQL takes no NUL.
    return f"{realm}|{key}".replace("\0", "")[:_LONGEST_KEY]


def _row(db: Session, realm: str, key: str, now: datetime) -> LoginFailure:
    full = _key(realm, key)
    row = db.get(LoginFailure, full, with_for_update=True)
    if row is None:
        _make_room(db, realm)
        try:
            with db.begin_nested():
                row = LoginFailure(key=full, count=0, last_at=now)
                db.add(row)
        except IntegrityError:  # another try made it in this moment
            row = db.get_one(LoginFailure, full, with_for_update=True)
    return row


def _make_room(db: Session, realm: str) -> None:
    count = db.scalar(select(func.count()).select_from(LoginFailure).where(_of(realm))) or 0
    if count < MOST_ROWS:
        return
    oldest = select(LoginFailure.key).where(_of(realm)).order_by(LoginFailure.last_at)
    keys = oldest.limit(count - MOST_ROWS + _FORGOTTEN_AT_ONCE)
    db.execute(delete(LoginFailure).where(LoginFailure.key.in_(keys)))
