"""Every link leads somewhere; every picture is there, small, and told in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, Document, documents, planted

#: bytes of one picture, so that a page of them loads at once
LARGEST = 150_000
DOCUMENTS = documents()
IMAGES = ROOT / "docs" / "images"

each_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))


def dead_links(document: Document) -> Iterator[str]:
    for link in document.links:
        if link.target.startswith(("https://", "http://", "mailto:")):
            continue
        file, _, anchor = link.target.partition("#")
        there = (document.path.parent / file).resolve() if file else document.path
        if there != document.path and not there.exists():
            yield f"{document.name}:{link.line}: {link.target} is not there"
        elif anchor and anchor not in _anchors(there, document):
            yield f"{document.name}:{link.line}: {link.target} has no such heading"


def _anchors(there: Path, document: Document) -> frozenset[str]:
    if there == document.path:
        return document.anchors
    return Document(there, there.read_text(encoding="utf-8")).anchors


def bad_pictures(document: Document) -> Iterator[str]:
    for picture in document.pictures:
        there = document.path.parent / picture.target
        if not there.exists():
            yield f"{document.name}:{picture.line}: {picture.target} is not there"
        elif there.stat().st_size > LARGEST:
            yield f"{document.name}:{picture.line}: {picture.target} is over {LARGEST} bytes"
        if len(picture.text.split()) < 3:
            yield f"{document.name}:{picture.line}: {picture.target} has too few words"


@each_document
def test_every_link_leads_somewhere(document: Document) -> None:
    assert list(dead_links(document)) == []


@each_document
def test_every_picture_is_there_and_small_and_has_words(document: Document) -> None:
    assert list(bad_pictures(document)) == []


def test_every_picture_that_is_kept_is_shown() -> None:
    shown = {
        (document.path.parent / picture.target).resolve()
        for document in DOCUMENTS.values()
        for picture in document.pictures
    }
    assert {path.name for path in IMAGES.iterdir() if path not in shown} == set()


@pytest.mark.parametrize(
    "text",
    [
        "[a](nowhere.md)",
        "[a](operator.md#nowhere)",
        "# Here\n\n[a](#there)",
        "[a](../nowhere/)",
        "| [a](nowhere.md) |\n|---|\n",
    ],
)
def test_a_dead_link_is_found(text: str) -> None:
    assert len(list(dead_links(planted(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "# It's *here*, `now`: 1\n\n[a](#its-here-now-1)",
        "# Twice\n\n# Twice\n\n[a](#twice) [b](#twice-1)",
        "[a](operator.md#tls) [b](../README.md) [c](https://example.com/nowhere)",
        "```\n[a](nowhere.md)\n```\n\n`[a](nowhere.md)`",
    ],
)
def test_a_link_that_leads_somewhere_is_none(text: str) -> None:
    assert list(dead_links(planted(text))) == []


def test_a_picture_without_file_or_words_is_found(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(bytes(LARGEST + 1))
    assert len(list(bad_pictures(planted("![What it shows here](images/nothing.png)")))) == 1
    assert len(list(bad_pictures(planted("![](large.png)", tmp_path)))) == 2
