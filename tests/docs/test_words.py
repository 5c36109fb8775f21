"""What the bookkeeper is told to press or look for is written so on the pages, and so are ids of
messages, wherever a document names one."""

import html
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

import pytest

from qbwc_service.admin.setting_words import setting_label
from qbwc_service.cli.entry import commands
from qbwc_service.messages import CATALOGUE
from qbwc_service.settings import SETTINGS
from tests.docs.documents import ROOT, Document, documents, planted

DOCUMENTS = documents()
BOOKKEEPER = "docs/bookkeeper.md"
PACKAGE = ROOT / "qbwc_service"
#: whole sentences with figures and names in them, as a page makes them of parts
MADE_OF_PARTS = frozenset(
    {
        "3 orders need you",
        "3 orders need you.",
        "All good. 14 orders and 12 payments sent today",
        "Created invoice KP-4931",
        (
            "Yesterday: 31 sent (12,840.00), 0 need you, 2 skipped. Keap total 12,990.00 = "
            "QuickBooks 12,840.00 + waiting 150.00."
        ),
        "7 orders used unknown_do_not_delete for this product",
        "12 orders not paid yet",
        (
            "If a product is HAMMER and the total is more than 500.00, make a sales receipt and "
            "use the class Online."
        ),
    }
)


def strange_words(document: Document) -> Iterator[str]:
    """Emphasised words that no page, message or setting has, and no heading of the document."""
    for words in document.emphasised:
        parts = [part for part in _plain(words).split("#") if part.strip()]
        is_there = all(f" {part.strip()} " in _pages() for part in parts)
        if not is_there and words not in MADE_OF_PARTS | document.headings:
            yield f"{document.name}: {words}"


@cache
def _pages() -> str:
    """All that the code says, in one line; what it fills in is a blank."""
    said = [setting_label(setting.name) for setting in SETTINGS]
    for path in sorted(PACKAGE.rglob("*.py")):
        text = re.sub(r'"\s*\n\s*[fr]?"', "", path.read_text(encoding="utf-8"))
        said.append(re.sub(r"\{[^}\n]*\}", " # ", text))
    for path in sorted(PACKAGE.rglob("*.html")):
        text = html.unescape(path.read_text(encoding="utf-8"))
        said.append(re.sub(r"\{\{ *[\w. |()]* *\}\}|</?(?:strong|em|code|span)[^>]*>", " # ", text))
    return " ".join(" ".join(map(_plain, said)).replace("#", " ").split()).join("  ")


def _plain(text: str) -> str:
    """Words alone; figures and `...` are blanks."""
    return re.sub(r"[^\w#]+", " ", re.sub(r"[\d,]*\.?\d+|\.\.\.", "#", text)).lower()


def mistaken_ids(document: Document) -> Iterator[str]:
    """Code that looks like the id of a message, and is none: one that was misspelled or renamed."""
    for passage in document.passages:
        for code in passage.code:
            if not re.fullmatch(r"[a-z]+(-[a-z]+)+", code) or code in _known():
                continue
            for meant in get_close_matches(code, CATALOGUE, n=1, cutoff=0.75):
                yield f"{document.name}:{passage.line}: {code} is no message; {meant} is"


@cache
def _known() -> frozenset[str]:
    choices = {word for setting in SETTINGS for word in setting.choices}
    return frozenset({*CATALOGUE, *choices, *commands.commands})


def test_the_bookkeeper_reads_the_words_that_the_pages_have() -> None:
    assert list(strange_words(DOCUMENTS[BOOKKEEPER])) == []


def test_no_example_is_kept_that_nobody_reads() -> None:
    assert set(DOCUMENTS[BOOKKEEPER].emphasised) >= MADE_OF_PARTS


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_message_that_is_named_exists(document: Document) -> None:
    assert list(mistaken_ids(document)) == []


def test_words_that_no_page_has_are_found() -> None:
    told = "Press *Requeue*, *Re-queue it now*,\n*Orders in 30 days* or *Find a\nsetting*.\n"
    assert list(strange_words(planted(told))) == ["docs/planted.md: Re-queue it now"]


def test_a_message_that_does_not_exist_is_found() -> None:
    (fault,) = mistaken_ids(planted("It says `number-taken`, `number-token` or `docker-compose`."))
    assert fault == "docs/planted.md:1: number-token is no message; number-taken is"
