"""Our shapes against Intuit's XSDs: order, what is required, choices, lengths, types, values.

The XSD's content model, restricted to the elements that we use, must equal ours. A model is a tuple
of elements (tag, required, repeats, type or model, length) and choices ("choice", required,
branches).
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from qbxml_builders.message_set import OnError, render
from qbxml_builders.shapes import shapes
from qbxml_builders.shapes.notation import Choice, Field, Kind, Particle, version_of
from tests.qbxml_builders.examples import every_query, every_write
from tests.qbxml_builders.reference import (
    QBXML,
    VERSIONS,
    faults,
    needs_reference,
    schema_path,
)

pytestmark = needs_reference

XSD = "{http://www.w3.org/2001/XMLSchema}"
BASES = {
    Kind.TEXT: "STRTYPE",
    Kind.NAME: "STRTYPE",
    Kind.ID: "IDTYPE",
    Kind.GUID: "GUIDTYPE",
    Kind.AMOUNT: "AMTTYPE",
    Kind.PRICE: "PRICETYPE",
    Kind.QUANTITY: "QUANTYPE",
    Kind.DATE: "DATETYPE",
    Kind.DATETIME: "DATETIMETYPE",
    Kind.BOOLEAN: "BOOLTYPE",
    Kind.INTEGER: "INTTYPE",
    Kind.ENUM: "ENUMTYPE",
}


Model = tuple[Any, ...]


class Schema:
    """The declarations of one qbXML version, with includes resolved."""

    def __init__(self, version: str) -> None:
        self.named: dict[tuple[str, str], etree._Element] = {}
        self._load(schema_path(version))

    def _load(self, path: Path) -> None:
        for node in etree.parse(path).getroot():
            if node.tag == f"{XSD}include":
                self._load(path.parent / node.get("schemaLocation", ""))
            elif isinstance(node.tag, str) and node.get("name"):
                self.named[node.tag.removeprefix(XSD), node.get("name", "")] = node

    def request(self, ours: Field) -> tuple[etree._Element, Model]:
        """The type of a request, and its model restricted to what ours uses."""
        found = self.named["complexType", f"{ours.tag}Type"]
        return found, self.restricted(found, fields_of(ours.children))

    def restricted(self, node: etree._Element, used: dict[str, Field]) -> Model:
        """The model of everything inside the node, without what we do not use."""
        return tuple(part for child in node for part in self._particle(child, used))

    def _particle(self, node: etree._Element, used: dict[str, Field]) -> Iterator[Any]:
        kind = str(node.tag).removeprefix(XSD)
        if kind == "element":
            yield from self._element(node, used)
        elif kind == "choice":
            yield from self._choice(node, used)
        elif kind == "group":
            assert node.get("minOccurs") is None
            yield from self.restricted(self.named["group", node.get("ref", "")], used)
        elif kind == "sequence":
            assert node.get("minOccurs") is None
            yield from self.restricted(node, used)

    def _element(self, node: etree._Element, used: dict[str, Field]) -> Iterator[Any]:
        declared = self.named["element", ref] if (ref := node.get("ref")) else node
        tag, required = declared.get("name", ""), node.get("minOccurs") != "0"
        repeats = node.get("maxOccurs", "1") != "1"
        if ours := used.get(tag):
            yield (tag, required, repeats and ours.repeats, *self._content(declared, ours))
        elif required:
            yield ("required and not used by us", tag)

    def _choice(self, node: etree._Element, used: dict[str, Field]) -> Iterator[Any]:
        required, repeats = node.get("minOccurs") != "0", node.get("maxOccurs", "1") != "1"
        branches = [
            branch
            for child in node
            if (branch := tuple(self._particle(child, used))) and not is_unused(branch)
        ]
        if len(branches) == 1 and len(branches[0]) == 1:
            (tag, inner, several, *rest) = branches[0][0]
            several = several or (repeats and used[tag].repeats)
            yield (tag, required and inner, several, *rest)
        elif branches:
            yield ("choice", required, frozenset(branches))
        elif required:
            yield ("required and not used by us", "choice")

    def _content(self, declared: etree._Element, ours: Field) -> tuple[object, object]:
        """The model or type of an element, and its length: ours where theirs has none."""
        attributes = {found.get("name") for found in declared.iter(f"{XSD}attribute")}
        assert {name for name, _ in ours.attributes} <= attributes
        if ours.kind is Kind.AGGREGATE:
            inner = declared.find(f"{XSD}complexType")
            assert inner is not None
            return self.restricted(inner, fields_of(ours.children)), None
        base, limit, values = text_type(declared)
        assert set(ours.values) <= values
        return base, ours.limit if limit is None else limit


def text_type(node: etree._Element) -> tuple[str, int | None, set[str | None]]:
    """The qbXML type of a text element, its maximum length, its values."""
    found = next(node.iter(f"{XSD}restriction", f"{XSD}extension"), None)
    if found is None:
        return node.get("type", ""), None, set()
    limits = [int(limit.get("value", "")) for limit in found.iter(f"{XSD}maxLength")]
    values = {value.get("value") for value in found.iter(f"{XSD}enumeration")}
    return found.get("base", ""), limits[0] if limits else None, values


def is_unused(branch: Model) -> bool:
    return bool(branch[0][0] == "required and not used by us")


def fields_of(particles: Sequence[Particle]) -> dict[str, Field]:
    """The fields of one level by tag, choices unfolded."""
    found: dict[str, Field] = {}
    for particle in particles:
        if isinstance(particle, Field):
            found[particle.tag] = particle
        else:
            for branch in particle.branches:
                found.update(fields_of(branch))
    return found


def our_model(particles: Sequence[Particle]) -> Model:
    return tuple(map(our_particle, particles))


def our_particle(particle: Particle) -> object:
    if isinstance(particle, Choice):
        return ("choice", particle.required, frozenset(map(our_model, particle.branches)))
    if particle.kind is Kind.AGGREGATE:
        content: object = our_children(particle)
    else:
        content = BASES[particle.kind]
    return (particle.tag, particle.required, particle.repeats, content, particle.limit)


def our_children(field: Field) -> Model:
    """A reference takes ListID or FullName; Intuit's also both or none, which says nothing."""
    model = our_model(field.children)
    if field.tag.endswith("Ref"):
        by_tag = fields_of(field.children)
        return tuple(
            (tag, False, False, BASES[by_tag[tag].kind], by_tag[tag].limit)
            for tag in ("ListID", "FullName")
        )
    return model


