"""What the page "Manually sync" shows, as plain values: what was asked for, how far each is, what
was found, and the standing order status with what it hides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qbwc_service.admin.health import Head, head_of
from qbwc_service.admin.order_rows import order_trouble
from qbwc_service.admin.words import counted, day, explained
from qbwc_service.keap_access.sign_ins import LoginMode, login_mode
from qbwc_service.ledger import leases, manual_syncs
from qbwc_service.ledger.manual_syncs import By, FoundNumber, FoundOrder, Wanted
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    ManualSync,
    ManualSyncState,
    OrderStatus,
    Posting,
)
from qbwc_service.ledger.number_outcomes import NumberLine, NumberOutcome, number_lines
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.standing import current
from qbwc_service.messages import Message
from qbwc_service.planning.money import shown
from qbwc_service.planning.order_status import PaidState
from qbwc_service.settings import words

_LAST_SHOWN = 10
_HELD_SHOWN = 50
_NUMBERS_SHOWN = 3
#: of a list of thousands the first ones are shown; the command line gives them all
_LINES_SHOWN = 500
STATE_WORDS: Final[Mapping[ManualSyncState, str]] = {
    ManualSyncState.WAITING: "Waits for its turn",
    ManualSyncState.RUNNING: "Running",
    ManualSyncState.DONE: "Done",
    ManualSyncState.FAILED: "Ended early",
}
STATE_TONE: Final[Mapping[ManualSyncState, str]] = {
    ManualSyncState.WAITING: "quiet",
    ManualSyncState.RUNNING: "busy",
    ManualSyncState.DONE: "good",
    ManualSyncState.FAILED: "alarm",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form as they were typed, and what is wrong with them."""

    numbers: str = ""
    by: str = ""
    first: str = ""
    last: str = ""
    even_if_skipped: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the orders that a number fits, with the field values of its button."""

    order: FoundOrder
    label: str
    number: int
    by: By


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One number: its sentence, and what can be pressed."""

    line: NumberLine
    choices: tuple[Choice, ...] = ()

    @property
    def can_send_even_so(self) -> bool:
        return self.line.outcome is NumberOutcome.SKIPPED


@dataclass(frozen=True, slots=True)
class HeldOrder:
    order_id: int
    customer: str
    total: str
    message: Message | None


@dataclass(frozen=True, slots=True)
class DaysResult:
    """The orders placed on the days: how many in each status, and those that need somebody."""

    first: str
    last: str
    by_status: Mapping[OrderStatus, int]
    held: Sequence[HeldOrder]
    of_other_days: Sequence[int]


@dataclass(frozen=True, slots=True)
class Run:
    """One manual sync."""

    id: int
    asked_at: datetime
    asked_by: str
    title: str
    state: ManualSyncState
    progress: str
    even_if_skipped: bool
    trouble: Message | None
    lines: Sequence[ResultLine] = ()
    lines_left_out: int = 0
    days: DaysResult | None = None

    @property
    def is_open(self) -> bool:
        return self.state in manual_syncs.OPEN


@dataclass(frozen=True, slots=True)
class StatusField:
    """The standing setting: the tick boxes that are ticked, the free text, what it hides now."""

    ticked: frozenset[str] = frozenset()
    other: str = ""
    hides: int = 0
    choices: tuple[PaidState, ...] = tuple(PaidState)


@dataclass(frozen=True, slots=True)
class ManualSyncView:
    """The page; `shown` is the one that is told in full."""

    head: Head
    is_paused: bool
    is_connected: bool
    is_looked_after: bool
    status: StatusField
    shown: Run | None
    last: Sequence[Run] = field(default_factory=tuple)


def manual_sync_view(
    db: Session, connection: Connection, now: datetime, row_id: int | None = None
) -> ManualSyncView | None:
    """With that one in full, or with the one that runs, or the newest; None where there is none
    with that id."""
    rows = manual_syncs.latest(db, connection.id, _LAST_SHOWN)
    if row_id is not None:
        chosen = manual_syncs.find(db, connection.id, row_id)
        if chosen is None:
            return None
    else:
        open_rows = [row for row in reversed(rows) if row.state in manual_syncs.OPEN]
        chosen = next(iter(open_rows or rows), None)
    head = head_of(connection)
    return ManualSyncView(
        head,
        is_paused=connection.paused,
        is_connected=login_mode(db, connection) is not LoginMode.NONE,
        is_looked_after=leases.is_looked_after(db, now),
        status=_status_field(db, connection),
        shown=_in_full(db, connection, chosen, head.zone) if chosen else None,
        last=[_run(row) for row in rows],
    )


