"""The lines of an order become the lines of an invoice, to the cent, or the order is held."""

from dataclasses import replace
from decimal import Decimal

import pytest

from qbwc_service.matching.company import Company, MappedItem
from qbwc_service.planning.lines import LineAmounts, PlannedLines, line_amounts, plan_lines
from qbwc_service.planning.order import LineKind, SalesLine, SalesOrder
from qbwc_service.planning.plan import Hold, ListRef, Note, PlannedItem, PlannedLine, Reason
from qbwc_service.planning.sales_tax import AS_LINES
from tests.matching.company_file import account, chosen, company_file, item, settings
from tests.world import line, product, sale


def planned(*lines: SalesLine, company: Company | None = None, **chosen: str) -> PlannedLines:
    """The lines of a sale that is not held."""
    found = plan_lines(sale(7, *lines), company or company_file(), settings(**chosen))
    assert isinstance(found, PlannedLines)
    return found


def held(order: SalesOrder, company: Company | None = None, **chosen: str) -> Hold:
    found = plan_lines(order, company or company_file(), settings(**chosen))
    assert isinstance(found, Hold)
    return found


# -- amounts ---------------------------------------------------------------------------------------


def test_a_product_line_has_quantity_rate_and_amount() -> None:
    assert planned(product("HAMMER", 4999, 2)).lines == (
        PlannedLine(
            ListRef(list_id="I-HAMMER"),
            "Hammer product",
            Decimal(2),
            Decimal("49.99"),
            Decimal("99.98"),
            Reason("sku-is-name"),
        ),
    )


def test_a_discount_may_be_a_negative_price() -> None:
    order = sale(7, product(price=1000), line(LineKind.DISCOUNT, -150))
    assert line_amounts(order, settings()) == LineAmounts((1000, -150))


def test_a_discount_may_be_a_positive_figure_beside_the_price() -> None:
    order = sale(7, product(price=1000), line(LineKind.DISCOUNT, 0, discount=150), total=850)
    assert line_amounts(order, settings()) == LineAmounts((1000, -150))


def test_a_discount_that_gives_the_total_in_neither_reading_is_held() -> None:
    order = sale(7, product(price=1000), line(LineKind.DISCOUNT, 0, discount=150), total=851)
    assert line_amounts(order, settings()) == Hold(
        "lines-do-not-add-up", {"order": "7", "lines_total": "10.00", "total": "8.51"}
    )


def test_the_discount_of_a_product_line_is_not_taken_off() -> None:
    order = sale(7, replace(product(price=1000), discount=150), total=850)
    assert isinstance(line_amounts(order, settings()), Hold)


@pytest.mark.parametrize("total", [999, 1001])
def test_one_cent_off_is_held(total: int) -> None:
    shown = {999: "9.99", 1001: "10.01"}[total]
    assert held(sale(7, product(price=1000), total=total)) == Hold(
        "lines-do-not-add-up", {"order": "7", "lines_total": "10.00", "total": shown}
    )


def test_a_part_of_a_cent_in_a_line_is_held_even_where_the_sum_is_whole() -> None:
    halves = (product("HAMMER", 333, "1.5"), product("NAIL", 333, "0.5"))
    assert held(sale(7, *halves, total=666)).cause == "lines-do-not-add-up"


def test_an_order_without_lines_is_held() -> None:
    order = replace(sale(7, total=1234), lines=())
    assert held(order) == Hold("no-lines", {"order": "7", "total": "12.34"})


def test_two_hundred_lines_are_two_hundred_lines() -> None:
    lines = [product("HAMMER", 100 + number) for number in range(200)]
    found = planned(*lines).lines
    assert [each.amount for each in found] == [Decimal(100 + number) / 100 for number in range(200)]


def test_a_fraction_of_a_piece_keeps_its_rate_where_it_is_exact() -> None:
    (found,) = planned(product("HAMMER", 1000, "0.12500")).lines
    assert (found.quantity, found.rate, found.amount) == (
        Decimal("0.125"),
        Decimal("10.00"),
        Decimal("1.25"),
    )


