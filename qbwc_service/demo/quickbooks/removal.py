"""TxnDel and TxnVoid, and what stands in their way.

Refused (the texts are ours, the codes 3160 and 3185 of the status table): what is reconciled; money
that is in a deposit; a credit that was refunded; to delete, not to void, an invoice or credit memo
with anything applied to it.  QuickBooks tells its rules to people only, so they are inferred.
Credits that were set together with a payment stay applied when the payment is deleted.
"""

from dataclasses import replace
from typing import Final

from lxml import etree

from .body import Body, bodies_at, text_at
from .context import RequestContext
from .errors import Refused
from .grammar import Element, children, text_of
from .message import Answer
from .records import Txn, TxnType
from .store import Store
from .txn_rules import not_found, refuse_closed_period, touch
from .values import ZERO, amount_text

_CANNOT_DELETE: Final = 3160
_CANNOT_VOID: Final = 3185
_VOID: Final = "VOID: "
_REFUNDS: Final = (TxnType.CARD_REFUND, TxnType.CHECK)
_IN_DEPOSIT: Final = "It is in a deposit. Take it out of the deposit first."


def delete_txn(context: RequestContext, request: Element) -> Answer:
    """TxnDel: what it was applied to is open again, as if it had never been."""
    txn = _txn(context, request)
    refuse_closed_period(context.store, txn.txn_date, "delete", txn.txn_type)
    if reason := _against_removal(context.store, txn) or _against_deletion(context.store, txn):
        raise _refusal(_CANNOT_DELETE, "delete", txn, reason)
    remove_txn(context, txn)
    return _answer("TxnDelType", txn, {"TimeDeleted": context.stamp})


def void_txn(context: RequestContext, request: Element) -> Answer:
    """TxnVoid: amounts become 0, the memo says so, what was applied to it becomes unused."""
    txn = _txn(context, request)
    refuse_closed_period(context.store, txn.txn_date, "void", txn.txn_type)
    if reason := _against_removal(context.store, txn):
        raise _refusal(_CANNOT_VOID, "void", txn, reason)
    make_void(context, txn)
    times = {"TimeCreated": txn.created, "TimeModified": context.stamp}
    return _answer("TxnVoidType", txn, times)


def remove_txn(context: RequestContext, txn: Txn) -> None:
    """Removes a transaction; what it was linked to is changed and open again."""
    free_txn(context, txn)
    context.store.txns.delete(txn, context.now)


def make_void(context: RequestContext, txn: Txn) -> None:
    free_txn(context, txn)
    voided = replace(
        txn,
        total=ZERO,
        modified=context.stamp,
        edit_sequence=context.edit_sequence,
        body=_voided(txn),
    )
    context.store.txns.save(voided)


def free_txn(context: RequestContext, txn: Txn) -> None:
    """Takes all links off; both sides of each have another edit sequence."""
    for link in context.store.links.unapply(txn.txn_id):
        touch(context, link.credit_id)
        touch(context, link.debit_id)
    context.store.links.empty_deposit(txn.txn_id)


def refuse_if_deposited(store: Store, txn: Txn) -> None:
    """What QuickBooks refuses a person too."""
    if store.links.is_deposited(txn.txn_id):
        raise _refusal(_CANNOT_DELETE, "delete", txn, _IN_DEPOSIT)


def _against_removal(store: Store, txn: Txn) -> str:
    """Why it may neither be deleted nor voided; "" where it may."""
    if store.links.is_reconciled(txn.txn_id):
        return "It has been reconciled with a bank statement."
    if store.links.is_deposited(txn.txn_id):
        return _IN_DEPOSIT
    own = (link for link in store.links.of(txn.txn_id) if link.credit_id == txn.txn_id)
    debits = (store.txns.get(link.debit_id) for link in own)
    if any(one is not None and one.txn_type in _REFUNDS for one in debits):
        return "It has been refunded. Delete the refund first."
    return ""


def _against_deletion(store: Store, txn: Txn) -> str:
    is_form = txn.txn_type in (TxnType.INVOICE, TxnType.CREDIT_MEMO)
    return "It is linked to other transactions." if is_form and store.links.of(txn.txn_id) else ""


def _refusal(code: int, verb: str, txn: Txn, reason: str) -> Refused:
    return Refused(
        code,
        f'Cannot {verb} the object specified by the id = "{txn.txn_id}".  QuickBooks error '
        f"message: {reason}",
    )


def _voided(txn: Txn) -> Body:
    body = dict(txn.body)
    memo = text_at(body, "Memo")
    body["Memo"] = memo if memo.startswith(_VOID) else f"{_VOID}{memo}"
    body |= {tag: amount_text(ZERO) for tag in ("Subtotal", "SalesTaxTotal") if tag in body}
    for tag in (f"{txn.txn_type}LineRet", "ExpenseLineRet"):
        if tag in body:
            lines = bodies_at(body, tag)
            body[tag] = [{**line, "Amount": amount_text(ZERO)} for line in lines]
    return body


def _txn(context: RequestContext, request: Element) -> Txn:
    wanted_type, txn_id = (text_of(child) for child in children(request))
    txn = context.store.txns.get(txn_id)
    if txn is None or txn.txn_type != wanted_type:
        raise not_found(txn_id)
    return txn


def _answer(type_tag: str, txn: Txn, times: dict[str, str]) -> Answer:
    """The values stand in the response itself: there is no Ret (qbXML OSR: TxnDelRs)."""
    values = {type_tag: txn.txn_type.value, "TxnID": txn.txn_id, **times}
    if txn.ref_number:
        values["RefNumber"] = txn.ref_number
    content = []
    for tag, text in values.items():
        element = etree.Element(tag)
        element.text = text
        content.append(element)
    return Answer(content=tuple(content))
