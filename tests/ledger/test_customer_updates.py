"""Which updates of customers wait, on each kind of database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger import reports
from qbwc_service.ledger.customer_updates import waiting
from qbwc_service.ledger.models import (
    READY_UPDATES,
    Connection,
    Kind,
    Posting,
)
from qbwc_service.ledger.states import State
from tests.ledger_rows import NOON, add_message_set, add_session


def add_update(db: Session, connection: Connection, key: str, **more: Any) -> None:
    values: dict[str, Any] = {"state": State.READY, "payload": {"list_id": "C-1"}} | more
    db.add(
        Posting(
            connection_id=connection.id,
            kind=Kind.CUSTOMER_UPDATE,
            source_key=f"4417/{key}",
            external_guid="{00000000-0000-0000-0000-000000000000}",
            number="Ann Lee",
            number_key="4417",
            created_at=NOON,
            **values,
        )
    )
    db.flush()


def keys(found: Any) -> list[str]:
    return [posting.source_key.removeprefix("4417/") for posting in found]


def test_those_that_this_session_has_not_sent_yet_oldest_first(
    db: Session, acme: Connection, other: Connection
) -> None:
    before, now = add_session(db, acme.id), add_session(db, acme.id)
    add_update(db, acme, "new")
    add_update(db, acme, "refused-before", message_set_id=add_message_set(db, before).id)
    add_update(db, acme, "refused-now", message_set_id=add_message_set(db, now).id)
    add_update(db, acme, "later", not_before=NOON + timedelta(minutes=1))
    add_update(db, acme, "written", state=State.POSTED, record_id="C-1")
    add_update(db, acme, "given-up", state=State.HELD)
    add_update(db, other, "of-another-connection")

    assert keys(waiting(db, now, NOON, 9)) == ["new", "refused-before"]
    assert keys(waiting(db, now, NOON, 1)) == ["new"]


def test_they_are_no_records_and_are_not_counted_as_such(db: Session, acme: Connection) -> None:
    add_update(db, acme, "given-up", state=State.HELD)
    assert not any(reports.status_report(db, acme).postings.values())


def test_what_was_written_costs_the_next_question_nothing(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("SQLite alone tells its plan for an empty table")
    with database.reading() as db:
        plan = db.execute(
            text(
                f"EXPLAIN QUERY PLAN SELECT id FROM posting WHERE connection_id = 1 AND "
                f"{READY_UPDATES} ORDER BY id"
            )
        ).all()
    assert "ix_posting_ready_update" in str(plan)
