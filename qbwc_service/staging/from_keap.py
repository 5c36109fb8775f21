"""Keap's records -> the values that planning reads. Pure.

ValueError
└── RecordUnusable    Keap sent it well-formed, but without what the books need

Which words mean what: REST v2 OpenAPI, OrderItem.item_type, Payment.status and Payment.type.
"""

import dataclasses
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from keap.decoding import ShapeError, decode_record
from keap.records import (
    Address,
    Contact,
    ContactStub,
    Order,
    OrderItem,
    OrderPayment,
    Payment,
    ShippingInformation,
)
from qbwc_service.planning.money import minor_units
from qbwc_service.planning.order import (
    Buyer,
    LineKind,
    PaymentKind,
    PostalAddress,
    ReceivedPayment,
    SalesLine,
    SalesOrder,
)
from qbwc_service.staging.parts import Part

#: what the columns and QuickBooks' amounts hold with room to spare
_LONGEST_ID = 18
_LARGEST_AMOUNT = 10**15
_LONGEST_TEXT_ID = 40

_LINE_KINDS = {
    "PRODUCT": LineKind.PRODUCT,
    "SERVICE": LineKind.PRODUCT,
    "UPSELL": LineKind.PRODUCT,
    "PROGRAM": LineKind.PRODUCT,
    "PACKAGE": LineKind.PRODUCT,
    "SUBSCRIPTION": LineKind.PRODUCT,
    "SHIPPING": LineKind.SHIPPING,
    "TAX": LineKind.TAX,
    "FINANCE_CHARGE": LineKind.FINANCE_CHARGE,
    "FEE": LineKind.FEE,
    "TIP": LineKind.TIP,
}
_FROM_QUICKBOOKS = frozenset({"QUICKBOOKS", "QBO_SYNC"})
_NOT_COMPLETED = ("PENDING", "FAILED", "ERROR", "DECLINED", "VOID")
#: NONE and "" stand on payments that were typed by hand
_COMPLETED = frozenset({"APPROVED", "COMPLETED", "NONE", ""})
_CREDIT_TYPES = frozenset({"ADJUSTMENT", "CREDIT"})


class RecordUnusable(ValueError):
    """`reason` is a sentence part for the error log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def sales_order(order: Order, *, zone: ZoneInfo, account_currency: str) -> SalesOrder:
    """The order, dated in `zone`, with the contact as the order names it. Raises RecordUnusable."""
    currency = order.total.currency or account_currency
    if len(currency) != 3:
        raise RecordUnusable(f"its currency {currency!r} is not three letters")
    return SalesOrder(
        order_id=_number(order.id, "order id"),
        invoice_id=_text_id(order.invoice_id, "invoice id"),
        title=order.title,
        placed_on=_day(order.order_time or order.creation_time, zone, "order date"),
        currency=currency,
        total=_amount(order.total.minor),
        buyer=_stub(order.contact),
        lines=tuple(_line(item) for item in order.order_items),
        ship_to=_ship_to(order.shipping_information),
        is_draft=order.status == "DRAFT",
        came_from_quickbooks=order.source_type in _FROM_QUICKBOOKS,
        source_status=order.status,
        total_paid=_amount(order.total_paid.minor) if order.total_paid else None,
    )


def made_at(raw: str) -> datetime | None:
    """When the order was made, out of Keap's own text; None where that does not tell."""
    try:
        return decode_record(raw.encode(), Order).creation_time
    except ShapeError:
        return None


def buyer(contact: Contact) -> Buyer:
    """The contact with its first e-mail address, telephone and billing address."""
    name = f"{contact.given_name} {contact.family_name}".strip()
    company = contact.company.company_name
    address = _preferred(contact.addresses, "BILLING")
    email = _preferred(contact.email_addresses, "EMAIL1")
    phone = _preferred(contact.phone_numbers, "PHONE1")
    return Buyer(
        contact_id=_text_id(contact.id, "contact id"),
        first_name=contact.given_name,
        last_name=contact.family_name,
        company=company,
        email=email.email if email else "",
        phone=phone.number if phone else "",
        bill_to=_postal(address, name=name, company=company) if address else None,
    )


def received_payments(
    payment: Payment, *, zone: ZoneInfo, test_merchants: Collection[str] = ()
) -> tuple[ReceivedPayment, ...]:
    """One row an order, each with the whole amount and every order id; one row for order 0 where
    the payment names none. Raises RecordUnusable.
    """
    named = dict.fromkeys(_number(order_id, "order id") for order_id in payment.order_ids)
    order_ids = tuple(named) or (0,)
    whole = ReceivedPayment(
        payment_id=_number(payment.id, "payment id"),
        order_id=0,
        kind=payment_kind(payment, test_merchants),
        source_kind=payment.type,
        source_status=payment.status,
        amount=_payment_amount(payment),
        paid_on=_day(payment.payment_time, zone, "payment date"),
        method=_card_brand(payment) or payment.type,
        transaction_id=payment.external_transaction_id,
        order_ids=tuple(named),
        is_whole=len(named) > 1,
    )
    return tuple(dataclasses.replace(whole, order_id=order_id) for order_id in order_ids)


