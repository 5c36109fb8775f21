"""What the simulated Keap answers when a shop with every kind of order is read."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx

from keap import KeapClient, KeapError
from qbwc_service.demo.keap import full_shop
from qbwc_service.staging.poll import poll
from qbwc_service.staging.reading import Reader
from tests.staging.joined import Joined

_ORDERS = 75
_ROWS_A_SEED = 3


def answers_of_demo(folder: Path) -> Iterator[tuple[str, bytes, bytes]]:
    """Resource, status with headers, body: pages cut to a few rows, so that every row is there."""
    for resource, response in _traffic(folder):
        head = b"\n".join(
            [str(response.status_code).encode()]
            + [
                f"{name}: {value}".encode("latin-1")
                for name, value in response.headers.items()
                if name.startswith(("date", "x-keap", "retry"))
            ]
        )
        for body in _cut(response.content):
            yield resource, head, body


def _cut(body: bytes) -> Iterator[bytes]:
    try:
        answer: Any = json.loads(body)
    except ValueError:
        yield body
        return
    lists = [name for name, rows in answer.items() if isinstance(rows, list) and len(rows) > 3]
    if not lists:
        yield body
        return
    name = lists[0]
    for start in range(0, len(answer[name]), _ROWS_A_SEED):
        rows = answer[name][start : start + _ROWS_A_SEED]
        yield json.dumps({**answer, name: rows}).encode()


def _traffic(folder: Path) -> list[tuple[str, httpx.Response]]:
    heard: list[tuple[str, httpx.Response]] = []
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Joined(folder, full_shop(_ORDERS))) as joined:

        def listen(response: httpx.Response) -> None:
            response.read()
            heard.append((response.request.url.path.partition("/rest/v2/")[2], response))

        with httpx.HTTPTransport() as wire:
            transport = _Overheard(wire, listen)
            client = KeapClient(
                joined.keap.url,
                joined.keap.key,
                transport=transport,
                sleep=lambda _seconds: None,
                now=joined.clock,
            )
            _read_all(joined, client)
    return heard


def _read_all(joined: Joined, client: KeapClient) -> None:
    reader = Reader(
        joined.database,
        joined.connection().id,
        client,
        clock=joined.clock,
        progress=lambda _resource, _count: None,
    )
    poll(reader)
    order = str(next(iter(joined.orders())))
    for ask in (client.business_profile, client.user_info):
        ask()
    for pages in (client.merchants(), client.products(["1", "2"]), client.order_payments(order)):
        list(pages)
    with suppress(KeapError):
        list(client.order_payments("999999999"))


class _Overheard(httpx.BaseTransport):
    def __init__(self, wire: httpx.BaseTransport, listen: Any) -> None:
        self._wire, self._listen = wire, listen

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._wire.handle_request(request)
        response.request = request
        self._listen(response)
        return response
