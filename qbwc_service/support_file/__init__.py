"""The support file: what somebody who helps needs to see, in one zip that may be sent to them.

In it are versions, settings, counts, open errors, the last update sessions and their messages. Not
in it are secrets (never read into it, and taken out by value should one stand in a text of somebody
else's) and people (blotted out, see blotting.py of the service). At most MOST_BYTES before it
is packed.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from qbwc_service.blotting import BLOT, blotted_xml, without
from qbwc_service.config import Config
from qbwc_service.ledger.models import Connection, KeapSignIn
from qbwc_service.secrecy import Secrecy, SecretUnreadable
from qbwc_service.support_file.order import SupportFileRefused as SupportFileRefused
from qbwc_service.support_file.order import about_order
from qbwc_service.support_file.state import (
    about_connection,
    counts,
    lists,
    open_errors,
    settings,
    versions,
)
from qbwc_service.support_file.updates import file_of, message_sets, texts_of, updates

MOST_BYTES: Final = 4_000_000
_READ_ME: Final = """\
Support file of the connection "{name}", made {at} UTC.

It is for somebody who helps you. In it: versions, settings, counts, what is open in the error log,
and the last updates of the Web Connector with their messages. Names, addresses, e-mail addresses
and other words about people are replaced by {blot}; passwords, keys and sign-ins are not in it.

support.json      everything but the messages
messages/         what was sent to QuickBooks and what it answered, by update and number; texts
                  that were removed because they were old ("text_removed_at") are not there
{order}"""


@dataclass(slots=True)
class _Files:
    """What goes into the zip, as long as there is room."""

    secrets: frozenset[str]
    room: int
    contents: dict[str, str] = field(default_factory=dict)
    left_out: int = 0

    def add(self, name: str, content: str) -> bool:
        """Whether there was room for it."""
        content = without(content, self.secrets)
        size = len(content.encode())
        if size > self.room:
            self.left_out += 1
            return False
        self.room -= size
        self.contents[name] = content
        return True


def support_file(
    db: Session,
    connection: Connection,
    *,
    config: Config,
    secrecy: Secrecy,
    now: datetime,
    order_id: int | None = None,
) -> bytes:
    """The zip; with an order it tells of that order too. Raises SupportFileRefused for an order
    that the connection does not have."""
    files = _Files(_secrets(db, connection, config, secrecy), MOST_BYTES)
    order = None if order_id is None else about_order(db, connection, order_id)
    sets = message_sets(db, connection, order_id)
    whole = {
        "made_at": now,
        "connection": about_connection(connection),
        "versions": versions(db, config),
        "settings": settings(connection),
        "counts": counts(db, connection),
        "lists": lists(db, connection),
        "open_errors": open_errors(db, connection),
        "updates": updates(db, connection, sets),
        "order": order,
    }
    files.add("support.json", json.dumps(whole, indent=1, default=str, ensure_ascii=False))
    texts = texts_of(db, connection, sets)
    for each in sets:
        if each.texts_removed_at is not None:
            continue
        request, answer = texts[each.id]
        files.add(f"{file_of(each)}-request.xml", blotted_xml(request))
        if answer is not None:
            files.add(f"{file_of(each)}-answer.xml", blotted_xml(answer))
    left_out = f"\n{files.left_out} messages had no room in this file.\n" if files.left_out else ""
    read_me = _READ_ME.format(
        name=connection.name,
        at=f"{now:%Y-%m-%d %H:%M}",
        blot=BLOT,
        order=f"It tells of order {order_id} too.\n{left_out}" if order_id else left_out,
    )
    return _zipped({"read-me.txt": read_me, **files.contents}, now)


def _zipped(contents: Mapping[str, str], now: datetime) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content)
    return buffer.getvalue()


def _secrets(
    db: Session, connection: Connection, config: Config, secrecy: Secrecy
) -> frozenset[str]:
    """All secrets that this service can read, to take them out by value."""
    stored = [connection.keap_key]
    for row in db.scalars(select(KeapSignIn).where(KeapSignIn.connection_id == connection.id)):
        stored += [row.access_token, row.refresh_token, row.previous_refresh_token]
    keys = [key.hex() for key in (config.secret_key, *config.older_secret_keys)]
    known = {*keys, config.keap_client_secret, make_url(config.database_url).password or ""}
    for each in filter(None, stored):
        known.add(each)
        try:
            known.add(secrecy.decrypt(each))
        except SecretUnreadable:
            continue  # nobody here can read it, so it stands in no text of ours
    return frozenset(known)
