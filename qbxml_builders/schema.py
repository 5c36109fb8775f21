"""Checks a request against the shapes before it is sent.

QuickBooks refuses a whole message set for one wrong element (0x80040400) and does not say which.
"""

import re
from collections.abc import Sequence
from datetime import date

from qbxml_builders.elements import Element, Request
from qbxml_builders.errors import QbxmlInvalid as QbxmlInvalid
from qbxml_builders.shapes import shapes
from qbxml_builders.shapes.notation import Choice, Field, Kind, Particle, Version, version_of

REQUEST_ID_LIMIT = 50  # status 1060
ID_LIMIT = 36

# What XML 1.0 can carry, as text or as a reference.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

PATTERNS: dict[Kind, tuple[re.Pattern[str], str]] = {
    Kind.GUID: (
        re.compile(r"0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}"),
        "a GUID in braces",
    ),
    Kind.AMOUNT: (re.compile(r"-?[0-9]{1,13}\.[0-9]{2}"), "an amount with two decimals"),
    Kind.PRICE: (re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,5})?"), "a price with up to five decimals"),
    Kind.QUANTITY: (
        re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,5})?"),
        "a quantity with up to five decimals",
    ),
    Kind.DATE: (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a date such as 2026-03-01"),
    Kind.DATETIME: (
        re.compile(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9]{2}:[0-9]{2})?)?"
        ),
        "a time such as 2026-03-01T10:20:30, without Z and fractions",
    ),
    Kind.BOOLEAN: (re.compile(r"true|false"), "true or false"),
    Kind.INTEGER: (re.compile(r"[1-9][0-9]{0,8}"), "a whole number above zero"),
}


def check(request: Request, version: str) -> None:
    """Passes only what that qbXML version accepts; raises QbxmlInvalid for the first fault."""
    element = request.element
    shape = shapes().get(element.tag)
    if shape is None:
        raise QbxmlInvalid(element.tag, "This request is not one that we send.")
    if not 1 <= len(request.request_id) <= REQUEST_ID_LIMIT:
        raise QbxmlInvalid(
            element.tag,
            f"requestID must have 1 to {REQUEST_ID_LIMIT} characters; "
            f"it has {len(request.request_id)}.",
        )
    _check_characters(request.request_id, f"{element.tag}/@requestID")
    _check_field(element, shape, element.tag, version_of(version))


def _check_field(element: Element, shape: Field, path: str, version: Version) -> None:
    if version < shape.since:
        raise QbxmlInvalid(
            path,
            f"{shape.tag} is known since qbXML {_written(shape.since)}; "
            f"this message is {_written(version)}.",
        )
    _check_attributes(element, shape, path, version)
    if shape.kind is Kind.AGGREGATE:
        if isinstance(element.content, str):
            raise QbxmlInvalid(path, f"{shape.tag} holds elements, not text.")
        _check_children(element.content, shape, path, version)
    elif not isinstance(element.content, str):
        _check_macro(element, shape, path)
    else:
        _check_value(element.content, shape, path)


def _check_attributes(element: Element, shape: Field, path: str, version: Version) -> None:
    known = dict(shape.attributes)
    for name, value in element.attributes:
        if name not in known or version < known[name]:
            raise QbxmlInvalid(path, f"{shape.tag} has no attribute {name} here.")
        _check_characters(value, f"{path}/@{name}")


def _check_macro(element: Element, shape: Field, path: str) -> None:
    uses_macro = any(name == "useMacro" for name, _ in element.attributes)
    if element.content or not uses_macro:
        raise QbxmlInvalid(path, f"{shape.tag} holds text, not elements.")


def _check_children(children: Sequence[Element], shape: Field, path: str, version: Version) -> None:
    taken = _match(shape.children, children, 0, path, version)
    if taken < len(children):
        stray = children[taken]
        place = f"{path}/{stray.tag}"
        if stray.tag in _tags(shape.children):
            before = children[taken - 1].tag if taken else "the beginning"
            raise QbxmlInvalid(
                place,
                f"{stray.tag} is number {taken + 1} in {shape.tag}, after {before}: "
                "the wrong place, once too often, or next to what excludes it.",
            )
        raise QbxmlInvalid(place, f"{shape.tag} has no element {stray.tag}.")


def _match(
    particles: Sequence[Particle],
    children: Sequence[Element],
    start: int,
    path: str,
    version: Version,
) -> int:
    """How many of the children the particles use up, from ``start`` on."""
    position = start
    for particle in particles:
        if isinstance(particle, Choice):
            position = _match_choice(particle, children, position, path, version)
        else:
            position = _match_field(particle, children, position, path, version)
    return position


def _match_choice(
    choice: Choice, children: Sequence[Element], position: int, path: str, version: Version
) -> int:
    tag = children[position].tag if position < len(children) else ""
    for branch in choice.branches:
        if tag in _tags(branch):
            return _match(branch, children, position, path, version)
    if choice.required:
        names = " or ".join(" ".join(sorted(_tags(branch))) for branch in choice.branches)
        raise QbxmlInvalid(path, f"One of these is missing: {names}.")
    return position


def _match_field(
    shape: Field, children: Sequence[Element], start: int, path: str, version: Version
) -> int:
    position = start
    while position < len(children) and children[position].tag == shape.tag:
        number = f"[{position - start + 1}]" if shape.repeats else ""
        _check_field(children[position], shape, f"{path}/{shape.tag}{number}", version)
        position += 1
        if not shape.repeats:
            break
    if shape.required and position == start:
        raise QbxmlInvalid(f"{path}/{shape.tag}", f"{shape.tag} is required and missing.")
    return position


def _tags(particles: Sequence[Particle]) -> set[str]:
    tags: set[str] = set()
    for particle in particles:
        if isinstance(particle, Choice):
            tags.update(*(_tags(branch) for branch in particle.branches))
        else:
            tags.add(particle.tag)
    return tags


def _check_value(text: str, shape: Field, path: str) -> None:
    if not text:
        raise QbxmlInvalid(path, f"{shape.tag} is empty; leave it out instead.")
    _check_characters(text, path)
    limit = ID_LIMIT if shape.kind is Kind.ID else shape.limit
    if limit is not None and len(text) > limit:
        raise QbxmlInvalid(
            path, f"{shape.tag} may have at most {limit} characters; it has {len(text)}."
        )
    if shape.kind is Kind.ENUM and text not in shape.values:
        raise QbxmlInvalid(path, f"{shape.tag} cannot be {text!r}.")
    if shape.kind is Kind.NAME and ":" in text:
        raise QbxmlInvalid(path, f"{shape.tag} cannot hold a colon: it separates list levels.")
    _check_form(text, shape, path)


def _check_form(text: str, shape: Field, path: str) -> None:
    pattern, wanted = PATTERNS.get(shape.kind, (None, ""))
    if pattern is not None and not pattern.fullmatch(text):
        raise QbxmlInvalid(path, f"{shape.tag} must be {wanted}; it is {text!r}.")
    if shape.kind in (Kind.DATE, Kind.DATETIME):
        try:
            date.fromisoformat(text[:10])
        except ValueError:
            raise QbxmlInvalid(path, f"{shape.tag} names no day: {text!r}.") from None


def _check_characters(text: str, path: str) -> None:
    if found := NOT_XML.search(text):
        raise QbxmlInvalid(path, f"XML cannot carry the character U+{ord(found.group()):04X}.")


def _written(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
