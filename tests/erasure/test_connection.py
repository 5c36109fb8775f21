"""One connection is erased: no row of it remains anywhere, and the others are untouched."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection as Sql
from sqlalchemy import MetaData, Table, inspect, select

from qbwc_service import invitations, people
from qbwc_service.connections import ConnectionUnknown, find_connection
from qbwc_service.database import Database
from qbwc_service.erasure import NotPaused
from qbwc_service.erasure import connection as erasure
from qbwc_service.erasure.connection import erase_connection
from qbwc_service.ledger import leases, login_failures, pausing
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import Connection, KeapPace, Role
from qbwc_service.ledger.pausing import BeingErased
from qbwc_service.people import Standing
from qbwc_service.staging.failures import SyncBusy
from tests.databases import ENGINES, Engine, url_with_tables
from tests.ledger_rows import NOON
from tests.world import World, paid, sale

LATER = NOON + timedelta(days=400)
#: filled by nothing but the row builder below
MARK = "erase-me"


@pytest.fixture(params=ENGINES)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world with two connections that have a row in every table, and have sent something."""
    engine: Engine = request.param
    world = World(tmp_path, url_with_tables(tmp_path, engine))
    other = world.neighbour("beta")
    for each, first in ((world, 1001), (other, 2001)):
        each.keap_has(sale(first), payments=[paid(first, 1000)])
        each.update()
        _rows_everywhere(each)
    yield world
    world.close()


def _rows_everywhere(world: World) -> None:
    """A row of the connection in each table that has rows of connections."""
    with world.database.writing("test") as db:
        found = find_connection(db, world.name)
        found.paused, found.keap_pace = True, f"key|{world.name}"
        for lease in ("sync", "keap-renewal", "keap-sign-in"):
            leases.acquire(db, f"{lease}:{found.id}", "", NOON, timedelta())
        login_failures.begin_try(db, "web-connector", [login_failures.Limit(world.name, 5)], LATER)
        db.add(KeapPace(key=found.keap_pace, free_at=NOON, counted=0))
        standing = Standing("", Role.VIEWER, [world.name])
        password = people.NewPassword("", "-")
        people.add(db, Author("owner", NOON), f"bea-{found.id}", standing, password)
        invitations.invite(db, Author("owner", NOON), standing)
        db.flush()
        for table in Base.metadata.sorted_tables:
            if "connection_id" in table.c or table.name == "alert_delivery":
                _row(db.connection(), table, found)


def _row(sql: Sql, table: Table, connection: Connection) -> None:
    """One where the product's own code has made none."""
    if "connection_id" in table.c:
        mine = select(table).where(table.c.connection_id == connection.id)
        if sql.execute(mine).first() is not None:
            return
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "connection_id":
            values[column.name] = connection.id
        elif column.foreign_keys:
            (key,) = column.foreign_keys
            parents = select(key.column)
            if "connection_id" in key.column.table.c:
                parents = parents.where(key.column.table.c.connection_id == connection.id)
            values[column.name] = sql.execute(parents.limit(1)).scalar()
        elif column.nullable or column.name == "id":
            continue
        else:
            values[column.name] = _value(column, connection)
    sql.execute(table.insert().values(values))


def _value(column: Any, connection: Connection) -> Any:
    kind = column.type.python_type
    if getattr(column.type, "enums", None):
        return column.type.python_type and next(iter(column.type.enum_class))
    if kind is str:
        return f"{MARK}-{connection.name}"[: column.type.length or 80]
    if column.default is not None and column.default.is_callable:
        return column.default.arg(None)
    return {int: connection.id, bool: False, dict: {}, list: []}.get(kind, NOON)


