"""A small site with the admin on it, a clock that stands still, and builders for its rows."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from qbwc_service import admin
from qbwc_service.config import Config
from qbwc_service.connections import NewConnection, add_connection
from qbwc_service.demo.keap import SimulatedKeap
from qbwc_service.ledger import sources, standing, states
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    MessageSet,
    Person,
    PersonConnection,
    Posting,
    Role,
    UpdateSession,
)
from qbwc_service.ledger.payment_search import found_by
from qbwc_service.ledger.postings import external_guid
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.order import (
    Buyer,
    LineKind,
    PaymentKind,
    ReceivedPayment,
    SalesLine,
    SalesOrder,
)
from qbwc_service.planning.plan import (
    ListRef,
    PlannedCreditMemo,
    PlannedLine,
    PlannedOfRow,
    PlannedPayment,
    PlannedSale,
    SaleForm,
    to_payload,
)
from qbwc_service.secrecy import Secrecy, person_password_hash
from tests.databases import new_database

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
PASSWORD = "correct horse battery"
KEAP_KEY = "KeapAK-not-for-anybody"


class Site:
    """The admin over its own database. `close()` when done.

    `keap` answers its questions; without one nobody does, and there is no client id either.
    """

    def __init__(self, folder: Path, keap: SimulatedKeap | None = None) -> None:
        self.now = NOW
        #: how often the job was told to look at once
        self.woken = 0
        self.secrecy = Secrecy(b"k" * 32)
        self.database = new_database(folder)
        self.app = Flask("site", static_folder=None)
        self.app.config.update(SECRET_KEY=self.secrecy.cookie_key, MAX_CONTENT_LENGTH=100_000)
        admin.register(
            self.app,
            database=self.database,
            secrecy=self.secrecy,
            config=_config(self.database.url, keap),
            clock=lambda: self.now,
            wake=self._wake,
        )

    def _wake(self) -> None:
        self.woken += 1

    def close(self) -> None:
        self.database.close()

    def visitor(self, address: str = "192.0.2.1") -> "Visitor":
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return Visitor(client)

    def add_person(
        self,
        name: str = "owner",
        password: str = PASSWORD,
        role: Role = Role.OWNER,
        connections: Sequence[str] | None = None,
    ) -> None:
        """`connections`: the only ones that the person may see."""
        with self.database.writing("test") as db:
            stored = person_password_hash(password)
            person = Person(name=name, password_hash=stored, created_at=NOW, role=role)
            person.sees_all = connections is None
            db.add(person)
            db.flush()
            for each in connections or ():
                found = db.scalars(select(Connection).where(Connection.name == each)).one()
                db.add(PersonConnection(person_id=person.id, connection_id=found.id))

    def bookkeeper(self) -> "Visitor":
        """Somebody who has signed in and may do everything."""
        return self.signed_in("owner")

    def signed_in(
        self,
        name: str,
        role: Role = Role.OWNER,
        connections: Sequence[str] | None = None,
    ) -> "Visitor":
        """A new person who has signed in."""
        self.add_person(name, role=role, connections=connections)
        visitor = self.visitor()
        assert visitor.sign_in(name, PASSWORD).status_code == 302
        return visitor

    def add_connection(self, name: str = "acme", **columns: Any) -> NewConnection:
        with self.database.writing("test") as db:
            made = add_connection(
                db,
                self.secrecy,
                name=name,
                keap_account="iq146",
                keap_key=KEAP_KEY,
                company_file="",
                start_date=date(2026, 11, 1),
                clock=lambda: NOW,
            )
            connection = db.scalars(select(Connection).where(Connection.name == name)).one()
            for column, value in columns.items():
                setattr(connection, column, value)
        return made

    @contextmanager
    def books(self, name: str = "acme") -> Iterator["Books"]:
        """Write rows of a connection; the orders' statuses are worked out at the end."""
        with self.database.writing("test") as db:
            connection = db.scalars(select(Connection).where(Connection.name == name)).one()
            books = Books(db, connection)
            yield books
            db.flush()
            standing.refresh(db, connection.id, books.order_ids)


