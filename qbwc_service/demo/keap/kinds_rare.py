"""Orders with all that a person may write on one, and rarer money, as they happen in a trade."""

from datetime import timedelta

from qbwc_service.demo.keap.shapes import Line
from qbwc_service.demo.keap.trade import Trade

_SOURCES = ("API", "INVOICE", "MANUAL_PAYMENT", "UNKNOWN")
#: what an order may have beside goods, each with what it adds in cents
_EXTRAS = (
    Line("AZ Sales Tax", 561, kind="TAX"),
    Line("Maricopa County Tax", 72, kind="TAX"),
    Line("Phoenix City Tax", 233, kind="TAX"),
    Line("UPS Ground", 795, kind="SHIPPING"),
    Line("Late payment", 150, kind="FINANCE_CHARGE"),
    Line("Tip", 300, kind="TIP"),
    Line("Handling", 200, kind="FEE"),
    Line("Any order", -500, kind="DISCOUNT_ORDER_TOTAL"),
    Line("Widget week", -100, kind="DISCOUNT_PRODUCT"),
    Line("All books", -50, kind="DISCOUNT_PRODUCT_CATEGORY"),
    Line("Half the shipping", 0, kind="DISCOUNT_SHIPPING", discount_minor=397),
    Line("First days free", 0, kind="DISCOUNT_FREE_TRIAL", discount_minor=100),
)


def written_on(trade: Trade) -> None:
    """Notes, a promo code, a due date, and fields that the account made itself."""
    trade.shop.add_order(
        trade.buyer(),
        trade.goods(),
        title="Purchase order",
        source="INVOICE",
        due=trade.now + timedelta(days=30),
        notes="Gift wrap\nCall before delivery",
        promo_code="SAVE5",
        custom_fields={"3": "PO-4711", "5": "North"},
    )


def from_elsewhere(trade: Trade) -> None:
    """Not from the shop's own form."""
    source = trade.random.choice(_SOURCES)
    order_id = trade.shop.add_order(trade.buyer(), trade.goods(), title=source, source=source)
    trade.shop.pay(order_id, kind="Check", day=trade.today)


def every_line(trade: Trade) -> None:
    """Every kind of line that is not goods."""
    trade.paid([*trade.goods(), *_EXTRAS], "Every kind of line")


def credit_and_cash(trade: Trade) -> None:
    """100.00, of which 20.00 are let off and 80.00 paid in cash."""
    order_id = trade.order([Line("Set-up", 10000)], "Let off in part")
    trade.shop.credit(order_id, 2000, "Adjustment", note="courtesy")
    trade.shop.pay(order_id, 8000, kind="Cash", day=trade.today)


def refund_of_two(trade: Trade) -> None:
    """One check for two orders, and one refund of a part of each."""
    first, second = trade.order(), trade.order()
    payment = trade.shop.pay_several({first: 1000, second: 500}, day=trade.today)
    parts = {first: 300, second: 200}
    trade.after(lambda: trade.shop.refund_several(payment, parts), days=4)


def paid_order_edited(trade: Trade) -> None:
    """One line more and another price, the day after it was paid."""
    lines = trade.goods(2)
    order_id, _ = trade.paid(lines)
    dearer = Line(lines[0].name, lines[0].price_minor + 100, product_id=lines[0].product_id)
    changed = [dearer, *lines[1:], Line("Engraving", 900, kind="SERVICE")]
    trade.after(lambda: trade.shop.edit_order(order_id, lines=changed), days=1)


def paid_order_deleted(trade: Trade) -> None:
    """Gone with its payment, two days after it was paid."""
    order_id, _ = trade.paid(title="Paid by mistake")
    trade.after(lambda: trade.shop.delete_order(order_id), days=2)
