"""One open entry for one fact, however often it comes."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log
from qbwc_service.ledger.error_log import Told
from qbwc_service.ledger.models import Connection, ErrorEntry
from tests.ledger_rows import NOON

LATER = NOON + timedelta(hours=1)


def entries(db: Session) -> list[tuple[int | None, str, dict[str, str], int]]:
    """Order, message, details and count of the open entries."""
    found = db.scalars(
        select(ErrorEntry).where(ErrorEntry.solved_at.is_(None)).order_by(ErrorEntry.id)
    )
    return [(entry.order_id, entry.message, entry.details, entry.times) for entry in found]


def test_the_same_of_the_same_order_is_counted_up(db: Session, acme: Connection) -> None:
    for now in (NOON, LATER):
        error_log.tell(db, acme.id, "no-lines", {"order": 7}, now=now, order_id=7)
    assert entries(db) == [(7, "no-lines", {"order": "7"}, 2)]
    assert db.scalars(select(ErrorEntry.at)).one() == LATER


def test_another_order_another_message_and_another_connection_are_entries_of_their_own(
    db: Session, acme: Connection, other: Connection
) -> None:
    error_log.tell(db, acme.id, "no-lines", {}, now=NOON, order_id=7)
    error_log.tell(db, acme.id, "no-lines", {}, now=NOON, order_id=8)
    error_log.tell(db, acme.id, "draft-order", {}, now=NOON, order_id=7)
    error_log.tell(db, other.id, "no-lines", {}, now=NOON, order_id=7)
    error_log.tell(db, acme.id, "no-lines", {}, now=NOON)
    assert [entry[3] for entry in entries(db)] == [1, 1, 1, 1, 1]


def test_two_payments_of_an_order_in_turn_stay_two_entries(db: Session, acme: Connection) -> None:
    for amount in ("25.00", "75.00", "25.00", "75.00"):
        error_log.tell(db, acme.id, "quickbooks-busy", {"a": amount}, now=NOON, order_id=7)
    assert entries(db) == [
        (7, "quickbooks-busy", {"a": "25.00"}, 2),
        (7, "quickbooks-busy", {"a": "75.00"}, 2),
    ]


def test_many_orders_are_told_as_one_by_one_with_one_query(
    db: Session, acme: Connection, other: Connection
) -> None:
    error_log.tell(db, acme.id, "no-lines", {"order": 7}, now=NOON, order_id=7)
    error_log.tell(db, other.id, "no-lines", {"order": 8}, now=NOON, order_id=8)
    told = [
        Told("no-lines", 7, {"order": 7}),
        Told("no-lines", 8, {"order": 8}),
        Told("no-lines", 8, {"order": 8}),
        Told("draft-order", 8, {"order": 8}),
    ]
    error_log.tell_all(db, acme.id, told, now=LATER)
    db.flush()
    assert entries(db) == [
        (7, "no-lines", {"order": "7"}, 2),
        (8, "no-lines", {"order": "8"}, 1),
        (8, "no-lines", {"order": "8"}, 2),
        (8, "draft-order", {"order": "8"}, 1),
    ]


def test_a_fact_of_the_connection_has_one_entry_with_its_newest_details(
    db: Session, acme: Connection
) -> None:
    for reason in ("time out", "refused"):
        error_log.tell(db, acme.id, "keap-not-answering", {"reason": reason}, now=NOON)
    assert entries(db) == [(None, "keap-not-answering", {"reason": "refused"}, 2)]


def test_what_was_solved_and_comes_again_is_a_new_entry(db: Session, acme: Connection) -> None:
    error_log.tell(db, acme.id, "no-lines", {}, now=NOON, order_id=7)
    error_log.solve(db, acme.id, now=NOON, order_id=7)
    error_log.tell(db, acme.id, "no-lines", {}, now=LATER, order_id=7)
    assert entries(db) == [(7, "no-lines", {}, 1)]
    solved = db.scalars(select(ErrorEntry.solved_at).order_by(ErrorEntry.id)).all()
    assert solved == [NOON, None]


def told(db: Session, connection: Connection) -> None:
    for order_id in (7, 8, None):
        for message in ("no-lines", "unknown-item-used"):
            error_log.tell(db, connection.id, message, {}, now=NOON, order_id=order_id)


def test_an_order_is_solved_but_for_what_stays_true(
    db: Session, acme: Connection, other: Connection
) -> None:
    told(db, acme)
    told(db, other)
    error_log.solve(db, acme.id, now=LATER, order_id=7, keep=["unknown-item-used"])
    solved = db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at == LATER)).all()
    assert [(one.connection_id, one.order_id, one.message) for one in solved] == [
        (acme.id, 7, "no-lines")
    ]


def test_of_the_connections_own_entries_only_the_named_are_solved(
    db: Session, acme: Connection
) -> None:
    told(db, acme)
    error_log.solve(db, acme.id, now=LATER, messages=["no-lines"])
    solved = db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at == LATER)).all()
    assert [(one.order_id, one.message) for one in solved] == [(None, "no-lines")]


def test_what_was_solved_before_keeps_its_time(db: Session, acme: Connection) -> None:
    error_log.tell(db, acme.id, "no-lines", {}, now=NOON, order_id=7)
    error_log.solve(db, acme.id, now=NOON, order_id=7)
    error_log.solve(db, acme.id, now=LATER, order_id=7)
    assert db.scalars(select(ErrorEntry.solved_at)).one() == NOON
