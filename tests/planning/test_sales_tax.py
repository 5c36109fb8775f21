"""Sales tax: a line with Keap's amount, or reckoned by QuickBooks to exactly that amount."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.matching.company import Chosen, Company
from qbwc_service.planning.lines import PlannedLines, plan_lines
from qbwc_service.planning.order import LineKind, PostalAddress, SalesLine, SalesOrder
from qbwc_service.planning.plan import Hold, ListRef
from qbwc_service.planning.sales_tax import AS_LINES, TaxPlan, plan_tax, quickbooks_tax
from tests.matching.company_file import chosen_for, company_file, entry, item, settings
from tests.world import ANN, line, product, sale

STATE = entry("State", kind="SalesTax")
CITY = entry("City", kind="SalesTax")
BOTH = entry("Both", kind="SalesTaxGroup")
RATES = {"L-State": ["8.25"], "L-City": ["1.5"], "L-Both": ["8.25", "1.5"]}


def tax(amount: int, label: str = "Tax") -> SalesLine:
    return replace(line(LineKind.TAX, amount), name=label)


def books(taxes: dict[str, Chosen] | None = None, **more: Any) -> Company:
    """The state tax of 8.25 is chosen for the label Tax, unless told otherwise."""
    chosen = {"label:tax": chosen_for("Tax", "Item", STATE)} if taxes is None else taxes
    more = {"tax_rates": RATES, "items": [item("HAMMER"), item("Keap Shipping")]} | more
    return company_file(taxes=chosen, **more)


def planned(order: SalesOrder, company: Company | None = None, **chosen: Any) -> TaxPlan | Hold:
    amounts = [int(each.quantity * each.unit_price) for each in order.lines]
    chosen = {"sales_tax": "quickbooks"} | chosen
    return plan_tax(order, amounts, company or books(), settings(**chosen))


def cause(found: TaxPlan | Hold) -> str:
    assert isinstance(found, Hold)
    return found.cause


# -- what QuickBooks reckons -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "rates", "reckoned"),
    [
        (10000, ["8.25"], 825),
        (9999, ["8.25"], 825),
        (1000, ["8.25"], 83),
        (1010, ["8.25", "1.5"], 98),
        (2000, ["0.0625", "0.0625"], 2),
        (0, ["8.25"], 0),
        (10000, [], 0),
    ],
    ids=["even", "down", "half up", "two rates", "each rounded alone", "nothing", "no rate"],
)
def test_each_rate_is_rounded_by_itself(base: int, rates: list[str], reckoned: int) -> None:
    assert quickbooks_tax(base, [Decimal(rate) for rate in rates]) == reckoned


# -- as a line -------------------------------------------------------------------------------------


def test_by_default_tax_is_a_line_like_any_other() -> None:
    order = sale(7, product(price=10000), tax(999))
    assert planned(order, sales_tax="line") == AS_LINES
    found = plan_lines(order, books(), settings())
    assert isinstance(found, PlannedLines)
    assert [each.amount for each in found.lines] == [Decimal("100.00"), Decimal("9.99")]
    assert not any(each.is_taxed for each in found.lines)


# -- by QuickBooks ---------------------------------------------------------------------------------


def test_the_tax_line_is_left_out_and_its_item_reckons_the_same() -> None:
    order = sale(7, product(price=10000), line(LineKind.SHIPPING, 500), tax(825))
    assert planned(order) == TaxPlan("L-State", 825, frozenset({0}), frozenset({2}))
    found = plan_lines(order, books(), settings(sales_tax="quickbooks"))
    assert isinstance(found, PlannedLines)
    assert [(each.amount, each.is_taxed) for each in found.lines] == [
        (Decimal("100.00"), True),
        (Decimal("5.00"), False),
    ]


@pytest.mark.parametrize("amount", [824, 826])
def test_a_tax_that_would_differ_by_a_cent_holds_before_anything_is_sent(amount: int) -> None:
    assert planned(sale(7, product(price=10000), tax(amount))) == Hold(
        "tax-would-differ",
        {
            "order": "7",
            "tax": f"8.{amount - 800}",
            "quickbooks_tax": "8.25",
            "base": "100.00",
        },
    )


def test_only_where_it_is_ticked_such_a_tax_becomes_a_line() -> None:
    order = sale(7, product(price=10000), tax(824))
    assert planned(order, sales_tax_fallback="yes") == AS_LINES


def test_an_order_without_tax_says_so_to_quickbooks_too() -> None:
    assert planned(sale(7, product(price=10000))) == TaxPlan()
    nothing = sale(7, product(price=10000), tax(0))
    assert planned(nothing) == TaxPlan(left_out=frozenset({1}))


def test_products_that_are_not_taxed_are_no_part_of_what_is_taxed() -> None:
    gift = replace(product(price=5000), is_taxable=False)
    order = sale(7, product(price=10000), gift, tax(825))
    assert planned(order) == TaxPlan("L-State", 825, frozenset({0}), frozenset({2}))


@pytest.mark.parametrize(("shipping_taxed", "amount"), [("no", 825), ("yes", 908)])
def test_shipping_is_taxed_as_settings_say(shipping_taxed: str, amount: int) -> None:
    order = sale(7, product(price=10000), line(LineKind.SHIPPING, 1000), tax(amount))
    found = planned(order, shipping_taxed=shipping_taxed)
    assert isinstance(found, TaxPlan)
    assert (1 in found.taxed) is (shipping_taxed == "yes")


@pytest.mark.parametrize(("discounts_untaxed", "amount"), [("yes", 743), ("no", 825)])
def test_a_discount_lowers_what_is_taxed_as_settings_say(
    discounts_untaxed: str, amount: int
) -> None:
    order = sale(7, product(price=10000), line(LineKind.DISCOUNT, -1000), tax(amount))
    found = planned(order, discounts_untaxed=discounts_untaxed)
    assert isinstance(found, TaxPlan)
    assert (1 in found.taxed) is (discounts_untaxed == "yes")


@pytest.mark.parametrize("kind", [LineKind.TIP, LineKind.FINANCE_CHARGE, LineKind.FEE])
def test_tips_and_charges_are_not_taxed(kind: LineKind) -> None:
    found = planned(sale(7, product(price=10000), line(kind, 1000), tax(825)))
    assert isinstance(found, TaxPlan)
    assert found.taxed == {0}


# -- which item ------------------------------------------------------------------------------------


def test_two_taxes_are_the_group_that_has_exactly_their_items() -> None:
    chosen = {
        "label:county tax": chosen_for("County tax", "Item", STATE),
        "label:city tax": chosen_for("City tax", "Item", CITY),
    }
    order = sale(7, product(price=10000), tax(825, "County tax"), tax(150, "City tax"))
    groups = {frozenset({"L-State", "L-City"}): "L-Both"}
    found = planned(order, books(chosen, tax_groups=groups))
    assert found == TaxPlan("L-Both", 975, frozenset({0}), frozenset({1, 2}))
    assert cause(planned(order, books(chosen))) == "tax-item-not-chosen"


def test_a_group_may_be_chosen_for_one_label() -> None:
    chosen = {"label:tax": chosen_for("Tax", "Item", BOTH)}
    found = planned(sale(7, product(price=10000), tax(975)), books(chosen))
    assert isinstance(found, TaxPlan)
    assert found.item_list_id == "L-Both"


def test_where_the_label_is_not_chosen_the_state_it_goes_to_decides() -> None:
    chosen = {
        "state:AZ": chosen_for("AZ", "Item", STATE),
        "state:CA": chosen_for("CA", "Item", CITY),
    }
    order = sale(7, product(price=10000), tax(825))
    assert isinstance(planned(order, books(chosen)), TaxPlan)
    abroad = PostalAddress(state="California")
    shipped = replace(sale(7, product(price=10000), tax(150)), ship_to=abroad)
    found = planned(shipped, books(chosen))
    assert isinstance(found, TaxPlan)
    assert found.item_list_id == "L-City"


def test_where_neither_is_chosen_the_one_rate_that_comes_to_the_cent_decides() -> None:
    chosen = {
        "rate:8.25": chosen_for("8.25", "Item", STATE),
        "rate:1.5": chosen_for("1.5", "Item", CITY),
    }
    found = planned(sale(7, product(price=10000), tax(150)), books(chosen))
    assert isinstance(found, TaxPlan)
    assert found.item_list_id == "L-City"
    twin = entry("Twin", kind="SalesTax")
    two = chosen | {"rate:1.50001": chosen_for("1.50001", "Item", twin)}
    rates = RATES | {"L-Twin": ["1.50001"]}
    doubtful = planned(sale(7, product(price=10000), tax(150)), books(two, tax_rates=rates))
    assert cause(doubtful) == "tax-item-not-chosen"


@pytest.mark.parametrize(
    "chosen",
    [
        {"rate:1.5": chosen_for("1.5", "Item", replace(CITY, is_active=False))},
        {"rate:1.5": chosen_for("1.5", "Item", "City")},
        {"rate:1.5": chosen_for("1.5", "Item", replace(CITY, kind="OtherCharge"))},
        {"label:county": chosen_for("County", "Item", CITY)},
        {"state:nh": chosen_for("NH", "Item", CITY)},
    ],
    ids=["inactive", "gone", "no item that reckons", "for another label", "for another state"],
)
def test_only_a_living_tax_item_that_was_chosen_for_a_rate_is_found_by_it(
    chosen: dict[str, Chosen],
) -> None:
    found = planned(sale(7, product(price=10000), tax(150)), books(chosen))
    assert cause(found) == "tax-item-not-chosen"


def test_of_several_taxes_that_nobody_chose_all_labels_are_told() -> None:
    order = sale(7, product(price=10000), tax(800, "State tax"), tax(150, "County tax"))
    found = planned(order, books({}))
    assert isinstance(found, Hold)
    assert found.details["tax"] == "State tax, County tax"


def test_a_label_that_nobody_chose_is_no_part_of_a_group() -> None:
    chosen = {"label:state": chosen_for("State", "Item", STATE)}
    order = sale(7, product(price=10000), tax(825, "State"), tax(150, "County"))
    company = books(chosen, tax_groups={frozenset({"L-State"}): "L-Both"})
    assert cause(planned(order, company)) == "tax-item-not-chosen"


def test_a_tax_that_nobody_chose_an_item_for_is_told_with_label_and_state() -> None:
    nowhere = replace(ANN, bill_to=None)
    order = sale(7, product(price=10000), tax(825, "County tax"), buyer=nowhere)
    assert planned(order, books({})) == Hold(
        "tax-item-not-chosen", {"order": "7", "tax": "County tax", "state": "no state"}
    )
    unlabelled = sale(7, product(price=10000), tax(825, " "))
    assert planned(unlabelled, books({})) == Hold(
        "tax-item-not-chosen", {"order": "7", "tax": "sales tax", "state": "AZ"}
    )


def test_a_chosen_item_that_is_gone_holds() -> None:
    chosen = {"label:tax": chosen_for("Tax", "Item", "State")}
    assert cause(planned(sale(7, product(price=10000), tax(825)), books(chosen))) == (
        "list-entry-not-in-quickbooks"
    )


def test_an_item_for_lines_is_no_item_that_reckons() -> None:
    chosen = {"label:tax": chosen_for("Tax", "Item", entry("Tax line", kind="OtherCharge"))}
    assert cause(planned(sale(7, product(price=10000), tax(825)), books(chosen))) == (
        "tax-item-not-chosen"
    )


def test_where_sales_tax_is_off_in_quickbooks_the_order_waits() -> None:
    order = sale(7, product(price=10000), tax(825))
    assert cause(planned(order, books(sales_tax_is_on=False))) == "sales-tax-off"
    assert planned(order, books(sales_tax_is_on=False), sales_tax_fallback="yes") == AS_LINES


def test_a_tax_line_that_stays_a_line_needs_its_own_item() -> None:
    order = sale(7, product(price=10000), tax(824))
    found = plan_lines(order, books(), settings(sales_tax="quickbooks", sales_tax_fallback="yes"))
    assert isinstance(found, PlannedLines)
    assert found.lines[1].item == ListRef(made_by="keap sales tax")
    assert found.tax == AS_LINES
