"""The lines of an order -> the lines of its form, exact to the cent, or a hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from qbwc_service.matching.company import Company
from qbwc_service.planning.line_items import LineItem, item_for, item_of_setting
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.order import LineKind, SalesLine, SalesOrder
from qbwc_service.planning.plan import Hold, Note, PlannedItem, PlannedLine
from qbwc_service.planning.sales_tax import TaxPlan, plan_tax
from qbwc_service.settings import Settings
from qbxml_builders.text import shorten, to_quickbooks

DESCRIPTION_LIMIT = 4095
#: decimals QuickBooks keeps in a quantity or rate (qbXML QUANTYPE, PRICETYPE)
_RATE_DECIMALS = 5
#: the most that a rounding line makes up for, in minor units
ROUNDING_LIMIT = 5


@dataclass(frozen=True, slots=True)
class PlannedLines:
    lines: tuple[PlannedLine, ...]
    #: items that have to be made first
    items: tuple[PlannedItem, ...]
    notes: tuple[Note, ...]
    tax: TaxPlan


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What each line comes to in minor units, and what a rounding line adds to them."""

    amounts: tuple[int, ...]
    rounding: int = 0


def line_amounts(order: SalesOrder, settings: Settings) -> LineAmounts | Hold:
    """The amounts that come to the order's total. Discount lines carry a negative price, or a
    positive discount: whichever comes to the total counts; a hold where neither does."""
    if not order.lines:
        details = {"order": str(order.order_id), "total": shown(order.total)}
        return Hold("no-lines", details)
    by_price = [line.quantity * line.unit_price for line in order.lines]
    less_discounts = [
        amount - (line.discount if line.kind is LineKind.DISCOUNT else 0)
        for line, amount in zip(order.lines, by_price, strict=True)
    ]
    readings = [_in_cents(by_price), _in_cents(less_discounts)]
    for amounts in readings:
        if sum(amounts) == order.total:
            return LineAmounts(amounts)
    closest = min(readings, key=lambda amounts: abs(order.total - sum(amounts)))
    difference = order.total - sum(closest)
    if settings.rounding_line == "yes" and abs(difference) <= ROUNDING_LIMIT:
        return LineAmounts(closest, difference)
    details = {
        "order": str(order.order_id),
        "lines_total": shown(sum(readings[0])),
        "total": shown(order.total),
    }
    return Hold("lines-do-not-add-up", details)


def _in_cents(amounts: Sequence[Decimal]) -> tuple[int, ...]:
    return tuple(int(amount.quantize(Decimal(1), ROUND_HALF_UP)) for amount in amounts)


def plan_lines(order: SalesOrder, company: Company, settings: Settings) -> PlannedLines | Hold:
    """Every line with its item and amount; the first line that has no item holds the order."""
    found = line_amounts(order, settings)
    if isinstance(found, Hold):
        return found
    tax = plan_tax(order, found.amounts, company, settings)
    if isinstance(tax, Hold):
        return tax
    writing = _Writing(order, company, settings, tax)
    for place, amount in enumerate(found.amounts):
        if place not in tax.left_out and (hold := writing.add(place, amount)):
            return hold
    if found.rounding and (hold := writing.add_rounding(found.rounding)):
        return hold
    return writing.done()


class _Writing:
    """The lines of one form, one after the other."""

    def __init__(
        self, order: SalesOrder, company: Company, settings: Settings, tax: TaxPlan
    ) -> None:
        self._order = order
        self._company = company
        self._settings = settings
        self._tax = tax
        self._lines: list[PlannedLine] = []
        self._items: dict[str, PlannedItem] = {}
        self._notes: list[Note] = []

    def add(self, place: int, amount: int) -> Hold | None:
        line = self._order.lines[place]
        found = item_for(line, self._order.order_id, self._company, self._settings)
        if isinstance(found, Hold):
            return found
        self._take(found)
        is_taxed = place in self._tax.taxed
        self._lines.append(_planned_line(line, found, amount, is_taxed=is_taxed))
        return None

    def add_rounding(self, amount: int) -> Hold | None:
        found = item_of_setting(
            "rounding_item", "rounding", self._order.order_id, self._company, self._settings
        )
        if isinstance(found, Hold):
            return found
        self._take(found)
        line = PlannedLine(found.ref, "Rounding", None, None, decimal_amount(amount), found.why)
        self._lines.append(line)
        return None

    def done(self) -> PlannedLines:
        items = tuple(self._items.values())
        return PlannedLines(tuple(self._lines), items, tuple(self._notes), self._tax)

    def _take(self, found: LineItem) -> None:
        if found.makes:
            self._items[found.makes.source_key] = found.makes
        if found.note:
            self._notes.append(found.note)


def _planned_line(line: SalesLine, found: LineItem, minor: int, *, is_taxed: bool) -> PlannedLine:
    amount = decimal_amount(minor)
    description = _description(line)
    if line.kind is not LineKind.PRODUCT or not line.quantity:
        return PlannedLine(found.ref, description, None, None, amount, found.why, is_taxed)
    rate = decimal_amount(line.unit_price)
    exact = (
        line.quantity * rate == amount and -int(line.quantity.as_tuple().exponent) <= _RATE_DECIMALS
    )
    shown_rate = rate if exact else None
    return PlannedLine(
        found.ref, description, line.quantity, shown_rate, amount, found.why, is_taxed
    )


def _description(line: SalesLine) -> str:
    more = line.description if line.description != line.name else ""
    text = to_quickbooks(f"{line.name}\n{more}", keep_lines=True).text
    return shorten(text, DESCRIPTION_LIMIT).text
