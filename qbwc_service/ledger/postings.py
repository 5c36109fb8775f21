"""How a posting is made: its identity, and the mark of the record that it becomes."""

import uuid
from datetime import datetime
from typing import Protocol

from qbwc_service.ledger.models import Connection, Kind, Posting
from qbwc_service.ledger.states import State


class MakePosting(Protocol):
    """Makes a posting of one connection, as `new_posting` does, and adds it to the session."""

    def __call__(self, kind: Kind, source_key: str, order_id: int | None) -> Posting: ...


def external_guid(connection_uid: str, kind: Kind, source_key: str, generation: int) -> str:
    """The mark that makes a QuickBooks record ours: the same four always give the same GUID."""
    made = uuid.uuid5(uuid.UUID(connection_uid), f"{kind}:{source_key}:{generation}")
    return "{" + str(made) + "}"


def new_posting(
    connection: Connection,
    kind: Kind,
    source_key: str,
    order_id: int | None,
    generation: int,
    *,
    now: datetime,
) -> Posting:
    """Ready, with nothing planned in it yet; not added to the session.

    Every column that planning writes is set, so that all kinds are inserted in one statement.
    """
    return Posting(
        connection_id=connection.id,
        kind=kind,
        source_key=source_key,
        generation=generation,
        external_guid=external_guid(connection.uid, kind, source_key, generation),
        order_id=order_id,
        state=State.READY,
        cause="",
        details={},
        number="",
        number_key="",
        amount=0,
        payload={},
        planned_hash="",
        created_at=now,
    )
