"""Payment rows of an order that is not sent: each waits, or is left out, for the order's reason."""

from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.payment_rows import hold_payments, skip_payments
from qbwc_service.planning.plan import Hold, PaymentDecision
from tests.world import paid

HOLD = Hold("item-not-in-quickbooks", {"sku": "SAW"})
CASH, FAILED = paid(7, 1000, payment_id=1), paid(7, 9, payment_id=2, kind=PaymentKind.NOT_COMPLETED)


def test_money_waits_with_its_order_and_what_is_none_does_not() -> None:
    cash, failed = hold_payments(HOLD, [CASH, FAILED])
    assert cash == PaymentDecision(1, hold=HOLD)
    assert (failed.payment_id, failed.hold) == (2, None)
    assert failed.skip


def test_money_is_left_out_with_its_order_and_what_is_none_for_its_own_reason() -> None:
    cash, failed = skip_payments("before-start-date", [CASH, FAILED])
    assert cash == PaymentDecision(1, skip="before-start-date")
    assert failed.payment_id == 2
    assert failed.skip not in {"", "before-start-date"}
