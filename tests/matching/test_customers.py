"""Which customer an order goes to: remembered, by name, or a new one; a doubt is a hold."""

from dataclasses import replace

import pytest

from qbwc_service.matching.company import Company, Customer, PendingCustomer
from qbwc_service.matching.customers import CustomerMatch, match_customer
from qbwc_service.planning.order import Buyer, PostalAddress
from qbwc_service.planning.plan import Hold, ListRef
from tests.matching.company_file import company_file, customer
from tests.world import ANN

AT_ACME = replace(ANN, company="Acme Inc")
EXISTING = CustomerMatch(ref=ListRef(list_id="C-Ann Lee"))


def match(company: Company, buyer: Buyer = ANN, name: str = "Ann Lee") -> CustomerMatch:
    return match_customer(buyer, name, company, order_id=7)


def with_customer(existing: Customer) -> Company:
    return company_file(customers=[existing])


def held(cause: str, email: str = "ann@example.com", **more: str) -> CustomerMatch:
    details = {"customer": "Ann Lee", "order": "7", "email": email}
    return CustomerMatch(hold=Hold(cause, details | more))


def test_nobody_of_that_name_makes_a_new_customer() -> None:
    assert match(company_file()) == CustomerMatch(new_name="Ann Lee")


def test_the_customer_remembered_for_the_contact_is_taken_whatever_it_is_called_now() -> None:
    company = company_file(
        customers=[customer("Ann Lee", email="someone@example.org")],
        remembered=[PendingCustomer("4417", "80000007-1")],
    )
    assert match(company) == CustomerMatch(ref=ListRef(list_id="80000007-1"))


def test_a_customer_that_is_still_to_be_made_is_asked_for_again_by_name() -> None:
    pending = PendingCustomer("4417", "", email="ann@example.com")
    company = company_file(remembered=[pending], our_names={"Ann Lee": pending})
    assert match(company) == CustomerMatch(new_name="Ann Lee")


@pytest.mark.parametrize("email", ["ann@example.com", " ANN@Example.com", ""])
def test_the_customer_of_that_name_is_taken_when_the_e_mail_fits_or_is_missing(email: str) -> None:
    assert match(with_customer(customer("ann LEE", email=email))) == CustomerMatch(
        ref=ListRef(list_id="C-ann LEE")
    )


def test_a_buyer_without_e_mail_goes_to_the_customer_of_that_name() -> None:
    existing = with_customer(customer("Ann Lee", email="someone@example.org"))
    assert match(existing, replace(ANN, email="")) == EXISTING


def test_two_e_mails_that_differ_are_held() -> None:
    existing = customer("Ann Lee", email="someone@example.org")
    assert match(with_customer(existing)) == held(
        "customer-name-of-another", difference="has the e-mail address someone@example.org"
    )


def test_same_company_and_same_city_settle_two_e_mails_that_differ() -> None:
    existing = customer("Ann Lee", email="someone@example.org", company="ACME INC", city="phoenix")
    assert match(with_customer(existing), AT_ACME) == EXISTING


@pytest.mark.parametrize(
    ("buyer", "company", "city"),
    [
        (AT_ACME, "Acme Inc", "Tucson"),
        (AT_ACME, "Apex Inc", "Phoenix"),
        (ANN, "", "Phoenix"),
        (replace(AT_ACME, bill_to=None), "Acme Inc", ""),
        (replace(AT_ACME, bill_to=PostalAddress(city="")), "Acme Inc", ""),
    ],
    ids=["other city", "other company", "no company", "no address", "no city"],
)
def test_company_or_city_alone_do_not_settle_it(buyer: Buyer, company: str, city: str) -> None:
    existing = customer("Ann Lee", email="someone@example.org", company=company, city=city)
    assert match(with_customer(existing), buyer) == held(
        "customer-name-of-another", difference="has the e-mail address someone@example.org"
    )


def test_a_customer_in_another_currency_is_somebody_else() -> None:
    existing = customer("Ann Lee", email="ann@example.com", currency="CAD")
    assert match(with_customer(existing)) == held(
        "customer-name-of-another", difference="is kept in CAD"
    )


def test_a_customer_in_our_currency_or_in_none_is_taken() -> None:
    assert match(with_customer(customer("Ann Lee", currency="USD"))) == EXISTING
    assert match(with_customer(customer("Ann Lee", currency=""))) == EXISTING


def test_books_without_currencies_do_not_ask_for_one() -> None:
    company = company_file(customers=[customer("Ann Lee", currency="CAD")], home_currency="")
    assert match(company) == EXISTING


def test_an_inactive_customer_is_held() -> None:
    assert match(with_customer(customer("Ann Lee", is_active=False))) == held("customer-inactive")


def test_a_name_that_looks_like_another_is_told_before_that_it_is_inactive() -> None:
    existing = customer("Ann Lee", email="someone@example.org", is_active=False)
    assert match(with_customer(existing)).hold == Hold(
        "customer-name-of-another",
        {
            "customer": "Ann Lee",
            "order": "7",
            "email": "ann@example.com",
            "difference": "has the e-mail address someone@example.org",
        },
    )


@pytest.mark.parametrize("kind", ["vendor", "employee", "other name"])
def test_a_vendor_employee_or_other_name_of_that_name_is_held(kind: str) -> None:
    company = company_file(other_names={"ANN LEE": kind})
    assert match(company) == held("name-taken-by-other-kind", other_kind=kind)


@pytest.mark.parametrize(
    ("list_id", "ref"),
    [("80000007-1", ListRef(list_id="80000007-1")), ("", ListRef(made_by="99"))],
    ids=["made", "to be made"],
)
def test_two_contacts_of_one_name_and_one_e_mail_are_one_customer(
    list_id: str, ref: ListRef
) -> None:
    twin = PendingCustomer("99", list_id, email="Ann@Example.com")
    assert match(company_file(our_names={"Ann Lee": twin})) == CustomerMatch(ref=ref)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("ann@example.com", "x@example.org"), ("", ""), ("ann@example.com", "")]
)
def test_two_contacts_of_one_name_without_a_common_e_mail_are_held(ours: str, theirs: str) -> None:
    company = company_file(our_names={"Ann Lee": PendingCustomer("99", "", email=theirs)})
    assert match(company, replace(ANN, email=ours)) == held(
        "customer-name-of-another",
        email=ours or "a contact",
        difference="belongs to Keap contact 99",
    )


def test_a_customer_that_we_made_for_another_contact_is_not_taken_by_name_alone() -> None:
    company = company_file(
        customers=[customer("Ann Lee")], our_names={"Ann Lee": PendingCustomer("99", "C-Ann Lee")}
    )
    assert match(company) == held(
        "customer-name-of-another", difference="belongs to Keap contact 99"
    )


def test_our_own_contacts_customer_is_taken_by_name() -> None:
    company = company_file(
        customers=[customer("Ann Lee")], our_names={"Ann Lee": PendingCustomer("4417", "")}
    )
    assert match(company) == EXISTING
