"""Leases: one holder at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Lease
from tests.databases import new_database

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TTL = timedelta(seconds=120)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path)
    yield made
    made.close()


def acquire(database: Database, owner: str, *, after: int = 0, name: str = "sync:1") -> bool:
    with database.writing("test") as db:
        return leases.acquire(db, name, owner, NOON + timedelta(seconds=after), TTL)


def holder(database: Database) -> tuple[str, datetime] | None:
    with database.reading() as db:
        lease = leases.holder(db, "sync:1")
        return (lease.owner, lease.expires_at) if lease else None


def test_a_lease_keeps_two_apart(database: Database) -> None:
    assert acquire(database, "one")
    assert not acquire(database, "two", after=119)
    assert holder(database) == ("one", NOON + TTL)


def test_leases_of_two_names_do_not_meet(database: Database) -> None:
    assert acquire(database, "one")
    assert acquire(database, "two", name="sync:2")


def test_the_holder_makes_it_last_longer(database: Database) -> None:
    acquire(database, "one")
    assert acquire(database, "one", after=100)
    assert holder(database) == ("one", NOON + timedelta(seconds=220))
    assert not acquire(database, "two", after=219)


def test_a_lease_that_ended_goes_to_the_next(database: Database) -> None:
    acquire(database, "one")
    assert acquire(database, "two", after=120)
    assert holder(database) == ("two", NOON + timedelta(seconds=240))
    assert not acquire(database, "one", after=121)


def test_given_back_it_is_free_at_once(database: Database) -> None:
    acquire(database, "one")
    with database.writing("test") as db:
        leases.release(db, "sync:1", "one")
    assert holder(database) is None
    assert acquire(database, "two", after=1)


def test_nobody_gives_back_the_lease_of_another(database: Database) -> None:
    acquire(database, "one")
    with database.writing("test") as db:
        leases.release(db, "sync:1", "two")
    assert holder(database) == ("one", NOON + TTL)


def test_the_one_who_inserts_second_goes_away_and_its_transaction_lives_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquire(database, "one", after=1000)
    monkeypatch.setattr(leases, "holder", lambda db, name: None)
    with database.writing("test") as db:
        assert not leases.acquire(db, "sync:1", "two", NOON, TTL)
        db.add(Lease(name="other", owner="two", expires_at=NOON))
    with database.reading() as db:
        assert db.get_one(Lease, "sync:1").owner == "one"
        assert db.get_one(Lease, "other").owner == "two"
