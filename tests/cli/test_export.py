"""export: everything of one connection, as files that add up to what `status` tells."""

import csv
import io
import json
import os
import stat
import zipfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.export import TABLES, rows
from qbwc_service.ledger import history
from qbwc_service.ledger.models import Kind, OrderStatus, PaymentStatus
from qbwc_service.ledger.states import State
from tests.cli.conftest import Shell
from tests.ledger_rows import (
    NOON,
    add_error,
    add_order,
    add_payment,
    add_posting,
    add_unreadable,
)

FORMULA = '=HYPERLINK("http://example.com")'
Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def books(migrated: Database, acme: dict[str, str], shell: Shell) -> None:
    """A little of everything, and another connection beside."""
    shell("connection", "add", "other")
    shell("set", "acme", "number_prefix=K-")
    with migrated.writing("test") as db:
        connection = find_connection(db, "acme")
        own, other = connection.id, find_connection(db, "other").id
        add_order(db, own, 101, status=OrderStatus.POSTED, total=11105, customer_name=FORMULA)
        add_order(db, own, 102, status=OrderStatus.POSTED, total=100, title="Läden; +1")
        add_order(db, own, 103, status=OrderStatus.HELD, cause="number-taken", total=2000)
        add_order(db, own, 104, total=123456, total_paid=0)
        add_order(db, own, 105, status=OrderStatus.HELD, cause="from-the-future", total=-250)
        add_order(db, other, 101, status=OrderStatus.NEW, total=5)
        add_payment(db, own, 7, 101, amount=11105, status=PaymentStatus.POSTED)
        add_payment(db, own, 8, 102, amount=-100, status=PaymentStatus.HELD)
        add_payment(db, other, 7, 101)
        add_posting(db, own, 101, state=State.POSTED, record_id="1-A", amount=11105)
        add_posting(db, own, 101, Kind.PAYMENT, State.POSTED, number="P7", record_id="1-B")
        add_posting(db, own, 103, state=State.HELD, cause="number-taken", details={"number": "9"})
        add_posting(db, other, 101, state=State.POSTED, record_id="9-Z")
        add_unreadable(db, own, "106")
        add_unreadable(db, own, "107", readable_since=NOON)
        add_error(db, own, "number-taken", order_id=103, details={"number": "9"})
        add_error(db, other, "keap-slow-down")
        history.note(db, own, "It was held", order_id=103, who="Bea", now=utc_now())


