"""A postal address of the shop -> one that fits QuickBooks' limits."""

from qbwc_service.planning.order import PostalAddress
from qbwc_service.planning.plan import PlannedAddress
from qbxml_builders.text import address_lines


def fit_address(address: PostalAddress | None) -> PlannedAddress | None:
    """Company and name lines first, then the street; None where there is nothing to write."""
    if address is None or not _says_something(address):
        return None
    names = (address.company, address.name) if address.company != address.name else (address.name,)
    fitted = address_lines(
        [line for line in (*names, *address.street) if line.strip()],
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        country=address.country,
    ).address
    return PlannedAddress(
        fitted.lines, fitted.city, fitted.state, fitted.postal_code, fitted.country
    )


def _says_something(address: PostalAddress) -> bool:
    return any((*address.street, address.city, address.state, address.postal_code))
