"""A shop in Keap that calls the real site on a socket, for a connection that wants to be called."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import httpx
from werkzeug.serving import make_server

from qbwc_service.app import create_app
from qbwc_service.ledger.models import KeapHooks
from qbwc_service.staging.hook_upkeep import look_after_hooks
from tests.staging.joined import NAME, Joined


class Called:
    """`wakes` are the pauses after which the job was told to look."""

    def __init__(self, joined: Joined) -> None:
        self.joined = joined
        self.wakes: list[timedelta] = []
        self.woken = Event()
        self.http = httpx.Client(trust_env=False, timeout=60)
        self.switch("yes")

    def wake_after(self, pause: timedelta) -> None:
        """In place of the job's own."""
        self.wakes.append(pause)
        self.woken.set()

    def switch(self, to: str, name: str = NAME) -> None:
        """A person changes the setting."""
        stored = self.joined.connection(name).settings
        self.joined.change_connection(name, settings={**stored, "keap_hooks": to})

    def look_after(self) -> None:
        """The job looks, without waiting for anything."""
        look_after_hooks(self.joined.hasty)

    def row(self, name: str = NAME) -> KeapHooks | None:
        with self.joined.database.reading() as db:
            return db.get(KeapHooks, self.joined.connection(name).id)

    def token(self, name: str = NAME) -> str:
        row = self.row(name)
        assert row is not None
        return self.joined.secrecy.decrypt(row.token)

    def address(self, token: str = "") -> str:
        return self.joined.config.address(f"/keap/hooks/{token or self.token()}")

    def call(self, event: str = "order.add", **more: Any) -> httpx.Response:
        """As Keap does it."""
        body = {"event_key": event, "object_type": "order", "object_keys": [{"id": 20101}]}
        return self.http.post(self.address(), json=body, **more)

    def subscriptions(self) -> list[tuple[str, str]]:
        """Event and status of all that Keap has."""
        kept = self.joined.keap.hooks.subscriptions.values()
        return [(one.event_key, one.status) for one in kept]


@contextmanager
def called(joined: Joined) -> Iterator[Called]:
    """The site is up meanwhile."""
    made = Called(joined)
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    joined.config = replace(joined.config, public_url=f"http://127.0.0.1:{server.server_port}")
    server.app = create_app(
        joined.config,
        joined.database,
        joined.secrecy,
        clock=joined.clock,
        wake_after=made.wake_after,
    )
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        made.http.close()