def _everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, found by looking at the database and not at our models."""
    with database.engine.connect() as sql:
        found = MetaData()
        found.reflect(sql)
        return {
            name: [dict(row) for row in sql.execute(select(table)).mappings()]
            for name, table in found.tables.items()
        }


def _of_others(rows: dict[str, list[dict[str, Any]]], mine: int) -> dict[str, list[str]]:
    """Those of the other connection, as texts."""
    return {
        name: sorted(str(row) for row in table if row.get("connection_id") not in {None, mine})
        for name, table in rows.items()
    }


def test_no_row_of_it_remains_and_the_other_is_untouched(two: World) -> None:
    with two.database.reading() as db:
        mine, other = find_connection(db, "acme").id, find_connection(db, "beta").id
    before = _everything(two.database)
    for name, table in before.items():
        if table and "connection_id" in table[0] and name != "company_file_lease":
            held = {row["connection_id"] for row in table}
            assert held >= {mine, other}, f"the test has no row in {name}"
    erased = erase_connection(two.database, "acme", "owner", two.clock, batch=1)
    after = _everything(two.database)
    assert _of_others(after, mine) == _of_others(before, mine)
    for name, table in after.items():
        for row in table:
            assert row.get("connection_id") != mine, name
            assert row.get("holder_id") != mine, name
            if name != "audit_entry":
                assert "acme" not in str(row), name
    assert [row["name"] for row in after["connection"]] == ["beta"]
    (left,) = [row for row in after["audit_entry"] if row["what"] == "Connection erased"]
    assert (left["who"], left["connection_id"]) == ("owner", None)
    assert str(erased) in str(left["details"])
    assert len(after["person"]) == 2
    leases_left = {row["name"] for row in after["lease"]}
    assert leases_left >= {f"sync:{other}", f"keap-renewal:{other}"}
    assert not any(name.endswith(f":{mine}") for name in leases_left)
    assert {row["key"] for row in after["keap_pace"]} == {"key|beta"}


def test_every_table_is_one_of_connections_or_named() -> None:
    left_out = {
        table.name for table in Base.metadata.sorted_tables if erasure._rows(table, 1) is None
    }
    assert left_out == erasure.OF_NO_CONNECTION
    assert all(
        "connection_id" not in Base.metadata.tables[name].c for name in erasure.OF_NO_CONNECTION
    )


def test_what_still_runs_is_not_erased(world: World) -> None:
    before = _everything(world.database)
    with pytest.raises(NotPaused, match="Nothing was erased"):
        erase_connection(world.database, "acme", "owner", world.clock)
    with pytest.raises(ConnectionUnknown):
        erase_connection(world.database, "nowhere", "owner", world.clock)
    assert _everything(world.database) == before


def test_what_is_being_read_is_not_erased(world: World) -> None:
    with world.database.writing("test") as db:
        found = find_connection(db, "acme")
        found.paused = True
        name = leases.reading(found.id)
        leases.acquire(db, name, "host:1:x", world.clock.now, timedelta(minutes=1))
    with pytest.raises(SyncBusy):
        erase_connection(world.database, "acme", "owner", world.clock)


def test_one_that_was_cut_short_lets_nobody_in_and_is_finished_by_asking_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.keap_has(sale(1001))
    world.update()
    with world.database.writing("test") as db:
        pausing.suspend(db, find_connection(db, "acme"), "owner", NOON, "The contract has ended")
    with monkeypatch.context() as cut:
        cut.setattr(erasure, "_leave_others", _dies)
        with pytest.raises(KeyError):
            erase_connection(world.database, "acme", "owner", world.clock)
    with world.database.writing("test") as db:
        found = find_connection(db, "acme")
        assert found.suspended_because == "It is being erased."
        for again in (pausing.reinstate, partial(pausing.suspend, reason="Another")):
            with pytest.raises(BeingErased, match="Finish it with: qbwc-service connection erase"):
                again(db, found, "owner", NOON)
    assert world.update().authenticate[1] == "nvu"
    erase_connection(world.database, "acme", "owner", world.clock)
    with world.database.engine.connect() as sql:
        assert inspect(sql).has_table("connection")
        assert sql.execute(select(Connection.id)).first() is None


def _dies(*_arguments: object) -> None:
    raise KeyError
