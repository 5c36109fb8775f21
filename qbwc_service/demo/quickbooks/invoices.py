"""InvoiceAdd: lines, sales tax and totals as QuickBooks reckons them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from .body import Body, bodies_at, body_of, ref_at, text_at
from .context import RequestContext
from .errors import NotSupported, Refused
from .grammar import Element, children
from .invoice_lines import invoice_lines
from .message import Answer
from .records import ListElement, Txn, TxnType
from .references import refuse_if_off, resolve, resolve_all
from .rendering import address_block, invoice_ret, keep_only
from .sales_tax import tax_defaults, totalled_up
from .store import Store
from .txn_rules import (
    next_ref_number,
    receivable_account,
    recovery_of,
    refuse_closed_period,
    txn_date,
)
from .values import is_true

_UNSUPPORTED: Final = ("LinkToTxnID", "SetCredit", "InvoiceLineGroupAdd")
_OWN_COLUMNS: Final = ("CustomerRef", "ARAccountRef", "TxnDate", "RefNumber", "InvoiceLineAdd")
_RATE_IGNORED: Final = 'The "Rate" field was ignored because "Amount" was given too.'


def add_invoice(context: RequestContext, request: Element) -> Answer:
    """InvoiceAdd. A number in use is taken without a word; an omitted one becomes the next."""
    add = children(request)[0]
    wanted = body_of(add)
    for name in _UNSUPPORTED:
        if name in wanted:
            raise NotSupported(f"InvoiceAdd/{name}")
    customer = _customer(context.store, wanted)
    header = _header(context, wanted, customer)
    lines, rate_ignored = invoice_lines(context, bodies_at(wanted, "InvoiceLineAdd"), header)
    txn = _new_invoice(context, wanted, customer, {**header, "InvoiceLineRet": list(lines)})
    context.store.txns.save(txn)
    context.define(add, txn.txn_id)
    answer = _answer(context, request, txn)
    if rate_ignored:
        return replace(answer, status_code=530, severity="Warn", message=_RATE_IGNORED)
    return answer


def _new_invoice(context: RequestContext, wanted: Body, customer: ListElement, body: Body) -> Txn:
    totalled = totalled_up(context.store, body)
    total = Decimal(text_at(totalled, "Subtotal")) + Decimal(text_at(totalled, "SalesTaxTotal"))
    if total < 0:
        raise Refused(
            3180,
            "There was an error when saving a Invoice.  QuickBooks error message: "
            "Transaction amount must be positive.",
        )
    on = txn_date(context, wanted)
    refuse_closed_period(context.store, on, "add", "Invoice")
    return Txn(
        TxnType.INVOICE,
        context.new_id("txn", "last txn id"),
        context.store.next_number("last txn number"),
        customer.list_id,
        receivable_account(context.store, wanted, "Invoice"),
        on,
        text_at(wanted, "RefNumber") or next_ref_number(context.store),
        total,
        context.stamp,
        context.stamp,
        context.edit_sequence,
        _with_due_date(context.store, totalled, on),
    )


def _answer(context: RequestContext, request: Element, txn: Txn) -> Answer:
    """The Ret of an added invoice, and what error recovery keeps of it."""
    wanted = frozenset(str(e.text) for e in request.iterfind("IncludeRetElement"))
    ret = invoice_ret(context.store, txn, lines=True, links=True)
    return Answer(content=(keep_only(ret, wanted),), recovery=recovery_of(txn))


def _customer(store: Store, wanted: Body) -> ListElement:
    ref = wanted["CustomerRef"]
    customer = resolve(store, "CustomerRef", ref if isinstance(ref, dict) else {}, "Invoice")
    if is_true(text_at(wanted, "IsToBeEmailed")) and not text_at(customer.body, "Email"):
        raise Refused(
            3180,
            "There was an error when saving a Invoice.  QuickBooks error message: "
            "The customer has no e-mail address.",
        )
    return customer


def _header(context: RequestContext, wanted: Body, customer: ListElement) -> Body:
    store = context.store
    refuse_if_off(store, wanted)
    own = {name: value for name, value in wanted.items() if name not in _OWN_COLUMNS}
    body = resolve_all(store, own, "Invoice")
    for name in ("BillAddress", "ShipAddress"):
        address = body.get(name) or customer.body.get(name)
        if isinstance(address, dict) and address:
            body[name] = address
            body[f"{name}Block"] = address_block(address)
    defaults: Body = {"IsPending": "false", "IsFinanceCharge": "false", "IsToBePrinted": "true"}
    if "TermsRef" in customer.body:
        defaults["TermsRef"] = customer.body["TermsRef"]
    if template := store.fact("invoice template"):
        defaults["TemplateRef"] = {"ListID": template}
    return {**defaults, **tax_defaults(store, customer), **body}


def _with_due_date(store: Store, body: Body, on: str) -> Body:
    terms = store.lists.get(ref_at(body, "TermsRef"))
    days = int(text_at(terms.body, "StdDueDays") or 0) if terms is not None else 0
    due = (date.fromisoformat(on) + timedelta(days=days)).isoformat()
    return {"DueDate": due, "ShipDate": on, **body}
