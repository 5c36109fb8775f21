"""Which customer an order goes to.

For now by exact name only: the customer remembered for the contact, else the one that bears the
contact's name and does not look like somebody else, else a new one.
"""

from dataclasses import dataclass

from qbwc_service.matching.company import Company, Customer
from qbwc_service.matching.keys import email_keys, name_key
from qbwc_service.planning.order import Buyer
from qbwc_service.planning.plan import Hold, ListRef


@dataclass(frozen=True, slots=True)
class CustomerMatch:
    """A customer that exists (`ref`), one to be made under `new_name`, or a hold."""

    ref: ListRef | None = None
    new_name: str = ""
    hold: Hold | None = None


def match_customer(buyer: Buyer, name: str, company: Company, order_id: int) -> CustomerMatch:
    """`name` is the contact's name after the text policy, at most 41 characters."""
    remembered = company.customer_of_contact.get(buyer.contact_id)
    key = name_key(name)
    details = {"customer": name, "order": str(order_id), "email": buyer.email or "a contact"}
    if remembered is not None and remembered.list_id:
        if remembered.list_id in company.inactive_customers:
            return _hold("customer-inactive", details)
        return CustomerMatch(ref=ListRef(list_id=remembered.list_id))
    other_kind = company.other_names.get(key)
    if other_kind:
        return _hold("name-taken-by-other-kind", details, other_kind=other_kind)
    existing = company.customers.get(key)
    if existing is None:
        return _for_new_name(buyer, name, company, details)
    return _for_existing(buyer, existing, company, details)


def _for_new_name(
    buyer: Buyer, name: str, company: Company, details: dict[str, str]
) -> CustomerMatch:
    other = company.contact_of_name.get(name_key(name))
    if other is None or other.contact_id == buyer.contact_id:
        return CustomerMatch(new_name=name)
    if buyer.email and email_keys(buyer.email) == email_keys(other.email):
        made_by = "" if other.list_id else other.contact_id
        return CustomerMatch(ref=ListRef(list_id=other.list_id, made_by=made_by))
    difference = f"belongs to Keap contact {other.contact_id}"
    return _hold("customer-name-of-another", details, difference=difference)


def _for_existing(
    buyer: Buyer, existing: Customer, company: Company, details: dict[str, str]
) -> CustomerMatch:
    difference = _looks_like_another(buyer, existing, company)
    if difference:
        return _hold("customer-name-of-another", details, difference=difference)
    if not existing.is_active:
        return _hold("customer-inactive", details)
    return CustomerMatch(ref=ListRef(list_id=existing.list_id))


def _looks_like_another(buyer: Buyer, existing: Customer, company: Company) -> str:
    """Why a customer of the same name may be somebody else, or ""."""
    if company.home_currency and existing.currency not in {"", company.home_currency}:
        return f"is kept in {existing.currency}"
    theirs, ours = email_keys(existing.email), email_keys(buyer.email)
    if theirs and ours:
        if theirs == ours or _same_company_and_city(buyer, existing):
            return ""
        return f"has the e-mail address {existing.email}"
    other = company.contact_of_name.get(name_key(existing.full_name))
    if other is not None and other.contact_id != buyer.contact_id:
        return f"belongs to Keap contact {other.contact_id}"
    return ""


def _same_company_and_city(buyer: Buyer, existing: Customer) -> bool:
    city = buyer.bill_to.city if buyer.bill_to else ""
    return (
        bool(buyer.company and city)
        and name_key(buyer.company) == name_key(existing.company)
        and name_key(city) == name_key(existing.city)
    )


def _hold(cause: str, details: dict[str, str], **more: str) -> CustomerMatch:
    return CustomerMatch(hold=Hold(cause, details | more))
