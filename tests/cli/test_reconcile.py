"""reconcile, payments and link-found, as a script meets them."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import (
    KeapPayment,
    Kind,
    OrderStatus,
    QuickbooksTxn,
    Reconciliation,
)
from qbwc_service.ledger.states import State
from tests.cli.conftest import Shell
from tests.ledger_rows import add_order, add_payment, add_posting

DAY = date(2026, 11, 20)
NOVEMBER = ("--month", "2026-11")


@pytest.fixture
def books(migrated: Database, acme: dict[str, str]) -> Database:
    """An order in QuickBooks with its payment, and one that waits; the latter was typed there."""
    with migrated.writing("test") as db:
        own = find_connection(db, "acme").id
        add_order(db, own, 101, order_date=DAY, status=OrderStatus.POSTED, total=1284000)
        add_posting(db, own, 101, state=State.POSTED, amount=1284000, record_id="1-9")
        add_order(db, own, 102, order_date=DAY, total=15000)
        add_payment(db, own, 7, 101)
        db.flush()
        payment = db.scalars(select(KeapPayment)).one()
        payment.paid_on = DAY
        payment.received = {"transaction_id": "=cmd", "method": "Visa"}
        for txn_id, number, total in (("1-9", "101", 1284000), ("2-9", "K-102", 15000)):
            db.add(
                QuickbooksTxn(
                    connection_id=own,
                    kind=Kind.INVOICE,
                    txn_id=txn_id,
                    ref_number=number,
                    number_key=number,
                    customer_name="Ann Lee",
                    txn_date=DAY,
                    total=total,
                )
            )
    return migrated


def test_the_report_begins_with_its_sentence(shell: Shell, books: Database) -> None:
    told = shell("reconcile", "acme", *NOVEMBER)
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[0] == "Orders: Keap 12,990.00 = QuickBooks 12,840.00 + waiting 150.00"
    assert "102\t2026-11-20\tAnn Lee\t150.00\twaiting" in lines
    assert lines[-1] == "QuickBooks last read for this month: never"


def test_a_script_gets_every_number_and_what_is_behind_it(shell: Shell, books: Database) -> None:
    document = shell("reconcile", "acme", *NOVEMBER, "--json").document
    orders = document["orders"]
    assert orders["keap"] == {"count": 2, "amount": "12990.00"}
    assert orders["buckets"]["in QuickBooks"] == {"count": 1, "amount": "12840.00"}
    assert orders["buckets"]["waiting"] == {"count": 1, "amount": "150.00"}
    assert orders["difference"] == "0.00"
    assert [entry["order"] for entry in orders["entries"]] == [101, 102]
    assert document["orders_not_in_quickbooks"] == [102]
    assert (document["quickbooks_read"], document["asked"]) == (None, False)


def test_ask_has_quickbooks_read_for_that_month(shell: Shell, books: Database) -> None:
    assert "at the next update" in shell("reconcile", "acme", *NOVEMBER, "--ask").out
    with books.reading() as db:
        run = db.scalars(select(Reconciliation)).one()
        assert (run.first_day, run.last_day) == (date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("month", ["2026", "2026-13", "x", "2026-11-20"])
def test_what_is_no_month_is_refused(shell: Shell, books: Database, month: str) -> None:
    told = shell("reconcile", "acme", "--month", month)
    assert (told.code, told.out) == (1, "")
    assert "is no month; write it like 2026-11." in told.err


def test_payments_are_written_with_whole_references(
    shell: Shell, books: Database, tmp_path: Path
) -> None:
    file = tmp_path / "payments.csv"
    assert shell("payments", "acme", *NOVEMBER, "--csv", str(file)).code == 0
    text = file.read_text(encoding="utf-8").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Reference"], row["Order"], row["Amount"]) == ("'=cmd", "101", "10.00")
    shell("payments", "acme", *NOVEMBER, "--by-day", "--csv", str(file))
    text = file.read_text(encoding="utf-8").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Date"], row["Gateway"], row["Total"]) == ("2026-11-20", "by hand", "10.00")


def test_found_ones_are_listed_and_linked_only_with_yes(shell: Shell, books: Database) -> None:
    listed = shell("link-found", "acme")
    assert "102\tAnn Lee\t2026-11-20\t150.00\tinvoice K-102" in listed.out
    assert "Nothing was changed." in listed.out
    assert shell("link-found", "acme", "--json").document["found"][0]["txn_id"] == "2-9"
    assert "Linked: 1." in shell("link-found", "acme", "--yes").out
    assert "no record that fits" in shell("link-found", "acme").out


def test_status_tells_of_numbers_that_are_in_the_way(shell: Shell, books: Database) -> None:
    with books.writing("test") as db:
        typed = db.scalars(select(QuickbooksTxn).where(QuickbooksTxn.txn_id == "2-9")).one()
        typed.ref_number = "105"
    overlap = shell("status", "acme", "--json").document["number_overlap"]
    assert overlap == {
        "quickbooks": [105, 105],
        "keap": [102, 5102],
        "overlaps": True,
        "prefix": "K-",
    }
    assert "Set the number prefix to K-" in shell("status", "acme").out
