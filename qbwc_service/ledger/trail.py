"""The trail of a record through the log: from Keap to its TxnID, each line once it is on disk.

All lines about one record of Keap bear the same `trace`: "acme/order/101" for an order, its form
and its payments, "acme/contact/55" for a customer. Outcomes are told at INFO, the steps to them at
DEBUG. A line names ids and kinds alone, never a person.
"""

import logging
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.util import identity_key

from qbwc_service.database import once_committed

if TYPE_CHECKING:
    from qbwc_service.ledger.models import MessageSet, Posting, UpdateSession

#: in the info of a session
_NAMES = "names of connections"

_log = logging.getLogger(__name__)


def outcome(posting: "Posting", words: str) -> None:
    """Something that an operator looks for: it is in QuickBooks, held, gone."""
    _tell_posting(logging.INFO, posting, words)


def step(posting: "Posting", words: str) -> None:
    """Something on the way there."""
    _tell_posting(logging.DEBUG, posting, words)


def orders(db: Session, connection_id: int, order_ids: Iterable[int], words: str) -> None:
    """A step of these orders, before they have postings."""
    if not _log.isEnabledFor(logging.DEBUG):
        return
    name = _name(db, connection_id)
    for order_id in order_ids:
        about = {"trace": f"{name}/order/{order_id}", "connection": name, "order": order_id}
        once_committed(db, partial(_log.debug, "order: %s", words, extra=about))


def update_session(session: "UpdateSession", words: str) -> None:
    """An update began or ended."""
    db = object_session(session)
    if db is not None and _log.isEnabledFor(logging.INFO):
        name = _name(db, session.connection_id)
        about = {"connection": name, "session": session.id}
        once_committed(db, partial(_log.info, "update: %s", words, extra=about))


def message(message_set: "MessageSet", words: str) -> None:
    """A step of a message of an update; its `set` leads on to the lines of its postings."""
    db = object_session(message_set)
    if db is not None and _log.isEnabledFor(logging.DEBUG):
        about = {
            "connection": _name(db, message_set.connection_id),
            "session": message_set.session_id,
            "set": message_set.id,
        }
        what = f"message of phase {message_set.phase}"
        once_committed(db, partial(_log.debug, "%s: %s", what, words, extra=about))


def _tell_posting(level: int, posting: "Posting", words: str) -> None:
    db = object_session(posting)
    if db is not None and _log.isEnabledFor(level):
        name = _name(db, posting.connection_id)
        once_committed(db, partial(_write, level, name, posting, words))


def _write(level: int, name: str, posting: "Posting", words: str) -> None:
    """Ids that the database gave are known by now."""
    about = {
        "trace": f"{name}/{_source(posting)}",
        "connection": name,
        "set": posting.message_set_id,
        "order": posting.order_id,
        "posting": posting.id,
        "record": posting.record_id,
    }
    known = {field: value for field, value in about.items() if value}
    _log.log(level, "%s: %s", posting.kind.replace("-", " "), words, extra=known)


def _source(posting: "Posting") -> str:
    """The record of Keap that it comes from; for an item, whose key is a name, the posting."""
    if posting.order_id is not None:
        return f"order/{posting.order_id}"
    contact = posting.source_key.partition("/")[0]
    return f"contact/{contact}" if contact.isdecimal() else f"posting/{posting.id}"


def _name(db: Session, connection_id: int) -> str:
    """The connection's name, so that all lines about a record bear the same trace. It is nearly
    always at hand; else it is asked for, once a session."""
    # The rows know their states, and these know this module.
    from qbwc_service.ledger.models import Connection

    names: dict[int, str] = db.info.setdefault(_NAMES, {})
    if connection_id not in names:
        found: Connection | None = db.identity_map.get(identity_key(Connection, connection_id))
        if found is not None:
            names[connection_id] = found.name
        else:
            with db.no_autoflush:
                asked = select(Connection.name).where(Connection.id == connection_id)
                names[connection_id] = db.scalar(asked) or f"#{connection_id}"
    return names[connection_id]
