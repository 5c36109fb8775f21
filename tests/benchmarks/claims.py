"""(d) How many orders are claimed, and how many records written down, in a second of ours."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, select

from qbwc_service.ledger.models import Posting
from qbwc_service.ledger.states import State
from qbwc_service.webconnector import service
from tests.benchmarks import many
from tests.benchmarks.carried import Carrier
from tests.benchmarks.databases import NoServer, engine_version
from tests.benchmarks.figures import Figure
from tests.benchmarks.queue_length import world_with_queue
from tests.world import World

PART = "claims"
MOST_MESSAGES = 200


class _Spent:
    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - began

        return timed


def run(engine: str, orders: int) -> list[Figure]:
    """Planned orders of known customers, an invoice and a payment each, one worker."""
    try:
        with world_with_queue(engine, orders, 1) as (world, known), _measured() as (claim, record):
            with closing(Carrier(world)) as carrier:
                carrier.session(known[0], messages=MOST_MESSAGES)
            posted, name = _posted(world, known[0]), engine_version(world.database)
    except NoServer as error:
        return [Figure(PART, engine, f"not measured: {error}")]
    return [
        Figure(
            PART,
            f"orders looked up, claimed and frozen ({name})",
            f"{orders / claim.seconds:,.0f} a second",
        ),
        Figure(
            PART,
            f"records of QuickBooks written down ({name})",
            f"{posted / record.seconds:,.0f} a second ({posted:,} of {2 * orders:,})",
        ),
    ]


@contextmanager
def _measured() -> Iterator[tuple[_Spent, _Spent]]:
    """What making the next message takes, and what reading an answer takes, commits left out."""
    claim, record = _Spent(), _Spent()
    with (
        patch.object(service, "next_message_set", claim.around(service.next_message_set)),
        patch.object(service.answers, "apply", record.around(service.answers.apply)),
    ):
        yield claim, record


def _posted(world: World, known: many.Known) -> int:
    with world.database.reading() as db:
        made = select(func.count()).where(
            Posting.connection_id == known.id, Posting.state == State.POSTED
        )
        return db.scalar(made) or 0