def test_more_than_five_decimals_of_a_quantity_leave_the_rate_out() -> None:
    (found,) = planned(product("HAMMER", 1000, "0.125000")).lines
    assert (found.quantity, found.rate, found.amount) == (
        Decimal("0.125"),
        None,
        Decimal("1.25"),
    )


def test_a_quantity_of_zero_is_a_line_of_nothing() -> None:
    first, _ = planned(product("HAMMER", 1000, 0), product("NAIL", 500)).lines
    assert (first.quantity, first.rate, first.amount) == (None, None, Decimal("0.00"))


# -- descriptions ----------------------------------------------------------------------------------


def test_name_and_description_are_both_written_once() -> None:
    both = replace(product(), name="Claw hammer", description="Steel")
    same = replace(product(), name="Claw hammer", description="Claw hammer")
    assert [each.description for each in planned(both, same).lines] == [
        "Claw hammer\nSteel",
        "Claw hammer",
    ]


def test_a_description_is_cut_at_4095_characters() -> None:
    (found,) = planned(replace(product(), description="x" * 5000)).lines
    assert len(found.description) == 4095


# -- items -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "purpose", "account_name"),
    [
        (LineKind.SHIPPING, "Keap Shipping", "shipping", "Sales"),
        (LineKind.DISCOUNT, "Keap Discount", "discounts", "Sales"),
        (LineKind.FINANCE_CHARGE, "Keap Finance Charge", "finance charges", "Sales"),
        (LineKind.TIP, "Keap Tip", "tips", "Sales"),
        (LineKind.FEE, "Keap Fee", "fees", "Sales"),
        (LineKind.TAX, "Keap Sales Tax", "sales tax", "Sales Tax Payable"),
    ],
)
def test_shipping_tax_discount_and_fee_have_items_of_their_own_made_when_missing(
    kind: LineKind, name: str, purpose: str, account_name: str
) -> None:
    key, why = name.casefold(), Reason("by-setting", {"purpose": purpose})
    found = planned(line(kind, 500), line(kind, 300))
    assert found == PlannedLines(
        lines=(
            PlannedLine(ListRef(made_by=key), kind.title(), None, None, Decimal("5.00"), why),
            PlannedLine(ListRef(made_by=key), kind.title(), None, None, Decimal("3.00"), why),
        ),
        items=(
            PlannedItem(
                key,
                name,
                is_other_charge=True,
                account_list_id=f"A-{account_name}",
                description="Made by the Keap link",
            ),
        ),
        notes=(),
        tax=AS_LINES,
    )


def test_an_item_that_exists_is_used_and_needs_no_account() -> None:
    company = company_file(items=[item("Freight")])
    found = planned(
        line(LineKind.SHIPPING, 500), company=company, shipping_item="FREIGHT", income_account=""
    )
    assert (found.lines[0].item, found.items) == (ListRef(list_id="I-Freight"), ())


@pytest.mark.parametrize(
    ("sold", "name"),
    [
        (line(LineKind.SHIPPING, 500), "Keap Shipping"),
        (line(LineKind.TAX, 500), "Keap Sales Tax"),
        (line(LineKind.DISCOUNT, -500), "Keap Discount"),
        (line(LineKind.TIP, 500), "Keap Tip"),
        (product(sku=""), "unknown_do_not_delete"),
    ],
)
def test_an_inactive_item_of_ours_is_told_because_its_name_is_taken(
    sold: SalesLine, name: str
) -> None:
    company = company_file(items=[item(name, is_active=False)])
    assert held(sale(7, sold), company) == Hold("item-inactive", {"order": "7", "item": name})


def test_an_item_of_ours_that_was_renamed_is_still_the_one() -> None:
    company = company_file(items=[], made={"keap fee": item("Charges")})
    (found,) = planned(line(LineKind.FEE, 500), company=company).lines
    assert found.item == ListRef(list_id="I-Charges")


def test_an_item_of_ours_that_was_renamed_and_made_inactive_is_told() -> None:
    company = company_file(items=[], made={"keap fee": item("Charges", is_active=False)})
    assert held(sale(7, line(LineKind.FEE, 500)), company).cause == "item-inactive"


