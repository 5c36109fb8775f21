"""A SKU finds its item by the field that the settings name, or the order is held; never a guess."""

from itertools import permutations
from typing import Any

import pytest

from qbwc_service.matching import reasons
from qbwc_service.matching.company import Item, MappedItem
from qbwc_service.matching.items import ItemMatch, match_mapped, match_sku, usable
from qbwc_service.planning.plan import Hold, Reason
from tests.matching.company_file import chosen, company_file, item, settings

TOOLS_HAMMER = item("Tools:Hammer")
RENTAL_HAMMER = item("Rental:Hammer")
RETIRED_HAMMER = item("Old:Hammer", is_active=False)
ORDER = {"order": "7"}
ASKED = {"sku": "Hammer", "line": "A hammer", "order": "7"}


def match(sku: str, *items: Item) -> ItemMatch | Hold:
    return match_sku(sku, company_file(items=items), settings(), line="A hammer", order_id=7)


def matched(sku: str, *items: Item) -> tuple[str, str]:
    """The item that the SKU finds, and by which rule."""
    found = match(sku, *items)
    assert isinstance(found, ItemMatch)
    return found.item.full_name, found.why.rule


# -- by name ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "rule"),
    [
        ("Hammer", reasons.SKU_IS_LAST_PART),
        ("HAMMER", reasons.SKU_IS_LAST_PART),
        (" hammer ", reasons.SKU_IS_LAST_PART),
        ("Tools:Hammer", reasons.SKU_IS_NAME),
        ("tools:HAMMER", reasons.SKU_IS_NAME),
    ],
)
def test_a_sku_is_the_leaf_or_the_full_name_in_any_case(sku: str, rule: str) -> None:
    assert matched(sku, TOOLS_HAMMER) == ("Tools:Hammer", rule)


def test_a_full_name_wins_over_leaves_of_the_same_name() -> None:
    assert matched("hammer", TOOLS_HAMMER, item("Hammer")) == ("Hammer", reasons.SKU_IS_NAME)


def test_two_leaves_of_one_name_are_a_question_that_names_both() -> None:
    assert match("Hammer", TOOLS_HAMMER, RENTAL_HAMMER) == Hold(
        "item-name-ambiguous", ASKED | {"choices": "Rental:Hammer, Tools:Hammer"}
    )


def test_the_full_name_of_one_of_two_leaves_says_which() -> None:
    found = matched("rental:hammer", TOOLS_HAMMER, RENTAL_HAMMER)
    assert found == ("Rental:Hammer", reasons.SKU_IS_NAME)


def test_an_inactive_item_alone_is_a_hold_that_says_so() -> None:
    assert match("Hammer", RETIRED_HAMMER) == Hold("item-inactive", ASKED | {"item": "Old:Hammer"})


def test_an_inactive_namesake_does_not_make_the_active_one_ambiguous() -> None:
    assert matched("Hammer", RETIRED_HAMMER, TOOLS_HAMMER)[0] == "Tools:Hammer"


def test_where_the_full_name_is_inactive_the_active_leaf_is_taken() -> None:
    top = item("Hammer", is_active=False)
    assert matched("Hammer", top, TOOLS_HAMMER) == ("Tools:Hammer", reasons.SKU_IS_LAST_PART)


def test_part_of_a_name_is_not_the_name() -> None:
    assert match("Ham", TOOLS_HAMMER) == Hold("item-not-in-quickbooks", ASKED | {"sku": "Ham"})


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("SalesTax", "a sales tax item"),
        ("SalesTaxGroup", "a sales tax group"),
        ("Group", "a group of items"),
        ("Subtotal", "a subtotal item"),
        ("Payment", "a payment item"),
        ("Discount", "a discount item"),
    ],
)
def test_an_item_that_no_product_line_can_carry_is_held_with_its_kind(
    kind: str, words: str
) -> None:
    assert match("Hammer", item("Hammer", kind=kind)) == Hold(
        "item-kind-unusable", ASKED | {"item": "Hammer", "kind": words}
    )


@pytest.mark.parametrize(
    "kind",
    ["Service", "NonInventory", "Inventory", "InventoryAssembly", "OtherCharge", "FixedAsset", ""],
)
def test_every_kind_that_is_sold_is_taken(kind: str) -> None:
    assert matched("Hammer", item("Hammer", kind=kind))[0] == "Hammer"


def test_a_tax_of_that_name_leaves_the_item_that_is_sold() -> None:
    assert matched("Hammer", item("Hammer", kind="SalesTax"), TOOLS_HAMMER)[0] == "Tools:Hammer"


