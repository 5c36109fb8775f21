"""The payments page: Keap's payments beside QuickBooks', found, added up, saved for the bank."""

import csv
import html
import io
import re
from datetime import date

import pytest

from qbwc_service.ledger.models import Kind, MirrorRecord
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.plan import PlannedPayment, SaleForm
from tests.admin.site import Site, Visitor

PAGE = "/c/acme/payments"
LONG = "pi_3NabcDEFghiJKLmnoPQRstuV"


def rows(visitor: Visitor) -> list[list[str]]:
    """The list as it is read, cell by cell."""
    table = visitor.page.partition('<table class="orders wide stack">')[2].partition("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [[_plain(cell) for cell in re.split(r"</t[dh]>", row)[:-1]] for row in found]


def orders(visitor: Visitor) -> list[str]:
    return [row[1] for row in rows(visitor)]


def _plain(cell: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split())


@pytest.fixture
def acme(site: Site) -> Visitor:
    """Order 1 is paid by Visa through Stripe and in QuickBooks; 2 waits; 3 is a typed cheque; 9 was
    never read."""
    site.add_connection()
    with site.books() as books:
        books.db.add(_account(books.connection.id))
        first = books.order(1, customer="Ada Example")
        books.posted(books.invoice(first), "77A-1")
        received = _received(11, 1, 12000, date(2026, 11, 21), "Visa", LONG)
        books.loose_payment(received, gateway="Stripe 12")
        planned = PlannedPayment(
            "11/1", LONG[-20:], 12000, date(2026, 11, 21), "", deposit_account_list_id="A-1"
        )
        paid = books.part(first, Kind.PAYMENT, planned, number=LONG[-20:])
        books.posted(paid, "77A-2")
        second = books.order(2, customer="Bo Sample")
        books.invoice(second)
        books.loose_payment(_received(12, 2, 2500, date(2026, 11, 20), "Visa", "ch_2"))
        waits = PlannedPayment("12/2", "ch_2", 2500, date(2026, 11, 20), "")
        books.part(second, Kind.PAYMENT, waits)
        third = books.order(3, customer="Cy Person")
        books.invoice(third)
        books.loose_payment(_received(13, 3, 700, date(2026, 10, 31), "Check", ""))
        books.loose_payment(_received(19, 9, 5000, date(2026, 10, 30), "Visa", "ch_9"))
        books.loose_payment(
            _received(14, 1, -300, date(2026, 11, 22), "Visa", "re_1", PaymentKind.REFUND),
            kind=PaymentKind.REFUND,
        )
    return site.bookkeeper()


def _received(
    payment_id: int,
    order_id: int,
    amount: int,
    paid_on: date,
    method: str,
    reference: str,
    kind: PaymentKind = PaymentKind.CASH,
) -> ReceivedPayment:
    return ReceivedPayment(
        *(payment_id, order_id, kind, "Credit Card", "APPROVED", amount, paid_on, method),
        *(reference, (order_id,)),
    )


def _account(connection_id: int) -> MirrorRecord:
    return MirrorRecord(
        connection_id=connection_id,
        list_name="Account",
        list_id="A-1",
        name="Undeposited Funds",
        full_name="Undeposited Funds",
        name_key="undeposited funds",
        full_name_key="undeposited funds",
        details={},
    )


def test_a_payment_stands_beside_its_record_in_quickbooks(acme: Visitor) -> None:
    assert acme.get(PAGE).status_code == 200
    assert rows(acme)[0] == [
        "21 Nov 2026", "1", "Ada Example", "120.00 USD", "Visa Stripe 12", LONG, LONG[-20:],
        "Approved", "In QuickBooks", "Undeposited Funds", "23 Nov 2026, 15:30",
    ]  # fmt: skip


def test_the_newest_day_comes_first_and_refunds_have_a_page_of_their_own(acme: Visitor) -> None:
    acme.get(PAGE)
    assert orders(acme) == ["1", "2", "3", "9"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=posted", ["1"]),
        ("status=not-posted", ["2", "3", "9"]),
        ("method=Visa", ["1", "2", "9"]),
        ("gateway=Stripe+12", ["1"]),
        ("from=2026-11-20&to=2026-11-20", ["2"]),
        ("q=JKLmno", ["1"]),
        ("q=bo+samp", ["2"]),
        ("q=25.00", ["2"]),
        ("q=25", ["2"]),
        ("q=%233", ["3"]),
        ("q=ch_9", ["9"]),
        ("q=%00", ["1", "2", "3", "9"]),
        ("q=%25", []),
        ("status=nonsense&from=x&after=y", ["1", "2", "3", "9"]),
    ],
)
def test_the_filter_shows_what_was_asked_for(
    acme: Visitor, query: str, expected: list[str]
) -> None:
    assert acme.get(f"{PAGE}?{query}").status_code == 200
    assert orders(acme) == expected


