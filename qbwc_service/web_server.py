"""waitress as this service needs it: many idle connections, none that drips for ever."""

import socket
import time
from typing import TYPE_CHECKING, Any

import waitress  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: a little above what the SOAP endpoint takes, so that it is the one to answer
MAX_BODY_BYTES = 65 * 1024 * 1024
#: waitress looks through all of them at each packet
MAX_HEAD_BYTES = 64 * 1024
#: what a request has to arrive with on the average, after IDLE_SECONDS of grace
SLOWEST_BYTES_A_SECOND = 10_000
IDLE_SECONDS = 60
_THREADS = 8
#: idle and slow connections that may stand open before new ones wait
_CONNECTIONS = 1000


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that counts as idle where its request comes in drips.

    waitress takes every byte for activity, so that a byte a minute would hold a place for ever.
    """

    _begun = 0.0
    _taken = 0

    def received(self, data: bytes) -> bool:
        """waitress's hook: some bytes of a request, or of several."""
        before, now = self.request, time.time()
        if before is None:
            self._begun, self._taken = now, 0
        self._taken += len(data)
        took: bool = super().received(data)
        if self.request is not None and self.request is before:
            self.last_activity = min(now, self._begun + self._taken / SLOWEST_BYTES_A_SECOND)
        elif self.request is not None:
            self._begun, self._taken = now, 0
        return took


def create_server(
    application: "WSGIApplication",
    listening: socket.socket,
    *,
    behind_proxies: bool,
    idle_seconds: int = IDLE_SECONDS,
    **more: Any,
) -> Any:
    """A server with `run()` and `close()`."""
    server = waitress.create_server(
        application,
        sockets=[listening],
        threads=_THREADS,
        max_request_body_size=MAX_BODY_BYTES,
        max_request_header_size=MAX_HEAD_BYTES,
        channel_timeout=idle_seconds,
        connection_limit=_CONNECTIONS,
        # select() fails for good where a connection or a stored body gets a number over 1023.
        asyncore_use_poll=True,
        # ProxyFix reads the headers of trusted proxies; without one they are an attacker's.
        clear_untrusted_proxy_headers=not behind_proxies,
        ident=None,
        **more,
    )
    server.channel_class = Channel
    return server
