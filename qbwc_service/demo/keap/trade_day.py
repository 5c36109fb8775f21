"""One busy day in a shop that is open already."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from qbwc_service.demo.keap.shop import Shop
from qbwc_service.demo.keap.trade import Trade


@dataclass(frozen=True, slots=True)
class Step:
    """What happened in one step: ids of orders."""

    number: int
    placed: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]


def day_of_trade(
    shop: Shop, orders: int = 2000, *, steps: int = 288, seed: int = 1
) -> Iterator[Step]:
    """`orders` new paid orders in so many steps, and beside them what else a day brings.

    Of a hundred orders there are four edits, three checks typed late, two refunds, one payment
    corrected, one order deleted. Everything happens at the shop's clock, which whoever asks for
    the next step moves on before.
    """
    trade = Trade(shop, seed, len(shop.orders) + orders)
    known = list(shop.orders)
    placed = 0
    for number in range(steps):
        wanted = orders * (number + 1) // steps - placed
        new = [trade.paid(title="Order of the day")[0] for _ in range(wanted)]
        changed, deleted = [], []
        for place in range(placed, placed + wanted):
            work = _WORK.get(place % 100)
            if work is not None and known:
                changed += [order_id for order_id in [work(trade, known)] if order_id]
            elif place % 100 == _DELETES_AT and known:
                deleted.append(shop.delete_order(known.pop(trade.random.randrange(len(known)))))
        placed += wanted
        known += new
        yield Step(number, tuple(new), tuple(changed), tuple(deleted))


def _edit(trade: Trade, known: list[str]) -> str:
    order_id = trade.random.choice(known)
    return trade.shop.edit_order(order_id, title=f"Changed at {trade.now:%H:%M}")


def _late_check(trade: Trade, known: list[str]) -> str:
    """Dated up to five days ago."""
    order_id = trade.random.choice(known)
    day = trade.today - timedelta(days=trade.random.randrange(6))
    trade.shop.pay(order_id, 100, kind="Check", day=day)
    return order_id


def _refund(trade: Trade, known: list[str]) -> str:
    """1.00 of a payment by card, if the order has one."""
    order_id, payment_id = _payment(trade, known, "Credit Card")
    if payment_id:
        trade.shop.refund(payment_id, 100, order_id=order_id, transaction_id="re_day")
    return order_id if payment_id else ""


def _correct(trade: Trade, known: list[str]) -> str:
    """The amount of a check, if the order has one of its own."""
    order_id, payment_id = _payment(trade, known, "Check")
    if payment_id:
        trade.shop.edit_payment(payment_id, amount_minor=trade.random.randrange(100, 1000))
    return order_id if payment_id else ""


def _payment(trade: Trade, known: list[str], kind: str) -> tuple[str, str]:
    """An order that has a payment of that kind for it alone, and the payment; "" for none."""
    for _ in range(50):
        order_id = trade.random.choice(known)
        for row in trade.shop.payments.with_key("order_ids", [order_id]):
            if row.type == kind and len(row.order_ids) == 1 and row.amount > 1:
                return order_id, str(row.id)
    return "", ""


#: what is done beside which of a hundred orders
_WORK: dict[int, Callable[[Trade, list[str]], str]] = {
    5: _edit,
    25: _edit,
    45: _edit,
    65: _edit,
    10: _late_check,
    40: _late_check,
    70: _late_check,
    15: _refund,
    55: _refund,
    85: _correct,
}
_DELETES_AT = 95
