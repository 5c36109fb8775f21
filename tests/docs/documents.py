"""The documents of the repository, taken apart: headings, links, pictures and code."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Link:
    """`line` counts from 1, where the paragraph begins; `text` is what a picture is called."""

    target: str
    text: str
    line: int


@dataclass(frozen=True)
class Block:
    """Code that stands by itself; `language` is "" where none is named."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Passage:
    """What is read in one go (a paragraph, a row of a table): its pieces of `code`."""

    code: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """As a fault names it."""
        return self.path.relative_to(ROOT).as_posix() if ROOT in self.path.parents else "test"

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What `#...` may lead to, as GitHub makes it of the headings."""
        made: dict[str, int] = {}
        anchors = set()
        for opened, content in zip(self._tokens, self._tokens[1:], strict=False):
            if opened.type != "heading_open":
                continue
            words = _words(content.children or [])
            anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            anchors.add(f"{anchor}-{made[anchor]}" if anchor in made else anchor)
            made[anchor] = made.get(anchor, 0) + 1
        return frozenset(anchors) | {
            found
            for child, _ in self._inline()
            if child.type == "html_inline"
            for found in re.findall(r'\bid="([^"]+)"', child.content)
        }

    @cached_property
    def headings(self) -> frozenset[str]:
        pairs = zip(self._tokens, self._tokens[1:], strict=False)
        return frozenset(
            _words(content.children or [])
            for opened, content in pairs
            if opened.type == "heading_open"
        )

    @cached_property
    def emphasised(self) -> tuple[str, ...]:
        """What stands in *italics*."""
        found: list[str] = []
        within: list[Token] | None = None
        for child, _ in self._inline():
            if child.type == "em_open":
                within = []
            elif child.type == "em_close":
                found.append(_words(within or []))
                within = None
            elif within is not None:
                within.append(child)
        return tuple(found)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        return tuple(
            Link(str(child.attrs["href"]), "", line)
            for child, line in self._inline()
            if child.type == "link_open"
        )

    @cached_property
    def pictures(self) -> tuple[Link, ...]:
        return tuple(
            Link(str(child.attrs["src"]), child.content, line)
            for child, line in self._inline()
            if child.type == "image"
        )

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(
            Block(token.info.strip(), token.content, _line(token))
            for token in self._tokens
            if token.type in {"fence", "code_block"}
        )

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        passages: list[Passage] = []
        row: list[str] | None = None
        line = 0
        for token in self._tokens:
            if token.type == "tr_open":
                row, line = [], _line(token)
            elif token.type == "tr_close":
                passages.append(Passage(tuple(row or ()), line))
                row = None
            elif token.type == "inline":
                found = [child.content for child in token.children or [] if _is_code(child)]
                if row is not None:
                    row += found
                else:
                    passages.append(Passage(tuple(found), _line(token)))
        return tuple(passages)

    @cached_property
    def _tokens(self) -> list[Token]:
        return MarkdownIt("commonmark").enable("table").parse(self.text)

    def _inline(self) -> Iterator[tuple[Token, int]]:
        for token in self._tokens:
            for child in token.children or ():
                yield child, _line(token)


def documents() -> Mapping[str, Document]:
    """What people read: the files at the top and all of docs/."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found = (Document(path, path.read_text(encoding="utf-8")) for path in sorted(paths))
    return {document.name: document for document in found}


def planted(text: str, folder: Path = ROOT / "docs") -> Document:
    """A document that lies in `folder` and is nowhere on the disk: to see that a check can fail."""
    return Document(folder / "planted.md", text)


def _words(tokens: list[Token]) -> str:
    """As they are read: marks, and what stands in `<...>`, are left out."""
    shown = (each for each in tokens if each.type != "html_inline")
    return "".join(" " if each.type == "softbreak" else each.content for each in shown)


def _is_code(token: Token) -> bool:
    return token.type == "code_inline"


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
