"""Which orders settings leave out, and why. Pure.

A reason is an id of the message catalogue; every order that is left out is counted under it.
"""

from collections.abc import Sequence

from qbwc_service.planning.money import minor_units_of
from qbwc_service.planning.order import LineKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.order_status import has_wanted_status
from qbwc_service.planning.paid import is_test_order
from qbwc_service.settings import Settings, words


def skip_by_settings(
    order: SalesOrder, payments: Sequence[ReceivedPayment], settings: Settings
) -> str:
    """The reason why settings leave the order out, or ""."""
    if order.came_from_quickbooks:
        return "came-from-quickbooks"
    if order.placed_on < settings.start_date:
        return "before-start-date"
    if order.total == 0 and settings.zero_orders == "skip":
        return "zero-total"
    if order.is_draft and settings.drafts == "skip":
        return "still-a-draft"
    if is_test_order(payments):
        return "test-order"
    if not has_wanted_status(order, payments, settings.order_status):
        return "order-status"
    return _by_content(order, settings)


def _by_content(order: SalesOrder, settings: Settings) -> str:
    if settings.order_products and not _sells_one_of(order, settings.order_products):
        return "order-products"
    if settings.order_sources:
        wanted = {word.casefold() for word in words(settings.order_sources)}
        if not wanted & {order.source.strip().casefold(), order.order_type.strip().casefold()}:
            return "order-sources"
    least, most = settings.order_min_total, settings.order_max_total
    if least and order.total < minor_units_of(least):
        return "order-amount"
    return "order-amount" if most and order.total > minor_units_of(most) else ""


def _sells_one_of(order: SalesOrder, products: str) -> bool:
    wanted = {word.casefold() for word in words(products)}
    sold = (
        text
        for line in order.lines
        if line.kind is LineKind.PRODUCT
        for text in (line.sku, line.name)
    )
    return any(" ".join(text.split()).casefold() in wanted for text in sold)
