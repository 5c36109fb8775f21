"""Transactions as they come back."""

from datetime import date
from decimal import Decimal

import pytest

from qbxml_builders import records
from qbxml_builders.answers import ErrorRecovery, parse
from qbxml_builders.txn_records import RefundKind, Removal, SaleKind
from tests.qbxml_builders.conversations import (
    CARD_REFUND,
    CHECK,
    CUSTOM_FIELD,
    INVOICE,
    PAYMENT,
    SALE,
    answer,
    ok,
    read,
)

CREATED, MODIFIED = "2026-03-01T10:20:30-05:00", "2026-03-02T10:20:30-05:00"
GUID = "{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}"


def line(number: int, group: str = "") -> records.LineRecord:
    return records.LineRecord(
        f"L{number}", "9-1", "A call", Decimal(2), Decimal("10.00"), Decimal("20.00"),
        "Non", "3-1", group,
    )  # fmt: skip


CUSTOM = records.DataExt("0", "Source", "Web")


def test_an_invoice_is_read_with_its_total_lines_and_payments() -> None:
    linked = records.LinkedTxn(
        "1B-1", "ReceivePayment", date(2026, 3, 2), "ch_1", Decimal("-14.95")
    )
    assert read(INVOICE) == records.InvoiceRecord(
        "1A-1", "1772", CREATED, MODIFIED, "80000002-1", "Harbour:Dock 4", "5-1",
        date(2026, 3, 1), "4417", "Keap 4417", Decimal("60.00"), Decimal("4.95"),
        Decimal("64.95"), Decimal("50.00"), False, "Order\n4417", "4417",
        GUID, "US Dollar", False, date(2026, 3, 31),
        (line(1), line(2, "G1"), line(3)), (linked,), (CUSTOM,),
    )  # fmt: skip


def test_an_invoice_without_tax_or_subtotal_has_no_invented_total() -> None:
    bare = read("<InvoiceRet><Subtotal>5.00</Subtotal></InvoiceRet>")
    none = read("<InvoiceRet><SalesTaxTotal>5.00</SalesTaxTotal></InvoiceRet>")
    assert isinstance(bare, records.InvoiceRecord)
    assert isinstance(none, records.InvoiceRecord)
    assert (bare.total, none.total) == (Decimal("5.00"), None)


def test_a_payment_is_read_with_what_it_pays_and_the_credits_it_uses() -> None:
    credit = records.LinkedTxn("1C-1", "CreditMemo", date(2026, 3, 3), "R4417", Decimal("-2.00"))
    applied = records.AppliedTxn(
        "1A-1", "Invoice", "4417", Decimal("14.95"), Decimal("50.00"), (credit,)
    )
    assert read(PAYMENT) == records.PaymentRecord(
        "1B-1", "1772", CREATED, MODIFIED, "80000002-1", "Harbour:Dock 4", "5-1",
        date(2026, 3, 2), "ch_1", Decimal("15.00"), Decimal("0.05"),
        "8-1", "whole id", "", "", (applied,),
    )  # fmt: skip


def test_a_payment_that_only_used_credits_comes_without_an_id() -> None:
    payment = read("<ReceivePaymentRet><UnusedCredits>1.00</UnusedCredits></ReceivePaymentRet>")
    assert payment == records.PaymentRecord(
        "", "", "", "", "", "", "", None, "", None, None, "", "", "", ""
    )


@pytest.mark.parametrize("kind", ["SalesReceipt", "SalesOrder", "CreditMemo"])
def test_a_receipt_an_order_and_a_credit_memo_are_read_alike(kind: SaleKind) -> None:
    linked = records.LinkedTxn(
        "1D-1", "ARRefundCreditCard", date(2026, 3, 4), "F1", Decimal("-20.00")
    )
    assert read(SALE.format(form=kind)) == records.SaleRecord(
        kind, "1C-1", "1772", CREATED, MODIFIED, "80000002-1", "Harbour:Dock 4", "5-1",
        date(2026, 3, 3), "R4417", "Keap 4417", Decimal("20.00"), Decimal("1.65"),
        Decimal("21.65"), Decimal("1.65"), "Order 4417", "4417", GUID, "US Dollar", True,
        date(2026, 3, 31), "8-1", (line(1), line(2, "G1")), (linked,), (CUSTOM,),
    )  # fmt: skip


def refund(kind: RefundKind, applied: records.AppliedTxn) -> records.RefundRecord:
    txn_id = "1E-1" if kind == "Check" else "1D-1"
    return records.RefundRecord(
        kind, txn_id, "1772", CREATED, MODIFIED, "80000002-1", "Harbour:Dock 4", "8-1",
        date(2026, 3, 4), "F1", Decimal("20.00"), "Refund", GUID, "US Dollar", (applied,),
    )  # fmt: skip


def test_a_card_refund_is_read_with_the_credit_that_it_pays_back() -> None:
    applied = records.AppliedTxn("1C-1", "CreditMemo", "R4417", Decimal("20.00"), Decimal("1.65"))
    assert read(CARD_REFUND) == refund("ARRefundCreditCard", applied)


def test_a_check_is_read_with_its_payee_and_linked_transactions() -> None:
    applied = records.AppliedTxn("1C-1", "CreditMemo", "R4417", Decimal("-20.00"), None)
    assert read(CHECK) == refund("Check", applied)


@pytest.mark.parametrize(("how", "when"), [("Del", "TimeDeleted"), ("Void", "TimeModified")])
def test_a_removal_is_read_from_the_response_itself(how: Removal, when: str) -> None:
    gone = (
        f"<Txn{how}Type>Invoice</Txn{how}Type><TxnID>1A-1</TxnID>"
        f"<TimeCreated>{CREATED}</TimeCreated><{when}>{MODIFIED}</{when}>"
        "<RefNumber>4417</RefNumber>"
    )
    kept = "<ErrorRecovery><TxnID>1A-1</TxnID></ErrorRecovery>"
    (response,) = parse(answer(ok(f"Txn{how}", gone + kept))).responses
    assert response.records == (records.RemovedRecord(how, "Invoice", "1A-1", MODIFIED, "4417"),)
    assert response.recovery == ErrorRecovery("", "1A-1", "", "")


@pytest.mark.parametrize("how", ["Del", "Void"])
def test_a_refused_removal_removed_nothing(how: str) -> None:
    refused = f'<Txn{how}Rs statusCode="3160" statusSeverity="Error"/>'
    (response,) = parse(answer(refused)).responses
    assert (response.ok, response.records) == (False, ())


def test_a_changed_custom_field_is_read() -> None:
    assert read(CUSTOM_FIELD) == CUSTOM
