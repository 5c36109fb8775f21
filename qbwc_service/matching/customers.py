"""Which customer an order goes to. Pure.

In this order, until one says: what a person chose or an earlier order of the contact settled; the
e-mail address; first and last name; company and city. Each step finds nobody, one customer (then
that is it), or cannot tell: a hold that shows those who may be meant, never a guess. A customer
and its own jobs count as one. Who is kept in another currency is nobody.

A name alone is the weakest evidence: it takes nobody who has another e-mail address, is at another
company in another city, or is known to be another Keap contact.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_index import Customer, is_single, single_key
from qbwc_service.matching.customer_names import (
    buyer_city,
    buyer_company,
    buyer_person,
    buyer_swapped,
    customer_name,
    name_apart,
)
from qbwc_service.matching.keys import email_keys, loose_key, name_key
from qbwc_service.planning.order import Buyer
from qbwc_service.planning.plan import NO_REASON, Hold, ListRef, Reason
from qbwc_service.settings import Settings

_SHOWN = 5
#: the rule of orders that settings put under one customer: it says nothing of who the contact is
UNDER_THE_SINGLE_ONE = "customer-single"


@dataclass(frozen=True, slots=True)
class CustomerMatch:
    """A customer that exists or is planned already (`ref`), one to be made under `new_name`, or a
    hold with those who may be meant."""

    ref: ListRef | None = None
    new_name: str = ""
    #: source key of the posting that makes it
    new_key: str = ""
    hold: Hold | None = None
    candidates: tuple[Customer, ...] = ()
    why: Reason = NO_REASON


@dataclass(frozen=True, slots=True)
class _Question:
    """One buyer, and all that an answer may look at."""

    buyer: Buyer
    company: Company
    settings: Settings
    name: str
    details: dict[str, str] = field(default_factory=dict)

    def taken(self, customer: Customer, rule: str) -> CustomerMatch:
        ref = ListRef(list_id=customer.list_id, made_by=customer.made_by)
        return CustomerMatch(ref=ref, why=self.reason(rule, customer=customer.full_name))

    def new(self, name: str, rule: str, key: str = "", **more: str) -> CustomerMatch:
        why = self.reason(rule, customer=name, **more)
        return CustomerMatch(new_name=name, new_key=key or self.buyer.contact_id, why=why)

    def held(self, cause: str, among: Sequence[Customer] = (), **more: str) -> CustomerMatch:
        choices = "; ".join(customer.shown() for customer in among[:_SHOWN])
        details = self.details | ({"choices": choices} if choices else {}) | more
        return CustomerMatch(hold=Hold(cause, details), candidates=tuple(among))

    def reason(self, rule: str, **more: str) -> Reason:
        known = {
            "contact": self.buyer.contact_id,
            "email": self.buyer.email,
            "name": f"{self.buyer.first_name} {self.buyer.last_name}".strip(),
            "company": self.buyer.company,
        }
        return Reason(rule, {key: value for key, value in known.items() if value} | more)


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
    question = _Question(buyer, company, settings, name, details)
    for step in _STEPS:
        if answer := step(question):
            return answer
    return _missing(question)


def _chosen(asked: _Question) -> CustomerMatch | None:
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


def _single(asked: _Question) -> CustomerMatch | None:
    if asked.settings.customer_match != "single-customer":
        return None
    return _under_the_single_one(asked)


def _remembered(asked: _Question) -> CustomerMatch | None:
    """Where earlier orders of the contact went, whatever that customer is called now."""
    list_id = asked.company.customer_of_contact.get(asked.buyer.contact_id, "")
    customer = asked.company.customers.of_list_id(list_id)
    return _known(asked, customer, "customer-remembered") if customer else None


def _made_for_it(asked: _Question) -> CustomerMatch | None:
    """The customer that was made for this contact: the new one, from the second order on."""
    list_id = asked.company.customer_of_contact.get(asked.buyer.contact_id, "")
    customer = asked.company.customers.of_list_id(list_id)
    if customer is None or asked.buyer.contact_id not in customer.contacts:
        return None
    return _known(asked, customer, "customer-remembered")


def _known(asked: _Question, customer: Customer, rule: str) -> CustomerMatch:
    if not customer.is_active:
        return _inactive(asked, [customer])
    return asked.taken(customer, rule)


def _inactive(asked: _Question, found: Sequence[Customer]) -> CustomerMatch:
    return asked.held("customer-inactive", found, customer=found[0].full_name)


def _by_email(asked: _Question) -> CustomerMatch | None:
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
    named = [customer for customer in active if _has_the_name(asked, customer)]
    return (
        _only(asked, named, "customer-email-name")
        or _only(asked, _in_place(asked, named or active), "customer-email-place")
        or asked.held("customers-fit-equally", named or fitting)
    )


def _of_that_email(asked: _Question) -> tuple[Customer, ...]:
    if asked.settings.customer_match == "name":
        return ()
    customers = asked.company.customers
    return _there_first(_usable(asked, customers.of_emails(email_keys(asked.buyer.email))))


def _email_of_another(asked: _Question) -> Customer | None:
    """The one customer with the address, where it is known to be somebody else who shares it."""
    members = [customer for customer in _of_that_email(asked) if customer.is_active]
    heads = asked.company.customers.heads(members)
    if len(heads) != 1 or not _other_contact(asked, heads[0]):
        return None
    named = any(_has_the_name(asked, member) for member in (heads[0], *members))
    return None if named else heads[0]


def _by_name(asked: _Question) -> CustomerMatch | None:
    found = _there_first(_usable(asked, _of_that_name(asked)))
    if not found:
        return None
    if all(customer.made_by for customer in found):
        return _by_name_alone(asked, found[0], "customer-name")
    objections = {_place(customer): _objection(asked, customer) for customer in found}
    fitting = [customer for customer in found if not objections[_place(customer)]]
    if not fitting:
        difference = objections[_place(found[0])]
        return asked.held("customer-name-of-another", found, difference=difference)
    active = [customer for customer in fitting if customer.is_active]
    if not active:
        return _inactive(asked, fitting)
    for some, rule in (
        (active, "customer-name"),
        (_in_place(asked, active), "customer-name-place"),
    ):
        heads = asked.company.customers.heads(some)
        if len(heads) == 1:
            return _by_name_alone(asked, heads[0], rule)
    return asked.held("customers-fit-equally", active)


def _by_name_alone(asked: _Question, customer: Customer, rule: str) -> CustomerMatch:
    """The only one of that name, unless it is known to be another contact, who has it too."""
    other = _other_contact(asked, customer) or _other_visitor(asked, customer)
    if other and not _is_the_chosen_business(asked, customer):
        difference = f"belongs to Keap contact {other}"
        return asked.held("customer-name-of-another", [customer], difference=difference)
    return _known(asked, customer, rule)


def _of_that_name(asked: _Question) -> tuple[Customer, ...]:
    """By first and last name, either way round; by the company's name where that is what a
    customer is called, or where there is no other."""
    customers, buyer = asked.company.customers, asked.buyer
    person, business = buyer_person(buyer), buyer_company(buyer)
    by_person = (*customers.of_person(person), *customers.of_person(buyer_swapped(buyer)))
    by_business = tuple(each for each in customers.of_company(business) if _is_business(each))
    if asked.settings.customer_name == "company" and business:
        return by_business
    if asked.settings.customer_name == "email" and buyer.email:
        listed = customers.of_person(loose_key(buyer.email))
        return tuple(dict.fromkeys((*by_person, *listed)))
    return by_person if person else by_business


def _by_company(asked: _Question) -> CustomerMatch | None:
    """The business itself, in the same city, where a person of it is not in QuickBooks."""
    if not buyer_city(asked.buyer):
        return None
    of_company = asked.company.customers.of_company(buyer_company(asked.buyer))
    found = _there_first(_usable(asked, of_company))
    fitting = [each for each in found if _is_business(each) and _agrees(asked, each)]
    active = [customer for customer in fitting if customer.is_active]
    if active:
        held = asked.held("customers-fit-equally", active)
        return _only(asked, active, "customer-company-city") or held
    return _inactive(asked, fitting) if fitting else None


def _missing(asked: _Question) -> CustomerMatch:
    match asked.settings.missing_customer:
        case "create":
            return _shared_email(asked) or _new(asked, "customer-new")
        case "hold":
            return asked.held("customer-not-found")
        case "single-customer":
            return _under_the_single_one(asked)


def _shared_email(asked: _Question) -> CustomerMatch | None:
    """Nobody fits but one who is known to be somebody else: not a second customer unasked."""
    customer = _email_of_another(asked)
    if customer is None:
        return None
    other = _other_contact(asked, customer)
    return asked.held("customer-email-of-another", [customer], other=other)


def _new(asked: _Question, rule: str) -> CustomerMatch:
    """A name that is taken gets the contact's id, before QuickBooks refuses it."""
    taken_by = _taken_by(asked, asked.name)
    if not taken_by:
        return asked.new(asked.name, rule)
    apart = name_apart(asked.name, asked.buyer.contact_id)
    still_taken = _taken_by(asked, apart)
    if still_taken or asked.settings.name_taken == "hold":
        return asked.held("name-taken-by-other-kind", other_kind=still_taken or taken_by)
    return asked.new(apart, "customer-new-apart", other_kind=taken_by)


