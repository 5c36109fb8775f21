"""How Keap is read: sign-ins, pace, hooks, walks through its lists, manual syncs."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_details
from qbwc_service.ledger.columns import Base, MaskedJson, RowId, text_enum


class KeapWalk(Base):
    """How far one walk through a list of Keap has come: in the order of ids, page by page."""

    __tablename__ = "keap_walk"
    __table_args__ = (UniqueConstraint("connection_id", "name"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    name: Mapped[str] = mapped_column(String(30))
    #: what the list is restricted to: changed since then (None: everything)
    since: Mapped[datetime | None]
    #: all ids up to this one were read and committed
    above: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Keap's clock when the walk began
    began_at: Mapped[datetime]
    #: None while it goes on
    ended_at: Mapped[datetime | None]


class SignInState(StrEnum):
    """A sign-in is in force once a person has said that it is the right account."""

    PENDING = "pending"
    IN_FORCE = "in-force"


class KeapSignIn(Base):
    """The tokens of a "Sign in with Keap", encrypted. The refresh token is good for one use."""

    __tablename__ = "keap_sign_in"
    __table_args__ = (UniqueConstraint("connection_id", "state"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    state: Mapped[SignInState] = mapped_column(text_enum(SignInState))
    access_token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str] = mapped_column(Text)
    #: the one before, for whoever has to find out why the chain broke
    previous_refresh_token: Mapped[str] = mapped_column(Text, default="")
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    signed_in_by: Mapped[str] = mapped_column(String(80), default="")
    tenant: Mapped[str] = mapped_column(String(120), default="")
    account_name: Mapped[str] = mapped_column(Text, default="")
    #: since when Keap refuses the refresh token: somebody has to sign in again
    broken_at: Mapped[datetime | None]


class KeapSignInTry(Base):
    """A "Sign in with Keap" that was begun; the browser has to bring its state back, once."""

    __tablename__ = "keap_sign_in_try"

    state_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    begun_by: Mapped[str] = mapped_column(String(80))
    #: of PKCE, encrypted
    verifier: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]


class KeapPace(Base):
    """How fast one key, one client id or one account may ask; shared by all processes.

    See keap.allowance.Allowance.
    """

    __tablename__ = "keap_pace"

    #: "key|", "client|" or "tenant|" and a digest
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: when the calls taken so far are used up at an even pace
    free_at: Mapped[datetime]
    slow_until: Mapped[datetime | None]
    #: Keap named the time before which it wants no call
    closed_until: Mapped[datetime | None]
    #: as the newest answer said
    day_limit: Mapped[int | None]
    day_available: Mapped[int | None]
    day_ends_at: Mapped[datetime | None]
    minute_limit: Mapped[int | None]
    minute_available: Mapped[int | None]
    told_at: Mapped[datetime | None]
    #: calls counted by ourselves on this day (UTC)
    counted_on: Mapped[date | None]
    counted: Mapped[int] = mapped_column(default=0)


class HooksState(StrEnum):
    """Whether Keap may have subscriptions of a connection."""

    OFF = "off"
    ON = "on"
    #: no longer wanted, and perhaps still there
    ENDING = "ending"


class KeapHooks(Base):
    """Keap calls one connection when something changes: where, and how that goes.

    A row stays when they are switched off, so that a call that comes all the same is told to end.
    """

    __tablename__ = "keap_hooks"
    __table_args__ = (UniqueConstraint("token_digest"),)

    connection_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("connection.id"), primary_key=True, autoincrement=False
    )
    #: the secret part of the address, encrypted, and what it is found by
    token: Mapped[str] = mapped_column(Text)
    token_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[HooksState] = mapped_column(text_enum(HooksState), default=HooksState.OFF)
    #: for how many events Keap calls, as it said at the last check
    verified: Mapped[int] = mapped_column(default=0)
    checked_at: Mapped[datetime | None]
    #: not looked at again before this time (None: at once)
    check_at: Mapped[datetime | None]
    #: why Keap does not call, in a sentence ("" = nothing is wrong)
    trouble: Mapped[str] = mapped_column(Text, default="")
    #: until then the secret of a handshake is kept for us to give back; encrypted, "" = none came
    handshake_until: Mapped[datetime | None]
    handshake_secret: Mapped[str] = mapped_column(Text, default="")
    #: the newest call that was followed by a reading, or will be
    called_at: Mapped[datetime | None]
    #: since when a call waits to be followed by a reading
    wish_at: Mapped[datetime | None]
    #: when such a wish was last taken up
    taken_at: Mapped[datetime | None]


class ManualSyncState(StrEnum):
    """A manual sync waits for its turn, runs, and ends one way or the other."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ManualSync(Base):
    """One "Manually sync": what was asked for, by whom, and what was found for each number."""

    __tablename__ = "manual_sync"
    __table_args__ = (Index("ix_manual_sync_connection", "connection_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    #: numbers, or the two days, and whether settings that would skip it are passed over
    wanted: Mapped[dict[str, Any]]
    state: Mapped[ManualSyncState] = mapped_column(text_enum(ManualSyncState))
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: how many numbers, or orders, were read so far
    done: Mapped[int] = mapped_column(default=0)
    #: for days: all their orders up to this id were read
    above: Mapped[int] = mapped_column(BigInteger, default=0)
    #: after trouble that passes by itself: not before this time (UTC)
    not_before: Mapped[datetime | None]
    #: what was found, number by number; for days: orders of other days that were changed on them
    found: Mapped[list[Any]] = mapped_column(default=list)
    #: a message of the catalogue with its details, where it failed
    trouble: Mapped[str] = mapped_column(String(60), default="")
    trouble_details: Mapped[dict[str, Any]] = mapped_column(
        MaskedJson(blotted_details), default=dict
    )
