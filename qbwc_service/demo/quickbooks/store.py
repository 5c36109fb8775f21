"""The company file: SQLite tables for facts, lists, transactions, links and deletions.

Money is kept as whole cents; times as the text that QuickBooks shows.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .link_table import LinkTable
from .list_table import ListTable
from .records import Deletion
from .txn_table import TxnTable

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS list_element (
    list_id TEXT PRIMARY KEY, list_name TEXT NOT NULL, name TEXT NOT NULL,
    full_name TEXT NOT NULL, full_name_key TEXT NOT NULL, parent_id TEXT NOT NULL,
    is_active INTEGER NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL,
    edit_sequence TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS list_element_by_name ON list_element (full_name_key);
CREATE INDEX IF NOT EXISTS list_element_by_list ON list_element (list_name);
CREATE INDEX IF NOT EXISTS list_element_by_parent ON list_element (parent_id);
CREATE TABLE IF NOT EXISTS txn (
    txn_id TEXT PRIMARY KEY, txn_type TEXT NOT NULL, number INTEGER NOT NULL UNIQUE,
    customer_id TEXT NOT NULL, account_id TEXT NOT NULL, txn_date TEXT NOT NULL,
    ref_number TEXT NOT NULL, ref_key TEXT NOT NULL, total_cents INTEGER NOT NULL,
    created TEXT NOT NULL, modified TEXT NOT NULL, edit_sequence TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS txn_by_ref ON txn (ref_key);
CREATE INDEX IF NOT EXISTS txn_by_customer
    ON txn (customer_id, number, account_id, txn_type, total_cents);
CREATE INDEX IF NOT EXISTS txn_by_type ON txn (txn_type, number);
CREATE INDEX IF NOT EXISTS txn_by_date ON txn (txn_type, txn_date);
CREATE INDEX IF NOT EXISTS txn_by_change ON txn (txn_type, substr(modified, 1, 19));
CREATE TABLE IF NOT EXISTS application (
    credit_id TEXT NOT NULL, debit_id TEXT NOT NULL, set_by TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, PRIMARY KEY (credit_id, debit_id, set_by));
CREATE INDEX IF NOT EXISTS application_by_debit ON application (debit_id);
CREATE INDEX IF NOT EXISTS application_by_setter ON application (set_by);
CREATE TABLE IF NOT EXISTS deposited (
    txn_id TEXT PRIMARY KEY, deposit_id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deposited_by_deposit ON deposited (deposit_id);
CREATE TABLE IF NOT EXISTS reconciled (txn_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS deletion (
    of_list INTEGER NOT NULL, record_type TEXT NOT NULL, record_id TEXT NOT NULL,
    name TEXT NOT NULL, created TEXT NOT NULL, deleted TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS data_ext (
    owner_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (owner_id, name));
CREATE TABLE IF NOT EXISTS message_set (
    sequence INTEGER PRIMARY KEY, set_id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
    answers TEXT NOT NULL);
"""


class Store:
    """Reads and writes the company file; one statement commits itself outside `transaction()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.executescript(_SCHEMA)
        self.lists = ListTable(self.connection)
        self.txns = TxnTable(self.connection)
        self.links = LinkTable(self.connection)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, as each qbXML request is."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # Facts: what the company is and prefers.

    def fact(self, name: str) -> str:
        """A fact of the company; "" where it was never set."""
        row = self.connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def set_fact(self, name: str, value: str) -> None:
        self.connection.execute("REPLACE INTO fact VALUES (?, ?)", (name, value))

    def next_number(self, counter: str) -> int:
        """1, 2, 3 ... for each counter; a number is never given twice."""
        number = int(self.fact(counter) or 0) + 1
        self.set_fact(counter, str(number))
        return number

    def set_data_ext(self, owner_id: str, name: str, value: str) -> None:
        """Private data of an application, in the company itself."""
        self.connection.execute(
            "REPLACE INTO data_ext VALUES (?, ?, ?)", (owner_id.upper(), name, value)
        )

    def data_ext(self, owner_id: str) -> dict[str, str]:
        rows = self.connection.execute(
            "SELECT name, value FROM data_ext WHERE owner_id = ? ORDER BY name",
            (owner_id.upper(),),
        )
        return dict(rows.fetchall())

    # Deletions.

    def deletions(self, *, of_lists: bool) -> list[Deletion]:
        """All of lists, or all of transactions, in the order in which they happened."""
        rows = self.connection.execute(
            "SELECT record_type, record_id, name, created, deleted FROM deletion "
            "WHERE of_list = ? ORDER BY rowid",
            (of_lists,),
        )
        return [Deletion(*row) for row in rows]
