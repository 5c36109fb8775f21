"""Random days: orders, payments, refunds, lost answers, deaths in the middle, people in QuickBooks
and on our pages, older copies put back, wrong clocks, a second computer.

Whatever happened, nothing of ours is in QuickBooks twice, nothing is missing without a hold that
the story gives a reason for, every payment is on its own invoice, and the amounts are those of
Keap. Thousands of them: `python -m tests.faults`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.databases import one_on_postgresql
from tests.faults.__main__ import Outcome, played

#: steps of a short history
STEPS = 14


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    try:
        with one_on_postgresql() as url:
            yield url
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL: {str(error.orig).splitlines()[0]}")


def _is_right(outcome: Outcome) -> None:
    told = "\n".join([*outcome.story, *(f">> {c.kind}: {c.text}" for c in outcome.complaints)])
    assert not outcome.complaints, f"history {outcome.seed}\n{told}"
    assert outcome.tally.faulty_sessions


@pytest.mark.parametrize("seed", range(12))
def test_a_random_day_ends_with_the_right_books(tmp_path: Path, seed: int) -> None:
    _is_right(played(tmp_path / "history", seed, "", STEPS))


@pytest.mark.parametrize("seed", range(100, 104))
def test_a_random_day_on_postgresql(tmp_path: Path, postgresql: str, seed: int) -> None:
    _is_right(played(tmp_path / "history", seed, postgresql, STEPS))
