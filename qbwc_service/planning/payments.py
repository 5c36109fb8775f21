"""What becomes of the payment rows of an order. Only completed money received is posted."""

from collections.abc import Sequence

from qbwc_service.matching.company import Company
from qbwc_service.matching.payment_methods import match_deposit_account, match_payment_method
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.plan import Hold, PaymentDecision, PlannedPayment
from qbwc_service.settings import Settings
from qbxml_builders.text import to_quickbooks

#: characters of a payment's RefNumber (qbXML OSR: ReceivePaymentAdd)
REFERENCE_LIMIT = 20


def payment_key(payment: ReceivedPayment) -> str:
    """The source key of the posting: the part of one payment that belongs to one order."""
    return f"{payment.payment_id}/{payment.order_id}"


def payment_reference(payment: ReceivedPayment) -> str:
    """The gateway's transaction id (its last 20 characters), or K<payment id> for manual ones."""
    cleaned = to_quickbooks(payment.transaction_id).text
    return cleaned[-REFERENCE_LIMIT:].strip() or f"K{payment.payment_id}"


def plan_payments(
    payments: Sequence[ReceivedPayment],
    *,
    order_total: int,
    number: str,
    company: Company,
    settings: Settings,
) -> tuple[PaymentDecision, ...]:
    """One decision a row, in the order of their ids, never more in sum than the order's total."""
    open_amount = order_total
    decisions = []
    for payment in sorted(payments, key=lambda row: row.payment_id):
        decision = _plan_payment(payment, open_amount, number, company, settings)
        open_amount -= sum(planned.amount for planned in decision.planned)
        decisions.append(decision)
    return tuple(decisions)


def undecided_payments(
    payments: Sequence[ReceivedPayment], settings: Settings
) -> tuple[PaymentDecision, ...]:
    """The rows of an order that has no invoice of ours: money since the start date is held."""
    return tuple(_undecided(payment, settings) for payment in payments)


def hold_payments(hold: Hold, payments: Sequence[ReceivedPayment]) -> tuple[PaymentDecision, ...]:
    """All that is money waits for the same reason as its order."""
    return tuple(
        PaymentDecision(payment.payment_id, skip=skip)
        if (skip := _no_money(payment))
        else PaymentDecision(payment.payment_id, hold=hold)
        for payment in payments
    )


def _no_money(payment: ReceivedPayment) -> str:
    """Why the row is left out whatever becomes of its order, or ""."""
    if payment.kind is PaymentKind.TEST:
        return "test-payment"
    is_nothing = payment.kind is PaymentKind.NOT_COMPLETED or not payment.amount
    return "not-a-payment" if is_nothing else ""


def _undecided(payment: ReceivedPayment, settings: Settings) -> PaymentDecision:
    if skip := _no_money(payment):
        return PaymentDecision(payment.payment_id, skip=skip)
    if payment.paid_on < settings.start_date:
        return PaymentDecision(payment.payment_id, skip="before-start-date")
    hold = Hold("payment-without-order", payment_details(payment))
    return PaymentDecision(payment.payment_id, hold=hold)


def payment_details(payment: ReceivedPayment) -> dict[str, str]:
    """What every message about the row may mention."""
    return {
        "amount": shown(abs(payment.amount)),
        "order": str(payment.order_id or "none"),
        "orders": ", ".join(str(order) for order in payment.order_ids),
        "keap_type": payment.source_kind,
        "keap_status": payment.source_status,
    }


def _plan_payment(
    payment: ReceivedPayment, open_amount: int, number: str, company: Company, settings: Settings
) -> PaymentDecision:
    details = payment_details(payment) | {"number": number, "open_amount": shown(open_amount)}
    if skip := _no_money(payment):
        return PaymentDecision(payment.payment_id, skip=skip)
    cause = _why_not(payment, open_amount)
    if cause:
        return PaymentDecision(payment.payment_id, hold=Hold(cause, details))
    found = _method_and_account(payment, company, settings)
    if isinstance(found, Hold):
        hold = Hold(found.cause, details | found.details)
        return PaymentDecision(payment.payment_id, hold=hold)
    method, account = found
    planned = PlannedPayment(
        source_key=payment_key(payment),
        reference=payment_reference(payment),
        amount=payment.amount,
        paid_on=payment.paid_on,
        memo=_memo(payment),
        method_list_id=method,
        deposit_account_list_id=account,
    )
    return PaymentDecision(payment.payment_id, planned=(planned,))


def _method_and_account(
    payment: ReceivedPayment, company: Company, settings: Settings
) -> tuple[str, str] | Hold:
    """Their ListIDs; "" where QuickBooks is to choose."""
    method = match_payment_method(payment, company)
    if isinstance(method, Hold):
        return method
    account = match_deposit_account(payment, company, settings.deposit_account)
    return account if isinstance(account, Hold) else (method, account)


def _why_not(payment: ReceivedPayment, open_amount: int) -> str:
    if payment.kind is PaymentKind.REFUND or payment.amount < 0:
        return "refund-by-hand"
    if payment.kind is PaymentKind.CREDIT:
        return "credit-not-cash"
    if len(payment.order_ids) > 1:
        return "payment-over-several-orders"
    return "payment-more-than-due" if payment.amount > open_amount else ""


def _memo(payment: ReceivedPayment) -> str:
    parts = [f"Keap order {payment.order_id}, payment {payment.payment_id}"]
    if transaction_id := to_quickbooks(payment.transaction_id).text:
        parts.append(transaction_id)
    return ", ".join(parts)
