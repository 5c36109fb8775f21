"""Every environment variable of the code is documented, and no document names another."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from qbwc_service.config.sources import OF_OTHERS
from tests.docs.documents import ROOT, Document, documents, planted

DOCUMENTS = documents()
NAME = re.compile(r"(?<![A-Z_0-9])(?:QBWC|KEAP)_[A-Z_]+")
QUOTED = re.compile(r"[\"']((?:QBWC|KEAP)_[A-Z_]*[A-Z])[\"']")
HERE = Path(__file__).parent
#: whoever runs the service looks here
SETTINGS = "docs/settings.md"


@cache
def known(folder: str) -> frozenset[str]:
    """The variables that the code in this folder reads or hands on."""
    files = [file for file in (ROOT / folder).rglob("*.py") if file.parent != HERE]
    return frozenset(
        name for file in files for name in QUOTED.findall(file.read_text(encoding="utf-8"))
    )


def unknown_variables(document: Document) -> Iterator[str]:
    for name in sorted(set(NAME.findall(document.text))):
        if name not in known("qbwc_service") | known("tests"):
            yield f"{document.name}: {name} is nothing to the code"


def undocumented(variables: frozenset[str], texts: Iterator[str]) -> set[str]:
    told = {name for text in texts for name in NAME.findall(text)}
    return {name for name in variables if name not in told}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_no_document_names_a_variable_that_is_nothing_to_the_code(document: Document) -> None:
    assert list(unknown_variables(document)) == []


def test_every_variable_of_the_code_is_documented() -> None:
    texts = (document.text for document in DOCUMENTS.values())
    # Tests set others, too: names that are written wrongly.
    for_tests = {name for name in known("tests") if name.startswith("QBWC_TEST_")}
    assert undocumented(known("qbwc_service") | for_tests, texts) == set()


def test_the_table_of_the_settings_has_every_variable_of_the_service_once() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENTS[SETTINGS].text, flags=re.MULTILINE)
    assert sorted(rows) == sorted(set(rows))
    assert set(rows) == known("qbwc_service") - OF_OTHERS


def test_a_variable_that_nobody_knows_is_found() -> None:
    (fault,) = unknown_variables(planted("Set `QBWC_PUBLIK_URL` and `QBWC_PUBLIC_URL`."))
    assert fault == "docs/planted.md: QBWC_PUBLIK_URL is nothing to the code"


def test_a_variable_without_a_word_is_found() -> None:
    variables = frozenset({"QBWC_TOLD", "KEAP_UNTOLD"})
    assert undocumented(variables, iter(["`QBWC_TOLD`", "KEAP_UNTOLD_TWO"])) == {"KEAP_UNTOLD"}


def test_the_code_is_really_looked_through() -> None:
    assert {"QBWC_PUBLIC_URL", "KEAP_CLIENT_ID", "QBWC_SMTP_FROM"} <= known("qbwc_service")
    assert "QBWC_TEST_POSTGRES" in known("tests")
