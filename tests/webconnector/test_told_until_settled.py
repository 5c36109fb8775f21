"""What is told of a held payment or refund stays open until nothing of its order waits for it."""

import pytest

from qbwc_service.planning.order import ReceivedPayment
from tests.webconnector.test_every_kind_of_sale import refunded
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import World, paid, product, sale

PAID = paid(100, 10000, payment_id=1)
REFUND = refunded(100, 3000, 2)


def sold(world: World, *rows: ReceivedPayment, **settings: str) -> None:
    """Order 100 of 100.00 with these rows is in QuickBooks."""
    world.set(refunds_to_approve="0", refund_item="Keap Refund", **settings)
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    updates_until_quiet(world)
    assert [(number, total) for number, _, total in world.invoices()] == [("100", "100.00")]


@pytest.mark.parametrize(
    ("row", "wrong", "cause", "right"),
    [
        (
            REFUND,
            {"refunds": "cheque", "refund_account": "Nowhere"},
            "account-not-in-quickbooks",
            {"refund_account": "Checking"},
        ),
        (
            REFUND,
            {"refunds": "cheque"},
            "refund-account-not-chosen",
            {"refund_account": "Checking"},
        ),
        (
            PAID,
            {"deposit_account": "Nowhere"},
            "account-not-in-quickbooks",
            {"deposit_account": "Checking"},
        ),
    ],
    ids=["a refund's account is gone", "a refund's account is not chosen", "a deposit's is gone"],
)
def test_a_posted_invoice_settles_nothing_that_its_payments_wait_for(
    world: World,
    row: ReceivedPayment,
    wrong: dict[str, str],
    cause: str,
    right: dict[str, str],
) -> None:
    sold(world, *{PAID, row}, **wrong)
    assert world.payment_statuses()[row.payment_id] == ("held", cause)
    assert cause in world.errors()
    world.set(**right)
    updates_until_quiet(world)
    assert world.payment_statuses()[row.payment_id] == ("posted", "")
    assert world.errors() == []
