"""A backup: one state, the owner's alone, whole or not there at all, never over another unasked."""

import stat
import threading
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import text

from qbwc_service import database_schema, private_files
from qbwc_service.backup.archive import ArchiveWriter, Row, opened_archive
from qbwc_service.backup.taking import BackupExists, NothingToBackUp
from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection, Lease
from qbwc_service.secrecy import Secrecy
from tests.backup.conftest import Made, back_up
from tests.backup.every_table import ROWS, TABLES, fill
from tests.databases import ENGINES, Engine
from tests.ledger_rows import NOON
from tests.world import KEY


def leases(path: Path) -> list[Row]:
    with opened_archive(path) as opened:
        (table,) = [each for each in opened.manifest.tables if each.name == "lease"]
        return list(opened.rows(table))


def test_the_manifest_tells_what_is_in_it(made: Made, tmp_path: Path) -> None:
    database = made(Engine.SQLITE, "here")
    with database.writing("test") as db:
        fill(db)
    taken = back_up(database, tmp_path / "a.zip")
    manifest = taken.manifest
    assert {table.name: table.rows for table in manifest.tables} == {
        table.name: ROWS for table in TABLES
    }
    assert (manifest.made_at, manifest.database) == (NOON, "sqlite")
    assert manifest.schema_revision == database_schema.newest_revision()
    assert manifest.holdings.orders == len(manifest.connections) == ROWS
    with opened_archive(tmp_path / "a.zip") as opened:
        assert opened.manifest == manifest


def test_it_is_its_owners_alone_and_nothing_lies_beside_it(made: Made, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    taken = back_up(made(Engine.SQLITE, "here"), folder / "a.zip")
    assert stat.S_IMODE(taken.path.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [taken.path]
    assert taken.size == taken.path.stat().st_size


def test_it_is_closed_before_it_gets_its_name(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows renames no open file."""
    files: list[IO[bytes]] = []
    created, replace = private_files.created, Path.replace

    def watched(path: Path) -> IO[bytes]:
        files.append(created(path))
        return files[-1]

    def renamed(path: Path, target: Path) -> Path:
        assert [file.closed for file in files] == [True]
        return replace(path, target)

    monkeypatch.setattr(private_files, "created", watched)
    monkeypatch.setattr(Path, "replace", renamed)
    assert back_up(made(Engine.SQLITE, "here"), tmp_path / "a.zip").path.exists()


def test_another_file_is_overwritten_only_when_told_to(made: Made, tmp_path: Path) -> None:
    database, path = made(Engine.SQLITE, "here"), tmp_path / "a.zip"
    path.write_text("somebody's")
    with pytest.raises(BackupExists, match="is there already"):
        back_up(database, path)
    assert path.read_text() == "somebody's"
    back_up(database, path, replace=True)
    assert leases(path) == []


def test_a_backup_that_fails_leaves_the_one_before(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, path = made(Engine.SQLITE, "here"), tmp_path / "backups" / "a.zip"
    path.parent.mkdir()
    back_up(database, path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ArchiveWriter, "write_manifest", full)
    with pytest.raises(OSError, match="No space left"):
        back_up(database, path, replace=True)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_without_tables_there_is_nothing_to_back_up(empty: Made, tmp_path: Path) -> None:
    with pytest.raises(NothingToBackUp):
        back_up(empty(Engine.SQLITE, "here"), tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_it_names_the_keys_that_it_needs(made: Made, tmp_path: Path) -> None:
    database = made(Engine.SQLITE, "here")
    ours, older, gone = Secrecy(KEY), Secrecy(bytes(32)), Secrecy(bytes([7] * 32))
    with database.writing("test") as db:
        fill(db)
        db.execute(text("UPDATE keap_sign_in SET access_token = '', refresh_token = ''"))
        db.execute(text("UPDATE keap_sign_in SET previous_refresh_token = ''"))
        db.execute(text("UPDATE keap_sign_in_try SET verifier = ''"))
        db.execute(text("UPDATE connection SET keap_key = '', webhook_key = '', password_key = ''"))
        first, second = db.query(Connection).limit(2)
        first.keap_key = ours.encrypt("key")
        first.password_key = older.key_id
        second.webhook_key = gone.encrypt("key")
    taken = back_up(database, tmp_path / "a.zip")
    assert taken.manifest.secret_keys == tuple(sorted((ours.key_id, older.key_id)))
    assert taken.unreadable_secrets == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_it_is_one_state_while_another_writes(
    made: Made, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each table is read after a further change; the writer is never kept waiting."""
    database = made(engine, "here")
    other = Database(database.url)
    write_table = ArchiveWriter.write_table
    written = 0

    def write_to_both() -> None:
        nonlocal written
        with other.writing("test") as db:
            written += 1
            db.add(Lease(name=f"sync:{written}", owner="other", expires_at=NOON))
            db.execute(text(_FAILURE), {"key": f"admin:{written}", "at": NOON.replace(tzinfo=None)})

    def while_others_write(self: ArchiveWriter, *given: object) -> None:
        # In a thread of its own, as a process of its own would: it may not wait for the backup.
        writer = threading.Thread(target=write_to_both)
        writer.start()
        writer.join(timeout=60)
        assert not writer.is_alive()
        write_table(self, *given)  # type: ignore[arg-type]

    write_to_both()
    monkeypatch.setattr(ArchiveWriter, "write_table", while_others_write)
    try:
        taken = back_up(database, tmp_path / "a.zip")
    finally:
        other.close()
    rows = {table.name: table.rows for table in taken.manifest.tables}
    assert written == len(TABLES) + 1
    # The snapshot is that of the first SELECT, which may come after the first of these writes.
    assert rows["lease"] == rows["login_failure"] <= 2


_FAILURE = "INSERT INTO login_failure (key, count, last_at) VALUES (:key, 1, :at)"
