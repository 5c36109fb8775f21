"""The commands that the documents show: every ```sh block, in order."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
INSTALL = ROOT / "docs" / "install.md"

_BLOCK = re.compile(
    r"^## (?P<heading>[^\n]+)$"
    r"|^(?:<!-- needs: (?P<needs>[a-z-]+) -->\n)?```sh\n(?P<script>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One block of a section. `needs`: a command of ours that it cannot do without."""

    section: str
    script: str
    needs: str


def blocks(document: Path = INSTALL) -> list[Block]:
    """In the order of the document."""
    found, section = [], ""
    for match in _BLOCK.finditer(document.read_text(encoding="utf-8")):
        if match["heading"]:
            section = match["heading"]
        else:
            found.append(Block(section, match["script"], match["needs"] or ""))
    return found
