"""ReceivePaymentAdd: what a payment pays, and what is left of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from .body import Body, body_of, text_at
from .context import RequestContext
from .errors import NotSupported, Refused
from .grammar import Element, children, text_of
from .message import Answer
from .records import Application, Txn, TxnType
from .references import refuse_if_off, resolve, resolve_all
from .rendering import keep_only, payment_ret
from .store import Store
from .txn_rules import receivable_account, recovery_of, refuse_closed_period, txn_date
from .values import ZERO, amount_text, is_true

_NOT_FOUND: Final = 3120
_BAD_VALUE: Final = 3210
_OWN_COLUMNS: Final = (
    "CustomerRef",
    "ARAccountRef",
    "TxnDate",
    "RefNumber",
    "TotalAmount",
    "IsAutoApply",
    "AppliedToTxnAdd",
)
_UNSUPPORTED: Final = ("SetCredit", "DiscountAmount", "DiscountAccountRef", "DiscountClassRef")


def add_payment(context: RequestContext, request: Element) -> Answer:
    """ReceivePaymentAdd: applied as asked, by itself (IsAutoApply), or not at all."""
    add = children(request)[0]
    wanted = body_of(add)
    payment = _new_payment(context, wanted)
    applied_to = add.findall("AppliedToTxnAdd")
    if is_true(text_at(wanted, "IsAutoApply")):
        applications = list(_applied_by_itself(context.store, payment))
    else:
        applications = _applied_as_asked(context, payment, applied_to)
        if applied_to and "TotalAmount" not in wanted:
            payment = replace(payment, total=_sum(applications))
    _refuse_more_than_total(payment, applications)
    context.store.txns.save(payment)
    for application in applications:
        context.store.txns.apply(application)
        touch_txn(context, application.invoice_id)
    context.define(add, payment.txn_id)
    return _answer(context, request, payment)


def touch_txn(context: RequestContext, txn_id: str) -> None:
    """A change to a link shows in TimeModified and EditSequence of the other side too."""
    txn = context.store.txns.get(txn_id)
    if txn is not None:
        context.store.txns.save(
            replace(txn, modified=context.stamp, edit_sequence=context.edit_sequence)
        )


def _answer(context: RequestContext, request: Element, payment: Txn) -> Answer:
    wanted = frozenset(str(e.text) for e in request.iterfind("IncludeRetElement"))
    ret = payment_ret(context.store, payment, lines=True)
    return Answer(content=(keep_only(ret, wanted),), recovery=recovery_of(payment))


def _new_payment(context: RequestContext, wanted: Body) -> Txn:
    store = context.store
    ref = wanted["CustomerRef"]
    customer = resolve(store, "CustomerRef", ref if isinstance(ref, dict) else {}, "ReceivePayment")
    refuse_if_off(store, wanted)
    total = Decimal(text_at(wanted, "TotalAmount") or 0)
    if total < 0:
        raise _bad_value("TotalAmount", total, "The payment amount cannot be negative.")
    on = txn_date(context, wanted)
    refuse_closed_period(store, on, "add", "ReceivePayment")
    own = {name: value for name, value in wanted.items() if name not in _OWN_COLUMNS}
    body = resolve_all(store, own, "ReceivePayment")
    return Txn(
        TxnType.RECEIVE_PAYMENT,
        context.new_id("txn", "last txn id"),
        store.next_number("last txn number"),
        customer.list_id,
        receivable_account(store, wanted, "ReceivePayment"),
        on,
        text_at(wanted, "RefNumber"),
        total,
        context.stamp,
        context.stamp,
        context.edit_sequence,
        {"DepositToAccountRef": {"ListID": store.fact("undeposited funds")}, **body},
    )


def _applied_as_asked(
    context: RequestContext, payment: Txn, wanted: Sequence[Element]
) -> list[Application]:
    paid: dict[str, Decimal] = {}
    for element in wanted:
        for name in _UNSUPPORTED:
            if element.find(name) is not None:
                raise NotSupported(f"AppliedToTxnAdd/{name}")
        invoice = _invoice(context, payment, context.id_in(children(element)[0]))
        due = context.store.txns.open_amount(invoice) - paid.get(invoice.txn_id, ZERO)
        given = element.find("PaymentAmount")
        amount = due if given is None else Decimal(text_of(given))
        if amount < 0 or amount > due:
            raise _bad_value(
                "AppliedToTxnAdd payment amount", amount, "You cannot pay more than the amount due."
            )
        paid[invoice.txn_id] = paid.get(invoice.txn_id, ZERO) + amount
    return [Application(payment.txn_id, txn_id, amount) for txn_id, amount in paid.items()]


def _invoice(context: RequestContext, payment: Txn, txn_id: str) -> Txn:
    invoice = context.store.txns.get(txn_id)
    if invoice is None or invoice.txn_type is not TxnType.INVOICE:
        raise Refused(_NOT_FOUND, f'Object "{txn_id}" specified in the request cannot be found.')
    if payment.customer_id not in _family(context.store, invoice.customer_id):
        raise Refused(
            _NOT_FOUND,
            f'Object "{txn_id}" specified in the request cannot be found.  QuickBooks error '
            "message: The transaction belongs to another customer.",
        )
    if payment.account_id != invoice.account_id:
        raise _bad_value(
            "ARAccountRef", payment.account_id, "The transaction uses another receivable account."
        )
    return invoice


def _family(store: Store, customer_id: str) -> Iterable[str]:
    """A customer and those above it: a parent may pay for its jobs."""
    while customer_id:
        yield customer_id
        customer = store.lists.get(customer_id)
        customer_id = customer.parent_id if customer is not None else ""


def _applied_by_itself(store: Store, payment: Txn) -> Iterable[Application]:
    """The invoice that is open with exactly this amount, else the oldest first (qbXML OSR)."""
    invoices = [
        txn
        for txn in store.txns.of_customer(payment.customer_id)
        if txn.txn_type is TxnType.INVOICE and txn.account_id == payment.account_id
    ]
    due = {txn.txn_id: store.txns.open_amount(txn) for txn in invoices}
    oldest_first = sorted(invoices, key=lambda txn: (txn.txn_date, txn.number))
    exact = [txn for txn in oldest_first if due[txn.txn_id] == payment.total]
    left = payment.total
    for txn in exact[:1] or oldest_first:
        amount = min(left, due[txn.txn_id])
        if amount > 0:
            left -= amount
            yield Application(payment.txn_id, txn.txn_id, amount)


def _refuse_more_than_total(payment: Txn, applications: Sequence[Application]) -> None:
    if _sum(applications) > payment.total:
        raise _bad_value(
            "TotalAmount",
            payment.total,
            "The amounts applied to transactions are more than the payment.",
        )


def _sum(applications: Sequence[Application]) -> Decimal:
    return sum((application.amount for application in applications), ZERO)


def _bad_value(field: str, value: Decimal | str, reason: str) -> Refused:
    """Status 3210: the value breaks a rule of the business."""
    text = value if isinstance(value, str) else amount_text(value)
    return Refused(
        _BAD_VALUE,
        f'The "{field}" field has an invalid value "{text}".  QuickBooks error message: {reason}',
    )
