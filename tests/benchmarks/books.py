"""Whether a whole shop reaches the books to the cent, and how long that takes. By hand:

    python -m tests.benchmarks.books --orders 10000

A simulated Keap of its own process with every kind of order (paid, part paid, refunded, credited,
voided, edited, deleted, in Canada, without lines ...), the real service, a simulated company file.
All is read, update sessions run until nothing is left, QuickBooks is read for the reconciling
report. Then Keap's own records are compared with the company file, past the service, and the
report has to add up: Keap = in QuickBooks + waiting + held + skipped + undone or gone.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import select
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import qwc
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, new_password, qwc_file
from qbwc_service.demo.keap.seed import COMPANY_ITEMS
from qbwc_service.demo.quickbooks import Company, InProcessQuickBooks
from qbwc_service.demo.quickbooks.books import Books, read_books
from qbwc_service.demo.quickbooks.seed import new_company
from qbwc_service.demo.web_connector import WebConnector
from qbwc_service.demo.web_connector.qwc_file import QwcFile
from qbwc_service.ledger.models import KeapOrder, KeapPayment, OrderStatus
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.reconciling_report import Bucket, reconciling_report
from qbwc_service.planning.money import shown
from qbwc_service.settings import changed
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import create_endpoint
from tests.benchmarks.staging import memory_mb, read, shop_of
from tests.staging.installation import NAME, Installation

#: refunds with cards, credits applied, nobody to approve anything
CHOSEN = {
    "income_account": "Sales",
    "tax_account": "Sales Tax Payable",
    "credit_item": "Keap Credit",
    "refund_item": "Keap Refund",
    "refunds": "card-refund",
    "refunds_to_approve": "0",
    "wait_for_payment_minutes": "0",
}
MOST_SESSIONS = 40
PERIOD = (date(2020, 1, 1), date(2030, 12, 31))


class Office:
    """The computer with QuickBooks and the Web Connector."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        with installation.database.writing("test") as db:
            connection = find_connection(db, NAME)
            for name, text in CHOSEN.items():
                connection.settings = changed(connection.settings, name, text)
            new = new_password(db, installation.secrecy, NAME)
        self.company: Company = new_company(
            installation.folder / "company.db", items=COMPANY_ITEMS, clock=utc_now
        )
        self.company.write_file_id(new.owner_id, new.file_id)
        with installation.database.reading() as db:
            file = QwcFile.parse(
                qwc.build(qwc_file(find_connection(db, NAME), installation.config))
            )
        self._web_connector = WebConnector(
            file,
            new.password,
            InProcessQuickBooks(self.company),
            _client(installation),
            sleep=lambda _seconds: None,
        )

    def update(self) -> int:
        """Sessions until nothing is left; gives the round trips."""
        trips = 0
        for _ in range(MOST_SESSIONS):
            result = self._web_connector.update()
            if result.errors:
                raise SystemExit(f"The update failed: {result.errors}")
            trips += result.round_trips
            if not result.round_trips:
                break
        return trips

    def ask_for_reading(self) -> None:
        with self.installation.database.writing("test") as db:
            connection = find_connection(db, NAME)
            runs.ask(db, connection, days=PERIOD, who="benchmark", now=utc_now())


def _client(installation: Installation) -> httpx.Client:
    service = Service(installation.database, installation.secrecy, utc_now)
    endpoint = create_endpoint(service, public_url=installation.config.public_url)
    application = DispatcherMiddleware(endpoint, {"/qbwc": endpoint})
    return httpx.Client(transport=httpx.WSGITransport(app=application))  # type: ignore[arg-type]


def compare(installation: Installation, books: Books, dump: Mapping[str, Any]) -> list[str]:
    """Keap's own list against the company file, order by order; what differs, in words."""
    totals = {int(order["id"]): int(order["total"]["amount"]) for order in dump["orders"]}
    invoices: dict[str, list[Decimal]] = defaultdict(list)
    for invoice in books.invoices:
        invoices[invoice.number].append(invoice.total)
    applied: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for payment in books.payments:
        for part in payment.applied:
            applied["cash", part.invoice_number] += part.amount
    for memo in books.credit_memos:
        for part in memo.applied:
            applied["credit", part.invoice_number] += part.amount
    wrong = []
    with installation.database.reading() as db:
        rows: dict[tuple[str, int], int] = defaultdict(int)
        for row in db.scalars(select(KeapPayment).where(KeapPayment.status == "posted")):
            rows[row.kind.value, row.order_id] += row.amount
        for order in db.scalars(select(KeapOrder)):
            number = str(order.keap_id)
            there = invoices.pop(number, [])
            is_posted = order.status in {OrderStatus.POSTED, OrderStatus.POSTED_PAYMENT_OPEN}
            if is_posted and there != [Decimal(totals[order.keap_id]) / 100]:
                wrong.append(f"order {number} is {there}, Keap says {totals[order.keap_id]}")
            wrong.extend(
                f"order {number}: {kind} {applied[kind, number]}, Keap {rows[kind, order.keap_id]}"
                for kind in ("cash", "credit")
                if applied[kind, number] * 100 != rows[kind, order.keap_id]
            )
    wrong.extend(f"{number} is in QuickBooks, but no order asks for it" for number in invoices)
    return wrong


def tell_report(installation: Installation) -> bool:
    """The report as the page shows it; whether every part adds up to the cent."""
    adds_up = True
    with installation.database.reading() as db:
        report = reconciling_report(db, find_connection(db, NAME), PERIOD)
    for part, section in report.sections.items():
        figures = {bucket: section.figure(bucket) for bucket in Bucket}
        count = sum(figure.count for figure in figures.values())
        amount = sum(figure.amount for figure in figures.values())
        keap = sum(entry.amount for entry in section.entries)
        adds_up &= count == len(section.entries) and amount == keap
        print(f"{part.value}: {section.sentence()}")
        print(
            "   "
            + ", ".join(
                f"{bucket.value} {figure.count:,} ({shown(figure.amount)})"
                for bucket, figure in figures.items()
                if figure.count
            )
        )
    return adds_up


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with shop_of(asked.orders, asked.seed) as (installation, keap):
        office = Office(installation)
        read(installation)
        began = time.perf_counter()
        trips = office.update()
        office.ask_for_reading()
        trips += office.update()
        took = time.perf_counter() - began
        print(f"{trips} round trips in {took:.0f} s, peak {memory_mb():.0f} MB")
        books = read_books(office.company)
        print(
            f"QuickBooks: {len(books.invoices):,} invoices, {len(books.payments):,} payments, "
            f"{len(books.credit_memos):,} credit memos, {len(books.refunds):,} refunds"
        )
        wrong = compare(installation, books, json.loads(keap.dump()))
        for line in wrong[:20]:
            print(f"  {line}")
        print(f"differences from Keap: {len(wrong)}")
        adds_up = tell_report(installation)
        print(f"the report {'adds up' if adds_up else 'DOES NOT ADD UP'}")
        office.company.close()
    return 0 if adds_up and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
