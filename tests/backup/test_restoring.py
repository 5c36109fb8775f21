"""A restore: everything or nothing, into either kind of database, from this version or an older."""

import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text

from qbwc_service import database_schema
from qbwc_service.backup import restoring
from qbwc_service.backup.archive import MANIFEST, BackupTooNew, BackupUnreadable
from qbwc_service.backup.restoring import RestoreRefused
from qbwc_service.backup.table_rows import RowsRefused
from qbwc_service.database import Database
from qbwc_service.database_schema import DatabaseNotMigrated
from qbwc_service.ledger.models import (
    Connection,
    Event,
    KeapOrder,
    Lease,
    MessageSet,
    UpdateSession,
)
from qbwc_service.matching.keys import search_key
from qbwc_service.webconnector import unclaimed
from tests.backup.conftest import Made, back_up, restore
from tests.backup.every_table import ROWS, all_rows, fill
from tests.databases import ENGINES, Engine
from tests.ledger_rows import NOON

BOTH_WAYS = [(one, other) for one in ENGINES for other in ENGINES]
#: what is of the old time, or is told (backup.check_first)
NOT_COMPARED = ("lease", "drain", "login_failure", "keap_sign_in_try", "event")


def filled(made: Made, engine: Engine = Engine.SQLITE, name: str = "here") -> Database:
    """Rows in every table; nothing in them is under way, and a restore has nothing to change."""
    database = made(engine, name)
    with database.writing("test") as db:
        fill(db)
        for session in db.scalars(select(UpdateSession)):
            session.ended_at = session.ended_at or NOON
        for connection in db.scalars(select(Connection)):
            connection.quickbooks = {"facts": connection.quickbooks, unclaimed.EVERY_KIND: True}
        for message_set in db.scalars(select(MessageSet)):
            message_set.sent_at = message_set.sent_at or NOON
        db.execute(text("DELETE FROM keap_sign_in WHERE state = 'pending'"))
        db.execute(text("DELETE FROM invitation_connection"))
        db.execute(text("DELETE FROM invitation"))
        db.execute(text("UPDATE alert_delivery SET state = 'sent' WHERE state = 'waiting'"))
    return database


@contextmanager
def unchanged(database: Database) -> Iterator[None]:
    before = all_rows(database)
    database.close()
    yield
    assert all_rows(database) == before


@pytest.mark.parametrize(("source", "target"), BOTH_WAYS)
def test_what_was_backed_up_is_there_again(
    made: Made, empty: Made, tmp_path: Path, source: Engine, target: Engine
) -> None:
    here, there = filled(made, source), empty(target, "there")
    back_up(here, tmp_path / "a.zip")
    restored = restore(there, tmp_path / "a.zip")
    database_schema.check_schema(there)
    old, new = all_rows(here), all_rows(there)
    assert {k: v for k, v in new.items() if k not in NOT_COMPARED} == {
        k: v for k, v in old.items() if k not in NOT_COMPARED
    }
    assert new["event"][:ROWS] == old["event"]
    assert len(restored.connections) == ROWS
    with there.writing("test") as db:
        # Ids go on behind the largest.
        db.add(Event(connection_id=1000, order_id=None, at=NOON, who="Bea", text="next"))
        db.flush()
        assert db.scalar(select(Event.id).where(Event.text == "next")) == ROWS * 1000 + ROWS + 1


