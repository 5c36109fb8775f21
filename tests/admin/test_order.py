"""The page of one order: what it shows, and what its buttons do."""

import re
from typing import Any

import pytest

from qbwc_service.ledger import history, states
from qbwc_service.ledger.models import KeapOrder, MirrorRecord, OrderStatus, Posting
from tests.admin.site import NOW, Books, Site

PAGE = "/c/acme/orders/1048"


def _mirror(books: Books, list_name: str, list_id: str, name: str) -> None:
    books.db.add(
        MirrorRecord(
            connection_id=books.connection.id, list_name=list_name, list_id=list_id, name=name,
            full_name=name, name_key=name.casefold(), full_name_key=name.casefold(),
        )
    )  # fmt: skip


def _hold(site: Site) -> None:
    with site.books() as books:
        invoice = books.invoice(books.order(1048, customer="Elena Marsh"))
        details = {
            "order": "1048", "number": "1048", "other_customer": "Marsh Ltd",
            "other_total": "1,200.00", "other_date": "14 Feb 2026",
        }  # fmt: skip
        states.hold(invoice, "number-taken", details)


def _post(site: Site) -> None:
    with site.books() as books:
        books.posted(books.invoice(books.order(1048)), "77A-1")


def _order(site: Site) -> KeapOrder:
    with site.database.reading() as db:
        return db.query(KeapOrder).one()


def test_a_held_order_says_what_why_and_what_to_do(site: Site) -> None:
    site.add_connection()
    _hold(site)
    visitor = site.bookkeeper()
    assert visitor.get(PAGE).status_code == 200
    for words in (
        "The number 1048 is already used in QuickBooks",
        "QuickBooks has 1048 for Marsh Ltd, 1,200.00, 14 Feb 2026.",
        "If it is the same sale, link it.",
        'href="/help/number-taken"',
    ):
        assert words in visitor.page


def test_keap_and_quickbooks_stand_side_by_side(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        _mirror(books, "Customer", "80000001-1", "Elena Marsh (web)")
        _mirror(books, "Item", "80000002-1", "Plans:Gold")
        order = books.order(1048, customer="Elena Marsh", paid=5000)
        books.invoice(order)
        books.payment(order, 70, 5000, reference="ch_1")
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    for words in (
        "Gold Plan", "120.00", "Elena Marsh (web)", "Plans:Gold", "Waits to be sent", "50.00",
        "ch_1", "21 Nov 2026", "Credit card",
    ):  # fmt: skip
        assert words in visitor.page


def test_an_order_without_a_plan_or_payment_still_has_its_page(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.order(1048)
    visitor = site.bookkeeper()
    assert visitor.get(PAGE).status_code == 200
    for words in (
        "Nothing was posted, and nothing is planned for this order now.",
        "No payment was read from Keap.",
        '<span class="who">service</span> Read from Keap',
    ):
        assert words in visitor.page
    visitor.get(f"{PAGE}?tab=technical")
    assert "No message was sent for it." in visitor.page


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        ("new", ["hold", "skip"]),
        ("ready", ["hold", "skip", "link"]),
        ("sent", []),
        ("posted", []),
        ("held", ["requeue", "skip", "link"]),
        ("skipped", ["requeue", "link"]),
        ("differs", ["accept"]),
    ],
)
def test_only_the_buttons_that_can_work_are_offered(
    site: Site, state: str, buttons: list[str]
) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        if state != "new":
            _bring_to(books, books.invoice(order), state)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    offered = [part.split('"')[0] for part in visitor.page.split('name="verb" value="')[1:]]
    assert offered == buttons


def _bring_to(books: Books, invoice: Posting, state: str) -> None:
    match state:
        case "sent":
            states.send(invoice, books.message_set("<QBXML/>", None).id)
        case "posted":
            books.posted(invoice, "77A-1")
        case "held":
            states.hold(invoice, "held-by-you", {"order": "1048"})
        case "skipped":
            states.skip(invoice)
        case "differs":
            states.flag(books.posted(invoice, "77A-1"), "total-differs", {})


