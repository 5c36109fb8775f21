"""Two connections on one company file that call in the same instant, with real threads: one wins.

On both databases: SQLite lets one write at a time, PostgreSQL locks the rows of the leases.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from qbwc_service.connections import find_connection, new_password
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.ledger import company_file_leases, live_sessions, sharing
from qbwc_service.ledger.models import UpdateSession
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.service import Service
from tests.ledger_rows import NOON

ROUNDS = 8
NAMES = ("acme", "other")


class Office:
    """The two connections, called by their Web Connectors."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        secrecy = Secrecy(bytes(32))
        self.service = Service(database, secrecy, lambda: self.now)
        self._logins = {}
        with database.writing("test") as db:
            for name in NAMES:
                made = new_password(db, secrecy, name)
                self._logins[name] = (made.username, made.password)

    def share(self, name: str, other: str) -> None:
        """That connection has seen the FileID of the other in its company file."""
        with self.database.writing("test") as db:
            find_connection(db, name).shared_with = [find_connection(db, other).id]

    def authenticate(self, name: str) -> list[str]:
        """Again where the disk was slow and the call was put off, as a Web Connector does."""
        caller = Caller(connection=name, remote_address=f"10.0.0.{NAMES.index(name)}")
        for _ in range(20):
            with suppress(DatabaseBusy):
                return self.service.authenticate(caller, *self._logins[name])
        raise AssertionError("the database was busy for half a minute")

    def at_once(self, act: Callable[[str], list[str]]) -> list[list[str]]:
        """Both do it in the same instant, each in a thread of its own."""
        answers: list[list[str]] = []
        ready = Barrier(len(NAMES))

        def one(name: str) -> None:
            ready.wait()
            answers.append(act(name))

        threads = [Thread(target=one, args=(name,)) for name in NAMES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return answers

    def close_all(self) -> None:
        with self.database.writing("test") as db:
            for session in live_sessions.open_sessions(db, self.now):
                live_sessions.end(session, self.now, "")


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.mark.parametrize("both_know", [True, False])
def test_of_two_in_the_same_instant_one_begins_and_one_is_busy(
    office: Office, both_know: bool
) -> None:
    office.share("other", "acme")
    if both_know:
        office.share("acme", "other")
    for _ in range(ROUNDS):
        answers = office.at_once(office.authenticate)
        assert sorted(answer[1] for answer in answers) == ["", "busy"]
        office.close_all()


def test_connections_that_share_nothing_begin_side_by_side(office: Office) -> None:
    for _ in range(ROUNDS):
        answers = office.at_once(office.authenticate)
        assert [answer[1] for answer in answers] == ["", ""]
        office.close_all()


def test_of_two_that_find_it_abandoned_one_takes_it(office: Office) -> None:
    """The holder was killed; both connections come back in the same instant."""
    for name, other in (NAMES, NAMES[::-1]):
        office.share(name, other)
    for _ in range(ROUNDS):
        office.authenticate("acme")
        office.now += timedelta(minutes=10)
        answers = office.at_once(office.authenticate)
        assert sorted(answer[1] for answer in answers) == ["", "busy"]
        office.close_all()


def test_a_session_that_is_being_called_just_now_is_not_given_up(office: Office) -> None:
    """PostgreSQL: a call that is under way has locked its session, and what it will write is not
    to be seen yet. On SQLite such a call holds the whole database."""
    if office.database.is_sqlite:
        pytest.skip("one writer at a time")
    office.share("other", "acme")
    office.authenticate("acme")
    office.now += timedelta(minutes=11)
    with office.database.writing("test") as db:
        found = live_sessions.live_session(db, find_connection(db, "acme").id)
        assert found is not None
        db.refresh(found, with_for_update=True)
        assert office.authenticate("other")[1] == "busy"


def test_a_lease_is_in_force_only_while_its_holder_has_a_session(office: Office) -> None:
    office.share("other", "acme")
    with office.database.writing("test") as db:
        acme, other = (find_connection(db, name).id for name in NAMES)
        assert company_file_leases.take(db, acme, [], NOON) is None
        assert company_file_leases.take(db, other, [acme], NOON) is None
        assert company_file_leases.take(db, acme, [], NOON) is None
    office.authenticate("acme")
    with office.database.writing("test") as db:
        in_the_way = company_file_leases.take(db, other, [acme], NOON)
        assert isinstance(in_the_way, UpdateSession)
        assert in_the_way.connection_id == acme


def test_of_two_first_sessions_one_learns_after_the_other(office: Office) -> None:
    """Else neither would see that the other has just learned the same company. On SQLite the
    transaction alone sees to that."""
    if office.database.is_sqlite:
        pytest.skip("one writer at a time")
    order: list[str] = []

    def learn() -> None:
        with office.database.writing("test") as db:
            sharing.one_learns_at_a_time(db, "Blue Sky", NOON)
            order.append("second")

    with office.database.writing("test") as db:
        sharing.one_learns_at_a_time(db, "Blue Sky", NOON)
        second = Thread(target=learn)
        second.start()
        second.join(0.5)
        order.append("first")
    second.join(30)
    assert order == ["first", "second"]