def test_what_is_shown_is_added_up_by_status(acme: Visitor) -> None:
    acme.get(f"{PAGE}?from=2026-11-01")
    sums = acme.page.partition('class="card sums"')[2].partition("</details>")[0]
    assert "2 payments" in sums
    assert [_plain(row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", sums)] == [
        "Waits to be sent 1 25.00 USD",
        "In QuickBooks 1 120.00 USD",
    ]


def test_sums_never_cross_currencies(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for number, currency in ((1, "USD"), (2, "CAD")):
            order = books.order(number, currency=currency)
            books.row(order, number + 10, 1000)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    sums = visitor.page.partition('class="card sums"')[2].partition("</details>")[0]
    assert [_plain(row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", sums)] == [
        "New 1 10.00 CAD",
        "New 1 10.00 USD",
    ]


def test_the_payments_of_a_sales_receipt_are_in_quickbooks_with_it(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1)
        books.posted(books.form(order, SaleForm.SALES_RECEIPT, number="SR-1"), "77A-1")
        books.row(order, 11, 12000)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert rows(visitor)[0][6] == "SR-1"
    assert rows(visitor)[0][8] == "In QuickBooks"


def test_the_pages_follow_each_other_without_gap_or_repeat(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1)
        for number in range(1, 121):
            books.row(order, number, number * 100)
    visitor = site.bookkeeper()
    seen: list[str] = []
    address = PAGE
    while address:
        visitor.get(address)
        seen += [row[3] for row in rows(visitor)]
        found = visitor.page.split('rel="next" href="')
        address = html.unescape(found[1].split('"')[0]) if len(found) > 1 else ""
    assert seen == [f"{number}.00 USD" for number in range(120, 0, -1)]


def test_the_file_for_the_bank_has_whole_references_and_refunds(acme: Visitor) -> None:
    answer = acme.get(f"{PAGE}/payments.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-payments.csv"'
    found = list(csv.DictReader(io.StringIO(acme.page.removeprefix("\ufeff"))))
    assert [(row["Date"], row["Amount"], row["Reference"]) for row in found] == [
        ("2026-10-30", "50.00", "ch_9"),
        ("2026-10-31", "7.00", ""),
        ("2026-11-20", "25.00", "ch_2"),
        ("2026-11-21", "120.00", LONG),
        ("2026-11-22", "-3.00", "re_1"),
    ]


def test_the_file_follows_the_filter(acme: Visitor) -> None:
    acme.get(f"{PAGE}/payments.csv?gateway=Stripe+12")
    assert len(acme.page.splitlines()) == 2


def test_payments_of_another_connection_are_not_seen(site: Site, acme: Visitor) -> None:
    site.add_connection("beta")
    acme.get("/c/beta/payments")
    assert "has been read from Keap yet" in acme.page
    acme.get("/c/beta/payments/payments.csv")
    assert len(acme.page.splitlines()) == 1


def test_html_in_a_reference_is_shown_as_text(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.row(books.order(1), 11, 100, reference="<img src=x>")
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "<img" not in visitor.page
    assert "&lt;img" in visitor.page
