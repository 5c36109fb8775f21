"""What planning reads: a sale as any shop would tell it. Amounts are integer minor units.

Nothing here is Keap's own: `staging.from_keap` makes these values, and so would another source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class LineKind(StrEnum):
    """What a line is in the books."""

    PRODUCT = "product"
    SHIPPING = "shipping"
    TAX = "tax"
    DISCOUNT = "discount"
    FINANCE_CHARGE = "finance-charge"
    TIP = "tip"
    #: also finance charges and tips that were read before they were told apart
    FEE = "fee"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SalesLine:
    """One line. `discount` is what some discount lines carry instead of a negative price."""

    kind: LineKind
    #: the source's own word for the kind, for the message when it is unknown
    source_kind: str
    name: str
    description: str
    sku: str
    quantity: Decimal
    unit_price: int
    discount: int = 0
    #: whether the source says that the product is taxed
    is_taxable: bool = True


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address as the source has it; cut to QuickBooks' limits when it is planned."""

    name: str = ""
    company: str = ""
    street: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The contact of the order."""

    contact_id: str
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    bill_to: PostalAddress | None = None
    #: what the source files the contact under (Keap: tag ids); for rules
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """One order. `placed_on` is the day in the account's time zone."""

    order_id: int
    invoice_id: str
    title: str
    placed_on: date
    currency: str
    total: int
    buyer: Buyer
    lines: tuple[SalesLine, ...]
    ship_to: PostalAddress | None = None
    is_draft: bool = False
    came_from_quickbooks: bool = False
    #: the source's own word for where the order stands
    source_status: str = ""
    #: what the source says was paid; None where it does not tell
    total_paid: int | None = None
    #: what the source says was given back; None where it does not tell
    refund_total: int | None = None
    #: the source's own words for where the order came from (Keap: source_type and order_type)
    source: str = ""
    order_type: str = ""
    notes: str = ""
    promo_code: str = ""
    due_on: date | None = None
    #: custom fields of the order, by the source's id of the field
    custom_fields: Mapping[str, str] = field(default_factory=dict)


class Override(StrEnum):
    """What a person said goes for one order, whatever the rules say."""

    #: send it even if the settings would skip it
    SETTINGS = "settings"
    #: its payments are right although they do not come to what the source says was paid
    PAYMENT_SUM = "payment-sum"
    #: it is right in the books although the source does not have it any more
    DELETED = "deleted"
    #: once its invoice was deleted in QuickBooks it is sent anew, this once
    SEND_AGAIN = "send-again"
    #: its refunds are right although they do not come to what the source says was given back
    REFUND_SUM = "refund-sum"


class PaymentKind(StrEnum):
    """What a payment row is: only CASH is money received."""

    CASH = "cash"
    #: through a merchant account in test mode
    TEST = "test"
    CREDIT = "credit"
    REFUND = "refund"
    NOT_COMPLETED = "not-completed"
    #: the source gives it a status that nobody told us of: perhaps money, perhaps not
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class ReceivedPayment:
    """The part of a payment that belongs to one order."""

    payment_id: int
    order_id: int
    kind: PaymentKind
    #: the source's own words for kind and status, for messages
    source_kind: str
    source_status: str
    amount: int
    paid_on: date
    method: str
    #: the gateway's transaction id; "" for manual payments
    transaction_id: str
    #: every order the payment pays
    order_ids: tuple[int, ...]
    #: `amount` is the whole payment over several orders: this order's part is not known
    is_whole: bool = False
