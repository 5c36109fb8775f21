"""What the orders' own rows make of a payment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.staging.parts import Part, Unit, judge_unit, refined

#: 15.00 over two orders
CHECK = tuple(
    ReceivedPayment(
        payment_id=1,
        order_id=order_id,
        kind=PaymentKind.CASH,
        source_kind="Check",
        source_status="NONE",
        amount=1500,
        paid_on=date(2026, 11, 2),
        method="Check",
        transaction_id="",
        order_ids=(7, 8),
        is_whole=True,
    )
    for order_id in (7, 8)
)
BACK = tuple(
    replace(row, kind=PaymentKind.REFUND, source_kind="Refund", amount=-1500) for row in CHECK
)
SINGLE = (replace(CHECK[0], order_ids=(7,), is_whole=False),)
MAJOR = {7: Unit.MAJOR, 8: Unit.MAJOR}


def part(order_id: int, amount: str, status: str = "MANUAL_PAID") -> Part:
    return Part(order_id, order_id, 1, Decimal(amount), status)


def parts(*told: Part) -> dict[int, list[Part]]:
    return {order_id: [one for one in told if one.order_id == order_id] for order_id in (7, 8)}


def amounts(rows: tuple[ReceivedPayment, ...]) -> list[tuple[int, bool]]:
    return [(row.amount, row.is_whole) for row in rows]


@pytest.mark.parametrize(
    ("unit", "first", "second"), [("major", "10", "5"), ("minor", "1000", "500")]
)
def test_each_order_has_its_part_once_the_unit_is_known(unit: str, first: str, second: str) -> None:
    told = refined(CHECK, parts(part(7, first), part(8, second)), dict.fromkeys((7, 8), Unit(unit)))
    assert amounts(told) == [(1000, False), (500, False)]


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_refund_of_several_orders_is_divided_with_the_sign_of_the_feed(sign: str) -> None:
    told = refined(
        BACK,
        parts(part(7, f"{sign}10", "REFUNDED"), part(8, f"{sign}5", "REFUNDED")),
        MAJOR,
    )
    assert amounts(told) == [(-1000, False), (-500, False)]
    assert {row.kind for row in told} == {PaymentKind.REFUND}


def test_an_open_unit_divides_nothing() -> None:
    told = refined(CHECK, parts(part(7, "10"), part(8, "5")), {})
    assert told == CHECK


@pytest.mark.parametrize(("first", "second"), [("10", "4"), ("10", "6"), ("10", "0")])
def test_parts_that_do_not_come_to_the_payment_divide_nothing(first: str, second: str) -> None:
    assert refined(CHECK, parts(part(7, first), part(8, second)), MAJOR) == CHECK


def test_a_part_is_known_before_that_of_another_order_is() -> None:
    told = refined(CHECK, parts(part(7, "10")), MAJOR)
    assert amounts(told) == [(1000, False), (1500, True)]


def test_a_part_that_is_more_than_the_payment_divides_nothing() -> None:
    assert refined(CHECK, parts(part(7, "16")), MAJOR) == CHECK


def test_several_rows_of_one_order_are_one_part() -> None:
    told = refined(CHECK, parts(part(7, "6"), part(7, "4"), part(8, "5")), MAJOR)
    assert amounts(told) == [(1000, False), (500, False)]


def test_a_payment_of_one_order_is_what_the_feed_says() -> None:
    assert refined(SINGLE, parts(part(7, "10")), MAJOR) == SINGLE


def test_no_payment_is_a_refund_because_its_row_says_refunded() -> None:
    """Keap does not say whether REFUNDED stands on what was given back, too."""
    assert refined(SINGLE, parts(part(7, "15", "REFUNDED")), MAJOR) == SINGLE
    told = refined(CHECK, parts(part(7, "10"), part(8, "5", "REFUNDED")), MAJOR)
    assert [row.kind for row in told] == [PaymentKind.CASH, PaymentKind.CASH]
    assert amounts(told) == [(1000, False), (500, False)]


@pytest.mark.parametrize("status", ["VOIDED", "FAILED", "ERROR", "PENDING"])
def test_what_the_order_does_not_count_is_no_money_by_the_orders_word(status: str) -> None:
    [row] = refined(SINGLE, parts(part(7, "15", status)), MAJOR)
    assert (row.kind, row.source_status) == (PaymentKind.NOT_COMPLETED, status)


def test_the_feeds_own_word_for_a_void_stays() -> None:
    void = (replace(SINGLE[0], kind=PaymentKind.NOT_COMPLETED, source_status="DECLINED"),)
    assert refined(void, parts(part(7, "15", "VOIDED")), MAJOR) == void


@pytest.mark.parametrize("marked", ["APPROVED", "REFUNDED"])
@pytest.mark.parametrize("total_paid", [600, 1000])
@pytest.mark.parametrize(("unit", "factor"), [(Unit.MAJOR, 1), (Unit.MINOR, 100)])
def test_the_unit_is_told_whichever_row_a_refund_marks(
    marked: str, total_paid: int, unit: Unit, factor: int
) -> None:
    rows = [
        part(7, str(10 * factor), marked),
        part(7, str(-4 * factor), "REFUNDED"),
    ]
    assert judge_unit(rows, total_paid) is unit


def test_a_refund_without_a_sign_tells_the_unit_as_well() -> None:
    rows = [part(7, "10", "APPROVED"), part(7, "4", "REFUNDED")]
    assert judge_unit(rows, 600) is Unit.MAJOR


def test_rows_that_come_to_nothing_that_was_paid_leave_the_unit_open() -> None:
    assert judge_unit([part(7, "10")], 900) is Unit.OPEN