def test_requeue_of_a_posted_order_is_refused_with_its_reason(site: Site) -> None:
    site.add_connection()
    _post(site)
    page = site.bookkeeper().press(PAGE, PAGE, {"verb": "requeue"})
    assert (
        "Not changed: order 1048, because it is in QuickBooks already; "
        "sending it again would make it twice." in page
    )
    assert _order(site).status is OrderStatus.POSTED_PAYMENT_OPEN


def test_link_makes_it_posted_under_the_given_id(site: Site) -> None:
    site.add_connection()
    _hold(site)
    page = site.bookkeeper().press(PAGE, PAGE, {"verb": "link", "txn_id": " 3F2-1197755238 "})
    assert "Linked: order 1048." in page
    assert "Linked to 3F2-1197755238 in QuickBooks" in page
    with site.database.reading() as db:
        posting = db.query(Posting).one()
    assert (posting.record_id, posting.linked) == ("3F2-1197755238", True)


@pytest.mark.parametrize("txn_id", ["", "3F2 1", "x" * 37, "<b>", "3F2-1\0"])
def test_link_to_what_is_no_id_is_refused(site: Site, txn_id: str) -> None:
    site.add_connection()
    _hold(site)
    page = site.bookkeeper().press(PAGE, PAGE, {"verb": "link", "txn_id": txn_id})
    assert "Not changed: order 1048, because that is not a TxnID" in page
    assert _order(site).status is OrderStatus.HELD


