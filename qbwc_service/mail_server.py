"""The mail server that alerts go through, as the environment names it.

MailServerUnusable
    a variable that is set but cannot be used; names it and says what to write
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from qbwc_service.settings import is_email_address

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class MailServerUnusable(Exception):
    """One of the variables is set to something that cannot be used."""

    def __init__(self, variable: str, reason: str) -> None:
        self.variable = variable
        self.reason = reason
        super().__init__(f"{variable}: {reason}")


class Security(StrEnum):
    """How the way to the mail server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and whose it is. `user` "": without signing in."""

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


def read_mail_server(env: Mapping[str, str]) -> MailServer | None:
    """From QBWC_SMTP_*; None where no host is named. Raises MailServerUnusable."""
    host = env.get("QBWC_SMTP_HOST", "").strip()
    if not host:
        _refuse_without_host(env)
        return None
    if not (host.isascii() and host.isprintable()) or set(host) & set("/@ "):
        raise MailServerUnusable("QBWC_SMTP_HOST", "write the name of a mail server alone")
    security = _security(env.get("QBWC_SMTP_SECURITY", ""))
    user, password = _log_in(env)
    if user and security is Security.NONE and host not in _HERE:
        raise MailServerUnusable(
            "QBWC_SMTP_SECURITY", "the password would travel in clear; write starttls or tls"
        )
    sender = env.get("QBWC_SMTP_FROM", "").strip()
    if not is_email_address(sender):
        raise MailServerUnusable(
            "QBWC_SMTP_FROM", "write the address that alerts come from, like sync@example.com"
        )
    port = _port(env.get("QBWC_SMTP_PORT", ""), _PORTS[security])
    return MailServer(host, port, security, sender, user, password)


def read_addresses(variable: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """E-mail addresses with commas between. Raises MailServerUnusable."""
    each = [part.strip() for part in env.get(variable, "").split(",") if part.strip()]
    wrong = next((address for address in each if not is_email_address(address)), "")
    if wrong:
        raise MailServerUnusable(variable, f"{wrong!r} is not an e-mail address like a@example.com")
    return tuple(dict.fromkeys(each))


def _refuse_without_host(env: Mapping[str, str]) -> None:
    for name in ("PORT", "SECURITY", "USER", "PASSWORD_FILE", "FROM"):
        if env.get(f"QBWC_SMTP_{name}", ""):
            reason = f"QBWC_SMTP_{name} is set, so this must name the mail server"
            raise MailServerUnusable("QBWC_SMTP_HOST", reason)


def _security(text: str) -> Security:
    try:
        return Security(text.strip().lower() or Security.STARTTLS)
    except ValueError:
        raise MailServerUnusable("QBWC_SMTP_SECURITY", "write starttls, tls or none") from None


def _port(text: str, usual: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        raise MailServerUnusable("QBWC_SMTP_PORT", "write a whole number from 1 to 65535")
    return int(text)


def _log_in(env: Mapping[str, str]) -> tuple[str, str]:
    """(user, password), or two empty texts; one alone is a mistake."""
    user = env.get("QBWC_SMTP_USER", "").strip()
    file_name = env.get("QBWC_SMTP_PASSWORD_FILE", "")
    if bool(user) != bool(file_name):
        missing, there = ("PASSWORD_FILE", "USER") if user else ("USER", "PASSWORD_FILE")
        raise MailServerUnusable(
            f"QBWC_SMTP_{missing}", f"QBWC_SMTP_{there} is set, so this must be set too"
        )
    if not user:
        return "", ""
    try:
        password = Path(file_name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not plain text"
        raise MailServerUnusable(
            "QBWC_SMTP_PASSWORD_FILE", f"{file_name} cannot be read ({reason})"
        ) from None
    if len(password.splitlines()) != 1:
        raise MailServerUnusable(
            "QBWC_SMTP_PASSWORD_FILE", f"{file_name} must hold the password and nothing else"
        )
    return user, password
