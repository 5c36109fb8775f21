"""Turns: first come, first served; who gives up leaves no gap and keeps nobody waiting."""

import threading
import time
from collections.abc import Callable

import pytest

from qbwc_service.database_turns import TurnNotCome, Turns


def _started(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def _until(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.001)


def test_they_come_in_the_order_in_which_they_asked() -> None:
    turns, came, threads = Turns(), list[int](), list[threading.Thread]()

    def ask(number: int) -> None:
        with turns.one(30):
            came.append(number)

    with turns.one(30):
        for number in range(5):
            threads.append(_started(lambda mine=number: ask(mine)))  # type: ignore[misc]
            _until(lambda: len(turns._waiting) == len(threads))
    for thread in threads:
        thread.join(30)
    assert came == [0, 1, 2, 3, 4]


def test_who_need_not_wait_keeps_its_whole_patience() -> None:
    turns = Turns()
    for _ in range(2):
        with turns.one(1.5) as left:
            assert left == 1.5


def test_who_waited_has_less_patience_left_for_other_processes() -> None:
    turns, told = Turns(), list[float]()

    def ask() -> None:
        with turns.one(30) as left:
            told.append(left)

    with turns.one(30):
        thread = _started(ask)
        _until(lambda: len(turns._waiting) == 1)
        time.sleep(0.05)
    thread.join(30)
    assert 0 <= told[0] <= 29.95


def test_who_gives_up_is_not_waited_for() -> None:
    turns = Turns()
    with turns.one(30):
        with pytest.raises(TurnNotCome), turns.one(0.01):
            pass
        assert not turns._waiting
    with turns.one(0):
        pass


def test_a_turn_that_comes_while_somebody_gives_up_is_passed_on() -> None:
    turns = Turns()
    with turns.one(30):
        mine = threading.Event()
        turns._waiting.append(mine)
    # The turn is with one who no longer waits for it.
    assert mine.is_set()
    turns._leave(mine)
    with turns.one(0):
        pass


def test_what_fails_passes_the_turn_on() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.one(1):
        raise ZeroDivisionError
    with turns.one(0):
        pass
