"""What the environment and one file tell the service; read once at start, never later.

    variables    every variable, with its meaning and default: the one table
    checks       the kinds of values they take
    env_file     the file: NAME=value, a line each
    sources      the environment and the file together; names that do not exist
    reading      texts become values, faults are collected
    mail, keap_client, secret_keys, metrics_token    variables that belong together
    effective    what counts and where it came from, for people: no secret is in it

ConfigError
    one per variable that is set but cannot be used; names it, its place and what to write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from qbwc_service.config import variables
from qbwc_service.config.faults import ConfigError
from qbwc_service.config.keap_client import keap_client
from qbwc_service.config.mail import mail_server
from qbwc_service.config.metrics_token import metrics_token
from qbwc_service.config.reading import Reading
from qbwc_service.config.secret_keys import first_keys, make_key_file, secret_keys
from qbwc_service.config.sources import gather
from qbwc_service.database_engines import ServerLimits
from qbwc_service.logs import Format
from qbwc_service.mail_server import MailServer
from qbwc_service.retention import USUAL, Ages
from qbwc_service.secrecy import Secrecy

__all__ = ["Config", "ConfigError", "examined", "make_key_file"]

#: our own page that Keap sends the browser back to
KEAP_CALLBACK = "/keap/callback"


@dataclass(frozen=True, slots=True)
class Config:
    """The service's surroundings. `secret_key` encrypts and signs; it is never shown."""

    database_url: str
    public_url: str
    keap_api_url: str
    log_level: str
    secret_key: bytes = field(repr=False)
    log_format: Format = Format.TEXT
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
    keap_token_url: str = variables.KEAP_TOKEN_URL.default
    keap_authorize_url: str = variables.KEAP_AUTHORIZE_URL.default
    #: what one process takes of a PostgreSQL server
    database_limits: ServerLimits = field(default_factory=ServerLimits)
    #: of each key, or of one client id for all its accounts; 0: no pace but Keap's own limits
    keap_calls_per_second: float = float(variables.KEAP_CALLS_PER_SECOND.default)
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
    #: names in the environment that look like ours and are none: to be told, and no refusal
    warnings: tuple[str, ...] = ()

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
        """Read the variables of the environment and of the file; make what the first start makes.

        Raises ConfigError for the first that cannot be used.
        """
        reading = Reading(gather(environment))
        config = _read(reading)
        if reading.faults:
            raise reading.faults[0]
        if not reading.is_set(variables.DATABASE_URL):
            variables.default_database().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not config.secret_key:
            made = first_keys(variables.default_key_file())
            config = replace(config, secret_key=made[0], older_secret_keys=made[1:])
        return config


def examined(environment: Mapping[str, str] | None = None) -> Reading:
    """All that was given and all faults; makes nothing and raises nothing."""
    reading = Reading(gather(environment))
    _read(reading)
    return reading


def _read(reading: Reading) -> Config:
    """Of use only where the reading has no faults."""
    keys, key_file = secret_keys(reading)
    client_id, client_secret = keap_client(reading)
    default_url = f"sqlite:///{variables.default_database()}"
    return Config(
        database_url=reading.optional(variables.DATABASE_URL) or default_url,
        database_limits=ServerLimits(
            pool_size=reading.value(variables.DATABASE_POOL),
            overflow=reading.value(variables.DATABASE_POOL_EXTRA),
            statement_seconds=reading.value(variables.DATABASE_STATEMENT_SECONDS),
        ),
        public_url=reading.value(variables.PUBLIC_URL),
        keap_api_url=reading.value(variables.KEAP_API_URL),
        log_level=reading.value(variables.LOG_LEVEL),
        log_format=reading.value(variables.LOG_FORMAT),
        secret_key=keys[0] if keys else b"",
        older_secret_keys=keys[1:],
        secret_key_file=key_file,
        trusted_proxies=reading.value(variables.TRUSTED_PROXIES),
        admin_password_file=reading.optional(variables.ADMIN_PASSWORD_FILE),
        keap_client_id=client_id,
        keap_client_secret=client_secret,
        keap_token_url=reading.value(variables.KEAP_TOKEN_URL),
        keap_authorize_url=reading.value(variables.KEAP_AUTHORIZE_URL),
        keap_calls_per_second=reading.value(variables.KEAP_CALLS_PER_SECOND),
        mail_server=mail_server(reading),
        operator_addresses=reading.optional(variables.OPERATOR_EMAILS) or (),
        private_webhook_hosts=reading.optional(variables.WEBHOOK_PRIVATE_HOSTS) or frozenset(),
        metrics_token=metrics_token(reading),
        ages=Ages(
            messages=reading.value(variables.KEEP_MESSAGES_DAYS),
            updates=reading.value(variables.KEEP_UPDATES_DAYS),
            alerts=reading.value(variables.KEEP_ALERTS_DAYS),
            errors=reading.value(variables.KEEP_ERRORS_DAYS),
            notes=reading.value(variables.KEEP_NOTES_DAYS),
            history=reading.value(variables.KEEP_HISTORY_DAYS),
        ),
        warnings=reading.sources.warnings,
    )
