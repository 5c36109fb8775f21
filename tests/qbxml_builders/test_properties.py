"""What holds for any text at all."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbxml_builders.addresses import LINE_LIMIT, LINES, Address
from qbxml_builders.answers import AnswerUnreadable, parse, parse_hcp
from qbxml_builders.credit_memos import credit_memo_add
from qbxml_builders.custom_fields import DataExt, data_ext_mod
from qbxml_builders.customers import CustomerAdd, customer_add
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.invoices import InvoiceAdd, InvoiceMod, Line, LineMod, invoice_add, invoice_mod
from qbxml_builders.items import ItemAdd, ItemKind, item_add
from qbxml_builders.lists import Page, customer_query, txn_deleted_query
from qbxml_builders.message_set import render
from qbxml_builders.payments import Applied, Credit, ReceivePaymentAdd, receive_payment_add
from qbxml_builders.refs import Ref
from qbxml_builders.refunds import CheckRefundAdd, Refunded, card_refund_add, check_refund_add
from qbxml_builders.removal import txn_delete, txn_void
from qbxml_builders.sales_orders import sales_order_add
from qbxml_builders.sales_receipts import sales_receipt_add
from qbxml_builders.session import company_query
from qbxml_builders.text import address_lines, list_name, shorten, to_quickbooks
from qbxml_builders.transactions import check_query
from tests.qbxml_builders.conversations import CARD_REFUND, CHECK, HCP, PAYMENT, SALE, answer, ok
from tests.qbxml_builders.examples import full_customer
from tests.qbxml_builders.reference import QBXML, faults
from tests.qbxml_builders.txn_examples import (
    full_card_refund,
    full_check_refund,
    full_credit_memo,
    full_invoice,
    full_invoice_mod,
    full_line,
    full_payment,
    full_sales_order,
    full_sales_receipt,
)
from tests.qbxml_builders.values import ADDRESS

T = TypeVar("T", bound=Any)

ANY_TEXT = st.text(st.characters(), max_size=60)
ANY_NUMBER = st.decimals()
ANY_AMOUNT = ANY_NUMBER | st.decimals(-(10**14), 10**14, places=2)
DAY = date(2026, 3, 1)
SUFFIXES = st.from_regex(r" \(K[0-9]{1,7}\)", fullmatch=True)


def assert_plain_qbxml(message: str) -> None:
    assert message.isascii()
    etree.fromstring(message.encode("ascii"))
    if QBXML.is_dir():
        assert faults(message, "13.0") == []


CUSTOMER_TEXTS = (
    "name", "company_name", "first_name", "last_name", "phone", "alt_phone", "email", "contact",
    "account_number", "notes", "external_guid",
)  # fmt: skip
FORM_TEXTS = ("ref_number", "memo", "other", "external_guid")
INVOICE_TEXTS = (*FORM_TEXTS, "po_number")
MOD_TEXTS = ("txn_id", "edit_sequence", "ref_number", "po_number", "memo", "other")
REFUND_TEXTS = ("ref_number", "memo", "external_guid")
LINE_TEXTS = ("description", "other1", "other2")
PAYMENT_TEXTS = ("ref_number", "memo", "external_guid")
ADDRESS_TEXTS = ("city", "state", "postal_code", "country")
WRITERS: list[Callable[[str], Request]] = [
    *(lambda t, f=f: customer_add("1", change(full_customer(), f, t)) for f in CUSTOMER_TEXTS),
    *(lambda t, f=f: invoice_add("1", change(full_invoice(), f, t)) for f in INVOICE_TEXTS),
    *(lambda t, f=f: credit_memo_add("1", change(full_credit_memo(), f, t)) for f in INVOICE_TEXTS),
    *(lambda t, f=f: sales_order_add("1", change(full_sales_order(), f, t)) for f in INVOICE_TEXTS),
    *(
        lambda t, f=f: sales_receipt_add("1", change(full_sales_receipt(), f, t))
        for f in (*FORM_TEXTS, "check_number")
    ),
    *(lambda t, f=f: invoice_mod("1", change(full_invoice_mod(), f, t)) for f in MOD_TEXTS),
    *(lambda t, f=f: card_refund_add("1", change(full_card_refund(), f, t)) for f in REFUND_TEXTS),
    *(
        lambda t, f=f: check_refund_add("1", change(full_check_refund(), f, t))
        for f in REFUND_TEXTS
    ),
    *(lambda t, f=f: with_line(change(full_line(), f, t)) for f in LINE_TEXTS),
    *(lambda t, f=f: with_payment(change(full_payment(), f, t)) for f in PAYMENT_TEXTS),
    *(lambda t, f=f: with_address(change(ADDRESS, f, t)) for f in ADDRESS_TEXTS),
    lambda t: with_address(Address((t, "street", t))),
    lambda t: with_line(change(full_line(), "item", Ref(full_name=t))),
    lambda t: with_line(change(full_line(), "item", Ref(list_id=t))),
    lambda t: invoice_add("1", full_invoice(), macro=t),
    lambda t: invoice_add(t, full_invoice()),
    lambda t: with_payment(change(full_payment(), "applied", (Applied(Decimal(1), t),))),
    lambda t: with_payment(change(full_payment(), "applied", (with_credit(t),))),
    lambda t: with_line(change(full_line(), "data_ext", (DataExt("0", t, t),))),
    lambda t: invoice_mod("1", InvoiceMod("1-2", "9", (LineMod(t, full_line()),))),
    lambda t: card_refund_add("1", change(full_card_refund(), "refunded", (refunded(t),))),
    lambda t: check_refund_add("1", change(full_check_refund(), "refunded", (refunded(t),))),
    lambda t: txn_delete("1", "SalesOrder", t),
    lambda t: txn_void("1", "Invoice", t),
    lambda t: data_ext_mod("1", "Invoice", t, t, t),
    lambda t: data_ext_mod("1", "Invoice", "1-2", "Source", t),
    lambda t: item_add("1", ItemAdd(ItemKind.SERVICE, t, Ref("1-2"), t)),
    lambda t: customer_query("1", full_names=(t,), fields=(t,)),
    lambda t: customer_query("1", modified_since=t, page=Page(1, t)),
    lambda t: company_query("1", owner_ids=(t,)),
    lambda t: txn_deleted_query("1", (t,), since=t),
    lambda t: check_query("1", customers=(t,), ref_number_range=(t, t), owner_ids=(t,)),
]


def change(record: T, field: str, value: object) -> T:
    return replace(record, **{field: value})


def with_line(line: Line) -> Request:
    return invoice_add("1", change(full_invoice(), "lines", (line,)))


def with_address(address: Address) -> Request:
    return customer_add("1", change(full_customer(), "bill_address", address))


def with_credit(text: str) -> Applied:
    return Applied(Decimal(1), "1-2", credits=(Credit(Decimal(1), text),))


def refunded(text: str) -> Refunded:
    return Refunded(Decimal(1), text)


def written_check(total: Decimal, parts: tuple[Refunded, ...]) -> CheckRefundAdd:
    return CheckRefundAdd(Ref("1-1"), Ref("1-2"), Ref("1-3"), DAY, "9", total, parts)


def with_payment(payment: ReceivePaymentAdd) -> Request:
    return receive_payment_add("1", payment)


@pytest.mark.parametrize("writer", WRITERS)
@given(ANY_TEXT)
@settings(max_examples=15, deadline=None)
def test_any_text_in_any_field_is_a_valid_message_or_refused(
    writer: Callable[[str], Request], text: str
) -> None:
    try:
        message = render([writer(text)])
    except QbxmlInvalid:
        return
    assert_plain_qbxml(message)


@given(ANY_AMOUNT, ANY_AMOUNT, ANY_AMOUNT)
@settings(max_examples=100, deadline=None)
def test_any_amount_is_paid_back_or_used_up_exactly_or_refused(
    first: Decimal, second: Decimal, credit: Decimal
) -> None:
    try:
        refunds = (Refunded(first, "1-1"), Refunded(second, "1-2"))
        used = (Credit(credit, "1-1"),)
        requests = [
            card_refund_add("1", change(full_card_refund(), "refunded", refunds)),
            check_refund_add("2", written_check(first, refunds[:1])),
            receive_payment_add(
                "3",
                ReceivePaymentAdd(
                    Ref("1"), DAY, "1", Decimal(0), (Applied(None, "1-2", credits=used),)
                ),
            ),
        ]
    except QbxmlInvalid:
        return
    message = render(requests)
    assert_plain_qbxml(message)
    root = etree.fromstring(message.encode("ascii"))
    values = [found.text or "" for found in root.iter("RefundAmount", "Amount", "AppliedAmount")]
    assert list(map(Decimal, values)) == [first, second, first, first, credit]


@given(ANY_AMOUNT, ANY_AMOUNT, ANY_AMOUNT)
@settings(max_examples=100, deadline=None)
def test_any_sum_of_parts_fits_or_is_refused(
    total: Decimal, first: Decimal, second: Decimal
) -> None:
    with contextlib.suppress(QbxmlInvalid):
        parts = (Refunded(first, "1-1"), Refunded(second, "1-2"))
        assert_plain_qbxml(render([check_refund_add("1", written_check(total, parts))]))
    with contextlib.suppress(QbxmlInvalid):
        applied = (Applied(first, "1-1"), Applied(second, "1-2"))
        payment = ReceivePaymentAdd(Ref("1"), DAY, "1", total, applied)
        assert_plain_qbxml(render([with_payment(payment)]))


@given(st.lists(ANY_TEXT, min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_that_was_fitted_is_a_valid_message(texts: list[str]) -> None:
    name, memo, *lines = texts
    address = address_lines(lines[:3], city=lines[3], state=lines[4], country=lines[5]).address
    plain = list_name(f"A{name}", 41, " (K1)").text
    notes = shorten(to_quickbooks(memo, keep_lines=True).text, 20).text
    customer = CustomerAdd(plain, bill_address=address, notes=notes)
    assert_plain_qbxml(render([customer_add("1", customer)]))


@given(ANY_AMOUNT, ANY_AMOUNT, ANY_AMOUNT)
@settings(max_examples=100, deadline=None)
def test_any_number_is_written_exactly_or_refused(
    first: Decimal, second: Decimal, third: Decimal
) -> None:
    try:
        line = Line(Ref("1"), quantity=first, rate=second)
        applied = (Applied(third, "1-1"),)
        requests = [
            invoice_add("1", InvoiceAdd(Ref("1"), DAY, "1", (line,))),
            receive_payment_add("2", ReceivePaymentAdd(Ref("1"), DAY, "1", third, applied)),
        ]
    except QbxmlInvalid:
        return
    message = render(requests)
    assert_plain_qbxml(message)
    root = etree.fromstring(message.encode("ascii"))
    values = [root.findtext(f".//{tag}", "") for tag in ("Quantity", "Rate", "PaymentAmount")]
    assert list(map(Decimal, values)) == [first, second, third]


@given(ANY_TEXT | st.sampled_from(HCP.split(">")).map(lambda part: f"<QBXML>{part}>"))
@settings(max_examples=200, deadline=None)
def test_parsing_raises_nothing_but_unreadable(text: str) -> None:
    parse_hcp(text)
    with contextlib.suppress(AnswerUnreadable):
        parse(text)


@given(st.integers(0, len(HCP)), st.integers(0, 40), ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_a_torn_answer_raises_nothing_but_unreadable(start: int, size: int, new: str) -> None:
    text = HCP[:start] + new + HCP[start + size :]
    parse_hcp(text)
    with contextlib.suppress(AnswerUnreadable):
        parse(text)


TRANSACTIONS = answer(
    ok("CreditMemoAdd", SALE.format(form="CreditMemo")),
    ok("ARRefundCreditCardAdd", CARD_REFUND),
    ok("CheckAdd", CHECK),
    ok("ReceivePaymentAdd", PAYMENT),
    ok("TxnDel", "<TxnDelType>Invoice</TxnDelType><TxnID>1A-1</TxnID>"),
)


@given(st.integers(0, len(TRANSACTIONS)), st.integers(0, 40), ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_a_torn_answer_about_transactions_raises_nothing_but_unreadable(
    start: int, size: int, new: str
) -> None:
    with contextlib.suppress(AnswerUnreadable):
        parse(TRANSACTIONS[:start] + new + TRANSACTIONS[start + size :])


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_clean_text_is_windows_1252_and_stays_as_it_is(text: str) -> None:
    for keep_lines in (False, True):
        cleaned = to_quickbooks(text, keep_lines=keep_lines).text
        cleaned.encode("cp1252")
        assert to_quickbooks(cleaned, keep_lines=keep_lines).text == cleaned
        assert cleaned == cleaned.strip()
    assert all(char.isprintable() for char in to_quickbooks(text).text)


@given(ANY_TEXT, st.integers(12, 60), SUFFIXES)
def test_a_list_name_is_never_over_its_limit_and_has_no_colon(
    text: str, limit: int, suffix: str
) -> None:
    name = list_name(text, limit, suffix).text
    assert len(name) <= limit
    assert ":" not in name
    assert name == name.strip()


@given(st.text(st.characters(codec="cp1252"), min_size=45), SUFFIXES, SUFFIXES)
def test_long_names_with_different_suffixes_stay_different(
    text: str, first: str, second: str
) -> None:
    one, other = list_name(text, 41, first), list_name(text, 41, second)
    if one.cut and other.cut:
        assert (one.text == other.text) == (first == second)


@given(st.lists(ANY_TEXT, max_size=8), ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_an_address_always_fits_and_loses_no_word_in_silence(
    lines: list[str], city: str, state: str, postal_code: str, country: str
) -> None:
    fitted = address_lines(lines, city=city, state=state, postal_code=postal_code, country=country)
    found = fitted.address
    assert len(found.lines) <= LINES
    assert all(0 < len(line) <= LINE_LIMIT for line in found.lines)
    limits = ((found.city, 31), (found.state, 21), (found.postal_code, 13), (found.country, 31))
    assert all(len(part) <= limit for part, limit in limits)
    kept = "".join((*found.lines, *fitted.cut, found.city, found.state, found.postal_code))
    meant = "".join(to_quickbooks(part).text for part in (*lines, city, state, postal_code))
    count = sum(map(str.isalnum, kept + found.country))
    assert count == sum(map(str.isalnum, meant + to_quickbooks(country).text))
