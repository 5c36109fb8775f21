"""Credit memos of one sale are numbered behind it, and what was sent keeps its number."""

from dataclasses import replace

import pytest

from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.numbers import Number
from tests.planning.settling import refunded, settlement

FIRST, SECOND, THIRD = (refunded(100, payment_id) for payment_id in (1, 2, 3))
SALE = Number("100", "100")


def test_the_first_has_the_number_of_the_sale_and_the_next_ones_follow() -> None:
    so_far = settlement(number=SALE)
    numbers = [so_far.memo_number(row).short for row in (FIRST, SECOND, THIRD)]
    assert numbers == ["100", "100-1", "100-2"]


def test_what_was_sent_keeps_its_number_and_nobody_else_gets_it() -> None:
    known = Circumstances(memo_numbers={"1/7": "100", "2/7": "100-1"})
    so_far = settlement(number=SALE, known=known)
    assert so_far.memo_number(SECOND) == Number("100-1", "100-1")
    assert so_far.memo_number(THIRD) == Number("100-2", "100-2")


def test_a_number_that_is_free_again_is_used() -> None:
    known = Circumstances(memo_numbers={"2/7": "100-1"})
    assert settlement(number=SALE, known=known).memo_number(FIRST) == SALE


def test_a_number_that_was_cut_is_known_whole_also_after_it_was_sent() -> None:
    number = Number("23456789012", "123456789012")
    known = Circumstances(memo_numbers={"1/7": "456789012-1", "2/7": "23456789012"})
    so_far = settlement(number=number, known=known)
    assert so_far.memo_number(FIRST) == Number("456789012-1", "123456789012-1")
    assert so_far.memo_number(SECOND) == number


def test_a_number_typed_otherwise_is_taken_as_it_is() -> None:
    known = Circumstances(memo_numbers={"1/7": "CM-5"})
    assert settlement(number=SALE, known=known).memo_number(FIRST) == Number("CM-5", "CM-5")


def test_where_quickbooks_gives_the_numbers_it_gives_them_all() -> None:
    so_far = settlement(number=Number("", "100"))
    assert [so_far.memo_number(row) for row in (FIRST, SECOND)] == [Number("", "100")] * 2


@pytest.mark.parametrize(
    ("sent_for", "unused", "overpaid"),
    [
        (10000, 2500, 2500),
        (12000, 2500, 500),  # the order came down: the form still takes 20.00 of it
        (13000, 2500, 0),
        (8000, 2500, 2500),  # it went up: the customer's credit stays what it is
        (None, 2500, 2500),
        (10000, 0, 0),
    ],
)
def test_what_is_paid_too_much_is_reckoned_from_the_form_that_was_sent(
    sent_for: int | None, unused: int, overpaid: int
) -> None:
    so_far = settlement(10000, is_held=sent_for is None)
    if so_far.sale is not None and sent_for is not None:
        so_far.sale = replace(so_far.sale, total=sent_for)
    so_far.unused = unused
    assert so_far.overpaid == overpaid
