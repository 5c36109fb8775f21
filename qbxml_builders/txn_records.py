"""What QuickBooks returns of transactions, read leniently like every record (see ``records``).

``ext`` holds the extra fields whose OwnerID the query named; ``linked`` comes only where it asked
for linked transactions, ``lines`` and ``applied`` only where it asked for lines.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from qbxml_builders.custom_fields import DataExt

SaleKind = Literal["SalesReceipt", "SalesOrder", "CreditMemo"]
RefundKind = Literal["ARRefundCreditCard", "Check"]
Removal = Literal["Del", "Void"]


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line of a sales form; the lines of a group stand in its place.

    ``group_line_id`` is the TxnLineID of that group, "" for a line of its own.
    """

    txn_line_id: str
    item_list_id: str
    description: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal | None
    sales_tax_code: str
    class_list_id: str
    group_line_id: str = ""


@dataclass(frozen=True, slots=True)
class LinkedTxn:
    """A transaction that another one is linked to; a payment's amount is negative here."""

    txn_id: str
    txn_type: str
    txn_date: date | None
    ref_number: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """InvoiceRet. It carries no total: ``total`` is subtotal + sales tax, None without a subtotal.

    A pending invoice posts nothing.
    """

    txn_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    customer_list_id: str
    customer_full_name: str
    ar_account_list_id: str
    txn_date: date | None
    ref_number: str
    po_number: str
    subtotal: Decimal | None
    sales_tax_total: Decimal | None
    total: Decimal | None
    balance_remaining: Decimal | None
    is_paid: bool | None
    memo: str
    other: str
    external_guid: str
    currency: str
    is_pending: bool | None
    due_date: date | None
    lines: tuple[LineRecord, ...] = ()
    linked: tuple[LinkedTxn, ...] = ()
    ext: tuple[DataExt, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleRecord:
    """SalesReceiptRet, SalesOrderRet or CreditMemoRet; what one of these forms lacks is "" or None.

    Only a credit memo has an A/R account and ``credit_remaining`` (neither applied nor refunded
    yet), only a sales receipt a payment method and a deposit account; it has no linked
    transactions. A pending form, like every sales order, posts nothing.
    """

    kind: SaleKind
    txn_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    customer_list_id: str
    customer_full_name: str
    ar_account_list_id: str
    txn_date: date | None
    ref_number: str
    po_number: str
    subtotal: Decimal | None
    sales_tax_total: Decimal | None
    total: Decimal | None
    credit_remaining: Decimal | None
    memo: str
    other: str
    external_guid: str
    currency: str
    is_pending: bool | None
    due_date: date | None
    deposit_account_list_id: str
    lines: tuple[LineRecord, ...] = ()
    linked: tuple[LinkedTxn, ...] = ()
    ext: tuple[DataExt, ...] = ()


@dataclass(frozen=True, slots=True)
class AppliedTxn:
    """What a payment pays, or a refund pays back: the amount, and what then remains of it.

    ``balance_remaining`` is what is still due, of a refunded credit what is left of it. ``linked``
    are the credits that were used together with the payment.
    """

    txn_id: str
    txn_type: str
    ref_number: str
    amount: Decimal | None
    balance_remaining: Decimal | None
    linked: tuple[LinkedTxn, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """ReceivePaymentRet; ``unused_payment`` is the customer's credit that it leaves.

    Where a request only used credits, QuickBooks makes no transaction: ``txn_id`` is "" then.
    """

    txn_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    customer_list_id: str
    customer_full_name: str
    ar_account_list_id: str
    txn_date: date | None
    ref_number: str
    total_amount: Decimal | None
    unused_payment: Decimal | None
    deposit_account_list_id: str
    memo: str
    external_guid: str
    currency: str
    applied: tuple[AppliedTxn, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """ARRefundCreditCardRet, or CheckRet: any check, whatever it was written for.

    Of a check the customer is its payee, perhaps a vendor, and ``applied`` are its linked
    transactions with the amounts as QuickBooks signs them, without what remains. The account is
    the one that the money comes from.
    """

    kind: RefundKind
    txn_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    customer_list_id: str
    customer_full_name: str
    account_list_id: str
    txn_date: date | None
    ref_number: str
    total: Decimal | None
    memo: str
    external_guid: str
    currency: str
    applied: tuple[AppliedTxn, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovedRecord:
    """A transaction that this request deleted (``how`` is "Del") or voided, and when."""

    how: Removal
    type: str
    txn_id: str
    time: str
    ref_number: str
