"""What every call asks is found by an index that has no more in it than what is asked for."""

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import error_log, live_sessions, message_sets, queue
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapOrder,
    Kind,
    MessageSet,
    OrderStatus,
    Posting,
    QuickbooksTxn,
    UpdateSession,
)
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.ledger.states import State
from qbwc_service.staging import checked_rows
from qbwc_service.webconnector import unclaimed
from qbwc_service.webconnector.phases import identify
from qbwc_service.webconnector.turn import Turn
from tests.ledger_rows import NOON

#: rows of each table: so many that no planner reads them all; six times as many of another
#: connection
ROWS = 2_000
#: so many of them are what is asked for
SOME = 5


_READ_WHOLE = re.compile(
    r"(SCAN|Seq Scan on) "
    r"(keap_order|message_set|posting|update_session|error_entry|quickbooks_txn)(\s|$)"
)


@pytest.fixture
def full(database: Database) -> Database:
    """Two connections with a long history each, and a little to do."""
    with database.writing("test") as db:
        _fill(db, find_connection(db, "acme").id, ROWS)
        _fill(db, find_connection(db, "other").id, 6 * ROWS)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not database.is_sqlite:
            connection.execute(text("ANALYZE"))
    return database


def _fill(db: Session, own: int, rows: int) -> None:
    update_sessions = [
        {"connection_id": own, "ticket_digest": f"{own}-{number}", "remote_address": "10.0.0.5",
         "started_at": NOON, "last_call_at": NOON, "notes": {}, "trouble_details": {},
         "ended_at": None if number == 0 else NOON}
        for number in range(rows)
    ]  # fmt: skip
    db.execute(rows_of(UpdateSession), update_sessions)
    session_id = db.scalar(
        select(UpdateSession.id).where(UpdateSession.connection_id == own).limit(1)
    )
    sets = [
        {"connection_id": own, "session_id": session_id, "phase": "post", "request": "x" * 500,
         "writes": number % 2 == 0, "prepared_at": NOON, "new_message_set_id": f"{number}",
         "sent_at": None if number == 1 else NOON,
         "resolved_at": None if number in {0, 1} else NOON}
        for number in range(rows)
    ]  # fmt: skip
    db.execute(rows_of(MessageSet), sets)
    orders = [
        {"connection_id": own, "keap_id": number, "raw": "{}", "sale": {}, "content_hash": "",
         "read_at": NOON, "status": OrderStatus.POSTED, "next_try_at": AT_ONCE,
         "has_work": number < SOME, "is_checked": number != rows - 1, "overrides": []}
        for number in range(rows)
    ]  # fmt: skip
    db.execute(rows_of(KeapOrder), orders)
    postings = [
        {"connection_id": own, "kind": Kind.INVOICE, "source_key": str(number), "generation": 1,
         "external_guid": f"{{{uuid.uuid4()}}}", "order_id": number, "state": State.POSTED,
         "details": {}, "payload": {}, "record_id": f"{own}-{number}", "created_at": NOON,
         "posted_at": NOON + timedelta(seconds=number), "agreed": {}}
        for number in range(rows)
    ]  # fmt: skip
    db.execute(rows_of(Posting), postings)
    entries = [
        {"connection_id": own, "at": NOON, "order_id": number, "message": "total-differs",
         "details": {}, "solved_at": NOON if number > SOME else None}
        for number in range(rows)
    ]  # fmt: skip
    db.execute(rows_of(ErrorEntry), entries)
    txns = [
        {"connection_id": own, "kind": Kind.INVOICE, "txn_id": f"{own}-{number}", "ref_number": "7",
         "number_key": "7", "external_guid": f"{{{uuid.uuid4()}}}", "seen_in": session_id}
        for number in range(rows)
    ]  # fmt: skip
    db.execute(rows_of(QuickbooksTxn), txns)


@contextmanager
def explained(db: Session) -> Iterator[list[str]]:
    """The plans of the SELECTs that are sent meanwhile, as the database words them."""
    connection = db.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    asked: list[tuple[str, Any]] = []
    plans: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(connection, "before_cursor_execute", note)
    for statement, values in asked:
        word = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(word + statement, values)
        plans.append("\n".join(str(row[-1]) for row in rows))


Asked = Callable[[Session, Connection], object]


def _turn(db: Session, acme: Connection) -> Turn:
    return Turn(db, acme, UpdateSession(connection_id=acme.id, notes={}), NOON)


def _by_guid(db: Session, acme: Connection) -> object:
    turn = _turn(db, acme)
    unclaimed.note_found(turn)
    postings = db.scalars(
        select(Posting).where(Posting.connection_id == acme.id, Posting.order_id.in_(range(1, 6)))
    )
    return list(unclaimed.look_ups(turn, postings.all(), "look:"))


CASES: Sequence[tuple[str, Asked, Sequence[str]]] = [
    (
        "the next orders, those under way left out",
        lambda db, acme: queue.orders_with_work(db, acme.id, NOON, limit=30, exclude=range(3)),
        ["ix_keap_order_work"],
    ),
    (
        "whether there is anything to do",
        lambda db, acme: queue.what_waits(db, acme.id, NOON),
        ["ix_keap_order_cause", "ix_keap_order_work", "ix_message_set_unresolved"],
    ),
    (
        "how many orders wait",
        lambda db, acme: queue.count_work(db, acme.id),
        ["ix_keap_order_work"],
    ),
    (
        "orders whose payments were not looked at",
        lambda db, acme: checked_rows.unchecked(db, acme.id, 0, limit=10),
        ["ix_keap_order_unchecked"],
    ),
    (
        "whether the outcome of a message is unknown",
        lambda db, acme: queue.has_unresolved_set(db, acme.id),
        ["ix_message_set_unresolved"],
    ),
    (
        "the messages whose outcome is unknown",
        lambda db, acme: queue.unresolved_sets(db, acme.id),
        ["ix_message_set_unresolved"],
    ),
    (
        "what was prepared and not handed out",
        lambda db, acme: message_sets.discard_unsent(db, acme.id, NOON),
        ["ix_message_set_unsent", "ix_posting_set"],
    ),
    (
        "the message that QuickBooks is to forget",
        lambda db, acme: message_sets._answered_id(db, acme.id),
        ["ix_message_set_written"],
    ),
    (
        "whether an update is under way",
        lambda db, acme: live_sessions.live_session(db, acme.id),
        ["ix_update_session_live"],
    ),
    (
        "the newest records of ours",
        lambda db, acme: identify._newest(_turn(db, acme)),
        ["ix_posting_newest"],
    ),
    (
        "whether anything was posted a day ago",
        lambda db, acme: runs._has_posted(db, acme.id, NOON - timedelta(hours=20)),
        ["ix_posting_newest"],
    ),
    (
        "what was told of these orders and postings",
        lambda db, acme: error_log.open_about(
            db, acme.id, order_ids=range(1, 4), posting_ids=range(1, 4)
        ),
        ["ix_error_entry_open", "ix_error_entry_posting"],
    ),
    (
        "which records of QuickBooks bear the GUIDs of these postings",
        _by_guid,
        ["ix_quickbooks_txn_guid"],
    ),
]


def test_each_question_is_answered_by_its_index(full: Database) -> None:
    wrong: dict[str, str] = {}
    for name, ask, indexes in CASES:
        with full.reading() as db:
            acme = find_connection(db, "acme")
            with explained(db) as plans:
                ask(db, acme)
        found = "\n".join(plans)
        is_read_whole = _READ_WHOLE.search(found) is not None
        if is_read_whole or any(index not in found for index in indexes):
            wrong[name] = found
    assert not wrong
