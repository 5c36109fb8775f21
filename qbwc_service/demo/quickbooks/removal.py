"""TxnDel and TxnVoid."""

from dataclasses import replace
from typing import Final

from lxml import etree

from .body import Body, bodies_at, text_at
from .context import RequestContext
from .errors import Refused
from .grammar import Element, children, text_of
from .message import Answer
from .payments import touch_txn
from .records import Txn, TxnType
from .txn_rules import refuse_closed_period
from .values import ZERO, amount_text

_CANNOT_DELETE: Final = 3160


def delete_txn(context: RequestContext, request: Element) -> Answer:
    """TxnDel: an invoice with payments is refused; a payment gives its invoices their due back."""
    wanted_type, txn_id = (text_of(child) for child in children(request))
    txn = _txn(context, wanted_type, txn_id)
    refuse_closed_period(context.store, txn.txn_date, "delete", txn.txn_type)
    if txn.txn_type is TxnType.INVOICE and context.store.txns.links(txn):
        raise Refused(
            _CANNOT_DELETE,
            f'Cannot delete the object specified by the id = "{txn_id}".  QuickBooks error '
            "message: It is linked to other transactions.",
        )
    remove_txn(context, txn)
    return _answer("TxnDelType", txn, {"TimeDeleted": context.stamp})


def remove_txn(context: RequestContext, txn: Txn) -> None:
    """Removes a transaction; what it was linked to is touched and open again."""
    links = context.store.txns.links(txn)
    context.store.txns.delete(txn, context.now)
    for link in links:
        touch_txn(context, link.payment_id)
        touch_txn(context, link.invoice_id)


def void_txn(context: RequestContext, request: Element) -> Answer:
    """TxnVoid: amounts become 0, the memo says so, payments on it become unused."""
    wanted_type, txn_id = (text_of(child) for child in children(request))
    txn = _txn(context, wanted_type, txn_id)
    refuse_closed_period(context.store, txn.txn_date, "void", txn.txn_type)
    for link in context.store.txns.links(txn):
        touch_txn(context, link.payment_id)
    context.store.txns.unapply(txn_id)
    voided = replace(
        txn,
        total=ZERO,
        modified=context.stamp,
        edit_sequence=context.edit_sequence,
        body=_voided(txn.body),
    )
    context.store.txns.save(voided)
    times = {"TimeCreated": txn.created, "TimeModified": context.stamp}
    return _answer("TxnVoidType", txn, times)


def _voided(body: Body) -> Body:
    lines = [{**line, "Amount": amount_text(ZERO)} for line in bodies_at(body, "InvoiceLineRet")]
    return {
        **body,
        "Memo": f"VOID: {text_at(body, 'Memo')}",
        "Subtotal": amount_text(ZERO),
        "SalesTaxTotal": amount_text(ZERO),
        "InvoiceLineRet": lines,
    }


def _txn(context: RequestContext, wanted_type: str, txn_id: str) -> Txn:
    txn = context.store.txns.get(txn_id)
    if txn is None or txn.txn_type != wanted_type:
        raise Refused(3120, f'Object "{txn_id}" specified in the request cannot be found.')
    return txn


def _answer(type_tag: str, txn: Txn, times: dict[str, str]) -> Answer:
    values = {type_tag: txn.txn_type.value, "TxnID": txn.txn_id, **times}
    if txn.ref_number:
        values["RefNumber"] = txn.ref_number
    content = []
    for tag, text in values.items():
        element = etree.Element(tag)
        element.text = text
        content.append(element)
    return Answer(content=tuple(content))
