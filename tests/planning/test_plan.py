"""Plans are stored as JSON between planning and sending and come back as they were."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.planning.plan import (
    ListRef,
    Planned,
    PlannedAddress,
    PlannedCustomer,
    PlannedItem,
    PlannedLine,
    PlannedPayment,
    PlannedSale,
    customer_from,
    item_from,
    payment_from,
    planned_sale_from,
    to_payload,
)

ADDRESS = PlannedAddress(("Ann Lee", "1 Main St"), "Phoenix", "AZ", "85004", "USA")


@pytest.mark.parametrize(
    ("planned", "read"),
    [
        (
            PlannedCustomer("4417", "Ann Lee", email="ann@example.com", bill_to=ADDRESS),
            customer_from,
        ),
        (PlannedItem("keap fee", "Keap Fee", True, "A-1", "Made"), item_from),
        (
            PlannedSale(
                number="7",
                customer=ListRef(made_by="4417"),
                placed_on=date(2026, 11, 23),
                total=125,
                lines=(
                    PlannedLine(
                        ListRef("I-1"),
                        "Nails",
                        Decimal("0.12500"),
                        Decimal("10.00"),
                        Decimal("1.25"),
                    ),
                    PlannedLine(ListRef("I-2"), "", None, None, Decimal("0.00")),
                ),
                memo="Keap order 7",
                po_number="Keap 7",
                ship_to=ADDRESS,
            ),
            planned_sale_from,
        ),
        (PlannedPayment("551/7", "K551", 125, date(2026, 11, 23), "memo"), payment_from),
    ],
    ids=["customer", "item", "invoice", "payment"],
)
def test_a_plan_survives_the_way_through_json(
    planned: Planned, read: Callable[[dict[str, Any]], Planned]
) -> None:
    back = read(json.loads(json.dumps(to_payload(planned))))
    assert back == planned
    assert repr(back) == repr(planned)