@cache
def intuit(version: str) -> Schema:
    return Schema(version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tag", sorted(shapes()))
def test_the_shape_is_intuits_without_what_we_do_not_use(tag: str, version: str) -> None:
    ours = shapes()[tag]
    node, theirs = intuit(version).request(ours)
    known = {found.get("name") for found in node.iter(f"{XSD}attribute")}
    assert theirs == our_model(ours.children)
    assert {name for name, _ in ours.attributes} == known & {"iterator", "iteratorID"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_xsd_accepts_what_every_builder_writes(version: str) -> None:
    message = render(
        every_query() + every_write(),
        version="12.0" if version == "12.0" else "13.0",
        on_error=OnError.STOP,
        new_message_set_id="a" * 23,
        old_message_set_id="b",
    )
    assert faults(message, version) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_xsd_accepts_the_recovery_question(version: str) -> None:
    message = render([], old_message_set_id="set-1", new_message_set_id="set-1")
    assert faults(message, version) == []


def test_the_reference_validator_has_neither_faults_nor_warnings(tmp_path: Path) -> None:
    message = tmp_path / "message.xml"
    message.write_text(render(every_query() + every_write()), encoding="ascii")
    command = [sys.executable, str(QBXML / "validate_qbxml.py"), "13.0", str(message)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout == "VALID qbXML 13.0 (XSD 13.0, edition US)\n"


def first_versions(node: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Tag, first version and node of each element below a node of the annotated reference."""
    for child in node.get("children", []):
        if "tag" in child:
            yield child["tag"], child.get("since", "1.0"), child
        for branch in child.get("branches", []):
            yield from first_versions({"children": branch})


def too_new(ours: Field, node: dict[str, Any]) -> Iterator[str]:
    used = fields_of(ours.children)
    for tag, since, child in first_versions(node):
        if field := used.get(tag):
            if version_of(since) > field.since:
                yield f"{ours.tag}/{tag} is known since {since}"
            yield from too_new(field, child)


def test_no_element_is_younger_than_the_shape_says() -> None:
    known = json.loads((QBXML / "structure.json").read_text(encoding="utf-8"))["requests"]
    compared = {tag: list(too_new(shapes()[tag], known[tag])) for tag in shapes() if tag in known}
    assert len(compared) > 20
    assert {tag: found for tag, found in compared.items() if found} == {}
