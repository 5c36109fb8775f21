"""Who is due and who takes it on, on both databases."""

from datetime import datetime, timedelta

import pytest

from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Connection, KeapPace
from qbwc_service.staging.due import (
    Due,
    as_before,
    at_once,
    claim,
    due_connections,
    finish,
    regular,
    sharing_of,
)
from qbwc_service.staging.next_time import Sharing
from qbwc_service.staging.reading_lease import LEASE_TTL
from qbwc_service.staging.schedule import LOOK_EVERY_SECONDS
from tests.staging.joined import NOON

LATER = NOON + timedelta(minutes=1)


def change(database: Database, name: str, **values: object) -> None:
    with database.writing("test") as db:
        connection = find_connection(db, name)
        for field, value in values.items():
            setattr(connection, field, value)


def connection(database: Database, name: str = "acme") -> Connection:
    with database.reading() as db:
        return find_connection(db, name)


def names(database: Database, now: datetime = NOON) -> list[str]:
    with database.reading() as db:
        return [one.name for one in due_connections(db, now)]


def due(database: Database, name: str = "acme") -> Due:
    with database.reading() as db:
        (found,) = [one for one in due_connections(db, NOON) if one.name == name]
    return found


@pytest.fixture(autouse=True)
def _with_keys(database: Database) -> None:
    for name in ("acme", "other"):
        change(database, name, keap_key="encrypted")


def test_those_never_read_come_first_and_then_those_that_waited_longest(
    database: Database,
) -> None:
    change(database, "acme", next_sync_at=NOON)
    assert names(database) == ["other", "acme"]
    change(database, "other", next_sync_at=NOON - timedelta(seconds=1))
    assert names(database) == ["other", "acme"]
    change(database, "acme", next_sync_at=NOON - timedelta(seconds=2))
    assert names(database) == ["acme", "other"]


def test_who_is_not_due_or_paused_or_has_no_key_is_left_alone(database: Database) -> None:
    change(database, "acme", next_sync_at=NOON + timedelta(seconds=1))
    change(database, "other", paused=True)
    assert names(database) == []
    change(database, "other", paused=False, keap_key="")
    assert names(database) == []


@pytest.mark.parametrize("at", [None, NOON - timedelta(hours=1)])
def test_only_one_of_two_that_look_takes_it_on(database: Database, at: datetime | None) -> None:
    change(database, "acme", next_sync_at=at)
    found = due(database)
    assert claim(database, found, NOON) is not None
    assert claim(database, found, NOON) is None
    assert names(database) == ["other"]


def test_one_that_was_paused_meanwhile_is_not_taken_on(database: Database) -> None:
    found = due(database)
    change(database, "acme", paused=True)
    assert claim(database, found, NOON) is None


def test_if_the_process_dies_it_is_due_again_within_a_minute(database: Database) -> None:
    claim(database, due(database), NOON)
    assert "acme" not in names(database, NOON + LEASE_TTL - timedelta(seconds=1))
    assert "acme" in names(database, NOON + LEASE_TTL)
    assert LEASE_TTL + timedelta(seconds=LOOK_EVERY_SECONDS) < timedelta(minutes=1)


def test_one_that_is_being_read_is_not_due_however_long_that_takes(database: Database) -> None:
    claim(database, due(database), NOON)
    later = NOON + 3 * LEASE_TTL
    with database.writing("test") as db:
        name = leases.reading(find_connection(db, "acme").id)
        leases.acquire(db, name, "pc7:1:a", later - LEASE_TTL / 4, LEASE_TTL)
    assert names(database, later) == ["other"]
    assert "acme" in names(database, later + LEASE_TTL)


def test_one_that_somebody_works_on_is_passed_over_instead_of_waited_for(
    database: Database,
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    found = due(database)
    with database.writing("test") as db:
        lock_connection(db, "acme")
        assert claim(database.waiting_at_most(5), found, NOON) is None
    assert claim(database, found, NOON) is not None


def test_afterwards_it_is_due_when_its_settings_say(database: Database) -> None:
    claimed = claim(database, due(database), NOON)
    assert claimed
    finish(database, claimed, regular, LATER, 2.0)
    assert connection(database).next_sync_at == LATER + timedelta(minutes=15)


def test_with_more_to_read_it_is_due_behind_those_that_are_due(database: Database) -> None:
    change(database, "other", next_sync_at=NOON)
    claimed = claim(database, due(database), NOON)
    assert claimed
    finish(database, claimed, at_once, LATER, 2.0)
    assert names(database, LATER) == ["other", "acme"]


def test_where_nothing_was_read_it_stays_due(database: Database) -> None:
    found = due(database)
    claimed = claim(database, found, NOON)
    assert claimed
    finish(database, claimed, as_before(found), LATER, 2.0)
    assert due(database) == found


def test_a_wish_to_read_at_once_that_comes_meanwhile_is_not_forgotten(database: Database) -> None:
    claimed = claim(database, due(database), NOON)
    assert claimed
    change(database, "acme", next_sync_at=None)
    finish(database, claimed, regular, LATER, 2.0)
    assert connection(database).next_sync_at is None


def test_those_that_share_a_client_id_or_key_share_its_limit(database: Database) -> None:
    with database.writing("test") as db:
        db.add(KeapPace(key="client|x", free_at=NOON, day_limit=1000))
        assert sharing_of(db, find_connection(db, "acme"), 2.0) == Sharing(1, None, 2.0)
    for name in ("acme", "other"):
        change(database, name, keap_pace="client|x")
    with database.reading() as db:
        assert sharing_of(db, find_connection(db, "acme"), 2.0) == Sharing(2, 1000, 2.0)
    change(database, "other", paused=True)
    with database.reading() as db:
        assert sharing_of(db, find_connection(db, "acme"), 2.0) == Sharing(1, 1000, 2.0)


def test_many_under_one_limit_are_read_less_often(database: Database) -> None:
    """2 x 5 calls of 80 % of 480 a day: every 37.5 minutes."""
    with database.writing("test") as db:
        db.add(KeapPace(key="client|x", free_at=NOON, day_limit=480))
    for name in ("acme", "other"):
        change(database, name, keap_pace="client|x")
    claimed = claim(database, due(database), NOON)
    assert claimed
    finish(database, claimed, regular, NOON, 2.0)
    assert connection(database).next_sync_at == NOON + timedelta(minutes=38)
