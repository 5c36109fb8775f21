"""Others hold what a call needs for too long: the call says so instead of hanging, and the orders
go in the end, each once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy.orm import Session

from qbwc_service.connections import lock_connection
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.webconnector import last_error, service
from tests.webconnector.test_several_workers import (
    everything_is_there_once,
    shop,
    transport,
    update_until_posted,
    world,
)
from tests.world import World

# The same shop as that of several workers, on both databases.
__all__ = ["shop", "world"]

TAKE_AN_ANSWER = "receive.raw"


class Crowded(Database):
    """Somebody else is in the way the next so many times that a transaction begins."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.in_the_way: Counter[str] = Counter()

    @contextmanager
    def writing(self, name: str, *, can_be_made_again: bool = False) -> Iterator[Session]:
        if self.in_the_way[name] > 0:
            self.in_the_way[name] -= 1
            raise DatabaseBusy(name)
        with super().writing(name, can_be_made_again=can_be_made_again) as db:
            yield db


@pytest.fixture
def crowded(world: World) -> Iterator[Crowded]:
    made = Crowded(world.database.url)
    client = httpx.Client(transport=transport(world, made))
    world._clients["10.0.0.5"] = client
    yield made
    client.close()
    made.close()


def test_a_call_gives_up_when_its_patience_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(service, "PATIENCE", 0.1)
    request.getfixturevalue("crowded")
    with world.database.writing("test") as db:
        lock_connection(db, "acme")
        result = world.update()
    assert (result.ended, result.authenticate) == (Ended.POSTPONED, ("", "none", "60"))
    assert world.update().ended is Ended.DONE
    everything_is_there_once(world)


@pytest.mark.parametrize("times", [1, 5])
def test_an_answer_is_tried_to_be_stored_again(
    world: World, crowded: Crowded, times: int, caplog: pytest.LogCaptureFixture
) -> None:
    crowded.in_the_way[TAKE_AN_ANSWER] = times
    assert world.update().ended is Ended.DONE
    everything_is_there_once(world)
    assert caplog.text.count("an answer waits") == times


def test_an_answer_that_cannot_be_stored_is_asked_for_at_the_next_update(
    world: World, crowded: Crowded
) -> None:
    crowded.in_the_way[TAKE_AN_ANSWER] = 6
    assert world.update().ended is not Ended.DONE
    update_until_posted(world)
    everything_is_there_once(world)


@pytest.mark.parametrize("times", [1, 3, 1000])
def test_an_answer_that_is_stored_is_read_by_the_next_call(
    world: World, crowded: Crowded, times: int
) -> None:
    crowded.in_the_way["receive.apply"] = times
    update_until_posted(world)
    everything_is_there_once(world)


@pytest.mark.parametrize("handed_out", [0, 2])
def test_a_message_that_cannot_be_handed_out_ends_the_update_with_a_sentence(
    world: World, crowded: Crowded, handed_out: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counter[str]()
    send = service.Service.send_request_xml

    def busy_once(*arguments: object) -> str:
        counted["send"] += 1
        crowded.in_the_way["send"] = int(counted["send"] == handed_out + 1)
        return send(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(service.Service, "send_request_xml", busy_once)
    result = world.update()
    assert result.errors == [last_error.BUSY]
    update_until_posted(world)
    everything_is_there_once(world)
