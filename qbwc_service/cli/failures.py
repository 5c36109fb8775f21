"""What went wrong, in one sentence, and the exit code: the only place that decides it.

1    what was asked for cannot be done; the sentence says why
2    the command was written wrongly (click says it)
70   our own mistake
130  stopped by Ctrl-C
"""

from pathlib import Path

import click
from sqlalchemy import exc as sql

from qbwc_service.backup.archive import BackupTooNew, BackupUnreadable
from qbwc_service.backup.restoring import RestoreRefused
from qbwc_service.backup.table_rows import RowsRefused
from qbwc_service.backup.taking import BackupExists, NothingToBackUp
from qbwc_service.config import ConfigError
from qbwc_service.connections import (
    ConnectionExists,
    ConnectionNameUnusable,
    ConnectionUnknown,
    KeapAccountUnusable,
)
from qbwc_service.database import DatabaseBusy
from qbwc_service.database_schema import DatabaseNotMigrated
from qbwc_service.erasure import ContactNotErasable, NotPaused
from qbwc_service.export import ExportRefused
from qbwc_service.first_owner import PasswordFileUnusable
from qbwc_service.key_rotation import KeyRotationRefused
from qbwc_service.ledger.decisions import DecisionRefused
from qbwc_service.ledger.list_entries import ChoiceRefused
from qbwc_service.ledger.mappings import MappingRefused
from qbwc_service.ledger.pausing import BeingErased, Suspended
from qbwc_service.people import PersonRefused
from qbwc_service.planning.rule import RuleRefused
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.settings import SettingError
from qbwc_service.settings_file import SettingsFileRefused
from qbwc_service.staging.failures import LoginRefused, SyncBusy, SyncFailed
from qwc import QwcInvalid

REFUSED = 1
OUR_MISTAKE = 70
INTERRUPTED = 130

_SAY_THEMSELVES = (
    BackupExists,
    BackupTooNew,
    BackupUnreadable,
    BeingErased,
    ChoiceRefused,
    ConfigError,
    ContactNotErasable,
    ConnectionExists,
    ConnectionNameUnusable,
    ConnectionUnknown,
    DatabaseBusy,
    DatabaseNotMigrated,
    DecisionRefused,
    ExportRefused,
    KeapAccountUnusable,
    KeyRotationRefused,
    LoginRefused,
    MappingRefused,
    NotPaused,
    NothingToBackUp,
    PasswordFileUnusable,
    PersonRefused,
    QwcInvalid,
    RestoreRefused,
    RowsRefused,
    RuleRefused,
    SecretUnreadable,
    SettingError,
    SettingsFileRefused,
    Suspended,
    SyncBusy,
    SyncFailed,
)


class Refused(click.ClickException):
    """A command's own refusal: the sentence and exit code 1."""

    exit_code = REFUSED


def sentence(error: Exception) -> str | None:
    """What to tell the person; None for an error that only a programmer can do something about."""
    match error:
        case sql.OperationalError() | sql.InterfaceError():
            return f"The database does not answer: {_first_line(error.orig)}. {_CHECK}"
        case LoginRefused() | SyncFailed() if error.message in _MENDED_BY_LOGIN:
            return f"{error} {_LOGIN.format(getattr(error, 'connection', 'NAME'))}"
        case FileNotFoundError(filename=str(path)) if not Path(path).parent.exists():
            return (
                f"The folder {Path(path).parent} does not exist. Nothing was written. Make it, or "
                "name another."
            )
        case ModuleNotFoundError(name="psycopg"):
            return 'PostgreSQL needs one more package: install the service with ".[postgres]".'
        case OSError(strerror=str(reason)):
            return f"{error.filename}: {reason}." if error.filename else f"{reason}."
        case _:
            return str(error) if isinstance(error, _SAY_THEMSELVES) else None


_CHECK = "Check QBWC_DATABASE_URL."
#: the catalogue tells them what to press on the pages
_MENDED_BY_LOGIN = frozenset({"keap-not-connected", "keap-key-refused", "keap-sign-in-again"})
_LOGIN = (
    'Here: "qbwc-service connection login {0}", or "qbwc-service connection key {0} '
    '--keap-key-file FILE".'
)


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
