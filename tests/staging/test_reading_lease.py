"""Who may read a connection: a living holder keeps it, a dead one is replaced, and a holder that
was replaced writes nothing more. On both databases."""

import time
from datetime import timedelta

import pytest

from qbwc_service.clock import Clock
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.ledger import leases
from qbwc_service.staging.failures import SyncBusy
from qbwc_service.staging.reading_lease import HEARTBEAT_SECONDS, LEASE_TTL, ReadingLease
from tests.staging.joined import Clock as MovedClock

NEVER = 3600.0


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


def lease(database: Database, clock: Clock, *, heartbeat_seconds: float = NEVER) -> ReadingLease:
    with database.reading() as db:
        acme = find_connection(db, "acme")
    return ReadingLease(database, acme, clock, heartbeat_seconds=heartbeat_seconds)


def write(database: Database, held: ReadingLease, name: str) -> None:
    """As a page is written: the connection's row is locked, then the lease is held."""
    with database.writing("test") as db:
        acme = lock_connection(db, "acme")
        held.hold(db)
        acme.company_name = name


def written(database: Database) -> str:
    with database.reading() as db:
        return find_connection(db, "acme").company_name


def until_renewed(database: Database, clock: MovedClock) -> None:
    for _ in range(1000):
        with database.reading() as db:
            held = leases.holder(db, leases.reading(find_connection(db, "acme").id))
        if held is not None and held.expires_at == clock() + LEASE_TTL:
            return
        time.sleep(0.01)
    raise AssertionError("the heart does not beat")


def test_a_slow_holder_that_lives_is_never_robbed(database: Database, clock: MovedClock) -> None:
    with lease(database, clock, heartbeat_seconds=0.01) as slow:
        for _ in range(5):
            clock.forward(seconds=HEARTBEAT_SECONDS)
            until_renewed(database, clock)
            with pytest.raises(SyncBusy), lease(database, clock):
                pass
        assert clock() - LEASE_TTL > MovedClock().now
        slow.check()
        write(database, slow, "read slowly")
    assert written(database) == "read slowly"


def test_one_that_died_is_replaced_when_its_lease_is_over(
    database: Database, clock: MovedClock
) -> None:
    dead = lease(database, clock)
    dead._take()
    clock.forward(seconds=LEASE_TTL.total_seconds() - 1)
    with pytest.raises(SyncBusy), lease(database, clock):
        pass
    clock.forward(seconds=1)
    with lease(database, clock) as heir:
        write(database, heir, "taken over")
    assert written(database) == "taken over"


@pytest.mark.parametrize("is_over", [False, True], ids=["at work", "done already"])
def test_one_that_was_stopped_and_replaced_writes_nothing_more(
    database: Database, clock: MovedClock, is_over: bool
) -> None:
    with lease(database, clock) as stopped:
        write(database, stopped, "old")
        clock.forward(seconds=LEASE_TTL.total_seconds())
        with lease(database, clock) as heir:
            write(database, heir, "new")
            if not is_over:
                with pytest.raises(SyncBusy):
                    write(database, stopped, "older")
        if is_over:
            with pytest.raises(SyncBusy):
                write(database, stopped, "older")
    assert written(database) == "new"


def test_its_heart_finds_out_as_well_and_takes_nothing_back(
    database: Database, clock: MovedClock
) -> None:
    with lease(database, clock, heartbeat_seconds=0.01) as stopped:
        with database.writing("test") as db:
            name = leases.reading(find_connection(db, "acme").id)
            other = leases.holder(db, name)
            assert other is not None
            other.owner = "pc7:1:a"
        stopped._heart.join(10)
        assert not stopped._heart.is_alive()
        with pytest.raises(SyncBusy, match="process 1 on pc7"):
            stopped.check()
    with database.reading() as db:
        kept = leases.holder(db, name)
    assert kept is not None
    assert kept.owner == "pc7:1:a"


def test_nobody_takes_it_between_the_last_check_and_the_commit(
    database: Database, clock: MovedClock
) -> None:
    hasty = database.waiting_at_most(0.2)
    with lease(database, clock) as slow:
        with database.writing("test") as db:
            acme = lock_connection(db, "acme")
            slow.hold(db)
            clock.forward(seconds=2 * LEASE_TTL.total_seconds())
            with pytest.raises(DatabaseBusy):
                lease(hasty, clock)._take()
            acme.company_name = "whole"
        assert written(database) == "whole"
        with lease(hasty, clock), pytest.raises(SyncBusy):
            write(database, slow, "too late")
    assert written(database) == "whole"


def test_it_is_renewed_long_before_it_ends() -> None:
    assert timedelta(seconds=HEARTBEAT_SECONDS) * 3 < LEASE_TTL
