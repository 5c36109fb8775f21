"""docs/messages.md is Help, all of it, as it is now."""

import runpy
import sys

import pytest

from qbwc_service.admin import help_document
from qbwc_service.messages import CATALOGUE, Level, message
from tests.docs.documents import Document, documents

DOCUMENT = documents()["docs/messages.md"]
COMMAND = "python -m qbwc_service.admin.help_document > docs/messages.md"


def test_the_document_is_what_the_catalogue_makes_today() -> None:
    assert help_document.document() == DOCUMENT.text, f"make it anew: {COMMAND}"


def test_the_command_that_the_document_names_makes_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert COMMAND in DOCUMENT.text
    module = COMMAND.split()[2]
    monkeypatch.delitem(sys.modules, module)
    runpy.run_module(module, run_name="__main__")
    assert capsys.readouterr().out == DOCUMENT.text


def test_every_message_has_an_entry_that_can_be_linked_to() -> None:
    assert set(CATALOGUE) <= DOCUMENT.anchors
    assert "no-such-message" not in DOCUMENT.anchors


def test_an_entry_says_why_what_to_do_and_how_it_goes_on() -> None:
    entry = message("number-taken")
    told = DOCUMENT.text.partition('<a id="number-taken"></a>')[2].partition("\n#")[0]
    assert told.startswith(f"{entry.title}\n")
    assert f"**Why:** {entry.why}\n" in told
    assert "was not posted" in told
    assert f"**What to do:** {entry.do}\n" in told
    assert f"**How it goes on:** {entry.goes_on}\n" in told
    assert "\n`number-taken`" in told


def test_an_entry_has_its_steps_its_codes_and_what_others_call_it() -> None:
    told = DOCUMENT.text.partition('<a id="closed-period"></a>')[2].partition("\n#")[0]
    assert "3171" in told
    stepped = next(entry for entry in CATALOGUE.values() if entry.steps)
    assert f"\n1. {stepped.steps[0]}\n" in DOCUMENT.text


def test_what_nobody_has_to_do_anything_about_says_so() -> None:
    for entry in CATALOGUE.values():
        assert (entry.level is Level.INFO) == entry.goes_on.startswith("By itself.")
        assert (entry.level is Level.WARNING) == entry.goes_on.startswith("Nothing waits")


def test_marks_of_markdown_in_a_text_stay_text() -> None:
    shown = Document(DOCUMENT.path, "# " + help_document._plain("*a* [b](c) <i> `d` \\e"))
    assert shown.headings == {"*a* [b](c) <i> `d` \\e"}
    assert shown.links == shown.emphasised == ()
