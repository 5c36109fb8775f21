"""Which customer an order goes to: the table of cases, and what holds whatever the file is."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.matching import reasons
from qbwc_service.matching.customer_index import Customer, CustomerIndex
from qbwc_service.matching.customer_question import CustomerMatch
from qbwc_service.matching.customers import match_customer
from qbwc_service.messages import message
from qbwc_service.planning.order import Buyer
from tests.matching.cases import CASES, CHOICES, US, Case, buyer
from tests.matching.company_file import company_file, customer, planned, settings


def outcome(answer: CustomerMatch) -> tuple[str, str]:
    """As the table writes it."""
    if answer.hold:
        return answer.hold.cause, ""
    if answer.new_name:
        return f"+{answer.new_name}", answer.why.rule
    assert answer.ref is not None
    waited_for = f"({answer.ref.made_by}) " if answer.ref.made_by else ""
    return waited_for + answer.why.details["customer"], answer.why.rule


def answer_to(case: Case) -> CustomerMatch:
    return match_customer(case.buyer, case.company, settings(**case.settings), 1048)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_each_situation_crossed_with_what_fits(case: Case) -> None:
    assert outcome(answer_to(case)) == (case.expected, case.rule)


@pytest.mark.parametrize("case", CHOICES, ids=lambda case: case.title)
def test_what_people_choose_goes_before_the_default(case: Case) -> None:
    assert outcome(answer_to(case)) == (case.expected, case.rule)


def test_the_table_is_whole() -> None:
    situations = {case.situation for case in CASES}
    for situation in situations:
        fits = [case.fits for case in CASES if case.situation == situation]
        assert len(fits) == len(set(fits)) >= 4, situation


@pytest.mark.parametrize("case", [*CASES, *CHOICES], ids=lambda case: case.title)
def test_a_person_can_read_why(case: Case) -> None:
    answer = answer_to(case)
    if answer.hold:
        shown = message(answer.hold.cause, answer.hold.details)
        assert "..." not in shown.title + shown.why + shown.do
    else:
        assert "..." not in reasons.sentence(answer.why)


def test_a_tie_shows_both_as_a_person_tells_them_apart() -> None:
    company = company_file(
        customers=[
            customer("Ann Lee", email="ann@lee.example", city="Phoenix"),
            customer("Lee, Ann", company="Acme Inc"),
        ]
    )
    answer = match_customer(buyer("Ann", "Lee"), company, settings(), 1048)
    assert answer.hold is not None
    assert answer.hold.details["choices"] == (
        "Ann Lee (ann@lee.example, Phoenix); Lee, Ann (Acme Inc)"
    )
    assert [each.full_name for each in answer.candidates] == ["Ann Lee", "Lee, Ann"]


# -- whatever the company file is -----------------------------------------------------------------

_NAMES = st.sampled_from(
    ["Ann Lee", "Lee, Ann", "ann lee", "Bob Ray", "Acme Inc", "Acme Inc:Ann Lee", "Acme Inc:Roof"]
)
_MAILS = st.sampled_from(
    ["", "ann@lee.example", "bob@ray.example", "ann@lee.example; bob@ray.example"]
)
_CITIES = st.sampled_from(["", "Phoenix", "Tucson"])
_COMPANIES = st.sampled_from(["", "Acme Inc", "Fox Ltd"])
_FILES = st.lists(
    st.builds(
        lambda name, email, company, city, active, contacts: customer(
            name, email=email, company=company, city=city, is_active=active, contacts=contacts
        ),
        _NAMES,
        _MAILS,
        _COMPANIES,
        _CITIES,
        st.booleans(),
        st.frozensets(st.sampled_from(["5", US]), max_size=1),
    ),
    unique_by=lambda each: each.full_name.casefold(),
    max_size=6,
)
_PLANNED = st.lists(
    st.builds(lambda email, city: planned("Cy Orr", "9", email=email, city=city), _MAILS, _CITIES),
    max_size=1,
)
_BUYERS = st.builds(
    buyer,
    st.sampled_from(["Ann", "Lee", "", "Cy"]),
    st.sampled_from(["Lee", "Ann", "Orr", ""]),
    email=st.sampled_from(["", "ann@lee.example", "BOB@ray.example"]),
    company=_COMPANIES,
    city=_CITIES,
)
_CHOSEN = st.fixed_dictionaries(
    {
        "customer_match": st.sampled_from(["email-then-name", "name", "single-customer"]),
        "customer_name": st.sampled_from(["first-last", "last-first", "company", "email"]),
        "missing_customer": st.sampled_from(["create", "hold", "single-customer"]),
        "name_taken": st.sampled_from(["add-number", "hold"]),
    }
)


@given(_FILES, _PLANNED, _BUYERS, _CHOSEN, st.integers(0, 1000))
def test_matching_never_depends_on_the_order_of_the_list(
    existing: list[Customer], ours: list[Customer], who: Buyer, chosen: dict[str, str], seed: int
) -> None:
    everybody = [*existing, *ours]
    mixed = everybody.copy()
    random.Random(seed).shuffle(mixed)
    one = match_customer(who, company_file(customers=everybody), settings(**chosen), 1)
    other = match_customer(who, company_file(customers=mixed), settings(**chosen), 1)
    assert one == other


@given(_FILES, _PLANNED, _BUYERS, _CHOSEN)
def test_there_is_always_one_answer_and_it_can_be_made(
    existing: list[Customer], ours: list[Customer], who: Buyer, chosen: dict[str, str]
) -> None:
    everybody = [*existing, *ours]
    answer = match_customer(who, company_file(customers=everybody), settings(**chosen), 1)
    assert sum([answer.ref is not None, bool(answer.new_name), answer.hold is not None]) == 1
    if answer.new_name:
        assert len(answer.new_name) <= 41
        assert answer.new_name.casefold() not in {each.full_name.casefold() for each in everybody}
    if answer.ref and answer.ref.list_id:
        taken = CustomerIndex(everybody).of_list_id(answer.ref.list_id)
        assert taken is not None
        assert taken.is_active


@given(_FILES, _BUYERS)
def test_nobody_gets_an_order_by_name_whose_e_mail_address_is_another(
    existing: list[Customer], who: Buyer
) -> None:
    answer = match_customer(who, company_file(customers=existing), settings(), 1)
    if answer.ref and answer.why.rule == "customer-name":
        taken = CustomerIndex(existing).of_list_id(answer.ref.list_id)
        assert taken is not None
        agree = bool(taken.company and taken.city)
        assert agree or not taken.emails or not who.email or who.email.lower() in taken.emails
        assert taken.contacts <= {US}


def test_all_orders_of_three_customers_give_one_answer() -> None:
    three = [customer("Ann Lee"), customer("Lee, Ann"), customer("Acme Inc:Ann Lee")]
    answers = {
        outcome(match_customer(buyer("Ann", "Lee"), company_file(customers=order), settings(), 1))
        for order in itertools.permutations(three)
    }
    assert answers == {("customers-fit-equally", "")}


def test_jobs_of_an_inactive_customer_do_not_lead_to_it() -> None:
    company = company_file(
        customers=[
            customer("Acme Inc", is_active=False),
            customer("Acme Inc:Roof", email="office@acme.example"),
            customer("Acme Inc:Ann Lee", email="office@acme.example"),
        ]
    )
    who = buyer("Cy", "Orr", email="office@acme.example")
    answer = match_customer(who, company, settings(), 1048)
    assert answer.hold is not None
    assert (answer.hold.cause, answer.hold.details["customer"]) == ("customer-inactive", "Acme Inc")
