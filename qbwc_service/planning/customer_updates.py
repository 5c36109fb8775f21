"""Whether a customer of QuickBooks gets the contact details that the shop has now. Pure.

Only one that is known to be this contact: chosen by a person, remembered from earlier orders, or
found by the e-mail address and of the same name. Never by the name alone, and never a customer
that several contacts share.
"""

import hashlib

import msgspec

from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_index import Customer
from qbwc_service.matching.customer_names import buyer_company, buyer_person
from qbwc_service.matching.customer_question import CustomerMatch
from qbwc_service.matching.keys import company_keys, email_keys, loose_key, person_keys
from qbwc_service.planning.contact_details import contact_details, differing, of_the_same_kind
from qbwc_service.planning.order import Buyer, SalesOrder
from qbwc_service.planning.plan import ContactDetails, PlannedCustomerUpdate
from qbwc_service.settings import Settings

#: the rules of matching that say who it is, and not only who it may be
_CHOSEN, _REMEMBERED, _BY_EMAIL = "customer-chosen", "customer-remembered", "customer-email"
_KNOWN_BY = frozenset({_CHOSEN, _REMEMBERED, _BY_EMAIL})
_NOTHING = ContactDetails()


def plan_customer_update(
    order: SalesOrder, match: CustomerMatch, company: Company, settings: Settings
) -> PlannedCustomerUpdate | None:
    """What to write of the contact's details, and what QuickBooks has there; None for nothing."""
    customer = _known_customer(match, company)
    if settings.update_customers == "never" or customer is None:
        return None
    if customer.contact_details is None:
        return None
    if not _is_this_contact(order.buyer, customer, match, company):
        return None
    wanted = contact_details(order.buyer)
    changed = differing(wanted, customer.contact_details)
    if changed == _NOTHING:
        return None
    return PlannedCustomerUpdate(
        source_key=f"{order.buyer.contact_id}/{_digest(customer.list_id, wanted)}",
        contact_id=order.buyer.contact_id,
        order_id=order.order_id,
        list_id=customer.list_id,
        name=customer.full_name,
        wanted=changed,
        before=of_the_same_kind(customer.contact_details, changed),
    )


def _known_customer(match: CustomerMatch, company: Company) -> Customer | None:
    if match.ref is None or match.why.rule not in _KNOWN_BY:
        return None
    return company.customers.of_list_id(match.ref.list_id)


def _is_this_contact(
    buyer: Buyer, customer: Customer, match: CustomerMatch, company: Company
) -> bool:
    everybody = customer.contacts | company.customers.visitors(customer)
    if everybody - {buyer.contact_id} or _is_the_business(buyer, customer):
        return False
    if match.why.rule == _CHOSEN or buyer.contact_id in customer.contacts:
        return True
    if buyer_person(buyer) not in customer.persons:
        return False
    # A family is found by a job's address, too: then the customer itself need not be the contact.
    has_address = bool(customer.emails & frozenset(email_keys(buyer.email)))
    return has_address or match.why.rule == _REMEMBERED


def _is_the_business(buyer: Buyer, customer: Customer) -> bool:
    """The list calls it by the company's name: others of the company may go there, too."""
    businesses = {loose_key(customer.company), buyer_company(buyer)} - {""}
    is_named_so = bool(company_keys(customer.name, "") & businesses)
    return is_named_so and buyer_person(buyer) not in person_keys(customer.name, "", "")


def _digest(list_id: str, wanted: ContactDetails) -> str:
    """The same values for the same customer give the same: they are written once."""
    return hashlib.sha256(msgspec.json.encode((list_id, wanted))).hexdigest()[:16]
