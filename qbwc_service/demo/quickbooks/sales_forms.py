"""What InvoiceAdd, SalesReceiptAdd, SalesOrderAdd and CreditMemoAdd share."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from .body import Body, bodies_at, ref_at, text_at
from .context import RequestContext
from .errors import NotSupported
from .grammar import Element
from .message import Answer
from .records import ListElement, Txn, TxnType
from .references import no_such_reference, refuse_if_off, resolve_all
from .rendering import address_block
from .sales_lines import new_lines
from .sales_tax import tax_defaults, totalled_up
from .store import Store
from .txn_rendering import txn_ret
from .txn_rules import (
    added,
    customer_of,
    next_ref_number,
    not_saved,
    receivable_account,
    refuse_closed_period,
    txn_date,
)
from .values import is_true

OWN_COLUMNS: Final = ("CustomerRef", "ARAccountRef", "TxnDate", "RefNumber")
_RATE_IGNORED: Final = 'The "Rate" field was ignored because "Amount" was given too.'
_WITH_RECEIVABLE: Final = (TxnType.INVOICE, TxnType.CREDIT_MEMO)
_WITH_TERMS: Final = (TxnType.INVOICE, TxnType.CREDIT_MEMO, TxnType.SALES_ORDER)


def line_tag(txn_type: TxnType) -> str:
    """The name of the lines as they are kept, for example "InvoiceLineRet"."""
    return f"{txn_type}LineRet"


def new_sales_form(
    context: RequestContext, txn_type: TxnType, wanted: Body, defaults: Body
) -> tuple[Txn, bool]:
    """The transaction that an Add asks for, saved, and whether a Rate was ignored.

    A number in use is taken without a word; an omitted one becomes the next of that type.
    """
    if f"{txn_type}LineGroupAdd" in wanted:
        raise NotSupported(f"{txn_type}LineGroupAdd")
    store = context.store
    customer = customer_of(store, wanted, txn_type)
    header = {**defaults, **_header(store, txn_type, wanted, customer)}
    wanted_lines = bodies_at(wanted, f"{txn_type}LineAdd")
    lines, rate_ignored = new_lines(context, wanted_lines, header, f"{txn_type} line")
    body, total = totalled_up(store, {**header, line_tag(txn_type): lines}, line_tag(txn_type))
    refuse_negative(txn_type, total)
    on = txn_date(context, wanted)
    refuse_closed_period(store, on, "add", txn_type)
    has_receivable = txn_type in _WITH_RECEIVABLE
    txn = Txn(
        txn_type,
        context.new_id("txn", "last txn id"),
        store.next_number("last txn number"),
        customer.list_id if customer is not None else "",
        receivable_account(store, wanted, txn_type) if has_receivable else "",
        on,
        text_at(wanted, "RefNumber") or next_ref_number(store, txn_type),
        total,
        context.stamp,
        context.stamp,
        context.edit_sequence,
        {"DueDate": due_date(store, body, on), "ShipDate": on, **body},
    )
    store.txns.save(txn)
    return txn, rate_ignored


def sales_form_answer(
    context: RequestContext, request: Element, txn: Txn, *, rate_ignored: bool
) -> Answer:
    """The whole Ret; a warning where a Rate was ignored."""
    answer = added(request, txn, txn_ret(context.store, txn, lines=True, links=True))
    if rate_ignored:
        return replace(answer, status_code=530, severity="Warn", message=_RATE_IGNORED)
    return answer


def refuse_negative(txn_type: TxnType, total: Decimal) -> None:
    """Status 3180: no sales form may have a total below zero."""
    if total < 0:
        raise not_saved(txn_type, "Transaction amount must be positive.")


def refuse_unfit(store: Store, txn_type: TxnType, body: Body, customer: ListElement | None) -> None:
    """A template of another type, or a form to be e-mailed to a customer without an address."""
    template = store.lists.get(ref_at(body, "TemplateRef"))
    if template is not None and text_at(template.body, "TemplateType") not in ("", txn_type):
        raise no_such_reference("Template", template.full_name, txn_type)
    address = text_at(customer.body, "Email") if customer is not None else ""
    if is_true(text_at(body, "IsToBeEmailed")) and not address:
        raise not_saved(txn_type, "The customer has no e-mail address.")


def with_address_blocks(body: Body, customer: ListElement | None) -> Body:
    """The addresses of the form, else of the customer, each also as the lines that are printed."""
    own = {} if customer is None else customer.body
    addresses: Body = {}
    for name in ("BillAddress", "ShipAddress"):
        address = body.get(name) or own.get(name)
        if isinstance(address, dict) and address:
            addresses |= {name: address, f"{name}Block": address_block(address)}
    return {**body, **addresses}


def _header(store: Store, txn_type: TxnType, wanted: Body, customer: ListElement | None) -> Body:
    refuse_if_off(store, wanted)
    not_kept = (*OWN_COLUMNS, f"{txn_type}LineAdd", "SetCredit")
    own = {name: value for name, value in wanted.items() if name not in not_kept}
    body = with_address_blocks(resolve_all(store, own, txn_type), customer)
    refuse_unfit(store, txn_type, body, customer)
    defaults: Body = {"IsToBePrinted": "true"}
    if customer is not None and "TermsRef" in customer.body and txn_type in _WITH_TERMS:
        defaults["TermsRef"] = customer.body["TermsRef"]
    if template := store.fact(f"template of {txn_type}"):
        defaults["TemplateRef"] = {"ListID": template}
    return {**defaults, **tax_defaults(store, customer), **body}


def due_date(store: Store, body: Body, on: str) -> str:
    """By the terms; on the day itself where there are none."""
    terms = store.lists.get(ref_at(body, "TermsRef"))
    days = int(text_at(terms.body, "StdDueDays") or 0) if terms is not None else 0
    return (date.fromisoformat(on) + timedelta(days=days)).isoformat()
