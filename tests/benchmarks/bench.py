"""One connection of the service, joined to one simulated QuickBooks, and orders for it."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import qwc
from qbwc_service.clock import utc_now
from qbwc_service.config import Config
from qbwc_service.connections import NewConnection, add_connection, find_connection, qwc_file
from qbwc_service.database import Database
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from qbwc_service.ledger import sources
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import KeapContact, KeapOrder, KeapPayment, OrderStatus
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.planning.order import Buyer, ReceivedPayment, SalesOrder
from qbwc_service.secrecy import Secrecy
from tests.benchmarks.programs import WebConnector
from tests.world import KEY, paid, product, sale

NAME = "bench"
START = date(2026, 11, 1)
ITEMS = ("HAMMER", "NAIL", "SAW")


def environment(folder: Path, database: Database, public_url: str) -> dict[str, str]:
    """For the service, which shares the database and the key with the benchmark."""
    key_file = folder / "secret.key"
    key_file.write_text(KEY.hex(), encoding="ascii")
    return {
        "QBWC_DATABASE_URL": database.url,
        "QBWC_PUBLIC_URL": public_url,
        "QBWC_SECRET_KEY_FILE": str(key_file),
        "QBWC_LOG_LEVEL": "WARNING",
    }


def join(database: Database, config: Config, quickbooks_url: str, folder: Path) -> WebConnector:
    """A connection with its settings chosen, its FileID in the company file."""
    new = add_bench_connection(database, NAME)
    with RemoteQuickBooks(quickbooks_url) as remote:
        remote.write_file_id(new.owner_id, new.file_id)
    with database.reading() as db:
        file = qwc.build(qwc_file(find_connection(db, NAME), config))
    return WebConnector(folder, file, new.password, quickbooks_url)


def add_bench_connection(database: Database, name: str) -> NewConnection:
    with database.writing("bench") as db:
        new = add_connection(
            db,
            Secrecy(KEY),
            name=name,
            keap_account="",
            keap_key="",
            company_file="",
            start_date=START,
            clock=utc_now,
        )
        connection = find_connection(db, name)
        connection.currency, connection.time_zone = "USD", "UTC"
        connection.settings = {
            **connection.settings,
            "income_account": "Sales",
            "tax_account": "Sales Tax Payable",
        }
    return new


def orders_of_new_customers(numbers: Sequence[int]) -> Iterator[tuple[SalesOrder, ReceivedPayment]]:
    """Three lines and a payment each, everybody's first order."""
    for number in numbers:
        buyer = Buyer(
            str(number), f"Given{number}", f"Family{number}", email=f"p{number}@example.com"
        )
        order = sale(
            number,
            product("HAMMER", 1000 + number % 5000),
            product("NAIL", 250, 2),
            product("SAW", 99),
            buyer=buyer,
        )
        yield order, paid(number, order.total)


def read_from_keap(
    database: Database, name: str, found: Iterator[tuple[SalesOrder, ReceivedPayment]]
) -> None:
    """As the job that reads Keap leaves them: read, checked, not planned."""
    now = utc_now()
    with database.writing("bench", can_be_made_again=True) as db:
        here = {"connection_id": find_connection(db, name).id, "raw": "{}", "read_at": now}
        orders, payments, contacts = [], [], []
        for order, payment in found:
            orders.append(here | _order(order))
            payments.append(here | _payment(payment))
            contacts.append(here | _contact(order.buyer))
        db.execute(rows_of(KeapOrder), orders)
        db.execute(rows_of(KeapPayment), payments)
        db.execute(rows_of(KeapContact), contacts)


def _order(order: SalesOrder) -> dict[str, object]:
    return {
        "keap_id": order.order_id,
        "contact_id": order.buyer.contact_id,
        "customer_name": f"{order.buyer.first_name} {order.buyer.last_name}",
        "order_date": order.placed_on,
        "currency": order.currency,
        "total": order.total,
        "total_paid": order.total,
        "sale": sources.stored(order),
        "content_hash": sources.sale_hash(order),
        "invoice_id": order.invoice_id,
        "title": order.title,
        "status": OrderStatus.NEW,
        "next_try_at": AT_ONCE,
    }


def _payment(payment: ReceivedPayment) -> dict[str, object]:
    return {
        "payment_id": payment.payment_id,
        "order_id": payment.order_id,
        "amount": payment.amount,
        "paid_on": payment.paid_on,
        "kind": payment.kind,
        "received": sources.stored(payment),
        "content_hash": sources.payment_hash(payment),
    }


def _contact(buyer: Buyer) -> dict[str, object]:
    return {
        "contact_id": buyer.contact_id,
        "buyer": sources.stored(buyer),
        "content_hash": "-",
    }
