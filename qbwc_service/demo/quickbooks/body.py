"""The contents of a record: element names to texts, aggregates or repeated aggregates, in order."""

from collections.abc import Iterable, Mapping

from lxml import etree

from .grammar import Element, children, text_of
from .values import kept_text

Body = dict[str, "Value"]
Value = str | Body | list[Body]


def body_of(element: Element, *, without: Iterable[str] = ()) -> Body:
    """The children of a request element as QuickBooks keeps them (Windows-1252)."""
    skipped = frozenset(without)
    body: Body = {}
    for child in children(element):
        tag = str(child.tag)
        if tag in skipped:
            continue
        if children(child):
            nested = body_of(child)
            earlier = body.get(tag)
            body[tag] = [*_as_list(earlier), nested] if earlier is not None else nested
        else:
            body[tag] = kept_text(text_of(child))
    return body


def element_of(tag: str, body: Mapping[str, Value]) -> Element:
    """The XML of a body; absent values must be left out of it before."""
    element = etree.Element(tag)
    for name, value in body.items():
        append_value(element, name, value)
    return element


def append_value(parent: Element, name: str, value: Value) -> None:
    if isinstance(value, list):
        for one in value:
            parent.append(element_of(name, one))
    elif isinstance(value, dict):
        parent.append(element_of(name, value))
    else:
        etree.SubElement(parent, name).text = value


def text_at(body: Mapping[str, Value], name: str) -> str:
    """A text value; "" where it is absent."""
    value = body.get(name, "")
    return value if isinstance(value, str) else ""


def ref_at(body: Mapping[str, Value], name: str) -> str:
    """The ListID in a reference; "" where there is none."""
    value = body.get(name)
    return text_at(value, "ListID") if isinstance(value, dict) else ""


def bodies_at(body: Mapping[str, Value], name: str) -> list[Body]:
    """A repeated aggregate; empty where it is absent."""
    return _as_list(body.get(name))


def _as_list(value: Value | None) -> list[Body]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []
