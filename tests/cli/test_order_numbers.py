"""Order numbers as people write them."""

import pytest

from qbwc_service.cli.order_numbers import OrderNumbersUnreadable, read_order_numbers


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        ([], ()),
        ([""], ()),
        (["101"], (101,)),
        (["102-104"], (102, 103, 104)),
        (["7-7"], (7,)),
        (["101,103-104", "9"], (101, 103, 104, 9)),
        (["5, 3,", " 4-6 "], (5, 3, 4, 6)),
    ],
)
def test_numbers_ranges_and_commas_in_the_order_given(
    texts: list[str], numbers: tuple[int, ...]
) -> None:
    assert read_order_numbers(texts) == numbers


@pytest.mark.parametrize("text", ["x", "1-", "-1", "1-2-3", "1.5", "²", "9" * 19, "5-4"])
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(OrderNumbersUnreadable, match=text):
        read_order_numbers([text])


def test_at_most_ten_thousand_at_once() -> None:
    assert len(read_order_numbers(["1-10000"])) == 10_000
    with pytest.raises(OrderNumbersUnreadable, match="at most 10000"):
        read_order_numbers(["1-999999999999999999"])
