"""Every requirement has an example that bears its number."""

import re
from pathlib import Path

_NAMED = re.compile(r"^def test((?:_[rd]\d+)+)_", re.MULTILINE)


def named() -> set[str]:
    """The numbers in the names of the examples of this folder."""
    texts = (file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    return {
        number
        for text in texts
        for group in _NAMED.findall(text)
        for number in group.strip("_").split("_")
    }


def test_the_examples_of_r1_to_r47_are_there_by_name() -> None:
    assert {f"r{number}" for number in range(1, 48)} <= named()
