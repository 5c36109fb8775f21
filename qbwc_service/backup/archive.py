"""The file of a backup: a zip with one member of JSON lines for each table, and a manifest.

A line is a row: an array of its values in the order of the manifest's columns. Times and dates are
ISO 8601 text (UTC), JSON columns their own text. The same file fits every kind of database. The
manifest is the last member, so that a table is counted and digested while it is written.

Exceptions
  BackupUnreadable    it is no backup of ours, or it is damaged
  BackupTooNew        a newer version made it
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Final, cast

import msgspec

from qbwc_service import __version__

Value = bool | int | str | None
Row = Sequence[Value]

FORMAT: Final = "qbwc-service backup"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
_CHUNK = 1 << 20
#: more is a third smaller and takes twice as long
_COMPRESSION = 3


class BackupUnreadable(Exception):
    """It is no backup of this service, or not whole any more."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}. Nothing was changed.")


class BackupTooNew(Exception):
    """Made by a version whose tables this one does not know."""

    def __init__(self, path: Path, version: str, ours: str) -> None:
        super().__init__(
            f"{path} was made by version {version}, which is newer than this one ({ours}). "
            "Install that version or a newer one. Nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is in a database, as a person would ask."""

    connections: tuple[str, ...]
    orders: int

    def __str__(self) -> str:
        if not self.connections:
            return "no connection"
        count = f"{len(self.connections)} connection{'s'[: len(self.connections) != 1]}"
        orders = f"{self.orders:,} order{'s'[: self.orders != 1]}"
        return f"{count} ({', '.join(self.connections)}) with {orders}"


class TableMember(msgspec.Struct, frozen=True):
    """One table: what its lines hold, and what they come to."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str

    @property
    def member(self) -> str:
        return _member(self.name)


class Manifest(msgspec.Struct, frozen=True):
    """What the backup is of, and what is in it."""

    format: str
    format_version: int
    #: of the service that made it, and of its tables
    version: str
    schema_revision: str
    made_at: datetime
    #: "sqlite" or "postgresql"
    database: str
    #: names of the secret keys without which the passwords and logins in it open nothing
    secret_keys: tuple[str, ...]
    connections: tuple[str, ...]
    tables: tuple[TableMember, ...]

    @property
    def holdings(self) -> Holdings:
        orders = sum(table.rows for table in self.tables if table.name == "keap_order")
        return Holdings(self.connections, orders)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


class ArchiveWriter:
    """Writes one backup into an open file: tables first, the manifest last. Close it at the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION)
        self._tables: list[TableMember] = []
        self._encoder = msgspec.json.Encoder()

    @property
    def tables(self) -> tuple[TableMember, ...]:
        return tuple(self._tables)

    def write_table(self, name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """One row at a time goes through; nothing is kept."""
        digest, count = hashlib.sha256(), 0
        buffer = bytearray()
        with self._zip.open(_member(name), "w", force_zip64=True) as member:
            for row in rows:
                self._encoder.encode_into(row, buffer, -1)
                buffer += b"\n"
                count += 1
                if len(buffer) >= _CHUNK:
                    digest.update(buffer)
                    member.write(buffer)
                    buffer = bytearray()
            digest.update(buffer)
            member.write(buffer)
        self._tables.append(TableMember(name, tuple(columns), count, digest.hexdigest()))

    def write_manifest(self, manifest: Manifest) -> None:
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))

    def close(self) -> None:
        self._zip.close()


class Archive:
    """A backup that is read; made by `opened_archive`."""

    def __init__(self, path: Path, opened: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._zip = opened

    def verify(self) -> None:
        """Every member is there, no other, and each is what was written. Raises BackupUnreadable.

        It reads the whole file, and keeps none of it.
        """
        with _only_whole(self.path):
            wanted = {MANIFEST, *(table.member for table in self.manifest.tables)}
            if sorted(self._zip.namelist()) != sorted(wanted):
                raise BackupUnreadable(self.path, "parts of it are missing, or were added")
            for table in self.manifest.tables:
                if self._digest(table) != (table.sha256, table.rows):
                    raise BackupUnreadable(self.path, f"the table {table.name} was altered")

    def rows(self, table: TableMember) -> Iterator[Row]:
        """The rows of a table, one at a time. Raises BackupUnreadable."""
        decoder = msgspec.json.Decoder(list[Value])
        count = 0
        with _only_whole(self.path), self._lines(table) as lines:
            for line in lines:
                row = decoder.decode(line)
                if len(row) != len(table.columns):
                    raise BackupUnreadable(self.path, f"a row of {table.name} is cut short")
                count += 1
                yield row
            if count != table.rows:
                raise BackupUnreadable(self.path, f"rows of {table.name} are missing")

    def _digest(self, table: TableMember) -> tuple[str, int]:
        digest, rows = hashlib.sha256(), 0
        with self._lines(table) as lines:
            while chunk := lines.read(_CHUNK):
                digest.update(chunk)
                rows += chunk.count(b"\n")
        return digest.hexdigest(), rows

    @contextmanager
    def _lines(self, table: TableMember) -> Iterator[BufferedReader]:
        with self._zip.open(table.member) as member:
            # A zip member of its own reads lines in small steps.
            yield BufferedReader(cast("RawIOBase", member), _CHUNK)


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """The backup with its manifest read; not verified yet. Raises BackupUnreadable, OSError."""
    with path.open("rb") as file:
        with _only_whole(path):
            opened = zipfile.ZipFile(file)
            manifest = _read_manifest(path, opened)
        yield Archive(path, opened, manifest)


def _read_manifest(path: Path, opened: zipfile.ZipFile) -> Manifest:
    text = opened.read(MANIFEST)
    head = msgspec.json.decode(text, type=_Head)
    if head.format != FORMAT:
        raise BackupUnreadable(path, "it is no backup of this service")
    if head.format_version > FORMAT_VERSION:
        raise BackupTooNew(path, head.version, __version__)
    return msgspec.json.decode(text, type=Manifest)


class _Head(msgspec.Struct):
    """What every version writes."""

    format: str
    format_version: int
    version: str


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


@contextmanager
def _only_whole(path: Path) -> Iterator[None]:
    """Whatever a damaged zip file brings about is one error."""
    try:
        yield
    except zipfile.BadZipFile as error:
        raise BackupUnreadable(path, "it is damaged, cut short, or no backup") from error
    except KeyError as error:
        raise BackupUnreadable(path, "it is no backup of this service") from error
    except (
        *(zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError),
        msgspec.MsgspecError,
    ) as error:
        raise BackupUnreadable(path, "it is damaged") from error
