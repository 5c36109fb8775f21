"""A big database of the oldest version goes up, down and up again; nothing of it is lost.

`-s` shows how long each way takes.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import inspect, text

from qbwc_service import database_schema
from qbwc_service.database import Database
from tests.migrations import milestones
from tests.migrations.schemas import REVISIONS, shapes

ORDERS = 50_000
#: between the ids of one copy and the next
_APART = 1_000_000
#: what of a copied row is another than of its original; {n} is the number of the copy
_RENUMBERED: Mapping[str, Mapping[str, str]] = {
    "keap_order": {
        "keap_id": f"keap_id + {{n}} * {_APART}",
        "contact_id": "contact_id || '-' || {n}",
    },
    "keap_payment": {
        "payment_id": f"payment_id + {{n}} * {_APART}",
        "order_id": f"order_id + {{n}} * {_APART}",
    },
    "keap_contact": {"contact_id": "contact_id || '-' || {n}"},
    "posting": {
        "order_id": f"order_id + {{n}} * {_APART}",
        "source_key": "source_key || '-' || {n}",
        "record_id": "record_id || '-' || {n}",
    },
    "event": {"order_id": f"order_id + {{n}} * {_APART}"},
}


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_50_000_orders_go_up_and_down(empty: Database) -> None:
    dump = milestones.dump_of(milestones.names()[0])
    milestones.load(empty, dump)
    copies = ORDERS // len(dump.tables["keap_order"])
    _timed(f"{copies} copies of {dump.revision}", lambda: _multiply(empty, copies))
    before = _figures(empty)
    assert before["orders"][0] >= ORDERS
    made = shapes(empty)

    _timed("to the newest version", lambda: database_schema.upgrade(empty))
    assert _figures(empty) == before
    newest = shapes(empty)
    _timed("one step back", lambda: database_schema.downgrade(empty, REVISIONS[-2]))
    assert _figures(empty) == before
    _timed("and up again", lambda: database_schema.upgrade(empty))
    assert shapes(empty) == newest
    _timed("back to the oldest", lambda: database_schema.downgrade(empty, dump.revision))
    assert _figures(empty) == before
    assert shapes(empty) == made
    _timed("and up again", lambda: database_schema.upgrade(empty))
    assert _figures(empty) == before
    assert shapes(empty) == newest


def _multiply(database: Database, copies: int) -> None:
    with database.engine.begin() as connection:
        for table, changes in _RENUMBERED.items():
            columns = inspect(connection).get_columns(table)
            names = [column["name"] for column in columns if column["name"] != "id"]
            values = ", ".join(changes.get(name, f'"{name}"') for name in names)
            quoted = ", ".join(f'"{name}"' for name in names)
            last = connection.scalar(text(f"SELECT max(id) FROM {table}"))
            connection.execute(
                text(
                    f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted "
                    f"WHERE n < {copies}) INSERT INTO {table} ({quoted}) "
                    f"SELECT {values.replace('{n}', 'n')} FROM {table}, counted "
                    f"WHERE {table}.id <= {last}"
                )
            )


def _figures(database: Database) -> dict[str, Any]:
    """Counts and sums that no version may change."""
    with database.engine.connect() as connection:

        def one(statement: str) -> tuple[int, ...]:
            return tuple(int(value) for value in connection.execute(text(statement)).one())

        def by(table: str, column: str, amount: str) -> dict[str, tuple[int, int]]:
            found = connection.execute(
                text(f"SELECT {column}, count(*), sum({amount}) FROM {table} GROUP BY {column}")
            )
            return {key: (int(count), int(total)) for key, count, total in found}

        return {
            "orders": one("SELECT count(*), sum(total), sum(total_paid) FROM keap_order"),
            "orders by status": by("keap_order", "status", "total"),
            "payments": by("keap_payment", "status", "amount"),
            "postings": by("posting", "state", "amount"),
            "records": one("SELECT count(DISTINCT record_id), count(message_set_id) FROM posting"),
            "contacts": one("SELECT count(*), count(DISTINCT contact_id) FROM keap_contact"),
            "events": one("SELECT count(*), sum(length(text)) FROM event"),
        }


def _timed(what: str, run: Callable[[], None]) -> None:
    began = time.perf_counter()
    run()
    print(f"{what}: {time.perf_counter() - began:.1f} s")
