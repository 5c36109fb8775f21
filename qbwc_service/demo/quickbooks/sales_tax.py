"""Sales tax as QuickBooks reckons it in the United States: by tax item, on the taxable lines."""

from decimal import Decimal

from .body import Body, bodies_at, ref_at, text_at
from .records import ListElement, ListName
from .references import is_on
from .store import Store
from .values import ZERO, amount_text, cents, is_true, price_text


def totalled_up(store: Store, body: Body, line_tag: str) -> tuple[Body, Decimal]:
    """The body with Subtotal and sales tax, and the total.

    Each tax item is reckoned on the sum of the taxable lines (a taxable discount lowers it) and
    rounded half up by itself; the tax of a group is the sum over its members.
    """
    lines = bodies_at(body, line_tag)
    subtotal = sum((Decimal(text_at(line, "Amount")) for line in lines), ZERO)
    taxable = sum(
        (
            Decimal(text_at(line, "Amount"))
            for line in lines
            if is_taxable(store, ref_at(line, "SalesTaxCodeRef"))
        ),
        ZERO,
    )
    rates = _rates(store, ref_at(body, "ItemSalesTaxRef"))
    if not is_taxable(store, ref_at(body, "CustomerSalesTaxCodeRef")):
        taxable = ZERO
    tax = sum((cents(taxable * rate / 100) for rate in rates), ZERO)
    totalled = {
        **body,
        "Subtotal": amount_text(subtotal),
        "SalesTaxPercentage": price_text(sum(rates, ZERO)),
        "SalesTaxTotal": amount_text(tax),
    }
    return totalled, subtotal + tax


def is_taxable(store: Store, code_id: str) -> bool:
    code = store.lists.get(code_id) if code_id else None
    return code is not None and is_true(text_at(code.body, "IsTaxable"))


def _rates(store: Store, item_id: str) -> list[Decimal]:
    """Percent of a tax item, or of each member of a tax group."""
    item = store.lists.get(item_id) if item_id else None
    if item is None:
        return []
    if item.list_name is ListName.ITEM_SALES_TAX_GROUP:
        members = bodies_at(item.body, "ItemSalesTaxRef")
        return [rate for one in members for rate in _rates(store, text_at(one, "ListID"))]
    return [Decimal(text_at(item.body, "TaxRate") or 0)]


def tax_defaults(store: Store, customer: ListElement | None) -> Body:
    """The customer's tax item and code, else the company's (qbXML OSR: ItemSalesTaxRef)."""
    if not is_on(store, "sales tax"):
        return {}
    own = {} if customer is None else customer.body
    code = ref_at(own, "SalesTaxCodeRef") or store.fact("taxable code")
    item = ref_at(own, "ItemSalesTaxRef") or store.fact("default tax item")
    return {"ItemSalesTaxRef": {"ListID": item}, "CustomerSalesTaxCodeRef": {"ListID": code}}
