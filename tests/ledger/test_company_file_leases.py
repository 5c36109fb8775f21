"""Who is at work on a company file that several connections share."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import company_file_leases, live_sessions
from qbwc_service.ledger.models import CompanyFileLease, Connection, UpdateSession
from qbwc_service.webconnector import sessions
from tests.ledger_rows import NOON


def at_work(db: Session, connection: Connection) -> UpdateSession:
    return sessions.begin(db, connection, f"ticket {connection.id}", "10.0.0.1", NOON)


def holders(db: Session) -> dict[int, int]:
    rows = db.scalars(select(CompanyFileLease))
    return {row.connection_id: row.holder_id for row in rows}


def test_a_connection_takes_its_own_row_and_those_that_it_shares_the_file_with(
    db: Session, acme: Connection, other: Connection
) -> None:
    assert company_file_leases.take(db, acme.id, [other.id], NOON) is None
    assert holders(db) == {acme.id: acme.id, other.id: acme.id}
    assert company_file_leases.take(db, acme.id, [other.id], NOON) is None


def test_whoever_is_at_work_is_in_the_way_also_where_only_one_knows_of_the_other(
    db: Session, acme: Connection, other: Connection
) -> None:
    company_file_leases.take(db, acme.id, [other.id], NOON)
    session = at_work(db, acme)
    assert company_file_leases.take(db, other.id, [], NOON) is session
    assert holders(db)[other.id] == acme.id


@pytest.mark.parametrize(("silent_for", "is_in_the_way"), [(599, True), (600, False)])
def test_a_row_is_in_force_until_its_holder_was_silent_for_ten_minutes(
    db: Session, acme: Connection, other: Connection, silent_for: int, *, is_in_the_way: bool
) -> None:
    company_file_leases.take(db, acme.id, [other.id], NOON)
    session = at_work(db, acme)
    now = NOON + timedelta(seconds=silent_for)
    found = company_file_leases.take(db, other.id, [acme.id], now)
    assert (found is session) is is_in_the_way
    assert (session.ended_at is None) is is_in_the_way
    expected = acme.id if is_in_the_way else other.id
    assert holders(db) == {acme.id: expected, other.id: expected}


def test_a_session_that_has_ended_is_in_nobodys_way(
    db: Session, acme: Connection, other: Connection
) -> None:
    company_file_leases.take(db, acme.id, [other.id], NOON)
    live_sessions.end(at_work(db, acme), NOON, "Done.")
    assert company_file_leases.take(db, other.id, [acme.id], NOON) is None
    assert holders(db) == {acme.id: other.id, other.id: other.id}
