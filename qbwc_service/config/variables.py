"""Every variable that the service reads: the one table behind reading, checking and documents.

To add one: an entry here (a test then demands its row in docs/settings.md), a field of Config
and its line in `_read` (config/__init__.py).
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic

import platformdirs

from qbwc_service.config import checks
from qbwc_service.config.checks import Check, T
from qbwc_service.logs import Format
from qbwc_service.mail_server import Security
from qbwc_service.retention import USUAL

APP_NAME: Final = "qbwc-service"


@dataclass(frozen=True, slots=True)
class Variable(Generic[T]):
    """One variable of the environment or line of the file."""

    name: str
    check: Check[T]
    meaning: str
    #: the text that counts where none is given; "": none
    default: str = ""
    #: what happens without one, for people; "": `default` says it
    without: str = "not set"
    #: the default of this machine, where it differs between machines
    here: Callable[[], str] | None = None
    #: its text is shown to nobody
    is_secret: bool = False

    def read_default(self) -> T:
        """Raises Unusable where there is none."""
        return self.check.read(self.default)


def default_file() -> Path:
    """Where the file is looked for that QBWC_CONFIG_FILE does not name."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / APP_NAME / "service.env"
    return Path("/etc") / APP_NAME / "service.env"


def default_database() -> Path:
    """The SQLite file of whoever names no database."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "service.db"


def default_key_file() -> Path:
    """Outside the data folder, so that a copied database alone opens nothing."""
    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "secret.key"


_KEPT: Final = checks.whole(30, 36_500)

CONFIG_FILE: Final = Variable(
    "QBWC_CONFIG_FILE",
    checks.FILE,
    "The file with all the other variables. In the environment alone.",
    without="`/etc/qbwc-service/service.env`, on Windows "
    "`%ProgramData%\\qbwc-service\\service.env`; it need not exist",
    here=lambda: str(default_file()),
)
DATABASE_URL: Final = Variable(
    "QBWC_DATABASE_URL",
    checks.DATABASE_URL,
    "`sqlite:////path/to/service.db` or `postgresql+psycopg://user@host/name`.",
    without="a SQLite file in the user's data folder",
    here=lambda: f"sqlite:///{default_database()}",
)
DATABASE_POOL: Final = Variable(
    "QBWC_DATABASE_POOL",
    checks.whole(1, 500),
    "PostgreSQL: connections that one process keeps open.",
    "12",
)
DATABASE_POOL_EXTRA: Final = Variable(
    "QBWC_DATABASE_POOL_EXTRA",
    checks.whole(0, 500),
    "PostgreSQL: connections that it may open beyond these for a moment.",
    "4",
)
DATABASE_STATEMENT_SECONDS: Final = Variable(
    "QBWC_DATABASE_STATEMENT_SECONDS",
    checks.whole(0, 86_400),
    "PostgreSQL: the longest that one statement may take, in seconds; 0: as long as it likes. "
    "What takes longer is undone and told as *busy*.",
    "60",
)
PUBLIC_URL: Final = Variable(
    "QBWC_PUBLIC_URL",
    checks.own_address("http://localhost:8000"),
    "The address under which the QuickBooks computer and your browser reach the service. "
    "`https://`, except on localhost.",
    "http://localhost:8000",
)
SECRET_KEY_FILE: Final = Variable(
    "QBWC_SECRET_KEY_FILE",
    checks.FILE,
    "File with 64 hexadecimal digits. Several lines: the first is current, the others still open "
    "what they made. It opens the stored Keap logins and checks the passwords: keep it apart from "
    "copies of the database. Make one with `openssl rand -hex 32 > FILE`.",
    without="a file in the user's configuration folder, made at the first start",
    here=lambda: str(default_key_file()),
)
SECRET_KEY: Final = Variable(
    "QBWC_SECRET_KEY",
    checks.KEYS,
    "The same key, or several (the first is current), instead of a file.",
    is_secret=True,
)
ADMIN_PASSWORD_FILE: Final = Variable(
    "QBWC_ADMIN_PASSWORD_FILE",
    checks.FILE,
    "File whose first line (8 characters or more) is the password of `owner` for the admin pages, "
    "from the next start on.",
    without="the first start makes a password and shows it once",
)
TRUSTED_PROXIES: Final = Variable(
    "QBWC_TRUSTED_PROXIES",
    checks.whole(0, 10),
    "How many proxies in front set `X-Forwarded-For`, `-Proto` and `-Host`. With 0 these headers "
    "are ignored.",
    "0",
)
LOG_LEVEL: Final = Variable(
    "QBWC_LOG_LEVEL", checks.LOG_LEVEL, "What is logged: this and what is worse.", "INFO"
)
LOG_FORMAT: Final = Variable(
    "QBWC_LOG_FORMAT",
    checks.one_of(Format),
    "How a record of the log is written: a line of text, or a JSON object on a line. See "
    "[operator.md](operator.md#the-log).",
    Format.TEXT.value,
)
KEEP_MESSAGES_DAYS: Final = Variable(
    "QBWC_KEEP_MESSAGES_DAYS",
    # A Web Connector that was away for weeks may bring an answer, and who helps looks back so far.
    _KEPT,
    "How many days the texts of settled messages to and from QuickBooks are kept. See "
    "[operator.md](operator.md#what-is-kept-and-for-how-long).",
    str(USUAL.messages),
)
KEEP_UPDATES_DAYS: Final = Variable(
    "QBWC_KEEP_UPDATES_DAYS",
    _KEPT,
    "The same of updates that sent nothing and met no trouble.",
    str(USUAL.updates),
)
KEEP_ALERTS_DAYS: Final = Variable(
    "QBWC_KEEP_ALERTS_DAYS",
    _KEPT,
    "The same of alerts that were delivered or given up.",
    str(USUAL.alerts),
)
KEEP_ERRORS_DAYS: Final = Variable(
    "QBWC_KEEP_ERRORS_DAYS",
    _KEPT,
    "The same of entries of the error log, from when they were solved.",
    str(USUAL.errors),
)
KEEP_NOTES_DAYS: Final = Variable(
    "QBWC_KEEP_NOTES_DAYS",
    _KEPT,
    "The same of the service's notes that are about no order.",
    str(USUAL.notes),
)
KEEP_HISTORY_DAYS: Final = Variable(
    "QBWC_KEEP_HISTORY_DAYS",
    # Books are looked at again a year later, whoever looks.
    checks.whole(400, 36_500),
    "The same of the history of orders, what people did, and the audit.",
    str(USUAL.history),
)
METRICS_TOKEN_FILE: Final = Variable(
    "QBWC_METRICS_TOKEN_FILE",
    checks.FILE,
    "File with the token that opens `/metrics`, one word of 20 characters or more. See "
    "[operator.md](operator.md#metrics).",
    without="not set: nobody sees the metrics",
)
SMTP_HOST: Final = Variable(
    "QBWC_SMTP_HOST",
    checks.HOST,
    "The mail server that alerts go through. Without it nobody is told by e-mail.",
)
SMTP_PORT: Final = Variable(
    "QBWC_SMTP_PORT",
    checks.whole(1, 65_535),
    "Its port.",
    without="`587`; `465` with `tls`, `25` with `none`",
)
SMTP_SECURITY: Final = Variable(
    "QBWC_SMTP_SECURITY",
    checks.one_of(Security),
    "How the way to it is kept private. Its certificate is checked. With a password, `none` only "
    "on this computer.",
    "starttls",
)
SMTP_USER: Final = Variable(
    "QBWC_SMTP_USER", checks.TEXT, "The user name there.", without="not set: without signing in"
)
SMTP_PASSWORD_FILE: Final = Variable(
    "QBWC_SMTP_PASSWORD_FILE", checks.FILE, "File with that user's password, and nothing else."
)
SMTP_FROM: Final = Variable(
    "QBWC_SMTP_FROM",
    checks.EMAIL,
    "The address that alerts come from. Needed with a mail server.",
)
OPERATOR_EMAILS: Final = Variable(
    "QBWC_OPERATOR_EMAILS",
    checks.EMAILS,
    "Who runs the service: told when many QuickBooks computers stop calling at once.",
    without="not set: only the log says so",
)
WEBHOOK_PRIVATE_HOSTS: Final = Variable(
    "QBWC_WEBHOOK_PRIVATE_HOSTS",
    checks.HOSTS,
    "Hosts inside your own network that alerts may be posted to. All others have to be public "
    "addresses.",
)
KEAP_API_URL: Final = Variable(
    "KEAP_API_URL",
    checks.web_address("https://api.keap.com/crm"),
    "Keap's interface; another address is for tests.",
    "https://api.keap.com/crm",
)
KEAP_CLIENT_ID: Final = Variable(
    "KEAP_CLIENT_ID",
    checks.WORD,
    "For *Sign in with Keap*: the client id from keys.developer.keap.com.",
    without="not set: only the key way is offered",
)
KEAP_CLIENT_SECRET_FILE: Final = Variable(
    "KEAP_CLIENT_SECRET_FILE",
    checks.FILE,
    "File with the secret of that client id, and nothing else.",
)
KEAP_AUTHORIZE_URL: Final = Variable(
    "KEAP_AUTHORIZE_URL",
    checks.web_address("https://accounts.infusionsoft.com/app/oauth/authorize"),
    "Keap's page that asks for permission; another address is for tests.",
    "https://accounts.infusionsoft.com/app/oauth/authorize",
)
KEAP_TOKEN_URL: Final = Variable(
    "KEAP_TOKEN_URL",
    checks.web_address("https://api.infusionsoft.com/token"),
    "Where Keap gives tokens; another address is for tests.",
    "https://api.infusionsoft.com/token",
)
KEAP_CALLS_PER_SECOND: Final = Variable(
    "KEAP_CALLS_PER_SECOND",
    checks.number_or_none(0.1, 25, "no pace of our own"),
    "How many calls to Keap a second: of each key, or of one client id for all its accounts "
    "together. 0: no pace of our own; what Keap's answers ask for is obeyed all the same. See "
    "[operator.md](operator.md).",
    "2",
)

#: all of them, as docs/settings.md lists them
VARIABLES: Final[tuple[Variable[Any], ...]] = (
    *(CONFIG_FILE, DATABASE_URL, DATABASE_POOL, DATABASE_POOL_EXTRA, DATABASE_STATEMENT_SECONDS),
    *(PUBLIC_URL, SECRET_KEY_FILE, SECRET_KEY, ADMIN_PASSWORD_FILE, TRUSTED_PROXIES),
    *(LOG_LEVEL, LOG_FORMAT),
    *(KEEP_MESSAGES_DAYS, KEEP_UPDATES_DAYS, KEEP_ALERTS_DAYS, KEEP_ERRORS_DAYS, KEEP_NOTES_DAYS),
    *(KEEP_HISTORY_DAYS, METRICS_TOKEN_FILE),
    *(SMTP_HOST, SMTP_PORT, SMTP_SECURITY, SMTP_USER, SMTP_PASSWORD_FILE, SMTP_FROM),
    *(OPERATOR_EMAILS, WEBHOOK_PRIVATE_HOSTS),
    *(KEAP_API_URL, KEAP_CLIENT_ID, KEAP_CLIENT_SECRET_FILE, KEAP_AUTHORIZE_URL, KEAP_TOKEN_URL),
    KEAP_CALLS_PER_SECOND,
)
BY_NAME: Final = {variable.name: variable for variable in VARIABLES}