def _status_field(db: Session, connection: Connection) -> StatusField:
    written = words(effective_settings(connection).order_status)
    own = {state.value for state in PaidState}
    return StatusField(
        frozenset(status.casefold() for status in written) & own,
        ", ".join(status for status in written if status.casefold() not in own),
        db.scalar(
            select(func.count())
            .select_from(KeapOrder)
            .where(KeapOrder.connection_id == connection.id, KeapOrder.skip == "order-status")
        )
        or 0,
    )


def _run(row: ManualSync) -> Run:
    wanted = manual_syncs.wanted_of(row)
    return Run(
        row.id,
        row.asked_at,
        row.asked_by,
        _title(wanted),
        row.state,
        _progress(row, wanted),
        wanted.even_if_skipped,
        explained(row.trouble, row.trouble_details) if row.trouble else None,
    )


def _in_full(db: Session, connection: Connection, row: ManualSync, zone: ZoneInfo) -> Run:
    run = _run(row)
    wanted = manual_syncs.wanted_of(row)
    found = manual_syncs.found_of(row)
    told = number_lines(db, connection, found[:_LINES_SHOWN], since=row.asked_at, zone=zone)
    return Run(
        run.id,
        run.asked_at,
        run.asked_by,
        run.title,
        run.state,
        run.progress,
        run.even_if_skipped,
        run.trouble,
        [_result(one, line) for one, line in zip(found, told, strict=False)],
        max(len(found) - _LINES_SHOWN, 0),
        None if wanted.numbers else _days(db, connection, row, wanted),
    )


def _title(wanted: Wanted) -> str:
    if not wanted.numbers:
        return f"{day(wanted.first) or 'The beginning'} to {day(wanted.last) or 'now'}"
    shown_numbers = ", ".join(str(number) for number in wanted.numbers[:_NUMBERS_SHOWN])
    more = len(wanted.numbers) - _NUMBERS_SHOWN
    kind = {By.EITHER: "", By.ORDER: " (as order numbers)", By.INVOICE: " (as invoice numbers)"}
    return f"{shown_numbers}{f' and {more:,} more' if more > 0 else ''}{kind[wanted.by]}"


def _progress(row: ManualSync, wanted: Wanted) -> str:
    if wanted.numbers:
        return f"{row.done:,} of {counted(len(wanted.numbers), 'number')}"
    return f"{counted(row.done, 'order')} read"


def _result(found: FoundNumber, line: NumberLine) -> ResultLine:
    choices: tuple[Choice, ...] = ()
    if line.outcome is NumberOutcome.AMBIGUOUS:
        choices = tuple(_choice(found.number, order) for order in found.orders)
    return ResultLine(line, choices)


def _choice(number: int, order: FoundOrder) -> Choice:
    if order.by is By.INVOICE:
        label = f"Send the order with invoice number {number}"
        return Choice(order, f"{label} (order {order.order_id})", order.order_id, By.ORDER)
    return Choice(order, f"Send order {order.order_id}", order.order_id, By.ORDER)


def _days(db: Session, connection: Connection, row: ManualSync, wanted: Wanted) -> DaysResult:
    conditions: list[ColumnElement[bool]] = [KeapOrder.connection_id == connection.id]
    if wanted.first:
        conditions.append(KeapOrder.order_date >= wanted.first)
    if wanted.last:
        conditions.append(KeapOrder.order_date <= wanted.last)
    counts = db.execute(
        select(KeapOrder.status, func.count()).where(*conditions).group_by(KeapOrder.status)
    )
    numbers = dict(counts.all())
    return DaysResult(
        str(wanted.first or ""),
        str(wanted.last or ""),
        {status: numbers[status] for status in OrderStatus if status in numbers},
        _held(db, connection, [*conditions, KeapOrder.status == OrderStatus.HELD]),
        row.found,
    )


def _held(
    db: Session, connection: Connection, conditions: Sequence[ColumnElement[bool]]
) -> list[HeldOrder]:
    orders = db.scalars(
        select(KeapOrder).where(*conditions).order_by(KeapOrder.keap_id.desc()).limit(_HELD_SHOWN)
    ).all()
    ids = [order.keap_id for order in orders]
    postings = current(
        db.scalars(
            select(Posting).where(Posting.connection_id == connection.id, Posting.order_id.in_(ids))
        )
    ).values()
    return [
        HeldOrder(
            order.keap_id,
            order.customer_name,
            f"{shown(order.total)} {order.currency}",
            order_trouble(
                connection, order, [each for each in postings if each.order_id == order.keap_id]
            ),
        )
        for order in orders
    ]
