"""A SKU finds its item by leaf or full name, or the order is held; never a guess."""

import pytest

from qbwc_service.matching.company import Item
from qbwc_service.matching.items import match_sku
from qbwc_service.planning.plan import Hold
from tests.matching.company_file import company_file, item

TOOLS_HAMMER = item("Tools:Hammer")


def match(sku: str, *items: Item) -> Item | Hold:
    return match_sku(sku, company_file(items=items), line="A hammer", order_id=7)


@pytest.mark.parametrize("sku", ["Hammer", "HAMMER", " hammer ", "Tools:Hammer", "tools:HAMMER"])
def test_a_sku_is_the_leaf_or_the_full_name_in_any_case(sku: str) -> None:
    assert match(sku, TOOLS_HAMMER) == TOOLS_HAMMER


def test_a_full_name_wins_over_leaves_of_the_same_name() -> None:
    top = item("Hammer")
    assert match("hammer", TOOLS_HAMMER, top) == top


def test_two_leaves_of_one_name_are_a_question_that_names_both() -> None:
    assert match("Hammer", TOOLS_HAMMER, item("Rental:Hammer")) == Hold(
        "item-name-ambiguous",
        {
            "sku": "Hammer",
            "line": "A hammer",
            "order": "7",
            "choices": "Rental:Hammer, Tools:Hammer",
        },
    )


def test_an_inactive_item_is_not_used() -> None:
    assert match("Hammer", item("Hammer", is_active=False)) == Hold(
        "item-not-in-quickbooks", {"sku": "Hammer", "line": "A hammer", "order": "7"}
    )


def test_an_inactive_namesake_does_not_make_the_active_one_ambiguous() -> None:
    retired = item("Old:Hammer", is_active=False)
    assert match("Hammer", retired, TOOLS_HAMMER) == TOOLS_HAMMER


def test_where_the_full_name_is_inactive_the_active_leaf_is_taken() -> None:
    assert match("Hammer", item("Hammer", is_active=False), TOOLS_HAMMER) == TOOLS_HAMMER


def test_part_of_a_name_is_not_the_name() -> None:
    found = match("Ham", TOOLS_HAMMER)
    assert isinstance(found, Hold)
    assert found.cause == "item-not-in-quickbooks"
