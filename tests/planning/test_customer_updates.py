"""Contact details of a customer that is known to be the contact: what is written, what never."""

from dataclasses import replace
from typing import Any

import pytest

from qbwc_service.matching.customer_index import Customer
from qbwc_service.planning.contact_details import in_words
from qbwc_service.planning.order import Buyer, PostalAddress
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.plan import (
    ContactDetails,
    OrderPlan,
    PlannedAddress,
    PlannedCustomerUpdate,
)
from tests.matching.company_file import company_file, customer, settings
from tests.world import ANN, sale

PHOENIX = PlannedAddress(("Ann Lee", "1 Main St"), "Phoenix", "AZ", "85004", "USA")
SAME = ContactDetails("ann@example.com", "602-555-0142", PHOENIX)


def ann(details: ContactDetails | None = SAME, **more: Any) -> Customer:
    """Ann Lee in QuickBooks, remembered from her earlier orders."""
    values = {"email": details.email if details else "", "contacts": frozenset({"4417"})} | more
    return customer("Ann Lee", contact_details=details, **values)


def plan(
    there: Customer,
    buyer: Buyer = ANN,
    *,
    remembered: bool = True,
    chosen: bool = False,
    update_customers: str = "when-changed",
    **more: Any,
) -> OrderPlan:
    ids = {buyer.contact_id: there.list_id}
    company = company_file(
        customers=[there],
        remembered=ids if remembered else {},
        chosen=ids if chosen else {},
    )
    chosen_settings = settings(update_customers=update_customers, **more)
    return plan_order(sale(1, buyer=buyer), [], company, chosen_settings)


def update_of(there: Customer, buyer: Buyer = ANN, **more: Any) -> PlannedCustomerUpdate | None:
    found = plan(there, buyer, **more)
    assert found.sale is not None
    return found.customer_update


def wanted_of(there: ContactDetails, buyer: Buyer = ANN) -> ContactDetails:
    found = update_of(ann(there), buyer)
    return found.wanted if found else ContactDetails()


def test_what_differs_is_planned_with_what_was_there() -> None:
    there = ContactDetails("old@example.com", "480-555-0100", PHOENIX)
    found = update_of(ann(there))
    assert found is not None
    assert (found.list_id, found.name) == ("C-Ann Lee", "Ann Lee")
    assert (found.contact_id, found.order_id) == ("4417", 1)
    assert found.wanted == ContactDetails("ann@example.com", "602-555-0142")
    assert found.before == ContactDetails("old@example.com", "480-555-0100")


def test_without_the_setting_nothing_is_planned() -> None:
    assert update_of(ann(ContactDetails()), update_customers="never") is None


def test_nothing_is_planned_where_nothing_differs() -> None:
    assert update_of(ann()) is None


def test_nothing_is_planned_before_quickbooks_was_asked_for_all_details() -> None:
    assert update_of(ann(None)) is None


def test_empty_fields_are_filled() -> None:
    assert wanted_of(ContactDetails()) == SAME


def test_nothing_is_blanked() -> None:
    empty = replace(ANN, email="", phone=" ", bill_to=None)
    assert update_of(ann(), empty) is None


@pytest.mark.parametrize("phone", ["(602) 555-0142", "602.555.0142", "6025550142"])
def test_a_number_written_in_another_way_is_the_same(phone: str) -> None:
    assert wanted_of(replace(SAME, phone=phone)) == ContactDetails()


@pytest.mark.parametrize("email", ["ANN@example.com", "ann@example.com, bob@example.com"])
def test_an_address_that_is_there_is_not_written(email: str) -> None:
    assert wanted_of(replace(SAME, email=email)) == ContactDetails()


def test_several_addresses_are_not_replaced_by_one() -> None:
    assert wanted_of(replace(SAME, email="a@example.com, b@example.com")) == ContactDetails()


def test_what_is_no_address_is_not_written() -> None:
    assert update_of(ann(), replace(ANN, email="none")) is None


def test_an_address_that_lacks_a_part_is_not_written() -> None:
    moved = PostalAddress("Ann Lee", "", ("9 Oak Ave",), "Mesa", "", "85201", "USA")
    assert update_of(ann(), replace(ANN, bill_to=moved)) is None


def test_a_whole_address_is_written_whole() -> None:
    moved = PostalAddress("Ann Lee", "", ("9 Oak Ave",), "Mesa", "AZ", "85201", "USA")
    mesa = PlannedAddress(("Ann Lee", "9 Oak Ave"), "Mesa", "AZ", "85201", "USA")
    assert wanted_of(SAME, replace(ANN, bill_to=moved)) == ContactDetails(bill_to=mesa)


def test_details_are_fitted_to_quickbooks() -> None:
    long = "480-555-0100 extension 17"
    assert wanted_of(SAME, replace(ANN, phone=long)).phone == long[:21].rstrip()


def test_a_chosen_customer_is_updated_whatever_it_is_called() -> None:
    there = customer("Annie L.", contact_details=ContactDetails(), contacts=frozenset({"4417"}))
    assert update_of(there, remembered=False, chosen=True) is not None


def test_one_of_the_same_address_and_name_is_updated() -> None:
    there = ann(replace(SAME, phone=""), contacts=frozenset())
    found = update_of(there, remembered=False)
    assert found is not None
    assert found.wanted == ContactDetails(phone="602-555-0142")


def test_one_of_the_same_address_and_another_name_is_not() -> None:
    there = customer(
        "Bea Lee", email="ann@example.com", contact_details=ContactDetails("ann@example.com")
    )
    assert update_of(there, remembered=False) is None


def test_one_of_the_same_name_alone_is_not() -> None:
    assert update_of(ann(ContactDetails(), contacts=frozenset()), remembered=False) is None


def test_the_single_customer_is_not() -> None:
    there = customer("Web Store", contact_details=ContactDetails())
    found = plan(
        there, remembered=False, customer_match="single-customer", single_customer="Web Store"
    )
    assert found.sale is not None
    assert found.customer_update is None


def test_a_customer_that_contacts_share_is_not() -> None:
    assert update_of(ann(ContactDetails(), contacts=frozenset({"4417", "4502"}))) is None


@pytest.mark.parametrize(
    "there",
    [
        customer("Acme Inc", company="Acme Inc", contact_details=ContactDetails()),
        customer("Acme", contact_details=ContactDetails(), first_name="Ann", last_name="Lee"),
    ],
)
def test_a_business_is_not(there: Customer) -> None:
    assert update_of(there, replace(ANN, company="Acme")) is None


def test_a_customer_that_is_made_now_is_not() -> None:
    found = plan_order(sale(1), [], company_file(), settings(update_customers="when-changed"))
    assert found.customer is not None
    assert found.customer_update is None


def test_the_same_values_have_the_same_key_and_others_another() -> None:
    first = update_of(ann(ContactDetails()))
    again = update_of(ann(ContactDetails("x@example.com")))
    other = update_of(ann(ContactDetails()), replace(ANN, phone="480-555-0100"))
    elsewhere = update_of(replace(ann(ContactDetails()), list_id="C-2"))
    keys = [found.source_key for found in (first, again, other, elsewhere) if found]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert keys[0].startswith("4417/")


def test_fields_in_words() -> None:
    assert in_words(SAME) == "e-mail, phone and billing address"
    assert in_words(ContactDetails("a@example.com", "1")) == "e-mail and phone"
    assert in_words(ContactDetails(phone="1")) == "phone"
