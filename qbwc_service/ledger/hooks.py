"""Keap's calls: whose they are, and the wish to be read soon that each leaves.

A call is never believed: it can only bring forward the next reading, and a flood of calls no more
than once in `LEAST_BETWEEN`. The wish lies in the database until somebody takes it up, so that a
call that comes while Keap is read is followed by one more reading, and a thousand by the same one.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger.logins import can_be_read
from qbwc_service.ledger.models import Connection, HooksState, KeapHooks
from qbwc_service.ledger.plan_orders import effective_settings

#: what stands in the address before the token
PATH = "/keap/hooks/"
#: a change comes as several calls: they are waited for
SOON = timedelta(seconds=5)
#: between two readings because of calls, unless many share one of Keap's limits
LEAST_BETWEEN = timedelta(minutes=1)

_TOKEN_BYTES = 20


@dataclass(frozen=True, slots=True)
class Called:
    """The connection that a call is for, as it is now."""

    connection_id: int
    is_wanted: bool
    awaits_secret: bool
    has_wish: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """How the calls go, for pages and commands; holds no secret."""

    is_wanted: bool
    how_often: str
    is_paused: bool = False
    verified: int = 0
    checked_at: datetime | None = None
    called_at: datetime | None = None
    trouble: str = ""

    @property
    def sentence(self) -> str:
        """How it is, without the time of the newest call."""
        if not self.is_wanted:
            return "Off."
        if self.is_paused:
            return "On, but not while it is paused."
        if self.trouble:
            how = "calls at some changes only" if self.verified else "does not call"
            return f"On, but Keap {how}. {self.trouble} It is read {self.how_often} as before."
        if not self.verified:
            return "On; Keap is told at the next look."
        kinds = "1 kind" if self.verified == 1 else f"{self.verified} kinds"
        return f"On: Keap calls at {kinds} of change."


def new_token() -> str:
    """160 random bits, in letters and digits that an address takes as they are."""
    return secrets.token_hex(_TOKEN_BYTES)


def digest(token: str) -> str:
    """What a token is found by."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_wanted(connection: Connection) -> bool:
    """Whether a person has switched them on."""
    return str(connection.settings.get("keap_hooks", "")) == "yes"


def shown(db: Session, connection: Connection) -> Shown:
    """How it goes."""
    row = db.get(KeapHooks, connection.id)
    how = (is_wanted(connection), how_often(connection), connection.paused)
    if row is None:
        return Shown(*how)
    return Shown(*how, row.verified, row.checked_at, row.called_at, row.trouble)


def how_often(connection: Connection) -> str:
    """When Keap is read whether it calls or not."""
    chosen = effective_settings(connection)
    if chosen.sync_daily_at:
        return f"every day at {chosen.sync_daily_at}"
    return "every minute" if chosen.sync_minutes == 1 else f"every {chosen.sync_minutes} minutes"


def called(db: Session, token: str, now: datetime) -> Called | None:
    """Whom a call with that token is for; None for a token that was never given."""
    wanted = digest(token)
    found = db.execute(
        select(KeapHooks, Connection, can_be_read())
        .join(Connection, Connection.id == KeapHooks.connection_id)
        .where(KeapHooks.token_digest == wanted)
    ).first()
    if found is None or not hmac.compare_digest(found[0].token_digest, wanted):
        return None
    row, connection, is_readable = found
    return Called(
        connection.id,
        is_wanted=bool(is_readable) and is_wanted(connection),
        awaits_secret=row.handshake_until is not None and now < row.handshake_until,
        has_wish=row.wish_at is not None,
    )


def known(db: Session, tokens: set[str]) -> set[str]:
    """Those of the tokens that connections of this service have."""
    by_digest = {digest(token): token for token in tokens}
    found = db.scalars(
        select(KeapHooks.token_digest).where(KeapHooks.token_digest.in_(sorted(by_digest)))
    )
    return {by_digest[each] for each in found}


def wish(db: Session, connection: Connection, now: datetime, gap: timedelta) -> bool:
    """Keap called: have the connection, whose row is locked, read soon. False where that is
    wished already.

    `gap`: the least time between two readings because of calls. After trouble with Keap the next
    try keeps its time.
    """
    taken = db.execute(
        update(KeapHooks)
        .where(KeapHooks.connection_id == connection.id, KeapHooks.wish_at.is_(None))
        .values(wish_at=now, called_at=now)
        .returning(KeapHooks.connection_id),
        execution_options={"synchronize_session": False},
    ).first()
    if taken is None:
        return False
    bring_forward(db, connection, now, gap)
    return True


def take_up(db: Session, connection_id: int, now: datetime) -> None:
    """Keap is read from now on: calls so far are answered by that."""
    db.execute(
        update(KeapHooks)
        .where(KeapHooks.connection_id == connection_id, KeapHooks.wish_at.is_not(None))
        .values(wish_at=None, taken_at=now),
        execution_options={"synchronize_session": False},
    )


def bring_forward(db: Session, connection: Connection, now: datetime, gap: timedelta) -> None:
    """Move the next reading to where a waiting wish wants it, if it is later; the row of the
    connection is locked."""
    row = db.get(KeapHooks, connection.id, populate_existing=True)
    if row is None or row.wish_at is None or connection.last_sync_trouble:
        return
    at = now + SOON if row.taken_at is None else max(now + SOON, row.taken_at + gap)
    if connection.next_sync_at is not None and connection.next_sync_at > at:
        connection.next_sync_at = at


def expect_secret(db: Session, connection_id: int, until: datetime | None) -> None:
    """Keep the secret of the next handshake until then; None: no longer, and forget what came."""
    db.execute(
        update(KeapHooks)
        .where(KeapHooks.connection_id == connection_id)
        .values(handshake_until=until, handshake_secret=""),  # nosec B106 # forgets it
        execution_options={"synchronize_session": False},
    )


def keep_secret(db: Session, connection_id: int, encrypted: str) -> None:
    """The secret of a handshake came."""
    db.execute(
        update(KeapHooks)
        .where(KeapHooks.connection_id == connection_id)
        .values(handshake_secret=encrypted),
        execution_options={"synchronize_session": False},
    )


def row_of(db: Session, connection_id: int, token: str, encrypted: str) -> KeapHooks:
    """The connection's row; made with this token where there is none."""
    row = db.get(KeapHooks, connection_id, with_for_update=True)
    if row is None:
        row = KeapHooks(
            connection_id=connection_id,
            token=encrypted,
            token_digest=digest(token),
            state=HooksState.OFF,
        )
        db.add(row)
        db.flush()
    return row
