"""What invoices, sales receipts, sales orders and credit memos share: their header and lines.

The elements of each form have a fixed order; the functions here write the stretches of it that all
of them have in common. Source: qbXML OSR and XSD 13.0.
"""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import date
from decimal import Decimal

from qbxml_builders.addresses import Address, located
from qbxml_builders.amounts import amount, price, quantity
from qbxml_builders.custom_fields import DataExt, data_ext_elements
from qbxml_builders.elements import Element, dated, filled, switched
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.refs import Ref, referred


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a rate (2 to 5 decimals) or an amount (2 decimals), never both and never neither.

    With both QuickBooks ignores the rate; with neither the item's price, perhaps none, decides. On
    a credit memo both are positive: it is a credit by its type. A sales order's lines have no
    service date. ``data_ext`` are custom fields of the line; only an Add takes them.
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
    data_ext: tuple[DataExt, ...] = ()

    def __post_init__(self) -> None:
        if (self.rate is None) == (self.amount is None):
            raise QbxmlInvalid("Line", "A line has a Rate or an Amount, and only one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormHeader:
    """What any form may say about the whole sale. ``other`` has at most 29 characters."""

    class_ref: Ref | None = None
    template: Ref | None = None
    bill_address: Address | None = None
    ship_address: Address | None = None
    due_date: date | None = None
    sales_rep: Ref | None = None
    ship_date: date | None = None
    ship_method: Ref | None = None
    item_sales_tax: Ref | None = None
    memo: str = ""
    customer_msg: Ref | None = None
    customer_sales_tax_code: Ref | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class SalesForm(FormHeader):
    """A new form. The date is always sent: QuickBooks would take that of the last saved form.

    ``ref_number`` has at most 11 characters; ``external_guid`` is in braces. A form is queued for
    printing or e-mail only where that is asked for: QuickBooks' own defaults would fill those
    queues. One to be e-mailed is refused where the customer has no e-mail address.
    """

    customer: Ref
    txn_date: date
    ref_number: str
    lines: tuple[Line, ...]
    _: KW_ONLY
    is_to_be_printed: bool = False
    is_to_be_emailed: bool = False
    external_guid: str = ""


def opening(
    header: FormHeader,
    customer: Ref | None,
    txn_date: date | None,
    ref_number: str,
    ar_account: Ref | None = None,
) -> Iterator[Element]:
    """From CustomerRef to ShipAddress."""
    yield from referred("CustomerRef", customer)
    yield from referred("ClassRef", header.class_ref)
    yield from referred("ARAccountRef", ar_account)
    yield from referred("TemplateRef", header.template)
    yield from dated("TxnDate", txn_date)
    yield from filled("RefNumber", ref_number)
    yield from located("BillAddress", header.bill_address)
    yield from located("ShipAddress", header.ship_address)


def delivery(header: FormHeader) -> Iterator[Element]:
    """From DueDate to CustomerMsgRef."""
    yield from dated("DueDate", header.due_date)
    yield from referred("SalesRepRef", header.sales_rep)
    yield from dated("ShipDate", header.ship_date)
    yield from referred("ShipMethodRef", header.ship_method)
    yield from referred("ItemSalesTaxRef", header.item_sales_tax)
    yield from filled("Memo", header.memo)
    yield from referred("CustomerMsgRef", header.customer_msg)


def closing(form: SalesForm, deposit_to: Ref | None = None) -> Iterator[Element]:
    """From IsToBePrinted to ExternalGUID, the last element before the lines."""
    yield from switched("IsToBePrinted", form.is_to_be_printed)
    yield from switched("IsToBeEmailed", form.is_to_be_emailed)
    yield from referred("CustomerSalesTaxCodeRef", form.customer_sales_tax_code)
    yield from referred("DepositToAccountRef", deposit_to)
    yield from filled("Other", form.other)
    yield from filled("ExternalGUID", form.external_guid)


def new_lines(tag: str, lines: tuple[Line, ...]) -> Iterator[Element]:
    """The lines of a new form, each as an element of that tag."""
    return (Element(tag, tuple(line_content(line))) for line in lines)


def line_content(line: Line) -> Iterator[Element]:
    """What stands in a line, from ItemRef on."""
    yield line.item.element("ItemRef")
    yield from filled("Desc", line.description)
    yield from quantity("Quantity", line.quantity)
    yield from price("Rate", line.rate)
    yield from referred("ClassRef", line.class_ref)
    yield from amount("Amount", line.amount)
    yield from dated("ServiceDate", line.service_date)
    yield from referred("SalesTaxCodeRef", line.sales_tax_code)
    yield from filled("Other1", line.other1)
    yield from filled("Other2", line.other2)
    yield from data_ext_elements(line.data_ext)
