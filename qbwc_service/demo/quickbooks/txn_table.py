"""Transactions, and which payment pays which invoice."""

import json
import sqlite3
from datetime import datetime
from decimal import Decimal
from typing import Final, cast

from .body import Body
from .records import Application, Txn, TxnType
from .values import ZERO, key_of, timestamp

_COLUMNS: Final = (
    "txn_type, txn_id, number, customer_id, account_id, txn_date, ref_number, total_cents, "
    "created, modified, edit_sequence, body"
)
_SELECT: Final = f"SELECT {_COLUMNS} FROM txn"  # noqa: S608
_LINKS: Final = "SELECT payment_id, invoice_id, amount_cents FROM application"


class TxnTable:
    """Reads and writes transactions and their links; lists of them come oldest first."""

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

    def last_invoice_number(self) -> str:
        """The number of the invoice entered last that has one; "" in a new company."""
        row = self._connection.execute(
            "SELECT ref_number FROM txn WHERE txn_type = ? AND ref_number <> '' "
            "ORDER BY number DESC LIMIT 1",
            (TxnType.INVOICE,),
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
            _cents(txn.total),
            txn.created,
            txn.modified,
            txn.edit_sequence,
            json.dumps(txn.body),
        )
        self._connection.execute(
            "REPLACE INTO txn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values
        )

    def delete(self, txn: Txn, at: datetime) -> None:
        """Removes it with its links; TxnDeletedQuery tells of it from now on."""
        self._connection.execute("DELETE FROM txn WHERE txn_id = ?", (txn.txn_id,))
        self._connection.execute(
            "DELETE FROM application WHERE payment_id = ? OR invoice_id = ?",
            (txn.txn_id, txn.txn_id),
        )
        self._connection.execute(
            "INSERT INTO deletion VALUES (0, ?, ?, ?, ?, ?)",
            (txn.txn_type, txn.txn_id, txn.ref_number, txn.created, timestamp(at)),
        )

    # Links.

    def apply(self, application: Application) -> None:
        self._connection.execute(
            "INSERT INTO application VALUES (?, ?, ?)",
            (application.payment_id, application.invoice_id, _cents(application.amount)),
        )

    def unapply(self, invoice_id: str) -> None:
        """Takes every payment off an invoice; they become unused."""
        self._connection.execute("DELETE FROM application WHERE invoice_id = ?", (invoice_id,))

    def links(self, txn: Txn) -> list[Application]:
        """The payments on an invoice, or the invoices that a payment pays."""
        column = "invoice_id" if txn.txn_type is TxnType.INVOICE else "payment_id"
        rows = self._connection.execute(
            f"{_LINKS} WHERE {column} = ? ORDER BY rowid", (txn.txn_id,)
        )
        return [Application(payment, invoice, _money(cents)) for payment, invoice, cents in rows]

    def open_amount(self, txn: Txn) -> Decimal:
        """What is still due of an invoice, or unused of a payment."""
        return txn.total - sum((link.amount for link in self.links(txn)), ZERO)

    def balance(self, customer_id: str) -> Decimal:
        """What a customer owes: invoices less payments, applied or not."""
        row = self._connection.execute(
            "SELECT COALESCE(SUM(CASE txn_type WHEN 'Invoice' THEN total_cents "
            "ELSE -total_cents END), 0) FROM txn WHERE customer_id = ?",
            (customer_id,),
        ).fetchone()
        return _money(int(row[0]))


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
        _money(int(cents)),
        made,
        changed,
        sequence,
        cast("Body", json.loads(body)),
    )


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
