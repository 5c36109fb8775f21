"""A service with some weeks behind it: orders of every status, holds, rules, products, errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qbwc_service.planning.order import Buyer, PaymentKind
from tests.fuzz.strictness import strict
from tests.world import World, paid, product, sale

BOB = Buyer("4502", "Bob", "Ray", email="bob@example.com")
#: nobody in QuickBooks or Keap is called so, or all are
NOBODY = Buyer("4510", "", "")


def take_orders(world: World, first: int) -> None:
    """Six orders with payments, a refund, one without SKU, one with an unknown SKU."""
    world.keap_has(
        sale(first, product(price=10000)),
        sale(first + 1, product("NAIL", 250, 4), buyer=BOB),
        sale(first + 2, product(sku="", price=700), buyer=BOB),
        sale(first + 3, product("NO-SUCH", 700)),
        sale(first + 4, product(price=500), total=499),
        sale(first + 5, product("SAW", 3000), buyer=NOBODY),
        payments=[
            paid(first, 2500, payment_id=first * 10 + 1),
            paid(first, 7500, payment_id=first * 10 + 2),
            paid(first + 1, 1000, payment_id=first * 10 + 3, transaction_id="ch_3PqX"),
            paid(first + 2, 700, payment_id=first * 10 + 4),
            paid(first, -2500, payment_id=first * 10 + 5, kind=PaymentKind.REFUND),
        ],
    )


@contextmanager
def lived_in(folder: Path) -> Iterator[World]:
    """What was sent and what waits; the newest orders are not sent yet."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(folder)
    try:
        take_orders(world, 101)
        world.update()
        world.clock.pass_time(hours=13)
        take_orders(world, 201)
        with strict():
            yield world
    finally:
        world.close()
