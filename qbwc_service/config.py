"""What the environment tells the service; read once at start, never later.

ConfigError
    one per variable that is set but cannot be used; names the variable and says what to write.
"""

import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from qbwc_service.database_engines import ServerLimits
from qbwc_service.mail_server import (
    MailServer,
    MailServerUnusable,
    read_addresses,
    read_mail_server,
)
from qbwc_service.retention import LIMITS, USUAL, Ages
from qbwc_service.secrecy import KeysUnusable, Secrecy, read_keys

APP_NAME = "qbwc-service"
DEFAULT_PUBLIC_URL = "http://localhost:8000"
DEFAULT_KEAP_API_URL = "https://api.keap.com/crm"
DEFAULT_KEAP_TOKEN_URL = "https://api.infusionsoft.com/token"  # noqa: S105 - an address
DEFAULT_KEAP_AUTHORIZE_URL = "https://accounts.infusionsoft.com/app/oauth/authorize"
#: our own page that Keap sends the browser back to
KEAP_CALLBACK = "/keap/callback"
DEFAULT_KEAP_CALLS_PER_SECOND = 2.0
_MOST_CALLS_PER_SECOND = 25
#: nobody guesses one of so many characters
_SHORTEST_TOKEN = 20


class ConfigError(Exception):
    """An environment variable is set to something that cannot be used."""

    def __init__(self, variable: str, reason: str) -> None:
        self.variable = variable
        self.reason = reason
        super().__init__(f"{variable}: {reason}")


@dataclass(frozen=True, slots=True)
class Config:
    """The service's surroundings. `secret_key` encrypts and signs; it is never shown."""

    database_url: str
    public_url: str
    keap_api_url: str
    log_level: str
    secret_key: bytes = field(repr=False)
    #: keys from before a rotation: they still open what they made
    older_secret_keys: tuple[bytes, ...] = field(default=(), repr=False)
    #: where the keys came from; None: out of QBWC_SECRET_KEY
    secret_key_file: Path | None = None
    #: how many proxies in front of us set X-Forwarded-*; 0: nobody's word is taken
    trusted_proxies: int = 0
    #: holds the owner's password; None: the first start makes one and shows it
    admin_password_file: Path | None = None
    #: for "Sign in with Keap"; "": only the key way is offered
    keap_client_id: str = ""
    keap_client_secret: str = field(default="", repr=False)
    keap_token_url: str = DEFAULT_KEAP_TOKEN_URL
    keap_authorize_url: str = DEFAULT_KEAP_AUTHORIZE_URL
    #: what one process takes of a PostgreSQL server
    database_limits: ServerLimits = field(default_factory=ServerLimits)
    #: of each key, or of one client id for all its accounts; 0: no pace but Keap's own limits
    keap_calls_per_second: float = DEFAULT_KEAP_CALLS_PER_SECOND
    #: that alerts go through; None: nobody is told by e-mail
    mail_server: MailServer | None = None
    #: who runs the service: told what is no single connection's
    operator_addresses: tuple[str, ...] = ()
    #: hosts inside one's own network that alerts may be posted to
    private_webhook_hosts: frozenset[str] = frozenset()
    #: lets whoever scrapes /metrics in; "": nobody is
    metrics_token: str = field(default="", repr=False)
    #: how long what is no longer needed is kept
    ages: Ages = USUAL

    def address(self, path: str) -> str:
        """An absolute address of ours, from the public URL alone (never from a Host header)."""
        return self.public_url.rstrip("/") + path

    @property
    def keap_redirect_uri(self) -> str:
        """What has to be registered with Keap, and is sent with every sign-in."""
        return self.address(KEAP_CALLBACK)

    def secrecy(self) -> Secrecy:
        """The secrets under these keys."""
        return Secrecy(self.secret_key, *self.older_secret_keys, key_file=self.secret_key_file)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Config":
        """Read the QBWC_* and KEAP_* variables; raises ConfigError for one that cannot be used."""
        env = os.environ if environment is None else environment
        keys, key_file = _secret_keys(env)
        client_id, client_secret = _keap_client(env)
        mail_server, operators = _mail(env)
        return cls(
            database_url=_database_url(env.get("QBWC_DATABASE_URL", "")),
            database_limits=_database_limits(env),
            public_url=_web_address("QBWC_PUBLIC_URL", env, DEFAULT_PUBLIC_URL),
            keap_api_url=_web_address("KEAP_API_URL", env, DEFAULT_KEAP_API_URL),
            log_level=_log_level(env.get("QBWC_LOG_LEVEL", "") or "INFO"),
            secret_key=keys[0],
            older_secret_keys=keys[1:],
            secret_key_file=key_file,
            trusted_proxies=_trusted_proxies(env.get("QBWC_TRUSTED_PROXIES", "")),
            admin_password_file=_optional_path(env.get("QBWC_ADMIN_PASSWORD_FILE", "")),
            keap_client_id=client_id,
            keap_client_secret=client_secret,
            keap_token_url=_web_address("KEAP_TOKEN_URL", env, DEFAULT_KEAP_TOKEN_URL),
            keap_authorize_url=_web_address("KEAP_AUTHORIZE_URL", env, DEFAULT_KEAP_AUTHORIZE_URL),
            keap_calls_per_second=_calls_per_second(env.get("KEAP_CALLS_PER_SECOND", "")),
            mail_server=mail_server,
            operator_addresses=operators,
            private_webhook_hosts=_hosts(env.get("QBWC_WEBHOOK_PRIVATE_HOSTS", "")),
            ages=_ages(env),
            metrics_token=_metrics_token(env.get("QBWC_METRICS_TOKEN_FILE", "")),
        )


