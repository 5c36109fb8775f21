"""Memo, P.O. number, Other and custom fields: filled from the order, cut to QuickBooks' limits."""

from dataclasses import replace

import pytest

from qbwc_service.planning.form_texts import custom_field_values, filled, memo, other, po_number
from qbwc_service.planning.numbers import Number
from qbwc_service.planning.order import Buyer
from tests.matching.company_file import settings
from tests.world import sale

WHOLE = Number("1048", "1048")
ORDER = replace(
    sale(1048),
    invoice_id="2051",
    title=" Spring sale ",
    notes="Leave at the door",
    promo_code="MAY10",
    source="Order Form",
    order_type="ONLINE",
    custom_fields={"12": "Blue", "13": " "},
)


def test_the_memo_says_order_invoice_and_title() -> None:
    assert memo(ORDER, settings(), WHOLE) == "Keap order 1048, invoice 2051, Spring sale"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{order}", "1048"),
        ("{invoice}", "2051"),
        ("{title}", "Spring sale"),
        ("{notes}", "Leave at the door"),
        ("{promo}", "MAY10"),
        ("{source}", "Order Form"),
        ("{contact}", "Ann Lee"),
        ("from {unknown} Keap", "from  Keap"),
        ("no field", "no field"),
    ],
)
def test_every_field_is_filled_in(template: str, text: str) -> None:
    assert filled(template, ORDER).split() == text.split()


def test_a_contact_is_its_company_else_its_name_else_its_address() -> None:
    def contact(buyer: Buyer) -> str:
        return filled("{contact}", replace(ORDER, buyer=buyer))

    assert contact(Buyer("1", "Ann", "Lee", "Acme Inc", "a@example.com")) == "Acme Inc"
    assert contact(Buyer("1", "Ann", "", "", "a@example.com")) == "Ann"
    assert contact(Buyer("1", email="a@example.com")) == "a@example.com"


def test_where_no_source_is_told_the_type_of_the_order_is() -> None:
    assert filled("{source}", replace(ORDER, source="")) == "ONLINE"


def test_parts_that_are_empty_leave_no_commas_behind() -> None:
    bare = replace(ORDER, title="", notes="", promo_code="")
    assert filled("{title}, {order}, {notes}, {invoice}, {promo}", bare) == "1048, 2051"
    assert filled("{promo}", bare) == ""


def test_a_number_that_was_cut_stands_whole_in_the_memo() -> None:
    cut = Number("23456789012", "123456789012")
    assert memo(ORDER, settings(memo="{title}"), cut) == "Spring sale, number 123456789012"
    assert memo(ORDER, settings(memo="{promo}"), WHOLE) == "MAY10"
    bare = replace(ORDER, promo_code="")
    assert memo(bare, settings(memo="{promo}"), cut) == "Number 123456789012"


def test_a_number_that_the_memo_has_already_is_not_said_twice() -> None:
    by_quickbooks = Number("", "1048")
    assert memo(ORDER, settings(memo="Order {order}"), by_quickbooks) == "Order 1048"


def test_a_number_inside_another_number_is_not_that_number() -> None:
    tenth = replace(sale(48), title="Batch 1048")
    assert memo(tenth, settings(memo="{title}"), Number("", "48")) == "Batch 1048, number 48"


def test_texts_are_cut_to_what_quickbooks_holds() -> None:
    long = replace(ORDER, notes="x" * 5000)
    assert len(memo(long, settings(memo="{notes}"), WHOLE)) == 4095
    assert len(po_number(long, settings(po_number="{notes}"))) == 25
    assert len(other(long, settings(other_field="{notes}"))) == 29


def test_po_number_and_other_are_as_settings_word_them() -> None:
    assert po_number(ORDER, settings()) == "Keap 1048"
    assert other(ORDER, settings()) == ""
    assert other(ORDER, settings(other_field="{promo} {source}")) == "MAY10 Order Form"


def test_custom_fields_come_from_fields_of_the_order_and_never_blank_what_is_there() -> None:
    chosen = settings(custom_fields="Promo=promo, Colour=custom:12, Size=custom:13, Gift=custom:99")
    assert custom_field_values(ORDER, chosen) == {"Promo": "MAY10", "Colour": "Blue"}


def test_a_custom_field_is_cut_to_255_characters() -> None:
    long = replace(ORDER, notes="x" * 300)
    assert len(custom_field_values(long, settings(custom_fields="Note=notes"))["Note"]) == 255
