"""How a contact is reached: fitted to QuickBooks, and compared with what QuickBooks has. Pure."""

import re

from qbwc_service.matching.keys import email_keys, name_key
from qbwc_service.planning.addresses import fit_address
from qbwc_service.planning.order import Buyer
from qbwc_service.planning.plan import ContactDetails, PlannedAddress
from qbxml_builders.text import shorten, to_quickbooks

#: qbXML OSR: CustomerAdd and CustomerMod, Phone and Email
PHONE_LIMIT = 21
EMAIL_LIMIT = 1023

_NOT_DIGIT = re.compile(r"\D")


def contact_details(buyer: Buyer) -> ContactDetails:
    """As the source has them, fitted to QuickBooks' limits."""
    return ContactDetails(
        email=fit(buyer.email, EMAIL_LIMIT),
        phone=fit(buyer.phone, PHONE_LIMIT),
        bill_to=fit_address(buyer.bill_to),
    )


def fit(text: str, limit: int) -> str:
    """A text that identifies nothing, as QuickBooks can hold it."""
    return shorten(to_quickbooks(text).text, limit).text


def differing(wanted: ContactDetails, there: ContactDetails) -> ContactDetails:
    """Only those of the wanted that QuickBooks has otherwise, and that take nothing from it."""
    left = missing(wanted, there)
    return ContactDetails(
        email="" if _takes_addresses(there.email) else left.email,
        phone=left.phone,
        bill_to=None if _blanks_parts(left.bill_to, there.bill_to) else left.bill_to,
    )


def missing(wanted: ContactDetails, there: ContactDetails) -> ContactDetails:
    """Those of the wanted that QuickBooks has otherwise; nothing where it has them all."""
    return ContactDetails(
        email="" if _has_email(wanted.email, there.email) else wanted.email,
        phone="" if _has_phone(wanted.phone, there.phone) else wanted.phone,
        bill_to=None if _has_address(wanted.bill_to, there.bill_to) else wanted.bill_to,
    )


def of_the_same_kind(details: ContactDetails, chosen: ContactDetails) -> ContactDetails:
    """Those details of the kinds that `chosen` speaks of."""
    return ContactDetails(
        email=details.email if chosen.email else "",
        phone=details.phone if chosen.phone else "",
        bill_to=details.bill_to if chosen.bill_to else None,
    )


def in_words(details: ContactDetails) -> str:
    """ "e-mail, phone and billing address", as far as there are any."""
    parts = [
        words
        for words, value in (
            ("e-mail", details.email),
            ("phone", details.phone),
            ("billing address", details.bill_to),
        )
        if value
    ]
    front = ", ".join(parts[:-1])
    return f"{front} and {parts[-1]}" if front else "".join(parts)


def _has_email(wanted: str, there: str) -> bool:
    """Also where what the shop has is no e-mail address."""
    return frozenset(email_keys(wanted)) <= frozenset(email_keys(there))


def _takes_addresses(there: str) -> bool:
    """Several addresses in QuickBooks are a person's work: one would take the others away."""
    return len(email_keys(there)) > 1


def _has_phone(wanted: str, there: str) -> bool:
    """The same digits, written in another way, are the same number."""
    ours, theirs = _NOT_DIGIT.sub("", wanted), _NOT_DIGIT.sub("", there)
    if ours:
        return ours == theirs
    return not wanted or name_key(wanted) == name_key(there)


def _has_address(wanted: PlannedAddress | None, there: PlannedAddress | None) -> bool:
    return wanted is None or _address_keys(wanted) == _address_keys(there)


def _blanks_parts(wanted: PlannedAddress | None, there: PlannedAddress | None) -> bool:
    """An address is replaced as a whole: it would blank a part that only QuickBooks has."""
    pairs = zip(_address_keys(wanted), _address_keys(there), strict=True)
    return any(old and not new for new, old in pairs)


def _address_keys(address: PlannedAddress | None) -> tuple[str, ...]:
    address = address or PlannedAddress()
    parts = (
        "\n".join(address.lines),
        address.city,
        address.state,
        address.postal_code,
        address.country,
    )
    return tuple(name_key(part) for part in parts)
