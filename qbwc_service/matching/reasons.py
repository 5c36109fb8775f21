"""Why a record of QuickBooks was chosen, in a short sentence for each rule of matching."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from qbwc_service.planning.plan import Reason

#: products and other lines -> items
ITEM_CHOSEN = "item-chosen"
SKU_IS_NAME = "sku-is-name"
SKU_IS_LAST_PART = "sku-is-last-part"
SKU_IS_FIELD = "sku-is-field"
NAME_IS_ITEM = "name-is-item"
ITEM_MADE = "item-made"
LINE_TO_UNKNOWN = "line-to-unknown"
SKU_TO_UNKNOWN = "sku-to-unknown"
CORRECTED_BY_HAND = "corrected-by-hand"
TAX_CHOSEN = "tax-chosen"
BY_SETTING = "by-setting"
#: the line went to the unknown item, so somebody may want to send it again with the right one
TO_UNKNOWN_ITEM: Final = frozenset({LINE_TO_UNKNOWN, SKU_TO_UNKNOWN})

_CUSTOMERS: Final[Mapping[str, str]] = {
    "customer-chosen": "You chose this customer for Keap contact {contact}",
    "customer-remembered": "Earlier orders of Keap contact {contact} went to this customer",
    "customer-email": "It has the e-mail address of the order, {email}",
    "customer-email-name": (
        "Of those with the e-mail address {email}, it has the name of the order"
    ),
    "customer-email-place": (
        "Of those with the e-mail address {email}, it has the company and the city of the order"
    ),
    "customer-name": "It has the name of the order; nothing else speaks against it",
    "customer-name-place": "Of those with that name, it has the company and the city of the order",
    "customer-company-city": "It is the company of the order, {company}, in the same city",
    "customer-single": "Your settings put the order under this one customer",
    "customer-new": (
        "New: no customer in QuickBooks has this e-mail address, name, or company and city"
    ),
    "customer-new-apart": (
        "New, with the number of the Keap contact in its name: QuickBooks has a {other_kind} of "
        "the same name"
    ),
    "customer-new-chosen": "New: you chose to make a new customer for Keap contact {contact}",
}

#: the sentence of each rule; {braces} are filled from the details of the reason
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ITEM_CHOSEN: "You chose this item",
        SKU_IS_NAME: "Its SKU is the name of the item",
        SKU_IS_LAST_PART: "Its SKU is the last part of the item's name",
        SKU_IS_FIELD: "Its SKU is the {field} of the item",
        NAME_IS_ITEM: "It has no {missing}; {text} is the name of the item",
        ITEM_MADE: "No item had {text}, so this service makes one",
        LINE_TO_UNKNOWN: "It has no {missing} in Keap",
        SKU_TO_UNKNOWN: "No item has its SKU",
        CORRECTED_BY_HAND: "You corrected the item in QuickBooks",
        TAX_CHOSEN: "You chose this item for the tax",
        BY_SETTING: "Your settings name it for {purpose}",
        **_CUSTOMERS,
    }
)


#: why no item was found for a product, by the cause of the hold
TROUBLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "item-not-in-quickbooks": "No item has this SKU as its name",
        "no-item-by-field": "No item has this SKU as its {field}",
        "item-name-ambiguous": "Several items have this name: {choices}",
        "item-field-ambiguous": "Several items have this {field}: {choices}",
        "item-inactive": "{item} is inactive in QuickBooks",
        "item-kind-unusable": "{item} is {kind}, which no invoice line can use",
        "mapped-item-gone": "{item}, which you chose, {state}",
        "line-without-sku": "It has no {missing} in Keap",
        "account-not-chosen": "No income account is chosen for new items",
        "account-not-in-quickbooks": "QuickBooks has no account {account}",
    }
)


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "..."


def sentence(reason: Reason) -> str:
    """The reason, or the trouble of a product, in words; "" where none is known (an older plan)."""
    words = REASONS.get(reason.rule) or TROUBLES.get(reason.rule, "")
    return words.format_map(_Blanks(reason.details))
