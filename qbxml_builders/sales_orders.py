"""New sales orders."""

from dataclasses import dataclass

from qbxml_builders.elements import Element, Request, filled
from qbxml_builders.refs import Ref, defining, referred
from qbxml_builders.sales_forms import SalesForm, closing, delivery, new_lines, opening


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrderAdd(SalesForm):
    """A new sales order of at least one line; it posts nothing. ``po_number`` up to 25 characters.

    Only Premier and Enterprise know sales orders (3250 otherwise).
    """

    po_number: str = ""
    terms: Ref | None = None


def sales_order_add(request_id: str, order: SalesOrderAdd, macro: str = "") -> Request:
    """The request that makes the sales order. Source: qbXML OSR, SalesOrderAdd."""
    content = (
        *opening(order, order.customer, order.txn_date, order.ref_number),
        *filled("PONumber", order.po_number),
        *referred("TermsRef", order.terms),
        *delivery(order),
        *closing(order),
        *new_lines("SalesOrderLineAdd", order.lines),
    )
    element = Element("SalesOrderAdd", content, defining(macro))
    return Request(request_id, Element("SalesOrderAddRq", (element,)))
