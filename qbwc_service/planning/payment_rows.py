"""What holds for a payment row whatever it is: its key, its reference, and when it is no money."""

from collections.abc import Sequence

from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.plan import Hold, PaymentDecision
from qbwc_service.settings import Settings
from qbxml_builders.text import to_quickbooks

#: characters of a payment's RefNumber (qbXML OSR: ReceivePaymentAdd)
REFERENCE_LIMIT = 20


def payment_key(payment: ReceivedPayment) -> str:
    """The source key of its postings: the part of one payment that belongs to one order."""
    return f"{payment.payment_id}/{payment.order_id}"


def payment_reference(payment: ReceivedPayment, settings: Settings) -> str:
    """The gateway's transaction id (its last 20 characters), or K<payment id> for manual ones."""
    if settings.payment_reference == "payment-id":
        return f"K{payment.payment_id}"
    cleaned = to_quickbooks(payment.transaction_id).text
    return cleaned[-REFERENCE_LIMIT:].strip() or f"K{payment.payment_id}"


def payment_memo(payment: ReceivedPayment) -> str:
    """Order, payment and the whole transaction id: what a bookkeeper looks for."""
    parts = [f"Keap order {payment.order_id}, payment {payment.payment_id}"]
    if transaction_id := to_quickbooks(payment.transaction_id).text:
        parts.append(transaction_id)
    return ", ".join(parts)


def payment_details(payment: ReceivedPayment) -> dict[str, str]:
    """What every message about the row may mention."""
    return {
        "amount": shown(abs(payment.amount)),
        "order": str(payment.order_id or "none"),
        "orders": ", ".join(str(order) for order in payment.order_ids),
        "keap_type": payment.source_kind,
        "keap_status": payment.source_status,
    }


def is_refund(payment: ReceivedPayment) -> bool:
    """Money that went back, whatever sign the source gives it."""
    return payment.kind is PaymentKind.REFUND or payment.amount < 0


def no_money(payment: ReceivedPayment) -> str:
    """Why the row is left out whatever becomes of its order, or ""."""
    if payment.kind is PaymentKind.TEST:
        return "test-payment"
    is_nothing = payment.kind is PaymentKind.NOT_COMPLETED or not payment.amount
    return "not-a-payment" if is_nothing else ""


def undecided_payments(
    payments: Sequence[ReceivedPayment], settings: Settings
) -> tuple[PaymentDecision, ...]:
    """The rows of an order that has no form of ours: money since the start date is held."""
    return tuple(_undecided(payment, settings) for payment in payments)


def hold_payments(hold: Hold, payments: Sequence[ReceivedPayment]) -> tuple[PaymentDecision, ...]:
    """All that is money waits for the same reason as its order."""
    return tuple(
        PaymentDecision(payment.payment_id, skip=skip)
        if (skip := no_money(payment))
        else PaymentDecision(payment.payment_id, hold=hold)
        for payment in payments
    )


def skip_payments(skip: str, payments: Sequence[ReceivedPayment]) -> tuple[PaymentDecision, ...]:
    """All that is money is left out for the same reason as its order."""
    return tuple(
        PaymentDecision(payment.payment_id, skip=no_money(payment) or skip) for payment in payments
    )


def _undecided(payment: ReceivedPayment, settings: Settings) -> PaymentDecision:
    if skip := no_money(payment):
        return PaymentDecision(payment.payment_id, skip=skip)
    if payment.paid_on < settings.start_date:
        return PaymentDecision(payment.payment_id, skip="before-start-date")
    cause = "refund-without-order" if is_refund(payment) else "payment-without-order"
    return PaymentDecision(payment.payment_id, hold=Hold(cause, payment_details(payment)))
