"""The rows of the orders page and of its spreadsheet file, and their sums. Pages go by order
number (keyset)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import day_from, id_from
from qbwc_service.admin.words import explained
from qbwc_service.database import Database
from qbwc_service.ledger.models import SALES, Connection, KeapOrder, OrderStatus, Posting
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.ledger.stored_rules import skipping_rules
from qbwc_service.matching.keys import name_key
from qbwc_service.messages import CATALOGUE, Message
from qbwc_service.planning.approval import APPROVAL
from qbwc_service.planning.money import shown

ROWS_OF_A_PAGE = 50
_ROWS_OF_A_CHUNK = 500
_LONGEST_SEARCH = 100
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What the person asked to see; `text` is a number in Keap or QuickBooks, or part of a name.

    `since` and `until` are the first and the last day of the order date.
    """

    status: OrderStatus | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    #: only what waits for this, about this (the page "Needs you")
    cause: str = ""
    subject: str = ""

    @classmethod
    def read(
        cls,
        status: str,
        text: str,
        since: str = "",
        until: str = "",
        cause: str = "",
        subject: str = "",
    ) -> "OrderFilter":
        """From a query string: what cannot be read asks for nothing."""
        known = OrderStatus(status) if status in set(OrderStatus) else None
        printable = "".join(character for character in text if character.isprintable())
        return cls(
            known,
            printable.strip()[:_LONGEST_SEARCH],
            day_from(since),
            day_from(until),
            cause if cause in CATALOGUE else "",
            subject[:_LONGEST_SUBJECT],
        )


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as the list shows it; amounts in minor units."""

    keap_id: int
    placed_on: date | None
    customer: str
    total: int
    paid: int
    currency: str
    status: OrderStatus
    #: why it has that status; "" for most
    cause: str
    quickbooks_number: str
    note: str
    #: of what the person sees, where it waits for approval; "" for all others
    to_approve: str = ""


@dataclass(frozen=True, slots=True)
class OrderSum:
    """How many orders of one currency, and their amounts in minor units.

    `posted` is the part of `total` that stands on forms in QuickBooks.
    """

    currency: str
    count: int
    total: int
    posted: int
    paid: int


@dataclass(frozen=True, slots=True)
class OrderSums:
    """Each of the ten statuses, and all of them, the commonest currency first; never across
    currencies."""

    by_status: Mapping[OrderStatus, Sequence[OrderSum]]
    whole: Sequence[OrderSum]

    def count(self, status: OrderStatus) -> int:
        return sum(each.count for each in self.by_status[status])


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page, newest order first; `newer` and `older` are the numbers to go on from."""

    rows: Sequence[OrderRow]
    newer: int | None
    older: int | None


def order_page(
    db: Session,
    connection: Connection,
    wanted: OrderFilter,
    *,
    before: int | None = None,
    after: int | None = None,
) -> OrderPage:
    """The page before (older than) or after (newer than) an order number, or the newest."""
    statement = _matching(connection.id, wanted).limit(ROWS_OF_A_PAGE + 1)
    if after is not None:
        statement = statement.where(KeapOrder.keap_id > after).order_by(KeapOrder.keap_id)
    else:
        statement = statement.order_by(KeapOrder.keap_id.desc())
        if before is not None:
            statement = statement.where(KeapOrder.keap_id < before)
    found = list(db.scalars(statement))
    more = len(found) > ROWS_OF_A_PAGE
    orders = found[:ROWS_OF_A_PAGE]
    if after is not None:
        orders.reverse()
    first, last = (orders[0].keap_id, orders[-1].keap_id) if orders else (None, None)
    has_newer = more if after is not None else before is not None
    has_older = True if after is not None else more
    return OrderPage(
        _rows(db, connection, orders),
        newer=first if has_newer else None,
        older=last if has_older else None,
    )


def every_order(
    database: Database, connection: Connection, wanted: OrderFilter
) -> Iterator[OrderRow]:
    """All rows that match, newest first, read in chunks so that no transaction stays open."""
    before: int | None = None
    while True:
        statement = _matching(connection.id, wanted).order_by(KeapOrder.keap_id.desc())
        if before is not None:
            statement = statement.where(KeapOrder.keap_id < before)
        with database.reading() as db:
            orders = list(db.scalars(statement.limit(_ROWS_OF_A_CHUNK)))
            rows = _rows(db, connection, orders)
        yield from rows
        if len(orders) < _ROWS_OF_A_CHUNK:
            return
        before = orders[-1].keap_id


def order_sums(db: Session, connection_id: int, wanted: OrderFilter) -> OrderSums:
    """What the dates and the search find, whatever status was asked for."""
    chosen = replace(wanted, status=None)
    found = db.execute(
        select(
            KeapOrder.status,
            KeapOrder.currency,
            func.count(),
            func.sum(KeapOrder.total),
            func.coalesce(func.sum(Posting.amount), 0),
            func.coalesce(func.sum(KeapOrder.total_paid), 0),
        )
        .outerjoin(
            Posting,
            (Posting.connection_id == KeapOrder.connection_id)
            & (Posting.order_id == KeapOrder.keap_id)
            & Posting.kind.in_(SALES)
            & (Posting.state == State.POSTED),
        )
        .where(*_conditions(connection_id, chosen))
        .group_by(KeapOrder.status, KeapOrder.currency)
        .order_by(KeapOrder.currency)
    )
    by_status: dict[OrderStatus, list[OrderSum]] = {status: [] for status in OrderStatus}
    for status, currency, count, *amounts in found:
        total, posted, paid = (int(amount or 0) for amount in amounts)
        by_status[status].append(OrderSum(currency, count, total, posted, paid))
    return OrderSums(by_status, _whole(by_status))


