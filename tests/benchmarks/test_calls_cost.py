"""What a call of the Web Connector costs in statements and transactions: few, whatever waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event

from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.webconnector import service
from qbwc_service.webconnector.contract import Caller
from tests.benchmarks.bench import orders_of_new_customers
from tests.world import World

#: statements of a call that hands out what was prepared, and of one that reads the answer to a
#: message of thirty orders and prepares the next (planning another thirty takes some thirty)
MOST_SENDING, MOST_READING = 6, 110


@dataclass(slots=True)
class Cost:
    """What one call took."""

    method: str
    statements: int = 0
    transactions: int = 0
    writes: int = 0


@contextmanager
def cost_of_calls(world: World) -> Iterator[list[Cost]]:
    """Of each call, in their order. BEGIN and what a database is told before it is not counted."""
    calls: list[Cost] = []
    engine = world.database.engine

    def called(method: str) -> Any:
        ask = getattr(service.Service, method)

        def counted(self: service.Service, *arguments: Any) -> Any:
            calls.append(Cost(method))
            return ask(self, *arguments)

        return counted

    def execute(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if calls and not statement.startswith(("PRAGMA", "BEGIN")):
            calls[-1].statements += 1
        if calls and statement.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")):
            calls[-1].writes += 1

    def begin(*_: object) -> None:
        if calls:
            calls[-1].transactions += 1

    methods = ("authenticate", "send_request_xml", "receive_response_xml", "close_connection")
    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "begin", begin)
    try:
        with patch.multiple(service.Service, **{name: called(name) for name in methods}):
            yield calls
    finally:
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "begin", begin)


def of(calls: list[Cost], method: str) -> list[Cost]:
    return [call for call in calls if call.method == method]


@pytest.fixture
def idle(world: World) -> World:
    """Its lists are read, QuickBooks was compared, it has polled once with nothing to do."""
    world.update()
    assert world.update().ended is Ended.NONE
    return world


def test_an_idle_poll_writes_nothing(idle: World) -> None:
    with cost_of_calls(idle) as calls:
        idle.clock.pass_time(seconds=50)
        assert idle.update().ended is Ended.NONE
    polled, closed = calls
    assert (polled.writes, closed.writes) == (0, 0)
    assert (polled.statements, polled.transactions) == (6, 1)
    assert (closed.statements, closed.transactions) == (0, 0)


def test_the_last_contact_is_noted_once_a_minute(idle: World) -> None:
    noted = idle.connection().last_contact_at
    idle.clock.pass_time(seconds=59)
    idle.update()
    assert idle.connection().last_contact_at == noted
    idle.clock.pass_time(seconds=1)
    idle.update()
    assert idle.connection().last_contact_at == idle.clock.now


def test_what_a_poll_finds_is_noted_at_once_where_it_is_another_than_before(idle: World) -> None:
    with idle.database.writing("test") as db:
        db.merge(idle.connection()).paused = True
    idle.update()
    assert idle.connection().last_contact_result == "Paused."
    with idle.database.writing("test") as db:
        db.merge(idle.connection()).paused = False
    idle.update()
    assert idle.connection().last_contact_result == "Nothing new."


def test_a_wrong_password_between_two_polls_is_told_and_the_next_right_one_settles_it(
    idle: World,
) -> None:
    here = Caller("acme", "10.0.0.5")
    assert idle.service.authenticate(here, idle.new.username, "wrong")[1] == "nvu"
    assert idle.errors() == ["web-connector-password"]
    idle.update()
    assert (idle.errors(), idle.connection().last_contact_result) == ([], "Nothing new.")


def test_a_session_that_was_left_open_is_ended_by_the_next_poll_however_soon(idle: World) -> None:
    idle.clock.pass_time(hours=13)
    idle.service.authenticate(Caller("acme", "10.0.0.5"), idle.new.username, idle.new.password)
    with cost_of_calls(idle) as calls:
        idle.update()
    assert of(calls, "authenticate")[0].writes


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("orders", [100, 300])
def test_a_call_costs_the_same_few_statements_however_many_orders_wait(
    world: World, orders: int
) -> None:
    world.update()
    found = list(orders_of_new_customers(range(1, orders + 1)))
    world.keap_has(*(order for order, _ in found), payments=[payment for _, payment in found])
    with cost_of_calls(world) as calls:
        assert world.update().ended is Ended.DONE
    assert (len(world.invoices()), len(world.payments())) == (orders, orders)

    first, *others = of(calls, "send_request_xml")
    assert of(calls, "authenticate")[0].statements <= 18
    assert first.statements <= 24
    assert max(call.statements for call in others) <= MOST_SENDING
    _lists, *answers = of(calls, "receive_response_xml")
    assert max(call.statements for call in answers) <= MOST_READING
    # The raw answer is stored before it is read; everything else is one transaction.
    assert {call.transactions for call in of(calls, "send_request_xml")} == {1}
    assert {call.transactions for call in answers} == {2}
