"""Every file of the repository that a document names is there."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, Document, documents, planted

PACKAGE = ROOT / "qbwc_service"
DOCUMENTS = documents()
A_PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
A_SOURCE = re.compile(r"[a-z_0-9]+\.(py|js|html|css|wsdl)")
#: `ledger/causes.py: PLAN_CAUSES` and `tests/test_app.py::test_this` name what is inside
INSIDE = re.compile(r"(?P<file>[\w./-]+\.py)::? ?(?P<name>\w+)")


def missing_files(document: Document) -> Iterator[str]:
    """Names in short form begin in the package, or in the folder named before in the sentence."""
    for passage in document.passages:
        folder = ROOT
        for code in passage.code:
            inside = INSIDE.fullmatch(code)
            named = inside["file"] if inside else code
            if not _is_ours(named):
                continue
            found = _found(named, folder)
            if found is None:
                yield f"{document.name}:{passage.line}: {code} is not there"
                continue
            folder = found if found.is_dir() else found.parent
            if inside and inside["name"] not in found.read_text(encoding="utf-8"):
                yield f"{document.name}:{passage.line}: {code}: nothing there is called that"


def _is_ours(code: str) -> bool:
    if A_SOURCE.fullmatch(code):
        return True
    first, slash, _ = code.partition("/")
    folders = [PACKAGE / first, ROOT / first, PACKAGE / "admin" / first]
    return bool(slash and A_PATH.fullmatch(code) and any(each.is_dir() for each in folders))


def _found(code: str, folder: Path) -> Path | None:
    """The file or folder that is meant; a name alone may lie anywhere, if only one bears it."""
    within = "/".join(_until_placeholder(code.rstrip("/").split("/")))
    if within in _made_later():
        return ROOT
    beginnings = [ROOT, PACKAGE, PACKAGE / "admin", folder, folder.parent]
    if "/" not in code:
        beginnings = [PACKAGE if folder == ROOT else folder]
    for beginning in beginnings:
        if (beginning / within).exists():
            return beginning / within
    alone = _by_name().get(code, ())
    return alone[0] if len(alone) == 1 else None


def _until_placeholder(parts: list[str]) -> list[str]:
    """`found/TARGET/` and `versions/NNNN_what.py`: the reader knows what stands there."""
    ends = (at for at, part in enumerate(parts) if part.isupper() or "NNN" in part)
    return parts[: next(ends, len(parts))]


@cache
def _by_name() -> dict[str, tuple[Path, ...]]:
    named: dict[str, tuple[Path, ...]] = {}
    for folder in ("qbwc_service", "keap", "qbxml_builders", "qwc", "migrations", "tests"):
        for path in sorted((ROOT / folder).rglob("*.*")):
            named[path.name] = (*named.get(path.name, ()), path)
    return named


@cache
def _made_later() -> frozenset[str]:
    """What a test or a build leaves, and no checkout has."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip("/") for line in lines)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_file_that_is_named_is_there(document: Document) -> None:
    assert list(missing_files(document)) == []


@pytest.mark.parametrize(
    "text",
    [
        "`qbwc_service/nothing.py`",
        "`ledger/nothing.py`",
        "`tests/nothing/`",
        "| a | `matching/keys.py`, `rules.py` |\n|---|---|\n",
        "`no_such_file.py`",
        "`orders.py`",
        "`ledger/causes.py: NO_CAUSES`",
        "`tests/fuzz/lost/TARGET/`",
    ],
)
def test_a_file_that_is_not_there_is_found(text: str) -> None:
    assert len(list(missing_files(planted(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "`qbwc_service/ledger/states.py`, `ledger/states.py`, `states.py` and `tests/world.py`",
        "| a | `matching/customers.py`, `customer_evidence.py` |\n|---|---|\n",
        "`/opt/qbwc/bin`, `OUT/a.txt`, `https://example.com/ledger/x.py`, `/qbwc/<connection>`",
        "`ledger/causes.py: PLAN_CAUSES`, `tests/fuzz/found/TARGET/`, `templates/live.html`",
        "`migrations/versions/NNNN_why.py`, `tests/browser/screenshots/`",
    ],
)
def test_what_is_there_or_not_ours_is_no_fault(text: str) -> None:
    assert list(missing_files(planted(text))) == []
