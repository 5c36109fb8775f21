"""New credit memos: what a customer is owed, to be applied to an invoice or paid back."""

from dataclasses import dataclass

from qbxml_builders.elements import Element, Request, filled, switched
from qbxml_builders.refs import Ref, defining, referred
from qbxml_builders.sales_forms import SalesForm, closing, delivery, new_lines, opening


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoAdd(SalesForm):
    """A new credit memo of at least one line; a pending one posts nothing.

    Quantities and amounts are positive. ``po_number`` has at most 25 characters.
    """

    ar_account: Ref | None = None
    is_pending: bool = False
    po_number: str = ""
    terms: Ref | None = None


def credit_memo_add(request_id: str, memo: CreditMemoAdd, macro: str = "") -> Request:
    """The request that makes the credit memo; ``macro`` lets refunds of the same set name it.

    Source: qbXML OSR, CreditMemoAdd.
    """
    content = (
        *opening(memo, memo.customer, memo.txn_date, memo.ref_number, memo.ar_account),
        *switched("IsPending", memo.is_pending or None),
        *filled("PONumber", memo.po_number),
        *referred("TermsRef", memo.terms),
        *delivery(memo),
        *closing(memo),
        *new_lines("CreditMemoLineAdd", memo.lines),
    )
    element = Element("CreditMemoAdd", content, defining(macro))
    return Request(request_id, Element("CreditMemoAddRq", (element,)))
