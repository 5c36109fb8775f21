"""Keap's records -> the values that planning reads. Pure.

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
    CustomField,
    Money,
    Order,
    OrderItem,
    OrderPayment,
    Payment,
    ProductStub,
    ShippingInformation,
)
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
from qbwc_service.staging.usable import (
    RecordUnusable,
    amount,
    content_text,
    day,
    major_amount,
    number,
    text_id,
)

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


def sales_order(order: Order, *, zone: ZoneInfo, account_currency: str) -> SalesOrder:
    """The order, dated in `zone`, with the contact as the order names it. Raises RecordUnusable."""
    currency = order.total.currency or account_currency
    if len(currency) != 3:
        raise RecordUnusable(f"its currency {currency!r} is not three letters")
    return SalesOrder(
        order_id=number(order.id, "order id"),
        invoice_id=text_id(order.invoice_id, "invoice id"),
        title=order.title,
        placed_on=day(order.order_time or order.creation_time, zone, "order date"),
        currency=currency,
        total=amount(order.total.minor),
        buyer=_stub(order.contact),
        lines=tuple(_line(item) for item in order.order_items),
        ship_to=_ship_to(order.shipping_information),
        is_draft=order.status == "DRAFT",
        came_from_quickbooks=order.source_type in _FROM_QUICKBOOKS,
        source_status=order.status,
        total_paid=_told(order.total_paid),
        refund_total=_told(order.refund_total),
        source=order.source_type,
        order_type=order.order_type,
        notes=order.notes,
        promo_code=order.promo_code,
        due_on=_due_day(order.due_time, zone),
        custom_fields=_custom_fields(order.custom_fields),
    )


def made_at(raw: str) -> datetime | None:
    """When the order was made, out of Keap's own text; None where that does not tell."""
    try:
        return decode_record(raw.encode(), Order).creation_time
    except ShapeError:
        return None


def buyer(contact: Contact) -> Buyer:
    """The contact with its first e-mail address, telephone and billing address; tags by id."""
    name = f"{contact.given_name} {contact.family_name}".strip()
    company = contact.company.company_name
    address = _preferred(contact.addresses, "BILLING")
    email = _preferred(contact.email_addresses, "EMAIL1")
    phone = _preferred(contact.phone_numbers, "PHONE1")
    return Buyer(
        contact_id=text_id(contact.id, "contact id"),
        first_name=contact.given_name,
        last_name=contact.family_name,
        company=company,
        email=email.email if email else "",
        phone=phone.number if phone else "",
        bill_to=_postal(address, name=name, company=company) if address else None,
        tags=tuple(sorted(set(contact.tag_ids))),
    )


def received_payments(
    payment: Payment, *, zone: ZoneInfo, test_merchants: Collection[str] = ()
) -> tuple[ReceivedPayment, ...]:
    """One row an order, each with the whole amount and every order id; one row for order 0 where
    the payment names none. Raises RecordUnusable.
    """
    named = dict.fromkeys(number(order_id, "order id") for order_id in payment.order_ids)
    order_ids = tuple(named) or (0,)
    whole = ReceivedPayment(
        payment_id=number(payment.id, "payment id"),
        order_id=0,
        kind=payment_kind(payment, test_merchants),
        source_kind=payment.type,
        source_status=payment.status,
        amount=major_amount(payment.amount),
        paid_on=day(payment.payment_time, zone, "payment date"),
        method=_card_brand(payment) or payment.type,
        transaction_id=payment.external_transaction_id,
        order_ids=tuple(named),
        is_whole=len(named) > 1,
    )
    return tuple(dataclasses.replace(whole, order_id=order_id) for order_id in order_ids)


def order_part(row: OrderPayment, order_id: int) -> Part:
    """What one payment gave to this order. Raises RecordUnusable."""
    return Part(
        row_id=number(row.id, "row id"),
        order_id=order_id,
        payment_id=number(row.payment_id or "0", "payment id"),
        amount=row.amount,
        pay_status=row.pay_status,
    )


def payment_kind(payment: Payment, test_merchants: Collection[str] = ()) -> PaymentKind:
    """Only CASH is money received, and nothing is both that and a refund.

    A refund is told by its own type, status or sign. A payment that was refunded names its refund
    (`refund_payment_id`) and stays the money that it was. A status that is new to us, such as a
    dispute, waits for a person, as a credit whose `source_kind` is no credit's.
    """
    status = payment.status.strip().upper()
    label = payment.type.strip().upper()
    if status.startswith(_NOT_COMPLETED):
        return PaymentKind.NOT_COMPLETED
    if payment.merchant_account_id and payment.merchant_account_id in test_merchants:
        return PaymentKind.TEST
    if label == "REFUND" or status.startswith("REFUND") or payment.amount < 0:
        return PaymentKind.REFUND
    if status not in _COMPLETED:
        return PaymentKind.UNCLEAR
    if label in _CREDIT_TYPES:
        return PaymentKind.CREDIT
    return PaymentKind.CASH


# -- the parts ------------------------------------------------------------------------------------


def _told(money: Money | None) -> int | None:
    return amount(money.minor) if money else None


def _due_day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    """None also for a time that is no day there: an order is good without one."""
    try:
        return moment.astimezone(zone).date() if moment else None
    except OverflowError:
        return None


def _custom_fields(fields: Iterable[CustomField]) -> dict[str, str]:
    """Those that hold something, by their ids."""
    texts = {field.id: content_text(field.content) for field in fields}
    return {field_id: text for field_id, text in texts.items() if field_id and text}


def _line(item: OrderItem) -> SalesLine:
    product = item.product or ProductStub()
    return SalesLine(
        kind=_line_kind(item.item_type),
        source_kind=item.item_type,
        name=item.name,
        description=item.description,
        sku=product.sku,
        quantity=item.quantity,
        unit_price=item.price_per_unit.minor if item.price_per_unit else 0,
        discount=item.discount.minor if item.discount else 0,
        is_taxable=product.taxable is not False,
    )


def _line_kind(item_type: str) -> LineKind:
    if item_type.startswith("DISCOUNT"):
        return LineKind.DISCOUNT
    return _LINE_KINDS.get(item_type, LineKind.UNKNOWN)


def _stub(contact: ContactStub) -> Buyer:
    return Buyer(
        contact_id=text_id(contact.id, "contact id"),
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
