"""Leases: one holder at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.connections import add_connection
from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Connection, Lease
from qbwc_service.secrecy import Secrecy
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


def keep(database: Database, owner: str, *, after: int) -> bool:
    with database.writing("test") as db:
        return leases.keep(db, "sync:1", owner, NOON + timedelta(seconds=after), TTL)


def test_who_has_it_keeps_it_also_when_it_is_over_and_nobody_wanted_it(database: Database) -> None:
    acquire(database, "one")
    assert keep(database, "one", after=500)
    assert holder(database) == ("one", NOON + timedelta(seconds=620))


def test_nobody_keeps_what_another_has_and_nothing_is_taken(database: Database) -> None:
    assert not keep(database, "two", after=0)
    assert holder(database) is None
    acquire(database, "one")
    assert not keep(database, "two", after=500)
    assert holder(database) == ("one", NOON + TTL)


def test_ended_ones_of_a_beginning_are_forgotten_and_no_others(database: Database) -> None:
    for name in ("form:1", "form:2", "form", "forms:1", "sync:1"):
        acquire(database, "one", name=name)
    acquire(database, "one", name="form:3", after=1)
    with database.writing("test") as db:
        leases.forget_ended(db, "form:", NOON + TTL)
        assert sorted(db.scalars(select(Lease.name))) == ["form", "form:3", "forms:1", "sync:1"]


def test_connections_whose_lease_is_free_are_found(database: Database) -> None:
    with database.writing("test") as db:
        for name in ("acme", "other", "third"):
            secrecy = Secrecy(bytes(32))
            add_connection(
                db, secrecy, name=name, keap_account="", keap_key="", company_file="",
                start_date=None, clock=lambda: NOON,
            )  # fmt: skip
        ids = {each.name: each.id for each in db.scalars(select(Connection))}
        leases.acquire(db, leases.reading(ids["acme"]), "one", NOON, TTL)
        leases.acquire(db, leases.reading(ids["other"]), "one", NOON - TTL, TTL)
        free = select(Connection.name).where(leases.nobody_reads(NOON)).order_by(Connection.name)
        assert db.scalars(free).all() == ["other", "third"]
        later = select(Connection.name).where(leases.nobody_reads(NOON + TTL))
        assert len(db.scalars(later).all()) == 3


@pytest.mark.parametrize(("after", "is_so"), [(0, True), (119, True), (120, False)])
def test_the_service_is_looked_after_while_the_scheduler_has_its_lease(
    database: Database, after: int, *, is_so: bool
) -> None:
    acquire(database, "one", name=leases.ALERTS)
    acquire(database, "one")
    with database.reading() as db:
        assert not leases.is_looked_after(db, NOON)
    acquire(database, "one", name=leases.SCHEDULER)
    with database.reading() as db:
        assert leases.is_looked_after(db, NOON + timedelta(seconds=after)) is is_so
