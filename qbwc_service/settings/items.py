"""Which item of QuickBooks a line goes to."""

from typing import get_args

from qbwc_service.settings.choices import ItemMatchField, MissingItem, NewItemType, NoSku
from qbwc_service.settings.setting import ACCOUNT_LIST, Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "item_match",
        "name, part-number, barcode or custom-field",
        "name",
        "What of a QuickBooks item the SKU is compared with: its name, its manufacturer's part "
        "number, its barcode, or one of its custom fields.",
        get_args(ItemMatchField),
    ),
    Setting(
        "item_match_field",
        "text",
        "",
        "Name of the custom field of items that holds the SKU. Needed where the SKU is compared "
        "with a custom field.",
    ),
    Setting(
        "missing_item",
        "hold, unknown-item or create",
        "hold",
        "A SKU that no item has: hold the order, use the unknown item and tell, or create an item "
        "of that name.",
        get_args(MissingItem),
    ),
    Setting(
        "no_sku",
        "unknown-item, hold or create",
        "unknown-item",
        "A line without SKU or item name: use the unknown item and tell, hold the order, or create "
        "an item of the name that there is.",
        get_args(NoSku),
    ),
    Setting(
        "unknown_item",
        "text",
        "unknown_do_not_delete",
        "Name of the item for lines without SKU or item name; made when it is missing.",
    ),
    Setting(
        "new_item_type",
        "service or non-inventory",
        "service",
        "Type of the unknown item and of new products where this service makes them. Items with "
        "stock are never made.",
        get_args(NewItemType),
    ),
    Setting(
        "income_account",
        "QuickBooks account",
        "",
        "Income account for the items this service makes (unknown item, new products, shipping, "
        "discount, fees). Full name as in the chart of accounts.",
        list_name=ACCOUNT_LIST,
    ),
    Setting(
        "tax_account",
        "QuickBooks account",
        "",
        "Liability account for the sales tax item this service makes.",
        list_name=ACCOUNT_LIST,
    ),
    Setting("shipping_item", "text", "Keap Shipping", "Item for shipping lines."),
    Setting("tax_item", "text", "Keap Sales Tax", "Item for sales tax lines."),
    Setting("discount_item", "text", "Keap Discount", "Item for discount lines."),
    Setting("finance_charge_item", "text", "Keap Finance Charge", "Item for finance charges."),
    Setting("tip_item", "text", "Keap Tip", "Item for tips."),
    Setting("fee_item", "text", "Keap Fee", "Item for all other fees."),
    Setting(
        "rounding_item",
        "text",
        "Keap Rounding",
        "Item for rounding lines, where these are allowed.",
    ),
    Setting(
        "credit_item",
        "text",
        "",
        "Item of credit memos for credits and adjustments in Keap. Empty: these wait for you.",
    ),
    Setting(
        "refund_item",
        "text",
        "",
        "Item of credit memos for refunds of a part of an order. A whole order is credited by the "
        "items that it was sold with. Empty: refunds of a part wait for you.",
    ),
)
