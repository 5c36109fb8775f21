"""One busy day in a shop that is open already."""

from collections import deque
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


@dataclass(frozen=True, slots=True)
class _Late:
    """A record that has its id, and is seen in `step`."""

    step: int
    save: Callable[[], str]
    is_order: bool


def day_of_trade(
    shop: Shop, orders: int = 2000, *, steps: int = 288, seed: int = 1, late_by: int = 2
) -> Iterator[Step]:
    """`orders` new paid orders in so many steps, and beside them what else a day brings.

    Of a hundred orders there are four edits, three checks typed late, two refunds, one payment
    corrected, one order deleted. Five of them, and five cash payments, get their ids `late_by`
    steps before they are seen. Everything happens at the shop's clock, which whoever asks for the
    next step moves on before.
    """
    day = _Day(Trade(shop, seed, len(shop.orders) + orders), late_by)
    begun = 0
    for number in range(steps):
        places = range(begun, orders * (number + 1) // steps)
        yield day.step(number, places, is_last=number == steps - 1)
        begun = places.stop


class _Day:
    """What goes on from step to step."""

    def __init__(self, trade: Trade, late_by: int) -> None:
        self._trade = trade
        self._late_by = late_by
        self._known = list(trade.shop.orders)
        self._late: deque[_Late] = deque()

    def step(self, number: int, places: range, *, is_last: bool) -> Step:
        """`places` are those of the new orders in the day."""
        placed = self._place(places, number)
        changed, deleted = self._work(places)
        while self._late and (is_last or self._late[0].step <= number):
            saved = self._late.popleft()
            (placed if saved.is_order else changed).append(saved.save())
        self._known += placed
        return Step(number, tuple(placed), tuple(changed), tuple(deleted))

    def _place(self, places: range, number: int) -> list[str]:
        placed, seen_in = [], number + self._late_by
        for place in places:
            if place % _LATE_EVERY == _LATE_ORDER_AT:
                self._late.append(_Late(seen_in, _order_saved_late(self._trade), is_order=True))
            else:
                placed.append(self._trade.paid(title="Order of the day")[0])
            if place % _LATE_EVERY == _LATE_PAYMENT_AT:
                save = _cash_saved_late(self._trade, self._known)
                self._late.append(_Late(seen_in, save, is_order=False))
        return placed

    def _work(self, places: range) -> tuple[list[str], list[str]]:
        """Orders that were changed and deleted."""
        trade, known = self._trade, self._known
        changed, deleted = [], []
        for place in places:
            if not known:
                break
            if work := _WORK.get(place % 100):
                changed += [order_id for order_id in [work(trade, known)] if order_id]
            elif place % 100 == _DELETES_AT:
                order_id = known.pop(trade.random.randrange(len(known)))
                deleted.append(trade.shop.delete_order(order_id))
        return changed, deleted


@dataclass(frozen=True, slots=True)
class Traded:
    """How many orders were placed, changed and deleted."""

    placed: int = 0
    changed: int = 0
    deleted: int = 0

    def and_then(self, step: Step) -> "Traded":
        """With those of one more step."""
        return Traded(
            self.placed + len(step.placed),
            self.changed + len(step.changed),
            self.deleted + len(step.deleted),
        )


class Trading:
    """A day that goes on while others read. Not thread-safe: hold the shop's lock."""

    def __init__(self) -> None:
        """Nobody trades."""
        self.traded = Traded()
        self._steps: Iterator[Step] = iter(())

    def begin(self, steps: Iterator[Step]) -> None:
        """These steps from now on, counted anew."""
        self.traded, self._steps = Traded(), steps

    def go_on(self) -> None:
        """One step, where there is one left."""
        step = next(self._steps, None)
        if step is not None:
            self.traded = self.traded.and_then(step)

    def end(self) -> None:
        """No more steps; what has an id and was not seen yet never will be."""
        self._steps = iter(())


def _order_saved_late(trade: Trade) -> Callable[[], str]:
    """An order and its payment that have their ids, and how they are saved."""
    order_id, payment_id = trade.shop.reserve("order"), trade.shop.reserve("payment")

    def save() -> str:
        lines = trade.goods()
        trade.shop.add_order(trade.buyer(), lines, title="Saved late", reserved=order_id)
        trade.shop.pay(order_id, transaction_id=trade.card(), reserved=payment_id)
        return order_id

    return save


def _cash_saved_late(trade: Trade, known: list[str]) -> Callable[[], str]:
    """A payment that has its id, and how it is saved for an order that is there by then."""
    payment_id = trade.shop.reserve("payment")

    def save() -> str:
        order_id = trade.random.choice(known) if known else trade.paid()[0]
        trade.shop.pay(order_id, 100, kind="Cash", reserved=payment_id)
        return order_id

    return save


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
    if not payment_id or trade.shop.refundable(payment_id, order_id) < 100:
        return ""
    trade.shop.refund(payment_id, 100, order_id=order_id, transaction_id="re_day")
    return order_id


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
_LATE_EVERY = 20
_LATE_ORDER_AT = 3
_LATE_PAYMENT_AT = 13