def test_only_an_empty_database_is_filled_unasked(made: Made, empty: Made, tmp_path: Path) -> None:
    back_up(filled(made), tmp_path / "a.zip")
    there = empty(Engine.SQLITE, "there")
    restore(there, tmp_path / "a.zip")
    with unchanged(there), pytest.raises(RestoreRefused, match=r"7 connections .* with 7 orders"):
        restore(there, tmp_path / "a.zip")
    with there.writing("test") as db:
        db.execute(text("DELETE FROM event"))
    restore(there, tmp_path / "a.zip", replace=True)
    assert len(all_rows(there)["event"]) == 2 * ROWS


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_without_rows_count_as_empty_and_others_tables_stay(
    made: Made, empty: Made, tmp_path: Path, engine: Engine
) -> None:
    back_up(filled(made), tmp_path / "a.zip")
    there = empty(engine, "there")
    database_schema.upgrade(there)
    with there.writing("test") as db:
        db.execute(text("CREATE TABLE somebody_elses (id INTEGER)"))
        db.execute(text("INSERT INTO somebody_elses VALUES (1)"))
    assert restoring.in_database(there) is None
    restore(there, tmp_path / "a.zip")
    with there.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM somebody_elses")) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_running_service_is_noticed(
    made: Made, empty: Made, tmp_path: Path, engine: Engine
) -> None:
    back_up(filled(made), tmp_path / "a.zip")
    there = empty(engine, "there")
    database_schema.upgrade(there)
    with closing(Database(there.url)) as service:
        with service.reading() as db:
            db.execute(select(Lease)).all()
        # It keeps its connection in the pool, as a service at rest does.
        with pytest.raises(RestoreRefused, match="has the database open"):
            restore(there, tmp_path / "a.zip")
    assert restoring.in_database(there) is None
    restore(there, tmp_path / "a.zip")


def test_an_altered_or_cut_file_is_refused_and_nothing_is_changed(
    made: Made, empty: Made, tmp_path: Path
) -> None:
    path, bad = tmp_path / "a.zip", tmp_path / "bad.zip"
    back_up(filled(made), path)
    there = empty(Engine.SQLITE, "there")
    restore(there, path)
    whole = path.read_bytes()
    dice = random.Random(5)
    places = [dice.randrange(len(whole)) for _ in range(40)]
    cut = [whole[:place] for place in places[:10]]
    altered = [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in places]
    with unchanged(there):
        for content in (b"", b"nonsense", *cut):
            bad.write_bytes(content)
            with pytest.raises(BackupUnreadable, match="Nothing was changed"):
                restore(there, bad, replace=True)
    good = all_rows(there)
    for content in altered:
        bad.write_bytes(content)
        try:
            restore(there, bad, replace=True)
        except BackupUnreadable:
            assert all_rows(there) == good
        else:
            # Some bytes mean nothing, as the times of the members: then it is all there.
            assert without_events(all_rows(there)) == without_events(good)
            good = all_rows(there)


def without_events(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {name: some for name, some in rows.items() if name != "event"}


@pytest.mark.parametrize(
    ("member", "change", "reason"),
    [
        ("tables/keap_order.jsonl", b"", "the table keap_order was altered"),
        ("tables/keap_order.jsonl", None, "parts of it are missing"),
        ("manifest.json", None, "no backup of this service"),
        ("manifest.json", b"{}", "it is damaged"),
        ("tables/more.jsonl", b"[]", "or were added"),
    ],
)
def test_a_file_that_was_packed_anew_is_no_backup(
    made: Made, empty: Made, tmp_path: Path, member: str, change: bytes | None, reason: str
) -> None:
    path = tmp_path / "a.zip"
    back_up(filled(made), path)
    repack(path, lambda members: members | {member: change})
    there = empty(Engine.SQLITE, "there")
    with pytest.raises(BackupUnreadable, match=reason):
        restore(there, path)
    assert database_schema.is_empty(there)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"schema_revision": "', b'"schema_revision": "9'),
        (b'"format_version": ', b'"format_version": 9'),
    ],
)
def test_a_backup_of_a_newer_version_is_refused_in_a_sentence(
    made: Made, empty: Made, tmp_path: Path, old: bytes, new: bytes
) -> None:
    path = tmp_path / "a.zip"
    back_up(filled(made), path)
    repack(path, lambda members: members | {MANIFEST: members[MANIFEST].replace(old, new)})
    with pytest.raises(BackupTooNew, match="newer than this one"):
        restore(empty(Engine.SQLITE, "there"), path)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_restore_that_fails_half_way_leaves_what_was_there(
    made: Made, empty: Made, tmp_path: Path, engine: Engine
) -> None:
    """A row in the last table that refers to a posting which is not in it."""
    path, bad = tmp_path / "a.zip", tmp_path / "bad.zip"
    here = filled(made)
    back_up(here, path)
    there = empty(engine, "there")
    restore(there, path)
    with closing(Database(here.url)) as loose:
        event.listen(loose.engine, "connect", without_foreign_keys)
        with loose.writing("test") as db:
            db.execute(text("UPDATE error_entry SET posting_id = 99 WHERE id = 1000"))
    back_up(here, bad)
    with unchanged(there), pytest.raises((BackupUnreadable, RowsRefused), match="error_entry"):
        restore(there, bad, replace=True)


