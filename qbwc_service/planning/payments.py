"""What becomes of the payment rows of an order, one after the other, by what each is."""

from collections.abc import Sequence

from qbwc_service.matching.payment_methods import match_deposit_account, match_payment_method
from qbwc_service.planning.credits import plan_credit
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.payment_rows import (
    is_refund,
    no_money,
    payment_details,
    payment_key,
    payment_memo,
    payment_reference,
)
from qbwc_service.planning.plan import Hold, PaymentDecision, PlannedPayment, SaleForm
from qbwc_service.planning.refunds import plan_refund
from qbwc_service.planning.settlement import Settlement


def plan_payments(
    payments: Sequence[ReceivedPayment], so_far: Settlement
) -> tuple[PaymentDecision, ...]:
    """One decision a row, in the order of their ids, never more in sum than the order's total."""
    # What was paid comes before what went back, whatever their numbers, and what goes before what a
    # person skipped.
    skipped = so_far.known.skipped
    rows = sorted(
        payments, key=lambda row: (is_refund(row), row.payment_id in skipped, row.payment_id)
    )
    so_far.refunds = sum(abs(row.amount) for row in rows if not no_money(row) and is_refund(row))
    return tuple(_decide(row, so_far) for row in rows)


def _decide(row: ReceivedPayment, so_far: Settlement) -> PaymentDecision:
    if skip := no_money(row):
        return PaymentDecision(row.payment_id, skip=skip)
    if so_far.form is SaleForm.SALES_ORDER:
        return PaymentDecision(row.payment_id, skip="payments-not-sent")
    if row.is_whole:
        hold = Hold("payment-over-several-orders", payment_details(row))
        return PaymentDecision(row.payment_id, hold=hold)
    if row.kind is PaymentKind.UNCLEAR:
        return PaymentDecision(row.payment_id, hold=Hold("payment-unclear", payment_details(row)))
    if is_refund(row):
        return plan_refund(row, so_far)
    if row.kind is PaymentKind.CREDIT:
        return plan_credit(row, so_far)
    return _cash(row, so_far)


def _cash(row: ReceivedPayment, so_far: Settlement) -> PaymentDecision:
    so_far.received += row.amount
    if so_far.form is SaleForm.SALES_RECEIPT:
        return _in_receipt(row, so_far)
    is_sent = row.payment_id in so_far.known.paid
    if so_far.settings.transaction == "invoice" and not is_sent:
        return PaymentDecision(row.payment_id, skip="payments-not-sent")
    details = payment_details(row) | {
        "number": so_far.number.full,
        "open_amount": shown(so_far.owed),
    }
    applied = min(row.amount, max(so_far.owed, 0))
    found = _where_to(row, applied, so_far)
    if isinstance(found, Hold):
        return PaymentDecision(row.payment_id, hold=Hold(found.cause, details | found.details))
    method, account = found
    so_far.owed -= applied
    so_far.posted += row.amount
    so_far.unused += row.amount - applied
    planned = PlannedPayment(
        source_key=payment_key(row),
        reference=payment_reference(row, so_far.settings),
        amount=row.amount,
        paid_on=row.paid_on,
        memo=payment_memo(row),
        method_list_id=method,
        deposit_account_list_id=account,
        applied=applied if applied < row.amount else None,
    )
    return PaymentDecision(row.payment_id, planned=(planned,))


def _in_receipt(row: ReceivedPayment, so_far: Settlement) -> PaymentDecision:
    """The receipt is the payment; what comes once it is in QuickBooks has no place in it."""
    if so_far.known.is_sent and row.amount > so_far.owed:
        details = payment_details(row) | {
            "number": so_far.number.full,
            "open_amount": shown(so_far.owed),
        }
        return PaymentDecision(row.payment_id, hold=Hold("payment-more-than-due", details))
    so_far.owed -= row.amount
    return PaymentDecision(row.payment_id, in_sale=True)


def _where_to(row: ReceivedPayment, applied: int, so_far: Settlement) -> tuple[str, str] | Hold:
    """ListIDs of method and account, or why it cannot go. Today's settings, or an account that is
    gone meanwhile, do not take a payment out of QuickBooks that is there."""
    if row.payment_id in so_far.known.paid:
        return "", ""
    if applied < row.amount and (so_far.settings.overpayments == "hold" or applied <= 0):
        return Hold("payment-more-than-due")
    return method_and_account(row, so_far)


def method_and_account(row: ReceivedPayment, so_far: Settlement) -> tuple[str, str] | Hold:
    """Their ListIDs; "" where QuickBooks is to choose."""
    method = match_payment_method(row, so_far.company)
    if isinstance(method, Hold):
        return method
    account = match_deposit_account(row, so_far.company, so_far.settings.deposit_account)
    return account if isinstance(account, Hold) else (method, account)