def _under_the_single_one(asked: _Question) -> CustomerMatch:
    name = asked.settings.single_customer
    existing = asked.company.customers.named(name_key(name))
    if existing is not None:
        return _known(asked, existing, UNDER_THE_SINGLE_ONE)
    if taken_by := _taken_by(asked, name):
        return asked.held("name-taken-by-other-kind", customer=name, other_kind=taken_by)
    return asked.new(name, UNDER_THE_SINGLE_ONE, single_key(name))


def _taken_by(asked: _Question, name: str) -> str:
    """Who has the name in QuickBooks or will have it, or "" where it is free."""
    key = name_key(name)
    existing = asked.company.customers.named(key)
    if existing is not None and existing.made_by != asked.buyer.contact_id:
        return "customer"
    return asked.company.other_names.get(key, "")


# -- what is compared -----------------------------------------------------------------------------


def _usable(asked: _Question, found: Iterable[Customer]) -> tuple[Customer, ...]:
    """Neither in another currency, nor the one that this contact's own posting will make."""
    home = asked.company.home_currency
    return tuple(
        customer
        for customer in dict.fromkeys(found)
        if (not home or customer.currency in {"", home})
        and customer.made_by != asked.buyer.contact_id
        and not is_single(customer.made_by)
    )


def _there_first(found: tuple[Customer, ...]) -> tuple[Customer, ...]:
    """Those in QuickBooks; those still to be made only where there is none: what was planned for
    one contact must not change what fits another."""
    return tuple(customer for customer in found if not customer.made_by) or found


