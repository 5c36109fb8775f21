"""/metrics: who sees the figures, what they are, and what reading them costs."""

import importlib
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger import drain, leases
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import (
    Alert,
    AlertDelivery,
    AlertKind,
    Channel,
    Connection,
    DeliveryState,
    ErrorEntry,
    KeapOrder,
    KeapPace,
    Kind,
    MessageSet,
    OrderStatus,
    Posting,
    UpdateSession,
)
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.ledger.states import State
from qbwc_service.watching import figures, process
from qbwc_service.watching.exposition import CONTENT_TYPE, Sample, written
from qbwc_service.watching.figures import STATEMENTS, collect
from qbwc_service.watching.meanings import Metric
from tests.ledger_rows import NOON, add_error, add_order, add_payment, add_posting
from tests.watching.conftest import TOKEN, Watched, add

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def shown(page: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Name and values of the labels to figure, as another program reads them."""
    parser = pytest.importorskip("prometheus_client.parser")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in parser.text_string_to_metric_families(page)
        for sample in family.samples
    }


# -- who sees them --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer another-token-of-20-chars"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost"},
        {"Host": "127.0.0.1:8000"},
    ],
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_without_the_token_there_is_no_such_page(
    database: Database, headers: dict[str, str], proxies: int
) -> None:
    # The client calls from 127.0.0.1, as everybody does behind a proxy on this machine.
    client = Watched(database, trusted_proxies=proxies).client
    refused = client.get("/metrics", headers=headers)
    assert (refused.status_code, refused.text) == (404, "not found\n")


@pytest.mark.parametrize("given", ["", " ", "None"])
def test_where_no_token_is_set_nobody_sees_them(database: Database, given: str) -> None:
    client = Watched(database, token="").client
    assert client.get("/metrics").status_code == 404
    headers = {"Authorization": f"Bearer {given}"}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_with_the_token_they_are_shown_under_any_name(database: Database) -> None:
    add(database, "acme")
    answer = Watched(database).client.get("/metrics", headers=BEARER | {"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    assert shown(answer.text)["qbwc_connections", ()] == 1
    assert shown(answer.text)["process_cpu_seconds_total", ()] > 0
    assert TOKEN not in answer.text


def test_a_database_that_is_gone_is_told(tmp_path: Path) -> None:
    lost = Database(f"sqlite:///{tmp_path / 'nowhere' / 'service.db'}")
    answer = Watched(lost).client.get("/metrics", headers=BEARER)
    lost.close()
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


def test_the_database_is_not_asked_again_for_some_seconds(database: Database) -> None:
    client = Watched(database).client
    with statements(database) as first:
        client.get("/metrics", headers=BEARER)
    with statements(database) as second:
        client.get("/metrics", headers=BEARER)
    assert (len(first), len(second)) == (STATEMENTS, 0)


# -- what they are --------------------------------------------------------------------------------


def test_each_figure_is_what_the_ledger_has(database: Database) -> None:
    acme, other = add(database, "acme", "other")
    with database.writing("test") as db:
        _fill_by_hand(db, acme, other)
    with database.reading() as db:
        found = shown(written(collect(db, NOON)))
    assert {key: value for key, value in found.items() if key[0].startswith("qbwc_orders")} == {
        ("qbwc_orders", ("acme", "ready")): 2,
        ("qbwc_orders", ("acme", "held")): 1,
        ("qbwc_orders", ("other", "posted")): 1,
    }
    expected: dict[tuple[str, tuple[str, ...]], float] = {
        ("qbwc_connections", ()): 2,
        ("qbwc_connection_paused", ("acme",)): 0,
        ("qbwc_connection_paused", ("other",)): 1,
        ("qbwc_connection_write_blocked", ("acme", "restored-backup")): 1,
        ("qbwc_oldest_waiting_order_age_seconds", ("acme",)): 3600,
        ("qbwc_payments", ("acme", "waiting")): 1,
        ("qbwc_postings", ("acme", "invoice", "ready")): 1,
        ("qbwc_postings", ("acme", "payment", "held")): 1,
        ("qbwc_customer_updates_waiting", ("acme",)): 1,
        ("qbwc_web_connector_last_contact_timestamp_seconds", ("acme",)): NOON.timestamp() - 60,
        ("qbwc_keap_last_reading_timestamp_seconds", ("acme",)): NOON.timestamp() - 90,
        ("qbwc_keap_reader_alive", ()): 1,
        ("qbwc_keap_calls_used_today", ("acme",)): 412,
        ("qbwc_keap_calls_left_today", ("acme",)): 29_588,
        ("qbwc_sessions_begun_total", ()): 2,
        ("qbwc_sessions_open", ("acme",)): 1,
        ("qbwc_message_sets_total", ()): 3,
        ("qbwc_message_sets_unresolved", ("acme",)): 1,
        ("qbwc_errors_open", ("acme", "total-differs")): 2,
        ("qbwc_alert_deliveries_waiting", ()): 1,
        ("qbwc_draining", ()): 1,
    }
    assert {key: found.get(key) for key in expected} == expected
    assert ("qbwc_oldest_waiting_order_age_seconds", ("other",)) not in found
    assert ("qbwc_web_connector_last_contact_timestamp_seconds", ("other",)) not in found
    assert found["qbwc_database_size_bytes", ()] > 100_000


def _fill_by_hand(db: Session, acme: int, other: int) -> None:
    connection, paused = db.get_one(Connection, acme), db.get_one(Connection, other)
    connection.write_block = "restored-backup"
    connection.last_contact_at = NOON - timedelta(seconds=60)
    connection.last_sync_at = NOON - timedelta(seconds=90)
    connection.keap_pace = "key|a"
    paused.paused = True
    tomorrow = NOON.replace(hour=0) + timedelta(days=1)
    db.add(
        KeapPace(
            key="key|a",
            free_at=NOON,
            day_limit=30_000,
            day_available=29_588,
            day_ends_at=tomorrow,
            told_at=NOON,
        )
    )
    add_order(db, acme, 101, read_at=NOON - timedelta(hours=1))
    add_order(db, acme, 102)
    add_order(db, acme, 100, status=OrderStatus.HELD, read_at=NOON - timedelta(days=9))
    add_order(db, other, 101, status=OrderStatus.POSTED)
    add_payment(db, acme, 7, 101)
    add_posting(db, acme, 101)
    add_posting(db, acme, 101, Kind.PAYMENT, State.HELD)
    update = {"order_id": None, "source_key": "9/a"}
    db.add(
        Posting(
            connection_id=acme,
            kind=Kind.CUSTOMER_UPDATE,
            external_guid=f"{{{uuid.uuid4()}}}",
            created_at=NOON,
            **update,
        )
    )
    add_error(db, acme, "total-differs")
    add_error(db, acme, "total-differs")
    add_error(db, acme, "total-differs", solved_at=NOON)
    leases.acquire(db, leases.SCHEDULER, "somebody", NOON, timedelta(minutes=2))
    drain.begin(db, "Bea", NOON)
    _add_sessions(db, acme)
    _add_alert(db, acme)


def _add_sessions(db: Session, acme: int) -> None:
    here = {"connection_id": acme, "remote_address": "10.0.0.5", "started_at": NOON}
    silent = NOON - timedelta(minutes=10)
    db.add(UpdateSession(id=1, ticket_digest="a", last_call_at=silent, **here))
    db.add(UpdateSession(id=2, ticket_digest="b", last_call_at=NOON, **here))
    db.flush()
    for number, values in enumerate(
        [
            {"writes": True, "sent_at": NOON},
            {"writes": True},
            {"writes": True, "sent_at": NOON, "resolved_at": NOON},
        ]
    ):
        db.add(
            MessageSet(
                id=number + 1,
                connection_id=acme,
                session_id=2,
                phase="post",
                request="x",
                prepared_at=NOON,
                **values,
            )
        )


def _add_alert(db: Session, acme: int) -> None:
    alert = {"title": "", "text": "", "link": "", "key": "k", "at": NOON}
    db.add(Alert(id=1, connection_id=acme, kind=AlertKind.TEST, **alert))
    db.flush()
    for target, state in (("a", DeliveryState.WAITING), ("b", DeliveryState.SENT)):
        db.add(
            AlertDelivery(
                alert_id=1, channel=Channel.EMAIL, target=target, state=state, next_try_at=NOON
            )
        )


def test_the_operators_handbook_has_every_metric() -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "operator.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `((?:qbwc|process)_\w+)`", handbook, re.MULTILINE))
    assert told == {metric.value for metric in Metric}


def test_a_figure_is_written_as_prometheus_reads_it() -> None:
    samples = [
        Sample(Metric.ORDERS, 3, (("connection", 'a"b\\c\nd'), ("status", "held"))),
        Sample(Metric.DRAINING, 0),
        Sample(Metric.ORDERS, 1, (("connection", "z"), ("status", "new"))),
    ]
    assert written(samples) == (
        "# HELP qbwc_orders Orders read from Keap, by status; 0 is left out\n"
        "# TYPE qbwc_orders gauge\n"
        'qbwc_orders{connection="a\\"b\\\\c\\nd",status="held"} 3\n'
        'qbwc_orders{connection="z",status="new"} 1\n'
        "# HELP qbwc_draining 1 while no new update begins, else 0\n"
        "# TYPE qbwc_draining gauge\n"
        "qbwc_draining{} 0\n"
    )


# -- what they cost -------------------------------------------------------------------------------


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """What is asked meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_grow_with_the_connections(database: Database) -> None:
    counted = []
    for names in ([], ["acme"], [f"c{number}" for number in range(40)]):
        add(database, *names)
        with statements(database) as seen, database.reading() as db:
            collect(db, NOON)
        counted.append(len(seen))
    assert counted == [STATEMENTS] * 3


_CASES = [
    ("orders by status", figures.ORDERS_BY_STATUS, "ix_keap_order_"),
    ("postings", figures.POSTINGS_BY_STATE, "ix_posting_order"),
    ("open sessions", figures.OPEN_SESSIONS, "ix_update_session_live"),
    ("unresolved messages", figures.UNRESOLVED_SETS, "ix_message_set_unresolved"),
    ("open errors", figures.OPEN_ERRORS, "ix_error_entry_"),
]


def test_what_grows_for_ever_is_counted_in_an_index_alone(database: Database) -> None:
    for own in add(database, "acme", "other"):
        _fill(database, own, 3_000)
    _vacuum(database)
    wrong = {}
    for name, statement, index in _CASES:
        plan = _plan(database, statement)
        only = r"(COVERING INDEX|Index Only Scan using|Index Scan using|USING INDEX) "
        is_read_whole = re.search(r"(Seq Scan on|SCAN \w+$)", plan, re.MULTILINE)
        if is_read_whole or not re.search(only + index, plan):
            wrong[name] = plan
    assert wrong == {}


def test_the_oldest_that_waits_is_looked_up_by_its_number(database: Database) -> None:
    (own,) = add(database, "acme")
    _fill(database, own, 3_000)
    _vacuum(database)
    plan = _plan(database, figures.OLDEST_WAITING)
    assert re.search(r"COVERING INDEX ix_keap_order|Index Only Scan using ix_keap_order", plan)
    assert "Seq Scan" not in plan


def _vacuum(database: Database) -> None:
    """As on a server at rest. Tables and indexes are made anew, for they are as large as whatever
    test had this database before has left them. Then the pages of the orders are marked as visible
    to all; what else the server looks at in this moment keeps VACUUM from that, so it is asked
    again."""
    if database.is_sqlite:
        return
    marked = text(
        "SELECT relallvisible::float / relpages FROM pg_class WHERE oid = 'keap_order'::regclass"
    )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as own_time:
        own_time.execute(
            text("VACUUM FULL keap_order, posting, message_set, update_session, error_entry")
        )
        for _ in range(100):
            own_time.execute(text("VACUUM ANALYZE"))
            # A page that was only just made for the table may be left out.
            if own_time.scalar(marked) > 0.99:
                return
            time.sleep(0.1)
    pytest.fail("some other transaction stays open in this database")


def _plan(database: Database, statement: Any) -> str:
    with database.reading() as db:
        connection = db.connection()
        word = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        with statements(database) as seen:
            db.execute(
                statement, {"silent_since": NOON} if statement is figures.OPEN_SESSIONS else {}
            )
        rows = connection.exec_driver_sql(word + seen[0][0], seen[0][1])
        return "\n".join(str(row[-1]) for row in rows)


def _fill(database: Database, own: int, count: int) -> None:
    with database.writing("test") as db:
        session = UpdateSession(
            connection_id=own, ticket_digest=str(own), remote_address="", started_at=NOON,
            last_call_at=NOON,
        )  # fmt: skip
        db.add(session)
        db.flush()
        db.execute(
            rows_of(UpdateSession),
            [
                {"connection_id": own, "ticket_digest": f"{own}-{number}", "remote_address": "",
                 "started_at": NOON, "last_call_at": NOON, "ended_at": NOON, "notes": {},
                 "trouble_details": {}}
                for number in range(count)
            ],
        )  # fmt: skip
        db.execute(
            rows_of(MessageSet),
            [
                {"connection_id": own, "session_id": session.id, "phase": "post",
                 "request": "x" * 500, "writes": True, "prepared_at": NOON, "sent_at": NOON,
                 "resolved_at": NOON if number else None}
                for number in range(count)
            ],
        )  # fmt: skip
        db.execute(
            rows_of(KeapOrder),
            [
                {"connection_id": own, "keap_id": number, "raw": "r" * 900, "sale": {},
                 "content_hash": "", "read_at": NOON, "next_try_at": AT_ONCE, "overrides": [],
                 "status": OrderStatus.POSTED if number % 10 else OrderStatus.READY}
                for number in range(count)
            ],
        )  # fmt: skip
        db.execute(
            rows_of(Posting),
            [
                {"connection_id": own, "kind": Kind.INVOICE, "source_key": str(number),
                 "generation": 1, "external_guid": f"{{{uuid.uuid4()}}}", "order_id": number,
                 "state": State.POSTED, "details": {}, "payload": {"p": "x" * 500},
                 "created_at": NOON, "posted_at": NOON, "agreed": {}}
                for number in range(count)
            ],
        )  # fmt: skip
        db.execute(
            rows_of(ErrorEntry),
            [
                {"connection_id": own, "at": NOON, "message": "total-differs",
                 "details": {"d": "x" * 300}, "solved_at": NOON if number % 100 else None}
                for number in range(count)
            ],
        )  # fmt: skip


def test_a_process_began_when_it_began_and_not_so_many_seconds_of_the_processor_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(time, "process_time", lambda: 1000.0)
        before = time.time()
        importlib.reload(process)
        assert before <= process._BEGAN <= time.time()
    importlib.reload(process)
