"""Every message that a test produces is checked with the reference validator, where it is at hand.

The validator compiles a schema and reads its tables at each call; both are kept between calls here,
nothing else of it is changed.
"""

import importlib.util
import io
import json
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import ModuleType, SimpleNamespace
from typing import Any

from lxml import etree
from sqlalchemy import select

from qbwc_service.database import Database
from qbwc_service.ledger.models import MessageSet
from tests.qbxml_builders.reference import QBXML

VALIDATOR = QBXML / "validate_qbxml.py"


@cache
def _validator() -> ModuleType | None:
    if not VALIDATOR.exists():
        return None
    spec = importlib.util.spec_from_file_location("validate_qbxml", VALIDATOR)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.etree = _QuickEtree()  # type: ignore[attr-defined]
    module.json = SimpleNamespace(loads=cache(json.loads))  # type: ignore[attr-defined]
    return module


class _QuickEtree:
    """lxml.etree that compiles each schema once."""

    def __init__(self) -> None:
        self._schemas: dict[str, etree.XMLSchema] = {}

    def XMLSchema(self, document: Any) -> etree.XMLSchema:  # noqa: N802 - lxml's own name
        url = document.docinfo.URL
        if url not in self._schemas:
            self._schemas[url] = etree.XMLSchema(document)
        return self._schemas[url]

    def __getattr__(self, name: str) -> Any:
        return getattr(etree, name)


def complaints(message: str, version: str = "13.0") -> str:
    """What the validator prints against the message; "" where it is valid or not checked."""
    validator = _validator()
    if validator is None:
        return ""
    with NamedTemporaryFile("w", suffix=".xml", encoding="ascii") as file:
        file.write(message)
        file.flush()
        printed = io.StringIO()
        with redirect_stdout(printed):
            verdict = validator.main([version, str(Path(file.name))])
    return printed.getvalue() if verdict else ""


#: what QuickBooks reads our messages with: the oldest and the newest schema we are held to
CHECKED_WITH = ("13.0", "16.0")


def check_messages(database: Database) -> None:
    """Fail for the first invalid message that was ever frozen in this database."""
    if _validator() is None:
        return
    with database.reading() as db:
        for request in db.scalars(
            select(MessageSet.request).where(MessageSet.request != "").distinct()
        ):
            for version in CHECKED_WITH:
                told = complaints(request, version)
                assert not told, f"qbXML {version}: {told}\n{request}"
