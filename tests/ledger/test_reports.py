"""The reports: sums per connection, and as many statements for many rows as for few."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from qbwc_service.connections import add_connection, find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import Kind, OrderStatus, PaymentStatus
from qbwc_service.ledger.reports import (
    ErrorReport,
    Figure,
    OrderReport,
    PostingReport,
    error_reports,
    order_reports,
    status_report,
)
from qbwc_service.ledger.states import State
from qbwc_service.secrecy import Secrecy
from tests.databases import new_database
from tests.ledger_rows import NOON, add_error, add_order, add_payment, add_posting

#: as SQLite and as PostgreSQL write a value that is handed in
ONE_CONNECTION = re.compile(r"connection_id = (\?|%\()")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path)
    with made.writing("test") as db:
        for name in ("acme", "other"):
            add_connection(
                db,
                Secrecy(bytes(32)),
                name=name,
                keap_account="",
                keap_key="",
                company_file="",
                start_date=None,
                clock=lambda: NOON,
            )
    yield made
    made.close()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    with database.reading() as session:
        yield session


def statements(database: Database, db: Session) -> list[str]:
    """What the three reports of the connection "acme" ask the database."""
    connection = find_connection(db, "acme")
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    status_report(db, connection)
    order_reports(db, connection.id)
    error_reports(db, connection.id)
    event.remove(database.engine, "before_cursor_execute", note)
    return asked


def test_the_number_of_statements_does_not_grow_and_each_names_its_connection(
    database: Database, db: Session
) -> None:
    few = statements(database, db)
    own = find_connection(db, "acme").id
    for order_id in range(101, 151):
        add_order(db, own, order_id)
        add_posting(db, own, order_id)
        add_error(db, own, "number-taken", order_id=order_id)
    db.flush()
    assert statements(database, db) == few
    assert [text for text in few if not ONE_CONNECTION.search(text)] == []


def test_amounts_add_up_by_status_and_refunds_count_down(db: Session) -> None:
    connection = find_connection(db, "acme")
    add_order(db, connection.id, 1, status=OrderStatus.POSTED, total=10**12)
    add_order(db, connection.id, 2, status=OrderStatus.POSTED, total=1)
    add_payment(db, connection.id, 1, 1, amount=500)
    add_payment(db, connection.id, 2, 1, amount=-200)
    report = status_report(db, connection)
    assert report.orders[OrderStatus.POSTED] == Figure(2, 10**12 + 1)
    assert report.payments[PaymentStatus.WAITING] == Figure(2, 300)


def test_every_generation_of_a_posting_is_shown_and_the_newest_gives_the_number(
    db: Session,
) -> None:
    own = find_connection(db, "acme").id
    add_order(db, own, 101)
    add_posting(db, own, 101, state=State.GONE, record_id="1-A", cause="gone-from-quickbooks")
    add_posting(db, own, 101, generation=2, number="K-101")
    add_posting(db, own, 101, Kind.PAYMENT, State.HELD, number="P", cause="no-such-cause")
    assert order_reports(db, own) == [
        OrderReport(
            101,
            "K-101",
            OrderStatus.READY,
            "",
            1000,
            "Ann Lee",
            (
                PostingReport(
                    *(Kind.INVOICE, State.GONE, "1-A", "101", 1000),
                    "... is no longer in QuickBooks",
                ),
                PostingReport(Kind.INVOICE, State.READY, "", "K-101", 1000, ""),
                PostingReport(Kind.PAYMENT, State.HELD, "", "P", 1000, "no-such-cause"),
            ),
        )
    ]


def test_an_entry_that_the_catalogue_no_longer_has_is_shown_by_its_id(db: Session) -> None:
    own = find_connection(db, "acme").id
    add_error(db, own, "of-an-older-version", times=3)
    (entry,) = error_reports(db, own)
    assert entry == ErrorReport(
        entry.id, NOON, None, "of-an-older-version", "of-an-older-version", "", "", 3, None
    )


@pytest.mark.parametrize("kind", [Kind.SALES_RECEIPT, Kind.SALES_ORDER])
def test_the_number_is_that_of_the_form_whatever_it_is(db: Session, kind: Kind) -> None:
    own = find_connection(db, "acme").id
    add_order(db, own, 101)
    add_posting(db, own, 101, kind, number="SR-101")
    add_posting(db, own, 101, Kind.CREDIT_MEMO, number="CM-101")
    assert [report.number for report in order_reports(db, own)] == ["SR-101"]


def test_records_are_counted_by_what_they_are_and_add_up(db: Session) -> None:
    connection = find_connection(db, "acme")
    for order_id, kind in enumerate((Kind.CREDIT_MEMO, Kind.CREDIT_MEMO, Kind.CARD_REFUND), 101):
        add_posting(db, connection.id, order_id, kind, State.POSTED)
    add_posting(db, connection.id, 104, Kind.CUSTOMER_UPDATE, source_key="7/a")
    report = status_report(db, connection)
    assert {kind: counts[State.POSTED] for kind, counts in report.kinds.items()} == {
        Kind.CREDIT_MEMO: 2,
        Kind.CARD_REFUND: 1,
    }
    assert report.postings[State.POSTED] == 3
    assert report.postings[State.READY] == 0
