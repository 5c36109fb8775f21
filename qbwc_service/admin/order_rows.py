"""The rows of the orders page and of its spreadsheet file. Pages go by order number (keyset)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.order_buttons import seen_mark
from qbwc_service.admin.words import explained
from qbwc_service.database import Database
from qbwc_service.ledger.entry_names import entry_names
from qbwc_service.ledger.models import Connection, KeapOrder, OrderStatus, Posting
from qbwc_service.ledger.order_search import OrderFilter, matching_orders
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.ledger.stored_rules import skipping_rules
from qbwc_service.messages import Message
from qbwc_service.planning.money import shown

ROWS_OF_A_PAGE = 50
_ROWS_OF_A_CHUNK = 500


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as the list shows it; amounts in minor units."""

    keap_id: int
    invoice_id: str
    placed_on: date | None
    customer: str
    #: whose it is in QuickBooks, where that is another name; "" for most
    customer_there: str
    total: int
    paid: int
    currency: str
    status: OrderStatus
    #: why it has that status; "" for most
    cause: str
    quickbooks_number: str
    sent_at: datetime | None
    note: str
    #: what the form of the page names, so that an order that has changed meanwhile is left alone
    seen: str


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
    found = matching_orders(
        db, connection.id, wanted, limit=ROWS_OF_A_PAGE + 1, before=before, after=after
    )
    more = len(found) > ROWS_OF_A_PAGE
    orders = found[-ROWS_OF_A_PAGE:] if after is not None else found[:ROWS_OF_A_PAGE]
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
        with database.reading() as db:
            orders = matching_orders(
                db, connection.id, wanted, limit=_ROWS_OF_A_CHUNK, before=before
            )
            rows = _rows(db, connection, orders)
        yield from rows
        if len(orders) < _ROWS_OF_A_CHUNK:
            return
        before = orders[-1].keap_id


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
    there = _customers_there(db, connection.id, postings)
    return [
        _row(
            connection,
            order,
            postings[order.keap_id],
            rule=rules.get(order.keap_id, ""),
            customer_there=there.get(order.keap_id, ""),
        )
        for order in orders
    ]


def _customers_there(
    db: Session, connection_id: int, postings: Mapping[int, Sequence[Posting]]
) -> dict[int, str]:
    """The customer of QuickBooks that each order's form is for, in one statement; those that are
    still to be made are missing."""
    sales = {order_id: sale_of(some) for order_id, some in postings.items()}
    list_ids = {
        order_id: sale.payload.get("customer", {}).get("list_id", "")
        for order_id, sale in sales.items()
        if sale is not None
    }
    names = entry_names(
        db, connection_id, (("Customer", each) for each in list_ids.values()), {}
    ).there
    return {order_id: names.get(("Customer", each), "") for order_id, each in list_ids.items()}


def _row(
    connection: Connection,
    order: KeapOrder,
    postings: Sequence[Posting],
    *,
    rule: str,
    customer_there: str,
) -> OrderRow:
    trouble = order_trouble(connection, order, postings, rule)
    sale = sale_of(postings)
    is_there = sale is not None and sale.state is State.POSTED
    return OrderRow(
        keap_id=order.keap_id,
        invoice_id=order.invoice_id,
        placed_on=order.order_date,
        customer=order.customer_name,
        customer_there=customer_there if customer_there != order.customer_name else "",
        total=order.total,
        paid=order.total_paid or 0,
        currency=order.currency,
        status=order.status,
        cause=order.cause,
        quickbooks_number=_number(sale),
        sent_at=sale.posted_at if sale is not None and is_there else None,
        note=trouble.title if trouble else "",
        seen=seen_mark(order),
    )


def _number(sale: Posting | None) -> str:
    """The number that its form has in QuickBooks; "" while it is not there."""
    if sale is None or sale.state is not State.POSTED:
        return ""
    return "linked" if sale.linked else sale.number
