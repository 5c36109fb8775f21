"""Two rows in every table, whatever revision it is of."""

import json
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Integer, String, Table
from sqlalchemy.types import JSON

from qbwc_service.database import Database
from tests.migrations.schemas import insert, reflected

ROWS = (1, 2)

#: what migrations read is as the service writes it; {n} is the number of the row
_KNOWN: dict[tuple[str, str], Any] = {
    ("connection", "settings"): '{"number_prefix": "K"}',
    ("keap_contact", "buyer"): '{"email": "Ann{n}@Example.com"}',
    ("keap_order", "status"): "posted",
    ("keap_order", "customer_name"): "Ann  Lee {n}",
    ("keap_payment", "kind"): "cash",
    ("keap_payment", "received"): (
        '{"kind": "cash", "order_ids": [1], "method": "Visa", "transaction_id": "CH_{n}"}'
    ),
    ("keap_payment", "is_shared"): False,
    ("keap_payment", "raw"): '{"merchant_account_type": "Stripe"}',
    ("mirror_list", "list_name"): "Item",
    ("mirror_list", "list_id"): "Item",
    ("posting", "kind"): "invoice",
    ("posting", "state"): "posted",
}


def fill(database: Database) -> None:
    """What has no rows gets two: row 1 refers to row 1 of other tables, and row 2 to row 2."""
    with database.engine.begin() as connection:
        for table in reflected(connection).sorted_tables:
            if table.name == "alembic_version" or connection.execute(table.select()).first():
                continue
            for number in ROWS:
                row = {column.name: value(column, number) for column in table.columns}
                insert(connection, table, row)


def add(connection: Connection, table: Table, number: int, **changes: Any) -> None:
    """One more row, with some values of one's own."""
    row = {column.name: value(column, number) for column in table.columns}
    insert(connection, table, row | changes)


def value(column: Column[Any], number: int) -> Any:
    known = _KNOWN.get((column.table.name, column.name))
    if known is not None:
        return known.replace("{n}", str(number)) if isinstance(known, str) else known
    match column.type:
        case JSON():
            return json.dumps({"n": number})
        case Boolean():
            return number == 1
        case DateTime():
            return f"2026-11-23 12:00:0{number}.000000"
        case Date():
            return f"2026-11-0{number}"
        case Integer():
            return number
        case String() as kind:
            return f"{column.name}-{number}"[-(kind.length or 100) :]
        case _:
            raise AssertionError(f"{column.table.name}.{column.name}: {column.type}")