def skipped_by_reason(db: Session, connection_id: int, wanted: OrderFilter) -> dict[str, int]:
    """How many of the orders that the dates and the search find settings leave out, and why."""
    chosen = replace(wanted, status=OrderStatus.SKIPPED_BY_SETTINGS)
    found = db.execute(
        select(KeapOrder.cause, func.count())
        .where(*_conditions(connection_id, chosen))
        .group_by(KeapOrder.cause)
        .order_by(func.count().desc(), KeapOrder.cause)
    )
    return dict(found.all())


def _whole(by_status: Mapping[OrderStatus, Sequence[OrderSum]]) -> list[OrderSum]:
    of_currency: dict[str, list[OrderSum]] = defaultdict(list)
    for each in (each for group in by_status.values() for each in group):
        of_currency[each.currency].append(each)
    sums = [
        OrderSum(
            currency,
            sum(each.count for each in group),
            sum(each.total for each in group),
            sum(each.posted for each in group),
            sum(each.paid for each in group),
        )
        for currency, group in sorted(of_currency.items())
    ]
    return sorted(sums, key=lambda each: -each.count)


def order_trouble(
    connection: Connection, order: KeapOrder, postings: Sequence[Posting], rule: str = ""
) -> Message | None:
    """What the catalogue says about a held, skipped or failed order; `rule` leaves it out."""
    if not order.cause:
        return None
    chosen = effective_settings(connection)
    details: dict[str, object] = {
        "order": order.keap_id,
        "total": shown(order.total),
        "start_date": chosen.start_date,
        "order_status": chosen.order_status,
        "rule": rule,
    }
    sale = sale_of(postings)
    if sale is not None:
        details |= {"number": sale.number, "posted_total": shown(sale.amount)}
    for posting in postings:
        if posting.cause == order.cause:
            return explained(order.cause, details | posting.details)
    return explained(order.cause, details)


def _matching(connection_id: int, wanted: OrderFilter) -> Select[KeapOrder]:
    return select(KeapOrder).where(*_conditions(connection_id, wanted))


def _conditions(connection_id: int, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [KeapOrder.connection_id == connection_id]
    if wanted.status is not None:
        conditions.append(KeapOrder.status == wanted.status)
    if wanted.since is not None:
        conditions.append(KeapOrder.order_date >= wanted.since)
    if wanted.until is not None:
        conditions.append(KeapOrder.order_date <= wanted.until)
    if wanted.cause:
        conditions += [KeapOrder.cause == wanted.cause, KeapOrder.subject == wanted.subject]
    if wanted.text:
        conditions.append(_has_text(connection_id, wanted.text))
    return conditions


def _has_text(connection_id: int, text: str) -> ColumnElement[bool]:
    numbered = select(Posting.order_id).where(
        Posting.connection_id == connection_id,
        Posting.kind.in_(SALES),
        Posting.number_key == name_key(text),
    )
    number = id_from(text.removeprefix("#"))
    choices: list[ColumnElement[bool]] = [
        KeapOrder.customer_name.icontains(text, autoescape=True),
        KeapOrder.keap_id.in_(numbered),
    ]
    if number is not None:
        choices += [KeapOrder.keap_id == number, KeapOrder.invoice_id == str(number)]
    return or_(*choices)


def _rows(db: Session, connection: Connection, orders: Sequence[KeapOrder]) -> list[OrderRow]:
    postings: dict[int, list[Posting]] = {order.keap_id: [] for order in orders}
    found = db.scalars(
        select(Posting).where(
            Posting.connection_id == connection.id, Posting.order_id.in_(sorted(postings))
        )
    )
    for posting in current(found).values():
        postings[posting.order_id or 0].append(posting)
    rules = skipping_rules(db, connection.id, orders)
    return [
        _row(connection, order, postings[order.keap_id], rules.get(order.keap_id, ""))
        for order in orders
    ]


def _row(
    connection: Connection, order: KeapOrder, postings: Sequence[Posting], rule: str
) -> OrderRow:
    trouble = order_trouble(connection, order, postings, rule)
    return OrderRow(
        order.keap_id,
        order.order_date,
        order.customer_name,
        order.total,
        order.total_paid or 0,
        order.currency,
        order.status,
        order.cause,
        _number(sale_of(postings)),
        trouble.title if trouble else "",
        order.content_hash if order.cause == APPROVAL else "",
    )


def _number(sale: Posting | None) -> str:
    """The number that its form has in QuickBooks; "" while it is not there."""
    if sale is None or sale.state is not State.POSTED:
        return ""
    return "linked" if sale.linked else sale.number
