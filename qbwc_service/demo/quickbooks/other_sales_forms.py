"""SalesReceiptAdd, SalesOrderAdd and CreditMemoAdd."""

from typing import Final

from .body import Body, body_of
from .context import RequestContext
from .errors import Refused
from .grammar import Element, children
from .message import Answer
from .records import TxnType
from .references import FEATURE_OFF, FEATURE_OFF_TEXT
from .sales_forms import new_sales_form, sales_form_answer
from .store import Store

EDITION: Final = "edition"
"""The fact that names the edition of QuickBooks: "Pro", "Premier" or "Enterprise"."""
_OPEN_ORDER: Final[Body] = {"IsManuallyClosed": "false", "IsFullyInvoiced": "false"}


def add_sales_receipt(context: RequestContext, request: Element) -> Answer:
    """SalesReceiptAdd: paid at once, into an account, so that nothing is due."""
    account: Body = {"ListID": context.store.fact("undeposited funds")}
    defaults: Body = {"IsPending": "false", "DepositToAccountRef": account}
    return _add(context, request, TxnType.SALES_RECEIPT, defaults)


def add_sales_order(context: RequestContext, request: Element) -> Answer:
    """SalesOrderAdd: posts nothing; 3250 in QuickBooks Pro."""
    refuse_sales_orders_in_pro(context.store)
    return _add(context, request, TxnType.SALES_ORDER, _OPEN_ORDER)


def add_credit_memo(context: RequestContext, request: Element) -> Answer:
    """CreditMemoAdd: what the customer gets back, still to be applied or refunded."""
    return _add(context, request, TxnType.CREDIT_MEMO, {"IsPending": "false"})


def refuse_sales_orders_in_pro(store: Store) -> None:
    """Sales orders are for Premier and Enterprise (Intuit's editions; the code is inferred)."""
    if store.fact(EDITION) == "Pro":
        raise Refused(FEATURE_OFF, FEATURE_OFF_TEXT)


def _add(context: RequestContext, request: Element, txn_type: TxnType, defaults: Body) -> Answer:
    add = children(request)[0]
    txn, rate_ignored = new_sales_form(context, txn_type, body_of(add), defaults)
    context.define(add, txn.txn_id)
    return sales_form_answer(context, request, txn, rate_ignored=rate_ignored)
