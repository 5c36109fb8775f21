"""All transactions, in one table."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, cast

from .body import Body
from .records import CREDITS, Txn, TxnType
from .values import cents_of, key_of, money_of, timestamp

_COLUMNS: Final = (
    "txn_type, txn_id, number, customer_id, account_id, txn_date, ref_number, total_cents, "
    "created, modified, edit_sequence, body"
)
_SELECT: Final = f"SELECT {_COLUMNS} FROM txn"  # noqa: S608 # nosec B608 # words of ours alone
_WITHOUT_BODY: Final = _SELECT.replace(" body ", " '{}' ")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a query: "" and None are open; times as written, dates inclusive."""

    modified_from: str = ""
    modified_to: str = ""
    date_from: str = ""
    date_to: str = ""
    customers: frozenset[str] | None = None
    bodies: bool = True

    def conditions(self) -> tuple[list[str], list[str]]:
        bounds = {
            "substr(modified, 1, 19) >= ?": self.modified_from,
            "substr(modified, 1, 19) <= ?": self.modified_to,
            "txn_date >= ?": self.date_from,
            "txn_date <= ?": self.date_to,
        }
        given = {condition: value for condition, value in bounds.items() if value}
        if self.customers is None:
            return list(given), list(given.values())
        marks = ", ".join("?" for _ in self.customers)
        return [*given, f"customer_id IN ({marks})"], [*given.values(), *self.customers]


class TxnTable:
    """Reads and writes transactions; lists of them come oldest first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, txn_id: str) -> Txn | None:
        row = self._connection.execute(f"{_SELECT} WHERE txn_id = ?", (txn_id,)).fetchone()
        return None if row is None else _txn(row)

    def of_type(self, txn_type: TxnType) -> list[Txn]:
        rows = self._connection.execute(
            f"{_SELECT} WHERE txn_type = ? ORDER BY number", (txn_type,)
        )
        return [_txn(row) for row in rows]

    def found(self, txn_type: TxnType, wanted: Wanted) -> list[Txn]:
        """Those of a type that pass the filters which an index can answer; bodies if wanted."""
        conditions, values = wanted.conditions()
        where = " AND ".join(["txn_type = ?", *conditions])
        select = _SELECT if wanted.bodies else _WITHOUT_BODY
        rows = self._connection.execute(
            f"{select} WHERE {where} ORDER BY number", (txn_type, *values)
        )
        return [_txn(row) for row in rows]

    def of_customer(self, customer_id: str) -> list[Txn]:
        rows = self._connection.execute(
            f"{_SELECT} WHERE customer_id = ? ORDER BY number", (customer_id,)
        )
        return [_txn(row) for row in rows]

    def numbered(self, ref_number: str) -> list[Txn]:
        """Those with this RefNumber, of any type, letter case ignored."""
        rows = self._connection.execute(
            f"{_SELECT} WHERE ref_key = ? ORDER BY number", (key_of(ref_number),)
        )
        return [_txn(row) for row in rows]

    def last(self) -> Txn | None:
        """The one that was entered last."""
        row = self._connection.execute(f"{_SELECT} ORDER BY number DESC LIMIT 1").fetchone()
        return None if row is None else _txn(row)

    def last_number(self, txn_type: TxnType) -> str:
        """The number of the one of that type entered last that has one; "" where there is none."""
        row = self._connection.execute(
            "SELECT ref_number FROM txn WHERE txn_type = ? AND ref_number <> '' "
            "ORDER BY number DESC LIMIT 1",
            (txn_type,),
        ).fetchone()
        return "" if row is None else str(row[0])

    def save(self, txn: Txn) -> None:
        """Adds the transaction, or puts it in the place of the one with its TxnID."""
        values = (
            txn.txn_id,
            txn.txn_type,
            txn.number,
            txn.customer_id,
            txn.account_id,
            txn.txn_date,
            txn.ref_number,
            key_of(txn.ref_number),
            cents_of(txn.total),
            txn.created,
            txn.modified,
            txn.edit_sequence,
            json.dumps(txn.body),
        )
        self._connection.execute(
            "REPLACE INTO txn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values
        )

    def delete(self, txn: Txn, at: datetime) -> None:
        """Removes it; TxnDeletedQuery tells of it from now on. Its links are removed before."""
        self._connection.execute("DELETE FROM txn WHERE txn_id = ?", (txn.txn_id,))
        self._connection.execute(
            "INSERT INTO deletion VALUES (0, ?, ?, ?, ?, ?)",
            (txn.txn_type, txn.txn_id, txn.ref_number, txn.created, timestamp(at)),
        )

    def balance(self, customer_id: str) -> Decimal:
        """What a customer owes: invoices and refunds less payments and credits, applied or not."""
        row = self._connection.execute(
            "SELECT COALESCE(SUM(CASE WHEN txn_type IN (?, ?) THEN -total_cents "
            "ELSE total_cents END), 0) FROM txn WHERE customer_id = ? AND account_id <> ''",
            (*CREDITS, customer_id),
        ).fetchone()
        return money_of(int(row[0]))


def _txn(row: tuple[str, ...]) -> Txn:
    txn_type, txn_id, number, customer, account, on, ref, cents, made, changed, sequence, body = row
    return Txn(
        TxnType(txn_type),
        txn_id,
        int(number),
        customer,
        account,
        on,
        ref,
        money_of(int(cents)),
        made,
        changed,
        sequence,
        cast("Body", json.loads(body)),
    )