def order_part(row: OrderPayment, order_id: int) -> Part:
    """What one payment gave to this order. Raises RecordUnusable."""
    return Part(
        row_id=_number(row.id, "row id"),
        order_id=order_id,
        payment_id=_number(row.payment_id or "0", "payment id"),
        amount=row.amount,
        pay_status=row.pay_status,
    )


def payment_kind(payment: Payment, test_merchants: Collection[str] = ()) -> PaymentKind:
    """Only CASH is money received; a status that is new to us waits for a person, as a credit."""
    status = payment.status.strip().upper()
    label = payment.type.strip().upper()
    if status.startswith(_NOT_COMPLETED):
        return PaymentKind.NOT_COMPLETED
    if payment.merchant_account_id and payment.merchant_account_id in test_merchants:
        return PaymentKind.TEST
    if label == "REFUND" or status.startswith("REFUND") or payment.amount < 0:
        return PaymentKind.REFUND
    if label in _CREDIT_TYPES or status not in _COMPLETED:
        return PaymentKind.CREDIT
    return PaymentKind.CASH


# -- the parts ------------------------------------------------------------------------------------


def _line(item: OrderItem) -> SalesLine:
    return SalesLine(
        kind=_line_kind(item.item_type),
        source_kind=item.item_type,
        name=item.name,
        description=item.description,
        sku=item.product.sku if item.product else "",
        quantity=item.quantity,
        unit_price=item.price_per_unit.minor if item.price_per_unit else 0,
        discount=item.discount.minor if item.discount else 0,
    )


def _line_kind(item_type: str) -> LineKind:
    if item_type.startswith("DISCOUNT"):
        return LineKind.DISCOUNT
    return _LINE_KINDS.get(item_type, LineKind.UNKNOWN)


def _stub(contact: ContactStub) -> Buyer:
    return Buyer(
        contact_id=_text_id(contact.id, "contact id"),
        first_name=contact.given_name,
        last_name=contact.family_name,
        email=contact.email,
    )


def _ship_to(shipping: ShippingInformation | None) -> PostalAddress | None:
    if shipping is None:
        return None
    name = f"{shipping.given_name} {shipping.family_name}".strip()
    return _postal(shipping.address, name=name, company=shipping.company)


def _postal(address: Address, *, name: str, company: str) -> PostalAddress:
    return PostalAddress(
        name=name,
        company=company,
        street=tuple(line for line in (address.line1, address.line2) if line),
        city=address.locality,
        # ISO 3166-2: "US-AZ" is Arizona in the United States.
        state=address.region_code.rpartition("-")[2] or address.region,
        postal_code=address.postal_code or address.zip_code,
        country=address.country or address.country_code,
    )


class _HasField(Protocol):
    @property
    def field(self) -> str: ...


_F = TypeVar("_F", bound=_HasField)


def _preferred(choices: Iterable[_F], field: str) -> _F | None:
    """The one in that field of the contact, else the first there is."""
    found = list(choices)
    return next((choice for choice in found if choice.field == field), found[0] if found else None)


class _Card(msgspec.Struct):
    brand: str | None = None


class _Method(msgspec.Struct):
    card_info: _Card | None = None


class _PaidBy(msgspec.Struct):
    payment_method: _Method | None = None


def _card_brand(payment: Payment) -> str:
    """The brand of the card, which only Keap's own text has; "" where no card was used."""
    try:
        method = msgspec.json.decode(payment.raw or b"{}", type=_PaidBy).payment_method
    except msgspec.MsgspecError as error:
        raise RecordUnusable(f"its payment method cannot be read: {error}") from error
    card = method.card_info if method else None
    return (card.brand if card else None) or ""


def _day(moment: datetime | None, zone: ZoneInfo, what: str) -> date:
    if moment is None:
        raise RecordUnusable(f"it has no {what}")
    try:
        return moment.astimezone(zone).date()
    except OverflowError as error:
        raise RecordUnusable(f"its {what} {moment.isoformat()} is no date") from error


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
        raise RecordUnusable(f"its {what} {text!r} is not a number")
    return int(text)


def _text_id(text: str, what: str) -> str:
    if len(text) > _LONGEST_TEXT_ID:
        raise RecordUnusable(f"its {what} has {len(text)} characters")
    return text


def _amount(minor: int) -> int:
    if abs(minor) > _LARGEST_AMOUNT:
        raise RecordUnusable(f"its amount {minor} is too large")
    return minor


def _payment_amount(payment: Payment) -> int:
    if abs(payment.amount) > _LARGEST_AMOUNT:
        raise RecordUnusable(f"its amount {payment.amount} is too large")
    try:
        return minor_units(payment.amount)
    except ValueError as error:
        raise RecordUnusable(f"its amount {error}") from error
