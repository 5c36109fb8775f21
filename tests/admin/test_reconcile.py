"""The page "Reconcile": the sentence, the lists behind the numbers, the buttons, the files."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.ledger import states
from qbwc_service.ledger.models import (
    KeapOrder,
    Kind,
    OrderStatus,
    Posting,
    QuickbooksTxn,
    Reconciliation,
)
from qbwc_service.ledger.reconcile.verdicts import CHANGED
from qbwc_service.ledger.states import State
from tests.admin.site import Site
from tests.ledger_rows import add_order, add_payment, add_posting

PAGE = "/c/acme/reconcile"
DAY = date(2026, 11, 20)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    """One order as posted, one changed, one gone, one that waits; QuickBooks knows the first two
    and one that somebody typed, which is the last."""
    site = Site(tmp_path)
    site.add_connection("acme")
    with site.books() as books:
        db, number = books.db, books.connection.id
        for order_id, status in (
            (1, OrderStatus.POSTED),
            (2, OrderStatus.HELD),
            (3, OrderStatus.HELD),
            (4, OrderStatus.READY),
        ):
            add_order(db, number, order_id, order_date=DAY, status=status, total=10000)
        for order_id in (1, 2, 3):
            add_posting(
                db, number, order_id, state=State.POSTED, amount=10000, record_id=f"{order_id}-9"
            )
        add_payment(db, number, 10, 1)
        db.flush()
        changed, gone = db.scalars(
            select(Posting).where(Posting.order_id.in_([2, 3])).order_by(Posting.order_id)
        )
        states.flag(
            changed, CHANGED, {"posted": "total 100.00", "found": "total 120.00 <b>", "order": "2"}
        )
        states.lose(gone, "gone-from-quickbooks")
        for order in db.scalars(select(KeapOrder).where(KeapOrder.keap_id.in_([2, 3]))):
            order.cause = CHANGED if order.keap_id == 2 else gone.cause
        for txn_id, total, text in (("1-9", 10000, "1"), ("2-9", 12000, "2"), ("7-9", 10000, "4")):
            db.add(
                QuickbooksTxn(
                    connection_id=number,
                    kind=Kind.INVOICE,
                    txn_id=txn_id,
                    ref_number=text,
                    number_key=text,
                    customer_name="Ann Lee",
                    txn_date=DAY,
                    total=total,
                    remaining=0,
                )
            )
    yield site
    site.close()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def status(site: Site, order_id: int) -> tuple[str, str]:
    with site.database.reading() as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == order_id)).one()
        return order.status.value, order.cause


def test_the_sentence_comes_first_and_the_difference_is_shown(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    sentence = (
        "Keap 400.00 = QuickBooks 220.00 + waiting 100.00 + undone or gone 100.00 + "
        "difference -20.00"
    )
    assert sentence in visitor.page
    assert visitor.page.index(sentence) < visitor.page.index("<table")


def test_behind_every_number_is_its_list(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(f"{PAGE}?month=2026-11&part=orders&where=waiting")
    assert "Orders: waiting" in visitor.page
    visitor.get(f"{PAGE}?month=2026-10")
    assert "None: every order of this month is in QuickBooks" in visitor.page


@pytest.mark.parametrize("query", ["month=x", "month=2026-13", "part=x&where=y", "month="])
def test_a_query_that_means_nothing_shows_this_month(shop: Site, query: str) -> None:
    visitor = shop.bookkeeper()
    assert visitor.get(f"{PAGE}?{query}").status_code == 200
    assert "<h1>Reconcile November 2026</h1>" in visitor.page


def test_what_was_changed_stands_side_by_side_until_it_looks_right(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    assert "total 120.00 &lt;b&gt;" in visitor.page
    page = visitor.press(PAGE, f"{PAGE}/decide", {"order": "2", "verb": "accept"})
    assert "Marked as right: order 2" in page
    assert "total 120.00" not in page
    with shop.database.reading() as db:
        agreed = db.scalars(select(Posting.agreed).where(Posting.order_id == 2)).one()
    assert agreed["total"] == 12000


@pytest.mark.parametrize(
    ("verb", "told", "then"),
    [
        ("requeue", "Requeued: order 3", ("ready", "")),
        ("leave", "Skipped: order 3", ("skipped-by-you", "")),
    ],
)
def test_what_is_gone_is_posted_again_or_left(
    shop: Site, verb: str, told: str, then: tuple[str, str]
) -> None:
    visitor = shop.bookkeeper()
    assert told in visitor.press(PAGE, f"{PAGE}/decide", {"order": "3", "verb": verb})
    assert status(shop, 3) == then


def test_a_button_that_is_none_changes_nothing(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    assert visitor.post(f"{PAGE}/decide", {"order": "3", "verb": "delete"}).status_code == 400
    assert visitor.post(f"{PAGE}/decide", {"order": "", "verb": "accept"}).status_code == 400


def test_read_quickbooks_now_asks_for_the_month_once(shop: Site) -> None:
    visitor = shop.bookkeeper()
    for _ in range(2):
        page = visitor.press(PAGE, f"{PAGE}/read?month=2026-11", {})
        assert "read at the next update" in page
    with shop.database.reading() as db:
        (run,) = db.scalars(select(Reconciliation))
        assert (run.first_day, run.last_day) == (date(2026, 11, 1), date(2026, 11, 30))
        assert run.asked_by == "owner"


def test_found_ones_are_linked_when_they_are_ticked(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    assert "Link this one" in visitor.page
    assert "Nothing was changed" in visitor.press(PAGE, f"{PAGE}/link", {})
    assert "Linked: 1 order" in visitor.press(PAGE, f"{PAGE}/link", {"order": "4"})
    assert status(shop, 4)[0] == "posted-payment-open"
    again = visitor.press(PAGE, f"{PAGE}/link", {"order": "4"})
    assert "no single record of QuickBooks fits it any more" in again


def test_all_lists_go_out_as_a_file(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(f"{PAGE}/report.csv?month=2026-11")
    found = rows(visitor.page)
    assert [(row["Order"], row["Where"], row["Difference"]) for row in found] == [
        ("1", "in QuickBooks", "0.00"),
        ("2", "in QuickBooks", "-20.00"),
        ("3", "undone or gone", "0.00"),
        ("4", "waiting", "0.00"),
    ]


def test_another_connections_page_shows_nothing_of_it(shop: Site) -> None:
    shop.add_connection("beta")
    visitor = shop.bookkeeper()
    visitor.get("/c/beta/reconcile")
    assert "Keap 0.00 = QuickBooks 0.00" in visitor.page
    visitor.get("/c/beta/reconcile/report.csv")
    assert rows(visitor.page) == []
