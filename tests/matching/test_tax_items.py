"""The tax item that a person mapped: by label, then by state, then by rate."""

from dataclasses import replace
from decimal import Decimal

import pytest

from qbwc_service.matching.tax_items import (
    SALES_TAX_KINDS,
    TaxUnreadable,
    match_tax_item,
    tax_key,
    tax_state,
)
from qbwc_service.planning.order import PostalAddress
from qbwc_service.planning.plan import Hold
from tests.matching.company_file import chosen_for, company_file, entry
from tests.world import ANN, sale

COUNTY = entry("County", kind="OtherCharge")
ARIZONA = entry("Arizona", kind="OtherCharge")
EIGHT = entry("Eight", kind="OtherCharge")
STATE_TAX = entry("State Sales Tax", kind="SalesTax")

COMPANY = company_file(
    taxes={
        "label:County tax": chosen_for("County tax", "Item", COUNTY),
        "state:AZ": chosen_for("AZ", "Item", ARIZONA),
        "rate:8.25": chosen_for("8.25", "Item", EIGHT),
        "state:TX": chosen_for("TX", "Item", "Texas"),
        "state:NM": chosen_for("NM", "Item", STATE_TAX),
    }
)


@pytest.mark.parametrize(
    ("label", "state", "rate", "item"),
    [
        ("COUNTY TAX", "AZ", "8.25", COUNTY),
        ("Other", "AZ", "8.25", ARIZONA),
        ("", "Arizona", "8.25", ARIZONA),
        ("", "us-az", None, ARIZONA),
        ("Other", "NV", "8.250", EIGHT),
        ("Other", "NV", "8.2", None),
        ("", "", None, None),
    ],
)
def test_the_label_counts_before_the_state_and_the_state_before_the_rate(
    label: str, state: str, rate: str | None, item: object
) -> None:
    percent = None if rate is None else Decimal(rate)
    assert match_tax_item(COMPANY, order_id=7, label=label, state=state, rate=percent) == item


def test_a_mapped_item_that_is_gone_holds() -> None:
    found = match_tax_item(COMPANY, order_id=7, state="TX", rate=Decimal("8.25"))
    assert isinstance(found, Hold)
    assert found.details["setting"] == "tax item for TX"


def test_an_item_of_another_kind_than_wanted_is_passed_over() -> None:
    rate = Decimal("8.25")
    assert match_tax_item(COMPANY, order_id=7, state="NM", rate=rate) == EIGHT
    found = match_tax_item(COMPANY, order_id=7, state="NM", rate=rate, kinds=SALES_TAX_KINDS)
    assert found == STATE_TAX


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("rate:8.25", "rate:8.25"),
        ("Rate: 8.250 %", "rate:8.25"),
        ("rate:8,25", "rate:8.25"),
        ("rate:10", "rate:10"),
        ("state:az", "state:AZ"),
        ("state:New Mexico", "state:NM"),
        ("state:US-NM", "state:NM"),
        ("state:Ontario", "state:ONTARIO"),
        ("label:Sales Tax (County)", "label:sales tax county"),
        ("label:rate: 5", "label:rate 5"),
    ],
)
def test_a_tax_is_written_as_rate_state_or_label(text: str, key: str) -> None:
    assert tax_key(text) == key


@pytest.mark.parametrize(
    "text", ["", "8.25", "AZ", "rate:", "rate:x", "rate:-1", "state:", "city:A"]
)
def test_anything_else_is_refused_with_what_can_be_written(text: str) -> None:
    with pytest.raises(TaxUnreadable, match="names no tax: write a rate"):
        tax_key(text)


def test_the_state_is_that_of_the_ship_to_address_else_of_the_bill_to_address() -> None:
    bare = replace(ANN, bill_to=None)
    nevada = PostalAddress(state="NV")
    assert tax_state(sale(7)) == "AZ"
    assert tax_state(replace(sale(7), ship_to=nevada)) == "NV"
    assert tax_state(replace(sale(7), ship_to=PostalAddress(state=" "))) == "AZ"
    assert tax_state(sale(7, buyer=bare)) == ""
