"""Where Intuit's schemas and the recorded conversations are, on machines that have them."""

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from tests.reference import REFERENCE

ROOT = Path(__file__).resolve().parents[2]
QBXML = REFERENCE / "qbxml"
VERSIONS = ("12.0", "13.0", "16.0")

needs_reference = pytest.mark.skipif(
    not QBXML.is_dir(), reason="Intuit's schemas may not be redistributed and are not here"
)


def schema_path(version: str) -> Path:
    """The XSD that holds the requests of that version."""
    return QBXML / "xsd" / version / f"qbxmlops{version.replace('.', '')}.xsd"


@cache
def schema(version: str) -> etree.XMLSchema:
    """The compiled XSD, once a run: it takes seconds."""
    return etree.XMLSchema(etree.parse(schema_path(version)))


def faults(message: str, version: str) -> list[str]:
    """What the XSD of that version has against the message."""
    compiled = schema(version)
    compiled.validate(etree.fromstring(message.encode("ascii")).getroottree())
    return [str(error.message) for error in compiled.error_log]
