"""No question of an update session reads all that a connection ever had.

On SQLite, whose planner goes by the words of a question and not by how many rows there are.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from qbwc_service.demo.web_connector.outcome import Ended
from tests.benchmarks.bench import orders_of_new_customers
from tests.world import World

#: tables that grow for ever
_GROWING = (
    "keap_order|keap_payment|keap_contact|posting|message_set|update_session|error_entry|event|"
    "mirror_record|mirror_key|contact_customer"
)
#: they hold what is under way, or are read from their newest row on until one fits
_SMALL = frozenset(
    {
        "ix_keap_order_work",
        "ix_message_set_unresolved",
        "ix_message_set_unsent",
        "ix_message_set_written",
        "ix_update_session_live",
    }
)
#: asked at the first sessions alone, when nothing is posted yet (webconnector.numbers_in_use)
_ONCE = re.compile(r"SELECT (min|max)\(keap_order\.keap_id\)")
#: its newest fifty sessions, whatever they were (sessions.is_busy)
_NEWEST = re.compile(r"FROM update_session\s.*ORDER BY update_session\.id DESC\s+LIMIT", re.DOTALL)


@contextmanager
def statements(world: World) -> Iterator[dict[str, Any]]:
    """What is asked meanwhile, each form of a question once, with one set of its values."""
    seen: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, values: Any, *rest: Any) -> None:
        is_many = rest[-1]
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and not is_many:
            seen.setdefault(re.sub(r"\?(, \?)+", "?", statement), (statement, values))

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)


def reads_all(world: World, seen: dict[str, Any]) -> list[str]:
    """The questions that go through all rows of a connection, with their plans."""
    found = []
    with world.database.engine.connect() as connection:
        for statement, values in seen.values():
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            for step in (str(row[-1]) for row in rows):
                whole = re.match(rf"SCAN ({_GROWING})\b", step)
                by_owner = re.match(
                    rf"SEARCH ({_GROWING}) USING .*INDEX (\w+) \(connection_id=\?\)$", step
                )
                is_bounded = _ONCE.match(statement) or _NEWEST.search(statement)
                is_fine = by_owner and (by_owner[2] in _SMALL or is_bounded)
                if whole or (by_owner and not is_fine):
                    found.append(f"{step}: {statement}")
    return found


def test_an_update_that_sends_recovers_and_finds_nothing_to_do(world: World) -> None:
    found = list(orders_of_new_customers(range(1, 71)))
    with statements(world) as seen:
        world.update()
        world.keap_has(*(order for order, _ in found), payments=[paid for _, paid in found])
        world.faults.drop_answer_at(5)
        world.update()
        for _ in range(5):
            world.clock.pass_time(minutes=1)
            if world.update().ended is Ended.NONE:
                break
        world.human.add_customer("Somebody New")
        world.clock.pass_time(hours=21)
        world.update()
    assert len(world.invoices()) == len(world.payments()) == 70
    assert reads_all(world, seen) == []
