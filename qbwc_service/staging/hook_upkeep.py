"""The job that has Keap call: who wants it and who no longer does, looked at every hour.

It never disturbs the readings: it runs in a thread of its own, makes its calls with the priority
of what can wait, and what goes wrong is told once and tried again. Transactions: keap-hooks.begin,
keap-hooks.secret, keap-hooks.checked, keap-hooks.turn.
"""

import logging
import secrets as random_words
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from keap import KeapError, KeapPermissionMissing, KeapThrottled
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.failures import KeapUnusable
from qbwc_service.keap_access.sign_ins import LoginMode, login_mode
from qbwc_service.ledger import error_log, hooks, leases
from qbwc_service.ledger.logins import has_login
from qbwc_service.ledger.models import Connection, HooksState, KeapHooks
from qbwc_service.public_address import why_keap_cannot_call
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.staging.failures import Stopping
from qbwc_service.staging.hook_subscriptions import (
    Address,
    Handshake,
    NotCalled,
    end_all,
    keep_right,
)
from qbwc_service.staging.sync import open_paced

LOOK_EVERY_SECONDS = 15
CHECK_EVERY = timedelta(hours=1)
#: after trouble, and after the first registration, when Keap may not be done yet
TRY_AGAIN = timedelta(minutes=10)
MESSAGE = "keap-does-not-call"
_TURN = timedelta(minutes=5)
_SECRET_COMES_WITHIN_SECONDS = 5
_HANDSHAKE = timedelta(minutes=2)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Due:
    connection: Connection
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What stands in the row afterwards; `after` is the time until the next check."""

    state: HooksState
    verified: int = 0
    trouble: str = ""
    after: timedelta = CHECK_EVERY
    is_checked: bool = True


def look_after_hooks(access: Access, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Make right whatever is due; none stops the others."""
    for due in _due(access):
        if is_stopping():
            return
        try:
            with _turn(access, due.connection.id) as is_ours:
                # Another process may have done it, or somebody switched it off, since we looked.
                for still_due in _due(access, due.connection.id) if is_ours else ():
                    _make_right(access, still_due)
        except Stopping:
            return
        except Exception:  # noqa: BLE001 - whatever it is, it is this connection's alone
            _log.exception(
                "Keap's calls were not looked after", extra={"connection": due.connection.name}
            )


def _due(access: Access, connection_id: int | None = None) -> list[_Due]:
    """Those that want calls and have not been looked at for an hour, and those whose
    subscriptions are still there and no longer wanted; of all connections, or of one."""
    now = access.clock()
    of_any = (
        select(Connection, KeapHooks, has_login())
        .outerjoin(KeapHooks, KeapHooks.connection_id == Connection.id)
        .where(
            or_(
                Connection.settings["keap_hooks"].as_string() == "yes",
                KeapHooks.state != HooksState.OFF,
            )
        )
        .order_by(Connection.id)
    )
    wanted = of_any if connection_id is None else of_any.where(Connection.id == connection_id)
    with access.database.reading() as db:
        found = db.execute(wanted).all()
    due = []
    for connection, row, is_connected in found:
        is_wanted = hooks.is_wanted(connection) and not connection.paused
        should_be = HooksState.ON if is_wanted else HooksState.ENDING
        is_there = row is not None and row.state is not HooksState.OFF
        is_news = row is None or row.state is not should_be
        is_time = row is None or row.check_at is None or row.check_at <= now
        if is_connected and (is_wanted or is_there) and (is_news or is_time):
            due.append(_Due(connection, is_wanted))
    return due


@contextmanager
def _turn(access: Access, connection_id: int) -> Iterator[bool]:
    """Whether it is ours to look after; another process may be at it."""
    name, owner = f"keap-hooks:{connection_id}", random_words.token_hex(8)
    with access.database.writing("keap-hooks.turn") as db:
        is_ours = leases.acquire(db, name, owner, access.clock(), _TURN)
    try:
        yield is_ours
    finally:
        if is_ours:
            with access.database.writing("keap-hooks.turn") as db:
                leases.release(db, name, owner)


def _make_right(access: Access, due: _Due) -> None:
    state = HooksState.ON if due.is_wanted else HooksState.ENDING
    address = _begin(access, due.connection, state)
    try:
        outcome = _asked(access, due, address)
    except (NotCalled, KeapError, KeapUnusable, SecretUnreadable) as error:
        outcome = _failed(access, due.connection, state, error, address)
    _write(access, due.connection, outcome)


