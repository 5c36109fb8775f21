"""InvoiceAdd: a sales form that is due, and the credits set against it."""

from typing import Final

from .body import Body, body_of
from .context import RequestContext
from .credits import set_credits
from .errors import NotSupported
from .grammar import Element, children
from .message import Answer
from .records import TxnType
from .sales_forms import new_sales_form, sales_form_answer

_DEFAULTS: Final[Body] = {"IsPending": "false", "IsFinanceCharge": "false"}


def add_invoice(context: RequestContext, request: Element) -> Answer:
    """InvoiceAdd, with SetCredit."""
    add = children(request)[0]
    wanted = body_of(add)
    if "LinkToTxnID" in wanted:
        raise NotSupported("InvoiceAdd/LinkToTxnID")
    txn, rate_ignored = new_sales_form(context, TxnType.INVOICE, wanted, _DEFAULTS)
    set_credits(context, txn, add.findall("SetCredit"))
    context.define(add, txn.txn_id)
    return sales_form_answer(context, request, txn, rate_ignored=rate_ignored)
