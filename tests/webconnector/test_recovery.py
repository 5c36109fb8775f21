"""Answers that get lost: the books end as if nothing had happened."""

from contextlib import closing
from pathlib import Path

import pytest

from qbwc_service.demo.quickbooks import Crash, CrashPoint
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.planning.order import Buyer
from tests.world import World, paid, product, sale


def a_busy_day(world: World) -> None:
    """Three orders of two contacts with four payments, one without SKU."""
    bob = Buyer("4502", "Bob", "Ray", email="bob@example.com")
    world.keap_has(
        sale(1, product(price=10000)),
        sale(2, product("NAIL", 250, 4), buyer=bob),
        sale(3, product(sku="", price=700), buyer=bob),
        payments=[
            paid(1, 2500, payment_id=11),
            paid(1, 7500, payment_id=12),
            paid(2, 1000, payment_id=21),
            paid(3, 700, payment_id=31),
        ],
    )


def the_books_are_right(world: World) -> None:
    assert world.invoices() == [
        ("1", "Ann Lee", "100.00"),
        ("2", "Bob Ray", "10.00"),
        ("3", "Bob Ray", "7.00"),
    ]
    assert world.payments() == [
        ("K11", "25.00", "1"),
        ("K12", "75.00", "1"),
        ("K21", "10.00", "2"),
        ("K31", "7.00", "3"),
    ]
    assert [customer.full_name for customer in world.books().customers] == ["Ann Lee", "Bob Ray"]
    assert world.statuses() == dict.fromkeys((1, 2, 3), ("posted", ""))


def updates_until_quiet(world: World, most: int = 8) -> None:
    for _ in range(most):
        world.clock.pass_time(minutes=1)
        if world.update().ended is Ended.NONE:
            return
    raise AssertionError("the updates never came to rest")


@pytest.mark.parametrize("message", [1, 2, 3, 4, 5])
def test_a_lost_answer_changes_nothing(world: World, message: int) -> None:
    a_busy_day(world)
    world.faults.drop_answer_at(message)

    world.update()
    updates_until_quiet(world)

    the_books_are_right(world)


@pytest.mark.parametrize("message", [1, 2, 3, 4, 5])
def test_an_answer_delivered_twice_is_used_once(world: World, message: int) -> None:
    a_busy_day(world)
    world.faults.duplicate_receive(message)

    world.update()
    updates_until_quiet(world)

    the_books_are_right(world)


@pytest.mark.parametrize("message", [1, 2, 3, 4, 5])
def test_a_late_answer_is_used(world: World, message: int) -> None:
    a_busy_day(world)
    world.faults.late_answer(message)

    world.update()
    updates_until_quiet(world)

    the_books_are_right(world)


@pytest.mark.parametrize("message", [1, 2, 3, 4, 5])
def test_a_lost_answer_changes_nothing_where_quickbooks_kept_none(
    tmp_path: Path, message: int
) -> None:
    with closing(World(tmp_path, memory=0)) as world:
        a_busy_day(world)
        world.faults.drop_answer_at(message)

        world.update()
        updates_until_quiet(world)

        the_books_are_right(world)


@pytest.mark.parametrize("was_run", [True, False], ids=["run", "not-run"])
@pytest.mark.parametrize("code", [0x80040402, 0x80040414, 0x80010105, 0x8004040D])
@pytest.mark.parametrize("message", [2, 3, 4])
def test_a_session_that_breaks_is_checked_before_anything_is_sent_again(
    world: World, message: int, code: int, *, was_run: bool
) -> None:
    a_busy_day(world)
    world.faults.hresult_at(message, code, message_was_run=was_run)

    world.update()
    updates_until_quiet(world)

    the_books_are_right(world)


@pytest.mark.parametrize("request_number", [1, 2, 3, 4, 5, 6, 7])
def test_quickbooks_dies_in_the_middle_of_a_message(world: World, request_number: int) -> None:
    a_busy_day(world)
    world.company.crash = Crash(CrashPoint.REQUEST_APPLIED, request_number)

    world.update()
    world.company.crash = Crash()
    updates_until_quiet(world)

    the_books_are_right(world)
