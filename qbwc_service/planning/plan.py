"""What planning answers: the records to make in QuickBooks, or why not. Values only.

A plan refers to a list record either by the ListID that QuickBooks gave it, or by the source key
of the posting that will make it (`NewRecord`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits for a person. `cause` is an id of the message catalogue."""

    cause: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Goes on, but somebody should know: an error-log entry without a hold."""

    message: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why this record was chosen. `rule` is an id of `matching.reasons`."""

    rule: str = ""
    details: dict[str, str] = field(default_factory=dict)


NO_REASON = Reason()


@dataclass(frozen=True, slots=True)
class ListRef:
    """A list record: its ListID, or the source key of the posting that makes it."""

    list_id: str = ""
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class PlannedAddress:
    """An address that fits QuickBooks' limits."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class PlannedCustomer:
    """A customer to be made. `name` is an identity: never cut without its suffix."""

    source_key: str
    name: str
    company: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    bill_to: PlannedAddress | None = None
    tax_code_list_id: str = ""


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """How a customer is reached; "" and None where nothing is said of it."""

    email: str = ""
    phone: str = ""
    bill_to: PlannedAddress | None = None


@dataclass(frozen=True, slots=True)
class PlannedCustomerUpdate:
    """Contact details that a customer of QuickBooks is to get. What `wanted` leaves out is not
    touched; `before` is what QuickBooks had there when it was planned."""

    source_key: str
    contact_id: str
    #: the order that it came up with: where it is told
    order_id: int
    list_id: str
    name: str
    wanted: ContactDetails
    before: ContactDetails


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item to be made: a service or non-inventory item, or another charge for shipping, tax and
    the like; never one with stock."""

    source_key: str
    name: str
    is_other_charge: bool
    account_list_id: str
    description: str = ""
    is_non_inventory: bool = False


class SaleForm(StrEnum):
    """Which form of QuickBooks an order becomes."""

    INVOICE = "invoice"
    SALES_RECEIPT = "sales-receipt"
    SALES_ORDER = "sales-order"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a form; `rate` is None where quantity x rate would not give `amount` exactly."""

    item: ListRef
    description: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal
    why: Reason = NO_REASON
    #: QuickBooks reckons sales tax on it
    is_taxed: bool = False


@dataclass(frozen=True, slots=True)
class PlannedSale:
    """The form that an order becomes. `total` in minor units is what QuickBooks has to come to,
    with `tax` of it reckoned by QuickBooks itself."""

    #: RefNumber; "" where QuickBooks gives the next one
    number: str
    customer: ListRef
    placed_on: date
    total: int
    lines: tuple[PlannedLine, ...]
    memo: str
    po_number: str
    bill_to: PlannedAddress | None = None
    ship_to: PlannedAddress | None = None
    ar_account_list_id: str = ""
    terms_list_id: str = ""
    class_list_id: str = ""
    template_list_id: str = ""
    sales_rep_list_id: str = ""
    ship_method_list_id: str = ""
    #: why this customer
    why: Reason = NO_REASON
    form: SaleForm = SaleForm.INVOICE
    #: the number before it was cut to QuickBooks' 11 characters
    full_number: str = ""
    tax: int = 0
    tax_item_list_id: str = ""
    other: str = ""
    due_on: date | None = None
    is_to_be_printed: bool = False
    is_to_be_emailed: bool = False
    #: of a sales receipt, which is its own payment
    method_list_id: str = ""
    deposit_account_list_id: str = ""
    #: custom fields of the form: name in QuickBooks -> value
    custom_fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """A payment for the order's invoice, applied by TxnID only. `applied` is the part that the
    invoice takes (None: all of it); the rest stays the customer's credit."""

    source_key: str
    reference: str
    amount: int
    paid_on: date
    memo: str
    method_list_id: str = ""
    deposit_account_list_id: str = ""
    applied: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedCreditMemo:
    """A credit memo for the customer that the order's form has now, and on its A/R account;
    `ar_account_list_id` is for a form that has none."""

    source_key: str
    number: str
    amount: int
    placed_on: date
    lines: tuple[PlannedLine, ...]
    memo: str
    full_number: str = ""
    tax: int = 0
    tax_item_list_id: str = ""
    ar_account_list_id: str = ""
    class_list_id: str = ""


