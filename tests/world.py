"""A whole world for tests: our database and service, a QuickBooks company and its Web Connector.

Everything is the product's own code: the ledger, the SOAP endpoint, the demo's simulators. Only
the network is left out (the Web Connector calls the WSGI application directly) and time is ours.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import qwc
from qbwc_service.config import Config
from qbwc_service.connections import (
    NewConnection,
    add_connection,
    change_settings,
    find_connection,
    qwc_file,
)
from qbwc_service.database import Database
from qbwc_service.demo.quickbooks import Company, InProcessQuickBooks, QuickBooksPort
from qbwc_service.demo.quickbooks.books import Books, read_books
from qbwc_service.demo.quickbooks.human import Person
from qbwc_service.demo.quickbooks.seed import new_company
from qbwc_service.demo.web_connector import WebConnector
from qbwc_service.demo.web_connector.faults import Faults
from qbwc_service.demo.web_connector.outcome import UpdateResult
from qbwc_service.demo.web_connector.qwc_file import QwcFile
from qbwc_service.ledger import sources
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapContact,
    KeapOrder,
    KeapPayment,
    MessageSet,
    Posting,
)
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.planning.order import (
    Buyer,
    LineKind,
    PaymentKind,
    PostalAddress,
    ReceivedPayment,
    SalesLine,
    SalesOrder,
)
from qbwc_service.secrecy import Secrecy
from qbwc_service.settings import changed
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import create_endpoint
from tests.databases import url_with_tables
from tests.validity import check_messages

TODAY = date(2026, 11, 23)
KEY = bytes(range(32))
ANN = Buyer(
    "4417",
    "Ann",
    "Lee",
    "",
    "ann@example.com",
    "602-555-0142",
    PostalAddress("Ann Lee", "", ("1 Main St",), "Phoenix", "AZ", "85004", "USA"),
)


def product(sku: str = "HAMMER", price: int = 1000, quantity: int | str = 1) -> SalesLine:
    """A product line; `price` in cents."""
    return SalesLine(
        LineKind.PRODUCT, "PRODUCT", f"{sku.title()} product", "", sku, Decimal(quantity), price
    )


def line(kind: LineKind, price: int, *, discount: int = 0) -> SalesLine:
    """A shipping, tax, discount or fee line."""
    return SalesLine(
        kind, kind.value.upper(), kind.value.title(), "", "", Decimal(1), price, discount
    )


def sale(
    order_id: int,
    *lines: SalesLine,
    buyer: Buyer = ANN,
    total: int | None = None,
    placed_on: date = TODAY,
    currency: str = "USD",
    is_draft: bool = False,
    came_from_quickbooks: bool = False,
) -> SalesOrder:
    """An order whose total is what its lines come to, unless told otherwise."""
    chosen = lines or (product(),)
    adds_up = int(sum(each.quantity * each.unit_price for each in chosen))
    return SalesOrder(
        order_id=order_id,
        invoice_id=str(order_id),
        title=f"Order {order_id}",
        placed_on=placed_on,
        currency=currency,
        total=adds_up if total is None else total,
        buyer=buyer,
        lines=chosen,
        is_draft=is_draft,
        came_from_quickbooks=came_from_quickbooks,
    )


def paid(
    order_id: int,
    amount: int,
    *,
    payment_id: int | None = None,
    transaction_id: str = "",
    kind: PaymentKind = PaymentKind.CASH,
    source_kind: str = "Credit Card",
    source_status: str = "APPROVED",
    order_ids: tuple[int, ...] = (),
    paid_on: date = TODAY,
    method: str = "Visa",
) -> ReceivedPayment:
    """A payment of `amount` cents on that order."""
    return ReceivedPayment(
        payment_id=payment_id if payment_id is not None else order_id * 10,
        order_id=order_id,
        kind=kind,
        source_kind=source_kind,
        source_status=source_status,
        amount=amount,
        paid_on=paid_on,
        method=method,
        transaction_id=transaction_id,
        order_ids=order_ids or (order_id,),
    )


@dataclass
class TestClock:
    """Time that stands still until it is moved."""

    __test__ = False
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 15, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **spans: float) -> None:
        self.now += timedelta(**spans)


class World:
    """One connection, one company file. Close it at the end (the fixture does)."""

    __test__ = False

    def __init__(
        self,
        folder: Path,
        database_url: str = "",
        *,
        memory: int = 1,
        zero_payment_keeps_a_record: bool = False,
    ) -> None:
        self.folder = folder
        self.name = "acme"
        self.clock = TestClock()
        self.config = Config(
            database_url=database_url or url_with_tables(folder),
            public_url="http://localhost:8000",
            keap_api_url="http://localhost:1/crm",
            log_level="INFO",
            secret_key=KEY,
        )
        self.secrecy = Secrecy(KEY)
        self.database = self._open_database()
        self.new = self._add_connection(self.name)
        self.service = Service(self.database, self.secrecy, self.clock)
        self._endpoint = create_endpoint(self.service, public_url=self.config.public_url)
        self._clients: dict[str, httpx.Client] = {}
        self.company = self._new_company(memory, zero_keeps=zero_payment_keeps_a_record)
        self.human = Person(self.company)
        self.faults = Faults()

    def _quickbooks_clock(self) -> datetime:
        return self.clock.now

    def neighbour(self, name: str = "beta", company: Company | None = None) -> "World":
        """Another connection of the same service: another Keap account, the same company file
        unless another one is handed in. `close()` is called on the first one alone."""
        other = copy(self)
        other.name = name
        other.new = self._add_connection(name)
        other.company = company or self.company
        other.company.write_file_id(other.new.owner_id, other.new.file_id)
        other.faults = Faults()
        return other

    def _open_database(self) -> Database:
        return Database(self.config.database_url)

    def _new_company(self, memory: int, *, zero_keeps: bool) -> Company:
        company = new_company(
            self.folder / "company.db",
            items=("HAMMER", "NAIL", "SAW"),
            vendors=("Vendor Supplies Inc",),
            clock=self._quickbooks_clock,
            memory=memory,
            zero_payment_keeps_a_record=zero_keeps,
        )
        company.write_file_id(self.new.owner_id, self.new.file_id)
        return company

    def _add_connection(self, name: str) -> NewConnection:
        with self.database.writing("test") as db:
            new = add_connection(
                db,
                self.secrecy,
                name=name,
                keap_account="iq146",
                keap_key="a-key",
                company_file="",
                start_date=date(2026, 11, 1),
                clock=self.clock,
            )
            connection = find_connection(db, name)
            connection.currency = "USD"
            connection.time_zone = "America/Phoenix"
            connection.settings = {
                **connection.settings,
                "income_account": "Sales",
                "tax_account": "Sales Tax Payable",
            }
        return new

    def close(self) -> None:
        check_messages(self.database)
        for client in self._clients.values():
            client.close()
        self.company.close()
        self.database.close()

    # -- what happens -----------------------------------------------------------------------------

    def keap_has(self, *orders: SalesOrder, payments: Sequence[ReceivedPayment] = ()) -> None:
        """These orders and payments were read from Keap (again, if they were before)."""
        with self.database.writing("test") as db:
            connection = find_connection(db, self.name)
            for order in orders:
                self._read_order(db, connection, order)
            for payment in payments:
                self._read_payment(db, connection, payment)

    def _read_order(self, db: Session, connection: Connection, order: SalesOrder) -> None:
        row = db.scalars(
            select(KeapOrder).where(
                KeapOrder.connection_id == connection.id, KeapOrder.keap_id == order.order_id
            )
        ).first()
        if row is None:
            row = KeapOrder(
                connection_id=connection.id, keap_id=order.order_id, next_try_at=AT_ONCE
            )
            db.add(row)
        row.invoice_id = order.invoice_id
        row.title = order.title
        row.order_date = order.placed_on
        row.contact_id = order.buyer.contact_id
        row.customer_name = f"{order.buyer.first_name} {order.buyer.last_name}"
        row.currency = order.currency
        row.total = order.total
        row.raw = "{}"
        row.sale = sources.stored(order)
        row.content_hash = sources.sale_hash(order)
        row.read_at = self.clock.now
        row.needs_plan = True
        row.has_work = True
        row.next_try_at = AT_ONCE
        self._read_contact(db, connection, order.buyer)

    def _read_contact(self, db: Session, connection: Connection, buyer: Buyer) -> None:
        row = db.scalars(
            select(KeapContact).where(
                KeapContact.connection_id == connection.id,
                KeapContact.contact_id == buyer.contact_id,
            )
        ).first()
        if row is None:
            row = KeapContact(connection_id=connection.id, contact_id=buyer.contact_id, raw="{}")
            db.add(row)
        row.buyer = sources.stored(buyer)
        row.content_hash = "-"
        row.read_at = self.clock.now
        db.flush()

    def _read_payment(self, db: Session, connection: Connection, payment: ReceivedPayment) -> None:
        row = db.scalars(
            select(KeapPayment).where(
                KeapPayment.connection_id == connection.id,
                KeapPayment.payment_id == payment.payment_id,
                KeapPayment.order_id == payment.order_id,
            )
        ).first()
        if row is None:
            row = KeapPayment(
                connection_id=connection.id,
                payment_id=payment.payment_id,
                order_id=payment.order_id,
                raw="{}",
            )
            db.add(row)
        row.amount = payment.amount
        row.paid_on = payment.paid_on
        row.kind = payment.kind
        row.received = sources.stored(payment)
        row.content_hash = sources.payment_hash(payment)
        row.read_at = self.clock.now
        db.flush()
        order = db.scalars(
            select(KeapOrder).where(
                KeapOrder.connection_id == connection.id, KeapOrder.keap_id == payment.order_id
            )
        ).first()
        if order is not None:
            order.needs_plan = True
            order.has_work = True

    def http(self, address: str = "10.0.0.5") -> httpx.Client:
        """A client on the computer with that address; it calls the WSGI application directly."""
        if address not in self._clients:
            application = DispatcherMiddleware(self._endpoint, {"/qbwc": self._endpoint})
            transport = httpx.WSGITransport(
                app=application,  # type: ignore[arg-type]
                remote_addr=address,
            )
            self._clients[address] = httpx.Client(transport=transport)
        return self._clients[address]

    def web_connector(
        self,
        company: Company | None = None,
        *,
        address: str = "10.0.0.5",
        quickbooks: QuickBooksPort | None = None,
    ) -> WebConnector:
        with self.database.reading() as db:
            file = qwc_file(find_connection(db, self.name), self.config)
        return WebConnector(
            QwcFile.parse(qwc.build(file)),
            self.new.password,
            quickbooks or InProcessQuickBooks(company or self.company),
            self.http(address),
            faults=self.faults,
            sleep=lambda _seconds: None,
        )

    def update(self, company: Company | None = None, *, address: str = "10.0.0.5") -> UpdateResult:
        """The Web Connector runs once on that computer, with this company file open."""
        return self.web_connector(company, address=address).update()

    def set(self, **chosen: str) -> None:
        """A person changes settings; what is not sent yet is planned again."""
        with self.database.writing("test") as db:
            connection = find_connection(db, self.name)
            stored = connection.settings
            for name, text in chosen.items():
                stored = changed(stored, name, text)
            change_settings(db, connection, stored, who="Bea", now=self.clock.now)

    def approve(self, payment_id: int) -> None:
        """A person approves a refund."""
        self.decide().approve(payment_id)

    def decide(self) -> "Deciding":
        return Deciding(self)

    # -- what is there now ------------------------------------------------------------------------

    def books(self) -> Books:
        return read_books(self.company)

    def invoices(self) -> list[tuple[str, str, str]]:
        """Number, customer and total of every invoice in QuickBooks."""
        return sorted(
            (invoice.number, invoice.customer, str(invoice.total))
            for invoice in self.books().invoices
        )

    def payments(self) -> list[tuple[str, str, str]]:
        """Reference, amount and the invoice it pays, of every payment in QuickBooks."""
        return sorted(
            (payment.ref_number, str(payment.total), applied.invoice_number)
            for payment in self.books().payments
            for applied in payment.applied
        )

    def statuses(self) -> dict[int, tuple[str, str]]:
        """Status and cause of every order."""
        with self.database.reading() as db:
            rows = db.scalars(self._ours(select(KeapOrder), KeapOrder).order_by(KeapOrder.keap_id))
            return {row.keap_id: (row.status.value, row.cause) for row in rows}

    def payment_statuses(self) -> dict[int, tuple[str, str]]:
        with self.database.reading() as db:
            ours = self._ours(select(KeapPayment), KeapPayment)
            rows = db.scalars(ours.order_by(KeapPayment.payment_id))
            return {row.payment_id: (row.status.value, row.cause) for row in rows}

    def errors(self) -> list[str]:
        """Ids of the open entries of the error log."""
        with self.database.reading() as db:
            ours = self._ours(select(ErrorEntry), ErrorEntry)
            rows = db.scalars(ours.where(ErrorEntry.solved_at.is_(None)))
            return sorted(row.message for row in rows)

    def prepared(self) -> str:
        """The text of the newest message that was made, handed out or not."""
        with self.database.reading() as db:
            newest = select(MessageSet.request).order_by(MessageSet.id.desc()).limit(1)
            return db.scalar(newest) or ""

    def postings(self) -> list[Posting]:
        with self.database.reading() as db:
            return list(db.scalars(self._ours(select(Posting), Posting).order_by(Posting.id)))

    def _ours(self, rows: Select[Any], of: type[Any]) -> Select[Any]:
        named = select(Connection.id).where(Connection.name == self.name)
        return rows.where(of.connection_id == named.scalar_subquery())

    def connection(self) -> Connection:
        with self.database.reading() as db:
            return find_connection(db, self.name)


class Deciding:
    """A person at the admin page: each method is one decision in its own transaction."""

    def __init__(self, world: World) -> None:
        self._world = world

    def requeue(self, order_id: int) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).requeue(order_id)

    def hold(self, order_id: int) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).hold(order_id)

    def skip(self, order_id: int) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).skip(order_id)

    def link(self, order_id: int, txn_id: str) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).link(order_id, txn_id)

    def accept(self, order_id: int) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).accept(order_id)

    def undo(self, order_id: int, *, even_so: bool = False) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).undo(order_id, even_so=even_so)

    def approve(self, payment_id: int) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).approve_refund(payment_id)

    def skip_payment(self, payment_id: int) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).skip_payment(payment_id)

    def renumber(self, order_id: int, prefix: str) -> None:
        with self._world.database.writing("test") as db:
            self._decisions(db).renumber(order_id, prefix)

    def _decisions(self, db: Session) -> Decisions:
        return Decisions(db, find_connection(db, self._world.name), "Bea", self._world.clock.now)
