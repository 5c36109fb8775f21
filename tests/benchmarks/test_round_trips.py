"""How many messages the work takes. Counts, not times: they are the same on every machine."""

import pytest

from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.planning.order import Buyer
from tests.world import World, paid, product, sale

ORDERS = 1000


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_thousand_orders_of_new_customers_need_at_most_60_round_trips(world: World) -> None:
    first_load = world.update().round_trips
    world.keap_has(
        *(
            sale(
                number,
                product("HAMMER", 1000 + number),
                product("NAIL", 250, 2),
                product("SAW", 99),
                buyer=Buyer(
                    str(number), f"Given{number}", f"Family{number}", email=f"p{number}@example.com"
                ),
            )
            for number in range(1, ORDERS + 1)
        ),
        payments=[paid(number, 1000 + number + 599) for number in range(1, ORDERS + 1)],
    )

    result = world.update()

    print(f"first load {first_load}, sending {result.round_trips} round trips")
    assert result.ended is Ended.DONE
    assert (len(world.invoices()), len(world.payments())) == (ORDERS, ORDERS)
    assert result.round_trips <= 60