@dataclass(frozen=True, slots=True)
class PlannedCreditUse:
    """The credit memo of the same source row is applied to the order's invoice."""

    source_key: str
    amount: int
    placed_on: date


class RefundForm(StrEnum):
    """What uses up the credit memo of a refund."""

    CARD = "card"
    CHEQUE = "cheque"


@dataclass(frozen=True, slots=True)
class PlannedRefund:
    """Money that went back; it uses up the credit memo of the same source row."""

    source_key: str
    form: RefundForm
    number: str
    amount: int
    paid_on: date
    memo: str
    method_list_id: str = ""
    #: paid from; "" where QuickBooks is to choose
    account_list_id: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRemoval:
    """A transaction of ours is to be deleted in QuickBooks, or voided."""

    source_key: str
    is_void: bool
    #: the posting that made it; None: the form of its order, whichever that is then
    posting_id: int | None = None
    amount: int = 0
    #: a person wants it although something of somebody else's is lost with it
    even_so: bool = False


@dataclass(frozen=True, slots=True)
class PlannedCustomFields:
    """Custom fields that a form of ours is to have: name in QuickBooks -> value."""

    source_key: str
    fields: Mapping[str, str]
    #: what they held when they were looked at first; None before
    before: Mapping[str, str] | None = None
    #: nobody had touched the form then
    is_untouched: bool = False


PlannedOfRow = (
    PlannedPayment | PlannedCreditMemo | PlannedCreditUse | PlannedRefund | PlannedRemoval
)


@dataclass(frozen=True, slots=True)
class PaymentDecision:
    """What becomes of one payment row: records, a hold, or a skip by settings. `in_sale`: the sales
    receipt of its order is its record."""

    payment_id: int
    planned: tuple[PlannedOfRow, ...] = ()
    hold: Hold | None = None
    skip: str = ""
    in_sale: bool = False
    #: items that its records need and nobody has made yet
    items: tuple[PlannedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """What becomes of one order. Exactly one of `skip`, `hold` and `sale` is set."""

    skip: str = ""
    hold: Hold | None = None
    sale: PlannedSale | None = None
    customer: PlannedCustomer | None = None
    customer_update: PlannedCustomerUpdate | None = None
    items: tuple[PlannedItem, ...] = ()
    payments: tuple[PaymentDecision, ...] = ()
    notes: tuple[Note, ...] = ()
    #: a form in QuickBooks may follow an edit in Keap
    may_update: bool = False


Planned = (
    PlannedCustomer
    | PlannedCustomerUpdate
    | PlannedItem
    | PlannedSale
    | PlannedCustomFields
    | PlannedOfRow
)


def to_payload(planned: Planned) -> dict[str, Any]:
    """As JSON-ready values, Decimals and dates as text."""
    payload: dict[str, Any] = msgspec.to_builtins(planned)
    return payload


def customer_from(payload: dict[str, Any]) -> PlannedCustomer:
    return msgspec.convert(payload, PlannedCustomer)


def customer_update_from(payload: dict[str, Any]) -> PlannedCustomerUpdate:
    return msgspec.convert(payload, PlannedCustomerUpdate)


def item_from(payload: dict[str, Any]) -> PlannedItem:
    return msgspec.convert(payload, PlannedItem)


def planned_sale_from(payload: dict[str, Any]) -> PlannedSale:
    return msgspec.convert(payload, PlannedSale)


def payment_from(payload: dict[str, Any]) -> PlannedPayment:
    return msgspec.convert(payload, PlannedPayment)


def credit_memo_from(payload: dict[str, Any]) -> PlannedCreditMemo:
    return msgspec.convert(payload, PlannedCreditMemo)


def credit_use_from(payload: dict[str, Any]) -> PlannedCreditUse:
    return msgspec.convert(payload, PlannedCreditUse)


def refund_from(payload: dict[str, Any]) -> PlannedRefund:
    return msgspec.convert(payload, PlannedRefund)


def removal_from(payload: dict[str, Any]) -> PlannedRemoval:
    return msgspec.convert(payload, PlannedRemoval)


def custom_fields_from(payload: dict[str, Any]) -> PlannedCustomFields:
    return msgspec.convert(payload, PlannedCustomFields)
