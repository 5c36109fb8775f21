"""A refund in Keap: a credit memo, and what uses it up.

The refund row alone says what was given back; the order's own sum only checks it. Of a paid order
the credit memo is used up by a card refund or a cheque, of an unpaid one it is applied to the
invoice, or the invoice is voided.
"""

from qbwc_service.matching.accounts import match_account
from qbwc_service.matching.payment_methods import match_payment_method
from qbwc_service.planning.credits import credit_memo, memo_of
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import Override, ReceivedPayment
from qbwc_service.planning.payment_rows import payment_details, payment_key, payment_memo
from qbwc_service.planning.plan import (
    Hold,
    PaymentDecision,
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedItem,
    PlannedOfRow,
    PlannedRefund,
    PlannedRemoval,
    RefundForm,
    SaleForm,
)
from qbwc_service.planning.settlement import Settlement

_REFUND_FORMS = {"card-refund": RefundForm.CARD, "cheque": RefundForm.CHEQUE}


def plan_refund(row: ReceivedPayment, so_far: Settlement) -> PaymentDecision:
    """By the settings; the first refunds wait until a person approves each."""
    amount = abs(row.amount)
    details = payment_details(row) | {
        "number": so_far.number.full,
        "paid": shown(so_far.received - so_far.given_back),
    }
    hold = _trouble(row, amount, so_far, details)
    so_far.given_back += amount
    if hold:
        return PaymentDecision(row.payment_id, hold=hold)
    is_whole = amount == so_far.order.total
    if not so_far.posted and so_far.form is SaleForm.INVOICE:
        return _of_unpaid(row, amount, so_far, details, is_whole=is_whole)
    memo = _memo(row, amount, so_far, details, is_whole=is_whole)
    if isinstance(memo, Hold):
        return PaymentDecision(row.payment_id, hold=memo)
    credit, items = memo
    used = _refund(row, credit, so_far, details)
    if isinstance(used, Hold):
        return PaymentDecision(row.payment_id, hold=used)
    planned: tuple[PlannedOfRow, ...] = (credit, used) if used else (credit,)
    return PaymentDecision(row.payment_id, planned=planned, items=items)


def _trouble(
    row: ReceivedPayment, amount: int, so_far: Settlement, details: dict[str, str]
) -> Hold | None:
    """Why this refund is not posted by itself."""
    if so_far.settings.refunds == "hold":
        return Hold("refund-by-hand", details)
    told = so_far.order.refund_total
    accepted = Override.REFUND_SUM in so_far.known.overrides
    if told is not None and abs(told) != so_far.refunds and not accepted:
        sums = {"refund_total": shown(abs(told)), "refunds": shown(so_far.refunds)}
        return Hold("refunds-do-not-add-up", details | sums)
    if amount > so_far.received - so_far.given_back:
        return Hold("refund-more-than-paid", details)
    if so_far.overpaid:
        # A credit memo would lower the income, and leave the customer's credit where it is.
        return Hold("refund-of-overpayment", details | {"unused": shown(so_far.overpaid)})
    if so_far.sale is None:
        return so_far.held or Hold("refund-without-order", details)
    needs_approval = so_far.known.refunds_made < so_far.settings.refunds_to_approve
    if needs_approval and row.payment_id not in so_far.known.approved:
        return Hold("refund-to-approve", details)
    return None


def _memo(
    row: ReceivedPayment,
    amount: int,
    so_far: Settlement,
    details: dict[str, str],
    *,
    is_whole: bool,
) -> tuple[PlannedCreditMemo, tuple[PlannedItem, ...]] | Hold:
    """A whole order is credited by the lines that it was sold with, a part by the refund item."""
    sale = so_far.sale
    if is_whole and sale is not None and sale.lines and sale.total == amount:
        memo = memo_of(
            row, amount, sale.lines, so_far, tax=sale.tax, tax_item_list_id=sale.tax_item_list_id
        )
        return memo, ()
    if not so_far.settings.refund_item:
        return Hold("refund-item-not-chosen", details)
    found = credit_memo(row, amount, "refund_item", "refunds", so_far)
    return Hold(found.cause, details | found.details) if isinstance(found, Hold) else found


def _of_unpaid(
    row: ReceivedPayment,
    amount: int,
    so_far: Settlement,
    details: dict[str, str],
    *,
    is_whole: bool,
) -> PaymentDecision:
    """No payment of it is in QuickBooks: the invoice owes less, or is void."""
    if is_whole and so_far.settings.refund_unpaid == "void":
        void = PlannedRemoval(payment_key(row), is_void=True, amount=amount)
        return PaymentDecision(row.payment_id, planned=(void,))
    memo = _memo(row, amount, so_far, details, is_whole=is_whole)
    if isinstance(memo, Hold):
        return PaymentDecision(row.payment_id, hold=memo)
    credit, items = memo
    use = PlannedCreditUse(credit.source_key, amount, row.paid_on)
    return PaymentDecision(row.payment_id, planned=(credit, use), items=items)


def _refund(
    row: ReceivedPayment, memo: PlannedCreditMemo, so_far: Settlement, details: dict[str, str]
) -> PlannedRefund | Hold | None:
    """What uses up the memo; None where settings leave that to a person."""
    form = _REFUND_FORMS.get(so_far.settings.refunds)
    if form is None:
        return None
    account = _account(so_far)
    if isinstance(account, Hold):
        return Hold(account.cause, details | account.details)
    if form is RefundForm.CHEQUE and not account:
        return Hold("refund-account-not-chosen", details)
    is_receipt = so_far.form is SaleForm.SALES_RECEIPT
    if form is RefundForm.CHEQUE and is_receipt and not memo.ar_account_list_id:
        return Hold("receivable-not-chosen", details)
    if form is RefundForm.CARD and so_far.company.country not in {"", "US"}:
        return Hold("card-refund-us-only", details | {"country": so_far.company.country})
    method = match_payment_method(row, so_far.company)
    return PlannedRefund(
        source_key=memo.source_key,
        form=form,
        number=memo.number if form is RefundForm.CARD else "",
        amount=memo.amount,
        paid_on=row.paid_on,
        memo=payment_memo(row),
        method_list_id="" if isinstance(method, Hold) or form is RefundForm.CHEQUE else method,
        account_list_id=account,
    )


def _account(so_far: Settlement) -> str | Hold:
    name = so_far.settings.refund_account
    if not name:
        return ""
    found = match_account(
        name, so_far.company, setting="refund_account", order_id=so_far.order.order_id
    )
    return found if isinstance(found, Hold) else found.list_id
