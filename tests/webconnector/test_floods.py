"""Floods of log-ins and tickets: the real Web Connector goes on, and nothing grows."""

import logging

import pytest
from sqlalchemy import event, func, select

from qbwc_service.ledger import login_failures
from qbwc_service.ledger.models import ErrorEntry, LoginFailure, UpdateSession
from qbwc_service.webconnector.contract import Caller
from tests.world import World, product, sale

NOT_A_USER = ["", "nvu"]
REFUSED = "wrong user name or password"


def count(world: World, table: type[object]) -> int:
    with world.database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def guess(world: World, user: str, address: str, times: int = 1) -> None:
    for number in range(times):
        answer = world.service.authenticate(Caller("acme", address), user, f"guess-{number}")
        assert answer == NOT_A_USER


def test_the_right_password_is_never_slowed_whoever_guesses(world: World) -> None:
    world.keap_has(sale(1, product(price=10000)))
    for address in ("10.0.0.5", "192.0.2.7"):
        guess(world, world.new.username, address, 100)

    world.update(address="10.0.0.5")

    assert world.invoices() == [("1", "Ann Lee", "100.00")]
    assert world.errors() == []


def test_guesses_at_a_connection_leave_few_rows_few_lines_and_one_entry(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for number in range(100):
            guess(world, world.new.username, f"192.0.2.{number}", 2)

    assert world.errors() == ["web-connector-password"]
    assert count(world, ErrorEntry) == 1
    assert count(world, LoginFailure) == 101
    assert caplog.text.count(REFUSED) == 5


def test_user_names_without_end_leave_one_row_an_address_and_few_lines(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for number in range(200):
            guess(world, f"nobody-{number}", "192.0.2.7")

    assert count(world, LoginFailure) == 1
    assert count(world, ErrorEntry) == 0
    assert caplog.text.count(REFUSED) == 30


def test_addresses_without_end_leave_only_the_newest_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_failures, "MOST_ROWS", 50)
    monkeypatch.setattr(login_failures, "_FORGOTTEN_AT_ONCE", 10)
    for number in range(120):
        guess(world, "nobody", f"192.0.2.{number}")
    assert count(world, LoginFailure) <= 50


def test_a_guess_that_is_not_told_writes_nothing(world: World) -> None:
    guess(world, world.new.username, "192.0.2.7", 6)
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            written.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    guess(world, world.new.username, "192.0.2.7", 3)
    event.remove(world.database.engine, "before_cursor_execute", note)
    assert written == []


def test_guessed_tickets_and_ended_ones_change_nothing(world: World) -> None:
    service, caller = world.service, Caller("acme", "10.0.0.5")
    ended, _ = service.authenticate(caller, world.new.username, world.new.password)
    service.close_connection(caller, ended)
    sessions = count(world, UpdateSession)
    for ticket in (ended, "0" * 32, "", "x" * 100_000):
        assert service.send_request_xml(caller, ticket, "", "", "US", 13, 0) == ""
        assert service.receive_response_xml(caller, ticket, "<QBXML/>", "", "") == -1
        assert service.connection_error(caller, ticket, "0x80040400", "") == "done"
        assert service.get_last_error(caller, ticket)
        assert service.close_connection(caller, ticket)
    assert count(world, UpdateSession) == sessions
    assert world.errors() == []


def test_a_version_of_megabytes_is_not_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        world.service.client_version(Caller("acme", "192.0.2.7"), "9" * 1_000_000)
    assert len(caplog.text) < 1_000
