"""Order numbers as people write them."""

import pytest

from qbwc_service.order_numbers import OrderNumbersUnreadable, read_order_numbers


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
        (["#1001; #1003-#1004\r\n1006\n"], (1001, 1003, 1004, 1006)),
        (["1001 - 1003"], (1001, 1002, 1003)),
        (["1001\u20131003"], (1001, 1002, 1003)),
        (["0007"], (7,)),
        (["9" * 18], (10**18 - 1,)),
    ],
)
def test_numbers_ranges_and_what_stands_between_them(
    texts: list[str], numbers: tuple[int, ...]
) -> None:
    assert read_order_numbers(texts) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "1-",
        "-1",
        "1-2-3",
        "1.5",
        "\u00b2",
        "9" * 19,
        "5-4",
        "0",
        "0-3",
        "#",
        "<b>1</b>",
        "\x00",
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(OrderNumbersUnreadable) as caught:
        read_order_numbers([f"7, {text}"])
    assert caught.value.part == text
    assert str(caught.value).endswith("Nothing was done.")


def test_a_huge_text_is_shown_cut() -> None:
    with pytest.raises(OrderNumbersUnreadable) as caught:
        read_order_numbers(["x" * 1_000_000])
    assert len(str(caught.value)) < 150


def test_at_most_ten_thousand_at_once() -> None:
    assert len(read_order_numbers(["1-10000", "5-10000"])) == 10_000
    with pytest.raises(OrderNumbersUnreadable, match="at most 10000"):
        read_order_numbers(["1-999999999999999999"])
    with pytest.raises(OrderNumbersUnreadable, match="at most 10000"):
        read_order_numbers(["1-10000", "20000"])
