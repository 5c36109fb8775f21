"""Needs you: held orders by cause, and one press that tries all of a cause again."""

from sqlalchemy import select

from qbwc_service.ledger import states
from qbwc_service.ledger.models import KeapOrder
from tests.admin.site import Site

PAGE = "/c/acme/needs-you"


def hold(site: Site, cause: str, *orders: int, **details: str) -> None:
    with site.books() as books:
        for number in orders:
            invoice = books.invoice(books.order(number))
            states.hold(invoice, cause, {"order": str(number), "line": "A line", **details})


def causes(site: Site) -> dict[int, str]:
    with site.database.reading() as db:
        return {order.keap_id: order.cause for order in db.scalars(select(KeapOrder))}


def test_nothing_needs_you(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "Nothing needs you." in visitor.page


def test_orders_are_grouped_by_what_one_fix_releases(site: Site) -> None:
    site.add_connection()
    hold(site, "item-not-in-quickbooks", 1, 2, 3, sku="GOLD")
    hold(site, "item-not-in-quickbooks", 4, sku="SILVER")
    hold(site, "held-by-you", 5, 6)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "3 things wait for you." in visitor.page
    assert (
        visitor.page.index("GOLD") < visitor.page.index("You hold") < visitor.page.index("SILVER")
    )
    assert "3 orders" in visitor.page


def test_one_press_tries_all_of_a_group_again_and_no_other(site: Site) -> None:
    site.add_connection()
    hold(site, "quickbooks-refused", 1, 2)
    hold(site, "held-by-you", 3)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    visitor.post(PAGE, {"cause": "quickbooks-refused", "subject": ""})
    assert causes(site) == {1: "", 2: "", 3: "held-by-you"}
    visitor.get(PAGE)
    assert "2 orders are tried again with the next update." in visitor.page


def test_the_orders_of_a_group_are_a_click_away(site: Site) -> None:
    site.add_connection()
    hold(site, "item-not-in-quickbooks", 1, sku="GOLD & CO")
    hold(site, "item-not-in-quickbooks", 2, sku="SILVER")
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "cause=item-not-in-quickbooks&amp;subject=GOLD+%26+CO" in visitor.page
    visitor.get("/c/acme/orders?status=held&cause=item-not-in-quickbooks&subject=GOLD+%26+CO")
    assert "/c/acme/orders/1" in visitor.page
    assert "/c/acme/orders/2" not in visitor.page


def test_a_cause_that_nobody_knows_is_refused(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert visitor.post(PAGE, {"cause": "nonsense", "subject": ""}).status_code == 400


def test_another_connection_is_not_touched(site: Site) -> None:
    site.add_connection()
    site.add_connection("other")
    hold(site, "held-by-you", 1)
    visitor = site.bookkeeper()
    visitor.get("/c/other/needs-you")
    assert "Nothing needs you." in visitor.page
    visitor.post("/c/other/needs-you", {"cause": "held-by-you", "subject": ""})
    assert causes(site) == {1: "held-by-you"}


def test_what_is_gone_from_quickbooks_lists_is_one_thing_and_leads_to_its_page(site: Site) -> None:
    site.add_connection()
    cause, entry = "list-entry-not-in-quickbooks", {"list": "terms", "setting": "terms"}
    hold(site, cause, 1, 2, entry="Net 30", **entry)
    hold(site, cause, 3, entry="Net 60", **entry)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "2 things wait for you." in visitor.page
    assert visitor.page.count('href="/c/acme/accounts">Open Accounts and payments</a>') == 2