def test_a_backup_of_an_older_version_is_brought_up_to_this_one(
    empty: Made, tmp_path: Path
) -> None:
    """The tables of 0004, one connection with an order in them."""
    older = empty(Engine.SQLITE, "older")
    database_schema.upgrade(older)
    database_schema.downgrade(older, "0004")
    with older.writing("test") as db:
        db.execute(text(_CONNECTION_OF_0004))
        db.execute(text(_ORDER_OF_0004))
    taken = back_up(older, tmp_path / "a.zip")
    assert taken.manifest.schema_revision == "0004"
    for engine in ENGINES:
        there = empty(engine, f"there-{engine.value}")
        assert restore(there, tmp_path / "a.zip").schema_revision == "0004"
        database_schema.check_schema(there)
        with there.reading() as db:
            (order,) = db.scalars(select(KeapOrder))
            # What later migrations made of it: 0015 fills the column that is searched.
            assert (order.keap_id, order.customer_name, order.search_name) == (
                *(1001, "Zoë LEE"),
                search_key("Zoë LEE"),
            )


_CONNECTION_OF_0004 = """
    INSERT INTO connection (id, name, uid, created_at, paused, settings, user_name, password_digest,
      password_key, owner_id, file_id, keap_account, keap_key, keap_tenant, keap_account_name,
      test_merchants, order_payment_unit, keap_pace, time_zone, currency, payments_watermark,
      last_sync_trouble, company_file, company_name, quickbooks, quickbooks_clock, write_block,
      write_block_details, last_contact_result)
    VALUES (7, 'acme', 'u', '2026-11-01 12:00:00.000000', 0, '{}', 'acme-1', 'd', 'k', 'o', 'f', '',
      '', '', '', '[]', '', '', '', 'USD', 0, '', '', '', '{}', '', '', '{}', '')
"""
_ORDER_OF_0004 = """
    INSERT INTO keap_order (connection_id, keap_id, invoice_id, title, contact_id, customer_name,
      currency, total, raw, sale, content_hash, read_at, status, cause, subject, skip, has_work,
      needs_plan, next_try_at, is_checked, overrides)
    VALUES (7, 1001, '1001', '', '4417', 'Zoë LEE', 'USD', 1000, '{}', '{}', 'h',
      '2026-11-23 12:00:00.000000', 'ready', '', '', '', 1, 1, '1970-01-01 00:00:00.000000', 1,
      '[]')
"""


def test_a_database_of_a_newer_version_is_left_alone(
    made: Made, empty: Made, tmp_path: Path
) -> None:
    back_up(filled(made), tmp_path / "a.zip")
    there = empty(Engine.SQLITE, "there")
    restore(there, tmp_path / "a.zip")
    with there.writing("test") as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with unchanged(there), pytest.raises(DatabaseNotMigrated, match="newer version"):
        restore(there, tmp_path / "a.zip", replace=True)


def repack(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The same zip file with other members; those that are None are left out."""
    with zipfile.ZipFile(path) as old:
        members = change({name: old.read(name) for name in old.namelist()})
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)


def without_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")
