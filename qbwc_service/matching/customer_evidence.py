"""What speaks for and against a customer: how names, places and earlier orders compare. Pure.

`customers.py` decides in which order this is asked, and what follows.
"""

from collections.abc import Iterable, Sequence

from qbwc_service.matching.customer_index import Customer, is_single
from qbwc_service.matching.customer_names import (
    buyer_city,
    buyer_company,
    buyer_person,
    buyer_swapped,
)
from qbwc_service.matching.customer_question import Question
from qbwc_service.matching.keys import email_keys, loose_key


def usable(asked: Question, found: Iterable[Customer]) -> tuple[Customer, ...]:
    """Neither in another currency, nor the one that this contact's own posting will make."""
    home = asked.company.home_currency
    return tuple(
        customer
        for customer in dict.fromkeys(found)
        if (not home or customer.currency in {"", home})
        and customer.made_by != asked.buyer.contact_id
        and not is_single(customer.made_by)
    )


def there_first(found: tuple[Customer, ...]) -> tuple[Customer, ...]:
    """Those in QuickBooks; those still to be made only where there is none: what was planned for
    one contact must not change what fits another."""
    return tuple(customer for customer in found if not customer.made_by) or found


def in_place(asked: Question, customers: Sequence[Customer]) -> list[Customer]:
    return [customer for customer in customers if agrees(asked, customer)]


def has_the_name(asked: Question, customer: Customer) -> bool:
    person = buyer_person(asked.buyer)
    if person and person in customer.persons:
        return True
    business = buyer_company(asked.buyer)
    return bool(business) and is_business(customer) and business in customer.companies


def is_business(customer: Customer) -> bool:
    """Whether the list calls it by the company's name, not by a person's."""
    return not customer.company or loose_key(customer.name) == loose_key(customer.company)


def agrees(asked: Question, customer: Customer) -> bool:
    """Company and city, both given on both sides, are the same."""
    business, city = buyer_company(asked.buyer), buyer_city(asked.buyer)
    return (
        bool(business and city)
        and business in customer.companies
        and city == loose_key(customer.city)
    )


def objection(asked: Question, customer: Customer) -> str:
    """Why one of the same name may be somebody else, or ""."""
    if is_the_chosen_business(asked, customer):
        return ""
    if agrees(asked, customer):
        return ""
    theirs, ours = customer.emails, frozenset(email_keys(asked.buyer.email))
    if asked.settings.customer_match != "name" and theirs and ours and not theirs & ours:
        return f"has the e-mail address {customer.email}"
    if is_elsewhere(asked, customer):
        return f"is at {customer.company} in {customer.city}"
    if buyer_person(asked.buyer) not in customer.persons and is_swapped(asked, customer):
        return f"is called {customer.full_name}: first and last name may be changed over"
    return ""


def is_the_chosen_business(asked: Question, customer: Customer) -> bool:
    """Customers are called by the company's name on purpose: all its people are that customer."""
    business = buyer_company(asked.buyer)
    wanted = asked.settings.customer_name == "company" and bool(business)
    return wanted and is_business(customer) and business in customer.companies


def is_elsewhere(asked: Question, customer: Customer) -> bool:
    """Company and city, both given on both sides, are both different."""
    business, city = buyer_company(asked.buyer), buyer_city(asked.buyer)
    theirs = loose_key(customer.company), loose_key(customer.city)
    return (
        bool(business and city and all(theirs))
        and business not in customer.companies
        and city != theirs[1]
    )


def is_swapped(asked: Question, customer: Customer) -> bool:
    swapped = buyer_swapped(asked.buyer)
    return bool(swapped) and swapped in customer.persons


def other_contact(asked: Question, customer: Customer) -> str:
    """Another Keap contact that is known to be this customer, or ""."""
    if customer.made_by:
        return customer.made_by
    if asked.buyer.contact_id in customer.contacts:
        return ""
    return min(customer.contacts, default="")


def other_visitor(asked: Question, customer: Customer) -> str:
    """Another Keap contact whose orders go to this customer, or "": no ground to refuse an e-mail
    address, but enough not to go by the name alone."""
    visitors = asked.company.customers.visitors(customer)
    if asked.buyer.contact_id in visitors:
        return ""
    return min(visitors, default="")


def place(customer: Customer) -> tuple[str, str]:
    return customer.list_id, customer.made_by
