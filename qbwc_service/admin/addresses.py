"""What may stand in an address: a connection's name, a Keap id; anything else is not found."""

from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.routing import BaseConverter


class ConnectionName(BaseConverter):
    """A slug, so that nothing else ever reaches the database."""

    regex = r"[a-z0-9-]{1,40}"


class KeapId(BaseConverter):
    """A positive id of at most 18 digits: what the database's whole numbers hold."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)


def register_converters(app: Flask) -> None:
    app.url_map.converters |= {"connection": ConnectionName, "keap_id": KeapId}


def day_from(text: str) -> date | None:
    """A day like 2026-10-31 out of a query; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-10-31") else None
    except ValueError:
        return None


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there, in UTC; of the first days that there are, the first moment."""
    if day.year < 2:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def place_from(address: str) -> tuple[str, str]:
    """Host and path with query of an address that a browser names; "" and "/" for what is none.

    The path begins with one slash: two would lead to another host.
    """
    try:
        page = urlsplit(address)
    except ValueError:
        return "", "/"
    path = "/" + page.path.lstrip("/\\")
    return page.netloc, f"{path}?{page.query}" if page.query else path


def id_from(text: str) -> int | None:
    """A Keap id or row id out of a query or a form; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) <= 18 else None
