"""New items: only the kinds that need no stock."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from qbxml_builders.amounts import price
from qbxml_builders.elements import Element, Request, filled
from qbxml_builders.refs import Ref, referred


class ItemKind(StrEnum):
    """The kinds of item that this product makes."""

    SERVICE = "Service"
    NON_INVENTORY = "NonInventory"
    OTHER_CHARGE = "OtherCharge"


@dataclass(frozen=True, slots=True)
class ItemAdd:
    """A new item that is sold: name of 31 characters without colon, posting to ``account``.

    The schema lets the account be left out, QuickBooks does not. ``price`` is for one, with up to 5
    decimals.
    """

    kind: ItemKind
    name: str
    account: Ref
    description: str = ""
    price: Decimal | None = None
    sales_tax_code: Ref | None = None
    external_guid: str = ""


def item_add(request_id: str, item: ItemAdd) -> Request:
    """The request that makes the item. Source: qbXML OSR, Item<kind>Add."""
    sale = (
        *filled("Desc", item.description),
        *price("Price", item.price),
        item.account.element("AccountRef"),
    )
    content = (
        Element("Name", item.name),
        *referred("SalesTaxCodeRef", item.sales_tax_code),
        Element("SalesOrPurchase", sale),
        *filled("ExternalGUID", item.external_guid),
    )
    tag = f"Item{item.kind.value}Add"
    return Request(request_id, Element(f"{tag}Rq", (Element(tag, content),)))
