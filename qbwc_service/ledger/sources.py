"""The stored JSON of orders, payments and contacts <-> the values that planning reads."""

import hashlib
from typing import Any

import msgspec

from qbwc_service.planning.order import Buyer, LineKind, ReceivedPayment, SalesLine, SalesOrder


def stored(value: SalesOrder | ReceivedPayment | Buyer) -> dict[str, Any]:
    """As JSON-ready values."""
    built: dict[str, Any] = msgspec.to_builtins(value)
    return built


def sale_from(sale: dict[str, Any]) -> SalesOrder:
    return msgspec.convert(sale, SalesOrder)


def payment_from(received: dict[str, Any]) -> ReceivedPayment:
    return msgspec.convert(received, ReceivedPayment)


def buyer_from(buyer: dict[str, Any]) -> Buyer:
    return msgspec.convert(buyer, Buyer)


def sale_hash(order: SalesOrder) -> str:
    """Changes when the invoice would: lines, total, date, currency, contact; not an address."""
    return _digest(
        [
            order.order_id,
            order.buyer.contact_id,
            order.placed_on,
            order.currency,
            order.total,
            [_hashed(line) for line in order.lines],
        ]
    )


#: what of a line counts as a change of the order, in the order in which it was first hashed: a
#: field that is read newly must not make every order in QuickBooks look edited
_OF_A_LINE = (
    "kind",
    "source_kind",
    "name",
    "description",
    "sku",
    "quantity",
    "unit_price",
    "discount",
)


def _hashed(line: SalesLine) -> dict[str, Any]:
    """Finance charges and tips count as fees, which they once were: an order in QuickBooks that is
    read again was not edited only because we tell them apart now."""
    values = {name: getattr(line, name) for name in _OF_A_LINE}
    if line.kind in {LineKind.FINANCE_CHARGE, LineKind.TIP}:
        values["kind"] = LineKind.FEE
    return values


def payment_hash(payment: ReceivedPayment) -> str:
    """Changes when the payment in QuickBooks would: amount, day, kind, what it pays."""
    return _digest(
        [payment.payment_id, payment.kind, payment.amount, payment.paid_on, payment.order_ids]
    )


def text_hash(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()
