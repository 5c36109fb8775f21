"""Home of one connection: the sentence, the four figures, how each part is."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from qbwc_service.admin.connection_home_view import Disk
from qbwc_service.ledger import leases, states
from qbwc_service.ledger.models import Connection
from tests.admin.site import NOW, Site

HOME = "/c/acme/home"


def figures(page: str) -> dict[str, str]:
    """The four tiles by their words."""
    return {
        words: number
        for number, words in re.findall(r"<strong>([\d,]+)</strong> <span>([^<]+)</span>", page)
    }


def _sent(site: Site, order_id: int, at: timedelta) -> None:
    with site.books() as books:
        order = books.order(order_id, paid=12000)
        for posting in (books.invoice(order), books.payment(order, order_id * 10, 12000)):
            books.posted(posting, f"T-{posting.id}").posted_at = NOW + at


def test_all_is_good_and_what_was_sent_today_is_counted(site: Site) -> None:
    site.add_connection(last_contact_at=NOW - timedelta(minutes=6), time_zone="America/New_York")
    _sent(site, 1, timedelta(hours=-1))
    # 15:30 UTC is 10:30 in New York: the day there began ten and a half hours ago.
    _sent(site, 2, timedelta(hours=-10.4))
    _sent(site, 3, timedelta(hours=-10.6))
    visitor = site.bookkeeper()
    visitor.get(HOME)
    sentence = "All good. 2 orders and 2 payments sent today; last contact with QuickBooks"
    assert f"{sentence} 6 minutes ago." in visitor.page
    assert figures(visitor.page)["sent today"] == "2"
    # The updates say what each of them sent; the list of orders holds those that came back, too.
    assert re.search(
        r'<a class="tile[^"]*" href="/c/acme/updates"><strong>2</strong>', visitor.page
    )


def test_what_a_person_linked_was_not_sent_by_us(site: Site) -> None:
    site.add_connection(last_contact_at=NOW)
    with site.books() as books:
        linked = books.posted(books.invoice(books.order(1)), "T-1")
        linked.linked = True
    visitor = site.bookkeeper()
    visitor.get(HOME)
    assert figures(visitor.page)["sent today"] == "0"


def test_waiting_needing_and_left_out_orders_are_counted_and_link_to_their_lists(
    site: Site,
) -> None:
    site.add_connection(last_contact_at=NOW)
    with site.books() as books:
        for order in (1, 2, 3):
            states.hold(books.invoice(books.order(order)), "no-item", {"order": str(order)})
        books.invoice(books.order(4))
        books.order(5, skip="before-start-date", placed_on=date(2026, 10, 1))
    visitor = site.bookkeeper()
    visitor.get(HOME)
    assert "3 orders need you." in visitor.page
    found = figures(visitor.page)
    assert (found["waiting"], found["need you"], found["not sent by choice"]) == ("1", "3", "1")
    for address in ("/c/acme/needs-you", "/c/acme/orders?status=skipped-by-settings"):
        assert f'href="{address}"' in visitor.page


def test_while_it_is_set_up_orders_that_wait_for_the_switch_need_nobody(site: Site) -> None:
    site.add_connection(is_on=False, last_contact_at=NOW)
    with site.books() as books:
        states.hold(books.invoice(books.order(1)), "not-switched-on", {"order": "1"})
    visitor = site.bookkeeper()
    visitor.get(HOME)
    assert "The set-up is not finished. Orders are sent once it is switched on." in visitor.page
    assert "Go on with the set-up" in visitor.page
    assert figures(visitor.page)["waiting"] == "1"
    assert figures(visitor.page)["need you"] == "0"


def test_each_part_says_how_it_is(site: Site) -> None:
    site.add_connection(
        last_contact_at=NOW - timedelta(minutes=20),
        last_sync_at=NOW - timedelta(minutes=10),
        next_sync_at=NOW + timedelta(minutes=5),
        company_name="Acme Ltd",
        company_file="C:\\Acme.qbw",
        quickbooks={"product": "QuickBooks Premier 2023"},
    )
    visitor = site.bookkeeper()
    visitor.get(HOME)
    assert "reads Keap is not running: tell whoever runs it" in visitor.page
    assert "next 23 Nov 2026, 15:35" not in re.sub(r"<[^>]+>", "", visitor.page)
    with site.database.writing("test") as db:
        leases.acquire(db, leases.SCHEDULER, "the job", NOW, timedelta(minutes=1))
    visitor.get(HOME)
    page = re.sub(r"<[^>]+>", "", visitor.page)
    assert "Last read 23 Nov 2026, 15:20, next 23 Nov 2026, 15:35." in page
    assert "Last call 23 Nov 2026, 15:10; the next was expected 23 Nov 2026, 15:15" in page
    assert "Acme Ltd C:\\Acme.qbw QuickBooks Premier 2023" in page


@pytest.mark.parametrize(("free", "is_low"), [(999_999_999, True), (1_000_000_000, False)])
def test_little_room_on_the_disk_is_told(free: int, *, is_low: bool) -> None:
    assert Disk(free).is_low is is_low
    assert Disk(free).words == "1.0 GB free"


def test_read_now_pause_and_resume_come_back_to_home(site: Site) -> None:
    site.add_connection(next_sync_at=NOW + timedelta(minutes=9))
    visitor = site.bookkeeper()
    assert "tell whoever runs it" in visitor.press(HOME, f"{HOME}/read")
    with site.database.writing("test") as db:
        leases.acquire(db, leases.SCHEDULER, "the job", NOW, timedelta(minutes=1))
    assert "Keap is being read." in visitor.press(HOME, f"{HOME}/read")
    with site.database.reading() as db:
        assert db.query(Connection).one().next_sync_at is None
    assert site.woken == 1
    assert "Resume sync" in visitor.press(HOME, "/c/acme/pause", {"from": "home"})
    assert "Press Resume first." in visitor.press(HOME, f"{HOME}/read")
    assert site.woken == 1
    assert "Pause sync" in visitor.press(HOME, "/c/acme/resume", {"from": "home"})


@pytest.mark.parametrize("page", [HOME, "/c/acme/set-up/send-three", "/c/acme/set-up/quickbooks"])
def test_a_page_asks_as_much_for_many_orders_as_for_few(site: Site, page: str) -> None:
    site.add_connection(is_on=False, last_contact_at=NOW)
    visitor = site.bookkeeper()

    def statements() -> int:
        made: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            made.append(statement)

        event.listen(site.database.engine, "before_cursor_execute", note)
        try:
            assert visitor.get(page).status_code == 200
        finally:
            event.remove(site.database.engine, "before_cursor_execute", note)
        return len(made)

    few = statements()
    with site.books() as books:
        for order in range(1, 40):
            states.hold(books.invoice(books.order(order)), "not-switched-on", {"order": "1"})
    assert statements() == few
    assert few <= 25
