"""docs/settings.md says of every setting what the registry says, in the same order."""

import re
from collections.abc import Iterator

from qbwc_service.settings import SETTINGS, Setting
from tests.docs.documents import documents

DOCUMENT = documents()["docs/settings.md"]


def told(text: str) -> Iterator[tuple[str, str]]:
    """The name of each setting, and what the document says under it."""
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = section.partition("\n")
        yield name, " ".join(rest.split())


def registered(setting: Setting) -> tuple[str, str]:
    default = "none" if setting.default in (None, "") else f"`{setting.default}`"
    meaning = " ".join(setting.meaning.split())
    return f"`{setting.name}`", f"{meaning} Type: {setting.kind}. Default: {default}."


def test_the_document_tells_every_setting_as_the_registry_does() -> None:
    assert list(told(DOCUMENT.text)) == [registered(setting) for setting in SETTINGS]


def test_a_setting_that_is_missing_or_told_otherwise_is_found() -> None:
    first, second = SETTINGS[:2]
    text = "".join(f"### {name}\n\n{rest}\n\n" for name, rest in map(registered, SETTINGS))
    assert dict(told(text)) == dict(map(registered, SETTINGS))
    other = text.replace(f"### `{first.name}`\n", "").replace(second.meaning, "Something else.")
    assert {name for name, _ in map(registered, SETTINGS)} - set(dict(told(other))) == {
        f"`{first.name}`"
    }
    assert dict(told(other))[f"`{second.name}`"] != registered(second)[1]
