"""ReceivePaymentAdd: what a payment pays, which credits go with it, and what is left of it."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from .body import Body, body_of, text_at
from .context import RequestContext
from .credits import (
    MORE_THAN_DUE,
    makes_no_record,
    refuse_other_account,
    set_credits,
    those_above,
)
from .errors import NotSupported
from .grammar import Element, children
from .message import Answer
from .records import Application, Txn, TxnType
from .references import refuse_if_off, resolve_all
from .rendering import keep_only
from .store import Store
from .txn_rendering import txn_ret, unrecorded_payment_ret
from .txn_rules import (
    added,
    bad_value,
    customer_of,
    not_found,
    receivable_account,
    refuse_closed_period,
    touch,
    txn_date,
)
from .values import ZERO, is_true

_OWN_COLUMNS: Final = (
    "CustomerRef",
    "ARAccountRef",
    "TxnDate",
    "RefNumber",
    "TotalAmount",
    "IsAutoApply",
    "AppliedToTxnAdd",
)
_UNSUPPORTED: Final = ("DiscountAmount", "DiscountAccountRef", "DiscountClassRef")


def add_payment(context: RequestContext, request: Element) -> Answer:
    """ReceivePaymentAdd: applied as asked, by itself (IsAutoApply), or not at all."""
    add = children(request)[0]
    wanted = body_of(add)
    payment = _new_payment(context, wanted)
    applied_to = add.findall("AppliedToTxnAdd")
    if is_true(text_at(wanted, "IsAutoApply")):
        paid = _apply_by_itself(context, payment)
    else:
        paid = sum((_apply_as_asked(context, payment, one) for one in applied_to), ZERO)
    if applied_to and "TotalAmount" not in wanted:
        payment = replace(payment, total=paid)
    if paid > payment.total:
        reason = "The amounts applied to transactions are more than the payment."
        raise bad_value("TotalAmount", payment.total, reason)
    if makes_no_record(context.store, payment, applied_to):
        names = frozenset(str(e.text) for e in request.iterfind("IncludeRetElement"))
        return Answer(content=(keep_only(unrecorded_payment_ret(context.store, payment), names),))
    context.store.txns.save(payment)
    context.define(add, payment.txn_id)
    return added(request, payment, txn_ret(context.store, payment, lines=True, links=True))


def _new_payment(context: RequestContext, wanted: Body) -> Txn:
    store = context.store
    customer = customer_of(store, wanted, "ReceivePayment")
    refuse_if_off(store, wanted)
    total = Decimal(text_at(wanted, "TotalAmount") or 0)
    if total < 0:
        raise bad_value("TotalAmount", total, "The payment amount cannot be negative.")
    on = txn_date(context, wanted)
    refuse_closed_period(store, on, "add", "ReceivePayment")
    own = {name: value for name, value in wanted.items() if name not in _OWN_COLUMNS}
    body = resolve_all(store, own, "ReceivePayment")
    return Txn(
        TxnType.RECEIVE_PAYMENT,
        context.new_id("txn", "last txn id"),
        store.next_number("last txn number"),
        customer.list_id if customer is not None else "",
        receivable_account(store, wanted, "ReceivePayment"),
        on,
        text_at(wanted, "RefNumber"),
        total,
        context.stamp,
        context.stamp,
        context.edit_sequence,
        {"DepositToAccountRef": {"ListID": store.fact("undeposited funds")}, **body},
    )


def _apply_as_asked(context: RequestContext, payment: Txn, wanted: Element) -> Decimal:
    """One AppliedToTxnAdd: its credits first, then the payment; returns what the payment pays."""
    for name in _UNSUPPORTED:
        if wanted.find(name) is not None:
            raise NotSupported(f"AppliedToTxnAdd/{name}")
    invoice = _invoice(context, payment, context.id_in(children(wanted)[0]))
    credits_set = wanted.findall("SetCredit")
    set_credits(context, invoice, credits_set, set_by=payment.txn_id)
    due = context.store.links.open_amount(invoice)
    given = wanted.findtext("PaymentAmount")
    amount = Decimal(given) if given is not None else ZERO if credits_set else due
    if amount < 0 or amount > due:
        raise bad_value("AppliedToTxnAdd payment amount", amount, MORE_THAN_DUE)
    if amount or not credits_set:
        _apply(context, payment, invoice, amount)
    return amount


def _apply(context: RequestContext, payment: Txn, invoice: Txn, amount: Decimal) -> None:
    context.store.links.apply(Application(payment.txn_id, invoice.txn_id, amount))
    touch(context, invoice.txn_id)


def _invoice(context: RequestContext, payment: Txn, txn_id: str) -> Txn:
    invoice = context.store.txns.get(txn_id)
    if invoice is None or invoice.txn_type is not TxnType.INVOICE:
        raise not_found(txn_id)
    if payment.customer_id not in those_above(context.store, invoice.customer_id):
        raise not_found(txn_id, "The transaction belongs to another customer.")
    refuse_other_account(payment, invoice)
    return invoice


def _apply_by_itself(context: RequestContext, payment: Txn) -> Decimal:
    """Pays the invoice that is open with exactly this amount, else the oldest first (qbXML OSR)."""
    left = payment.total
    for invoice, due in _by_itself(context.store, payment):
        amount = min(left, due)
        if amount > 0:
            left -= amount
            _apply(context, payment, invoice, amount)
    return payment.total - left


def _by_itself(store: Store, payment: Txn) -> Iterable[tuple[Txn, Decimal]]:
    invoices = [
        txn
        for txn in store.txns.of_customer(payment.customer_id)
        if txn.txn_type is TxnType.INVOICE and txn.account_id == payment.account_id
    ]
    oldest_first = sorted(invoices, key=lambda txn: (txn.txn_date, txn.number))
    open_ones = [(txn, store.links.open_amount(txn)) for txn in oldest_first]
    exact = [(txn, due) for txn, due in open_ones if due == payment.total]
    return exact[:1] or open_ones
