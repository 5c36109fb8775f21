"""The error log and the help that explains it."""

import csv
import io
from datetime import timedelta

from qbwc_service import messages
from qbwc_service.ledger import error_log
from qbwc_service.ledger.models import ErrorEntry
from tests.admin.site import NOW, Site


def _entries(site: Site) -> None:
    with site.books() as books:
        db, acme = books.db, books.connection.id
        later = NOW + timedelta(minutes=5)
        details = {"order": "1048", "sku": "=BED-4", "line": "<b>Bed</b>"}
        error_log.tell(db, acme, "item-not-in-quickbooks", details, now=NOW, order_id=1048)
        error_log.tell(db, acme, "keap-not-answering", {"reason": "It is 503."}, now=later)
        error_log.tell(db, acme, "held-by-you", {"order": "9"}, now=NOW, order_id=9)
        error_log.solve(db, acme, now=NOW, order_id=9)


def test_without_entries_the_log_says_so(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    assert visitor.get("/c/acme/errors").status_code == 200
    assert "No open entries. Nothing needs you." in visitor.page
    visitor.get("/c/acme/errors?show=solved")
    assert "No solved entries." in visitor.page


def test_the_log_says_when_what_why_and_what_to_do(site: Site) -> None:
    site.add_connection()
    _entries(site)
    visitor = site.bookkeeper()
    assert visitor.get("/c/acme/errors").status_code == 200
    for words in (
        "23 Nov 2026, 15:30",
        'href="/c/acme/orders/1048"',
        'href="/help#item-not-in-quickbooks"',
        "QuickBooks has no item &#34;=BED-4&#34;",
        "&lt;b&gt;Bed&lt;/b&gt;",
        "Add the item in QuickBooks",
        "Keap is not answering",
    ):
        assert words in visitor.page
    assert "You hold order 9" not in visitor.page


def test_solved_entries_are_shown_apart(site: Site) -> None:
    site.add_connection()
    _entries(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors?show=solved")
    assert "You hold order 9" in visitor.page
    assert "Keap is not answering" not in visitor.page


def test_the_log_of_another_connection_is_not_seen(site: Site) -> None:
    site.add_connection("acme")
    site.add_connection("beta")
    _entries(site)
    visitor = site.bookkeeper()
    visitor.get("/c/beta/errors")
    assert "Keap is not answering" not in visitor.page


def test_the_spreadsheet_has_the_same_words(site: Site) -> None:
    site.add_connection()
    _entries(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors/errors.csv")
    rows = list(csv.reader(io.StringIO(visitor.page.removeprefix("\ufeff"))))
    assert rows[0] == ["When", "Order no.", "What", "Why", "What to do", "Times", "Solved"]
    assert [(row[0], row[1], row[2], row[5], row[6]) for row in rows[1:]] == [
        ("23 Nov 2026, 15:35", "", "Keap is not answering", "1", ""),
        ("23 Nov 2026, 15:30", "1048", 'QuickBooks has no item "=BED-4"', "1", ""),
    ]


def test_older_entries_are_a_page_further(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for order_id in range(1, 61):
            error_log.tell(books.db, books.connection.id, "held-by-you", {"order": order_id},
                           now=NOW, order_id=order_id)  # fmt: skip
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors")
    assert visitor.page.count("You hold order") == 50
    visitor.get(visitor.page.split('rel="next" href="')[1].split('"')[0])
    assert visitor.page.count("You hold order") == 10


def test_a_message_of_a_newer_version_does_not_break_the_page(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.db.add(
            ErrorEntry(connection_id=books.connection.id, at=NOW, message="from-the-future")
        )
    visitor = site.bookkeeper()
    assert visitor.get("/c/acme/errors").status_code == 200
    assert "The reason is called &#34;from-the-future&#34;." in visitor.page


def test_help_has_an_anchor_for_every_message(site: Site) -> None:
    visitor = site.bookkeeper()
    assert visitor.get("/help").status_code == 200
    for message_id in messages.CATALOGUE:
        assert f'id="{message_id}"' in visitor.page
    assert "QuickBooks has no item &#34;...&#34;" in visitor.page
