"""Which item a line goes to: SKU against item name, leaf or full, without regard to case."""

from qbwc_service.matching.company import Company, Item
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.plan import Hold


def match_sku(sku: str, company: Company, *, line: str, order_id: int) -> Item | Hold:
    """The one active item of that name. No such item, or two of them: a hold, never a guess."""
    key = name_key(sku)
    details = {"sku": sku, "line": line, "order": str(order_id)}
    exact = company.items_by_full_name.get(key)
    if exact is not None and exact.is_active:
        return exact
    fitting = tuple(item for item in company.items_by_name.get(key, ()) if item.is_active)
    if not fitting:
        return Hold("item-not-in-quickbooks", details)
    if len(fitting) > 1:
        choices = ", ".join(sorted(item.full_name for item in fitting))
        return Hold("item-name-ambiguous", details | {"choices": choices})
    return fitting[0]
