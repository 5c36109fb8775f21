"""New sales receipts: a sale and its payment in one."""

from dataclasses import dataclass

from qbxml_builders.elements import Element, Request, filled, switched
from qbxml_builders.refs import Ref, defining, referred
from qbxml_builders.sales_forms import SalesForm, closing, delivery, new_lines, opening


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesReceiptAdd(SalesForm):
    """A new sales receipt of at least one line; a pending one posts nothing.

    ``check_number`` has at most 25 characters. Without ``deposit_to`` the money goes to Undeposited
    Funds.
    """

    is_pending: bool = False
    check_number: str = ""
    payment_method: Ref | None = None
    deposit_to: Ref | None = None


def sales_receipt_add(request_id: str, receipt: SalesReceiptAdd, macro: str = "") -> Request:
    """The request that makes the sales receipt. Source: qbXML OSR, SalesReceiptAdd."""
    content = (
        *opening(receipt, receipt.customer, receipt.txn_date, receipt.ref_number),
        *switched("IsPending", receipt.is_pending or None),
        *filled("CheckNumber", receipt.check_number),
        *referred("PaymentMethodRef", receipt.payment_method),
        *delivery(receipt),
        *closing(receipt, receipt.deposit_to),
        *new_lines("SalesReceiptLineAdd", receipt.lines),
    )
    element = Element("SalesReceiptAdd", content, defining(macro))
    return Request(request_id, Element("SalesReceiptAddRq", (element,)))
