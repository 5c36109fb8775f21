"""What a contact is called as a QuickBooks customer, and what of it can be compared."""

import unicodedata
from functools import lru_cache

from qbwc_service.matching.keys import loose_key, person_key
from qbwc_service.planning.order import Buyer
from qbwc_service.settings.choices import CustomerName
from qbxml_builders.text import list_name, shorten, to_quickbooks

#: qbXML OSR: CustomerAdd/Name and CompanyName, FirstName, LastName
NAME_LIMIT = 41
PERSON_NAME_LIMIT = 25


def contact_suffix(contact_id: str) -> str:
    """What keeps two customers of one name apart."""
    return f" (K{contact_id})"


def customer_name(buyer: Buyer, style: CustomerName = "first-last") -> str:
    """The contact's name as QuickBooks will hold it, at most 41 characters: as the setting says,
    else person, else company, else e-mail. A name that had to be cut ends with the contact's id.
    """
    name = list_name(_wanted(buyer, style), NAME_LIMIT, suffix=contact_suffix(buyer.contact_id))
    if any(character.isalnum() for character in name.text):
        return name.text
    return f"Keap contact {buyer.contact_id}".strip()


def name_apart(name: str, contact_id: str) -> str:
    """The same name with the contact's id: for a name that is taken."""
    suffix = contact_suffix(contact_id)
    if name.endswith(suffix):
        return name
    return shorten(name, NAME_LIMIT - len(suffix)).text + suffix


def buyer_person(buyer: Buyer) -> str:
    """The key of first and last name; "" where they are no evidence (see `comparable`)."""
    first = comparable(buyer.first_name, PERSON_NAME_LIMIT)
    last = comparable(buyer.last_name, PERSON_NAME_LIMIT)
    both = (buyer.first_name.strip() and not first) or (buyer.last_name.strip() and not last)
    return "" if both else person_key(first, last)


def buyer_swapped(buyer: Buyer) -> str:
    """The same with first and last name changed over."""
    straight = buyer_person(buyer)
    swapped = person_key(buyer.last_name, buyer.first_name)
    return swapped if straight and swapped != straight else ""


def buyer_company(buyer: Buyer) -> str:
    """The key of the company's name; "" where it is no evidence."""
    return loose_key(comparable(buyer.company, NAME_LIMIT))


def buyer_city(buyer: Buyer) -> str:
    return loose_key(buyer.bill_to.city) if buyer.bill_to else ""


@lru_cache(4096)
def comparable(text: str, limit: int) -> str:
    """The text as QuickBooks holds it, or "" where QuickBooks would hold less than all of it: two
    companies that are equal in 41 characters are not one, nor are two names in another script."""
    letters = "".join(sign for sign in text if unicodedata.category(sign) not in {"So", "Sk"})
    held = to_quickbooks(letters).text
    lost = held.count("?") > letters.count("?")
    return "" if lost or len(held) > limit else held


def _wanted(buyer: Buyer, style: CustomerName) -> str:
    first, last = buyer.first_name.strip(), buyer.last_name.strip()
    person = f"{first} {last}".strip()
    if style == "last-first" and first and last:
        person = f"{last}, {first}"
    choices = {
        "first-last": (person, buyer.company, buyer.email),
        "last-first": (person, buyer.company, buyer.email),
        "company": (buyer.company, person, buyer.email),
        "email": (buyer.email, person, buyer.company),
    }
    unknown = f"Keap contact {buyer.contact_id}".strip()
    return next((text for text in choices[style] if text.strip()), unknown)
