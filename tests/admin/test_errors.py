"""The error log and the help that explains it."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import event

from qbwc_service.ledger import error_log, states
from qbwc_service.ledger.models import ErrorEntry, Event, OrderStatus
from tests.admin.site import NOW, Site, Visitor


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
        'href="/help/item-not-in-quickbooks"',
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
    columns = ("When", "Order no.", "Level", "What happened", "In QuickBooks", "Goes on", "Solved")
    assert [tuple(row[rows[0].index(name)] for name in columns) for row in rows[1:]] == [
        ("23 Nov 2026, 15:35", "", "Info", "Keap is not answering", "Nothing was changed",
         "By itself", ""),
        ("23 Nov 2026, 15:30", "1048", "Error", 'QuickBooks has no item "=BED-4"',
         "Nothing was changed", "When you have done it", ""),
    ]  # fmt: skip


def test_older_entries_are_a_page_further(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for order_id in range(1, 61):
            error_log.tell(books.db, books.connection.id, "held-by-you", {"order": order_id},
                           now=NOW, order_id=order_id)  # fmt: skip
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors")
    assert visitor.page.count('href="/help/held-by-you"') == 50
    visitor.get(visitor.page.split('rel="next" href="')[1].split('"')[0])
    assert visitor.page.count('href="/help/held-by-you"') == 10


def test_a_message_of_a_newer_version_does_not_break_the_page(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.db.add(
            ErrorEntry(connection_id=books.connection.id, at=NOW, message="from-the-future")
        )
    visitor = site.bookkeeper()
    assert visitor.get("/c/acme/errors").status_code == 200
    assert "The reason is called &#34;from-the-future&#34;." in visitor.page


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
    assert 'href="/help/held-by-you"' not in visitor.page
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


def test_a_line_says_what_quickbooks_has_and_how_it_goes_on(site: Site) -> None:
    site.add_connection(last_sync_trouble="keap-not-answering", next_sync_at=NOW)
    later = NOW + timedelta(minutes=15)
    with site.books() as books:
        db, acme = books.db, books.connection.id
        books.posted(books.invoice(books.order(7)), "77A-1")
        states.retry(books.invoice(books.order(8)), "record-in-use", {"thing": "Invoice 8"}, later)
        books.invoice(books.order(9, status=OrderStatus.SENT)).state = states.State.SENT
        for order_id, message in ((7, "total-differs"), (8, "record-in-use"), (9, "held-by-you")):
            error_log.tell(db, acme, message, {"order": order_id}, now=NOW, order_id=order_id)
        error_log.tell(db, acme, "session-broken", {}, now=NOW)
        error_log.tell(db, acme, "keap-not-answering", {}, now=NOW)
        error_log.tell(db, acme, "list-nearly-full", {}, now=NOW)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/errors")
    assert [(cells[5], cells[6]) for cells in cells_of(visitor.page)] == [
        ("Nothing was changed", "Nothing waits for it"),
        ("Nothing was changed", "From 23 Nov 2026, 15:30 on"),
        ("Not known yet: it is looked up first", "By itself"),
        ("Not known yet: it is looked up first", "When you have done it"),
        ("Nothing was changed", "From 23 Nov 2026, 15:45 on"),
        ("Invoice 7 is there", "Nothing waits for it"),
    ]


def cells_of(page: str) -> list[list[str]]:
    """The texts of the rows, without the column of ticks."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    rows = []
    for row in body.split("</tr>")[:-1]:
        cells = re.findall(r"<t[dh](?: [^>]*)?>(.*?)</t[dh]>", row.split("</td>", 1)[1]
                           if 'class="tick"' in row else row, re.DOTALL)  # fmt: skip
        rows.append([" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in cells])
    return rows


def shown(visitor: Visitor, query: str) -> list[str]:
    """The ids of the messages that the page shows, newest first."""
    assert visitor.get(f"/c/acme/errors?{query}").status_code == 200
    body = visitor.page.partition("<tbody>")[2]
    return re.findall(r'href="/help/([a-z-]+)"', body)


def _of_three_days(site: Site) -> Visitor:
    site.add_connection()
    with site.books() as books:
        db, acme = books.db, books.connection.id
        for days, order_id, message, details in (
            (3, 7, "item-not-in-quickbooks", {"sku": "Été 50%_off", "line": "Bed"}),
            (2, 8, "unknown-item-used", {"line": "Engraving"}),
            (1, None, "keap-not-answering", {"reason": "It is 503."}),
        ):
            when = NOW - timedelta(days=days)
            error_log.tell(db, acme, message, details, now=when, order_id=order_id)
    return site.bookkeeper()


def test_the_log_is_narrowed_by_level_day_order_and_words(site: Site) -> None:
    visitor = _of_three_days(site)
    every = ["keap-not-answering", "unknown-item-used", "item-not-in-quickbooks"]
    expected = [
        ("", every),
        ("level=error", ["item-not-in-quickbooks"]),
        ("level=warning", ["unknown-item-used"]),
        ("level=info", ["keap-not-answering"]),
        ("level=loud", every),
        ("q=7", ["item-not-in-quickbooks"]),
        ("q=%238", ["unknown-item-used"]),
        ("q=engraving", ["unknown-item-used"]),
        ("q=not+answering", ["keap-not-answering"]),
        ("q=%C3%89t%C3%A9", ["item-not-in-quickbooks"]),
        ("q=50%25_o", ["item-not-in-quickbooks"]),
        ("q=50%25%25o", []),
        ("q=keap-not-answering", ["keap-not-answering"]),
        ("from=2026-11-21", ["keap-not-answering", "unknown-item-used"]),
        ("to=2026-11-20", ["item-not-in-quickbooks"]),
        ("from=2026-11-21&to=2026-11-21", ["unknown-item-used"]),
        ("from=0001-01-01&to=9999-12-31&level=error", ["item-not-in-quickbooks"]),
        ("from=yesterday&level=info", ["keap-not-answering"]),
        ("about=unknown-item-used&level=error", []),
        ("show=solved", []),
    ]
    assert [(query, shown(visitor, query)) for query, _ in expected] == expected


def test_days_are_those_of_the_connections_time_zone(site: Site) -> None:
    site.add_connection(time_zone="America/New_York")
    with site.books() as books:
        at = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
        error_log.tell(books.db, books.connection.id, "keap-not-answering", {}, now=at)
    visitor = site.bookkeeper()
    assert shown(visitor, "from=2026-11-20&to=2026-11-20") == ["keap-not-answering"]
    assert shown(visitor, "from=2026-11-21") == []


def test_the_spreadsheet_and_the_older_pages_keep_the_filter(site: Site) -> None:
    visitor = _of_three_days(site)
    visitor.get("/c/acme/errors?level=warning&q=engraving&from=2026-11-01")
    address = re.search(r'href="(/c/acme/errors/errors.csv[^"]*)"', visitor.page)
    assert address is not None
    visitor.get(html.unescape(address[1]))
    assert len(visitor.page.splitlines()) == 2


def test_a_page_takes_as_many_statements_with_fifty_entries_as_with_one(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    asked: list[str] = []
    event.listen(
        site.database.engine, "before_cursor_execute", lambda *about: asked.append(about[2])
    )
    # Who looks, that they did not sign out, whether they may, the connection and the number beside
    # "Needs you" among them.
    taken = []
    for order_ids in (range(1, 2), range(2, 51)):
        with site.books() as books:
            for order_id in order_ids:
                books.posted(books.invoice(books.order(order_id)), f"{order_id}-1")
                error_log.tell(books.db, books.connection.id, "total-differs", {}, now=NOW,
                               order_id=order_id)  # fmt: skip
        asked.clear()
        visitor.get("/c/acme/errors")
        taken.append(sum(each.startswith("SELECT") for each in asked))
    assert taken[0] == taken[1] <= 8
