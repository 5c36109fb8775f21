"""Each migration goes down and up again on tables that have rows."""

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from qbwc_service import database_schema
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from tests.migrations.filled import ROWS, add, fill
from tests.migrations.schemas import (
    REVISIONS,
    Rows,
    contents,
    reflected,
    shapes,
    without_defaults,
)

#: from, to
STEPS = list(pairwise(["base", *REVISIONS]))

#: read afresh after this step up, because it is made from what the older version did not keep
READ_AFRESH = {"0003": {"mirror_record", "mirror_list"}}
#: what a step up writes into rows that are there already, by the column
FILLED = {
    "0002": {
        ("connection", "password_key"): "",
        ("connection", "keap_account_name"): "",
        ("connection", "test_merchants"): [],
        ("connection", "order_payment_unit"): "",
        ("connection", "keap_pace"): "",
        ("connection", "account_read_at"): None,
        ("keap_order", "settles_at"): None,
        ("keap_order", "deleted_at"): None,
        ("keap_order", "overrides"): [],
        ("keap_order", "is_checked"): True,
        ("keap_payment", "kind"): "cash",
        ("keap_payment", "is_shared"): False,
    },
    "0003": {("keap_order", "subject"): ""},
    "0006": {("keap_order", "own_prefix"): "", ("keap_payment", "approved_at"): None},
    "0008": {("posting", "agreed"): {}},
    "0010": {("connection", "shared_with"): []},
    "0012": {
        ("person", "email"): "",
        ("person", "password_is_one_time"): False,
        ("person", "role"): "owner",
        ("person", "sees_all"): True,
        ("person", "disabled_at"): None,
    },
    "0014": {("connection", "calls_every"): 0, ("connection", "webhook_key"): ""},
    "0015": {
        ("keap_order", "search_name"): "ann lee {n}",
        ("keap_payment", "method"): "Visa",
        ("keap_payment", "gateway"): "Stripe",
        ("keap_payment", "search_reference"): "ch_{n}",
        ("keap_contact", "search_email"): "ann{n}@example.com",
        ("update_session", "read_counts"): {},
    },
    "0016": {
        ("connection", "is_on"): True,
        ("connection", "trial_orders"): [],
        ("keap_order", "approved_hash"): "",
    },
    "0019": {("connection", "suspended_because"): "", ("keap_contact", "erased_at"): None},
    "0020": {("message_set", "texts_removed_at"): None},
}


def test_rows_survive_each_step_down_and_up(empty: Database) -> None:
    made = {"base": shapes(empty)}
    for revision in REVISIONS:
        database_schema.upgrade(empty, revision)
        made[revision] = shapes(empty)
    for below, revision in reversed(STEPS):
        fill(empty)
        before = contents(empty)
        database_schema.downgrade(empty, below)
        assert shapes(empty) == made[below], f"down from {revision}"
        older = contents(empty)
        for table, rows in older.items():
            assert rows == _common(before[table], rows), f"{table}, down from {revision}"
        database_schema.upgrade(empty, revision)
        assert shapes(empty) == made[revision], f"up to {revision}"
        _check_references(empty)
        for table, rows in contents(empty).items():
            kept = {} if table in READ_AFRESH.get(revision, ()) else older.get(table, {})
            expected = _with_new_columns(kept, table, revision)
            assert rows == expected, f"{table}, up to {revision}"
        database_schema.downgrade(empty, below)


def _common(before: Rows, older: Rows) -> Rows:
    """The rows of before, with the columns that the older table has."""
    assert older.keys() == before.keys()
    return {
        key: {name: row[name] for name in older[key] if name in row} | _new_below(row, older[key])
        for key, row in before.items()
    }


def _new_below(row: Mapping[str, Any], older: Mapping[str, Any]) -> dict[str, Any]:
    """A column that the newer table does not have comes back empty."""
    return {name: "" for name in older if name not in row}


def _with_new_columns(older: Rows, table: str, revision: str) -> Rows:
    new = {column: value for (of, column), value in FILLED.get(revision, {}).items() if of == table}
    return {
        key: row | {column: _numbered(value, key[0]) for column, value in new.items()}
        for key, row in older.items()
    }


def _numbered(value: Any, number: int) -> Any:
    return value.replace("{n}", str(number)) if isinstance(value, str) else value


