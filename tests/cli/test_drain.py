"""drain: no new update begins, and the command waits for the open ones."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qbwc_service.cli import drain as command
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import drain, live_sessions
from qbwc_service.ledger.models import UpdateSession
from tests.cli.conftest import Shell

pytestmark = pytest.mark.usefixtures("migrated")


def open_update(database: Database, *, minutes_silent: int = 0) -> None:
    with database.writing("test") as db:
        db.add(
            UpdateSession(
                connection_id=find_connection(db, "acme").id,
                ticket_digest="0" * 64,
                remote_address="10.0.0.5",
                started_at=utc_now() - timedelta(minutes=20),
                last_call_at=utc_now() - timedelta(minutes=minutes_silent),
            )
        )


def is_draining(database: Database) -> bool:
    with database.reading() as db:
        return drain.current(db) is not None


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Any]]:
    """What happens between two looks of the command, which does not sleep here."""
    happens: list[Callable[[], Any]] = []
    monkeypatch.setattr(command.time, "sleep", lambda _: happens.pop(0)() if happens else None)
    return happens


def test_with_no_update_open_the_service_may_be_stopped_at_once(
    shell: Shell, migrated: Database, acme: dict[str, str], looks: list[Callable[[], Any]]
) -> None:
    outcome = shell("drain")
    assert outcome.code == 0
    assert outcome.out.endswith(
        "No update is open: the service may be stopped. Once it runs again: "
        "qbwc-service drain --end\n"
    )
    assert is_draining(migrated)


def test_it_waits_for_an_open_update_and_names_it(
    shell: Shell, migrated: Database, acme: dict[str, str], looks: list[Callable[[], Any]]
) -> None:
    open_update(migrated)

    def closes() -> None:
        with migrated.writing("test") as db:
            (found,) = live_sessions.open_sessions(db, utc_now())
            live_sessions.end(found, utc_now(), "")

    looks += [lambda: None, closes]
    outcome = shell("drain")
    assert outcome.code == 0
    assert "Open: acme, from 10.0.0.5, since " in outcome.out


def test_an_update_that_begins_after_the_first_look_is_seen(
    shell: Shell, migrated: Database, acme: dict[str, str], looks: list[Callable[[], Any]]
) -> None:
    """It was let in before the drain, and committed after the look."""
    looks += [lambda: open_update(migrated)]
    outcome = shell("drain", "--wait", "0")
    assert outcome.code == 1
    assert "Still open after 0 seconds: acme." in outcome.err


def test_a_dead_update_is_not_waited_for(
    shell: Shell, migrated: Database, acme: dict[str, str], looks: list[Callable[[], Any]]
) -> None:
    open_update(migrated, minutes_silent=10)
    assert shell("drain").code == 0


def test_the_wait_has_a_bound_and_the_drain_goes_on(
    shell: Shell, migrated: Database, acme: dict[str, str], looks: list[Callable[[], Any]]
) -> None:
    open_update(migrated)
    outcome = shell("drain", "--wait", "0", "--json")
    assert outcome.code == 1
    assert outcome.document["draining"] is True
    assert [one["connection"] for one in outcome.document["open"]] == ["acme"]
    assert is_draining(migrated)


def test_it_is_ended_and_shown_in_status(
    shell: Shell, migrated: Database, acme: dict[str, str], looks: list[Callable[[], Any]]
) -> None:
    shell("drain")
    assert "No update begins since " in shell("status", "acme").out
    assert shell("status", "acme", "--json").document["draining_since"] is not None

    assert shell("drain", "--end").out == "Updates begin again.\n"
    assert not is_draining(migrated)
    assert shell("status", "acme", "--json").document["draining_since"] is None
    assert shell("drain", "--end").out == "No drain was on; updates begin as usual.\n"
