"""Orders that are paid, open or declined, as something that happens in a trade."""

from datetime import timedelta

from qbwc_service.demo.keap.money import Instalment
from qbwc_service.demo.keap.shapes import Line
from qbwc_service.demo.keap.trade import Trade

_SHIPPING = Line("UPS Ground", 795, kind="SHIPPING")


# -- paid at once --------------------------------------------------------------------------------
def plain(trade: Trade) -> None:
    """Goods, paid by card."""
    trade.paid()


def shipping_and_taxes(trade: Trade) -> None:
    """Tax of two authorities, shipping and a tip."""
    extras = [Line("AZ Sales Tax", 561, kind="TAX"), Line("Phoenix City Tax", 233, kind="TAX")]
    trade.paid([*trade.goods(), _SHIPPING, *extras, Line("Tip", 300, kind="TIP")])


def coupon(trade: Trade) -> None:
    """A discount with a negative price."""
    trade.paid([*trade.goods(), Line("SAVE5", -500, kind="DISCOUNT_ORDER_TOTAL")])


def discount(trade: Trade) -> None:
    """A discount with a positive amount."""
    trade.paid([*trade.goods(), Line("SAVE7", 0, kind="DISCOUNT", discount_minor=700)])


def check_of_yesterday(trade: Trade) -> None:
    """Typed today, dated yesterday: the payment is new and its time is old."""
    order_id = trade.order(title="Paid by check")
    yesterday = trade.today - timedelta(days=1)
    trade.shop.pay(order_id, kind="Check", day=yesterday, note="Check #1187")


def cash(trade: Trade) -> None:
    """Typed by hand, today."""
    trade.shop.pay(trade.order(title="At the counter"), kind="Cash", day=trade.today)


def two_payments(trade: Trade) -> None:
    """10.00 by card, the rest in cash."""
    order_id = trade.order()
    trade.shop.pay(order_id, 1000, transaction_id=trade.card())
    trade.shop.pay(order_id, kind="Cash", day=trade.today)


def one_payment_for_two(trade: Trade) -> None:
    """One check for two orders."""
    trade.shop.pay_several({trade.order(): 1000, trade.order(): 500}, day=trade.today)


def overpaid(trade: Trade) -> None:
    """5.00 too much."""
    order_id = trade.order()
    total = trade.shop.orders[order_id]["total"]["amount"]
    trade.shop.pay(order_id, total + 500, transaction_id=trade.card())


def test_payment(trade: Trade) -> None:
    """Through the test merchant account."""
    trade.shop.pay(trade.order(title="Test"), is_test=True)


def unknown_payment_type(trade: Trade) -> None:
    """A label that nobody has heard of."""
    trade.shop.pay(trade.order(), kind="Barter")


# -- open ----------------------------------------------------------------------------------------
def unpaid(trade: Trade) -> None:
    """No money yet."""
    trade.order(title="Invoice")


def partly_paid(trade: Trade) -> None:
    """10.00 of it."""
    trade.shop.pay(trade.order(), 1000, transaction_id=trade.card())


def paid_late(trade: Trade) -> None:
    """By check, ten days later."""
    order_id = trade.order(title="Invoice")
    trade.after(lambda: trade.shop.pay(order_id, kind="Check", day=trade.today), days=10)


def plan_of_three(trade: Trade) -> None:
    """Three instalments, of which two are paid."""
    dues = [trade.today + timedelta(days=30 * place) for place in range(3)]
    order_id = trade.shop.add_order(
        trade.buyer(),
        [Line("Course", 30000, kind="SERVICE")],
        title="Course in three parts",
        plan=[Instalment(due, 10000) for due in dues],
    )

    def pay() -> None:
        if order_id in trade.shop.orders:
            trade.shop.pay(order_id, 10000, transaction_id=trade.card())

    pay()
    trade.after(pay, days=30)


def draft(trade: Trade) -> None:
    """Not finished."""
    trade.shop.add_order(trade.buyer(), trade.goods(), title="Draft", status="DRAFT")


# -- declined ------------------------------------------------------------------------------------
def declined_for_good(trade: Trade) -> None:
    """A failed transaction, and no payment."""
    trade.shop.decline(trade.order())


def failed_payment(trade: Trade) -> None:
    """A payment that did not come through."""
    status = trade.random.choice(("FAILED", "ERROR", "PENDING"))
    trade.shop.pay(trade.order(), status=status, transaction_id=trade.card())


def subscription_retried(trade: Trade) -> None:
    """The card of a subscriber is refused, and pays three days later."""
    order_id = trade.order([_cycle(trade)], "Monthly coaching")
    trade.shop.decline(order_id)
    trade.after(lambda: trade.shop.pay(order_id, transaction_id=trade.card()), days=3)


def subscription(trade: Trade) -> None:
    """The first cycle; another follows every thirty days, as long as the shop has room."""
    contact_id, line = trade.buyer(), _cycle(trade)

    def bill() -> None:
        if trade.has_room:
            order_id = trade.shop.add_order(contact_id, [line], title="Monthly coaching")
            trade.shop.pay(order_id, transaction_id=trade.card())
            trade.after(bill, days=30)

    bill()


def _cycle(trade: Trade) -> Line:
    number = str(trade.random.randrange(1000, 10_000))
    return Line("Monthly coaching", 9700, kind="SUBSCRIPTION", subscription_id=number)