def _check_references(database: Database) -> None:
    """PostgreSQL refuses what refers to nothing; SQLite only tells of it when it is asked."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_upgraded_tables_with_rows_are_those_of_the_models(empty: Database) -> None:
    database_schema.upgrade(empty, REVISIONS[0])
    fill(empty)
    database_schema.upgrade(empty)
    upgraded = shapes(empty)
    database_schema.downgrade(empty, "base")
    database_schema.upgrade(empty)
    assert upgraded == shapes(empty)
    database_schema.downgrade(empty, "base")
    Base.metadata.create_all(empty.engine)
    assert without_defaults(upgraded) == without_defaults(shapes(empty))


def test_rows_go_all_the_way_down_and_up(empty: Database) -> None:
    database_schema.upgrade(empty)
    fill(empty)
    before = contents(empty)
    database_schema.downgrade(empty, REVISIONS[0])
    database_schema.upgrade(empty)
    _check_references(empty)
    after = contents(empty)
    for table in ("connection", "keap_order", "keap_payment", "keap_contact", "posting", "event"):
        assert after[table].keys() == before[table].keys() == {(number,) for number in ROWS}
    assert [row["record_id"] for row in after["posting"].values()] == ["record_id-1", "record_id-2"]


# -- what single steps do to rows -----------------------------------------------------------------


def _rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_payments_learn_their_kind_and_whether_they_are_shared(empty: Database) -> None:
    database_schema.upgrade(empty, "0001")
    fill(empty)
    with empty.engine.begin() as connection:
        table = reflected(connection).tables["keap_payment"]
        received = json.dumps({"kind": "credit", "order_ids": [1, 2]})
        add(connection, table, 3, connection_id=1, received=received)
    database_schema.upgrade(empty, "0002")
    assert _rows(empty, "SELECT kind, is_shared FROM keap_payment ORDER BY id") == [
        ("cash", False),
        ("cash", False),
        ("credit", True),
    ]


def test_what_is_unknown_of_an_orders_payments_is_nothing_in_the_older_version(
    empty: Database,
) -> None:
    database_schema.upgrade(empty, "0002")
    fill(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE keap_order SET total_paid = NULL WHERE id = 1"))
    database_schema.downgrade(empty, "0001")
    assert _rows(empty, "SELECT total_paid FROM keap_order ORDER BY id") == [(0,), (2,)]


def test_what_waits_is_planned_anew_so_that_products_are_known(empty: Database) -> None:
    database_schema.upgrade(empty, "0003")
    fill(empty)
    statuses = ("held", "ready", "will-retry", "posted", "skipped-by-you")
    with empty.engine.begin() as connection:
        table = reflected(connection).tables["keap_order"]
        for number, status in enumerate(statuses, 3):
            changes = {"status": status, "needs_plan": False, "has_work": False}
            add(connection, table, number, connection_id=1, **changes)
    database_schema.upgrade(empty, "0004")
    rows = _rows(empty, "SELECT status FROM keap_order WHERE needs_plan AND has_work AND id > 2")
    assert {status for (status,) in rows} == {"held", "ready", "will-retry"}


def test_customers_are_read_once_more_and_other_lists_are_not(empty: Database) -> None:
    database_schema.upgrade(empty, "0004")
    fill(empty)
    with empty.engine.begin() as connection:
        table = reflected(connection).tables["mirror_list"]
        add(connection, table, 3, connection_id=1, list_name="Customer")
    database_schema.upgrade(empty, "0005")
    assert _rows(empty, "SELECT list_name FROM mirror_list") == [("Item",), ("Item",)]


@pytest.mark.parametrize(
    ("revision", "kind"), [("0005", "customer-update"), ("0006", "credit-memo")]
)
def test_postings_that_an_older_version_does_not_know_are_taken_out(
    empty: Database, revision: str, kind: str
) -> None:
    database_schema.upgrade(empty, revision)
    fill(empty)
    with empty.engine.begin() as connection:
        tables = reflected(connection).tables
        add(connection, tables["posting"], 3, connection_id=1, message_set_id=1, kind=kind)
        add(connection, tables["error_entry"], 3, connection_id=1, posting_id=3)
    database_schema.downgrade(empty, REVISIONS[REVISIONS.index(revision) - 1])
    _check_references(empty)
    assert _rows(empty, "SELECT kind FROM posting") == [("invoice",), ("invoice",)]
    assert _rows(empty, "SELECT posting_id FROM error_entry ORDER BY id") == [(1,), (2,), (None,)]


def test_ids_of_records_are_compared_in_one_case(empty: Database) -> None:
    database_schema.upgrade(empty, "0010")
    fill(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE quickbooks_txn SET external_guid = '{AB-1}' WHERE id = 1"))
    database_schema.upgrade(empty, "0011")
    assert _rows(empty, "SELECT external_guid FROM quickbooks_txn WHERE id = 1") == [("{ab-1}",)]
