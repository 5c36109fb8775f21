"""Plain-text mails, through the mail server: one alert as a mail. Raises NotTold."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from qbwc_service.alerts.failures import NotTold, plain, reason_of
from qbwc_service.alerts.outbox import Outgoing
from qbwc_service.mail_server import MailServer, Security

#: for each step of the conversation; all steps take less than the first pause between two tries
_SECONDS = 15.0


def send(server: MailServer, outgoing: Outgoing, *, settings_link: str) -> None:
    """Hand it in at the mail server; returns once that has taken it. Raises NotTold."""
    hand_in(server, mail_of(server, outgoing, settings_link=settings_link), outgoing.address)


def hand_in(server: MailServer, message: EmailMessage, address: str) -> None:
    """Any mail to one address; returns once the mail server has taken it. Raises NotTold."""
    try:
        with _opened(server) as smtp:
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message, server.sender, [address])
    except smtplib.SMTPAuthenticationError:
        raise NotTold("The mail server does not accept our user name and password.") from None
    except smtplib.SMTPRecipientsRefused as refused:
        answer = _said(*next(iter(refused.recipients.values())))
        raise NotTold(f"The mail server does not take this address: {answer}.") from None
    except smtplib.SMTPResponseException as error:
        said = _said(error.smtp_code, error.smtp_error)
        raise NotTold(f"The mail server did not take it: {said}.") from None
    except smtplib.SMTPNotSupportedError:
        raise NotTold("The mail server does not offer what is needed (STARTTLS, log-in).") from None
    except ssl.SSLError as error:
        raise NotTold(f"The mail server's certificate is no good: {reason_of(error)}.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotTold(f"The mail server cannot be reached: {reason_of(error)}.") from None


def mail_of(server: MailServer, outgoing: Outgoing, *, settings_link: str) -> EmailMessage:
    """The mail; every try makes the same, with the same Message-ID."""
    message = EmailMessage(policy=SMTP)
    about = f"[{outgoing.connection}] " if outgoing.connection else ""
    message["From"] = server.sender
    message["To"] = outgoing.address
    message["Subject"] = f"{about}{plain(outgoing.title, most=200)}"
    message["Date"] = format_datetime(_whole_second(outgoing.at))
    host = server.sender.rpartition("@")[2]
    message["Message-ID"] = f"<{outgoing.key}.{outgoing.delivery_id}@{host}>"
    # So that no out-of-office note comes back (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    why = "You get this because this address is told what happens"
    of = f" on the connection {outgoing.connection}." if outgoing.connection else "."
    end = f"{why}{of} Change that: {settings_link}" if settings_link else f"{why}{of}"
    message.set_content(
        f"{outgoing.title}\n\n{outgoing.text}\n\n{outgoing.link}\n\n-- \n{end}\n",
        cte="quoted-printable",
    )
    return message


def _opened(server: MailServer) -> smtplib.SMTP:
    secure = ssl.create_default_context()
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=secure)
    smtp = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    if server.security is Security.STARTTLS:
        try:
            smtp.starttls(context=secure)
        except BaseException:
            smtp.close()
            raise
    return smtp


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return plain(f"{code} {words}").rstrip(".")


def _whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
