"""The published conversations and patterns, where they are at hand, pass the simulator's schema."""

from pathlib import Path

import pytest

from qbwc_service.demo.quickbooks import NotSupported
from qbwc_service.demo.quickbooks.message import read_message

from .talk import REFERENCE

FOLDER = REFERENCE / "qbxml"
FILES = sorted([*FOLDER.glob("samples/*.request.xml"), *FOLDER.glob("patterns/*.xml")])
NOT_PLAYED = {
    "02": "ItemInventoryQueryRq",
    "08": "ItemInventoryQueryRq",
    "10": "AccountAddRq",
}


def not_played(file: Path) -> str:
    return NOT_PLAYED.get(file.name[:2], "") if file.parent.name == "samples" else ""


@pytest.mark.skipif(not FILES, reason=f"no published qbXML samples in {FOLDER}")
@pytest.mark.parametrize("file", FILES, ids=[file.name[:40] for file in FILES])
def test_a_published_request_is_read_or_honestly_not_supported(file):
    text = file.read_text(encoding="utf-8")

    if request := not_played(file):
        with pytest.raises(NotSupported, match=request):
            read_message(text, (16, 0))
    else:
        assert read_message(text, (16, 0)).on_error
