"""How fast orders are planned against a big company file. Run it by hand:

    python -m tests.benchmarks.planning --customers 100000 --items 20000 --orders 1000

One SQLite file with a mirror of so many customers and items; half of the orders are for customers
that are there (by e-mail, by name, by company and city), half for new ones. Prints the seconds of
each batch size and how many statements a batch took.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import event, select

from qbwc_service.clock import utc_now
from qbwc_service.connections import add_connection, find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import mirror, sources
from qbwc_service.ledger.columns import Base, rows_of
from qbwc_service.ledger.models import KeapOrder, OrderStatus
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.planning.order import Buyer, LineKind, PostalAddress, SalesLine, SalesOrder
from qbwc_service.secrecy import Secrecy
from qbxml_builders.addresses import Address
from qbxml_builders.records import CustomerRecord, ItemRecord, ListRecord

START = date(2026, 11, 1)
WHEN = "2026-11-20T08:00:00"
_PAGE = 1000


def customer_record(number: int) -> CustomerRecord:
    """Customer `number` of the file; every tenth is a company."""
    is_company = number % 10 == 0
    first, last = (f"Given{number % 997}", f"Family{number}") if not is_company else ("", "")
    name = f"Company {number} Inc" if is_company else f"{first} {last}"
    return CustomerRecord(
        list_id=f"C-{number}",
        edit_sequence="1",
        time_created=WHEN,
        time_modified=WHEN,
        name=name,
        full_name=name,
        is_active=True,
        parent_list_id="",
        company_name=name if is_company else "",
        first_name=first,
        last_name=last,
        email="" if number % 3 == 0 else f"person{number}@example.com",
        phone="",
        bill_address=Address(city=f"City{number % 50}"),
        currency="",
        external_guid="",
        balance=None,
    )


def item_record(number: int) -> ItemRecord:
    name = f"SKU-{number}"
    return ItemRecord(
        kind="NonInventory",
        list_id=f"I-{number}",
        edit_sequence="1",
        time_created=WHEN,
        time_modified=WHEN,
        name=name,
        full_name=f"Goods:{name}",
        is_active=True,
        parent_list_id="",
        external_guid="",
        description="",
        price=None,
        account_list_id="",
        tax_rate=None,
    )


def buyer_of(order: int, customers: int) -> Buyer:
    """Half of them are in the file: by e-mail, by name, by company and city."""
    number = (order * 7919) % customers
    known = customer_record(number)
    address = PostalAddress(city=known.bill_address.city)
    match order % 6:
        case 0:
            return Buyer(str(order), "A", "Nother", "", f"person{number}@example.com")
        case 1:
            return Buyer(str(order), known.first_name, known.last_name)
        case 2:
            return Buyer(str(order), "B", f"Uyer{order}", known.company_name, "", "", address)
        case _:
            return Buyer(str(order), "New", f"Person{order}", "", f"new{order}@example.org")


def sale_of(order: int, customers: int, items: int) -> SalesOrder:
    lines = tuple(
        SalesLine(
            LineKind.PRODUCT, "PRODUCT", f"Product {place}", "",
            f"sku-{(order * 3 + place) % items}", Decimal(1), 1000,
        )
        for place in range(3)
    )  # fmt: skip
    return SalesOrder(
        order_id=order,
        invoice_id=str(order),
        title="Order",
        placed_on=START,
        currency="USD",
        total=3000,
        buyer=buyer_of(order, customers),
        lines=lines,
    )


def fill(database: Database, customers: int, items: int, orders: int) -> None:
    """A connection with its mirror, and orders that wait to be planned."""
    with database.writing("bench") as db:
        add_connection(
            db, Secrecy(bytes(32)), name="bench", keap_account="", keap_key="k", company_file="",
            start_date=START, clock=utc_now,
        )  # fmt: skip
        connection = find_connection(db, "bench")
        connection.currency, connection.time_zone = "USD", "UTC"
        connection_id = connection.id
        mirror.store(db, connection_id, [_account("Sales")])
    for page in _pages(customers):
        with database.writing("bench", can_be_made_again=True) as db:
            mirror.store(db, connection_id, [customer_record(number) for number in page])
    for page in _pages(items):
        with database.writing("bench", can_be_made_again=True) as db:
            mirror.store(db, connection_id, [item_record(number) for number in page])
    with database.writing("bench") as db:
        db.execute(
            rows_of(KeapOrder),
            [
                _row(connection_id, sale_of(number, customers, items))
                for number in range(1, orders + 1)
            ],
        )


def _account(name: str) -> ListRecord:
    return ListRecord("Account", "A-1", "1", WHEN, WHEN, name, name, True, {})


def _pages(count: int) -> Iterator[range]:
    for start in range(0, count, _PAGE):
        yield range(start, min(count, start + _PAGE))


def _row(connection_id: int, sale: SalesOrder) -> dict[str, object]:
    return {
        "connection_id": connection_id,
        "keap_id": sale.order_id,
        "contact_id": sale.buyer.contact_id,
        "customer_name": sale.buyer.last_name,
        "order_date": sale.placed_on,
        "currency": sale.currency,
        "total": sale.total,
        "total_paid": 0,
        "raw": "{}",
        "sale": sources.stored(sale),
        "content_hash": sources.sale_hash(sale),
        "read_at": utc_now(),
        "invoice_id": "",
        "title": "",
        "cause": "",
        "subject": "",
        "skip": "",
        "has_work": True,
        "needs_plan": True,
        "next_try_at": AT_ONCE,
        "status": OrderStatus.NEW,
        "is_checked": True,
        "overrides": [],
    }


def plan_all(database: Database, orders: int, batch: int) -> tuple[float, list[int]]:
    """Seconds to plan them all in batches of that size, and the SELECTs of each batch."""
    selects: list[int] = []
    began = time.perf_counter()
    for start in range(1, orders + 1, batch):
        with database.writing("bench") as db:
            connection = find_connection(db, "bench")
            numbers = range(start, min(orders, start + batch - 1) + 1)
            rows = db.scalars(
                select(KeapOrder)
                .where(KeapOrder.connection_id == connection.id, KeapOrder.keap_id.in_(numbers))
                .order_by(KeapOrder.keap_id)
            ).all()
            with counted_selects(database) as seen:
                plan_orders(db, connection, rows, utc_now())
                db.flush()
            selects.append(len(seen))
    return time.perf_counter() - began, selects


@contextmanager
def counted_selects(database: Database) -> Iterator[list[str]]:
    """The SELECTs that are sent meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--orders", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'service.db'}")
        Base.metadata.create_all(database.engine)
        fill(database, options.customers, options.items, options.orders)
        print(f"{options.customers:,} customers, {options.items:,} items, {sys.version.split()[0]}")
        for batch in (60, 250, 1000):
            took, selects = plan_all(database, options.orders, batch)
            print(
                f"{options.orders:,} orders in batches of {batch}: {took:.2f} s, "
                f"SELECTs a batch {min(selects)} to {max(selects)}"
            )
        database.close()


if __name__ == "__main__":
    main()
