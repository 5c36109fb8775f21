"""Sends what is due, outside of any transaction, and notes what became of it."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from qbwc_service.alerts import mail, outbox, webhook
from qbwc_service.alerts.failures import NotTold
from qbwc_service.alerts.outbox import Outgoing
from qbwc_service.clock import Clock
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.ledger.models import Channel
from qbwc_service.secrecy import Secrecy, SecretUnreadable

#: so that one slow address holds up nobody else
_SENDERS = 4
#: of one look; the rest goes with the next
_AT_MOST = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What sending needs."""

    database: Database
    secrecy: Secrecy
    config: Config
    clock: Clock

    def send_due(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Everything that is due, a few side by side; none stops the others."""
        if not outbox.is_any_due(self.database, self.clock()):
            return
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="alerts") as pool:
            for _ in range(_SENDERS):
                pool.submit(self._send_some, is_stopping)

    def send_alert(self, alert_id: int) -> None:
        """This alert alone, at once."""
        while (outgoing := outbox.take(self.database, self.clock(), alert_id)) is not None:
            self._send(outgoing)

    def _send_some(self, is_stopping: Callable[[], bool]) -> None:
        try:
            for _ in range(_AT_MOST // _SENDERS):
                outgoing = None
                if not is_stopping():
                    outgoing = outbox.take(self.database, self.clock())
                if outgoing is None:
                    return
                self._send(outgoing)
        except Exception:  # noqa: BLE001 - what was taken is tried again after its pause
            _log.exception("alerts were not sent")

    def _send(self, outgoing: Outgoing) -> None:
        about = {"connection": outgoing.connection}
        try:
            self._hand_over(outgoing)
        except NotTold as reason:
            is_over = outbox.note_failed(self.database, outgoing, str(reason), self.clock())
            told = "is given up" if is_over else "is tried again later"
            _log.warning("An alert (%s) %s: %s", outgoing.kind.value, told, reason, extra=about)
        else:
            outbox.note_sent(self.database, outgoing.delivery_id, self.clock())

    def _hand_over(self, outgoing: Outgoing) -> None:
        """Raises NotTold."""
        if outgoing.channel is Channel.EMAIL:
            if self.config.mail_server is None:
                raise NotTold("No mail server is set up for this service.")
            mail.send(self.config.mail_server, outgoing, settings_link=self._settings(outgoing))
            return
        try:
            key = self.secrecy.decrypt(outgoing.webhook_key)
        except SecretUnreadable:
            raise NotTold("The signing key cannot be opened; make a new one.") from None
        hosts = self.config.private_webhook_hosts
        webhook.send(outgoing, key, hosts, now=self.clock())

    def _settings(self, outgoing: Outgoing) -> str:
        name = outgoing.connection
        return self.config.address(f"/c/{name}/alerts") if name else ""
