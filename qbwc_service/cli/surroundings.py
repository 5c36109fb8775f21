"""What every command works with: the configuration, the open database, the secrets."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import ArgumentError

from qbwc_service import database_schema
from qbwc_service.config import Config, ConfigError
from qbwc_service.database import Database
from qbwc_service.logs import set_up_logging
from qbwc_service.secrecy import Secrecy

#: "must-fit": refuse tables of another version; "make": make them where there are none at all;
#: "upgrade": bring them up to this version; "as-it-is": whatever is there, or nothing
Tables = Literal["must-fit", "make", "upgrade", "as-it-is"]


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
        if tables == "upgrade" or (tables == "make" and database_schema.is_empty(database)):
            database_schema.upgrade(database)
        if tables != "as-it-is":
            database_schema.check_schema(database)
        yield Surroundings(config, database, config.secrecy())
    finally:
        database.close()


def _database(config: Config) -> Database:
    try:
        return Database(config.database_url, config.database_limits)
    except (ArgumentError, ValueError) as error:
        raise ConfigError("QBWC_DATABASE_URL", "this is no address of a database") from error
