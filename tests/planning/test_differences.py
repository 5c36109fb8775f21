"""What changed between a form as it was sent and as Keap has it now."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from qbwc_service.planning.differences import as_sent, differences
from qbwc_service.planning.plan import ListRef, PlannedLine, PlannedSale, SaleForm

HAMMER, NAIL = ListRef("80-1"), ListRef(made_by="NAIL")
ANN = ListRef(made_by="4417")
MADE = {NAIL: "80-2", ANN: "90-1"}


def line(item: ListRef, amount: str, quantity: str = "1", text: str = "A thing") -> PlannedLine:
    return PlannedLine(item, text, Decimal(quantity), Decimal(amount), Decimal(amount))


WAS = PlannedSale(
    number="100",
    customer=ANN,
    placed_on=date(2026, 11, 23),
    total=3000,
    lines=(line(HAMMER, "10", text="Hammer"), line(NAIL, "20", "4", text="Nails")),
    memo="Order 100",
    po_number="",
)


def test_the_same_form_has_no_difference() -> None:
    assert differences(WAS, replace(WAS, memo="Order 100, again", number="7")) == ()


def test_what_we_made_meanwhile_is_the_same_customer_and_item() -> None:
    now = replace(
        WAS,
        number="KEAP-100",
        customer=ListRef("90-1"),
        lines=(WAS.lines[0], replace(WAS.lines[1], item=ListRef("80-2"))),
    )
    assert as_sent(now, WAS, MADE) == WAS


def test_two_records_that_are_not_there_yet_are_not_the_same() -> None:
    now = replace(WAS, customer=ListRef(made_by="4502"))
    assert differences(WAS, as_sent(now, WAS, {})) == ("the customer is another one",)


def test_a_date_that_was_moved_out_of_a_closed_period_is_no_edit() -> None:
    sent = replace(WAS, placed_on=date(2026, 12, 1), memo="Order 100, dated 2026-11-23")
    assert as_sent(WAS, sent, {}).placed_on == date(2026, 12, 1)
    edited = replace(WAS, placed_on=date(2026, 11, 20))
    assert as_sent(edited, sent, {}).placed_on == date(2026, 11, 20)


def test_total_date_and_tax_are_named_with_both_values() -> None:
    now = replace(WAS, total=4000, tax=100, placed_on=date(2026, 11, 20))
    assert differences(WAS, now) == (
        "the total is 40.00 instead of 30.00",
        "the date is 2026-11-20 instead of 2026-11-23",
        "the sales tax is 1.00 instead of 0.00",
    )


def test_each_line_is_new_changed_or_gone() -> None:
    lines = (line(NAIL, "25", "5", text="Nails"), line(ListRef("80-9"), "3", text="Gift wrap"))
    assert differences(WAS, replace(WAS, lines=lines)) == (
        "changed line: 5 x Nails 25.00 instead of 4 x Nails 20.00",
        "new line: Gift wrap 3.00",
        "line gone: Hammer 10.00",
    )


def test_of_two_equal_lines_one_that_is_left_out_is_gone() -> None:
    twice = replace(WAS, lines=(WAS.lines[0], WAS.lines[0]))
    assert differences(twice, replace(WAS, lines=WAS.lines[:1])) == ("line gone: Hammer 10.00",)


def test_the_due_date_goes_with_the_date() -> None:
    due, moved_due = date(2026, 12, 23), date(2026, 12, 31)
    now = replace(WAS, due_on=due)
    assert as_sent(now, WAS, {}).due_on == due
    sent = replace(
        WAS, placed_on=date(2026, 12, 1), due_on=moved_due, memo="Order 100, dated 2026-11-23"
    )
    assert as_sent(now, sent, {}).due_on == moved_due


def test_an_item_that_was_not_on_the_form_stays_as_it_is() -> None:
    new = ListRef(made_by="SAW")
    now = replace(WAS, lines=(replace(WAS.lines[0], item=new),))
    assert as_sent(now, WAS, {}).lines[0].item == new


def test_the_form_keeps_its_kind_and_its_whole_number() -> None:
    sent = replace(WAS, full_number="KEAP-100-LONG", form=SaleForm.SALES_RECEIPT)
    kept = as_sent(WAS, sent, {})
    assert (kept.full_number, kept.form) == ("KEAP-100-LONG", SaleForm.SALES_RECEIPT)


def test_a_line_with_another_text_or_another_item_is_changed_and_not_new() -> None:
    one = replace(WAS, lines=WAS.lines[:1])
    other_text = replace(one, lines=(replace(WAS.lines[0], description="Big hammer"),))
    other_item = replace(one, lines=(replace(WAS.lines[0], item=ListRef("80-3")),))
    assert differences(one, other_text) == (
        "changed line: Big hammer 10.00 instead of Hammer 10.00",
    )
    assert differences(one, other_item) == ("changed line: Hammer 10.00 instead of Hammer 10.00",)


def test_a_line_without_text_is_called_a_line() -> None:
    bare = replace(WAS, lines=(line(HAMMER, "10", text=""),))
    assert differences(replace(WAS, lines=()), bare) == ("new line: a line 10.00",)
