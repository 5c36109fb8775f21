"""Paused by whoever works with a connection, suspended by whoever runs it."""

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks import InProcessQuickBooks
from qbwc_service.demo.quickbooks.port import HResult
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import pausing
from qbwc_service.ledger.models import Connection, Event, MessageSet
from qbwc_service.ledger.pausing import LONGEST_REASON, SUSPENDED, Suspended
from tests.ledger_rows import NOON
from tests.world import World, sale


def suspend(world: World, reason: str = "The contract has ended") -> None:
    with world.database.writing("test") as db:
        pausing.suspend(db, find_connection(db, world.name), "owner", NOON, reason)


def connection_of(world: World) -> Connection:
    with world.database.reading() as db:
        return find_connection(db, world.name)


def test_a_suspension_is_lifted_by_no_resume(world: World) -> None:
    suspend(world)
    with (
        pytest.raises(Suspended, match="suspended: The contract has ended\\. Nothing was changed"),
        world.database.writing("test") as db,
    ):
        pausing.resume(db, find_connection(db, world.name), "bea", NOON)
    assert connection_of(world).paused
    with world.database.writing("test") as db:
        found = find_connection(db, world.name)
        assert pausing.reinstate(db, found, "owner", NOON)
        assert not pausing.reinstate(db, found, "owner", NOON)
    assert (connection_of(world).paused, connection_of(world).suspended_because) == (False, "")
    with world.database.reading() as db:
        told = db.scalars(select(Event.text).order_by(Event.id)).all()
    assert told == ["Suspended: The contract has ended", "Suspension lifted"]


@pytest.mark.parametrize("is_suspended_first", [False, True])
def test_a_pause_outlives_a_suspension(world: World, is_suspended_first: bool) -> None:
    world.keap_has(sale(1001))
    acts = [
        lambda db, found: pausing.pause(db, found, "bea", NOON),
        lambda db, found: pausing.suspend(db, found, "owner", NOON, "It was asked for"),
    ]
    with world.database.writing("test") as db:
        found = find_connection(db, world.name)
        for act in reversed(acts) if is_suspended_first else acts:
            act(db, found)
        assert pausing.reinstate(db, found, "owner", NOON)
    assert (connection_of(world).paused, connection_of(world).suspended_because) == (True, "")
    with world.database.reading() as db:
        assert db.scalars(select(Connection).where(Connection.paused)).all()
        newest = db.scalars(select(Event.text).order_by(Event.id.desc())).first()
    assert newest == "Suspension lifted. It is still paused"
    world.update()
    assert world.invoices() == []
    with world.database.writing("test") as db:
        assert pausing.resume(db, find_connection(db, world.name), "bea", NOON)
    world.update()
    assert len(world.invoices()) == 1


def test_what_is_suspended_is_paused_for_every_query(world: World) -> None:
    suspend(world)
    with world.database.reading() as db:
        assert db.scalars(select(Connection).where(Connection.paused.is_(False))).all() == []
        assert db.scalars(select(Connection.paused)).all() == [True]
        assert not find_connection(db, world.name).paused_by_hand


def test_pausing_twice_is_told_once(world: World) -> None:
    with world.database.writing("test") as db:
        found = find_connection(db, world.name)
        assert pausing.pause(db, found, "bea", NOON)
        assert not pausing.pause(db, found, "bea", NOON)
        assert pausing.resume(db, found, "bea", NOON)
        assert not pausing.resume(db, found, "bea", NOON)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("  one\n two. ", "one two."),
        ("", "No reason was given."),
        ("x" * 999, "x" * LONGEST_REASON + "."),
    ],
)
def test_the_reason_is_one_short_sentence(world: World, typed: str, told: str) -> None:
    suspend(world, typed)
    assert connection_of(world).suspended_because == told


def test_the_web_connector_is_told_the_reason_once_an_hour(world: World) -> None:
    world.keap_has(sale(1001))
    suspend(world)
    told = "This connection is suspended. The contract has ended. Keap is not read"
    assert world.update().status.startswith(told)
    assert world.invoices() == []
    assert world.update().ended is Ended.NONE
    assert connection_of(world).last_contact_result == "Suspended."
    world.clock.pass_time(hours=1)
    assert world.update().status.startswith(told)
    assert world.errors() == [SUSPENDED]
    with world.database.writing("test") as db:
        pausing.reinstate(db, find_connection(db, world.name), "owner", NOON)
    assert world.update().ended is Ended.DONE
    assert len(world.invoices()) == 1
    assert world.errors() == []


def test_it_is_told_where_quickbooks_cannot_be_opened_too(world: World) -> None:
    suspend(world)
    quickbooks = InProcessQuickBooks(world.company)
    quickbooks.refusal = HResult(0x80040408)
    world.web_connector(quickbooks=quickbooks).update()
    assert world.errors() == [SUSPENDED]
    assert "The contract has ended" in connection_of(world).last_contact_result


def test_an_update_that_is_under_way_sends_no_more_and_its_answers_are_kept(world: World) -> None:
    world.keap_has(sale(1001))
    quickbooks = SuspendsMeanwhile(world)
    result = world.web_connector(quickbooks=quickbooks).update()
    assert "The contract has ended" in result.status
    assert result.round_trips == 1
    assert world.invoices() == []
    with world.database.reading() as db:
        (first,) = db.scalars(select(MessageSet).where(MessageSet.sent_at.is_not(None))).all()
    assert first.answer
    assert first.applied_at is not None


class SuspendsMeanwhile(InProcessQuickBooks):
    """The connection is suspended while QuickBooks works on the first message."""

    def __init__(self, world: World) -> None:
        super().__init__(world.company)
        self._world = world
        self._calls = 0

    def process(self, ticket: str, request: str) -> str:
        self._calls += 1
        # The first call is the Web Connector's own question for the host.
        if self._calls == 2:
            suspend(self._world)
        return super().process(ticket, request)
