"""The requests with which a session finds out where it is."""

from collections.abc import Iterable, Sequence

from qbxml_builders.elements import Element, Request, several

LOWEST, HIGHEST = (12, 0), (13, 0)


def host_query(request_id: str, *, capacity: bool = False) -> Request:
    """Which QuickBooks this is, and the qbXML versions that it takes.

    With ``capacity`` also how many members each list may have (qbXML OSR: IncludeListMetaData).
    """
    content: tuple[Element, ...] = ()
    if capacity:
        content = (Element("IncludeListMetaData", (Element("IncludeMaxCapacity", "true"),)),)
    return Request(request_id, Element("HostQueryRq", content))


def company_query(request_id: str, *, owner_ids: Sequence[str] = ()) -> Request:
    """Which company file is open; with our OwnerID (a GUID in braces) also its FileID."""
    return Request(request_id, Element("CompanyQueryRq", tuple(several("OwnerID", owner_ids))))


def preferences_query(request_id: str) -> Request:
    """Closing date, multi-currency, sales tax and class settings of the company file."""
    return Request(request_id, Element("PreferencesQueryRq"))


def version_to_send(supported: Iterable[str]) -> str:
    """The highest version of ours that QuickBooks takes: 13.0 or 12.0; "" where it is older.

    Each QuickBooks takes its own and every older version. Names with a country ("CA3.0") are of old
    non-US products.
    """
    numbers = [tuple(map(int, text.split("."))) for text in supported if _is_plain(text)]
    best = min(max(numbers, default=(0, 0)), HIGHEST)
    return ".".join(map(str, best)) if best >= LOWEST else ""


def _is_plain(version: str) -> bool:
    major, dot, minor = version.partition(".")
    return dot == "." and version.isascii() and major.isdigit() and minor.isdigit()
