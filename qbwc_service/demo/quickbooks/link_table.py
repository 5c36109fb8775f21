"""What is tied to what: credits to the debits they pay, money to its deposit, reconciled money."""

import sqlite3
from decimal import Decimal
from typing import Final

from .records import Application, Txn
from .values import ZERO, cents_of, money_of

_SELECT: Final = "SELECT credit_id, debit_id, amount_cents, set_by FROM application"


class LinkTable:
    """Reads and writes links; applications come in the order in which they were made."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def apply(self, application: Application) -> None:
        """Adds to what of the credit pays the debit already."""
        self._connection.execute(
            "INSERT INTO application VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "amount_cents = amount_cents + excluded.amount_cents",
            (
                application.credit_id,
                application.debit_id,
                application.set_by,
                cents_of(application.amount),
            ),
        )

    def of(self, txn_id: str) -> list[Application]:
        """All applications of a transaction, whichever side it is on."""
        return self._found("credit_id = ? OR debit_id = ?", txn_id, txn_id)

    def set_by(self, payment_id: str) -> list[Application]:
        """The credits that were applied together with a payment."""
        return self._found("set_by = ?", payment_id)

    def reduce(self, application: Application, less: Decimal) -> None:
        """Takes so much off an application; nothing left, and it is gone."""
        key = (application.credit_id, application.debit_id, application.set_by)
        where = "WHERE credit_id = ? AND debit_id = ? AND set_by = ?"
        if less >= application.amount:
            self._connection.execute(f"DELETE FROM application {where}", key)  # noqa: S608 # nosec B608 # words of ours alone
            return
        self._connection.execute(
            f"UPDATE application SET amount_cents = amount_cents - ? {where}",  # noqa: S608 # nosec B608 # words of ours alone
            (cents_of(less), *key),
        )

    def unapply(self, txn_id: str) -> list[Application]:
        """Takes off all applications of a transaction, and returns them."""
        gone = self.of(txn_id)
        self._connection.execute(
            "DELETE FROM application WHERE credit_id = ? OR debit_id = ?", (txn_id, txn_id)
        )
        return gone

    def open_amount(self, txn: Txn) -> Decimal:
        """What is still due of a debit, or unused of a credit."""
        return txn.total - sum((link.amount for link in self.of(txn.txn_id)), ZERO)

    # Deposits and the bank statement.

    def put_in_deposit(self, txn_id: str, deposit_id: str) -> None:
        self._connection.execute("INSERT INTO deposited VALUES (?, ?)", (txn_id, deposit_id))

    def empty_deposit(self, deposit_id: str) -> None:
        self._connection.execute("DELETE FROM deposited WHERE deposit_id = ?", (deposit_id,))

    def is_deposited(self, txn_id: str) -> bool:
        return self._is_in("deposited", txn_id)

    def reconcile(self, txn_id: str) -> None:
        self._connection.execute("REPLACE INTO reconciled VALUES (?)", (txn_id,))

    def is_reconciled(self, txn_id: str) -> bool:
        return self._is_in("reconciled", txn_id)

    def _is_in(self, table: str, txn_id: str) -> bool:
        found = self._connection.execute(
            f"SELECT 1 FROM {table} WHERE txn_id = ?",  # noqa: S608 # nosec B608 # words of ours alone
            (txn_id,),
        )
        return found.fetchone() is not None

    def _found(self, condition: str, *values: str) -> list[Application]:
        rows = self._connection.execute(f"{_SELECT} WHERE {condition} ORDER BY rowid", values)
        return [
            Application(credit, debit, money_of(amount), set_by)
            for credit, debit, amount, set_by in rows
        ]
