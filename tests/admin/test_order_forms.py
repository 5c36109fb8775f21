"""The page of an order that is a sales receipt or a sales order, and a number that is taken."""

import re
from datetime import date

import pytest

from qbwc_service.ledger import states
from qbwc_service.ledger.models import KeapOrder, MirrorRecord, OrderStatus, Posting
from qbwc_service.planning.plan import SaleForm
from tests.admin.site import Books, Site

PAGE = "/c/acme/orders/1048"
OTHER_SALES = pytest.mark.parametrize(
    ("form", "words"),
    [(SaleForm.SALES_RECEIPT, "sales receipt"), (SaleForm.SALES_ORDER, "sales order")],
)


def entry(books: Books, list_name: str, list_id: str, name: str) -> None:
    books.db.add(
        MirrorRecord(
            connection_id=books.connection.id, list_name=list_name, list_id=list_id, name=name,
            full_name=name, name_key=name.casefold(), full_name_key=name.casefold(),
        )
    )  # fmt: skip


def shows(site: Site) -> str:
    visitor = site.bookkeeper()
    assert visitor.get(PAGE).status_code == 200
    return visitor.page


def buttons(page: str) -> list[str]:
    return re.findall(r'name="verb" value="([^"]+)"', page)


@OTHER_SALES
def test_the_heading_says_which_form_it_is(site: Site, form: SaleForm, words: str) -> None:
    site.add_connection()
    with site.books() as books:
        books.form(books.order(1048), form)
    page = shows(site)
    assert f"<h2>QuickBooks: {words} " in page
    assert f"Not in QuickBooks. Planned: {words} 1048" in page
    assert buttons(page) == ["hold", "skip", "link"]
    assert f"Transaction ID of the {words} (TxnID)" in page


@OTHER_SALES
def test_what_is_there_is_named_and_a_change_in_keap_is_accepted(
    site: Site, form: SaleForm, words: str
) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.form(order, form), "77A-1").planned_hash = "as it was"
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert f"{words.capitalize()} 1048" in visitor.page
    assert buttons(visitor.page) == ["accept"]
    assert "Marked as right: order 1048." in visitor.press(PAGE, PAGE, {"verb": "accept"})


