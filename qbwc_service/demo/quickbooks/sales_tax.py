"""Sales tax as QuickBooks reckons it in the United States: one rate on the taxable lines."""

from decimal import Decimal

from .body import Body, bodies_at, ref_at, text_at
from .records import ListElement, ListName
from .references import is_on
from .store import Store
from .values import ZERO, amount_text, is_true, price_text


def totalled_up(store: Store, body: Body) -> Body:
    """The body with Subtotal and sales tax: the rate on the sum of the taxable lines, once."""
    lines = bodies_at(body, "InvoiceLineRet")
    subtotal = sum((Decimal(text_at(line, "Amount")) for line in lines), ZERO)
    taxable = sum(
        (
            Decimal(text_at(line, "Amount"))
            for line in lines
            if is_taxable(store, ref_at(line, "SalesTaxCodeRef"))
        ),
        ZERO,
    )
    rate = tax_rate(store, ref_at(body, "ItemSalesTaxRef"))
    if not is_taxable(store, ref_at(body, "CustomerSalesTaxCodeRef")):
        taxable = ZERO
    return {
        **body,
        "Subtotal": amount_text(subtotal),
        "SalesTaxPercentage": price_text(rate),
        "SalesTaxTotal": amount_text(taxable * rate / 100),
    }


def is_taxable(store: Store, code_id: str) -> bool:
    code = store.lists.get(code_id) if code_id else None
    return code is not None and is_true(text_at(code.body, "IsTaxable"))


def tax_rate(store: Store, item_id: str) -> Decimal:
    """Percent of a tax item, or the sum over a tax group."""
    item = store.lists.get(item_id) if item_id else None
    if item is None:
        return ZERO
    if item.list_name is ListName.ITEM_SALES_TAX_GROUP:
        members = bodies_at(item.body, "ItemSalesTaxRef")
        return sum((tax_rate(store, text_at(one, "ListID")) for one in members), ZERO)
    return Decimal(text_at(item.body, "TaxRate") or 0)


def tax_defaults(store: Store, customer: ListElement) -> Body:
    """The customer's tax item and code, else the company's (qbXML OSR: ItemSalesTaxRef)."""
    if not is_on(store, "sales tax"):
        return {}
    code = ref_at(customer.body, "SalesTaxCodeRef") or store.fact("taxable code")
    item = ref_at(customer.body, "ItemSalesTaxRef") or store.fact("default tax item")
    return {"ItemSalesTaxRef": {"ListID": item}, "CustomerSalesTaxCodeRef": {"ListID": code}}
