"""New invoices."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbxml_builders.addresses import Address, located
from qbxml_builders.amounts import amount, price, quantity
from qbxml_builders.elements import Element, Request, dated, filled
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.refs import Ref, defining, referred


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a rate (2 to 5 decimals) or an amount (2 decimals), never both and never neither.

    With both QuickBooks ignores the rate; with neither the item's price, perhaps none, decides.
    """

    item: Ref
    description: str = ""
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    class_ref: Ref | None = None
    service_date: date | None = None
    sales_tax_code: Ref | None = None
    other1: str = ""
    other2: str = ""

    def __post_init__(self) -> None:
        if (self.rate is None) == (self.amount is None):
            raise QbxmlInvalid("InvoiceLineAdd", "A line has a Rate or an Amount, and only one.")


@dataclass(frozen=True, slots=True)
class InvoiceAdd:
    """A new invoice. The date is always sent: QuickBooks would take that of the last saved form.

    At most: ``ref_number`` 11 characters, ``po_number`` 25, ``other`` 29. ``external_guid`` in
    braces.
    """

    customer: Ref
    txn_date: date
    ref_number: str
    lines: tuple[Line, ...]
    class_ref: Ref | None = None
    ar_account: Ref | None = None
    template: Ref | None = None
    bill_address: Address | None = None
    ship_address: Address | None = None
    po_number: str = ""
    terms: Ref | None = None
    due_date: date | None = None
    sales_rep: Ref | None = None
    ship_date: date | None = None
    ship_method: Ref | None = None
    item_sales_tax: Ref | None = None
    memo: str = ""
    customer_msg: Ref | None = None
    customer_sales_tax_code: Ref | None = None
    other: str = ""
    external_guid: str = ""


def invoice_add(request_id: str, invoice: InvoiceAdd, macro: str = "") -> Request:
    """The request that makes the invoice; ``macro`` lets payments of the same set name it.

    Never queued for printing or e-mail: QuickBooks' own defaults would fill those queues.
    Source: qbXML OSR, InvoiceAdd.
    """
    content = (*_header(invoice), *_terms(invoice), *map(_line, invoice.lines))
    return Request(
        request_id,
        Element("InvoiceAddRq", (Element("InvoiceAdd", content, defining(macro)),)),
    )


def _header(invoice: InvoiceAdd) -> Iterator[Element]:
    yield invoice.customer.element("CustomerRef")
    yield from referred("ClassRef", invoice.class_ref)
    yield from referred("ARAccountRef", invoice.ar_account)
    yield from referred("TemplateRef", invoice.template)
    yield from dated("TxnDate", invoice.txn_date)
    yield from filled("RefNumber", invoice.ref_number)
    yield from located("BillAddress", invoice.bill_address)
    yield from located("ShipAddress", invoice.ship_address)
    yield from filled("PONumber", invoice.po_number)


def _terms(invoice: InvoiceAdd) -> Iterator[Element]:
    yield from referred("TermsRef", invoice.terms)
    yield from dated("DueDate", invoice.due_date)
    yield from referred("SalesRepRef", invoice.sales_rep)
    yield from dated("ShipDate", invoice.ship_date)
    yield from referred("ShipMethodRef", invoice.ship_method)
    yield from referred("ItemSalesTaxRef", invoice.item_sales_tax)
    yield from filled("Memo", invoice.memo)
    yield from referred("CustomerMsgRef", invoice.customer_msg)
    yield Element("IsToBePrinted", "false")
    yield Element("IsToBeEmailed", "false")
    yield from referred("CustomerSalesTaxCodeRef", invoice.customer_sales_tax_code)
    yield from filled("Other", invoice.other)
    yield from filled("ExternalGUID", invoice.external_guid)


def _line(line: Line) -> Element:
    content = (
        line.item.element("ItemRef"),
        *filled("Desc", line.description),
        *quantity("Quantity", line.quantity),
        *price("Rate", line.rate),
        *referred("ClassRef", line.class_ref),
        *amount("Amount", line.amount),
        *dated("ServiceDate", line.service_date),
        *referred("SalesTaxCodeRef", line.sales_tax_code),
        *filled("Other1", line.other1),
        *filled("Other2", line.other2),
    )
    return Element("InvoiceLineAdd", content)