def test_a_discount_line_may_go_to_a_discount_item_and_a_fee_may_not() -> None:
    company = company_file(items=[item("Coupon", kind="Discount")])
    (found,) = planned(line(LineKind.DISCOUNT, -500), company=company, discount_item="Coupon").lines
    assert found.item == ListRef(list_id="I-Coupon")
    hold = held(sale(7, line(LineKind.FEE, 500)), company, fee_item="Coupon")
    assert hold.cause == "item-kind-unusable"


def test_a_tax_goes_to_the_item_that_a_person_chose_for_its_label() -> None:
    company = company_file(mapped_taxes={"label:tax": chosen("State Tax")})
    (found,) = planned(line(LineKind.TAX, 500), company=company).lines
    assert (found.item, found.why) == (ListRef(list_id="I-State Tax"), Reason("tax-chosen"))


def test_a_sales_tax_item_is_not_for_a_tax_line() -> None:
    sales_tax = MappedItem("State Tax", item("State Tax", kind="SalesTax"))
    company = company_file(
        items=[item("HAMMER"), item("Keap Sales Tax")], mapped_taxes={"label:tax": sales_tax}
    )
    (found,) = planned(line(LineKind.TAX, 500), company=company).lines
    assert found.item == ListRef(list_id="I-Keap Sales Tax")


def test_a_chosen_tax_item_that_is_gone_is_told() -> None:
    company = company_file(mapped_taxes={"label:tax": chosen("State Tax", is_gone=True)})
    hold = held(sale(7, line(LineKind.TAX, 500)), company)
    assert (hold.cause, hold.details["product"]) == ("mapped-item-gone", "Tax")


def test_a_line_without_sku_goes_to_the_unknown_item_and_is_told() -> None:
    found = planned(product(sku=" ", price=700))
    assert found == PlannedLines(
        lines=(
            PlannedLine(
                ListRef(made_by="unknown_do_not_delete"),
                "product",
                Decimal(1),
                Decimal("7.00"),
                Decimal("7.00"),
                Reason("line-to-unknown", {"missing": "SKU"}),
            ),
        ),
        items=(
            PlannedItem(
                "unknown_do_not_delete",
                "unknown_do_not_delete",
                is_other_charge=False,
                account_list_id="A-Sales",
                description="Made by the Keap link for lines without an item - do not delete",
            ),
        ),
        notes=(
            Note(
                "unknown-item-used",
                {
                    "order": "7",
                    "line": "  product",
                    "missing": "SKU",
                    "item": "unknown_do_not_delete",
                },
            ),
        ),
        tax=AS_LINES,
    )


def test_a_line_without_item_name_goes_to_the_unknown_item_even_with_a_sku() -> None:
    nameless = replace(product("HAMMER"), name="", description="left by an import")
    assert planned(nameless).notes == (
        Note(
            "unknown-item-used",
            {
                "order": "7",
                "line": "left by an import",
                "missing": "item name",
                "item": "unknown_do_not_delete",
            },
        ),
    )


def test_a_line_without_sku_is_held_where_the_settings_say_so() -> None:
    nameless = replace(product(sku=""), name="", description="")
    assert held(sale(7, nameless), no_sku="hold") == Hold(
        "line-without-sku", {"order": "7", "line": "without a name", "missing": "item name"}
    )


def test_a_sku_that_no_item_has_is_never_the_unknown_item() -> None:
    assert held(sale(7, product("SPADE"))) == Hold(
        "item-not-in-quickbooks", {"sku": "SPADE", "line": "Spade product", "order": "7"}
    )


def test_a_kind_of_line_that_nobody_knows_is_held() -> None:
    strange = replace(line(LineKind.UNKNOWN, 500), source_kind="LOYALTY")
    assert held(sale(7, strange)) == Hold(
        "line-type-unknown", {"order": "7", "line_type": "LOYALTY"}
    )


