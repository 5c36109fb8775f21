"""The orders page: what it lists, how it is searched, what its buttons do."""

import csv
import io
import re
from datetime import date

import pytest

from qbwc_service.ledger import states
from qbwc_service.ledger.models import (
    Event,
    KeapContact,
    KeapOrder,
    KeapOrderProduct,
    KeapProduct,
    Kind,
    MirrorRecord,
    OrderStatus,
    Posting,
    ProductState,
    QuickbooksTxn,
)
from qbwc_service.planning.order import Buyer, PaymentKind
from qbwc_service.planning.plan import SaleForm
from tests.admin.site import NOW, Site, Visitor


def _status(site: Site, keap_id: int) -> OrderStatus:
    with site.database.reading() as db:
        return db.query(KeapOrder).filter_by(keap_id=keap_id).one().status


def _listed(visitor: Visitor) -> list[int]:
    parts = visitor.page.split('name="order" value="')[1:]
    return [int(part.split('"')[0]) for part in parts]


@pytest.fixture
def acme(site: Site) -> Visitor:
    """Order 1 is in QuickBooks, 2 is ready, 3 is held."""
    site.add_connection()
    with site.books() as books:
        books.posted(books.invoice(books.order(1, customer="Ada Example")), "77A-1")
        books.invoice(books.order(2, customer="Bo Sample", total=123456))
        held = books.invoice(books.order(3, customer="Cy Person"))
        states.hold(held, "item-not-in-quickbooks", {"order": "3", "sku": "BED-4"})
    return site.bookkeeper()


def test_without_orders_the_page_says_so(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    assert visitor.get("/c/acme/orders").status_code == 200
    assert "No order has been read from Keap yet" in visitor.page


def test_every_order_has_its_line_newest_first(acme: Visitor) -> None:
    assert acme.get("/c/acme/orders").status_code == 200
    assert _listed(acme) == [3, 2, 1]
    for words in (
        "Bo Sample",
        "1,234.56",
        "In QuickBooks, payment open",
        "Held - needs you",
        "QuickBooks has no item &#34;BED-4&#34;",
    ):
        assert words in acme.page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=held", [3]),
        ("status=ready", [2]),
        ("status=no-such-status", [3, 2, 1]),
        ("q=bo+samp", [2]),
        ("q=2", [2]),
        ("q=%231", [1]),
        ("q=%25", []),
        ("q=%00", [3, 2, 1]),
        ("q=99999999999999999999999", []),
        ("status=held&q=ada", []),
        ("before=3", [2, 1]),
        ("after=1", [3, 2]),
        ("before=x", [3, 2, 1]),
    ],
)
def test_the_filter_shows_what_was_asked_for(
    acme: Visitor, query: str, expected: list[int]
) -> None:
    assert acme.get(f"/c/acme/orders?{query}").status_code == 200
    assert _listed(acme) == expected


