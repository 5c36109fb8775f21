"""What every command works with: the configuration, the open database, the secrets."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from qbwc_service import database_schema
from qbwc_service.config import Config, ConfigError
from qbwc_service.database import Database
from qbwc_service.database_schema import DatabaseNotMigrated
from qbwc_service.logs import set_up_logging
from qbwc_service.secrecy import Secrecy

#: "must-fit": refuse tables of another version; "make": make them where there are none at all;
#: "upgrade": bring them up to this version; "as-it-is": whatever tables are there, or none;
#: "or-nothing": not even the file has to be there
Tables = Literal["must-fit", "make", "upgrade", "as-it-is", "or-nothing"]

#: the first bytes are no SQLite's, or what comes behind them is not
_NO_DATABASE = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_VARIABLE = "QBWC_DATABASE_URL"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One command's configuration, database and secrets."""

    config: Config
    database: Database
    secrecy: Secrecy


@contextmanager
def opened(tables: Tables = "must-fit", *, chatty: bool = False) -> Iterator[Surroundings]:
    """The surroundings by the environment. `chatty`: the log may show more than warnings.

    Raises ConfigError, DatabaseNotMigrated, and SQLAlchemy's errors where it cannot be opened.
    """
    config = Config.from_environment()
    level = config.log_level if chatty or config.log_level != "INFO" else "WARNING"
    set_up_logging(level, config.log_format)
    if chatty:
        for warning in config.warnings:
            _log.warning(warning)
    database = _database(config)
    try:
        if tables in ("must-fit", "as-it-is"):
            _refuse_missing_file(config.database_url)
        if tables == "upgrade" or (tables == "make" and database_schema.is_empty(database)):
            database_schema.upgrade(database)
        if tables not in ("as-it-is", "or-nothing"):
            database_schema.check_schema(database)
        yield Surroundings(config, database, config.secrecy())
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _NO_DATABASE:
            raise
        reason = f"{make_url(config.database_url).database} cannot be read as a SQLite database"
        raise ConfigError(_VARIABLE, f"{reason} ({error.orig}). Name another file.") from error
    finally:
        database.close()


def _refuse_missing_file(url: str) -> None:
    """SQLite would make an empty one, also under a name that was mistyped."""
    file = make_url(url).database or ":memory:"
    is_file = url.startswith("sqlite:") and not file.startswith((":memory:", "file:"))
    if is_file and not Path(file).exists():
        raise DatabaseNotMigrated(
            f'There is no database {file} yet. "qbwc-service migrate" makes it; if it is '
            f"elsewhere, correct {_VARIABLE}."
        )


def _database(config: Config) -> Database:
    try:
        return Database(config.database_url, config.database_limits)
    except (ArgumentError, ValueError) as error:
        raise ConfigError(_VARIABLE, "this is no address of a database") from error
