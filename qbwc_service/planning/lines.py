"""The lines of an order -> the lines of an invoice, equal to the cent or a hold.

Shops disagree on how a discount line is written: with a negative price, or with a positive
`discount` beside the price. Either reading is taken if, and only if, it gives the order's total.
"""

from dataclasses import dataclass

from qbwc_service.matching.accounts import match_account
from qbwc_service.matching.company import Company, Item
from qbwc_service.matching.items import match_sku
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.order import LineKind, SalesLine, SalesOrder
from qbwc_service.planning.plan import Hold, ListRef, Note, PlannedItem, PlannedLine
from qbwc_service.settings import Settings
from qbxml_builders.text import shorten, to_quickbooks

DESCRIPTION_LIMIT = 4095
#: decimals QuickBooks keeps in a quantity or rate (qbXML QUANTYPE, PRICETYPE)
_RATE_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class PlannedLines:
    lines: tuple[PlannedLine, ...]
    #: items that have to be made first
    items: tuple[PlannedItem, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _LineItem:
    ref: ListRef
    makes: PlannedItem | None = None
    note: Note | None = None


def line_amounts(order: SalesOrder) -> tuple[int, ...] | Hold:
    """What each line comes to in minor units; a hold when they do not add up to the total."""
    if not order.lines:
        details = {"order": str(order.order_id), "total": shown(order.total)}
        return Hold("no-lines", details)
    by_price = [line.quantity * line.unit_price for line in order.lines]
    less_discounts = [
        amount - (line.discount if line.kind is LineKind.DISCOUNT else 0)
        for line, amount in zip(order.lines, by_price, strict=True)
    ]
    for amounts in (by_price, less_discounts):
        if sum(amounts) == order.total and all(a == a.to_integral_value() for a in amounts):
            return tuple(int(amount) for amount in amounts)
    details = {
        "order": str(order.order_id),
        "lines_total": shown(sum(by_price)),
        "total": shown(order.total),
    }
    return Hold("lines-do-not-add-up", details)


def plan_lines(order: SalesOrder, company: Company, settings: Settings) -> PlannedLines | Hold:
    """Every line with its item and amount; the first line that has no item holds the order."""
    amounts = line_amounts(order)
    if isinstance(amounts, Hold):
        return amounts
    lines: list[PlannedLine] = []
    items: dict[str, PlannedItem] = {}
    notes: list[Note] = []
    for line, amount in zip(order.lines, amounts, strict=True):
        found = _item_for(line, order, company, settings)
        if isinstance(found, Hold):
            return found
        lines.append(_planned_line(line, found.ref, amount))
        if found.makes:
            items[found.makes.source_key] = found.makes
        if found.note:
            notes.append(found.note)
    return PlannedLines(tuple(lines), tuple(items.values()), tuple(notes))


def _planned_line(line: SalesLine, item: ListRef, minor: int) -> PlannedLine:
    amount = decimal_amount(minor)
    description = _description(line)
    if line.kind is not LineKind.PRODUCT or not line.quantity:
        return PlannedLine(item, description, None, None, amount)
    rate = decimal_amount(line.unit_price)
    exact = (
        line.quantity * rate == amount and -int(line.quantity.as_tuple().exponent) <= _RATE_DECIMALS
    )
    return PlannedLine(item, description, line.quantity, rate if exact else None, amount)


def _description(line: SalesLine) -> str:
    parts = [line.name, line.description if line.description != line.name else ""]
    text = "\n".join(part for part in parts if part.strip())
    return shorten(to_quickbooks(text, keep_lines=True).text, DESCRIPTION_LIMIT).text


def _item_for(
    line: SalesLine, order: SalesOrder, company: Company, settings: Settings
) -> _LineItem | Hold:
    match line.kind:
        case LineKind.PRODUCT:
            return _product_item(line, order, company, settings)
        case LineKind.SHIPPING:
            name, purpose = settings.shipping_item, "shipping"
        case LineKind.DISCOUNT:
            name, purpose = settings.discount_item, "discounts"
        case LineKind.FEE:
            name, purpose = settings.fee_item, "fees"
        case LineKind.TAX:
            name, purpose = settings.tax_item, "sales tax"
        case LineKind.UNKNOWN:
            details = {"order": str(order.order_id), "line_type": line.source_kind}
            return Hold("line-type-unknown", details)
    setting = "tax_account" if line.kind is LineKind.TAX else "income_account"
    return _own_item(name, order, company, settings, purpose=purpose, setting=setting)


def _product_item(
    line: SalesLine, order: SalesOrder, company: Company, settings: Settings
) -> _LineItem | Hold:
    missing = "item name" if not line.name.strip() else "SKU" if not line.sku.strip() else ""
    shown_line = line.name or line.description or "without a name"
    if not missing:
        found = match_sku(line.sku, company, line=shown_line, order_id=order.order_id)
        return found if isinstance(found, Hold) else _LineItem(ListRef(list_id=found.list_id))
    details = {"order": str(order.order_id), "line": shown_line, "missing": missing}
    if settings.no_sku == "hold":
        return Hold("line-without-sku", details)
    own = _own_item(
        settings.unknown_item,
        order,
        company,
        settings,
        purpose="lines without SKU",
        setting="income_account",
        is_other_charge=False,
    )
    if isinstance(own, Hold):
        return own
    note = Note("unknown-item-used", details | {"item": settings.unknown_item})
    return _LineItem(own.ref, own.makes, note)


def _own_item(
    name: str,
    order: SalesOrder,
    company: Company,
    settings: Settings,
    *,
    purpose: str,
    setting: str,
    is_other_charge: bool = True,
) -> _LineItem | Hold:
    """The item that a setting names: the one in QuickBooks, else one to be made."""
    existing: Item | None = company.items_by_full_name.get(name_key(name))
    if existing is not None and existing.is_active:
        return _LineItem(ListRef(list_id=existing.list_id))
    account_name = settings.tax_account if setting == "tax_account" else settings.income_account
    if not account_name:
        details = {
            "order": str(order.order_id),
            "item": name,
            "purpose": purpose,
            "setting": setting,
        }
        return Hold("account-not-chosen", details)
    account = match_account(account_name, company, setting=setting, order_id=order.order_id)
    if isinstance(account, Hold):
        return account
    key = name_key(name)
    makes = PlannedItem(key, name, is_other_charge, account.list_id, "Made by the Keap link")
    return _LineItem(ListRef(made_by=key), makes)