def test_an_order_is_found_by_its_number_in_quickbooks(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        posting = books.invoice(books.order(7))
        posting.number, posting.number_key = "KP-7", "kp-7"
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders?q=kp-7")
    assert _listed(visitor) == [7]


def test_the_pages_follow_each_other_without_gap_or_repeat(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for keap_id in range(1, 121):
            books.order(keap_id)
    visitor = site.bookkeeper()
    seen: list[int] = []
    address = "/c/acme/orders"
    while address:
        visitor.get(address)
        seen += _listed(visitor)
        found = visitor.page.split('rel="next" href="')
        address = found[1].split('"')[0] if len(found) > 1 else ""
    assert seen == list(range(120, 0, -1))
    back = visitor.page.split('rel="prev" href="')[1].split('"')[0]
    visitor.get(back)
    assert _listed(visitor) == list(range(70, 20, -1))


def test_orders_of_another_connection_are_not_seen(site: Site, acme: Visitor) -> None:
    site.add_connection("beta")
    acme.get("/c/beta/orders")
    assert _listed(acme) == []
    assert acme.get("/c/beta/orders/1").status_code == 404


def test_ticked_orders_are_requeued_and_refusals_say_why(site: Site, acme: Visitor) -> None:
    page = acme.press(
        "/c/acme/orders", "/c/acme/orders", {"verb": "requeue", "order": ["1", "3", "44"]}
    )
    assert "Requeued: order 3." in page
    assert (
        "Not changed: order 1, because it is in QuickBooks already; "
        "sending it again would make it twice." in page
    )
    assert "Not changed: order 44, because no such order was read from Keap." in page
    assert (_status(site, 1), _status(site, 3)) == (
        OrderStatus.POSTED_PAYMENT_OPEN,
        OrderStatus.READY,
    )


@pytest.mark.parametrize(
    ("verb", "told", "status"),
    [
        ("hold", "Held: order 2.", OrderStatus.HELD),
        ("skip", "Skipped: order 2.", OrderStatus.SKIPPED_BY_YOU),
    ],
)
def test_ticked_orders_are_held_or_skipped(
    site: Site, acme: Visitor, verb: str, told: str, status: OrderStatus
) -> None:
    page = acme.press("/c/acme/orders", "/c/acme/orders", {"verb": verb, "order": "2"})
    assert told in page
    assert _status(site, 2) is status


def test_the_filter_stays_after_a_button(acme: Visitor) -> None:
    acme.get("/c/acme/orders?status=ready")
    answer = acme.post("/c/acme/orders?status=ready", {"verb": "hold", "order": "2"})
    assert answer.location == "/c/acme/orders?status=ready"


def test_no_tick_is_told(acme: Visitor) -> None:
    page = acme.press("/c/acme/orders", "/c/acme/orders", {"verb": "hold", "order": "x"})
    assert "Tick the orders first" in page


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "renumber", "order": "1"},
        {"verb": "accept", "order": "1"},
        {"order": "1"},
        {"verb": "hold", "order": ["1"] * 51},
    ],
)
def test_a_form_that_the_page_does_not_make_is_refused(
    acme: Visitor, form: dict[str, object]
) -> None:
    acme.get("/c/acme/orders")
    assert acme.post("/c/acme/orders", form).status_code == 400


def test_tick_all_ticks_the_page(acme: Visitor) -> None:
    acme.get("/c/acme/orders")
    assert " checked" not in acme.page
    acme.get("/c/acme/orders?tick=all")
    assert acme.page.count(" checked") == 3


def test_html_in_a_customers_name_is_shown_as_text(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.order(5, customer="<img src=x onerror=alert(1)>")
    visitor = site.bookkeeper()
    for page in ("/c/acme/orders", "/c/acme/orders/5", "/c/acme/orders?q=%3Cimg"):
        visitor.get(page)
        assert "<img" not in visitor.page
        assert "&lt;img" in visitor.page


def test_the_spreadsheet_has_every_matching_order_and_no_formula(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.order(1, customer='=HYPERLINK("http://evil.example")')
        books.order(2, customer="Bø, Sample", total=123456, paid=100)
    visitor = site.bookkeeper()
    answer = visitor.get("/c/acme/orders/orders.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-orders.csv"'
    assert visitor.page.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(visitor.page.removeprefix("\ufeff"))))
    assert rows == [
        ["Order no.", "Keap invoice no.", "Date", "Customer", "Customer in QuickBooks", "Currency",
         "Total", "Paid", "Status", "QuickBooks no.", "Sent at", "Note"],
        ["2", "", "2026-11-20", "Bø, Sample", "", "USD", "1234.56", "1.00", "New", "", "", ""],
        ["1", "", "2026-11-20", '\'=HYPERLINK("http://evil.example")', "", "USD", "120.00", "0.00",
         "New", "", "", ""],
    ]  # fmt: skip


def test_the_spreadsheet_reads_on_past_its_first_chunk(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for keap_id in range(1, 502):
            books.order(keap_id)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders/orders.csv")
    assert len(visitor.page.splitlines()) == 502


@pytest.fixture
def autumn(site: Site) -> Visitor:
    """Orders of three months; one of October in Canadian dollars, one of October posted."""
    site.add_connection()
    with site.books() as books:
        books.order(1, placed_on=date(2026, 9, 30), total=100)
        books.order(2, placed_on=date(2026, 10, 1), total=1200, paid=200)
        books.order(3, placed_on=date(2026, 10, 31), total=3050, currency="CAD")
        books.posted(books.invoice(books.order(4, placed_on=date(2026, 10, 15), total=123456)), "1")
        books.order(5, placed_on=date(2026, 11, 1), total=9)
    return site.bookkeeper()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from=2026-10-01&to=2026-10-31", [4, 3, 2]),
        ("from=2026-10-31", [5, 3]),
        ("to=2026-10-01", [2, 1]),
        ("from=2026-10-01&to=2026-10-31&status=posted-payment-open", [4]),
        ("from=October&to=2026-13-01", [5, 4, 3, 2, 1]),
        ("from=20261001", [5, 4, 3, 2, 1]),
    ],
)
def test_the_orders_of_some_days_are_listed(
    autumn: Visitor, query: str, expected: list[int]
) -> None:
    assert autumn.get(f"/c/acme/orders?{query}").status_code == 200
    assert _listed(autumn) == expected


