"""The refunds page: what each refund becomes in QuickBooks, and who approves those that wait."""

import html
import re
from datetime import date

import pytest

from qbwc_service.ledger.models import KeapPayment, Kind
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.plan import PlannedCreditMemo, PlannedRefund, RefundForm
from tests.admin.site import Site, Visitor

PAGE = "/c/acme/refunds"
DAY = date(2026, 11, 21)


def rows(visitor: Visitor) -> list[list[str]]:
    """The list as it is read: order, customer, amount, what we make, status."""
    table = visitor.page.partition("Refunds, newest first")[2].partition("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    cells = [re.split(r"</t[dh]>", row)[:-1] for row in found]
    return [[_plain(cell) for cell in row[-5:]] for row in cells]


def _plain(cell: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split())


def _approved(site: Site) -> list[int]:
    with site.database.reading() as db:
        found = db.query(KeapPayment).filter(KeapPayment.approved_at.is_not(None))
        return sorted(row.payment_id for row in found)


@pytest.fixture
def acme(site: Site) -> Visitor:
    """Order 1: a credit memo and a card refund in QuickBooks; 2 and 3 wait for approval; that of
    order 9 came without its order."""
    site.add_connection()
    with site.books() as books:
        first = books.order(1, customer="Ada Example")
        books.posted(books.invoice(first), "77A-1")
        books.row(first, 70, -12000, PaymentKind.REFUND)
        memo = PlannedCreditMemo("70/1", "1", 12000, DAY, (), "")
        books.posted(books.part(first, Kind.CREDIT_MEMO, memo, number="1"), "77A-2")
        refund = PlannedRefund("70/1", RefundForm.CARD, "1", 12000, DAY, "")
        books.posted(books.part(first, Kind.CARD_REFUND, refund, number="1"), "77A-3")
        for number, name in ((2, "Bo Sample"), (3, "Cy Person")):
            order = books.order(number, customer=name)
            books.posted(books.invoice(order), f"77A-{number + 3}")
            books.held_refund(order, 70 + number, number * 1000)
        alone = ReceivedPayment(
            *(79, 9, PaymentKind.REFUND, "Refund", "APPROVED", -500, DAY, "Visa", "", (9,))
        )
        books.loose_payment(alone, kind=PaymentKind.REFUND)
    return site.bookkeeper()


def test_each_refund_says_what_it_becomes(acme: Visitor) -> None:
    assert acme.get(PAGE).status_code == 200
    assert rows(acme) == [
        ["9", "", "5.00", "Nothing: its order was not read", "New"],
        ["3", "Cy Person", "30.00 USD", "Nothing yet. Once approved: credit memo",
         "Held - needs you A refund of 30.00 for order 3 waits for your approval"],
        ["2", "Bo Sample", "20.00 USD", "Nothing yet. Once approved: credit memo",
         "Held - needs you A refund of 20.00 for order 2 waits for your approval"],
        ["1", "Ada Example", "120.00 USD",
         "Credit memo 1 + Card refund that uses up the credit memo", "In QuickBooks"],
    ]  # fmt: skip


def test_ticked_refunds_are_approved_and_the_others_wait(site: Site, acme: Visitor) -> None:
    page = acme.press(PAGE, PAGE, {"payment": "72"})
    assert "1 refund approved, posted with the next update." in page
    assert _approved(site) == [72]
    assert page.count('name="payment"') == 1


def test_a_second_press_of_the_button_is_refused_in_words(site: Site, acme: Visitor) -> None:
    acme.press(PAGE, PAGE, {"payment": "72"})
    page = acme.press(PAGE, PAGE, {"payment": "72"})
    assert "Not changed: refund 72, because" in page
    assert _approved(site) == [72]


def test_without_a_tick_nothing_is_approved(site: Site, acme: Visitor) -> None:
    assert "Tick the refunds first" in acme.press(PAGE, PAGE, {})
    assert _approved(site) == []


def test_all_that_wait_are_ticked_at_once(acme: Visitor) -> None:
    acme.get(f"{PAGE}?tick=all")
    assert acme.page.count(" checked") == 2


@pytest.mark.parametrize("ticked", [["x"], ["72"] * 51])
def test_a_form_that_the_page_does_not_make_is_refused(acme: Visitor, ticked: list[str]) -> None:
    acme.get(PAGE)
    assert acme.post(PAGE, {"payment": ticked}).status_code == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=posted", ["1"]),
        ("status=held", ["3", "2"]),
        ("q=bo", ["2"]),
        ("q=20.00", ["2"]),
        ("from=2026-11-22", []),
    ],
)
def test_the_filter_shows_what_was_asked_for(
    acme: Visitor, query: str, expected: list[str]
) -> None:
    acme.get(f"{PAGE}?{query}")
    assert [row[0] for row in rows(acme)] == expected


def test_refunds_of_another_connection_are_neither_seen_nor_approved(
    site: Site, acme: Visitor
) -> None:
    site.add_connection("beta")
    page = acme.press(PAGE, "/c/beta/refunds", {"payment": "72"})
    assert "Not changed: refund 72" in page
    assert rows(acme) == []
    assert _approved(site) == []