def test_looks_right_settles_a_difference(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        invoice = books.posted(books.invoice(books.order(1048)), "77A-1")
        states.flag(invoice, "total-differs", {"thing": "Invoice 1048"})
    page = site.bookkeeper().press(PAGE, PAGE, {"verb": "accept"})
    assert "Marked as right: order 1048." in page
    assert _order(site).status is OrderStatus.POSTED_PAYMENT_OPEN


def test_a_refused_decision_leaves_nothing_behind(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.posted(books.invoice(books.order(7)), "77A-1")
        books.order(1048)
    page = site.bookkeeper().press(PAGE, PAGE, {"verb": "link", "txn_id": "77A-1"})
    assert "77A-1 belongs to order 7 already" in page
    with site.database.reading() as db:
        assert db.query(Posting).filter_by(order_id=1048).all() == []


def test_an_unknown_button_is_refused(site: Site) -> None:
    site.add_connection()
    _hold(site)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert visitor.post(PAGE, {"verb": "delete"}).status_code == 400


def test_the_history_says_who_did_what_in_local_time(site: Site) -> None:
    site.add_connection(time_zone="America/New_York")
    _hold(site)
    with site.books() as books:
        history.note(books.db, books.connection.id, "Held", now=NOW, order_id=1048, who="Ada")
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "23 Nov 2026, 10:30" in visitor.page
    assert '<span class="who">Ada</span> Held' in visitor.page


def test_the_technical_part_shows_both_directions_and_masks_secrets(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        invoice = books.invoice(books.order(1048))
        request = f"<QBXML><X><ExternalGUID>{invoice.external_guid}</ExternalGUID></X></QBXML>"
        answer = "<QBXML><CreditCardNumber>4111111111111111</CreditCardNumber></QBXML>"
        carried = books.message_set(request, answer, hresult="0x80040400", message="bad")
        books.message_set("<QBXML><Other/></QBXML>", None)
        books.db.flush()
        invoice.message_set_id = carried.id
        states.hold(invoice, "message-unreadable", {"order": "1048"})
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "ExternalGUID" not in visitor.page
    visitor.get(f"{PAGE}?tab=technical")
    assert "&lt;ExternalGUID&gt;" in visitor.page
    assert "0x80040400 bad" in visitor.page
    assert "&lt;CreditCardNumber&gt;*****&lt;/CreditCardNumber&gt;" in visitor.page
    assert "4111111111111111" not in visitor.page
    assert "&lt;Other/&gt;" not in visitor.page
    visitor.get(f"{PAGE}?tab=keap")
    assert "&#34;api_key&#34;: &#34;*****&#34;" in visitor.page


def test_messages_of_another_connection_are_never_shown(site: Site) -> None:
    site.add_connection("acme")
    site.add_connection("beta")
    with site.books("acme") as books:
        guid = books.invoice(books.order(1048)).external_guid
    with site.books("beta") as books:
        books.message_set(f"<QBXML><Secret>{guid}</Secret></QBXML>", None)
    visitor = site.bookkeeper()
    visitor.get(f"{PAGE}?tab=technical")
    assert "Secret" not in visitor.page


def test_the_invoice_that_has_the_number_is_one_press_away(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        details = {"order": "1048", "number": "1048", "other_customer": "Marsh Ltd",
                   "other_total": "1,200.00", "other_txn_id": "5A-9"}  # fmt: skip
        states.hold(books.invoice(books.order(1048)), "number-taken", details)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "go to the invoice of Marsh Ltd, 1,200.00" in visitor.page
    assert 'name="txn_id" value="5A-9"' in visitor.page


def test_what_is_only_planned_is_said_not_to_be_in_quickbooks(site: Site) -> None:
    site.add_connection()
    _hold(site)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "Not in QuickBooks. Planned: invoice 1048" in visitor.page
    assert "<strong>Skip for good</strong>: never send it." in visitor.page


def test_skip_of_an_order_that_is_there_is_about_its_payments(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
        states.hold(books.payment(order, 70, -5000), "refund-by-hand", {})
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert '<p class="lead">Invoice 1048' in visitor.page
    assert "the invoice stays in QuickBooks as it is" in visitor.page


def test_each_line_says_why_its_item_was_chosen(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        invoice = books.invoice(books.order(1048))
        (planned,) = invoice.payload["lines"]
        why = {"rule": "by-setting", "details": {"purpose": "<b>tips</b>"}}
        invoice.payload = invoice.payload | {"lines": [planned | {"why": why}, planned]}
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "Your settings name it for &lt;b&gt;tips&lt;/b&gt;." in visitor.page


MADE = '{"id": "1048", "total": {"amount": 12000}, "creation_time": "2026-11-23T04:35:00Z"}'


def _payment_sentence(site: Site, **columns: Any) -> str:
    """What the page says of the payment of an order that was made eleven hours ago."""
    site.add_connection(
        time_zone="America/New_York", settings=columns.pop("settings", {"start_date": "2026-11-01"})
    )
    with site.books() as books:
        order = books.order(1048, **({"raw": MADE} | columns))
        if columns.get("deleted_at"):
            books.posted(books.invoice(order), "77A-1")
    visitor = site.bookkeeper()
    assert visitor.get(PAGE).status_code == 200
    found = re.search(r"Its payment is expected by <time[^>]*>([^<]*)</time>[.]", visitor.page)
    return found[1] if found else ""


def test_an_unpaid_order_says_in_local_time_until_when_its_payment_is_expected(site: Site) -> None:
    assert _payment_sentence(site) == "23 Nov 2026, 19:35"


def test_the_hours_are_those_of_the_settings(site: Site) -> None:
    assert _payment_sentence(site, settings={"manual_payment_hours": 12}) == "23 Nov 2026, 11:35"


@pytest.mark.parametrize(
    "columns",
    [
        {"settings": {"manual_payment_hours": 10}},
        {"deleted_at": NOW},
        {"skip": "before-start-date"},
        {"raw": "{}"},
    ],
    ids=["that is over", "deleted in Keap", "not sent", "not told when it was made"],
)
def test_no_payment_is_expected_of_others(site: Site, columns: dict[str, Any]) -> None:
    assert _payment_sentence(site, **columns) == ""


def test_no_payment_is_expected_once_there_is_one(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.payment(books.order(1048, raw=MADE), 70, 12000)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "Its payment is expected" not in visitor.page


def test_the_page_says_why_the_order_goes_to_its_customer(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        invoice = books.invoice(books.order(1048))
        why = {"rule": "customer-email", "details": {"email": "<b>ada@example.com</b>"}}
        invoice.payload = invoice.payload | {"why": why}
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert (
        "It has the e-mail address of the order, &lt;b&gt;ada@example.com&lt;/b&gt;."
        in visitor.page
    )