def _figures(visitor: Visitor) -> list[list[str]]:
    table = visitor.page.split('class="card sums"')[1].split("</details>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", table)
    return [[text for text in re.split(r"(?:<[^>]*>)+", row) if text] for row in rows]


def test_october_is_summed_by_status_and_never_across_currencies(autumn: Visitor) -> None:
    autumn.get("/c/acme/orders?from=2026-10-01&to=2026-10-31")
    assert "2 orders of 1,246.56 USD, 1 order of 30.50 CAD</summary>" in autumn.page
    assert _figures(autumn) == [
        ["New", "1", "30.50", "0.00", "0.00", "CAD"],
        ["New", "1", "12.00", "0.00", "2.00", "USD"],
        ["In QuickBooks, payment open", "1", "1,234.56", "1,234.56", "0.00", "USD"],
        ["All", "2", "1,246.56", "1,234.56", "2.00", "USD"],
        ["All", "1", "30.50", "0.00", "0.00", "CAD"],
    ]
    assert "All (3)" in autumn.page
    assert "New (2)" in autumn.page
    assert ("30.50 CAD</td>" in autumn.page, "12.00 USD</td>" in autumn.page) == (True, False)


def test_the_sums_of_one_status_are_those_of_its_list(autumn: Visitor) -> None:
    autumn.get("/c/acme/orders?from=2026-10-01&to=2026-10-31&status=new")
    assert "1 order of 30.50 CAD, 1 order of 12.00 USD</summary>" in autumn.page
    assert [row[0] for row in _figures(autumn)] == ["New", "New"]


def test_the_last_three_months_are_a_click_away(autumn: Visitor) -> None:
    autumn.get("/c/acme/orders?status=new")
    october = "/c/acme/orders?status=new&amp;from=2026-10-01&amp;to=2026-10-31"
    assert f'href="{october}">October 2026</a>' in autumn.page
    for dates in ("from=2026-09-01&amp;to=2026-09-30", "from=2026-11-01&amp;to=2026-11-30"):
        assert dates in autumn.page


def test_the_spreadsheet_follows_the_dates(autumn: Visitor) -> None:
    autumn.get("/c/acme/orders/orders.csv?from=2026-10-01&to=2026-10-31")
    assert [row.split(",")[0] for row in autumn.page.splitlines()[1:]] == ["4", "3", "2"]


@pytest.mark.parametrize("form", [SaleForm.SALES_RECEIPT, SaleForm.SALES_ORDER])
def test_every_form_is_found_by_its_number_and_counted(site: Site, form: SaleForm) -> None:
    site.add_connection()
    with site.books() as books:
        posted = books.form(books.order(1, total=12300), form, number="SR-1")
        books.posted(posted, "77A-1")
        books.form(books.order(2, total=500), form, number="SR-2")
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders?q=sr-1")
    assert _listed(visitor) == [1]
    assert ">SR-1</td>" in visitor.page
    visitor.get("/c/acme/orders")
    assert 'data-label="Total in QuickBooks">123.00</td>' in visitor.page
    assert ">SR-2</td>" not in visitor.page


