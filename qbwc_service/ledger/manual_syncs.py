"""Manual syncs: what was asked for, how far each has come, what was found for each number.

A row is written by whoever asks and carried out by whoever holds the lease of the connection's
reading; a row that runs while nobody holds the lease is taken up again where it stopped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import history, leases
from qbwc_service.ledger.logins import can_be_read
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    ManualSync,
    ManualSyncState,
    OrderStatus,
)
from qbwc_service.ledger.standing import AT_ONCE, refresh
from qbwc_service.planning.order import Override

#: a sync waits or runs
OPEN = frozenset({ManualSyncState.WAITING, ManualSyncState.RUNNING})
#: orders of other days that are named, where days were asked for
NAMED_OF_OTHER_DAYS = 1000
#: settings have no say about these any more
_SENT = frozenset({OrderStatus.SENT, OrderStatus.POSTED, OrderStatus.POSTED_PAYMENT_OPEN})
_SENT_BY_HAND = "To be sent even if the settings would skip it"


class By(StrEnum):
    """Which of Keap's two numbers a number is."""

    EITHER = ""
    ORDER = "order"
    INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class Wanted:
    """These numbers, or these days of the account (both included, None: no limit)."""

    numbers: tuple[int, ...] = ()
    by: By = By.EITHER
    first: date | None = None
    last: date | None = None
    #: also what the settings would leave out; of days only the orders placed on them
    even_if_skipped: bool = False

    def includes(self, placed_on: date | None) -> bool:
        """Whether an order of that day was placed on the days asked for."""
        if self.numbers or placed_on is None:
            return False
        return (self.first or date.min) <= placed_on <= (self.last or date.max)


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order that a number fits, as Keap showed it then; `total` in minor units."""

    order_id: int
    by: By
    invoice_id: str = ""
    customer: str = ""
    total: int = 0
    currency: str = ""
    placed_on: date | None = None


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """What Keap has for one number. More than one order: none of them is sent."""

    number: int
    orders: tuple[FoundOrder, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        return len({order.order_id for order in self.orders}) > 1

    @property
    def order_id(self) -> int | None:
        """The one order that it fits."""
        return self.orders[0].order_id if self.orders and not self.is_ambiguous else None

    @property
    def matched(self) -> str:
        """ "order", "invoice", "both" (of one order, or of two), or ""."""
        kinds = {order.by.value for order in self.orders}
        return "both" if len(kinds) > 1 else "".join(kinds)


def wanted_of(row: ManualSync) -> Wanted:
    return msgspec.convert(row.wanted, Wanted)


def found_of(row: ManualSync) -> tuple[FoundNumber, ...]:
    """Number by number, as far as it has come; () where days were asked for."""
    if not wanted_of(row).numbers:
        return ()
    return msgspec.convert(row.found, tuple[FoundNumber, ...])


def ask(
    db: Session, connection: Connection, wanted: Wanted, *, who: str, now: datetime
) -> ManualSync:
    """Write it down to be carried out; the same thing asked for twice is one while it is open."""
    stored: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(wanted))
    for row in _open(db, connection.id):
        if row.wanted == stored:
            return row
    row = ManualSync(
        connection_id=connection.id,
        asked_at=now,
        asked_by=who,
        wanted=stored,
        state=ManualSyncState.WAITING,
        done=0,
        above=0,
        found=[],
        trouble_details={},
    )
    db.add(row)
    db.flush()
    return row


def next_open(db: Session, connection_id: int, now: datetime) -> ManualSync | None:
    """The one to carry on with: what runs already before what waits, each in the order asked."""
    due = [row for row in _open(db, connection_id) if (row.not_before or AT_ONCE) <= now]
    due.sort(key=lambda row: (row.state is not ManualSyncState.RUNNING, row.id))
    return due[0] if due else None


def with_open(db: Session, now: datetime) -> list[str]:
    """Who has something to carry out and is not being read, the one that waited longest first."""
    found = db.execute(
        select(Connection.name, ManualSync.not_before)
        .join(ManualSync, ManualSync.connection_id == Connection.id)
        .where(
            ManualSync.state.in_(sorted(OPEN)),
            can_be_read(),
            leases.nobody_reads(now),
        )
        .order_by(ManualSync.id)
    )
    return list(dict.fromkeys(row.name for row in found if (row.not_before or AT_ONCE) <= now))


def latest(db: Session, connection_id: int, limit: int) -> Sequence[ManualSync]:
    """The newest, newest first."""
    return db.scalars(
        select(ManualSync)
        .where(ManualSync.connection_id == connection_id)
        .order_by(ManualSync.id.desc())
        .limit(limit)
    ).all()


def find(db: Session, connection_id: int, row_id: int) -> ManualSync | None:
    return db.scalars(
        select(ManualSync).where(ManualSync.connection_id == connection_id, ManualSync.id == row_id)
    ).first()


def begin(row: ManualSync, now: datetime) -> None:
    """It runs, for the first time or again."""
    row.state = ManualSyncState.RUNNING
    row.began_at = row.began_at or now
    row.not_before = None
    row.trouble, row.trouble_details = "", {}


def add_found(row: ManualSync, found: Iterable[FoundNumber]) -> None:
    """The next numbers are done."""
    news: list[Any] = msgspec.to_builtins(list(found))
    row.found = [*row.found, *news]
    row.done += len(news)


def add_days(row: ManualSync, above: int, of_other_days: Iterable[int], count: int) -> None:
    """The orders of the days up to this id are done; `count` more of them."""
    row.above = above
    row.done += count
    named = dict.fromkeys([*row.found, *of_other_days])
    row.found = list(named)[:NAMED_OF_OTHER_DAYS]


def end(row: ManualSync, state: ManualSyncState, now: datetime) -> None:
    """It is done, or has failed."""
    row.state = state
    row.ended_at = now
    row.not_before = None


def send_by_hand(
    db: Session,
    connection: Connection,
    orders: Sequence[KeapOrder],
    *,
    even_if_skipped: bool,
    who: str,
    now: datetime,
) -> None:
    """A person wants these orders now: none waits for its payment any more, and where asked for
    settings no longer leave them out. What is sent, held or skipped by a person stays so."""
    for order in orders:
        order.settles_at = None
        is_news = Override.SETTINGS not in order.overrides and order.status not in _SENT
        if even_if_skipped and is_news:
            order.overrides = sorted({*order.overrides, Override.SETTINGS})
            order.needs_plan = True
            history.note(db, connection.id, _SENT_BY_HAND, now=now, order_id=order.keap_id, who=who)
    refresh(db, connection.id, [order.keap_id for order in orders])


def orders_of(db: Session, connection_id: int, order_ids: Iterable[int]) -> Sequence[KeapOrder]:
    """Those of them that were read."""
    return db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(sorted(order_ids))
        )
    ).all()


def _open(db: Session, connection_id: int) -> Sequence[ManualSync]:
    return db.scalars(
        select(ManualSync)
        .where(ManualSync.connection_id == connection_id, ManualSync.state.in_(sorted(OPEN)))
        .order_by(ManualSync.id)
    ).all()
