"""The pictures of the documents are those that `python -m tests.browser.pictures` makes."""

from tests.browser import pictures


def test_every_picture_can_be_made_anew_and_is_there() -> None:
    assert {path.name for path in pictures.IMAGES.iterdir()} == pictures.names()
