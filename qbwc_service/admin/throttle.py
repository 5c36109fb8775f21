"""Slows down guessing at the admin's sign-in. The Web Connector's log-ins have keys of their own.

A try is counted before its password is looked at, so that many at once gain nothing.
"""

import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import LoginFailure

#: wrong passwords that cost no waiting: for one name from one address, for any from one address
FREE_TRIES = 5
FREE_TRIES_OF_ADDRESS = 30
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=15)
_FORGET_AFTER = timedelta(days=1)
_REALM = "admin"


def wait_after(count: int, free: int) -> timedelta:
    """How long after the last of `count` wrong passwords the next one is looked at."""
    if count < free:
        return timedelta()
    doublings = min(count - free, 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def begin_try(db: Session, name: str, address: str, now: datetime) -> timedelta:
    """Count a try and return zero, or return how long to wait and count nothing."""
    db.execute(
        delete(LoginFailure).where(
            LoginFailure.key.startswith(f"{_REALM}|"), LoginFailure.last_at < now - _FORGET_AFTER
        )
    )
    rows = [
        (_row(db, _key_of_address(address), now), FREE_TRIES_OF_ADDRESS),
        (_row(db, _key(name, address), now), FREE_TRIES),
    ]
    wait = max(row.last_at + wait_after(row.count, free) - now for row, free in rows)
    if wait > timedelta():
        return wait
    for row, _ in rows:
        row.count += 1
        row.last_at = now
    return timedelta()


def forgive(db: Session, name: str, address: str) -> None:
    """The password was right: forget the wrong ones for this name from this address."""
    db.execute(delete(LoginFailure).where(LoginFailure.key == _key(name, address)))
    row = db.get(LoginFailure, _key_of_address(address), with_for_update=True)
    if row is not None and row.count > 0:
        row.count -= 1


def _key_of_address(address: str) -> str:
    return f"{_REALM}|{_network(address)}"


def _key(name: str, address: str) -> str:
    return f"{_REALM}|{_network(address)}|{name.casefold()[:80]}"


def _network(address: str) -> str:
    """An IPv6 caller owns a whole /64 and could count as a stranger each time."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _row(db: Session, key: str, now: datetime) -> LoginFailure:
    row = db.get(LoginFailure, key, with_for_update=True)
    if row is None:
        try:
            with db.begin_nested():
                row = LoginFailure(key=key, count=0, last_at=now)
                db.add(row)
        except IntegrityError:  # another try made it in this moment
            row = db.get_one(LoginFailure, key, with_for_update=True)
    return row
