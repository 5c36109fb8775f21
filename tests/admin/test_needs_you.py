"""Needs you: held orders by cause, and one press that tries all of a cause again."""

import html

import pytest
from sqlalchemy import select, update

from qbwc_service.ledger import error_log, states
from qbwc_service.ledger.models import ErrorEntry, KeapOrder, KeapPayment
from tests.admin.site import NOW, Site

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


def test_what_the_next_update_tries_again_says_so(site: Site) -> None:
    site.add_connection()
    hold(site, "item-not-in-quickbooks", 1, 2, sku="GOLD")
    with site.database.writing("test") as db:
        db.execute(update(KeapOrder).where(KeapOrder.keap_id == 1).values(needs_plan=True))
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "tried again with the next update" not in visitor.page
    with site.database.writing("test") as db:
        db.execute(update(KeapOrder).values(needs_plan=True))
    visitor.get(PAGE)
    assert "All of them are tried again with the next update" in visitor.page


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
    at = 'href="/c/acme/settings#terms">Open the setting'
    assert visitor.page.count(at) == 2


# -- refunds to approve ----------------------------------------------------------------------------

REFUNDS = f"{PAGE}/refunds"


def wait_for_approval(site: Site, *refunds: tuple[int, int], name: str = "acme") -> None:
    """These payments (of Keap) give back what these orders were paid."""
    with site.books(name) as books:
        for payment_id, order_id in refunds:
            order = books.order(order_id, customer=f"Customer {order_id}")
            books.posted(books.invoice(order), f"77A-{order_id}")
            posting = books.held_refund(order, payment_id, 1000 + payment_id)
            error_log.tell(
                books.db,
                books.connection.id,
                "refund-to-approve",
                posting.details,
                now=NOW,
                order_id=order_id,
                posting_id=posting.id,
            )


def approved(site: Site) -> set[int]:
    with site.database.reading() as db:
        found = select(KeapPayment.payment_id).where(KeapPayment.approved_at.is_not(None))
        return set(db.scalars(found))


def test_refunds_to_approve_are_one_thing_with_order_customer_and_amount(site: Site) -> None:
    site.add_connection()
    wait_for_approval(site, (70, 7), (71, 8))
    hold(site, "held-by-you", 1)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "2 things wait for you." in visitor.page
    assert "2 refunds" in visitor.page
    for words in ("Customer 7", "10.70 USD", "21 Nov 2026", 'href="/c/acme/orders/8#payments"'):
        assert words in visitor.page
    assert visitor.page.count('name="payment"') == 2


def test_all_that_are_shown_are_approved_by_one_press(site: Site) -> None:
    site.add_connection()
    wait_for_approval(site, (70, 7), (71, 8), (72, 9))
    page = site.bookkeeper().press(PAGE, REFUNDS, {"payment": ["70", "71"]})
    assert "2 refunds approved, posted with the next update." in page
    assert approved(site) == {70, 71}
    assert "1 refund<" in page
    with site.database.reading() as db:
        open_ones = select(ErrorEntry.order_id).where(ErrorEntry.solved_at.is_(None))
        assert list(db.scalars(open_ones)) == [9]


def test_each_refund_is_checked_by_itself(site: Site) -> None:
    site.add_connection()
    wait_for_approval(site, (70, 7))
    visitor = site.bookkeeper()
    visitor.press(PAGE, REFUNDS, {"payment": ["70"]})
    page = visitor.press("/c/acme/customers", REFUNDS, {"payment": ["70", "99"]})
    assert "Not changed: refund 70, because it is approved already." in page
    assert "Not changed: refund 99, because no such payment was read from Keap." in page


@pytest.mark.parametrize("payments", [[], ["x"], ["70", "x"], ["70"] * 51])
def test_what_names_no_refunds_is_refused(site: Site, payments: list[str]) -> None:
    site.add_connection()
    wait_for_approval(site, (70, 7))
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert visitor.post(REFUNDS, {"payment": payments}).status_code == 400
    assert approved(site) == set()


def test_refunds_of_another_connection_are_not_approved(site: Site) -> None:
    site.add_connection()
    site.add_connection("beta")
    wait_for_approval(site, (70, 7), name="beta")
    visitor = site.bookkeeper()
    page = visitor.press(PAGE, REFUNDS, {"payment": ["70"]})
    assert "Not changed: refund 70, because no such payment was read from Keap." in page
    assert approved(site) == set()


@pytest.mark.parametrize(
    ("cause", "at", "words"),
    [
        (
            "credit-item-not-chosen",
            "/c/acme/settings#credit_item",
            'Open the setting "Item for credits"',
        ),
        (
            "refund-item-not-chosen",
            "/c/acme/settings#refund_item",
            'Open the setting "Item for refunds of a part"',
        ),
        (
            "refund-account-not-chosen",
            "/c/acme/settings#refund_account",
            'Open the setting "Refunds are paid from"',
        ),
        ("tax-item-not-chosen", "/c/acme/accounts#taxes", "Choose the tax item"),
        ("sales-tax-off", "/c/acme/settings#sales_tax", 'Open the setting "Sales tax"'),
        ("number-taken", "/c/acme/orders/1#compare", "Compare"),
        ("edited-after-sending", "/c/acme/orders/1", "Open the first order"),
        ("item-not-there", "/c/acme/products", "Choose the item"),
        ("account-not-there", "/c/acme/accounts", "Open Accounts and payments"),
        (
            "sales-orders-not-offered",
            "/c/acme/settings#transaction",
            'Open the setting "An order becomes"',
        ),
    ],
)
def test_the_button_leads_to_what_releases_all_of_them(
    site: Site, cause: str, at: str, words: str
) -> None:
    site.add_connection()
    hold(site, cause, 1, 2, keap_type="Credit", tax="County tax")
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert f'href="{at}">{words}</a>' in html.unescape(visitor.page)
    target = at.partition("#")[2]
    if target:
        visitor.get(at)
        assert f'id="{target}"' in visitor.page