def _only(asked: _Question, fitting: Sequence[Customer], rule: str) -> CustomerMatch | None:
    heads = asked.company.customers.heads(fitting)
    return _known(asked, heads[0], rule) if len(heads) == 1 else None


def _in_place(asked: _Question, customers: Sequence[Customer]) -> list[Customer]:
    return [customer for customer in customers if _agrees(asked, customer)]


def _has_the_name(asked: _Question, customer: Customer) -> bool:
    person = buyer_person(asked.buyer)
    if person and person in customer.persons:
        return True
    business = buyer_company(asked.buyer)
    return bool(business) and _is_business(customer) and business in customer.companies


def _is_business(customer: Customer) -> bool:
    """Whether the list calls it by the company's name, not by a person's."""
    return not customer.company or loose_key(customer.name) == loose_key(customer.company)


def _agrees(asked: _Question, customer: Customer) -> bool:
    """Company and city, both given on both sides, are the same."""
    business, city = buyer_company(asked.buyer), buyer_city(asked.buyer)
    return (
        bool(business and city)
        and business in customer.companies
        and city == loose_key(customer.city)
    )


def _objection(asked: _Question, customer: Customer) -> str:
    """Why one of the same name may be somebody else, or ""."""
    if _is_the_chosen_business(asked, customer):
        return ""
    if _agrees(asked, customer):
        return ""
    theirs, ours = customer.emails, frozenset(email_keys(asked.buyer.email))
    if asked.settings.customer_match != "name" and theirs and ours and not theirs & ours:
        return f"has the e-mail address {customer.email}"
    if _is_elsewhere(asked, customer):
        return f"is at {customer.company} in {customer.city}"
    if buyer_person(asked.buyer) not in customer.persons and _is_swapped(asked, customer):
        return f"is called {customer.full_name}: first and last name may be changed over"
    return ""


def _is_the_chosen_business(asked: _Question, customer: Customer) -> bool:
    """Customers are called by the company's name on purpose: all its people are that customer."""
    business = buyer_company(asked.buyer)
    wanted = asked.settings.customer_name == "company" and bool(business)
    return wanted and _is_business(customer) and business in customer.companies


def _is_elsewhere(asked: _Question, customer: Customer) -> bool:
    """Company and city, both given on both sides, are both different."""
    business, city = buyer_company(asked.buyer), buyer_city(asked.buyer)
    theirs = loose_key(customer.company), loose_key(customer.city)
    return (
        bool(business and city and all(theirs))
        and business not in customer.companies
        and city != theirs[1]
    )


def _is_swapped(asked: _Question, customer: Customer) -> bool:
    swapped = buyer_swapped(asked.buyer)
    return bool(swapped) and swapped in customer.persons


def _other_contact(asked: _Question, customer: Customer) -> str:
    """Another Keap contact that is known to be this customer, or ""."""
    if customer.made_by:
        return customer.made_by
    if asked.buyer.contact_id in customer.contacts:
        return ""
    return min(customer.contacts, default="")


def _other_visitor(asked: _Question, customer: Customer) -> str:
    """Another Keap contact whose orders go to this customer, or "": no ground to refuse an e-mail
    address, but enough not to go by the name alone."""
    visitors = asked.company.customers.visitors(customer)
    if asked.buyer.contact_id in visitors:
        return ""
    return min(visitors, default="")


def _place(customer: Customer) -> tuple[str, str]:
    return customer.list_id, customer.made_by


_STEPS: tuple[Callable[[_Question], CustomerMatch | None], ...] = (
    _chosen,
    _single,
    _remembered,
    _by_email,
    _by_name,
    _by_company,
)