def _asked(access: Access, due: _Due, address: Address) -> _Outcome:
    """Ask Keap. Raises NotCalled, KeapError, KeapUnusable and SecretUnreadable."""
    if due.is_wanted and (reason := why_keap_cannot_call(access.config)):
        raise NotCalled(reason)
    with open_paced(access, due.connection) as (client, pace), pace.extra():
        if not due.is_wanted:
            end_all(client.hooks, address)
            return _Outcome(HooksState.OFF)
        handshake = _handshake(access, due.connection.id)
        try:
            kept = keep_right(client.hooks, address, handshake, _known(access))
        finally:
            _expect_secret(access, due.connection.id, None)
    after = TRY_AGAIN if kept.trouble else CHECK_EVERY
    return _Outcome(HooksState.ON, kept.verified, kept.trouble, after)


def _begin(access: Access, connection: Connection, state: HooksState) -> Address:
    """Write down that there may be subscriptions before the first is made."""
    token = hooks.new_token()
    with access.database.writing("keap-hooks.begin") as db:
        row = hooks.row_of(db, connection.id, token, access.secrecy.encrypt(token))
        row.state = state
        try:
            token = access.secrecy.decrypt(row.token)
        except SecretUnreadable:
            # The subscriptions of the old token are ended as those of nobody.
            row.token, row.token_digest = access.secrecy.encrypt(token), hooks.digest(token)
    return Address(access.config.address(""), token)


def _handshake(access: Access, connection_id: int) -> Handshake:
    def secret() -> str:
        for _ in range(_SECRET_COMES_WITHIN_SECONDS):
            with access.database.reading() as db:
                row = db.get_one(KeapHooks, connection_id)
            if row.handshake_secret:
                return access.secrecy.decrypt(row.handshake_secret)
            access.sleep(1.0)
        return ""

    def expect() -> None:
        _expect_secret(access, connection_id, access.clock() + _HANDSHAKE)

    return Handshake(expect, secret)


def _expect_secret(access: Access, connection_id: int, until: datetime | None) -> None:
    with access.database.writing("keap-hooks.secret") as db:
        hooks.expect_secret(db, connection_id, until)


def _known(access: Access) -> Callable[[set[str]], set[str]]:
    def known(tokens: set[str]) -> set[str]:
        with access.database.reading() as db:
            return hooks.known(db, tokens)

    return known


def _failed(
    access: Access, connection: Connection, state: HooksState, error: Exception, address: Address
) -> _Outcome:
    _log.warning(
        "Keap's calls: %s", _blotted(error, address), extra={"connection": connection.name}
    )
    if isinstance(error, KeapThrottled):
        # Calls are short, and belong to orders and payments: nothing is wrong.
        after = max(timedelta(seconds=error.retry_after or 0.0), TRY_AGAIN)
        return _Outcome(state, after=after, is_checked=False)
    with access.database.reading() as db:
        mode = login_mode(db, connection)
    reason = _reason(error, mode, address) if state is HooksState.ON else ""
    return _Outcome(state, trouble=reason, after=TRY_AGAIN)


def _reason(error: Exception, mode: LoginMode, address: Address) -> str:
    if isinstance(error, NotCalled):
        return error.reason
    if isinstance(error, KeapPermissionMissing) and mode is LoginMode.KEY:
        return "Keap does not allow calls to an API key; Sign in with Keap may be allowed them."
    if isinstance(error, KeapPermissionMissing):
        return "Keap does not allow calls to the user who signed in; an administrator may be."
    return f"{_blotted(error, address).rstrip('.')}."


def _blotted(error: Exception, address: Address) -> str:
    """Keap may repeat what it was asked."""
    return str(error).replace(address.token, "[token]")


def _write(access: Access, connection: Connection, outcome: _Outcome) -> None:
    now = access.clock()
    with access.database.writing("keap-hooks.checked") as db:
        # In the order in which a call locks them.
        db.get_one(Connection, connection.id, with_for_update=True)
        row = db.get_one(KeapHooks, connection.id, with_for_update=True)
        had_trouble = bool(row.trouble)
        row.state = outcome.state
        row.check_at = now + outcome.after
        if outcome.is_checked:
            row.verified, row.trouble, row.checked_at = outcome.verified, outcome.trouble, now
            _tell(db, connection, outcome, now, had_trouble=had_trouble)


def _tell(
    db: Session, connection: Connection, outcome: _Outcome, now: datetime, *, had_trouble: bool
) -> None:
    if outcome.trouble:
        details = {"reason": outcome.trouble, "how_often": hooks.how_often(connection)}
        error_log.tell(db, connection.id, MESSAGE, details, now=now)
    elif had_trouble:
        error_log.solve(db, connection.id, now=now, messages=[MESSAGE])
