"""What every call to Keap needs of the service around it, and the client made from it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from keap import Client, KeapClient, Pacer, TokenEndpoint
from keap.retries import MAX_ATTEMPTS
from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.keap_access.failures import ClientNotConfigured, KeapKeyMalformed
from qbwc_service.secrecy import Secrecy


@dataclass(frozen=True, slots=True)
class Access:
    """Handed to everything that talks to Keap for a connection; `sleep` takes seconds."""

    database: Database
    secrecy: Secrecy
    config: Config
    clock: Clock = utc_now
    transport: httpx.BaseTransport | None = None
    sleep: Callable[[float], object] = time.sleep

    def token_endpoint(self) -> TokenEndpoint:
        """Raises ClientNotConfigured."""
        if not self.config.keap_client_id:
            raise ClientNotConfigured
        return TokenEndpoint(
            self.config.keap_token_url,
            Client(self.config.keap_client_id, self.config.keap_client_secret),
            transport=self.transport,
            now=self.clock,
        )

    def client_with(
        self,
        token: str,
        *,
        tenant: str = "",
        max_attempts: int = MAX_ATTEMPTS,
        pacer: Pacer | None = None,
    ) -> KeapClient:
        """A client for a key or token that is not in force (yet). Raises KeapKeyMalformed."""
        try:
            return KeapClient(
                self.config.keap_api_url,
                token,
                tenant=tenant,
                transport=self.transport,
                now=self.clock,
                sleep=self.sleep,
                max_attempts=max_attempts,
                pacer=pacer,
            )
        except ValueError:
            raise KeapKeyMalformed from None