def jsonl(path: Path) -> Tables:
    return {
        table.name: [
            json.loads(line)
            for line in (path / f"{table.name}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        for table in TABLES
    }


def csvs(path: Path) -> Tables:
    with zipfile.ZipFile(path) as archive:
        return {
            table.name: list(
                csv.DictReader(
                    io.StringIO(archive.read(f"{table.name}.csv").decode("utf-8-sig"), newline="")
                )
            )
            for table in TABLES
        }


def figures(found: list[dict[str, Any]], amount: str) -> dict[str, dict[str, Any]]:
    """Count and sum by status, as `status --json` tells them."""
    sums: dict[str, list[Decimal]] = defaultdict(list)
    for row in found:
        sums[row["status"]].append(Decimal(row[amount]))
    return {status: {"count": len(some), "amount": str(sum(some))} for status, some in sums.items()}


def told(document: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {status: figure for status, figure in document.items() if figure["count"]}


def exported(shell: Shell, how: str) -> Tables:
    path = shell.folder / ("out" if how == "json" else "out.zip")
    outcome = shell("export", "acme", "-o", str(path), "--format", how)
    assert (outcome.code, outcome.err) == (0, "")
    return jsonl(path) if how == "json" else csvs(path)


@pytest.mark.parametrize("how", ["json", "csv"])
def test_counts_and_amounts_are_those_of_status(
    shell: Shell, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 2)
    tables = exported(shell, how)
    status = shell("status", "acme", "--json").document
    assert figures(tables["orders"], "total") == told(status["orders"])
    assert figures(tables["payments"], "amount") == told(status["payments"])
    by_state = {state: count for state, count in status["postings"].items() if count}
    states = [row["state"] for row in tables["postings"]]
    assert {state: states.count(state) for state in states} == by_state
    still = [row for row in tables["unreadable"] if not row["readable_since"]]
    assert len(still) == status["unreadable"]
    held = status["orders"]["held"]["count"] + status["payments"]["held"]["count"]
    assert len(tables["holds"]) == held


def test_records_of_quickbooks_are_told_with_their_ids_and_amounts(shell: Shell) -> None:
    tables = exported(shell, "json")
    invoice, payment, held = tables["postings"]
    assert (invoice["txn_id"], invoice["number"], invoice["amount"]) == ("1-A", "101", "111.05")
    assert (payment["kind"], payment["txn_id"], payment["number"]) == ("payment", "1-B", "P7")
    assert (held["state"], held["txn_id"], held["cause"]) == ("held", "", "number-taken")
    assert "9" in held["why"]
    assert [row["order"] for row in tables["holds"]] == [103, 105, 102]
    assert [row["payment"] for row in tables["holds"]] == [None, None, 8]
    assert "cannot explain" in tables["holds"][1]["what"]
    assert [row["message"] for row in tables["errors"]] == ["number-taken"]
    assert {"order": 103, "who": "Bea", "text": "It was held"}.items() <= tables["history"][
        -1
    ].items()
    assert "Settings changed" in [row["what"] for row in tables["audit"]]


def test_no_cell_is_a_formula_and_amounts_are_numbers(shell: Shell) -> None:
    orders = exported(shell, "csv")["orders"]
    assert orders[0]["customer"] == f"'{FORMULA}"
    assert orders[1]["title"] == "Läden; '+1"
    assert (orders[4]["total"], orders[3]["paid"], orders[0]["paid"]) == ("-2.50", "0.00", "")


@pytest.mark.parametrize("how", ["json", "csv"])
def test_every_column_is_explained(shell: Shell, how: str) -> None:
    tables = exported(shell, how)
    for table in TABLES:
        for row in tables[table.name]:
            assert list(row) == list(table.columns), table.name
    if how == "json":
        contents = json.loads((shell.folder / "out" / "export.json").read_text())
        assert contents["version"] == 1
        assert contents["tables"]["orders"]["rows"] == 5
        assert contents["tables"]["orders"]["file"] == "orders.jsonl"
        assert contents["tables"].keys() == tables.keys()


def test_settings_are_in_it_and_nothing_that_opens_anything(
    shell: Shell, migrated: Database, acme: dict[str, str]
) -> None:
    with migrated.reading() as db:
        connection = find_connection(db, "acme")
        secrets = (acme["password"], connection.password_digest, connection.keap_key)
    exported(shell, "json")
    texts = "".join(path.read_text(encoding="utf-8") for path in (shell.folder / "out").iterdir())
    assert not any(secret and secret in texts for secret in secrets)
    values = {row["setting"]: row["value"] for row in jsonl(shell.folder / "out")["settings"]}
    assert values["number_prefix"] == "K-"


def test_it_overwrites_nothing(shell: Shell) -> None:
    (shell.folder / "full").mkdir()
    (shell.folder / "full" / "letter.txt").write_text("mine")
    (shell.folder / "old.zip").write_text("mine")
    for name in ("full", "old.zip"):
        outcome = shell("export", "acme", "-o", str(shell.folder / name))
        assert outcome.code == 1
        assert "is there already and not empty" in outcome.err
    assert (shell.folder / "old.zip").read_text() == "mine"
    assert [path.name for path in (shell.folder / "full").iterdir()] == ["letter.txt"]


def test_a_failure_leaves_no_half_zip_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", "not a number")
    assert shell("export", "acme", "-o", str(shell.folder / "half.zip")).code == 70
    assert list(shell.folder.glob("half*")) == []


def test_it_is_written_into_the_audit(shell: Shell) -> None:
    exported(shell, "json")
    entries = shell("audit", "--json").document
    assert "Everything of the connection written into files" in [each["what"] for each in entries]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_what_is_exported_is_its_owners_alone(shell: Shell) -> None:
    before = os.umask(0o022)
    try:
        shell("export", "acme", "-o", str(shell.folder / "a"))
        shell("export", "acme", "-o", str(shell.folder / "a.zip"))
    finally:
        os.umask(before)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (shell.folder / "a", shell.folder / "a.zip", *(shell.folder / "a").iterdir())
    }
    assert modes.pop("a") == 0o700
    assert len(modes) > 5
    assert set(modes.values()) == {0o600}


def test_a_link_that_lies_in_wait_is_not_followed(shell: Shell) -> None:
    precious = shell.folder / "precious"
    precious.write_text("mine")
    (shell.folder / "a.zip.part").symlink_to(precious)
    assert shell("export", "acme", "-o", str(shell.folder / "a.zip")).code == 0
    assert precious.read_text() == "mine"
    left = {path.name for path in shell.folder.iterdir() if "part" in path.name}
    assert left == {"a.zip.part"}