def test_a_sales_receipt_says_how_it_was_paid_and_into_which_account(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        entry(books, "PaymentMethod", "8-1", "Visa <b>")
        entry(books, "Account", "8-1", "Checking")
        ids = {"method_list_id": "8-1", "deposit_account_list_id": "8-1"}
        books.form(books.order(1048), SaleForm.SALES_RECEIPT, **ids)
    assert "Paid by Visa &lt;b&gt;, deposited to Checking." in shows(site)


def test_without_a_choice_the_money_is_in_undeposited_funds(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.form(books.order(1048), SaleForm.SALES_RECEIPT)
    assert "Paid by no method, deposited to Undeposited Funds." in shows(site)


def test_an_invoice_says_nothing_of_how_it_is_paid(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.invoice(books.order(1048))
    assert "deposited to" not in shows(site)


def test_tax_that_quickbooks_reckons_stands_above_the_total_with_its_item(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        entry(books, "Item", "9-9", "AZ Tax")
        books.form(books.order(1048), tax=812, tax_item_list_id="9-9")
    page = " ".join(shows(site).split())
    assert 'Sales tax, reckoned by QuickBooks (AZ Tax)</th><td class="number">8.12</td>' in page


def test_a_number_that_was_cut_is_shown_whole_too(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.form(books.order(1048), number="SHOP-901048", full_number="SHOP-20260901048")
    page = shows(site)
    assert "Planned: invoice SHOP-901048" in page
    assert "The whole number is SHOP-20260901048." in page


def test_a_number_that_was_not_cut_is_shown_once(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.form(books.order(1048), full_number="1048")
    assert "The whole number is" not in shows(site)


def test_quickbooks_may_give_the_number(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.form(books.order(1048), number="", full_number="1048")
    assert "Planned: invoice with QuickBooks&#39; next number" in shows(site)


def test_the_form_has_a_date_of_its_own(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        invoice = books.invoice(books.order(1048, placed_on=date(2026, 11, 20)))
        invoice.payload = invoice.payload | {"placed_on": "2026-11-22"}
    assert "dated 22 Nov 2026" in shows(site)


# -- a number that is taken ------------------------------------------------------------------------

TAKEN = {
    "order": "1048", "number": "1048", "other_customer": "Marsh <i>", "other_total": "1,200.00",
    "other_date": "2026-02-14", "other_txn_id": "5A-9",
}  # fmt: skip


def taken(site: Site, name: str = "acme", form: SaleForm = SaleForm.INVOICE) -> None:
    with site.books(name) as books:
        order = books.order(1048, customer="Ada Example", total=7500)
        states.hold(books.form(order, form), "number-taken", TAKEN)


def test_both_stand_side_by_side_with_three_choices(site: Site) -> None:
    site.add_connection()
    taken(site)
    page = shows(site)
    ours, theirs = re.findall(r'<th scope="row">(?:This order|In Quick).*?</tr>', page)
    for words in ("1048", "Ada Example", "75.00", "20 Nov 2026"):
        assert words in ours
    for words in ("1048", "Marsh &lt;i&gt;", "1,200.00", "14 Feb 2026"):
        assert words in theirs
    assert buttons(page) == ["link", "renumber", "requeue", "skip"]


def test_the_same_sale_is_linked_by_one_press(site: Site) -> None:
    site.add_connection()
    taken(site, form=SaleForm.SALES_RECEIPT)
    form = {"verb": "link", "txn_id": "5A-9"}
    page = site.bookkeeper().press(PAGE, PAGE, form)
    assert "Linked: order 1048." in page
    assert "The sales receipt that it was linked to" in page


def test_another_sale_is_posted_with_a_prefix(site: Site) -> None:
    site.add_connection()
    taken(site)
    page = site.bookkeeper().press(PAGE, PAGE, {"verb": "renumber", "prefix": " K- "})
    assert "Gets a number of its own: order 1048." in page
    with site.database.reading() as db:
        order = db.query(KeapOrder).one()
    assert (order.own_prefix, order.needs_plan, order.cause) == ("K-", True, "")


@pytest.mark.parametrize(
    ("prefix", "reason"),
    [
        ("", "write the letters that go before its number"),
        ("SEVEN-7", "at most 6 characters"),
        ("\N{LATIN SMALL LETTER U WITH DIAERESIS}-", "use plain letters, digits and signs"),
    ],
)
def test_a_prefix_that_cannot_be_is_refused(site: Site, prefix: str, reason: str) -> None:
    site.add_connection()
    taken(site)
    page = site.bookkeeper().press(PAGE, PAGE, {"verb": "renumber", "prefix": prefix})
    assert f"Not changed: order 1048, because {reason}" in page
    with site.database.reading() as db:
        assert db.query(KeapOrder).one().own_prefix == ""


def test_skip_for_good_is_the_third_choice(site: Site) -> None:
    site.add_connection()
    taken(site)
    site.bookkeeper().press(PAGE, PAGE, {"verb": "skip"})
    with site.database.reading() as db:
        assert db.query(KeapOrder).one().status is OrderStatus.SKIPPED_BY_YOU


def test_without_an_id_it_is_linked_by_hand(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        details = {key: text for key, text in TAKEN.items() if key != "other_txn_id"}
        states.hold(books.invoice(books.order(1048)), "number-taken", details)
    page = shows(site)
    assert "It is the same sale: link it" not in page
    assert "Transaction ID of the invoice (TxnID)" in page


def test_a_number_of_another_order_gets_a_prefix_too(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        details = {"order": "1048", "number": "1048", "other_order": "48"}
        states.hold(books.invoice(books.order(1048)), "number-of-another-order", details)
    assert "renumber" in buttons(shows(site))


def test_an_order_of_another_connection_is_not_renumbered(site: Site) -> None:
    site.add_connection()
    site.add_connection("beta")
    taken(site, "beta")
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    visitor.post(PAGE, {"verb": "renumber", "prefix": "K"})
    visitor.get("/c/acme")
    assert "Not changed: order 1048, because no such order was read from Keap." in visitor.page
    with site.database.reading() as db:
        assert db.query(KeapOrder).one().own_prefix == ""
        assert db.query(Posting).one().cause == "number-taken"
