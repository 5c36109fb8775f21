"""Keap's records (REST v2), as far as accounting needs them.

Every field may be missing and gets its default; unknown fields are ignored; enumerations stay
text, because Keap adds values without notice. Ids are text; an absent one ("", "0", null) is "".
Times are aware and in UTC. `raw` is the record's JSON as received.
Source: v2 OpenAPI schemas OrderV2, OrderItem, CustomFieldValue, Payment, InvoiceOrderPayment,
Contact.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

#: a time with its zone; one without is read as UTC
Instant = Annotated[datetime, msgspec.Meta(tz=True)]

#: digits before or behind the point that an amount or quantity may have
LARGEST_EXPONENT = 18


class Money(msgspec.Struct, frozen=True):
    """A CurrencyValue: `minor` is in the smallest unit (cents), `currency` three letters or ""."""

    minor: int = msgspec.field(name="amount")
    currency: str = msgspec.field(name="currency_code", default="")


class ContactStub(msgspec.Struct, frozen=True):
    """The contact as an order names it: no company, no address; read the contact for those."""

    id: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""


class Address(msgspec.Struct, frozen=True):
    """`field` is BILLING, SHIPPING or OTHER on a contact; `country_code` is alpha-3."""

    field: str = ""
    line1: str = ""
    line2: str = ""
    locality: str = ""
    region: str = ""
    region_code: str = ""
    country: str = ""
    country_code: str = ""
    postal_code: str = ""
    zip_code: str = ""


class ShippingInformation(msgspec.Struct, frozen=True):
    """Where an order is shipped to."""

    company: str = ""
    given_name: str = ""
    family_name: str = ""
    address: Address = Address()


class ProductStub(msgspec.Struct, frozen=True):
    """The product as an order's line names it; `taxable` is None where Keap does not tell."""

    id: str = ""
    name: str = ""
    sku: str = ""
    taxable: bool | None = None


class OrderItem(msgspec.Struct, frozen=True):
    """One line of an order; tax, shipping, fees and discounts are lines too.

    None for an amount means that Keap did not send one. `discount` tells the amount on lines
    whose type is a discount; its sign, and that of `price_per_unit`, is not documented.
    """

    id: str = ""
    name: str = ""
    description: str = ""
    notes: str = ""
    item_type: str = ""
    quantity: Decimal = Decimal(1)
    price_per_unit: Money | None = None
    discount: Money | None = None
    product: ProductStub | None = None
    subscription_id: str = ""

    def __post_init__(self) -> None:
        """Refuses a quantity that is no number."""
        _require_sane(self.quantity)


class CustomField(msgspec.Struct, frozen=True):
    """A field that the account made itself; the API leaves open what `content` is."""

    id: str = ""
    content: Any = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order. `status` is that of its invoice document, never a proof of payment."""

    id: str
    total: Money
    title: str = ""
    notes: str = ""
    terms: str = ""
    status: str = ""
    total_paid: Money | None = None
    refund_total: Money | None = None
    contact: ContactStub = ContactStub()
    source_type: str = ""
    order_type: str = ""
    creation_time: Instant | None = None
    modification_time: Instant | None = None
    order_time: Instant | None = None
    due_time: Instant | None = None
    invoice_id: str = ""
    order_items: tuple[OrderItem, ...] = ()
    shipping_information: ShippingInformation | None = None
    promo_code: str = ""
    custom_fields: tuple[CustomField, ...] = ()
    raw: bytes = b""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment of the whole account's feed. `amount` is in major units, exact as sent.

    `type` is a label ("Credit Card", "Check", "Adjustment", "Credit", "Refund" ...): Keap keeps
    credits and adjustments as payments. One payment may name several orders.
    """

    id: str
    amount: Decimal
    type: str = ""
    note: str = ""
    status: str = ""
    payment_time: Instant | None = None
    update_time: Instant | None = None
    contact_id: str = ""
    order_ids: tuple[str, ...] = ()
    external_transaction_id: str = ""
    merchant_account_id: str = ""
    merchant_account_type: str = ""
    raw: bytes = b""

    def __post_init__(self) -> None:
        """Refuses an amount that is no number."""
        _require_sane(self.amount)


class OrderPayment(msgspec.Struct, frozen=True, kw_only=True):
    """What one payment gave to one order's invoice.

    The unit of `amount` is not documented (examples show both 305.0 and 10000): the number is
    exact as sent, and the reader must settle whether it is major or minor.
    """

    id: str
    amount: Decimal
    note: str = ""
    invoice_id: str = ""
    payment_id: str = ""
    pay_status: str = ""
    raw: bytes = b""

    def __post_init__(self) -> None:
        """Refuses an amount that is no number."""
        _require_sane(self.amount)


class Company(msgspec.Struct, frozen=True):
    """The company of a contact."""

    id: str = ""
    company_name: str = ""


class EmailAddress(msgspec.Struct, frozen=True):
    """`field` is EMAIL1 to EMAIL3; the first is the main one."""

    email: str = ""
    field: str = ""


class PhoneNumber(msgspec.Struct, frozen=True):
    """`field` is PHONE1 to PHONE5."""

    number: str = ""
    field: str = ""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person, with the company as part of it."""

    id: str
    given_name: str = ""
    family_name: str = ""
    company: Company = Company()
    email_addresses: tuple[EmailAddress, ...] = ()
    phone_numbers: tuple[PhoneNumber, ...] = ()
    addresses: tuple[Address, ...] = ()
    time_zone: str = ""
    tag_ids: tuple[str, ...] = ()
    create_time: Instant | None = None
    update_time: Instant | None = None
    raw: bytes = b""


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A product; `sku` is the name that an item in QuickBooks may have."""

    id: str
    name: str = ""
    sku: str = ""
    description: str = ""
    price: Money | None = None
    active: bool = True
    taxable: bool = False
    raw: bytes = b""


class BusinessProfile(msgspec.Struct, frozen=True, kw_only=True):
    """The account itself: `time_zone` is an IANA name, `currency_code` three letters."""

    name: str = ""
    email: str = ""
    time_zone: str = ""
    currency_code: str = ""
    raw: bytes = b""


class Merchant(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant account; payments through one in test mode are no money."""

    id: str
    name: str = ""
    is_test: bool = False
    raw: bytes = b""


class UserInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Whose key it is; `tenant_id` is "" where Keap does not tell."""

    id: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""
    tenant_id: str = ""
    raw: bytes = b""


def _require_sane(number: Decimal) -> None:
    """A number that somebody may have meant: later arithmetic with it cannot overflow."""
    if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise ValueError(f"not a number: {str(number)[:40]}")
