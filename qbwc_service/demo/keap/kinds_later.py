"""Orders that change afterwards, come late, or are odd, as something that happens in a trade."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from qbwc_service.demo.keap.shapes import Line
from qbwc_service.demo.keap.trade import Trade

_ZONES = ("America/Phoenix", "America/New_York", "Europe/London", "Australia/Sydney")
#: the hour that there is twice, the one that there is not, and those beside them; in UTC
_CLOCK_CHANGES = (
    datetime(2026, 3, 8, 6, 59, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
)


# -- money back ----------------------------------------------------------------------------------
def refunded_in_part(trade: Trade) -> None:
    """5.00 back after two days."""
    _, payment = trade.paid()
    trade.after(lambda: trade.shop.refund(payment, 500, transaction_id="re_1"), days=2)


def refunded(trade: Trade) -> None:
    """All of it back, an hour later."""
    _, payment = trade.paid()
    trade.after(lambda: trade.shop.refund(payment, transaction_id="re_2"), hours=1)


def refunded_twice(trade: Trade) -> None:
    """2.00 back, and 3.00 more a week later."""
    _, payment = trade.paid()
    trade.shop.refund(payment, 200, transaction_id="re_3")
    trade.after(lambda: trade.shop.refund(payment, 300, transaction_id="re_4"), days=7)


def refund_of_a_part(trade: Trade) -> None:
    """One check for two orders, and the part of one of them back."""
    first, second = trade.order(), trade.order()
    payment = trade.shop.pay_several({first: 1000, second: 500}, day=trade.today)
    trade.shop.refund(payment, order_id=second)


def voided(trade: Trade) -> None:
    """Taken back on the same day."""
    trade.shop.void_payment(trade.paid()[1])


def charged_back(trade: Trade) -> None:
    """Taken back after twelve days."""
    _, payment = trade.paid()
    trade.after(lambda: trade.shop.void_payment(payment), days=12)


def adjusted(trade: Trade) -> None:
    """Nothing is paid: an adjustment closes it."""
    trade.shop.credit(trade.order(), 1000, "Adjustment", note="courtesy")


def credited(trade: Trade) -> None:
    """A credit of 1.00, the rest by card."""
    order_id = trade.order()
    trade.shop.credit(order_id, 100)
    trade.shop.pay(order_id, transaction_id=trade.card())


# -- changed afterwards --------------------------------------------------------------------------
def payment_corrected(trade: Trade) -> None:
    """Amount and date of a check, on the next day."""
    order_id = trade.order()
    payment, day = trade.shop.pay(order_id, 1100, kind="Check", day=trade.today), trade.today
    trade.after(
        lambda: trade.shop.edit_payment(payment, amount_minor=1000, day=day - timedelta(days=3)),
        days=1,
    )


def payment_deleted(trade: Trade) -> None:
    """A check that was typed for the wrong order."""
    payment = trade.shop.pay(trade.order(), 1000, kind="Check", day=trade.today)
    trade.after(lambda: trade.shop.delete_payment(payment), hours=5)


def order_edited(trade: Trade) -> None:
    """Other goods, two days later."""
    order_id = trade.order()
    trade.after(lambda: trade.shop.edit_order(order_id, lines=trade.goods(2)), days=2)


def order_deleted(trade: Trade) -> None:
    """Gone after three days."""
    order_id = trade.order(title="By mistake")
    trade.after(lambda: trade.shop.delete_order(order_id), days=3)


def contact_merged(trade: Trade) -> None:
    """Somebody who is in Keap twice, for two days."""
    known, double = trade.buyer(), trade.newcomer()
    trade.contact_ids.remove(double)
    order_id = trade.shop.add_order(double, trade.goods())
    trade.shop.pay(order_id, transaction_id=trade.card())
    trade.after(lambda: trade.shop.merge_contacts(known, double), days=2)


# -- times and ids -------------------------------------------------------------------------------
def backdated(trade: Trade) -> None:
    """Typed now, dated forty days ago."""
    placed = trade.now - timedelta(days=40)
    order_id = trade.shop.add_order(trade.buyer(), trade.goods(), title="Old order", on=placed)
    trade.shop.pay(order_id, kind="Check", day=placed.date())


def around_midnight(trade: Trade) -> None:
    """One minute before or after midnight somewhere."""
    zone = ZoneInfo(trade.random.choice(_ZONES))
    midnight = datetime.combine(trade.today, time(), zone)
    placed = midnight + trade.random.choice((-1, 1)) * timedelta(minutes=1)
    order_id = trade.shop.add_order(trade.buyer(), trade.goods(), title="At night", on=placed)
    trade.shop.pay(order_id, on=placed, transaction_id=trade.card())


def night_of_the_clocks(trade: Trade) -> None:
    """In a night in which the clocks are changed."""
    placed = trade.random.choice(_CLOCK_CHANGES)
    order_id = trade.shop.add_order(trade.buyer(), trade.goods(), title="Long night", on=placed)
    trade.shop.pay(order_id, on=placed, transaction_id=trade.card())


def order_saved_late(trade: Trade) -> None:
    """Its id is given ten minutes before it is seen, and another order is seen meanwhile."""
    contact_id, lines, reserved = trade.buyer(), trade.goods(), trade.reserve_order()
    trade.paid()

    def save() -> None:
        trade.reserved -= 1
        order_id = trade.shop.add_order(contact_id, lines, title="Saved late", reserved=reserved)
        trade.shop.pay(order_id, transaction_id=trade.card())

    trade.after(save, minutes=10)


def payment_saved_late(trade: Trade) -> None:
    """Its id is given ten minutes before it is seen, and another payment is seen meanwhile."""
    order_id, card, reserved = trade.order(), trade.card(), trade.shop.reserve("payment")
    trade.paid()
    trade.after(
        lambda: trade.shop.pay(order_id, transaction_id=card, reserved=reserved), minutes=10
    )


# -- odd ones ------------------------------------------------------------------------------------
def zero_total(trade: Trade) -> None:
    """A free trial."""
    trade.order([Line("Free trial", 0)], "Free trial")


def without_lines(trade: Trade) -> None:
    """Keap allows it."""
    trade.shop.add_order(trade.buyer(), [], title="Empty")


def many_lines(trade: Trade) -> None:
    """Two hundred."""
    trade.paid(trade.goods(200), "Stocking up")


def part_of_an_hour(trade: Trade) -> None:
    """One hour and a half."""
    trade.paid([trade.line(3, Decimal("1.5"))], "Coaching")


def canadian(trade: Trade) -> None:
    """Canadian dollars."""
    trade.shop.add_order(trade.buyer(), trade.goods(), title="From Toronto", currency="CAD")


def from_quickbooks(trade: Trade) -> None:
    """Copied into Keap from QuickBooks."""
    trade.shop.add_order(trade.buyer(), trade.goods(), title="Copied", source="QUICKBOOKS")


def words_nobody_knows(trade: Trade) -> None:
    """A status, a source and a line type that Keap's documents do not have."""
    lines = [*trade.goods(1), Line("Mystery", 1000, kind="HOLOGRAM")]
    trade.shop.add_order(
        trade.buyer(), lines, title="Заказ 🎁", status="ARCHIVED", source="TELEPATHY"
    )


def off_by_a_cent(trade: Trade) -> None:
    """The total is a cent more than its lines."""
    lines = trade.goods()
    total = sum(line.amount_minor for line in lines) + 1
    trade.shop.add_order(trade.buyer(), lines, title="A cent too much", total_minor=total)
