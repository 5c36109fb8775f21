"""Which item a line goes to: the one a person chose, else the one that bears the SKU.

By default the SKU is compared with the item's name, full or last part; `item_match` names another
field. Two that fit, or only one that cannot be used, are a hold, never a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from qbwc_service.matching import reasons
from qbwc_service.matching.company import Company, Item, MappedItem
from qbwc_service.matching.keys import custom_field_key, name_key
from qbwc_service.planning.plan import Hold, Reason
from qbwc_service.settings import Settings

#: Kinds of item that a line with an amount of its own cannot name. Source, qbXML OSR: a group goes
#: into InvoiceLineGroupAdd, a tax into the header's ItemSalesTaxRef; a subtotal takes its amount
#: from the lines above, a payment item records money received, a discount takes its amount off.
UNFIT_KINDS = MappingProxyType(
    {
        "SalesTax": "a sales tax item",
        "SalesTaxGroup": "a sales tax group",
        "Group": "a group of items",
        "Subtotal": "a subtotal item",
        "Payment": "a payment item",
        "Discount": "a discount item",
    }
)
DISCOUNT_KIND = "Discount"
#: nobody bears the SKU: what happens then is a setting
MISSING = frozenset({"item-not-in-quickbooks", "no-item-by-field"})


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """An item of QuickBooks, and why this one."""

    item: Item
    why: Reason


def usable(item: Item, details: dict[str, str], *, is_discount: bool = False) -> Hold | None:
    """Why an invoice line cannot name this item, or None. `details` tell of the order."""
    kind = "" if is_discount and item.kind == DISCOUNT_KIND else UNFIT_KINDS.get(item.kind, "")
    named = details | {"item": item.full_name}
    if kind:
        return Hold("item-kind-unusable", named | {"kind": kind})
    return None if item.is_active else Hold("item-inactive", named)


def match_mapped(
    mapped: MappedItem, rule: str, details: dict[str, str], *, product: str
) -> ItemMatch | Hold:
    """The item that a person chose, if QuickBooks still has it and it is active."""
    item = mapped.item
    if item is None or not item.is_active:
        state = "is no longer in QuickBooks" if item is None else "is inactive in QuickBooks"
        named = {"item": mapped.full_name if item is None else item.full_name, "state": state}
        return Hold("mapped-item-gone", details | named | {"product": product})
    return usable(item, details) or ItemMatch(item, Reason(rule))


def match_sku(
    sku: str, company: Company, settings: Settings, *, line: str, order_id: int
) -> ItemMatch | Hold:
    """The one active item that bears the SKU in the field that the settings compare it with."""
    details = {"sku": sku, "line": line, "order": str(order_id)}
    if settings.item_match == "name":
        return _by_name(sku, company, details)
    field = field_words(settings)
    fitting = company.items_by_field.get(field_key(sku, settings), ())
    if not fitting:
        return Hold("no-item-by-field", details | {"field": field})
    why = Reason(reasons.SKU_IS_FIELD, {"field": field})
    return _the_one(fitting, why, details | {"field": field}, "item-field-ambiguous")


def field_key(sku: str, settings: Settings) -> str:
    """What a SKU is looked up by where it is not compared with names."""
    if settings.item_match == "custom-field":
        return custom_field_key(settings.item_match_field, sku)
    return name_key(sku)


def field_words(settings: Settings) -> str:
    """The field as a bookkeeper calls it."""
    if settings.item_match == "custom-field":
        if not settings.item_match_field:
            return "custom field, which the settings do not name yet"
        return f'custom field "{settings.item_match_field}"'
    return "barcode" if settings.item_match == "barcode" else "part number"


def _by_name(sku: str, company: Company, details: dict[str, str]) -> ItemMatch | Hold:
    key = name_key(sku)
    exact = company.items_by_full_name.get(key)
    if exact is not None and usable(exact, details) is None:
        return ItemMatch(exact, Reason(reasons.SKU_IS_NAME))
    leaves = company.items_by_name.get(key, ())
    fitting = [exact, *(leaf for leaf in leaves if leaf != exact)] if exact else list(leaves)
    if not fitting:
        return Hold("item-not-in-quickbooks", details)
    return _the_one(fitting, Reason(reasons.SKU_IS_LAST_PART), details, "item-name-ambiguous")


def _the_one(
    fitting: Sequence[Item], why: Reason, details: dict[str, str], ambiguous: str
) -> ItemMatch | Hold:
    """The only one that can be used; else why none can, or which ones could."""
    troubles = {item.list_id: usable(item, details) for item in fitting}
    usable_ones = [item for item in fitting if troubles[item.list_id] is None]
    if len(usable_ones) == 1:
        return ItemMatch(usable_ones[0], why)
    if usable_ones:
        return Hold(ambiguous, details | {"choices": _choices(usable_ones)})
    holds = [hold for hold in troubles.values() if hold is not None]
    # The same cause whatever their order; an inactive one first, because it can be made active.
    return min(holds, key=lambda hold: (hold.cause != "item-inactive", hold.details["item"]))


def _choices(items: Sequence[Item]) -> str:
    return ", ".join(sorted(item.full_name for item in items))
