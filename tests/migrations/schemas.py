"""What the tables look like to the database itself, and what is in them: to compare two of them."""

from collections.abc import Mapping
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, text

import migrations
from qbwc_service.database import Database

#: one table: its columns, keys and indexes, in no order
Shape = dict[str, Any]
#: rows by what their table is keyed by
Rows = dict[tuple[Any, ...], dict[str, Any]]


def _revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0].replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][
        ::-1
    ]


#: all of them, oldest first
REVISIONS = _revisions()


def shapes(database: Database) -> dict[str, Shape]:
    """Every table but Alembic's."""
    with database.engine.connect() as connection:
        inspector = inspect(connection)
        names = set(inspector.get_table_names()) - {"alembic_version"}
        return {
            name: {
                "columns": {
                    column["name"]: (
                        str(column["type"]),
                        column["nullable"],
                        _default(column["default"]),
                    )
                    for column in inspector.get_columns(name)
                },
                "primary key": tuple(inspector.get_pk_constraint(name)["constrained_columns"]),
                "foreign keys": {
                    key["name"]: (
                        tuple(key["constrained_columns"]),
                        key["referred_table"],
                        tuple(key["referred_columns"]),
                    )
                    for key in inspector.get_foreign_keys(name)
                },
                "unique": {
                    key["name"]: tuple(key["column_names"])
                    for key in inspector.get_unique_constraints(name)
                },
                "indexes": {
                    index["name"]: (
                        tuple(index["column_names"]),
                        bool(index["unique"]),
                        sorted(
                            f"{option}: {value}"
                            for option, value in index.get("dialect_options", {}).items()
                            if str(value)
                        ),
                    )
                    for index in inspector.get_indexes(name)
                },
            }
            for name in names
        }


def without_defaults(found: Mapping[str, Shape]) -> dict[str, Shape]:
    """As the service needs them: it gives every value itself, whatever the column's default."""
    return {
        name: {
            **shape,
            "columns": {column: facts[:2] for column, facts in shape["columns"].items()},
        }
        for name, shape in found.items()
    }


def contents(database: Database) -> dict[str, Rows]:
    """Every row of every table but Alembic's, as this database gives it."""
    with database.engine.connect() as connection:
        return {
            table.name: {
                tuple(row[key.name] for key in table.primary_key): dict(row)
                for row in connection.execute(table.select()).mappings()
            }
            for table in reflected(connection).sorted_tables
            if table.name != "alembic_version"
        }


def reflected(connection: Connection) -> MetaData:
    tables = MetaData()
    tables.reflect(connection)
    return tables


def insert(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """As it is: the database alone says what a value becomes."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(text(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'), dict(row))


def _default(written: Any) -> Any:
    """A counter is named after its table and says nothing; the rest as it is written."""
    return "counter" if written and "nextval" in str(written) else written
