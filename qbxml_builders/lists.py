"""Queries of lists: by key, or by filter with every record, active or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qbxml_builders.elements import Element, Request, filled, several
from qbxml_builders.errors import QbxmlInvalid


class ListName(StrEnum):
    """The lists that come whole: their queries have no iterator."""

    ACCOUNT = "Account"
    PAYMENT_METHOD = "PaymentMethod"
    SALES_TAX_CODE = "SalesTaxCode"
    TERMS = "Terms"
    CLASS = "Class"
    SHIP_METHOD = "ShipMethod"
    SALES_REP = "SalesRep"
    CURRENCY = "Currency"
    CUSTOMER_TYPE = "CustomerType"
    TEMPLATE = "Template"
    CUSTOMER_MSG = "CustomerMsg"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an iterator: the first where ``iterator_id`` is empty, else the next one.

    Iterators end with the QuickBooks session; the filters are repeated on every page.
    """

    max_returned: int
    iterator_id: str = ""


@dataclass(frozen=True, slots=True)
class KeyedQuery:
    """A query of one list, by ListID, by FullName (letter case ignored), or by filter."""

    kind: str

    def __call__(
        self,
        request_id: str,
        *,
        list_ids: Sequence[str] = (),
        full_names: Sequence[str] = (),
        modified_since: str = "",
        page: Page | None = None,
        fields: Sequence[str] = (),
        owner_ids: Sequence[str] = (),
    ) -> Request:
        """``modified_since`` is a time as QuickBooks wrote it; ``fields`` names what comes back;
        ``owner_ids`` whose extra fields come along: "0" are the custom fields that people define.

        Raises QbxmlInvalid for keys of two kinds, or keys together with a filter.
        """
        filtered = bool(modified_since) or page is not None
        if by_key(self.kind, (list_ids, full_names), filtered=filtered):
            which = (*several("ListID", list_ids), *several("FullName", full_names))
        else:
            which = tuple(_filter(modified_since, page))
        content = (
            *which,
            *several("IncludeRetElement", fields),
            *several("OwnerID", owner_ids),
        )
        return Request(request_id, Element(f"{self.kind}QueryRq", content, paging(page)))


customer_query = KeyedQuery("Customer")
item_query = KeyedQuery("Item")  # the answer mixes the Ret elements of every kind of item
vendor_query = KeyedQuery("Vendor")
employee_query = KeyedQuery("Employee")  # has no iterator: a page is refused by the schema
other_name_query = KeyedQuery("OtherName")  # has no iterator either
entity_query = KeyedQuery("Entity")  # all four lists that share one name space with customers


def list_query(
    request_id: str, list_name: ListName, *, modified_since: str = "", fields: Sequence[str] = ()
) -> Request:
    """A whole list, or what changed in it. Templates know no filter: they always come whole."""
    if list_name is ListName.TEMPLATE:
        content = tuple(several("IncludeRetElement", fields))
        return Request(request_id, Element("TemplateQueryRq", content))
    return KeyedQuery(list_name.value)(request_id, modified_since=modified_since, fields=fields)


def list_deleted_query(request_id: str, types: Sequence[str], *, since: str = "") -> Request:
    """What was deleted from those lists (ListDelType); QuickBooks remembers 90 days."""
    return _deleted(request_id, "List", types, since)


def txn_deleted_query(request_id: str, types: Sequence[str], *, since: str = "") -> Request:
    """Which transactions of those types (TxnDelType) were deleted; QuickBooks remembers 90 days."""
    return _deleted(request_id, "Txn", types, since)


def paging(page: Page | None) -> tuple[tuple[str, str], ...]:
    """The attributes that start or continue an iterator (case-sensitive values)."""
    if page is None:
        return ()
    if page.iterator_id:
        return (("iterator", "Continue"), ("iteratorID", page.iterator_id))
    return (("iterator", "Start"),)


def by_key(kind: str, keys: Sequence[Sequence[str]], *, filtered: bool) -> bool:
    """Whether a query is by key. Keys of two kinds, or keys and a filter, raise QbxmlInvalid."""
    used = sum(bool(names) for names in keys)
    if used > 1 or (used and filtered):
        raise QbxmlInvalid(
            f"{kind}QueryRq", "Ask by one kind of key or by a filter; qbXML knows no mixture."
        )
    return bool(used)


def _filter(modified_since: str, page: Page | None) -> Iterator[Element]:
    if page is not None:
        yield Element("MaxReturned", str(page.max_returned))
    # The default is ActiveOnly, and an inactive record keeps its name in use (status 3100).
    yield Element("ActiveStatus", "All")
    yield from filled("FromModifiedDate", modified_since)


def _deleted(request_id: str, family: str, types: Sequence[str], since: str) -> Request:
    content = tuple(several(f"{family}DelType", types))
    if since:
        start = Element("FromDeletedDate", since)
        content = (*content, Element("DeletedDateRangeFilter", (start,)))
    return Request(request_id, Element(f"{family}DeletedQueryRq", content))
