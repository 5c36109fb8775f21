"""Manual syncs as rows: asked for once, in turn, of one connection."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from qbwc_service.ledger import manual_syncs
from qbwc_service.ledger.manual_syncs import By, FoundNumber, FoundOrder, Wanted
from qbwc_service.ledger.models import Connection, ManualSyncState
from tests.ledger_rows import NOON

LATER = NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("found", "matched", "order_id", "is_ambiguous"),
    [
        ((), "", None, False),
        ((FoundOrder(7, By.ORDER),), "order", 7, False),
        ((FoundOrder(8, By.INVOICE),), "invoice", 8, False),
        ((FoundOrder(7, By.ORDER), FoundOrder(7, By.INVOICE)), "both", 7, False),
        ((FoundOrder(7, By.ORDER), FoundOrder(8, By.INVOICE)), "both", None, True),
        ((FoundOrder(7, By.INVOICE), FoundOrder(8, By.INVOICE)), "invoice", None, True),
    ],
)
def test_which_of_the_two_numbers_matched(
    found: tuple[FoundOrder, ...], matched: str, order_id: int | None, is_ambiguous: bool
) -> None:
    one = FoundNumber(7, found)
    assert (one.matched, one.order_id, one.is_ambiguous) == (matched, order_id, is_ambiguous)


def test_what_was_wanted_and_found_comes_back_as_it_was(db: Session, acme: Connection) -> None:
    wanted = Wanted((7, 8), By.INVOICE, even_if_skipped=True)
    row = manual_syncs.ask(db, acme, wanted, who="ann", now=NOON)
    order = FoundOrder(70, By.INVOICE, "7", "Ann Lee", 1000, "USD", date(2026, 11, 2))
    manual_syncs.add_found(row, [FoundNumber(7, (order,))])
    manual_syncs.add_found(row, [FoundNumber(8)])
    db.flush()
    db.expire(row)
    assert manual_syncs.wanted_of(row) == wanted
    assert manual_syncs.found_of(row) == (FoundNumber(7, (order,)), FoundNumber(8))
    assert row.done == 2


def test_days_keep_how_far_they_are_and_the_orders_of_other_days(
    db: Session, acme: Connection
) -> None:
    wanted = Wanted(first=date(2026, 11, 1), last=date(2026, 11, 2))
    row = manual_syncs.ask(db, acme, wanted, who="ann", now=NOON)
    manual_syncs.add_days(row, 90, [5, 6], 10)
    manual_syncs.add_days(row, 95, [6, *range(100, 2000)], 3)
    assert (row.above, row.done, row.found[:3]) == (95, 13, [5, 6, 100])
    assert len(row.found) == manual_syncs.NAMED_OF_OTHER_DAYS
    assert manual_syncs.found_of(row) == ()


def test_the_same_is_asked_for_once_while_it_is_open(db: Session, acme: Connection) -> None:
    row = manual_syncs.ask(db, acme, Wanted((7,)), who="ann", now=NOON)
    assert manual_syncs.ask(db, acme, Wanted((7,)), who="bob", now=LATER) is row
    assert manual_syncs.ask(db, acme, Wanted((7,), By.ORDER), who="ann", now=NOON) is not row
    manual_syncs.end(row, ManualSyncState.DONE, LATER)
    assert manual_syncs.ask(db, acme, Wanted((7,)), who="ann", now=LATER) is not row


def test_what_runs_comes_before_what_waits(
    db: Session, acme: Connection, other: Connection
) -> None:
    acme.keap_key = other.keap_key = "key"
    first, second = (
        manual_syncs.ask(db, acme, Wanted((number,)), who="ann", now=NOON) for number in (1, 2)
    )
    elsewhere = manual_syncs.ask(db, other, Wanted((1,)), who="ann", now=NOON)
    assert manual_syncs.next_open(db, acme.id, NOON) is first
    manual_syncs.begin(second, NOON)
    assert manual_syncs.next_open(db, acme.id, NOON) is second
    second.not_before = LATER
    assert manual_syncs.next_open(db, acme.id, NOON) is first
    assert manual_syncs.next_open(db, acme.id, LATER) is second
    assert manual_syncs.with_open(db, NOON) == ["acme", "other"]
    manual_syncs.end(first, ManualSyncState.DONE, NOON)
    assert manual_syncs.with_open(db, NOON) == ["other"]
    other.paused = True
    assert manual_syncs.with_open(db, LATER) == ["acme"]
    assert manual_syncs.find(db, acme.id, elsewhere.id) is None


@pytest.mark.parametrize(
    ("placed_on", "is_included"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 11, 2), True),
        (date(2026, 11, 3), False),
        (None, False),
    ],
)
def test_both_days_are_included(placed_on: date | None, is_included: bool) -> None:
    wanted = Wanted(first=date(2026, 11, 1), last=date(2026, 11, 2))
    assert wanted.includes(placed_on) is is_included
    assert Wanted((7,)).includes(placed_on) is False
