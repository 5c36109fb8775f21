"""Any worker can serve any call, and a call that comes twice at once counts once. Both databases.

Each worker has an engine of its own, as processes have.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from qbwc_service.database import Database
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.models import MessageSet
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import create_endpoint
from tests.databases import ENGINES, url_with_tables
from tests.world import World, paid, product, sale


class Workers(httpx.BaseTransport):
    """Several workers behind one address. The first `most` calls of the name `twice` are delivered
    to two at once; the caller gets the answer of either."""

    def __init__(self, world: World, count: int = 3) -> None:
        self.twice = ""
        self.most = 1000
        #: what the two said, call by call
        self.pairs: list[tuple[bytes, bytes]] = []
        self.databases = [Database(world.database.url) for _ in range(count)]
        self._transports = [transport(world, database) for database in self.databases]
        self._turns = cycle(self._transports)
        self._pool = ThreadPoolExecutor(2)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        is_meant = self.twice and f"{self.twice}>".encode() in request.content
        if not is_meant or len(self.pairs) == self.most:
            return next(self._turns).handle_request(request)
        together = threading.Barrier(2)
        calls = [self._pool.submit(self._call, request, together) for _ in range(2)]
        first, second = (call.result(60) for call in calls)
        self.pairs.append((first.read(), second.read()))
        return first

    def _call(self, request: httpx.Request, together: threading.Barrier) -> httpx.Response:
        transport = next(self._turns)
        copied = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.content
        )
        together.wait(10)
        response = transport.handle_request(copied)
        response.read()
        return response

    def close(self) -> None:
        self._pool.shutdown()
        for database in self.databases:
            database.close()


def transport(world: World, database: Database) -> httpx.WSGITransport:
    service = Service(database, world.secrecy, world.clock)
    endpoint = create_endpoint(service, public_url=world.config.public_url)
    application: Any = DispatcherMiddleware(endpoint, {"/qbwc": endpoint})
    return httpx.WSGITransport(app=application, remote_addr="10.0.0.5")


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, url_with_tables(tmp_path, request.param))
    yield made
    made.close()


@pytest.fixture
def workers(world: World) -> Iterator[Workers]:
    made = Workers(world)
    client = httpx.Client(transport=made)
    world._clients["10.0.0.5"] = client
    yield made
    client.close()


@pytest.fixture(autouse=True)
def shop(world: World) -> None:
    world.keap_has(
        *(sale(number, product(price=1000 * number)) for number in range(1, 9)),
        payments=[paid(number, 1000 * number) for number in range(1, 9)],
    )


def update_until_posted(world: World) -> None:
    for _ in range(20):
        world.update()
        if set(world.statuses().values()) == {("posted", "")}:
            return
        world.clock.pass_time(minutes=11)
    raise AssertionError(f"never posted: {world.statuses()}")


def everything_is_there_once(world: World) -> None:
    assert world.invoices() == sorted((str(n), "Ann Lee", f"{n * 10}.00") for n in range(1, 9))
    assert sorted(world.payments()) == sorted(
        (f"K{n * 10}", f"{n * 10}.00", str(n)) for n in range(1, 9)
    )
    assert set(world.statuses().values()) == {("posted", "")}


def test_the_calls_of_one_session_go_to_workers_in_turn(world: World, workers: Workers) -> None:
    assert world.update().ended is Ended.DONE
    everything_is_there_once(world)
    assert world.update().ended is Ended.NONE


def test_an_answer_that_comes_twice_at_once_is_used_once(world: World, workers: Workers) -> None:
    workers.twice = "receiveResponseXML"
    assert world.update().ended is Ended.DONE
    everything_is_there_once(world)
    assert len(workers.pairs) > 3
    assert [first for first, second in workers.pairs if first != second] == []
    with world.database.reading() as db:
        # Nothing was prepared twice: every message that was made was handed out and answered.
        left = select(func.count()).where(MessageSet.answered_at.is_(None))
        assert db.scalar(left) == 0


@pytest.mark.parametrize("call", ["authenticate", "sendRequestXML", "closeConnection"])
def test_any_call_that_comes_twice_at_once_doubles_nothing_and_loses_nothing(
    world: World, workers: Workers, call: str
) -> None:
    workers.twice, workers.most = call, 6
    update_until_posted(world)
    assert workers.pairs
    everything_is_there_once(world)
