"""What a product line goes to: the choice of a person, its SKU, and what the settings say then."""

from dataclasses import replace
from typing import Any

import pytest

from qbwc_service.matching.company import Company
from qbwc_service.planning.line_items import LineItem, item_for
from qbwc_service.planning.order import SalesLine
from qbwc_service.planning.plan import Hold, ListRef, Note, PlannedItem, Reason
from tests.matching.company_file import chosen, company_file, item, settings
from tests.world import product

SPADE = product("SPADE")
WITHOUT_SKU = replace(product(sku=""), name="Gold Plan")
NAMELESS = replace(product("SPADE"), name="")


def found(line: SalesLine, company: Company | None = None, **how: Any) -> LineItem:
    """The item of a line that is not held."""
    result = item_for(line, 7, company or company_file(), settings(**how))
    assert isinstance(result, LineItem)
    return result


def held(line: SalesLine, company: Company | None = None, **how: Any) -> Hold:
    result = item_for(line, 7, company or company_file(), settings(**how))
    assert isinstance(result, Hold)
    return result


# -- what a person chose ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (product("HAMMER"), "sku:hammer"),
        (SPADE, "sku:spade"),
        (WITHOUT_SKU, "name:gold plan"),
        (NAMELESS, "sku:spade"),
    ],
)
def test_a_choice_comes_before_everything_else(line: SalesLine, key: str) -> None:
    company = company_file(mapped={key: chosen("Tools:Shovel")})
    for setting in ("hold", "create", "unknown-item"):
        result = found(line, company, no_sku=setting, missing_item=setting)
        assert (result.ref, result.why, result.note) == (
            ListRef(list_id="I-Tools:Shovel"),
            Reason("item-chosen"),
            None,
        )


@pytest.mark.parametrize("setting", ["hold", "create", "unknown-item"])
def test_a_choice_that_went_away_is_told_even_if_the_sku_would_fit(setting: str) -> None:
    company = company_file(mapped={"sku:hammer": chosen("Old", is_gone=True)})
    hold = held(product("HAMMER"), company, missing_item=setting)
    assert (hold.cause, hold.details["product"]) == ("mapped-item-gone", "HAMMER")


# -- a SKU that no item has ------------------------------------------------------------------------


def test_a_sku_that_no_item_has_is_held_unless_settings_say_otherwise() -> None:
    assert held(SPADE).cause == "item-not-in-quickbooks"


def test_it_may_go_to_the_unknown_item_and_is_told() -> None:
    result = found(SPADE, missing_item="unknown-item")
    assert result.ref == ListRef(made_by="unknown_do_not_delete")
    assert result.why.rule == "sku-to-unknown"
    assert result.note == Note(
        "unknown-item-for-sku",
        {"order": "7", "line": "Spade product", "sku": "SPADE", "item": "unknown_do_not_delete"},
    )


@pytest.mark.parametrize(("kind", "non_inventory"), [("service", False), ("non-inventory", True)])
def test_an_item_may_be_made_of_the_chosen_type(kind: str, non_inventory: bool) -> None:
    result = found(SPADE, missing_item="create", new_item_type=kind)
    assert result.ref == ListRef(made_by="sku:spade")
    assert result.why.rule == "item-made"
    assert result.makes == PlannedItem(
        "sku:spade",
        "SPADE",
        is_other_charge=False,
        account_list_id="A-Sales",
        description="Made by the Keap link",
        is_non_inventory=non_inventory,
    )


def test_what_we_made_for_the_sku_is_used_whatever_it_is_called_now() -> None:
    company = company_file(made={"sku:spade": item("Shovel")})
    result = found(SPADE, company, missing_item="create")
    assert (result.ref, result.makes) == (ListRef(list_id="I-Shovel"), None)


def test_what_we_made_and_somebody_made_inactive_is_told() -> None:
    company = company_file(made={"sku:spade": item("Shovel", is_active=False)})
    hold = held(SPADE, company, missing_item="create")
    assert hold == Hold("item-inactive", {"order": "7", "item": "Shovel"})


def test_a_name_that_is_taken_gets_a_suffix_before_quickbooks_refuses_it() -> None:
    company = company_file(items=[item("SPADE", is_active=False)])
    result = found(SPADE, company, missing_item="create", item_match="part-number")
    assert result.makes is not None
    assert result.makes.name.startswith("SPADE (")


def test_an_item_that_bears_the_suffix_of_this_sku_was_made_for_it() -> None:
    made = found(product("Tools:Spade"), missing_item="create").makes
    assert made is not None
    company = company_file(items=[item(made.name)])
    again = found(product("Tools:Spade"), company, missing_item="create")
    assert (again.ref, again.makes) == (ListRef(list_id=f"I-{made.name}"), None)


@pytest.mark.parametrize("setting", ["create", "unknown-item"])
def test_an_inactive_or_ambiguous_item_is_a_question_whatever_the_setting(setting: str) -> None:
    retired = company_file(items=[item("SPADE", is_active=False)])
    assert held(SPADE, retired, missing_item=setting).cause == "item-inactive"
    two = company_file(items=[item("A:SPADE"), item("B:SPADE")])
    assert held(SPADE, two, missing_item=setting).cause == "item-name-ambiguous"


# -- no SKU, or no item name -----------------------------------------------------------------------


def test_an_item_may_be_made_from_the_name_of_a_line_without_sku() -> None:
    result = found(WITHOUT_SKU, no_sku="create")
    assert (result.ref, result.makes and result.makes.name) == (
        ListRef(made_by="sku:gold plan"),
        "Gold Plan",
    )


def test_no_second_item_is_made_where_one_of_that_name_exists() -> None:
    company = company_file(items=[item("Gold Plan")])
    result = found(WITHOUT_SKU, company, no_sku="create")
    assert (result.ref, result.why) == (
        ListRef(list_id="I-Gold Plan"),
        Reason("name-is-item", {"missing": "SKU", "text": "Gold Plan"}),
    )


def test_a_line_with_nothing_to_call_an_item_by_is_held() -> None:
    bare = replace(product(sku=""), name=" ", description="")
    assert held(bare, no_sku="create").cause == "line-without-sku"


def test_the_unknown_item_is_made_of_the_chosen_type() -> None:
    made = found(WITHOUT_SKU, new_item_type="non-inventory").makes
    assert made is not None
    assert (made.name, made.is_non_inventory) == ("unknown_do_not_delete", True)


def test_an_item_to_be_made_needs_its_account() -> None:
    assert held(SPADE, missing_item="create", income_account="") == Hold(
        "account-not-chosen",
        {"order": "7", "item": "SPADE", "purpose": "new products", "setting": "income_account"},
    )