def test_why_orders_are_left_out_is_counted_in_words(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for number in range(1, 13):
            books.order(number, skip="not-paid-yet")
        books.order(13, skip="order-products")
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders")
    assert (
        "Skipped by your settings: 12 orders not paid yet, "
        "1 order without a product that you send." in visitor.page
    )


@pytest.fixture
def searched(site: Site) -> Visitor:
    """1 is paid, with a refund, of Ada, who has an e-mail address; 2 is paid in part; 3 is not."""
    site.add_connection()
    with site.books() as books:
        first = books.order(1, customer="ÅSA Öberg", total=12000, paid=12000, buyer=Buyer("70"))
        books.row(first, 11, 12000, reference="pi_3NabcDEF")
        books.row(first, 12, -500, PaymentKind.REFUND)
        books.order(2, total=5000, paid=1000, invoice_id="9002")
        books.order(3, total=2500)
        books.db.add(
            KeapContact(
                connection_id=books.connection.id, contact_id="70", raw="{}", buyer={},
                search_email="asa@example.com", content_hash="", read_at=NOW,
            )
        )  # fmt: skip
        key = {"connection_id": books.connection.id, "key": "sku:gold"}
        books.db.add(
            KeapProduct(**key, sku="GOLD", name="Gold Plan", state=ProductState.MATCHED, details={})
        )
        books.db.add(KeapOrderProduct(**key, order_id=2))
    return site.bookkeeper()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("paid=paid+in+full", [1]),
        ("paid=part+paid", [2]),
        ("paid=unpaid", [3]),
        ("least=25&most=50.00", [3, 2]),
        ("least=50.01", [1]),
        ("refund=yes", [1]),
        ("product=gold", [2]),
        ("product=plan", [2]),
        ("product=silver", []),
        ("q=%C3%A5sa+%C3%B6", [1]),
        ("q=asa@example", [1]),
        ("q=pi_3nabcdef", [1]),
        ("q=50.00", [2]),
        ("q=9002", [2]),
        ("paid=nonsense&least=x&refund=no", [3, 2, 1]),
    ],
)
def test_orders_are_found_by_whatever_is_known_of_them(
    searched: Visitor, query: str, expected: list[int]
) -> None:
    assert searched.get(f"/c/acme/orders?{query}").status_code == 200
    assert _listed(searched) == expected


def test_the_sums_follow_every_filter(searched: Visitor) -> None:
    searched.get("/c/acme/orders?least=25&most=50")
    assert "2 orders of 75.00 USD" in searched.page


def _seen(visitor: Visitor) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+)"', visitor.page)


def test_an_order_that_changed_since_the_page_was_shown_is_left_alone(
    site: Site, acme: Visitor
) -> None:
    acme.get("/c/acme/orders")
    form = {"verb": "skip", "order": ["2", "3"], "seen": _seen(acme)}
    with site.books() as books:
        sale = books.db.query(Posting).filter_by(order_id=2).one()
        books.posted(sale, "77A-9")
        books.order_ids.append(2)
    acme.post("/c/acme/orders", form)
    acme.get("/c/acme/orders")
    assert (
        "Not changed: order 2, because it has changed since the page was shown, and is "
        "&#34;In QuickBooks, payment open&#34; now." in acme.page
    )
    assert "Skipped: order 3." in acme.page
    assert _status(site, 2) is OrderStatus.POSTED_PAYMENT_OPEN


def test_a_double_click_does_it_once_and_says_so(site: Site, acme: Visitor) -> None:
    acme.get("/c/acme/orders")
    form = {"verb": "hold", "order": "2", "seen": _seen(acme)}
    acme.post("/c/acme/orders", form)
    acme.get("/c/acme/orders")
    acme.post("/c/acme/orders", form)
    acme.get("/c/acme/orders")
    assert "and is &#34;Held - needs you&#34; now" in acme.page
    with site.database.reading() as db:
        assert db.query(Event).filter_by(order_id=2, text="Held").count() == 1


