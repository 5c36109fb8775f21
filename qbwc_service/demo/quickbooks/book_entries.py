"""What the books of the company hold, as an auditor reads them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class BookCustomer:
    list_id: str
    full_name: str
    is_active: bool
    email: str
    guid: str
    balance: Decimal
    tax_code: str


@dataclass(frozen=True, slots=True)
class BookLine:
    """One line; `item` is the full name of today, `quantity` and `rate` as written or ""."""

    item: str
    description: str
    quantity: str
    rate: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _BookForm:
    """What all sales forms have; `total` is with sales tax, names are those of today."""

    txn_id: str
    number: str
    customer_id: str
    customer: str
    on: str
    total: Decimal
    sales_tax: Decimal
    guid: str
    memo: str
    lines: tuple[BookLine, ...]
    #: "" where the form has none
    terms: str
    class_name: str
    template: str
    sales_rep: str
    ship_method: str
    custom_fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BookInvoice(_BookForm):
    """One invoice; `balance` is what is still due."""

    balance: Decimal


@dataclass(frozen=True, slots=True)
class BookSalesReceipt(_BookForm):
    """One sale that was paid at once."""

    method: str
    check_number: str
    deposit_to: str
    is_deposited: bool


@dataclass(frozen=True, slots=True)
class BookSalesOrder(_BookForm):
    """One order; it owes nothing."""


@dataclass(frozen=True, slots=True)
class BookApplication:
    """So much of a credit (a payment or a credit memo) pays that invoice."""

    credit_id: str
    credit_type: str
    credit_number: str
    invoice_id: str
    invoice_number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BookCreditMemo(_BookForm):
    """One credit memo; `remaining` is neither applied to an invoice nor refunded."""

    remaining: Decimal
    applied: tuple[BookApplication, ...]


@dataclass(frozen=True, slots=True)
class BookPayment:
    """One payment received; `unused` pays no invoice and was not refunded."""

    txn_id: str
    ref_number: str
    customer_id: str
    customer: str
    on: str
    total: Decimal
    unused: Decimal
    method: str
    deposit_to: str
    guid: str
    memo: str
    applied: tuple[BookApplication, ...]
    is_deposited: bool


@dataclass(frozen=True, slots=True)
class BookRefunded:
    """So much of a credit was given back."""

    credit_id: str
    credit_type: str
    credit_number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BookRefund:
    """Money back to a customer; `account` is where it came from.

    The parts may be less than the total: a cheque can be made out for more than it refunds.
    """

    txn_id: str
    kind: Literal["card", "check"]
    number: str
    customer_id: str
    customer: str
    on: str
    total: Decimal
    account: str
    method: str
    guid: str
    memo: str
    refunds: tuple[BookRefunded, ...]


@dataclass(frozen=True, slots=True)
class Books:
    """`applications` are those of payments and credit memos to invoices, invoice by invoice."""

    customers: tuple[BookCustomer, ...]
    invoices: tuple[BookInvoice, ...]
    payments: tuple[BookPayment, ...]
    sales_receipts: tuple[BookSalesReceipt, ...]
    sales_orders: tuple[BookSalesOrder, ...]
    credit_memos: tuple[BookCreditMemo, ...]
    refunds: tuple[BookRefund, ...]
    applications: tuple[BookApplication, ...]
