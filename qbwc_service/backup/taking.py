"""A backup is one state of the database, while the service runs and writes.

SQLite shows a reader the state of its first SELECT (WAL), PostgreSQL that of its snapshot
(REPEATABLE READ); neither keeps a writer waiting. The file is written beside its target, read
again as a whole, put on the disk, and only then gets its name.

Exceptions
  BackupExists      there is such a file already
  NothingToBackUp   the database has no tables
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, text

from qbwc_service import __version__, database_schema, private_files
from qbwc_service.backup.archive import (
    FORMAT,
    FORMAT_VERSION,
    ArchiveWriter,
    Manifest,
    Row,
    opened_archive,
)
from qbwc_service.backup.table_rows import TableShape, our_tables, read_rows
from qbwc_service.database import Database
from qbwc_service.database_engines import ServerLimits
from qbwc_service.key_rotation import KEY_NAMES, SECRETS
from qbwc_service.secrecy import Secrecy


class BackupExists(Exception):
    """Nothing is overwritten unasked."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is there already and was left as it is. Choose another name, or --replace."
        )


class NothingToBackUp(Exception):
    """There are no tables to be backed up."""

    def __init__(self) -> None:
        super().__init__("The database has no tables yet: there is nothing to back up.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is on the disk, read again and found whole."""

    path: Path
    size: int
    manifest: Manifest
    #: secrets in it that no key of this installation opens
    unreadable_secrets: int


def take(
    database: Database, secrecy: Secrecy, path: Path, *, now: datetime, replace: bool = False
) -> Taken:
    """Write the backup. Raises BackupExists, NothingToBackUp, DatabaseNotMigrated, OSError."""
    if path.exists() and not replace:
        raise BackupExists(path)
    with private_files.beside(path) as part:
        with private_files.created(part) as file:
            with one_state(database) as connection:
                manifest, unreadable = _write(connection, secrecy, file, now)
            file.flush()
            os.fsync(file.fileno())
        with opened_archive(part) as written:
            written.verify()
        size = part.stat().st_size
        if path.exists() and not replace:
            raise BackupExists(path)
        part.replace(path)
    _remember_name(path.parent)
    return Taken(path, size, manifest, unreadable)


@contextmanager
def one_state(database: Database) -> Iterator[Connection]:
    """A connection that sees the database as it is now, however long that takes."""
    # A slow disk is no reason to give up.
    own = Database(
        database.url, ServerLimits(pool_size=1, overflow=0, statement_seconds=0, silent_seconds=0)
    )
    try:
        with own.engine.connect() as opened:
            connection = opened
            if not own.is_sqlite:
                connection = opened.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection
    finally:
        own.close()


def _write(
    connection: Connection, secrecy: Secrecy, file: IO[bytes], now: datetime
) -> tuple[Manifest, int]:
    revision = database_schema.known_revision(connection)
    if not revision:
        raise NothingToBackUp
    keys = _NeededKeys(secrecy)
    with closing(ArchiveWriter(file)) as archive:
        for table in our_tables(connection):
            rows = keys.seen(table, read_rows(connection, table))
            archive.write_table(table.name, table.columns, rows)
        names = connection.execute(text("SELECT name FROM connection ORDER BY name")).scalars()
        manifest = Manifest(
            format=FORMAT,
            format_version=FORMAT_VERSION,
            version=__version__,
            schema_revision=revision,
            made_at=now,
            database=connection.dialect.name,
            secret_keys=tuple(sorted(keys.names)),
            connections=tuple(names),
            tables=archive.tables,
        )
        archive.write_manifest(manifest)
    return manifest, keys.unreadable


class _NeededKeys:
    """Looks at the secrets that go by, for the keys that they belong to."""

    def __init__(self, secrecy: Secrecy) -> None:
        self._secrecy = secrecy
        self.names: set[str] = set()
        self.unreadable = 0

    def seen(self, table: TableShape, rows: Iterator[Row]) -> Iterator[Row]:
        named = _places(table, KEY_NAMES)
        secret = _places(table, SECRETS)
        if not named and not secret:
            return rows
        return self._looked_at(rows, named, secret)

    def _looked_at(self, rows: Iterator[Row], named: list[int], secret: list[int]) -> Iterator[Row]:
        for row in rows:
            self.names |= {str(row[place]) for place in named if row[place]}
            for place in secret:
                if row[place]:
                    key = self._secrecy.key_of(str(row[place]))
                    self.unreadable += not key
                    self.names |= {key} - {""}
            yield row


def _places(table: TableShape, wanted: Mapping[str, tuple[str, ...]]) -> list[int]:
    columns = wanted.get(table.name, ())
    return [place for place, name in enumerate(table.columns) if name in columns]


def _remember_name(folder: Path) -> None:
    """The new name survives a power cut, where folders can be put on the disk."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