def _database_url(text: str) -> str:
    if not text:
        folder = Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return f"sqlite:///{folder / 'service.db'}"
    if text.startswith("postgres://"):
        text = "postgresql://" + text.removeprefix("postgres://")
    if text.startswith("postgresql://"):
        text = "postgresql+psycopg://" + text.removeprefix("postgresql://")
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError(
            "QBWC_DATABASE_URL",
            "write sqlite:////path/to/service.db or postgresql+psycopg://user@host/name",
        )
    return text


def _database_limits(env: Mapping[str, str]) -> ServerLimits:
    usual = ServerLimits()
    return ServerLimits(
        pool_size=_whole("QBWC_DATABASE_POOL", env, usual.pool_size, least=1, most=500),
        overflow=_whole("QBWC_DATABASE_POOL_EXTRA", env, usual.overflow, least=0, most=500),
        statement_seconds=_whole(
            "QBWC_DATABASE_STATEMENT_SECONDS", env, usual.statement_seconds, least=0, most=86_400
        ),
    )


def _whole(variable: str, env: Mapping[str, str], default: int, *, least: int, most: int) -> int:
    text = env.get(variable, "")
    if not text:
        return default
    is_number = text.isascii() and text.isdigit() and len(text) <= 9
    if not (is_number and least <= int(text) <= most):
        raise ConfigError(variable, f"write a whole number from {least} to {most}")
    return int(text)


def _web_address(variable: str, env: Mapping[str, str], default: str) -> str:
    text = env.get(variable, "") or default
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(variable, f"{text!r} is not a web address like {default}")
    return text.rstrip("/")


def _log_level(text: str) -> str:
    level = text.upper()
    if level not in logging.getLevelNamesMapping():
        raise ConfigError("QBWC_LOG_LEVEL", "write DEBUG, INFO, WARNING or ERROR")
    return level


def _trusted_proxies(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and int(text) <= 10):
        raise ConfigError("QBWC_TRUSTED_PROXIES", "write how many proxies stand in front, 0 to 10")
    return int(text)


def _calls_per_second(text: str) -> float:
    if not text:
        return DEFAULT_KEAP_CALLS_PER_SECOND
    is_number = re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", text) is not None
    if not is_number or not (float(text) == 0 or 0.1 <= float(text) <= _MOST_CALLS_PER_SECOND):
        reason = f"write a number from 0.1 to {_MOST_CALLS_PER_SECOND}, or 0 for no pace of our own"
        raise ConfigError("KEAP_CALLS_PER_SECOND", reason)
    return float(text)


