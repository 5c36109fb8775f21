"""What the rules for scripts and styles allow nowhere is in no template and no script of ours."""

import re
from pathlib import Path

import pytest

from qbwc_service import admin

FOLDER = Path(admin.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
FORBIDDEN = {
    "a script in the page": r"<script(?![^>]*\ssrc=\"\{\{ asset\()",
    "a style in the page": r"<style|\sstyle\s*=",
    "an event in an attribute": r"\son[a-z]+\s*=",
    "a javascript: address": r"javascript:",
    "something that is evaluated": r"\bhx-(on|vals|vars|headers|disable)\b|hx-trigger=\"[^\"]*\[",
    "another host": r"(src|href|action|hx-get)=\"(https?:)?//",
    "words that are not escaped": r"\|\s*safe\b(?! \}\}>)",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    for template in TEMPLATES:
        found = re.search(FORBIDDEN[what], template.read_text(encoding="utf-8"), re.IGNORECASE)
        assert found is None, (template.name, found)


@pytest.mark.parametrize("address", ["http:", "https:", "//cdn", "url(", "@import", "eval("])
def test_our_own_style_and_script_load_nothing(address: str) -> None:
    for name in ("style.css", "live.js"):
        assert address not in (FOLDER / "static" / name).read_text(encoding="utf-8"), name


def test_every_form_that_changes_something_has_its_token() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            assert "token()" in form, (template.name, form[:100])
