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


def _hashed(line: SalesLine) -> dict[str, Any]:
    """What a line was when the first orders were sent: an order in QuickBooks that is read again
    was not edited only because we know more of it now. So whether it is taxed does not count, and
    finance charges and tips count as the fees that they once were.
    """
    was_fee = line.kind in {LineKind.FINANCE_CHARGE, LineKind.TIP}
    return {
        "kind": LineKind.FEE if was_fee else line.kind,
        "source_kind": line.source_kind,
        "name": line.name,
        "description": line.description,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "discount": line.discount,
    }


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
