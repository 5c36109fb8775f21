"""docs/messages.md: all of Help in one document, for who reads without the pages.

python -m qbwc_service.admin.help_document > docs/messages.md
"""

import re
import sys
from collections.abc import Iterator

from qbwc_service import messages
from qbwc_service.admin.help_search import codes_of
from qbwc_service.messages import Message

_BEGINNING = """\
# Messages

Every message that the pages, the error log, an alert or an update may show: why, what was not
changed, what to do, and who makes it go on. Where one names an order, an amount or a name, you see
"..." here. Help in the pages has the same texts, and finds them by words and codes.

<!-- Made from the message catalogue, never by hand:
python -m qbwc_service.admin.help_document > docs/messages.md -->
"""


def document() -> str:
    """The whole text; a message is found under `#its-id`."""
    contents = [
        f"- [{title}](#{_anchor(title)}) ({len(entries)})"
        for title, entries in messages.GROUPS.items()
    ]
    parts = [_BEGINNING, "\n".join(contents) + "\n"]
    for title, entries in messages.GROUPS.items():
        parts.append(f"## {title}\n")
        parts += ["\n\n".join(_told(entry)) + "\n" for entry in entries]
    return "\n".join(parts)


def _told(entry: Message) -> Iterator[str]:
    shown = entry.rendered({})
    yield f'### <a id="{entry.id}"></a>{_plain(shown.title)}'
    yield f"**Why:** {_plain(shown.why)}"
    yield f"**What to do:** {_plain(shown.do)}"
    if entry.steps:
        yield "\n".join(f"{at}. {_plain(step)}" for at, step in enumerate(entry.steps, start=1))
    yield f"**How it goes on:** {_plain(entry.goes_on)}"
    names = [f'"{_plain(text)}"' for text in entry.found_by if not text.startswith("QBWC")]
    names += [
        f"{code.code} ({code.meaning})" if code.meaning else code.code for code in codes_of(entry)
    ]
    yield f"`{entry.id}`" + (f". Also known as: {'; '.join(names)}" if names else "")


def _plain(text: str) -> str:
    """Nothing in it is taken for a mark of Markdown."""
    return re.sub(r"([\\`*<\[\]])", r"\\\1", text)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(document())