def _config(database_url: str, keap: SimulatedKeap | None) -> Config:
    alone = Config(
        database_url=database_url,
        public_url="https://sync.example.com",
        keap_api_url="http://127.0.0.1:9/crm",
        log_level="INFO",
        secret_key=b"k" * 32,
    )
    if keap is None:
        return alone
    return replace(
        alone,
        keap_api_url=keap.url,
        keap_token_url=keap.token_url,
        keap_authorize_url=keap.authorize_url,
        keap_client_id=keap.sign_in.client_id,
        keap_client_secret=keap.sign_in.secret,
    )


@dataclass
class Visitor:
    """A browser: reads the form token off the last page and sends it along."""

    client: FlaskClient
    page: str = ""

    def get(self, address: str) -> TestResponse:
        response = self.client.get(address)
        self.page = response.get_data().decode(errors="replace")
        response.close()
        return response

    def post(self, address: str, form: dict[str, Any] | None = None) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        token = {"csrf_token": found[1]} if found else {}
        response = self.client.post(address, data=token | (form or {}))
        self.page = response.get_data().decode(errors="replace")
        response.close()
        return response

    def press(self, page: str, address: str, form: dict[str, Any] | None = None) -> str:
        """Open `page`, send the form to `address`, return the page that comes after it."""
        self.get(page)
        response = self.post(address, form)
        assert response.status_code == 302, self.page
        self.get(response.location)
        return self.page

    def sign_in(self, name: str, password: str, address: str = "/sign-in") -> TestResponse:
        self.get(address)
        return self.post(address, {"name": name, "password": password})


