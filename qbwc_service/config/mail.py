"""The variables of the mail server, which belong together."""

from typing import Final

from qbwc_service.config.reading import Reading
from qbwc_service.config.variables import (
    SMTP_FROM,
    SMTP_HOST,
    SMTP_PASSWORD_FILE,
    SMTP_PORT,
    SMTP_SECURITY,
    SMTP_USER,
)
from qbwc_service.mail_server import MailServer, Security

_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


def mail_server(reading: Reading) -> MailServer | None:
    """None where no host is named."""
    host = reading.optional(SMTP_HOST)
    security = reading.value(SMTP_SECURITY)
    port = reading.optional(SMTP_PORT)
    sender = reading.optional(SMTP_FROM)
    user, password = _log_in(reading)
    if not host:
        if not reading.is_set(SMTP_HOST):
            _refuse_without_host(reading)
        return None
    if user and security is Security.NONE and host not in _HERE:
        reading.fault(SMTP_SECURITY, "the password would travel in clear; write starttls or tls")
    if not reading.is_set(SMTP_FROM):
        reading.fault(SMTP_FROM, "write the address that alerts come from, like sync@example.com")
    return MailServer(host, port or _PORTS[security], security, sender or "", user, password)


def _refuse_without_host(reading: Reading) -> None:
    for variable in (SMTP_PORT, SMTP_SECURITY, SMTP_USER, SMTP_PASSWORD_FILE, SMTP_FROM):
        if reading.is_set(variable):
            reading.fault(SMTP_HOST, f"{variable.name} is set, so this must name the mail server")
            return


def _log_in(reading: Reading) -> tuple[str, str]:
    """(user, password), or two empty texts; one alone is a mistake."""
    if reading.is_set(SMTP_USER) and not reading.is_set(SMTP_PASSWORD_FILE):
        reading.fault(SMTP_PASSWORD_FILE, f"{SMTP_USER.name} is set, so this must be set too")
    if reading.is_set(SMTP_PASSWORD_FILE) and not reading.is_set(SMTP_USER):
        reading.fault(SMTP_USER, f"{SMTP_PASSWORD_FILE.name} is set, so this must be set too")
    user = reading.optional(SMTP_USER) or ""
    return user, reading.words_in(SMTP_PASSWORD_FILE, "the password")
