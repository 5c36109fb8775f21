"""What must become of a demo order, and the steps that its scenarios share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qbwc_service.demo.keap.scene import Buyer, Cart, Scene


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of one order. Amounts in cents.

    `paid_minor` is the money posted as payments, `credited_minor` what credit memos take off the
    invoice. `payment_cause` is why a payment of a posted order is held, `cause` why the order
    itself is. `customer_name` "" means: do not check.
    """

    order_id: str
    outcome: Literal["posted", "held", "skipped"]
    cause: str
    total_minor: int
    paid_minor: int
    customer_name: str
    title: str
    payment_cause: str = ""
    credited_minor: int = 0


Scenario = Callable[[Scene], Expected]


def place(scene: Scene, buyer: Buyer, cart: Cart, title: str, on: datetime | None = None) -> str:
    """An order of the cart; gives its id."""
    return scene.shop.add_order(buyer.contact_id, cart.lines, title=title, on=on or scene.moment)


def posted(
    scene: Scene, buyer: Buyer, cart: Cart, title: str, *, paid: int | None = None
) -> Expected:
    """Makes the order; paid by card as far as said, in full by default."""
    order_id = place(scene, buyer, cart, title)
    paid = cart.total if paid is None else paid
    if paid:
        scene.shop.pay(order_id, paid, transaction_id=scene.gateway_id())
    return Expected(order_id, "posted", "", cart.total, paid, buyer.name, title)


def left_out(
    order_id: str, cart: Cart, buyer: Buyer, title: str, cause: str, *, skipped: bool = False
) -> Expected:
    """What is expected of an order that was made and is held, or skipped."""
    outcome: Literal["held", "skipped"] = "skipped" if skipped else "held"
    return Expected(order_id, outcome, cause, cart.total, 0, buyer.name, title)
