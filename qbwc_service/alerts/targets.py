"""Whom a connection tells, and of what."""

from dataclasses import dataclass
from typing import Any

from qbwc_service.config import Config
from qbwc_service.ledger.models import AlertKind, Channel, Connection
from qbwc_service.settings import words

#: what people choose from; the others have no setting of this kind
TOPICS = (
    AlertKind.NEEDS_YOU,
    AlertKind.NO_CONTACT,
    AlertKind.SIGN_IN,
    AlertKind.COMPANY_FILE,
    AlertKind.FAILURES,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One address that is told."""

    channel: Channel
    address: str


def targets_of(connection: Connection, config: Config) -> tuple[Target, ...]:
    """Only those that can be reached: mail needs a mail server, a web address a signing key."""
    targets = []
    if config.mail_server is not None:
        targets += [Target(Channel.EMAIL, each) for each in addresses_of(connection)]
    if (address := _setting(connection, "alert_webhook")) and connection.webhook_key:
        targets.append(Target(Channel.WEBHOOK, str(address)))
    return tuple(targets)


def operators(config: Config) -> tuple[Target, ...]:
    """Whoever runs the service."""
    if config.mail_server is None:
        return ()
    return tuple(Target(Channel.EMAIL, each) for each in config.operator_addresses)


def topics_of(connection: Connection) -> frozenset[AlertKind]:
    """What its people want to know; all of it unless they chose."""
    chosen = words(str(_setting(connection, "alert_kinds")))
    return frozenset(kind for kind in TOPICS if not chosen or kind in chosen)


def unreachable(connection: Connection, config: Config) -> tuple[str, ...]:
    """Why some of those that the settings name, or could name, are not told, as sentences."""
    reasons = []
    webhook = _setting(connection, "alert_webhook")
    if config.mail_server is None and (addresses_of(connection) or not webhook):
        reasons.append(
            "Nobody can be told by e-mail yet: this service has no mail server. Ask whoever runs "
            "it to name one (QBWC_SMTP_HOST)."
        )
    if webhook and not connection.webhook_key:
        reasons.append("The program is not told yet: make a signing key first.")
    return tuple(reasons)


def addresses_of(connection: Connection) -> tuple[str, ...]:
    """Those that are entered for e-mail, whether they can be reached or not."""
    return words(str(_setting(connection, "alert_emails")))


def _setting(connection: Connection, name: str) -> Any:
    return connection.settings.get(name, "")
