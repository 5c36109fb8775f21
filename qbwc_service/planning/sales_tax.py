"""Sales tax: a line of its own, or reckoned by QuickBooks from a tax item. Pure.

A US form has no place for an amount of tax: QuickBooks reckons it from the tax item of the form
and its taxed lines, each member of a group rounded by itself (qbXML OSR: ItemSalesTaxRef). So the
same is reckoned here before anything is sent, and a difference of a cent holds the order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from qbwc_service.matching.company import Company
from qbwc_service.matching.tax_items import SALES_TAX_KINDS, match_tax_item, tax_state
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import LineKind, SalesOrder
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import Settings


@dataclass(frozen=True, slots=True)
class TaxPlan:
    """What QuickBooks reckons: `tax` in minor units from this item on these lines (by their place
    in the order). `left_out`: lines that are not written because QuickBooks has their tax."""

    item_list_id: str = ""
    tax: int = 0
    taxed: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()


#: the tax, if any, stays a line like any other
AS_LINES = TaxPlan()


def plan_tax(
    order: SalesOrder, amounts: Sequence[int], company: Company, settings: Settings
) -> TaxPlan | Hold:
    """How the tax of this order gets into QuickBooks; `amounts` are those of its lines."""
    if settings.sales_tax == "line":
        return AS_LINES
    places = frozenset(place for place, line in enumerate(order.lines) if line.kind is LineKind.TAX)
    tax = sum(amounts[place] for place in places)
    if not tax:
        return TaxPlan(left_out=places)
    found = _reckoned(order, amounts, tax, company, settings)
    if isinstance(found, Hold):
        return AS_LINES if settings.sales_tax_fallback == "yes" else found
    item, taxed = found
    return TaxPlan(item, tax, taxed, places)


def _reckoned(
    order: SalesOrder, amounts: Sequence[int], tax: int, company: Company, settings: Settings
) -> tuple[str, frozenset[int]] | Hold:
    """The tax item with which QuickBooks comes to exactly this tax, and the taxed lines."""
    details = {"order": str(order.order_id), "tax": shown(tax)}
    if not company.sales_tax_is_on:
        return Hold("sales-tax-off", details)
    taxed = frozenset(_taxed(order, settings))
    base = sum(amounts[place] for place in taxed)
    item = _tax_item(order, base, tax, company)
    if isinstance(item, Hold):
        return item
    reckoned = quickbooks_tax(base, company.tax_rates.get(item, ()))
    if reckoned != tax:
        more = {"quickbooks_tax": shown(reckoned), "base": shown(base)}
        return Hold("tax-would-differ", details | more)
    return item, taxed


def quickbooks_tax(base: int, rates: Iterable[Decimal]) -> int:
    """What QuickBooks reckons on that base, in minor units: each rate (percent) rounded alone."""
    parts = (Decimal(base) * rate / 100 for rate in rates)
    return sum(int(part.quantize(Decimal(1), ROUND_HALF_UP)) for part in parts)


def _taxed(order: SalesOrder, settings: Settings) -> Iterable[int]:
    for place, line in enumerate(order.lines):
        match line.kind:
            case LineKind.PRODUCT:
                is_taxed = line.is_taxable
            case LineKind.SHIPPING:
                is_taxed = settings.shipping_taxed == "yes"
            case LineKind.DISCOUNT:
                is_taxed = settings.discounts_untaxed == "yes"
            case _:
                is_taxed = False
        if is_taxed:
            yield place


def _tax_item(order: SalesOrder, base: int, tax: int, company: Company) -> str | Hold:
    """By the labels of its tax lines, else by the state it goes to, else by the rate; several
    labels together are the group that has exactly their items."""
    labels = [line.name for line in order.lines if line.kind is LineKind.TAX]
    items: set[str] = set()
    for label in labels:
        found = match_tax_item(company, order_id=order.order_id, label=label, kinds=SALES_TAX_KINDS)
        if isinstance(found, Hold):
            return found
        items.add(found.list_id if found else "")
    together = next(iter(items)) if len(items) == 1 else company.tax_groups.get(frozenset(items))
    if together:
        return together
    by_state = match_tax_item(
        company, order_id=order.order_id, state=tax_state(order), kinds=SALES_TAX_KINDS
    )
    if by_state is not None:
        return by_state if isinstance(by_state, Hold) else by_state.list_id
    return _by_rate(base, tax, company) or Hold(
        "tax-item-not-chosen",
        {
            "order": str(order.order_id),
            "tax": ", ".join(label for label in labels if label.strip()) or "sales tax",
            "state": tax_state(order) or "no state",
        },
    )


def _by_rate(base: int, tax: int, company: Company) -> str:
    """The one item chosen for a rate with which the tax comes out to the cent; "" for none or
    several."""
    fitting = {
        chosen.entry.list_id
        for key, chosen in company.item_of_tax.items()
        if key.startswith("rate:")
        and chosen.entry is not None
        and chosen.entry.is_active
        and chosen.entry.kind in SALES_TAX_KINDS
        and quickbooks_tax(base, company.tax_rates.get(chosen.entry.list_id, ())) == tax
    }
    return fitting.pop() if len(fitting) == 1 else ""