def _mail(env: Mapping[str, str]) -> tuple[MailServer | None, tuple[str, ...]]:
    try:
        return read_mail_server(env), read_addresses("QBWC_OPERATOR_EMAILS", env)
    except MailServerUnusable as unusable:
        raise ConfigError(unusable.variable, unusable.reason) from None


def _hosts(text: str) -> frozenset[str]:
    hosts = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"[a-z0-9.:-]+", host) for host in hosts):
        raise ConfigError(
            "QBWC_WEBHOOK_PRIVATE_HOSTS", "write names of hosts alone, with commas between"
        )
    return hosts


def _ages(env: Mapping[str, str]) -> Ages:
    return Ages(
        **{
            name: _whole(one.variable, env, getattr(USUAL, name), least=one.least, most=one.most)
            for name, one in LIMITS.items()
        }
    )


def _metrics_token(file_name: str) -> str:
    """What the file holds; "" where none is named."""
    if not file_name:
        return ""
    try:
        token = Path(file_name).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not plain text"
        raise ConfigError(
            "QBWC_METRICS_TOKEN_FILE", f"{file_name} cannot be read ({reason})"
        ) from None
    if len(token) < _SHORTEST_TOKEN or len(token.split()) != 1:
        raise ConfigError(
            "QBWC_METRICS_TOKEN_FILE",
            f"{file_name} must hold one word of {_SHORTEST_TOKEN} characters or more; "
            f"make it once: openssl rand -hex 32 > {file_name}",
        )
    return token


def _optional_path(text: str) -> Path | None:
    return Path(text) if text else None


def _keap_client(env: Mapping[str, str]) -> tuple[str, str]:
    """(id, secret), or two empty texts; one alone is a mistake."""
    client_id = env.get("KEAP_CLIENT_ID", "").strip()
    file_name = env.get("KEAP_CLIENT_SECRET_FILE", "")
    if not client_id and not file_name:
        return "", ""
    if not file_name:
        raise ConfigError(
            "KEAP_CLIENT_SECRET_FILE",
            "KEAP_CLIENT_ID is set, so this must name the file with its secret",
        )
    if not client_id:
        raise ConfigError(
            "KEAP_CLIENT_ID", "KEAP_CLIENT_SECRET_FILE is set, so this must be its client id"
        )
    try:
        secret = Path(file_name).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not plain text"
        raise ConfigError(
            "KEAP_CLIENT_SECRET_FILE", f"{file_name} cannot be read ({reason})"
        ) from None
    if len(secret.split()) != 1 or not (client_id.isascii() and client_id.isprintable()):
        raise ConfigError(
            "KEAP_CLIENT_SECRET_FILE", f"{file_name} must hold the client secret and nothing else"
        )
    return client_id, secret


def _secret_keys(env: Mapping[str, str]) -> tuple[tuple[bytes, ...], Path | None]:
    """The keys, and the file that they are in: the named one, or one that the first start makes.

    The default lies outside the data folder, so that a copied database alone opens nothing.
    """
    file_name = env.get("QBWC_SECRET_KEY_FILE", "")
    if text := env.get("QBWC_SECRET_KEY", ""):
        if file_name:
            raise ConfigError("QBWC_SECRET_KEY", "QBWC_SECRET_KEY_FILE is set too; keep one")
        try:
            return read_keys(text), None
        except KeysUnusable as error:
            raise ConfigError("QBWC_SECRET_KEY", error.reason) from None
    if file_name:
        path = Path(file_name)
        if not path.exists():
            # Never made here: a typing error would silently lock away all that is stored.
            reason = f"{path} does not exist; make it once: openssl rand -hex 32 > {path}"
            raise ConfigError("QBWC_SECRET_KEY_FILE", reason)
        return _keys_in(path), path
    path = Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_key_file(path)
    return _keys_in(path), path


def make_key_file(path: Path) -> None:
    """Write a fresh key, readable by its owner only; an existing file is left as it is."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")


def _keys_in(path: Path) -> tuple[bytes, ...]:
    try:
        return read_keys(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            "QBWC_SECRET_KEY_FILE", f"{path} cannot be read as 64 hexadecimal digits ({error})"
        ) from error
    except KeysUnusable as error:
        raise ConfigError("QBWC_SECRET_KEY_FILE", f"{path}: {error.reason}") from None
