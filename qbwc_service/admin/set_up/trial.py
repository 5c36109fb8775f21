"""Steps 6 and 7 of the set-up: which orders can be chosen, and how far the chosen ones are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import (
    SALES,
    Connection,
    Event,
    KeapOrder,
    OrderStatus,
    Posting,
)
from qbwc_service.planning.approval import SWITCH
from qbwc_service.planning.money import shown

#: how many are advised, and how many may be chosen
ADVISED = 3
OFFERED = 10
_ARRIVED = frozenset({OrderStatus.POSTED, OrderStatus.POSTED_PAYMENT_OPEN})
_WAITING = frozenset({OrderStatus.NEW, OrderStatus.READY, OrderStatus.SENT, OrderStatus.WILL_RETRY})
_LINES = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that would go if the connection were on."""

    keap_id: int
    placed_on: date | None
    customer: str
    total: str


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """A chosen order; `number` is QuickBooks', "" until it has one."""

    keap_id: int
    customer: str
    total: str
    status: OrderStatus
    cause: str
    number: str
    #: what happened to it, oldest first
    happened: Sequence[str]

    @property
    def has_arrived(self) -> bool:
        return self.status in _ARRIVED

    @property
    def waits(self) -> bool:
        return self.status in _WAITING


@dataclass(frozen=True, slots=True)
class Trial:
    """The chosen orders, and while there are none those that can be chosen."""

    orders: Sequence[TrialOrder]
    candidates: Sequence[Candidate]
    #: orders that were read, those of them that wait for a person for another reason, and those
    #: that nobody has looked at since something was changed
    read: int = 0
    held: int = 0
    unplanned: int = 0

    @property
    def has_arrived(self) -> bool:
        """Something to look at is in QuickBooks, and nothing is on its way any more."""
        return any(each.has_arrived for each in self.orders) and not self.waits

    @property
    def waits(self) -> bool:
        return any(each.waits for each in self.orders)

    @property
    def arrived(self) -> int:
        return sum(each.has_arrived for each in self.orders)


def trial_of(db: Session, connection: Connection) -> Trial:
    """A constant number of queries."""
    if connection.trial_orders:
        return Trial(_orders(db, connection), ())
    if connection.is_on:
        return Trial((), ())
    counts = _counts(db, connection)
    for_the_switch = _waiting_for_the_switch(db, connection)
    return Trial(
        (),
        _candidates(db, connection),
        read=sum(counts.values()),
        held=counts.get(OrderStatus.HELD, 0) - for_the_switch,
        unplanned=counts.get(OrderStatus.NEW, 0),
    )


def _counts(db: Session, connection: Connection) -> dict[OrderStatus, int]:
    return dict(
        db.execute(
            select(KeapOrder.status, func.count()).where(_of(connection)).group_by(KeapOrder.status)
        ).all()
    )


def _waiting_for_the_switch(db: Session, connection: Connection) -> int:
    found = select(func.count()).where(_of(connection), KeapOrder.cause == SWITCH)
    return db.scalar(found) or 0


def _of(connection: Connection) -> ColumnElement[bool]:
    return KeapOrder.connection_id == connection.id


def _candidates(db: Session, connection: Connection) -> list[Candidate]:
    """The newest that wait for nothing but the switch."""
    rows = db.scalars(
        select(KeapOrder)
        .where(_of(connection), KeapOrder.cause == SWITCH)
        .order_by(KeapOrder.keap_id.desc())
        .limit(OFFERED)
    )
    return [
        Candidate(row.keap_id, row.order_date, row.customer_name, shown(row.total)) for row in rows
    ]


def _orders(db: Session, connection: Connection) -> list[TrialOrder]:
    wanted = [int(order) for order in connection.trial_orders]
    rows = db.scalars(
        select(KeapOrder)
        .where(_of(connection), KeapOrder.keap_id.in_(wanted))
        .order_by(KeapOrder.keap_id)
    ).all()
    numbers = dict(
        db.execute(
            select(Posting.order_id, Posting.number)
            .where(
                Posting.connection_id == connection.id,
                Posting.order_id.in_(wanted),
                Posting.kind.in_(SALES),
                Posting.record_id != "",
            )
            .order_by(Posting.generation)
        ).all()
    )
    happened: dict[int, list[str]] = {order: [] for order in wanted}
    events = db.scalars(
        select(Event)
        .where(Event.connection_id == connection.id, Event.order_id.in_(wanted))
        .order_by(Event.id.desc())
        .limit(_LINES * len(wanted))
    )
    for event in events:
        happened[event.order_id or 0].insert(0, event.text)
    return [
        TrialOrder(
            row.keap_id,
            row.customer_name,
            shown(row.total),
            row.status,
            row.cause,
            numbers.get(row.keap_id, ""),
            tuple(happened[row.keap_id]),
        )
        for row in rows
    ]
