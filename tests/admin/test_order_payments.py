"""What the page of an order says of its payments, credits and refunds, and their buttons."""

import html
import re
from datetime import date

import pytest

from qbwc_service.ledger import states
from qbwc_service.ledger.models import Event, KeapPayment, Kind, PaymentStatus, Posting
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.plan import (
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedPayment,
    PlannedRefund,
    PlannedRemoval,
    RefundForm,
    SaleForm,
)
from tests.admin.site import Site

PAGE = "/c/acme/orders/1048"
ROWS = f"{PAGE}/payments"
DAY = date(2026, 11, 21)


def cells(site: Site) -> list[list[str]]:
    """The rows of the table as they are read, without their day."""
    visitor = site.bookkeeper()
    assert visitor.get(PAGE).status_code == 200
    table = visitor.page.partition('id="payments"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [[plain(cell) for cell in row.split("</td>")[1:-1]] for row in rows]


def plain(cell: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split())


def memo(key: str, number: str, amount: int) -> PlannedCreditMemo:
    return PlannedCreditMemo(key, number, amount, DAY, (), "")


def test_a_payment_shows_its_whole_reference_and_the_one_in_quickbooks(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        payment = books.payment(order, 70, 5000, reference="ch_" + "1" * 24)
        payment.number = "1" * 20
        books.posted(payment, "77A-2")
    assert cells(site) == [
        [
            f"Payment, Credit card ch_{'1' * 24}",
            "50.00",
            "Payment, applied to invoice 1048",
            "50.00",
            "1" * 20,
            "In QuickBooks",
        ]
    ]


def test_an_overpayment_says_what_stays_as_a_credit(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.invoice(order)
        books.row(order, 70, 6300)
        planned = PlannedPayment("70/1048", "K70", 6300, DAY, "", applied=6200)
        books.part(order, Kind.PAYMENT, planned, number="K70")
    (row,) = cells(site)
    assert row[2] == (
        "Payment, 62.00 to be applied to invoice 1048, 1.00 stays the customer's credit"
    )


def test_a_credit_is_a_credit_memo_applied_to_the_invoice(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        books.row(order, 70, 2000, PaymentKind.CREDIT)
        books.part(order, Kind.CREDIT_MEMO, memo("70/1048", "1048-1", 2000), number="1048-1")
        use = books.part(order, Kind.CREDIT_USE, PlannedCreditUse("70/1048", 2000, DAY))
        use_id = use.id
    (row,) = cells(site)
    assert row[0] == "Credit, Credit card"
    assert row[2:5] == ["Credit memo 1048-1, to be applied to invoice 1048", "20.00", "1048-1"]
    with site.books() as books:
        for place, part in enumerate(books.db.query(Posting).filter(Posting.kind != "invoice")):
            books.posted(part, f"77A-{place + 5}")
            assert part.id <= use_id
        books.order_ids.append(1048)
    visitor = site.visitor()
    visitor.sign_in("owner", "correct horse battery")
    visitor.get(PAGE)
    assert "Credit memo 1048-1, applied to invoice 1048" in visitor.page


def test_a_refund_is_a_credit_memo_and_a_card_refund_each_with_its_state(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        books.row(order, 70, -12000, PaymentKind.REFUND)
        credit = books.part(order, Kind.CREDIT_MEMO, memo("70/1048", "1048", 12000), number="1048")
        books.posted(credit, "77A-2")
        refund = PlannedRefund("70/1048", RefundForm.CARD, "1048", 12000, DAY, "")
        books.part(order, Kind.CARD_REFUND, refund, number="1048")
    (row,) = cells(site)
    assert row[:2] == ["Refund, Credit card", "-120.00"]
    assert row[2] == (
        "Credit memo 1048 (In QuickBooks) "
        "Card refund that uses up the credit memo (Waits to be sent)"
    )
    assert row[3:5] == ["120.00 120.00", "1048 1048"]


def test_a_void_says_so(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        books.row(order, 70, -12000, PaymentKind.REFUND)
        books.part(order, Kind.REMOVAL, PlannedRemoval("70/1048", is_void=True, amount=12000))
    assert cells(site)[0][2] == "The invoice 1048 is to be voided"


def test_payments_of_a_sales_receipt_are_part_of_it(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.form(order, SaleForm.SALES_RECEIPT), "77A-1")
        books.row(order, 70, 5000)
        books.row(order, 71, 7000)
    rows = cells(site)
    assert [row[2] for row in rows] == ["Part of the sales receipt 1048"] * 2
    assert [row[-1] for row in rows] == ["In QuickBooks"] * 2


@pytest.mark.parametrize(
    ("kind", "skip", "words"),
    [
        (PaymentKind.TEST, "test-payment", "A payment of 50.00 is a test."),
        (
            PaymentKind.NOT_COMPLETED,
            "not-a-payment",
            "A payment of order 1048 was not completed in Keap (APPROVED).",
        ),
        (PaymentKind.CASH, "payments-not-sent", "A payment of 50.00 is not sent."),
    ],
)
def test_what_is_left_out_says_why(site: Site, kind: PaymentKind, skip: str, words: str) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        books.row(order, 70, 5000, kind, skip=skip)
    (row,) = cells(site)
    assert row[2] == "Left out"
    assert words in row[-1]


def test_a_row_that_nobody_looked_at_yet_says_so(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.row(books.order(1048), 70, 5000)
    assert cells(site)[0][2] == "Not looked at yet"


def test_the_technical_part_calls_every_kind_by_its_name(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.form(order, SaleForm.SALES_ORDER)
        books.part(order, Kind.CREDIT_USE, PlannedCreditUse("70/1048", 2000, DAY))
    visitor = site.bookkeeper()
    visitor.get(f"{PAGE}?tab=technical")
    technical = visitor.page.partition("Records to be made")[2]
    assert '<th scope="row" class="keep">Sales order</th>' in technical
    assert '<th scope="row" class="keep">Use of a credit memo</th>' in technical


# -- the buttons -----------------------------------------------------------------------------------


def to_approve(site: Site, name: str = "acme") -> None:
    with site.books(name) as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        books.posted(books.payment(order, 69, 12000), "77A-2")
        books.held_refund(order, 70, 12000)


def row_of(site: Site, payment_id: int = 70) -> KeapPayment:
    with site.database.reading() as db:
        return db.query(KeapPayment).filter_by(payment_id=payment_id).one()


def offered(books_page: str) -> list[str]:
    tables = books_page.partition('id="payments"')[2].partition("<h2>History")[0]
    return re.findall(r'name="verb" value="([^"]+)"', tables)


def test_a_refund_is_approved_by_its_button_once(site: Site) -> None:
    site.add_connection(settings={"start_date": "2026-11-01", "refunds": "card-refund"})
    to_approve(site)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert offered(visitor.page) == ["approve", "skip"]
    assert "Nothing yet. Once approved: credit memo and card refund" in visitor.page
    page = visitor.press(PAGE, ROWS, {"verb": "approve", "payment": "70"})
    assert "Approved: refund 70. It goes to QuickBooks with the next update." in page
    assert "approve" not in offered(page)
    row = row_of(site)
    assert (row.status, row.approved_at is not None) == (PaymentStatus.WAITING, True)
    with site.database.reading() as db:
        assert [event.text for event in db.query(Event)] == ["Refund 70 of 120.00 approved"]
    page = visitor.press(PAGE, ROWS, {"verb": "approve", "payment": "70"})
    assert "Not changed: payment 70, because it is approved already." in page


def test_a_refund_while_nothing_is_paid_says_what_it_becomes(site: Site) -> None:
    site.add_connection(settings={"start_date": "2026-11-01", "refund_unpaid": "void"})
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        books.held_refund(order, 70, 12000)
    assert cells(site)[0][2] == "Nothing yet. Once approved: void the invoice"


def test_one_payment_is_skipped_alone(site: Site) -> None:
    site.add_connection()
    to_approve(site)
    page = site.bookkeeper().press(PAGE, ROWS, {"verb": "skip", "payment": "70"})
    assert "Skipped: payment 70. It is never sent." in page
    assert "Nothing: it was skipped by one of you" in page
    assert offered(page) == []
    assert row_of(site).status is PaymentStatus.SKIPPED_BY_YOU
    assert row_of(site, 69).status is PaymentStatus.POSTED


def test_what_is_in_quickbooks_has_no_button_and_is_not_skipped(site: Site) -> None:
    site.add_connection()
    to_approve(site)
    page = site.bookkeeper().press(PAGE, ROWS, {"verb": "skip", "payment": "69"})
    assert "Not changed: payment 69, because it is in QuickBooks already." in page
    assert row_of(site, 69).status is PaymentStatus.POSTED


def test_what_differs_in_quickbooks_is_not_offered_to_be_skipped(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        states.flag(books.posted(books.payment(order, 70, 100), "77A-2"), "total-differs", {})
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert offered(visitor.page) == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"verb": "approve"}, 400),
        ({"verb": "approve", "payment": "x"}, 400),
        ({"verb": "delete", "payment": "70"}, 400),
        ({"verb": "approve", "payment": "71"}, 404),
    ],
)
def test_what_names_no_payment_of_this_order_is_refused(
    site: Site, form: dict[str, str], status: int
) -> None:
    site.add_connection()
    to_approve(site)
    with site.books() as books:
        books.held_refund(books.order(7), 71, 100)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert visitor.post(ROWS, form).status_code == status
    assert row_of(site).approved_at is None
    assert row_of(site, 71).approved_at is None


def test_an_order_of_another_connection_is_refused(site: Site) -> None:
    site.add_connection()
    site.add_connection("beta")
    to_approve(site, "beta")
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert visitor.post(ROWS, {"verb": "approve", "payment": "70"}).status_code == 404
    assert row_of(site).approved_at is None


def test_a_setting_that_releases_it_is_one_press_away(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        books.held_refund(order, 70, 100, "refund-item-not-chosen")
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    link = 'href="/c/acme/settings#refund_item">The setting "Item for refunds of a part"</a>'
    assert link in visitor.page
