"""A postal address as QuickBooks holds it."""

from collections.abc import Iterator
from dataclasses import dataclass

from qbxml_builders.elements import Element, filled
from qbxml_builders.errors import QbxmlInvalid

LINES, LINE_LIMIT = 5, 41
CITY_LIMIT, STATE_LIMIT, POSTAL_CODE_LIMIT, COUNTRY_LIMIT = 31, 21, 13, 31


@dataclass(frozen=True, slots=True)
class Address:
    """Up to 5 lines of 41, the first a name; city 31, state 21, postal code 13, country 31."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


def located(tag: str, address: Address | None) -> Iterator[Element]:
    """The address as the aggregate of that tag; nothing where it is None or empty."""
    if address is None:
        return
    lines = [line for line in address.lines if line]
    if len(lines) > LINES:
        raise QbxmlInvalid(tag, f"An address has at most {LINES} lines; this has {len(lines)}.")
    content = (
        *(Element(f"Addr{number}", line) for number, line in enumerate(lines, 1)),
        *filled("City", address.city),
        *filled("State", address.state),
        *filled("PostalCode", address.postal_code),
        *filled("Country", address.country),
    )
    if content:
        yield Element(tag, content)
