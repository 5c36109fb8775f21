"""Sales receipts: the form is the payment, so an order becomes one once it is paid in full."""

from collections.abc import Sequence

from qbwc_service.matching.company import Company
from qbwc_service.matching.payment_methods import match_deposit_account, match_payment_method
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.payment_rows import is_refund, no_money
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import Settings

#: why it waits: the reason that settings leave it out for now
NOT_PAID_YET = "not-paid-yet"


def receipt_payment(
    order: SalesOrder, payments: Sequence[ReceivedPayment], company: Company, settings: Settings
) -> tuple[str, str] | Hold | str:
    """ListIDs of the payment method and the deposit account of the receipt ("" where QuickBooks is
    to choose); NOT_PAID_YET; or a hold where one receipt cannot say how it was paid."""
    rows = [row for row in payments if not no_money(row) and not is_refund(row)]
    cash = [row for row in rows if row.kind is PaymentKind.CASH]
    credit = sum(row.amount for row in rows if row.kind is PaymentKind.CREDIT)
    received = sum(row.amount for row in cash)
    details = {
        "order": str(order.order_id),
        "total": shown(order.total),
        "paid": shown(received),
        "credit": shown(credit),
    }
    if any(row.is_whole for row in cash):
        return Hold("payment-over-several-orders", details | {"amount": shown(received)})
    if received < order.total:
        return Hold("receipt-with-credit", details) if credit else NOT_PAID_YET
    if received > order.total or credit:
        return Hold("receipt-paid-too-much", details)
    found = [_of(row, company, settings) for row in cash]
    for one in found:
        if isinstance(one, Hold):
            return one
    accounts = {one[1] for one in found if isinstance(one, tuple)}
    if len(accounts) > 1:
        return Hold("receipt-into-several-accounts", details)
    last = max(cash, key=lambda row: (row.paid_on, row.payment_id), default=None)
    return ("", "") if last is None else _of(last, company, settings)


def _of(row: ReceivedPayment, company: Company, settings: Settings) -> tuple[str, str] | Hold:
    method = match_payment_method(row, company)
    if isinstance(method, Hold):
        return method
    account = match_deposit_account(row, company, settings.deposit_account)
    return account if isinstance(account, Hold) else (method, account)
