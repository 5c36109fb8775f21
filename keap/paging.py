"""How a list is read to its end: by Keap's tokens, or in the order of ids.

A token may be a place in the list, and then rows that move while we read shift the others past us.
An id never moves: the walk by ids loses and doubles nothing whatever is changed meanwhile, and can
go on after any page. Lists that Keap does not filter by id are read by tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx
import msgspec

from keap.decoding import Page, ShapeError, decode_page
from keap.filters import Filter
from keap.http import KeapReader

R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class ListQuery(Generic[R]):
    """What is asked of one list; `resource` is the member of the answer that holds the rows."""

    path: str
    resource: str
    kind: type[R]
    wanted: Filter
    page_size: int
    order_by: str = "id asc"
    fields: str = ""

    def parameters(self) -> dict[str, str]:
        """The query of the first page."""
        return {
            "filter": str(self.wanted),
            "order_by": self.order_by,
            "fields": self.fields,
            "page_size": str(self.page_size),
        }


def by_token(reader: KeapReader, query: ListQuery[R]) -> Iterator[Page[R]]:
    """Follows the tokens until a page is empty, or has no token or one that was seen."""
    parameters = query.parameters()
    seen: set[str] = set()
    while True:
        page = _decoded(reader, reader.get(query.path, parameters), query)
        if not page.records and not page.unreadable:
            return
        yield page
        token = page.next_page_token
        if not token or token in seen:
            return
        seen.add(token)
        parameters["page_token"] = token


def by_id(reader: KeapReader, query: ListQuery[R], above: int) -> Iterator[Page[R]]:
    """Rows with an id above that, in the order of their ids, each page asked for by the last id.

    Raises KeapAnswerUnreadable for a page that brings no higher id, which would never end.
    """
    parameters = query.parameters()
    while True:
        parameters["filter"] = str(query.wanted.above("id", above))
        response = reader.get(query.path, parameters)
        page = _decoded(reader, response, query)
        rows = len(page.records) + len(page.unreadable)
        if not rows:
            return
        highest = page.highest_id
        if highest <= above:
            raise reader.unreadable(response, f"Keap's page of {query.resource} has no new ids")
        yield page
        above = highest
        if not page.next_page_token and rows < int(parameters["page_size"]):
            return


def _decoded(reader: KeapReader, response: httpx.Response, query: ListQuery[R]) -> Page[R]:
    try:
        return decode_page(response.content, query.resource, query.kind)
    except ShapeError as error:
        reason = f"Keap's page of {query.resource} cannot be read: {error}"
        raise reader.unreadable(response, reason) from error
