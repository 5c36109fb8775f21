"""NotTold    an alert did not reach its address; the sentence says why"""


class NotTold(Exception):
    """It is tried again later. The text is a sentence for the page, without secrets."""


def plain(text: str, most: int = 160) -> str:
    """What another program said, on one short line."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:most]
