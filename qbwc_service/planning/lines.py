"""The lines of an order -> the lines of an invoice, equal to the cent or a hold.

Shops disagree on how a discount line is written: with a negative price, or with a positive
`discount` beside the price. Either reading is taken if, and only if, it gives the order's total.
"""

from dataclasses import dataclass

from qbwc_service.matching.company import Company
from qbwc_service.planning.line_items import LineItem, item_for
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.order import LineKind, SalesLine, SalesOrder
from qbwc_service.planning.plan import Hold, Note, PlannedItem, PlannedLine
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
        found = item_for(line, order.order_id, company, settings)
        if isinstance(found, Hold):
            return found
        lines.append(_planned_line(line, found, amount))
        if found.makes:
            items[found.makes.source_key] = found.makes
        if found.note:
            notes.append(found.note)
    return PlannedLines(tuple(lines), tuple(items.values()), tuple(notes))


def _planned_line(line: SalesLine, found: LineItem, minor: int) -> PlannedLine:
    amount = decimal_amount(minor)
    description = _description(line)
    if line.kind is not LineKind.PRODUCT or not line.quantity:
        return PlannedLine(found.ref, description, None, None, amount, found.why)
    rate = decimal_amount(line.unit_price)
    exact = (
        line.quantity * rate == amount and -int(line.quantity.as_tuple().exponent) <= _RATE_DECIMALS
    )
    return PlannedLine(
        found.ref, description, line.quantity, rate if exact else None, amount, found.why
    )


def _description(line: SalesLine) -> str:
    parts = [line.name, line.description if line.description != line.name else ""]
    text = "\n".join(part for part in parts if part.strip())
    return shorten(to_quickbooks(text, keep_lines=True).text, DESCRIPTION_LIMIT).text
