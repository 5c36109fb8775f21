"""A request before it is text: a small immutable tree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

WRITES = ("Add", "Mod", "Void", "Del")


@dataclass(frozen=True, slots=True)
class Element:
    """One qbXML element: its content is text or elements, never a mixture."""

    tag: str
    content: "str | tuple[Element, ...]" = ()
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a set. ``request_id`` (at most 50 characters) comes back in the answer."""

    request_id: str
    element: Element

    @property
    def kind(self) -> str:
        """The request's name without Rq, as answers repeat it: "InvoiceAdd"."""
        return self.element.tag.removesuffix("Rq")

    @property
    def writes(self) -> bool:
        """Whether QuickBooks changes its company file when it runs this request."""
        return self.kind.endswith(WRITES)


def filled(tag: str, text: str) -> Iterator[Element]:
    """The element where there is text, else nothing: an Add leaves empty fields out."""
    if text:
        yield Element(tag, text)


def dated(tag: str, day: date | None) -> Iterator[Element]:
    """The day as an element; nothing for None."""
    if day is not None:
        yield Element(tag, day.isoformat()[:10])


def several(tag: str, texts: Iterable[str]) -> Iterator[Element]:
    """One element for each text."""
    for text in texts:
        yield Element(tag, text)


def switched(tag: str, on: bool | None) -> Iterator[Element]:
    """The switch as true or false; nothing for None."""
    if on is not None:
        yield Element(tag, "true" if on else "false")
