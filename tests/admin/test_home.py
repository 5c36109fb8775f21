"""Home and the one sentence of each connection."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from qbwc_service.admin.health import Health, Level, head_of
from qbwc_service.ledger import error_log, states
from qbwc_service.ledger.models import (
    Connection,
    KeapPace,
    OrderStatus,
    PaymentStatus,
    UnreadableRecord,
)
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.admin.site import NOW, Site

RECENTLY = NOW - timedelta(minutes=6)
HEAD = head_of(Connection(name="acme", keap_account="", settings={}, time_zone="", company_name="",
                          company_file=""))  # fmt: skip


def _health(**facts: object) -> Health:
    usual: dict[str, object] = {
        "head": HEAD,
        "paused": False,
        "write_block": "",
        "write_block_details": {},
        "sync_trouble": "",
        "last_contact_at": RECENTLY,
    }
    return Health(**(usual | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "level", "sentence"),
    [
        (
            {"orders": {OrderStatus.POSTED: 12, OrderStatus.POSTED_PAYMENT_OPEN: 2}},
            Level.GOOD,
            "All good. 14 orders in QuickBooks; last contact 6 minutes ago.",
        ),
        ({"orders": {OrderStatus.HELD: 1}}, Level.NEEDS_YOU, "1 order needs you."),
        (
            {"orders": {OrderStatus.HELD: 3}, "loose_payments": 1, "unreadable": 2},
            Level.NEEDS_YOU,
            "3 orders and 1 payment and 2 unreadable records need you.",
        ),
        (
            {"write_block": "company-file-moved", "paused": True},
            Level.NEEDS_YOU,
            "The company file is at a new place. Nothing is sent until you decide.",
        ),
        ({"paused": True}, Level.PAUSED, "Paused. Nothing is read or sent until you resume it."),
        (
            {"sync_trouble": "keap-key-refused"},
            Level.TROUBLE,
            "Keap does not accept the API key.",
        ),
        ({"trouble": "Another company file is open"}, Level.TROUBLE,
         "Another company file is open."),
        (
            {"last_contact_at": NOW - timedelta(hours=3), "orders": {OrderStatus.READY: 1}},
            Level.TROUBLE,
            "We have not heard from the QuickBooks computer for 3 hours. 1 order waits.",
        ),
        (
            {"last_contact_at": NOW - timedelta(hours=3)},
            Level.GOOD,
            "All good. 0 orders in QuickBooks; last contact 3 hours ago.",
        ),
        (
            {"last_contact_at": None},
            Level.NOT_STARTED,
            "The QuickBooks computer has not called yet. Load the Web Connector file there.",
        ),
    ],
)  # fmt: skip
def test_the_sentence_says_what_matters_most(
    facts: dict[str, object], level: Level, sentence: str
) -> None:
    health = _health(**facts)
    assert (health.level(NOW), health.sentence(NOW)) == (level, sentence)


def test_home_without_connections_says_how_to_make_one(site: Site) -> None:
    visitor = site.bookkeeper()
    assert visitor.get("/").status_code == 200
    assert "There is no connection yet" in visitor.page


def test_home_lists_the_connections_worst_first(site: Site) -> None:
    for name in ("all-well", "broken", "paused"):
        site.add_connection(name, last_contact_at=RECENTLY, paused=name == "paused")
    with site.books("broken") as books:
        states.hold(books.invoice(books.order(1048)), "held-by-you", {})
    visitor = site.bookkeeper()
    assert visitor.get("/").status_code == 200
    places = [
        visitor.page.index(f'href="/c/{name}/home"') for name in ("broken", "paused", "all-well")
    ]
    assert places == sorted(places)
    assert "1 order needs you." in visitor.page


def test_home_counts_each_connection_by_itself(site: Site) -> None:
    site.add_connection("acme", last_contact_at=RECENTLY)
    site.add_connection("beta", last_contact_at=RECENTLY)
    with site.books("beta") as books:
        books.order(1, needs_plan=True)
        books.db.add(
            UnreadableRecord(
                connection_id=books.connection.id, resource="order", record_id="5", raw="{",
                reason="it ends early", read_at=NOW,
            )
        )  # fmt: skip
    visitor = site.bookkeeper()
    visitor.get("/")
    assert "1 unreadable record needs you." in visitor.page
    assert "All good. 0 orders in QuickBooks; last contact 6 minutes ago." in visitor.page


def test_an_open_entry_of_the_connection_itself_is_told(site: Site) -> None:
    site.add_connection("acme", last_contact_at=RECENTLY)
    with site.books() as books:
        details = {"expected": "Acme", "found": "Beta"}
        error_log.tell(books.db, books.connection.id, "wrong-company-file", details, now=NOW)
        error_log.tell(books.db, books.connection.id, "keap-slow-down", {}, now=NOW)
    visitor = site.bookkeeper()
    visitor.get("/")
    assert "Another company file is open in QuickBooks." in visitor.page


def test_a_held_payment_counts_by_itself_only_where_its_order_was_never_read(site: Site) -> None:
    site.add_connection("acme", last_contact_at=RECENTLY)
    with site.books() as books:
        order = books.order(1)
        books.posted(books.invoice(order), "77A-1")
        states.hold(books.payment(order, 70, 5000), "refund-by-hand", {})
        cash = ReceivedPayment(
            71, 12, PaymentKind.CASH, "PAYMENT", "OK", 5000, NOW.date(), "Cheque", "", (12,)
        )
        books.loose_payment(cash, status=PaymentStatus.HELD, cause="payment-without-order")
    visitor = site.bookkeeper()
    visitor.get("/")
    assert "1 order and 1 payment need you." in visitor.page


def test_each_line_tells_the_calls_to_keap_today(site: Site) -> None:
    site.add_connection("acme", keap_pace="key|a", time_zone="America/New_York")
    site.add_connection("beta", keap_pace="key|b")
    site.add_connection("new-one")
    with site.database.writing("test") as db:
        db.add(
            KeapPace(
                key="key|a", free_at=NOW, day_limit=30_000, day_available=2_000,
                day_ends_at=NOW + timedelta(hours=2, minutes=4),
            )
        )  # fmt: skip
        db.add(KeapPace(key="key|b", free_at=NOW, counted=7, counted_on=NOW.date()))
    visitor = site.bookkeeper()
    assert visitor.get("/").status_code == 200
    assert '<th scope="col">Keap calls today</th>' in visitor.page
    cells = re.findall(r'data-label="Keap calls today">(.*?)</td>', visitor.page, re.DOTALL)
    told = [" ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in cells]
    low = "Only new orders and payments are read until 12:34: 93 % of today's calls are used."
    assert sorted(told) == ["0", f"28,000 of 30,000 (2,000 left) {low}", "7"]


def test_the_list_costs_as_many_queries_for_many_connections_as_for_one(site: Site) -> None:
    visitor = site.bookkeeper()
    asked: list[str] = []
    event.listen(
        site.database.engine, "before_cursor_execute", lambda *about: asked.append(about[2])
    )
    counts = []
    for name in ("acme", "beta", "cesar", "delta"):
        site.add_connection(name, keap_pace=f"key|{name}", keap_tenant=name)
        asked.clear()
        visitor.get("/")
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
