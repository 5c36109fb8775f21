"""The standing setting "order status": which orders it lets through."""

from dataclasses import replace

import pytest

from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import Override, PaymentKind
from qbwc_service.planning.order_status import PaidState, has_wanted_status, paid_state
from qbwc_service.planning.orders import plan_order
from tests.matching.company_file import company_file, settings
from tests.world import paid, product, sale

ORDER = sale(7, product("HAMMER", 1000))


def skip_of(
    order_status: str, *, total_paid: int = 0, circumstances: Circumstances | None = None
) -> str:
    plan = plan_order(
        replace(ORDER, total_paid=total_paid, source_status="Sent"),
        [],
        company_file(),
        settings(order_status=order_status),
        circumstances or Circumstances(),
    )
    return plan.skip


@pytest.mark.parametrize(
    ("total_paid", "state"),
    [
        (1001, PaidState.IN_FULL),
        (1000, PaidState.IN_FULL),
        (999, PaidState.IN_PART),
        (1, PaidState.IN_PART),
        (0, PaidState.NOT),
        (-1, PaidState.NOT),
    ],
)
def test_what_is_paid_is_told_by_the_amounts(total_paid: int, state: PaidState) -> None:
    assert paid_state(replace(ORDER, total_paid=total_paid, source_status="DRAFT"), []) is state


def test_where_keap_tells_no_sum_the_payments_tell() -> None:
    payments = [
        paid(7, 600, payment_id=1),
        paid(7, 400, payment_id=2),
        paid(7, 9000, payment_id=3, kind=PaymentKind.CREDIT),
    ]
    order = replace(ORDER, total_paid=None)
    assert paid_state(order, payments) is PaidState.IN_FULL
    assert paid_state(order, payments[:1]) is PaidState.IN_PART
    assert paid_state(order, payments[2:]) is PaidState.NOT


@pytest.mark.parametrize(
    ("order_status", "total_paid", "source_status", "is_wanted"),
    [
        ("", 0, "", True),
        ("paid in full", 1000, "SENT", True),
        ("paid in full", 999, "PAID", False),
        ("Paid In Full", 1000, "", True),
        ("part paid", 500, "", True),
        ("part paid", 1000, "", False),
        ("unpaid", 0, "", True),
        ("unpaid", 500, "", False),
        ("part paid, unpaid", 0, "", True),
        ("part paid, unpaid", 1000, "", False),
        ("sent", 0, "SENT", True),
        ("Sent", 0, "sent ", True),
        ("sent", 0, "VIEWED", False),
        ("paid", 1000, "SENT", True),
        ("paid", 0, "PAID", True),
        ("paid", 500, "SENT", False),
        ("viewed, paid", 0, "VIEWED", True),
    ],
)
def test_the_words_of_the_setting(
    order_status: str, total_paid: int, source_status: str, is_wanted: bool
) -> None:
    order = replace(ORDER, total_paid=total_paid, source_status=source_status)
    assert has_wanted_status(order, [], order_status) is is_wanted


def test_an_order_of_another_status_is_skipped_with_that_reason() -> None:
    assert skip_of("paid in full") == "order-status"
    assert skip_of("paid in full", total_paid=1000) == ""
    assert skip_of("sent") == ""


def test_what_was_sent_or_is_wanted_by_a_person_is_not_skipped() -> None:
    assert skip_of("paid in full", circumstances=Circumstances(is_sent=True)) == ""
    wanted = Circumstances(overrides=frozenset({Override.SETTINGS}))
    assert skip_of("paid in full", circumstances=wanted) == ""
    others = Circumstances(overrides=frozenset({Override.PAYMENT_SUM, Override.DELETED}))
    assert skip_of("paid in full", circumstances=others) == "order-status"