def test_an_order_that_settings_skip_is_sent_even_so(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.order(5, skip="before-start-date")
    visitor = site.bookkeeper()
    page = visitor.press("/c/acme/orders", "/c/acme/orders", {"verb": "send", "order": "5"})
    assert "Goes with the next update: order 5." in page
    assert site.woken == 1
    with site.database.reading() as db:
        order = db.query(KeapOrder).filter_by(keap_id=5).one()
        assert (order.overrides, order.needs_plan) == (["settings"], True)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (1, "it is in QuickBooks already; sending it again would make it twice"),
        (3, "it waits for you; its page says for what"),
        (44, "no such order was read from Keap"),
    ],
)
def test_sending_is_refused_in_words(acme: Visitor, order: int, why: str) -> None:
    page = acme.press("/c/acme/orders", "/c/acme/orders", {"verb": "send", "order": str(order)})
    assert f"Not changed: order {order}, because {why}." in page


def test_ticked_orders_are_linked_to_what_quickbooks_has(site: Site, acme: Visitor) -> None:
    with site.books() as books:
        books.db.add(
            QuickbooksTxn(
                connection_id=books.connection.id, kind=Kind.INVOICE, txn_id="5A-1",
                ref_number="2", number_key="2", customer_name="Bo S.", total=123456,
                txn_date=date(2026, 11, 20),
            )
        )  # fmt: skip
    acme.get("/c/acme/orders")
    shown = acme.post("/c/acme/orders", {"verb": "link", "order": ["2", "3"]})
    assert shown.location == "/c/acme/orders/link?order=2&order=3"
    acme.get(shown.location)
    assert "2, Bo S., 20 Nov 2026, 1,234.56 <code>5A-1</code>" in acme.page
    assert 'name="txn_id_2" value="5A-1"' in acme.page
    assert 'name="txn_id_3" value=""' in acme.page
    form = {"order": ["2", "3"], "txn_id_2": "5A-1", "txn_id_3": ""}
    page = acme.press(shown.location, "/c/acme/orders/link", form)
    assert "Linked: order 2. QuickBooks was not changed." in page
    assert _status(site, 2) is OrderStatus.POSTED_PAYMENT_OPEN
    assert _status(site, 3) is OrderStatus.HELD


def test_what_quickbooks_has_with_another_total_is_shown_and_not_filled_in(
    site: Site, acme: Visitor
) -> None:
    with site.books() as books:
        books.db.add(
            QuickbooksTxn(
                connection_id=books.connection.id, kind=Kind.INVOICE, txn_id="5A-1",
                ref_number="2", number_key="2", customer_name="Bo S.", total=1,
            )
        )  # fmt: skip
    acme.get("/c/acme/orders/link?order=2")
    assert "5A-1</code>" in acme.page
    assert 'name="txn_id_2" value=""' in acme.page


def test_no_txn_id_links_nothing(acme: Visitor) -> None:
    page = acme.press("/c/acme/orders/link?order=2", "/c/acme/orders/link", {"order": "2"})
    assert "Nothing was changed." in page


@pytest.mark.parametrize("query", ["", "?order=x", "?" + "&".join(["order=1"] * 51)])
def test_an_address_that_the_page_does_not_make_is_refused(acme: Visitor, query: str) -> None:
    assert acme.get(f"/c/acme/orders/link{query}").status_code == 400


def test_the_list_says_whose_it_is_in_quickbooks_and_when_it_was_sent(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.db.add(
            MirrorRecord(
                connection_id=books.connection.id, list_name="Customer", list_id="80000001-1",
                name="Example, Ada", full_name="Example, Ada", name_key="", full_name_key="",
                details={},
            )
        )  # fmt: skip
        books.posted(books.invoice(books.order(1, customer="Ada Example")), "77A-1")
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders")
    assert "in QuickBooks: Example, Ada" in visitor.page
    assert 'data-label="Sent at" id="sent-1"><time datetime="2026-11-23T15:30' in visitor.page
