"""What mirroring costs in messages and statements: the same on every machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from qbwc_service.demo.quickbooks.bulk import fill
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import mirror
from qbwc_service.webconnector.phases.mirror import PAGE
from tests.world import World

CUSTOMERS, ITEMS = 1700, 300


@contextmanager
def statements_of_each_transaction(world: World) -> Iterator[list[int]]:
    """How many statements every transaction took."""
    counts: list[int] = []
    engine = world.database.engine

    def begin(*_: object) -> None:
        counts.append(0)

    def execute(*_: object) -> None:
        counts[-1:] = [counts[-1] + 1] if counts else []

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", execute)
    yield counts
    event.remove(engine, "begin", begin)
    event.remove(engine, "before_cursor_execute", execute)


def mirrored(world: World) -> tuple[int, int]:
    with world.database.reading() as db:
        connection_id = world.connection().id
        return (
            mirror.count(db, connection_id, ["Customer"]),
            mirror.count(db, connection_id, ["Item"]),
        )


@pytest.mark.timeout(300)
def test_pages_and_statements_do_not_grow_with_the_company(world: World) -> None:
    world.update()
    with statements_of_each_transaction(world) as usual:
        world.clock.pass_time(hours=13)
        assert world.update().round_trips == 1
    fill(world.company, customers=CUSTOMERS, items=ITEMS)
    with world.database.writing("test") as db:
        mirror.load_afresh(db, world.connection().id)

    with statements_of_each_transaction(world) as counts:
        first = world.update()
    assert first.ended is Ended.DONE
    assert first.round_trips == -(-CUSTOMERS // PAGE)
    assert mirrored(world) == (CUSTOMERS, ITEMS + 9)
    # The first page has all fourteen lists in it; a page more of a list costs a handful.
    assert max(counts) <= max(usual) + 100
    # The last page has all that follows the lists.
    *pages, last, _first = sorted(counts)
    assert last <= 60
    assert max(pages) <= 30

    world.human.rename("ItemInventory", "Catalogue", "Goods")
    world.human.add_customer("Somebody New")
    world.clock.pass_time(hours=13)
    with statements_of_each_transaction(world) as counts:
        assert world.update().round_trips == 1
    assert mirrored(world) == (CUSTOMERS + 1, ITEMS + 9)
    assert max(counts) <= max(usual) + 20
