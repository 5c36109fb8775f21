"""Which customer an order goes to. Pure.

In this order, until one says: what a person chose or an earlier order of the contact settled; the
e-mail address; first and last name; company and city. Each step finds nobody, one customer (then
that is it), or cannot tell: a hold that shows those who may be meant, never a guess. A customer
and its own jobs count as one. Who is kept in another currency is nobody.

A name alone is the weakest evidence: it takes nobody who has another e-mail address, is at another
company in another city, or is known to be another Keap contact.
"""

from collections.abc import Callable, Sequence

from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_evidence import (
    agrees,
    has_the_name,
    in_place,
    is_business,
    is_the_chosen_business,
    objection,
    other_contact,
    other_visitor,
    place,
    there_first,
    usable,
)
from qbwc_service.matching.customer_index import Customer, single_key
from qbwc_service.matching.customer_names import (
    buyer_city,
    buyer_company,
    buyer_person,
    buyer_swapped,
    customer_name,
    name_apart,
)
from qbwc_service.matching.customer_question import CustomerMatch, Question
from qbwc_service.matching.keys import email_keys, loose_key, name_key
from qbwc_service.planning.order import Buyer
from qbwc_service.settings import Settings

#: the rule of orders that settings put under one customer: it says nothing of who the contact is
UNDER_THE_SINGLE_ONE = "customer-single"


def match_customer(
    buyer: Buyer, company: Company, settings: Settings, order_id: int
) -> CustomerMatch:
    """Who it is, with the reason; or the hold, with those who may be meant."""
    name = customer_name(buyer, settings.customer_name)
    details = {
        "customer": name,
        "order": str(order_id),
        "email": buyer.email or "no e-mail address",
        "contact": buyer.contact_id,
    }
    question = Question(buyer, company, settings, name, details)
    for step in _STEPS:
        if answer := step(question):
            return answer
    return _missing(question)


def _chosen(asked: Question) -> CustomerMatch | None:
    """What a person said of this contact goes before everything else."""
    choice = asked.company.chosen_customers.get(asked.buyer.contact_id)
    if choice is None:
        return None
    if not choice:
        return _made_for_it(asked) or _new(asked, "customer-new-chosen")
    customer = asked.company.customers.of_list_id(choice)
    if customer is None:
        return asked.held("chosen-customer-gone")
    return _known(asked, customer, "customer-chosen")


def _single(asked: Question) -> CustomerMatch | None:
    if asked.settings.customer_match != "single-customer":
        return None
    return _under_the_single_one(asked)


def _remembered(asked: Question) -> CustomerMatch | None:
    """Where earlier orders of the contact went, whatever that customer is called now."""
    list_id = asked.company.customer_of_contact.get(asked.buyer.contact_id, "")
    customer = asked.company.customers.of_list_id(list_id)
    return _known(asked, customer, "customer-remembered") if customer else None


def _made_for_it(asked: Question) -> CustomerMatch | None:
    """The customer that was made for this contact: the new one, from the second order on."""
    list_id = asked.company.customer_of_contact.get(asked.buyer.contact_id, "")
    customer = asked.company.customers.of_list_id(list_id)
    if customer is None or asked.buyer.contact_id not in customer.contacts:
        return None
    return _known(asked, customer, "customer-remembered")


def _known(asked: Question, customer: Customer, rule: str) -> CustomerMatch:
    if not customer.is_active:
        return _inactive(asked, [customer])
    return asked.taken(customer, rule)


def _inactive(asked: Question, found: Sequence[Customer]) -> CustomerMatch:
    return asked.held("customer-inactive", found, customer=found[0].full_name)


def _by_email(asked: Question) -> CustomerMatch | None:
    found = _of_that_email(asked)
    if not found:
        return None
    active = [customer for customer in found if customer.is_active]
    if not active:
        return _inactive(asked, found)
    fitting = asked.company.customers.heads(active)
    if len(fitting) == 1:
        is_another = _email_of_another(asked)
        return None if is_another else _known(asked, fitting[0], "customer-email")
    named = [customer for customer in active if has_the_name(asked, customer)]
    return (
        _only(asked, named, "customer-email-name")
        or _only(asked, in_place(asked, named or active), "customer-email-place")
        or asked.held("customers-fit-equally", named or fitting)
    )


def _of_that_email(asked: Question) -> tuple[Customer, ...]:
    if asked.settings.customer_match == "name":
        return ()
    customers = asked.company.customers
    return there_first(usable(asked, customers.of_emails(email_keys(asked.buyer.email))))


def _email_of_another(asked: Question) -> Customer | None:
    """The one customer with the address, where it is known to be somebody else who shares it."""
    members = [customer for customer in _of_that_email(asked) if customer.is_active]
    heads = asked.company.customers.heads(members)
    if len(heads) != 1 or not other_contact(asked, heads[0]):
        return None
    named = any(has_the_name(asked, member) for member in (heads[0], *members))
    return None if named else heads[0]


