"""InvoiceMod: what is sent changes, what is absent stays, lines that are not sent are deleted."""

from dataclasses import replace
from typing import Final

from .body import Body, bodies_at, body_of, text_at
from .context import RequestContext
from .credits import fit_applications, set_credits
from .errors import NotSupported, Refused
from .grammar import Element, children
from .message import Answer
from .records import ListElement, Txn, TxnType
from .references import refuse_if_off, resolve_all
from .removal import free_txn
from .sales_forms import (
    OWN_COLUMNS,
    due_date,
    line_tag,
    refuse_negative,
    refuse_unfit,
    sales_form_answer,
    with_address_blocks,
)
from .sales_lines import changed_line, new_line
from .sales_tax import totalled_up
from .store import Store
from .txn_rules import customer_of, not_found, receivable_account, refuse_closed_period

_INVOICE: Final = TxnType.INVOICE
_LINES: Final = line_tag(_INVOICE)
_NEW_LINE: Final = "-1"
_NOT_KEPT: Final = (*OWN_COLUMNS, "TxnID", "EditSequence", "InvoiceLineMod", "SetCredit")


def modify_invoice(context: RequestContext, request: Element) -> Answer:
    """InvoiceMod: totals and tax are reckoned anew; what is now paid too much becomes unused."""
    mod = children(request)[0]
    wanted = body_of(mod)
    if "InvoiceLineGroupMod" in wanted:
        raise NotSupported("InvoiceLineGroupMod")
    store = context.store
    old = _old(store, wanted)
    on = text_at(wanted, "TxnDate") or old.txn_date
    for day in (old.txn_date, on):
        refuse_closed_period(store, day, "modify", _INVOICE)
    customer = customer_of(store, wanted, _INVOICE) or store.lists.get(old.customer_id)
    header = _header(store, wanted, old, customer, on)
    lines, rate_ignored = _lines(context, bodies_at(wanted, "InvoiceLineMod"), old, header)
    body, total = totalled_up(store, {**header, _LINES: lines}, _LINES)
    refuse_negative(_INVOICE, total)
    if customer is not None and customer.list_id != old.customer_id:
        free_txn(context, old)
    changed = replace(
        old,
        customer_id=old.customer_id if customer is None else customer.list_id,
        account_id=_account(store, wanted, old),
        txn_date=on,
        ref_number=text_at(wanted, "RefNumber") or old.ref_number,
        total=total,
        modified=context.stamp,
        edit_sequence=context.edit_sequence,
        body=body,
    )
    store.txns.save(changed)
    fit_applications(context, changed.txn_id)
    set_credits(context, changed, mod.findall("SetCredit"))
    return sales_form_answer(context, request, changed, rate_ignored=rate_ignored)


def _old(store: Store, wanted: Body) -> Txn:
    txn_id, sequence = text_at(wanted, "TxnID"), text_at(wanted, "EditSequence")
    old = store.txns.get(txn_id)
    if old is None or old.txn_type is not _INVOICE:
        raise not_found(txn_id)
    if sequence != old.edit_sequence:
        raise Refused(3200, f'The provided edit sequence "{sequence}" is out-of-date.')
    return old


def _account(store: Store, wanted: Body, old: Txn) -> str:
    if "ARAccountRef" not in wanted:
        return old.account_id
    return receivable_account(store, wanted, _INVOICE)


def _header(store: Store, wanted: Body, old: Txn, customer: ListElement | None, on: str) -> Body:
    refuse_if_off(store, wanted)
    own = {name: value for name, value in wanted.items() if name not in _NOT_KEPT}
    changes = resolve_all(store, own, _INVOICE)
    kept = {tag: value for tag, value in old.body.items() if tag.removesuffix("Block") not in own}
    body = with_address_blocks({**kept, **changes}, None)
    refuse_unfit(store, _INVOICE, changes, customer)
    if ("TermsRef" in own or on != old.txn_date) and "DueDate" not in own:
        body["DueDate"] = due_date(store, body, on)
    return body


def _lines(
    context: RequestContext, wanted: list[Body], old: Txn, header: Body
) -> tuple[list[Body], bool]:
    """The lines in the order sent; none sent, all stay as they are."""
    before = {text_at(line, "TxnLineID"): line for line in bodies_at(old.body, _LINES)}
    if not wanted:
        return list(before.values()), False
    lines: list[Body] = []
    for line in wanted:
        line_id = text_at(line, "TxnLineID")
        above = lines[-1] if lines else {}
        if line_id == _NEW_LINE:
            lines.append(new_line(context, line, header, above, "Invoice line"))
        elif line_id in before:
            lines.append(changed_line(context, before[line_id], line, header, above))
        else:
            raise not_found(line_id)
    return lines, any("Rate" in line and "Amount" in line for line in wanted)
