"""What is old goes, what is not stays; by batches, by one process at a time."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from qbwc_service.clean_up.job import LEASE_TTL, CleaningUp
from qbwc_service.clean_up.parts import NEWEST_UPDATES, PARTS
from qbwc_service.clean_up.sweep import Sweep, old_rows
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import history, leases
from qbwc_service.ledger.models import (
    Alert,
    AlertDelivery,
    AlertKind,
    AuditEntry,
    Channel,
    DeliveryState,
    ErrorEntry,
    Event,
    LoginFailure,
    MessageSet,
    UpdateSession,
)
from qbwc_service.retention import USUAL, Ages
from tests.ledger_rows import NOON, add_error


def days_ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def sweep(database: Database, ages: Ages = USUAL) -> dict[str, int]:
    """What went, the rest left out."""
    removed = Sweep(database, ages, NOON, pause=lambda _: False).run()
    return {name: count for name, count in removed.items() if count}


def own(db: Session) -> int:
    return find_connection(db, "acme").id


def add_session(db: Session, ended: datetime, **values: Any) -> int:
    session = UpdateSession(
        connection_id=own(db),
        ticket_digest=uuid.uuid4().hex,
        remote_address="10.0.0.5",
        started_at=ended,
        last_call_at=ended,
        **{"ended_at": ended, **values},
    )
    db.add(session)
    db.flush()
    return session.id


def add_set(db: Session, session_id: int, at: datetime, **values: Any) -> None:
    db.add(
        MessageSet(
            connection_id=own(db),
            session_id=session_id,
            phase="post",
            prepared_at=at,
            **{
                "request": "<QBXML/>",
                "answer": "<QBXML/>",
                "sent_at": at,
                "answered_at": at,
                "applied_at": at,
                **values,
            },
        )
    )


OLD, YOUNG = days_ago(91), days_ago(89)


@pytest.mark.parametrize(
    ("values", "goes"),
    [
        ({"writes": True, "resolved_at": OLD}, True),
        ({"writes": True, "resolved_at": YOUNG}, False),
        ({"writes": True, "resolved_at": None}, False),
        ({"writes": True, "resolved_at": None, "answer": None, "answered_at": None}, False),
        ({"writes": False}, True),
        ({"writes": False, "applied_at": YOUNG}, False),
        ({"writes": False, "answered_at": None, "applied_at": None}, False),
        # Prepared, never handed out, taken back.
        ({"writes": False, "sent_at": None, "applied_at": None, "resolved_at": OLD}, True),
    ],
)
def test_the_texts_of_settled_messages_go(
    database: Database, values: dict[str, Any], goes: bool
) -> None:
    with database.writing("test") as db:
        add_set(db, add_session(db, OLD, posted=1), OLD, **values)
    assert old_rows(database, USUAL, NOON)["messages"] == int(goes)
    assert sweep(database) == ({"messages": 1} if goes else {})
    with database.reading() as db:
        row = db.scalars(select(MessageSet)).one()
        assert (row.request == "", row.answer is None or row.answer == "") == (
            goes,
            goes or "answer" in values,
        )
        assert (row.texts_removed_at == NOON) is goes


@pytest.mark.parametrize(
    "values",
    [
        {"posted": 1},
        {"held": 1},
        {"trouble": "two-computers"},
        {"ended_at": None},
        {"ended_at": YOUNG},
    ],
)
def test_an_update_goes_where_it_has_nothing_to_tell(
    database: Database, values: dict[str, Any]
) -> None:
    with database.writing("test") as db:
        idle, kept = add_session(db, OLD), add_session(db, OLD, **values)
        add_set(db, idle, OLD)
        add_set(db, kept, OLD)
        wrote = add_session(db, OLD)
        add_set(db, wrote, OLD, writes=True, resolved_at=OLD)
        newest = [add_session(db, OLD) for _ in range(NEWEST_UPDATES)]
    assert sweep(database)["updates"] == 1
    with database.reading() as db:
        left = db.scalars(select(UpdateSession.id).order_by(UpdateSession.id)).all()
        assert left == [kept, wrote, *newest]
        assert set(db.scalars(select(MessageSet.session_id))) == {kept, wrote}


def test_solved_entries_go_and_open_ones_never(database: Database) -> None:
    with database.writing("test") as db:
        for solved in (days_ago(731), days_ago(729), None):
            add_error(db, own(db), "total-differs", at=days_ago(2000), solved_at=solved)
    assert sweep(database) == {"errors": 1}
    with database.reading() as db:
        left = db.scalars(select(ErrorEntry.solved_at).order_by(ErrorEntry.id)).all()
    assert left == [days_ago(729), None]


def test_the_history_of_orders_and_of_people_is_kept_for_years(database: Database) -> None:
    with database.writing("test") as db:
        for days in (729, 731, 3649, 3651):
            for who, order_id in (("service", None), ("Bea", None), ("service", 7)):
                at = days_ago(days)
                history.note(db, own(db), f"{days}", now=at, order_id=order_id, who=who)
            db.add(AuditEntry(at=days_ago(days), who="Bea", what="x"))
    assert sweep(database) == {"notes": 3, "history": 2, "audit": 1}
    with database.reading() as db:
        left = db.execute(select(Event.text, Event.who, Event.order_id).order_by(Event.id)).all()
        assert [tuple(row) for row in left] == [
            ("729", "service", None),
            ("729", "Bea", None),
            ("729", "service", 7),
            ("731", "Bea", None),
            ("731", "service", 7),
            ("3649", "Bea", None),
            ("3649", "service", 7),
        ]
        assert db.scalar(select(func.count()).select_from(AuditEntry)) == 3


def test_an_alert_that_is_still_on_its_way_stays(database: Database) -> None:
    with database.writing("test") as db:
        for number, (days, state) in enumerate(
            [
                (181, DeliveryState.SENT),
                (181, DeliveryState.WAITING),
                (179, DeliveryState.SENT),
                (181, DeliveryState.GIVEN_UP),
            ]
        ):
            alert = Alert(
                connection_id=own(db), kind=AlertKind.TEST, key=str(number), at=days_ago(days),
                title="", text="", link="",
            )  # fmt: skip
            db.add(alert)
            db.flush()
            db.add(
                AlertDelivery(
                    alert_id=alert.id,
                    channel=Channel.EMAIL,
                    target="a",
                    state=state,
                    next_try_at=NOON,
                )
            )
    assert sweep(database) == {"alerts": 2}
    with database.reading() as db:
        assert db.scalars(select(Alert.key).order_by(Alert.id)).all() == ["1", "2"]


def test_wrong_log_ins_are_forgotten_after_a_day(database: Database) -> None:
    with database.writing("test") as db:
        db.add(LoginFailure(key="admin|a", count=1, last_at=days_ago(1.1)))
        db.add(LoginFailure(key="admin|b", count=1, last_at=days_ago(0.9)))
    sweep(database)
    with database.reading() as db:
        assert db.scalars(select(LoginFailure.key)).all() == ["admin|b"]


def test_many_rows_go_in_many_short_transactions(database: Database) -> None:
    with database.writing("test") as db:
        for _ in range(100):
            add_error(db, own(db), "total-differs", solved_at=days_ago(900))
    commits: list[object] = []

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(database.engine, "commit", note)
    pauses: list[float] = []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return False

    removed = Sweep(database, USUAL, NOON, pause=pause).run()
    event.remove(database.engine, "commit", note)
    assert removed["errors"] == 100
    assert len(commits) >= 3
    assert len([seconds for seconds in pauses if seconds]) == len(commits) - 1


def test_a_sweep_ends_where_it_is_told_to(database: Database) -> None:
    with database.writing("test") as db:
        for _ in range(100):
            add_error(db, own(db), "total-differs", solved_at=days_ago(900))
    removed = Sweep(database, USUAL, NOON, pause=lambda seconds: seconds > 0).run()
    assert 0 < removed["errors"] < 100


def test_only_one_process_sweeps(database: Database) -> None:
    with database.writing("test") as db:
        add_error(db, own(db), "total-differs", solved_at=days_ago(900))
        leases.acquire(db, leases.CLEAN_UP, "another", NOON, LEASE_TTL)
    job = CleaningUp(database, USUAL, clock=lambda: NOON)
    job.run()
    assert old_rows(database, USUAL, NOON)["errors"] == 1
    with database.writing("test") as db:
        leases.release(db, leases.CLEAN_UP, "another")
    job.run()
    assert old_rows(database, USUAL, NOON)["errors"] == 0
    with database.reading() as db:
        assert leases.holder(db, leases.CLEAN_UP) is None


def test_one_that_was_replaced_removes_nothing_more(database: Database) -> None:
    with database.writing("test") as db:
        add_error(db, own(db), "total-differs", solved_at=days_ago(900))
    sweeping = Sweep(database, USUAL, NOON, pause=lambda _: False, hold=lambda _db: False)
    assert sweeping.run()["errors"] == 0


def test_what_is_old_is_found_by_its_index(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("on PostgreSQL a planner chooses by how many rows there are")
    wrong: list[Sequence[str]] = []
    for part in PARTS:
        if part.name == "alerts":
            continue  # few, read from the oldest on
        old = select(part.row_id).where(part.old(1, NOON))
        statement = old.order_by(part.oldest_first).limit(9)
        with database.reading() as db:
            made = statement.compile(db.get_bind(), compile_kwargs={"render_postcompile": True})
            values = tuple(made.params[name] for name in made.positiontup or ())
            plain = tuple(str(v) if isinstance(v, datetime) else v for v in values)
            rows = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", plain)
            plan = [str(row[-1]) for row in rows]
        if not any(f"INDEX {_INDEX[part.name]} (" in step for step in plan):
            wrong.append((part.name, *plan))
    assert wrong == []


_INDEX = {
    "messages": "ix_message_set_texts",
    "updates": "ix_update_session_idle",
    "errors": "ix_error_entry_solved",
    "notes": "ix_event_order",
    "history": "ix_event_at",
    "audit": "ix_audit_entry_at",
}
