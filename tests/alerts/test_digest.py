"""The daily digest: once a day, and its line adds up to the cent."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.alerts.digest import adds_up, day_to_tell, digest
from qbwc_service.ledger.models import Kind, OrderStatus
from qbwc_service.ledger.reconciling_report import (
    Bucket,
    Entry,
    Part,
    ReconcilingReport,
    Section,
)
from qbwc_service.ledger.states import State
from tests.alerts.conftest import Office
from tests.ledger_rows import add_order, add_posting

SUNDAY = date(2026, 11, 22)
PHOENIX = ZoneInfo("America/Phoenix")


def entry(amount: int, bucket: Bucket = Bucket.IN_QUICKBOOKS, in_books: int | None = None) -> Entry:
    there = (amount if in_books is None else in_books) if bucket is Bucket.IN_QUICKBOOKS else 0
    return Entry(1, 0, SUNDAY, "Ann", amount, bucket, in_books=there)


def report(*orders: Entry, payments: tuple[Entry, ...] = ()) -> ReconcilingReport:
    entries = {Part.ORDERS: orders, Part.PAYMENTS: payments}
    sections = {part: Section(part, entries.get(part, ())) for part in Part}
    return ReconcilingReport(SUNDAY, SUNDAY, sections, 0, 0, None)


def read_at() -> datetime:
    """On Monday at seven in Phoenix."""
    return datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_it_says_what_was_sent_what_needs_you_and_how_it_adds_up() -> None:
    sent = [entry(40000)] * 30 + [entry(84000)]
    letter = digest(
        report(*sent, entry(10000, Bucket.WAITING), entry(5000, Bucket.WAITING)),
        needs_you=0,
        last_read_at=read_at(),
        zone=PHOENIX,
    )
    assert letter.title == "Yesterday: 31 sent (12,840.00), 0 need you, 0 skipped"
    assert letter.text == ("Keap total 12,990.00 = QuickBooks 12,840.00 + waiting 150.00.")


def test_what_is_held_skipped_paid_or_differs_is_in_the_line_too() -> None:
    letter = digest(
        report(
            entry(10000),
            entry(5000, in_books=4997),
            entry(700, Bucket.HELD),
            entry(300, Bucket.SKIPPED_BY_SETTINGS),
            entry(200, Bucket.SKIPPED_BY_YOU),
            payments=(entry(2500),),
        ),
        needs_you=3,
        last_read_at=read_at() - timedelta(hours=17),
        zone=PHOENIX,
    )
    assert letter.title == "Yesterday: 2 sent (149.97), 1 needs you, 2 skipped"
    skipped = "skipped by settings 3.00 + skipped by you 2.00"
    assert letter.text.split("\n") == [
        f"Keap total 162.00 = QuickBooks 149.97 + held 7.00 + {skipped} + difference 0.03.",
        "Payments: Keap total 25.00 = QuickBooks 25.00.",
        "Keap was last read: 22 Nov 2026, 14:00. What is newer is missing here.",
        "In all, 3 orders need you.",
        "",
        "What to do: Open Needs you.",
    ]


amounts = st.integers(-(10**9), 10**9)
entries = st.builds(entry, amounts, st.sampled_from(Bucket), st.none() | amounts)


@given(st.lists(entries, max_size=30))
def test_both_sides_of_the_line_are_equal_to_the_cent(some: list[Entry]) -> None:
    line = adds_up(Section(Part.ORDERS, tuple(some)))
    left, right = line.removesuffix(".").split(" = ")
    keap = Decimal(left.removeprefix("Keap total ").replace(",", ""))
    terms = [
        Decimal(re.split(" (?=[-0-9])", term)[1].replace(",", "")) for term in right.split(" + ")
    ]
    assert keap == sum(terms)
    assert keap == Decimal(sum(each.amount for each in some)) / 100
    assert terms[0] == Decimal(sum(each.in_books for each in some)) / 100


@pytest.mark.parametrize(
    ("now", "told", "day"),
    [
        ("2026-11-23T13:59", "", ""),
        ("2026-11-23T14:00", "", "2026-11-22"),
        ("2026-11-23T14:00", "2026-11-21", "2026-11-22"),
        ("2026-11-23T14:00", "2026-11-22", ""),
        # A clock that is set back tells nothing twice.
        ("2026-11-23T14:00", "2026-11-23", ""),
        ("2026-11-23T19:59", "", "2026-11-22"),
        ("2026-11-23T20:00", "", ""),
        ("2026-11-24T06:30", "2026-11-22", ""),
    ],
)
def test_it_is_due_once_a_day_from_that_hour_of_the_account_on(
    now: str, told: str, day: str
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert day_to_tell(at, "07:00", PHOENIX, told, at - timedelta(days=9)) == day


def test_a_connection_of_today_has_no_yesterday() -> None:
    at = read_at()
    assert day_to_tell(at, "07:00", PHOENIX, "", at - timedelta(hours=1)) == ""
    assert day_to_tell(at, "07:00", PHOENIX, "", at - timedelta(days=1)) == "2026-11-22"


def test_it_comes_by_mail_in_the_morning_from_the_true_books(office: Office) -> None:
    office.set(daily_digest="yes", digest_at="11:00")
    office.change(created_at=office.now - timedelta(days=9), last_sync_at=office.now)
    with office.database.writing("test") as db:
        ours = office.connection().id
        add_order(db, ours, 1, order_date=SUNDAY, status=OrderStatus.POSTED)
        add_posting(db, ours, 1, Kind.INVOICE, State.POSTED, record_id="A-1")
        add_order(db, ours, 2, order_date=SUNDAY, total=500)
        add_order(db, ours, 3, order_date=SUNDAY - timedelta(days=1), total=900)
    assert office.looks(minutes=59) == []
    assert office.looks(minutes=1) == ["[acme] Yesterday: 1 sent (10.00), 0 need you, 0 skipped"]
    assert "Keap total 15.00 = QuickBooks 10.00 + waiting 5.00." in office.sink.texts()[0]
    assert "https://sync.example.com/c/acme/reconcile" in office.sink.texts()[0]
    assert office.looks(minutes=1) == []
    assert len(office.looks(hours=24)) == 1


def test_who_does_not_want_it_does_not_get_it(office: Office) -> None:
    office.change(created_at=office.now - timedelta(days=9))
    assert office.looks(hours=1) == []
