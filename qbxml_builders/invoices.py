"""New invoices, and changes of invoices that exist."""

from dataclasses import KW_ONLY, dataclass
from datetime import date

from qbxml_builders.elements import Element, Request, filled, switched
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.refs import Ref, defining, referred
from qbxml_builders.sales_forms import (
    FormHeader,
    SalesForm,
    closing,
    delivery,
    line_content,
    new_lines,
    opening,
)
from qbxml_builders.sales_forms import Line as Line

NEW_LINE = "-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAdd(SalesForm):
    """A new invoice; a pending one posts nothing. ``po_number`` has at most 25 characters."""

    ar_account: Ref | None = None
    is_pending: bool = False
    po_number: str = ""
    terms: Ref | None = None


def invoice_add(request_id: str, invoice: InvoiceAdd, macro: str = "") -> Request:
    """The request that makes the invoice; ``macro`` lets payments of the same set name it.

    Source: qbXML OSR, InvoiceAdd.
    """
    content = (
        *opening(
            invoice, invoice.customer, invoice.txn_date, invoice.ref_number, invoice.ar_account
        ),
        *switched("IsPending", invoice.is_pending or None),
        *filled("PONumber", invoice.po_number),
        *referred("TermsRef", invoice.terms),
        *delivery(invoice),
        *closing(invoice),
        *new_lines("InvoiceLineAdd", invoice.lines),
    )
    element = Element("InvoiceAdd", content, defining(macro))
    return Request(request_id, Element("InvoiceAddRq", (element,)))


@dataclass(frozen=True, slots=True)
class LineMod:
    """A line of a changed invoice: one that it has, by its TxnLineID, or NEW_LINE.

    Without ``line`` it stays as it is. A rate, amount or quantity can be changed, never emptied.
    """

    txn_line_id: str
    line: Line | None = None

    def __post_init__(self) -> None:
        if self.txn_line_id == NEW_LINE and self.line is None:
            raise QbxmlInvalid("InvoiceLineMod", "A new line needs its content.")


@dataclass(frozen=True, slots=True)
class InvoiceMod(FormHeader):
    """A change of an invoice. What is left empty stays as it is, whether it is queued included.

    No ``lines`` leave all lines alone. Otherwise they are the whole list, in order: QuickBooks
    deletes each line that is not among them, and each group, which cannot be named here.
    ``edit_sequence`` as last read: 3200 where the invoice was changed since.
    """

    txn_id: str
    edit_sequence: str
    lines: tuple[LineMod, ...] = ()
    _: KW_ONLY
    customer: Ref | None = None
    ar_account: Ref | None = None
    txn_date: date | None = None
    ref_number: str = ""
    is_pending: bool | None = None
    po_number: str = ""
    terms: Ref | None = None


def invoice_mod(request_id: str, invoice: InvoiceMod) -> Request:
    """The request that changes the invoice. Source: qbXML OSR, InvoiceMod."""
    content = (
        Element("TxnID", invoice.txn_id),
        Element("EditSequence", invoice.edit_sequence),
        *opening(
            invoice, invoice.customer, invoice.txn_date, invoice.ref_number, invoice.ar_account
        ),
        *switched("IsPending", invoice.is_pending),
        *filled("PONumber", invoice.po_number),
        *referred("TermsRef", invoice.terms),
        *delivery(invoice),
        *referred("CustomerSalesTaxCodeRef", invoice.customer_sales_tax_code),
        *filled("Other", invoice.other),
        *map(_line_mod, invoice.lines),
    )
    return Request(request_id, Element("InvoiceModRq", (Element("InvoiceMod", content),)))


def _line_mod(change: LineMod) -> Element:
    content = () if change.line is None else tuple(line_content(change.line))
    return Element("InvoiceLineMod", (Element("TxnLineID", change.txn_line_id), *content))
