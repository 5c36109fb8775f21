"""Makes a dump: what a version of the service wrote, with the company file that belongs to it.

Run it with the code of that version, from a checkout of it, so that every row is that version's:

  git worktree add --detach ../old REVISION
  cd ../old && PYTHONPATH=. python WHERE_THIS_FILE_IS/make.py OUT.json

The shop, the company file and all names in them are the demo's: invented. The Web Connector dies
after QuickBooks has run the second message with invoices, so that a message set is without an
answer, some orders are posted, and others wait. People decide what that version let them decide.
"""

import json
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from qbwc_service.demo.programs import ProgramFailed
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from qbwc_service.demo.run import NAME, Demo
from qbwc_service.demo.web_connector import QwcFile, WebConnector

ORDERS = 100
DIES_AT = 2
#: what people did, where the version has the command; the numbers of orders are filled in
DECISIONS = (
    ("set", NAME, "sync_minutes=30"),
    ("hold", NAME, "{ready}"),
    ("skip", NAME, "{held}"),
    ("map-payment", NAME, "VISA", "--method", "Visa", "--deposit-to", "Card Clearing"),
    ("map-item", NAME, "GONE-404", "Counter sale"),
    ("rules-add", NAME, "--name", "Big", "--if", "total more than 100000", "--hold"),
    ("reconcile", NAME, "--ask"),
    ("undo", NAME, "{posted}"),
    ("person", "add", "bea", "bookkeeper", "--connection", NAME),
    ("set", NAME, "alert_emails=bea@example.com"),
)


class PowerCut(BaseException):
    """The QuickBooks computer is off."""


class DyingQuickBooks(RemoteQuickBooks):
    """Runs the message, and is gone before anybody hears of it."""

    seen = 0

    def process(self, ticket: str, text: str) -> str:
        answer = super().process(ticket, text)
        self.seen += "<InvoiceAddRq" in text
        if self.seen == DIES_AT:
            raise PowerCut
        return answer


def main(out: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = Demo(folder, orders=ORDERS, bulk=None, port=0)
        try:
            demo.start()
            demo.one_session(add=True)
            demo.sync()
            _cut_short(demo)
            _decide(demo)
            orders = demo.orders()
        finally:
            demo.stop()
        document = {
            "password": (folder / "web-connector.password").read_text().strip(),
            "secret_key": (folder / "secret.key").read_text().strip(),
            "service": dumped(folder / "service.db"),
            "company": dumped(folder / "company.db"),
        }
    out.write_text("".join(lines(document)), encoding="utf-8")
    print(Counter(order["status"] for order in orders), out.stat().st_size)


def _cut_short(demo: Demo) -> None:
    qwc = QwcFile.read(demo.folder / "demo.qwc")
    password = (demo.folder / "web-connector.password").read_text().strip()
    with (
        httpx.Client(timeout=100, trust_env=False) as http,
        DyingQuickBooks(demo._quickbooks_url) as quickbooks,
    ):
        try:
            WebConnector(qwc, password, quickbooks, http).update()
        except PowerCut:
            return
    raise SystemExit(f"only {quickbooks.seen} messages had invoices")


def _decide(demo: Demo) -> None:
    first: dict[str, str] = {}
    for order in demo.orders():
        first.setdefault(order["status"], str(order["keap_id"]))
    for decision in DECISIONS:
        try:
            arguments = [part.format_map(first) for part in decision]
        except KeyError as missing:
            print(f"no order is {missing}")
            continue
        try:
            demo.command(*arguments)
        except ProgramFailed as error:
            print(f"{' '.join(arguments)}: {str(error).strip().splitlines()[-1]}")


def dumped(path: Path) -> dict[str, Any]:
    """Schema and rows of an SQLite file: {"schema": [...], "tables": {name: [columns, *rows]}}."""
    db = sqlite3.connect(path)
    try:
        made = db.execute(
            "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL "
            "AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        ).fetchall()
        tables = {}
        for name in [name for name, kind, _ in made if kind == "table"]:
            found = db.execute(f"SELECT * FROM {name} ORDER BY rowid")
            columns = [column[0] for column in found.description]
            tables[name] = [columns, *map(list, found)]
    finally:
        db.close()
    return {"schema": [" ".join(sql.split()) for _, _, sql in made], "tables": tables}


def lines(document: Any, depth: int = 0) -> Iterator[str]:
    """JSON with a row a line, so that a change of it can be read."""
    if isinstance(document, dict) and document:
        for number, (key, value) in enumerate(document.items()):
            yield f"{',' if number else '{'}\n{json.dumps(key)}: "
            yield from lines(value, depth + 1)
        yield "\n}"
    elif isinstance(document, list) and document and depth > 1:
        for number, value in enumerate(document):
            yield f"{',' if number else '['}\n{json.dumps(value, ensure_ascii=False)}"
        yield "\n]"
    else:
        yield json.dumps(document, ensure_ascii=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
