"""A credit or adjustment in Keap: never cash, but a credit memo that is applied to the invoice."""

from qbwc_service.matching.accounts import match_account
from qbwc_service.planning.line_items import item_of_setting
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.order import ReceivedPayment
from qbwc_service.planning.payment_rows import payment_details, payment_key
from qbwc_service.planning.plan import (
    Hold,
    PaymentDecision,
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedItem,
    PlannedLine,
    SaleForm,
)
from qbwc_service.planning.settlement import Settlement

#: the type of account that invoices and credit memos are booked on (qbXML OSR: AccountType)
RECEIVABLE = "AccountsReceivable"


def plan_credit(row: ReceivedPayment, so_far: Settlement) -> PaymentDecision:
    """A credit memo on the item that was chosen for it, for as much as is still owed."""
    details = payment_details(row) | {
        "number": so_far.number.full,
        "open_amount": shown(so_far.owed),
    }
    if payment_key(row) in so_far.known.memo_numbers:
        # In QuickBooks, or may be: it counts whatever the settings say by now.
        so_far.owed -= row.amount
        return PaymentDecision(row.payment_id, planned=(_use(row),))
    if not so_far.settings.credit_item:
        return PaymentDecision(row.payment_id, hold=Hold("credit-item-not-chosen", details))
    if so_far.form is not SaleForm.INVOICE:
        return PaymentDecision(row.payment_id, hold=Hold("credit-not-cash", details))
    if row.amount > so_far.owed:
        return PaymentDecision(row.payment_id, hold=Hold("credit-more-than-due", details))
    found = credit_memo(row, row.amount, "credit_item", "credits", so_far)
    if isinstance(found, Hold):
        return PaymentDecision(row.payment_id, hold=Hold(found.cause, details | found.details))
    memo, items = found
    so_far.owed -= row.amount
    return PaymentDecision(row.payment_id, planned=(memo, _use(row)), items=items)


def _use(row: ReceivedPayment) -> PlannedCreditUse:
    return PlannedCreditUse(payment_key(row), row.amount, row.paid_on)


def credit_memo(
    row: ReceivedPayment, amount: int, setting: str, purpose: str, so_far: Settlement
) -> tuple[PlannedCreditMemo, tuple[PlannedItem, ...]] | Hold:
    """A memo of one line on the item that this setting names, with that item if it is new."""
    order_id = so_far.order.order_id
    found = item_of_setting(setting, purpose, order_id, so_far.company, so_far.settings)
    if isinstance(found, Hold):
        return found
    text = f"{row.source_kind or purpose.capitalize()}, Keap order {order_id}"
    line = PlannedLine(found.ref, text, None, None, decimal_amount(amount), found.why)
    memo = memo_of(row, amount, (line,), so_far)
    return memo, ((found.makes,) if found.makes else ())


def memo_of(
    row: ReceivedPayment,
    amount: int,
    lines: tuple[PlannedLine, ...],
    so_far: Settlement,
    *,
    tax: int = 0,
    tax_item_list_id: str = "",
) -> PlannedCreditMemo:
    """The credit memo with these lines, numbered after its sale."""
    number = so_far.memo_number(row)
    text = f"Keap order {so_far.order.order_id}, payment {row.payment_id}"
    if number.is_cut:
        text = f"{text}, number {number.full}"
    return PlannedCreditMemo(
        source_key=payment_key(row),
        number=number.short,
        amount=amount,
        placed_on=row.paid_on,
        lines=lines,
        memo=text,
        full_number=number.full if number.is_cut else "",
        tax=tax,
        tax_item_list_id=tax_item_list_id,
        ar_account_list_id=receivable(so_far) if so_far.form is SaleForm.SALES_RECEIPT else "",
        class_list_id=so_far.sale.class_list_id if so_far.sale else "",
    )


def receivable(so_far: Settlement) -> str:
    """The A/R account of credits for a form that has none itself: the one of the settings, else the
    only one there is; "" where that is not to be told."""
    if name := so_far.settings.ar_account:
        chosen = match_account(
            name, so_far.company, setting="ar_account", order_id=so_far.order.order_id
        )
        return "" if isinstance(chosen, Hold) else chosen.list_id
    found = [
        account.list_id
        for account in so_far.company.accounts.values()
        if account.kind == RECEIVABLE and account.is_active
    ]
    return found[0] if len(found) == 1 else ""
