"""Transactions with invented values, each field filled once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from qbxml_builders.credit_memos import CreditMemoAdd, credit_memo_add
from qbxml_builders.custom_fields import DataExt, data_ext_mod
from qbxml_builders.elements import Request
from qbxml_builders.invoices import (
    NEW_LINE,
    InvoiceAdd,
    InvoiceMod,
    Line,
    LineMod,
    invoice_add,
    invoice_mod,
)
from qbxml_builders.payments import Applied, Credit, ReceivePaymentAdd, receive_payment_add
from qbxml_builders.refs import Ref
from qbxml_builders.refunds import (
    CardRefundAdd,
    CheckRefundAdd,
    Refunded,
    card_refund_add,
    check_refund_add,
)
from qbxml_builders.removal import txn_delete, txn_void
from qbxml_builders.sales_orders import SalesOrderAdd, sales_order_add
from qbxml_builders.sales_receipts import SalesReceiptAdd, sales_receipt_add
from tests.qbxml_builders.values import ADDRESS, GUID


def full_line() -> Line:
    return Line(
        item=Ref(list_id="80000011-1772000000"),
        description="Coaching call\nwith notes",
        quantity=Decimal("1.5"),
        rate=Decimal("33.125"),
        class_ref=Ref(full_name="Online"),
        service_date=date(2026, 2, 27),
        sales_tax_code=Ref(full_name="Tax"),
        other1="a",
        other2="b",
    )


HEADER: dict[str, Any] = {
    "class_ref": Ref(full_name="Online"),
    "template": Ref(full_name="Web Form"),
    "bill_address": ADDRESS,
    "ship_address": ADDRESS,
    "due_date": date(2026, 3, 31),
    "sales_rep": Ref(full_name="AB"),
    "ship_date": date(2026, 3, 2),
    "ship_method": Ref(full_name="Courier"),
    "item_sales_tax": Ref(full_name="State Tax"),
    "memo": "Order 4417 — thanks",
    "customer_msg": Ref(full_name="Thank you!"),
    "customer_sales_tax_code": Ref(full_name="Non"),
    "other": "4417",
}
ACCOUNT: dict[str, Any] = {"ar_account": Ref(full_name="Accounts Receivable"), "is_pending": True}
TERMS: dict[str, Any] = {"po_number": "Keap 4417", "terms": Ref(full_name="Net 30")}


def full_form() -> dict[str, Any]:
    """What every new form may have."""
    return {
        "customer": Ref(list_id="80000001-1772000000"),
        "txn_date": date(2026, 3, 1),
        "ref_number": "4417",
        "lines": (
            replace(full_line(), data_ext=(DataExt("0", "Colour", "red"),)),
            Line(Ref(full_name="Discount"), amount=Decimal(-5)),
        ),
        "external_guid": GUID,
        "is_to_be_emailed": True,
        "is_to_be_printed": True,
        **HEADER,
    }


def full_invoice() -> InvoiceAdd:
    return InvoiceAdd(**full_form(), **ACCOUNT, **TERMS)


def full_sales_receipt() -> SalesReceiptAdd:
    return SalesReceiptAdd(
        **full_form(),
        is_pending=True,
        check_number="1001",
        payment_method=Ref(full_name="Visa"),
        deposit_to=Ref(full_name="Card Clearing"),
    )


def full_sales_order() -> SalesOrderAdd:
    order = SalesOrderAdd(**full_form(), **TERMS)
    return replace(order, lines=tuple(replace(line, service_date=None) for line in order.lines))


def full_credit_memo() -> CreditMemoAdd:
    return CreditMemoAdd(**full_form(), **ACCOUNT, **TERMS)


def full_invoice_mod() -> InvoiceMod:
    return InvoiceMod(
        "1A2B-1772000000",
        "1772000000",
        (LineMod("2A-1"), LineMod("2A-2", full_line()), LineMod(NEW_LINE, full_line())),
        customer=Ref(list_id="80000001-1772000000"),
        txn_date=date(2026, 3, 1),
        ref_number="4417",
        **HEADER,
        **ACCOUNT,
        **TERMS,
    )


def full_card_refund() -> CardRefundAdd:
    return CardRefundAdd(
        customer=Ref(list_id="80000001-1772000000"),
        txn_date=date(2026, 3, 4),
        ref_number="R4417",
        refunded=(Refunded(Decimal(20), macro="M4417"), Refunded(Decimal("0.5"), "1A2B-1")),
        refund_from=Ref(full_name="Card Clearing"),
        ar_account=Ref(full_name="Accounts Receivable"),
        payment_method=Ref(full_name="Visa"),
        memo="Refund of order 4417",
        external_guid=GUID,
    )


def full_check_refund() -> CheckRefundAdd:
    return CheckRefundAdd(
        bank_account=Ref(full_name="Checking"),
        customer=Ref(list_id="80000001-1772000000"),
        ar_account=Ref(full_name="Accounts Receivable"),
        txn_date=date(2026, 3, 4),
        ref_number="1042",
        total=Decimal("20.5"),
        refunded=(Refunded(Decimal(20), macro="M4417"), Refunded(Decimal("0.5"), "1A2B-1")),
        class_ref=Ref(full_name="Online"),
        memo="Refund of order 4417",
        external_guid=GUID,
    )


def full_payment() -> ReceivePaymentAdd:
    return ReceivePaymentAdd(
        customer=Ref(list_id="80000001-1772000000"),
        txn_date=date(2026, 3, 1),
        ref_number="ch_000000000000000001"[:20],
        total_amount=Decimal(60),
        applied=(
            Applied(Decimal("44.69"), macro="K4417"),
            Applied(
                Decimal(10),
                txn_id="1A2B-1772000000",
                credits=(Credit(Decimal(2), "1C-1"), Credit(Decimal("0.5"), macro="M4417")),
            ),
        ),
        ar_account=Ref(full_name="Accounts Receivable"),
        payment_method=Ref(full_name="Visa"),
        deposit_to=Ref(full_name="Card Clearing"),
        memo="whole id",
        external_guid=GUID,
    )


def credits_only() -> ReceivePaymentAdd:
    applied = Applied(None, macro="K4417", credits=(Credit(Decimal(2), macro="M4417"),))
    return ReceivePaymentAdd(Ref("1-2"), date(2026, 3, 1), "", Decimal(0), (applied,))


def bare_forms() -> list[Request]:
    lines = (Line(Ref("1-2"), amount=Decimal(1)),)
    day = date(2026, 3, 1)
    return [
        invoice_add("bare-invoice", InvoiceAdd(Ref("1-2"), day, "", lines)),
        sales_receipt_add("bare-receipt", SalesReceiptAdd(Ref("1-2"), day, "", lines)),
        sales_order_add("bare-order", SalesOrderAdd(Ref("1-2"), day, "", lines)),
        credit_memo_add("bare-memo", CreditMemoAdd(Ref("1-2"), day, "", lines)),
    ]


def every_transaction() -> list[Request]:
    """A request of every builder of transactions, of their removal and of their fields."""
    return [
        invoice_add("invoice", full_invoice(), macro="K4417"),
        sales_receipt_add("receipt", full_sales_receipt(), macro="S4417"),
        sales_order_add("order", full_sales_order(), macro="O4417"),
        credit_memo_add("memo", full_credit_memo(), macro="M4417"),
        *bare_forms(),
        invoice_mod("invoice-mod", full_invoice_mod()),
        invoice_mod("bare-invoice-mod", InvoiceMod("1-2", "1772000000", memo="Paid")),
        card_refund_add("card-refund", full_card_refund(), macro="F1"),
        check_refund_add("check-refund", full_check_refund(), macro="F2"),
        txn_delete("delete", "ReceivePayment", "1-2"),
        txn_void("void", "Invoice", "1-2"),
        data_ext_mod("ext-mod", "SalesOrder", "1-2", "Source", "Web"),
        receive_payment_add("payment", full_payment(), macro="P1"),
        receive_payment_add("credits", credits_only()),
        receive_payment_add(
            "unapplied",
            ReceivePaymentAdd(Ref("1-2"), date(2026, 3, 1), "9", Decimal("0.01")),
        ),
    ]
