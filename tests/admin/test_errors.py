"""The error log and the help that explains it."""

import csv
import io
from datetime import timedelta

from qbwc_service import messages
from qbwc_service.ledger import error_log, states
from qbwc_service.ledger.models import ErrorEntry, Event
from tests.admin.site import NOW, Site


def _entries(site: Site) -> None:
    with site.books() as books:
        books.order(1048)
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
        "Choose its item on the page Products",
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
    assert visitor.page.count('href="/help#held-by-you"') == 50
    visitor.get(visitor.page.split('rel="next" href="')[1].split('"')[0])
    assert visitor.page.count('href="/help#held-by-you"') == 10


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


def _told_of_orders(site: Site) -> None:
    """Order 7 is in QuickBooks, order 8 is held; the log has an entry of each."""
    site.add_connection()
    with site.books() as books:
        books.posted(books.invoice(books.order(7)), "77A-1")
        states.hold(books.invoice(books.order(8)), "held-by-you", {"order": "8"})
        db, acme = books.db, books.connection.id
        told = {"order": "7", "line": "Engraving", "item": "unknown", "missing": "SKU"}
        error_log.tell(db, acme, "unknown-item-used", told, now=NOW, order_id=7)
        error_log.tell(db, acme, "held-by-you", {"order": "8"}, now=NOW, order_id=8)


def test_the_log_can_be_asked_about_one_thing(site: Site) -> None:
    _told_of_orders(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors?about=unknown-item-used")
    assert "Line &#34;Engraving&#34; of order 7 went to the item unknown" in visitor.page
    assert 'href="/help#held-by-you"' not in visitor.page
    visitor.get("/c/acme/errors/errors.csv?about=unknown-item-used")
    assert len(visitor.page.splitlines()) == 2
    assert visitor.get("/c/acme/errors?about=%00nothing").status_code == 200


def test_an_entry_that_nothing_waits_for_is_marked_as_solved_by_a_person(site: Site) -> None:
    _told_of_orders(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors")
    assert visitor.page.count('type="checkbox"') == 1
    page = visitor.press("/c/acme/errors", "/c/acme/errors", {"entry": ["1", "2", "99", "x"]})
    assert "Marked as solved: 1 entry." in page
    with site.database.reading() as db:
        entries = db.query(ErrorEntry).order_by(ErrorEntry.id)
        assert [entry.solved_at for entry in entries] == [NOW, None]
        (event,) = db.query(Event)
        assert (event.order_id, event.who) == (7, "owner")
        assert event.text.startswith('Marked as solved: Line "Engraving" of order 7')


def test_a_payment_of_an_order_that_was_never_read_leads_to_its_button(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        told = {"order": "12", "amount": "5.00"}
        error_log.tell(books.db, books.connection.id, "payment-without-order", told, now=NOW,
                       order_id=12)  # fmt: skip
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors")
    assert "/c/acme/orders/12" not in visitor.page
    assert 'href="/c/acme#payments"' in visitor.page


def test_without_a_tick_nothing_is_solved(site: Site) -> None:
    _told_of_orders(site)
    page = site.bookkeeper().press("/c/acme/errors", "/c/acme/errors")
    assert "Nothing was changed. Tick the entries first" in page


def test_entries_of_another_connection_are_not_solved(site: Site) -> None:
    _told_of_orders(site)
    site.add_connection("beta")
    site.bookkeeper().press("/c/beta/errors", "/c/beta/errors", {"entry": "1"})
    with site.database.reading() as db:
        assert {entry.solved_at for entry in db.query(ErrorEntry)} == {None}


def test_more_entries_than_a_page_has_are_refused(site: Site) -> None:
    _told_of_orders(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors")
    assert visitor.post("/c/acme/errors", {"entry": ["1"] * 51}).status_code == 400