def test_one_that_can_be_made_active_is_named_before_one_of_the_wrong_kind() -> None:
    found = match("Hammer", item("A:Hammer", kind="SalesTax"), RETIRED_HAMMER)
    assert isinstance(found, Hold)
    assert (found.cause, found.details["item"]) == ("item-inactive", "Old:Hammer")


@pytest.mark.parametrize(
    "items",
    [
        (TOOLS_HAMMER, RENTAL_HAMMER, RETIRED_HAMMER),
        (TOOLS_HAMMER, RETIRED_HAMMER, item("Hammer", kind="Group")),
        (RETIRED_HAMMER, item("Older:Hammer", is_active=False), item("Hammer", kind="Payment")),
    ],
)
def test_the_order_of_the_list_decides_nothing(items: tuple[Item, ...]) -> None:
    found = [match("Hammer", *each) for each in permutations(items)]
    assert all(each == found[0] for each in found)


# -- by another field ------------------------------------------------------------------------------


def by_field(sku: str, key: str, *items: Item, **chosen_settings: Any) -> ItemMatch | Hold:
    company = company_file(items=[item(sku)], by_field={key: items})
    return match_sku(sku, company, settings(**chosen_settings), line="A hammer", order_id=7)


@pytest.mark.parametrize(
    ("setting", "key", "field"),
    [
        ({"item_match": "part-number"}, "hammer", "part number"),
        ({"item_match": "barcode"}, "hammer", "barcode"),
        (
            {"item_match": "custom-field", "item_match_field": "Web code"},
            "web code=hammer",
            'custom field "Web code"',
        ),
    ],
)
def test_the_sku_is_compared_with_the_field_that_the_setting_names(
    setting: dict[str, str], key: str, field: str
) -> None:
    assert by_field("Hammer", key, item("H-1"), **setting) == ItemMatch(
        item("H-1"), Reason(reasons.SKU_IS_FIELD, {"field": field})
    )


def test_with_another_field_the_name_is_never_looked_at() -> None:
    assert by_field("Hammer", "other", item_match="part-number") == Hold(
        "no-item-by-field", ASKED | {"field": "part number"}
    )


def test_a_custom_field_that_nobody_named_is_told() -> None:
    hold = by_field("Hammer", "hammer", item_match="custom-field")
    assert isinstance(hold, Hold)
    assert hold.details["field"] == "custom field, which the settings do not name yet"


def test_two_items_with_one_part_number_are_a_question() -> None:
    found = by_field("Hammer", "hammer", item("B"), item("A"), item_match="part-number")
    assert found == Hold(
        "item-field-ambiguous", ASKED | {"field": "part number", "choices": "A, B"}
    )


def test_an_inactive_item_with_that_part_number_leaves_the_active_one() -> None:
    retired = item("Old", is_active=False)
    found = by_field("Hammer", "hammer", retired, item("New"), item_match="part-number")
    assert isinstance(found, ItemMatch)
    assert found.item.full_name == "New"


# -- what a person chose ---------------------------------------------------------------------------


def by_choice(mapped: MappedItem) -> ItemMatch | Hold:
    return match_mapped(mapped, reasons.ITEM_CHOSEN, ORDER, product="HAM-1")


def test_the_item_that_a_person_chose_is_taken() -> None:
    found = by_choice(chosen("Tools:Hammer"))
    assert found == ItemMatch(TOOLS_HAMMER, Reason(reasons.ITEM_CHOSEN))


@pytest.mark.parametrize(
    ("mapped", "state"),
    [
        (chosen("Hammer", is_gone=True), "is no longer in QuickBooks"),
        (chosen("Hammer", is_active=False), "is inactive in QuickBooks"),
    ],
)
def test_a_chosen_item_that_went_away_is_told_and_nothing_else_is_taken(
    mapped: MappedItem, state: str
) -> None:
    assert by_choice(mapped) == Hold(
        "mapped-item-gone", ORDER | {"item": "Hammer", "state": state, "product": "HAM-1"}
    )


def test_only_a_discount_line_may_go_to_a_discount_item() -> None:
    discount = item("Coupon", kind="Discount")
    assert usable(discount, ORDER, is_discount=True) is None
    assert usable(discount, ORDER) is not None


def test_every_rule_has_a_sentence_that_shows_its_details() -> None:
    for rule in reasons.REASONS:
        assert reasons.sentence(Reason(rule)) != ""
    assert reasons.sentence(Reason(reasons.BY_SETTING, {"purpose": "tips"})) == (
        "Your settings name it for tips"
    )
    assert reasons.sentence(Reason("of-a-newer-version")) == ""