class Books:
    """Rows of one connection inside one transaction."""

    def __init__(self, db: Any, connection: Connection) -> None:
        self.db = db
        self.connection = connection
        self.order_ids: list[int] = []

    def order(
        self,
        keap_id: int,
        *,
        customer: str = "Ada Example",
        total: int = 12000,
        paid: int = 0,
        lines: tuple[SalesLine, ...] = (),
        placed_on: date = date(2026, 11, 20),
        buyer: Buyer = Buyer("7"),  # noqa: B008 - immutable
        **columns: Any,
    ) -> KeapOrder:
        lines = lines or (line("Gold Plan", "GOLD", 1, total),)
        sale = SalesOrder(keap_id, "", "Web order", placed_on, "USD", total, buyer, lines)
        row = KeapOrder(
            connection_id=self.connection.id,
            keap_id=keap_id,
            order_date=placed_on,
            contact_id=buyer.contact_id,
            customer_name=customer,
            currency="USD",
            total=total,
            total_paid=paid,
            title="Web order",
            raw=f'{{"id":"{keap_id}","total":{{"amount":{total}}},"api_key":"abc"}}',
            sale=sources.stored(sale),
            content_hash=sources.sale_hash(sale),
            read_at=NOW,
            needs_plan=False,
            next_try_at=standing.AT_ONCE,
        )
        for name, value in columns.items():
            setattr(row, name, value)
        self.db.add(row)
        self.order_ids.append(keap_id)
        return row

    def invoice(self, order: KeapOrder, *, customer: str = "80000001-1") -> Posting:
        """A planned invoice of the order, ready to be sent."""
        return self.form(order, customer=customer)

    def form(
        self,
        order: KeapOrder,
        form: SaleForm = SaleForm.INVOICE,
        *,
        customer: str = "80000001-1",
        number: str | None = None,
        **more: Any,
    ) -> Posting:
        """A planned form of the order, ready to be sent."""
        sale = sources.sale_from(order.sale)
        planned = PlannedSale(
            number=str(order.keap_id) if number is None else number,
            customer=ListRef(list_id=customer),
            placed_on=sale.placed_on,
            total=order.total,
            form=form,
            lines=tuple(
                PlannedLine(
                    ListRef(list_id="80000002-1"),
                    each.name,
                    each.quantity,
                    decimal_amount(each.unit_price),
                    decimal_amount(int(each.quantity * each.unit_price)),
                )
                for each in sale.lines
            ),
            memo="",
            po_number="",
            **more,
        )
        return self._posting(
            Kind(form), str(order.keap_id), order, order.total, planned.number, planned
        )

    def row(
        self,
        order: KeapOrder,
        payment_id: int,
        amount: int,
        kind: PaymentKind = PaymentKind.CASH,
        *,
        reference: str = "",
        **columns: Any,
    ) -> KeapPayment:
        """A payment row of Keap, without any record of ours."""
        received = ReceivedPayment(
            *(payment_id, order.keap_id, kind, kind.value.title(), "APPROVED", amount),
            *(date(2026, 11, 21), "Credit card", reference, (order.keap_id,)),
        )
        return self.loose_payment(received, kind=kind, **columns)

    def part(
        self, order: KeapOrder, kind: Kind, planned: PlannedOfRow, *, number: str = ""
    ) -> Posting:
        """A record planned from a payment row."""
        return self._posting(kind, planned.source_key, order, planned.amount, number, planned)

    def held_refund(
        self, order: KeapOrder, payment_id: int, amount: int, cause: str = "refund-to-approve"
    ) -> Posting:
        """A refund of that many cents, waiting for a person."""
        self.row(order, payment_id, -amount, PaymentKind.REFUND)
        key = f"{payment_id}/{order.keap_id}"
        planned = PlannedCreditMemo(key, "", amount, date(2026, 11, 21), (), "")
        memo = self.part(order, Kind.CREDIT_MEMO, planned)
        details = {"order": str(order.keap_id), "amount": f"{amount / 100:.2f}"}
        states.hold(memo, cause, details | {"keap_type": "Refund", "number": str(order.keap_id)})
        memo.payload = {}
        return memo

    def payment(
        self, order: KeapOrder, payment_id: int, amount: int, *, reference: str = ""
    ) -> Posting:
        """A payment row and its planned payment."""
        received = ReceivedPayment(
            payment_id,
            order.keap_id,
            PaymentKind.CASH,
            "PAYMENT",
            "APPROVED",
            amount,
            date(2026, 11, 21),
            "Credit card",
            reference,
            (order.keap_id,),
        )
        self.loose_payment(received)
        planned = PlannedPayment(
            f"{payment_id}/{order.keap_id}", reference, amount, date(2026, 11, 21), ""
        )
        return self._posting(
            Kind.PAYMENT, planned.source_key, order, amount, reference or f"K{payment_id}", planned
        )

    def loose_payment(
        self, received: ReceivedPayment, *, gateway: str = "", **columns: Any
    ) -> KeapPayment:
        row = KeapPayment(
            connection_id=self.connection.id,
            payment_id=received.payment_id,
            order_id=received.order_id,
            amount=received.amount,
            paid_on=received.paid_on,
            raw="{}",
            received=sources.stored(received),
            content_hash=sources.payment_hash(received),
            **found_by(received, gateway),
            read_at=NOW,
            **columns,
        )
        self.db.add(row)
        return row

    def posted(self, posting: Posting, record_id: str) -> Posting:
        states.post(posting, record_id, edit_sequence="1")
        posting.posted_at = NOW
        return posting

    def message_set(self, request: str, answer: str | None, **columns: Any) -> MessageSet:
        session = UpdateSession(
            connection_id=self.connection.id,
            ticket_digest=f"digest-{request[:20]}-{id(request)}",
            remote_address="203.0.113.9",
            started_at=NOW,
            last_call_at=NOW,
            result="1 order was sent.",
            posted=1,
        )
        self.db.add(session)
        self.db.flush()
        message_set = MessageSet(
            connection_id=self.connection.id,
            session_id=session.id,
            phase="post",
            request=request,
            answer=answer,
            prepared_at=NOW,
            sent_at=NOW,
            **columns,
        )
        self.db.add(message_set)
        self.db.flush()
        return message_set

    def _posting(
        self,
        kind: Kind,
        key: str,
        order: KeapOrder,
        amount: int,
        number: str,
        planned: PlannedSale | PlannedOfRow,
    ) -> Posting:
        posting = Posting(
            connection_id=self.connection.id,
            kind=kind,
            source_key=key,
            generation=1,
            external_guid=external_guid(self.connection.uid, kind, key, 1),
            order_id=order.keap_id,
            state=states.State.READY,
            cause="",
            details={},
            number=number,
            number_key=name_key(number),
            amount=amount,
            payload=to_payload(planned),
            created_at=NOW,
        )
        self.db.add(posting)
        self.db.flush()
        return posting


def line(name: str, sku: str, quantity: int, unit_price: int) -> SalesLine:
    return SalesLine(LineKind.PRODUCT, "PRODUCT", name, "", sku, Decimal(quantity), unit_price)