@pytest.mark.parametrize(
    ("sold", "setting", "purpose", "name"),
    [
        (line(LineKind.SHIPPING, 500), "income_account", "shipping", "Keap Shipping"),
        (line(LineKind.TAX, 500), "tax_account", "sales tax", "Keap Sales Tax"),
        (line(LineKind.DISCOUNT, -500), "income_account", "discounts", "Keap Discount"),
        (
            line(LineKind.FINANCE_CHARGE, 500),
            "income_account",
            "finance charges",
            "Keap Finance Charge",
        ),
        (line(LineKind.TIP, 500), "income_account", "tips", "Keap Tip"),
        (line(LineKind.FEE, 500), "income_account", "fees", "Keap Fee"),
        (product(sku=""), "income_account", "lines without SKU", "unknown_do_not_delete"),
    ],
)
def test_an_item_to_be_made_needs_an_account(
    sold: SalesLine, setting: str, purpose: str, name: str
) -> None:
    assert held(sale(7, sold), None, **{setting: ""}) == Hold(
        "account-not-chosen",
        {"order": "7", "item": name, "purpose": purpose, "setting": setting},
    )


def test_an_account_that_quickbooks_does_not_have_is_held() -> None:
    company = company_file(accounts=[account("Sales", is_active=False)])
    assert held(sale(7, line(LineKind.FEE, 500)), company) == Hold(
        "account-not-in-quickbooks",
        {"account": "Sales", "setting": "income_account", "order": "7"},
    )


# -- rounding --------------------------------------------------------------------------------------


def test_a_product_with_a_fraction_of_a_cent_is_an_amount_without_a_rate() -> None:
    order = sale(7, product("HAMMER", 333, "1.5"), total=500)
    found = plan_lines(order, company_file(), settings())
    assert isinstance(found, PlannedLines)
    (only,) = found.lines
    assert (only.quantity, only.rate, only.amount) == (Decimal("1.5"), None, Decimal("5.00"))


@pytest.mark.parametrize("off", [1, -1, 5, -5])
def test_up_to_five_cents_become_a_line_where_that_is_allowed(off: int) -> None:
    order = sale(7, product(price=1000), total=1000 + off)
    assert held(order).cause == "lines-do-not-add-up"
    found = plan_lines(order, company_file(), settings(rounding_line="yes"))
    assert isinstance(found, PlannedLines)
    assert found.lines[1] == PlannedLine(
        ListRef(made_by="keap rounding"),
        "Rounding",
        None,
        None,
        Decimal(off) / 100,
        Reason("by-setting", {"purpose": "rounding"}),
    )
    assert [each.name for each in found.items] == ["Keap Rounding"]
    assert sum(each.amount for each in found.lines) == Decimal(order.total) / 100


@pytest.mark.parametrize("off", [6, -6])
def test_six_cents_are_never_rounded_away(off: int) -> None:
    order = sale(7, product(price=1000), total=1000 + off)
    assert held(order, rounding_line="yes").cause == "lines-do-not-add-up"


def test_rounding_goes_by_the_reading_of_the_discount_that_comes_closest() -> None:
    order = sale(7, product(price=1000), line(LineKind.DISCOUNT, 0, discount=150), total=851)
    assert line_amounts(order, settings(rounding_line="yes")) == LineAmounts((1000, -150), 1)


def test_the_closest_reading_may_be_the_one_without_discounts() -> None:
    order = sale(7, product(price=1000), line(LineKind.DISCOUNT, -150, discount=150), total=851)
    found = line_amounts(order, settings(rounding_line="yes"))
    assert found == LineAmounts((1000, -150), rounding=1)


def test_what_adds_up_gets_no_rounding_line() -> None:
    assert len(planned(product(price=1000), rounding_line="yes").lines) == 1


def test_a_difference_waits_where_the_rounding_line_has_no_account_for_its_item() -> None:
    order = sale(7, product(price=1000), total=1003)
    found = held(order, rounding_line="yes", income_account="")
    assert found.cause == "account-not-chosen"


def test_a_tax_that_quickbooks_cannot_reckon_holds_the_lines() -> None:
    order = sale(7, product(price=1000), line(LineKind.TAX, 80))
    found = held(order, company_file(sales_tax_is_on=False), sales_tax="quickbooks")
    assert found.cause == "sales-tax-off"
