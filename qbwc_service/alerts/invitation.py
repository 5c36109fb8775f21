"""An invitation as a mail. It is sent at once and nowhere kept, because the link in it is a secret.

Raises NotTold.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from qbwc_service.alerts.mail import hand_in
from qbwc_service.invitations import LASTS
from qbwc_service.mail_server import MailServer


def send(server: MailServer, address: str, link: str, *, invited_by: str, now: datetime) -> None:
    """Returns once the mail server has taken it. Raises NotTold."""
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = address
    message["Subject"] = "You are invited to Keap to QuickBooks"
    message["Date"] = format_datetime(now.replace(microsecond=0))
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{invited_by} invites you to the pages of Keap to QuickBooks. Open this link and choose a "
        f"name and a password:\n\n{link}\n\nThe link can be used once, within {LASTS.days} days. "
        "If you did not expect it, do nothing.\n",
        cte="quoted-printable",
    )
    hand_in(server, message, address)