def _by_name(asked: Question) -> CustomerMatch | None:
    found = there_first(usable(asked, _of_that_name(asked)))
    if not found:
        return None
    if all(customer.made_by for customer in found):
        return _by_name_alone(asked, found[0], "customer-name")
    objections = {place(customer): objection(asked, customer) for customer in found}
    fitting = [customer for customer in found if not objections[place(customer)]]
    if not fitting:
        difference = objections[place(found[0])]
        return asked.held("customer-name-of-another", found, difference=difference)
    active = [customer for customer in fitting if customer.is_active]
    if not active:
        return _inactive(asked, fitting)
    for some, rule in (
        (active, "customer-name"),
        (in_place(asked, active), "customer-name-place"),
    ):
        heads = asked.company.customers.heads(some)
        if len(heads) == 1:
            return _by_name_alone(asked, heads[0], rule)
    return asked.held("customers-fit-equally", active)


def _by_name_alone(asked: Question, customer: Customer, rule: str) -> CustomerMatch:
    """The only one of that name, unless it is known to be another contact, who has it too."""
    other = other_contact(asked, customer) or other_visitor(asked, customer)
    if other and not is_the_chosen_business(asked, customer):
        difference = f"belongs to Keap contact {other}"
        return asked.held("customer-name-of-another", [customer], difference=difference)
    return _known(asked, customer, rule)


def _of_that_name(asked: Question) -> tuple[Customer, ...]:
    """By first and last name, either way round; by the company's name where that is what a
    customer is called, or where there is no other."""
    customers, buyer = asked.company.customers, asked.buyer
    person, business = buyer_person(buyer), buyer_company(buyer)
    by_person = (*customers.of_person(person), *customers.of_person(buyer_swapped(buyer)))
    by_business = tuple(each for each in customers.of_company(business) if is_business(each))
    if asked.settings.customer_name == "company" and business:
        return by_business
    if asked.settings.customer_name == "email" and buyer.email:
        listed = customers.of_person(loose_key(buyer.email))
        return tuple(dict.fromkeys((*by_person, *listed)))
    return by_person if person else by_business


def _by_company(asked: Question) -> CustomerMatch | None:
    """The business itself, in the same city, where a person of it is not in QuickBooks."""
    if not buyer_city(asked.buyer):
        return None
    of_company = asked.company.customers.of_company(buyer_company(asked.buyer))
    found = there_first(usable(asked, of_company))
    fitting = [each for each in found if is_business(each) and agrees(asked, each)]
    active = [customer for customer in fitting if customer.is_active]
    if active:
        held = asked.held("customers-fit-equally", active)
        return _only(asked, active, "customer-company-city") or held
    return _inactive(asked, fitting) if fitting else None


def _missing(asked: Question) -> CustomerMatch:
    match asked.settings.missing_customer:
        case "create":
            return _shared_email(asked) or _new(asked, "customer-new")
        case "hold":
            return asked.held("customer-not-found")
        case "single-customer":
            return _under_the_single_one(asked)


def _shared_email(asked: Question) -> CustomerMatch | None:
    """Nobody fits but one who is known to be somebody else: not a second customer unasked."""
    customer = _email_of_another(asked)
    if customer is None:
        return None
    other = other_contact(asked, customer)
    return asked.held("customer-email-of-another", [customer], other=other)


def _new(asked: Question, rule: str) -> CustomerMatch:
    """A name that is taken gets the contact's id, before QuickBooks refuses it."""
    taken_by = _taken_by(asked, asked.name)
    if not taken_by:
        return asked.new(asked.name, rule)
    apart = name_apart(asked.name, asked.buyer.contact_id)
    still_taken = _taken_by(asked, apart)
    if still_taken or asked.settings.name_taken == "hold":
        return asked.held("name-taken-by-other-kind", other_kind=still_taken or taken_by)
    return asked.new(apart, "customer-new-apart", other_kind=taken_by)


def _under_the_single_one(asked: Question) -> CustomerMatch:
    name = asked.settings.single_customer
    existing = asked.company.customers.named(name_key(name))
    if existing is not None:
        return _known(asked, existing, UNDER_THE_SINGLE_ONE)
    if taken_by := _taken_by(asked, name):
        return asked.held("name-taken-by-other-kind", customer=name, other_kind=taken_by)
    return asked.new(name, UNDER_THE_SINGLE_ONE, single_key(name))


def _taken_by(asked: Question, name: str) -> str:
    """Who has the name in QuickBooks or will have it, or "" where it is free."""
    key = name_key(name)
    existing = asked.company.customers.named(key)
    if existing is not None and existing.made_by != asked.buyer.contact_id:
        return "customer"
    return asked.company.other_names.get(key, "")


def _only(asked: Question, fitting: Sequence[Customer], rule: str) -> CustomerMatch | None:
    heads = asked.company.customers.heads(fitting)
    return _known(asked, heads[0], rule) if len(heads) == 1 else None


_STEPS: tuple[Callable[[Question], CustomerMatch | None], ...] = (
    _chosen,
    _single,
    _remembered,
    _by_email,
    _by_name,
    _by_company,
)
