"""What planning answers: the records to make in QuickBooks, or why not. Values only.

A plan refers to a list record either by the ListID that QuickBooks gave it, or by the source key
of the posting that will make it (`NewRecord`).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One invoice line; `rate` is None where quantity x rate would not give `amount` exactly."""

    item: ListRef
    description: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal
    why: Reason = NO_REASON


@dataclass(frozen=True, slots=True)
class PlannedInvoice:
    """An invoice to be made. `total` in minor units is what QuickBooks has to come to."""

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


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """A payment to be applied to the order's invoice, by TxnID only."""

    source_key: str
    reference: str
    amount: int
    paid_on: date
    memo: str
    method_list_id: str = ""
    deposit_account_list_id: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDecision:
    """What becomes of one payment row: a payment, a hold, or a skip by settings."""

    payment_id: int
    planned: PlannedPayment | None = None
    hold: Hold | None = None
    skip: str = ""


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """What becomes of one order. Exactly one of `skip`, `hold` and `invoice` is set."""

    skip: str = ""
    hold: Hold | None = None
    invoice: PlannedInvoice | None = None
    customer: PlannedCustomer | None = None
    customer_update: PlannedCustomerUpdate | None = None
    items: tuple[PlannedItem, ...] = ()
    payments: tuple[PaymentDecision, ...] = ()
    notes: tuple[Note, ...] = ()


Planned = PlannedCustomer | PlannedCustomerUpdate | PlannedItem | PlannedInvoice | PlannedPayment


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


def invoice_from(payload: dict[str, Any]) -> PlannedInvoice:
    return msgspec.convert(payload, PlannedInvoice)


def payment_from(payload: dict[str, Any]) -> PlannedPayment:
    return msgspec.convert(payload, PlannedPayment)
