"""A queue of any length: one planned order, copied by the database itself."""

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import (
    KeapOrder,
    KeapPayment,
    MirrorKey,
    MirrorList,
    MirrorRecord,
    Posting,
)
from qbwc_service.ledger.plan_orders import plan_orders
from tests.benchmarks.many import Known
from tests.world import World, paid, product, sale

#: seven digits each, so that one stands for the other in every text
TEMPLATE = 1_999_999
FIRST_ORDER = 2_000_001
#: copied in one transaction
_AT_ONCE = 50_000
#: while copying, so that the indexes of a million rows are not read again for each of them
_CACHE_KB = 1_000_000
_OF_LISTS = (MirrorList, MirrorRecord, MirrorKey)


def plan_template(world: World) -> None:
    """Lists are read, a customer is made, and one order of three lines with its payment waits."""
    world.update()
    world.keap_has(sale(1))
    world.update()
    order = sale(TEMPLATE, product("HAMMER", 1000), product("NAIL", 250, 2), product("SAW", 99))
    world.keap_has(order, payments=[paid(TEMPLATE, order.total)])
    with world.database.writing("bench") as db:
        rows = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == TEMPLATE)).all()
        plan_orders(db, find_connection(db, "acme"), rows, world.clock.now)


def copy_lists(database: Database, known: Sequence[Known], from_id: int) -> None:
    """All of them have the lists of that connection: their company file is the same."""
    ids = ", ".join(str(each.id) for each in known if each.id != from_id)
    if not ids:
        return
    with database.writing("bench", can_be_made_again=True) as db:
        for kind in _OF_LISTS:
            table = _table(kind)
            db.execute(text(f"DELETE FROM {table.name} WHERE connection_id IN ({ids})"))
            names = [column.name for column in table.columns if column.name != "id"]
            values = ", ".join("c.id" if n == "connection_id" else f't."{n}"' for n in names)
            db.execute(
                text(
                    f"INSERT INTO {table.name} ({_quoted(names)}) SELECT {values} "
                    f"FROM {table.name} t, connection c "
                    f"WHERE t.connection_id = {from_id} AND c.id IN ({ids})"
                )
            )


def copy_orders(database: Database, known: Sequence[Known], orders: int) -> None:
    """So many more as the template is: planned, an invoice and a payment each, ready to be sent.
    The connections, whose ids follow each other, get them in turn."""
    owner = f"{known[0].id} + n % {len(known)}"
    assert known[-1].id - known[0].id == len(known) - 1
    for first in range(FIRST_ORDER, FIRST_ORDER + orders, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, FIRST_ORDER + orders))
        with database.writing("bench", can_be_made_again=True) as db:
            if database.is_sqlite:
                db.execute(text(f"PRAGMA cache_size={-_CACHE_KB}"))
            _copy_rows(db, owner, numbers)
    database.engine.dispose()


def _copy_rows(db: Session, owner: str, numbers: range) -> None:
    number = "CAST(n AS TEXT)"
    payment = "CAST(n * 10 AS TEXT)"
    common = {"connection_id": owner, "order_id": "n"}
    _copy(
        db,
        KeapOrder,
        numbers,
        {
            "connection_id": owner,
            "keap_id": "n",
            "invoice_id": number,
            "sale": _renumbered(db, "sale"),
        },
        f"t.keap_id = {TEMPLATE}",
    )
    received = {"payment_id": "n * 10", "received": _renumbered(db, "received")}
    _copy(db, KeapPayment, numbers, common | received, f"t.order_id = {TEMPLATE}")
    for kind, key, reference, mark in (
        ("invoice", number, number, 1),
        ("payment", f"{payment} || '/' || {number}", f"'K' || {payment}", 2),
    ):
        guid = f"'{{00000000-0000-4000-8000-' || CAST({mark}00000000000 + n AS TEXT) || '}}'"
        values = {
            "source_key": key,
            "number": reference,
            "number_key": f"lower({reference})",
            "external_guid": guid,
            "payload": _renumbered(db, "payload"),
        }
        _copy(
            db, Posting, numbers, common | values, f"t.order_id = {TEMPLATE} AND t.kind = '{kind}'"
        )


def _copy(
    db: Session, kind: type[Base], numbers: range, values: Mapping[str, str], template: str
) -> None:
    """The template's row once for each number `n`, with these values in the place of its own."""
    table = _table(kind)
    names = [column.name for column in table.columns if column.name != "id"]
    chosen = ", ".join(values.get(name, f't."{name}"') for name in names)
    db.execute(
        text(
            "WITH RECURSIVE counted(n) AS ("
            f"SELECT {numbers.start} UNION ALL "
            f"SELECT n + 1 FROM counted WHERE n < {numbers.stop - 1}) "
            f"INSERT INTO {table.name} ({_quoted(names)}) "
            f"SELECT {chosen} FROM {table.name} t, counted WHERE {template}"
        )
    )


def _renumbered(db: Session, document: str) -> str:
    """The template's document with the number of the copy."""
    changed = f"replace(CAST(t.\"{document}\" AS TEXT), '{TEMPLATE}', CAST(n AS TEXT))"
    return changed if db.get_bind().dialect.name == "sqlite" else f"CAST({changed} AS JSON)"


def _table(kind: type[Base]) -> Table:
    return cast("Table", kind.__table__)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
