"""Real update sessions, overheard: every message with QuickBooks' answer to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from qbwc_service.webconnector.contract import Caller
from tests.fuzz.lived_in import take_orders
from tests.world import World

NOTHING: Callable[[], int] = lambda: 0  # noqa: E731 - a default that reads as what it is


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message of ours was handed out under that ticket; this is its true answer.

    `moment` is the number of the database's copy before the answer arrived.
    """

    moment: int
    ticket: str
    request: str
    answer: str


@contextmanager
def _overheard(world: World, take: Callable[[], int]) -> Iterator[list[Exchange]]:
    heard: list[Exchange] = []
    service = world.service
    receive, asked = service.receive_response_xml, service.send_request_xml
    handed_out: dict[str, str] = {}

    def send(caller: Caller, ticket: str, *more: object) -> str:
        handed_out[ticket] = asked(caller, ticket, *more)  # type: ignore[arg-type]
        return handed_out[ticket]

    def listen(caller: Caller, ticket: str, response: str, hresult: str, message: str) -> int:
        heard.append(Exchange(take(), ticket, handed_out.get(ticket, ""), response))
        return receive(caller, ticket, response, hresult, message)

    service.send_request_xml, service.receive_response_xml = send, listen  # type: ignore[method-assign]
    try:
        yield heard
    finally:
        del service.send_request_xml, service.receive_response_xml


def exchanges(world: World, take: Callable[[], int] = NOTHING) -> list[Exchange]:
    """Two ordinary sessions, one that recovers a lost answer, one that compares and undoes."""
    with _overheard(world, take) as heard:
        world.update()
        world.clock.pass_time(hours=1)
        take_orders(world, 301)
        world.faults.drop_answer_at(3)
        world.update()
        world.clock.pass_time(minutes=11)
        world.update()
        world.clock.pass_time(hours=21)
        world.human.add_customer("Ann Lee-Smith")
        world.decide().undo(101, even_so=True)
        world.update()
    return heard


def answers_of(world: World) -> Iterator[tuple[str, str]]:
    """Message and answer, each kind of message about once."""
    seen: set[int] = set()
    for exchange in exchanges(world):
        if len(exchange.answer) // 100 not in seen:
            seen.add(len(exchange.answer) // 100)
            yield exchange.request, exchange.answer
