"""settings-export and settings-import: settings, choices and rules, kept and taken over."""

import json
from pathlib import Path
from typing import Any

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import KeapOrder, MappingKind, MirrorRecord
from tests.cli.conftest import Shell
from tests.ledger_rows import add_entry, add_mapping, add_order, add_read_lists

_LISTS = ("Account", "Customer", "Item", "PaymentMethod", "Class")


@pytest.fixture(autouse=True)
def books(migrated: Database, acme: dict[str, str], shell: Shell) -> None:
    """acme is set up; beta is another company file of the same Keap account, with other ListIDs."""
    shell("connection", "add", "beta", "--start-date", "2026-10-01")
    with migrated.writing("test") as db:
        own, other = find_connection(db, "acme").id, find_connection(db, "beta").id
        for connection_id, before in ((own, ""), (other, "x")):
            add_read_lists(db, connection_id, *_LISTS)
            for list_name, name, kind in (
                ("Account", "Sales", "Income"),
                ("Account", "Card Clearing", "OtherCurrentAsset"),
                ("Class", "Online", ""),
                ("Item", "Hammer", "Service"),
                ("PaymentMethod", "Visa", ""),
            ):
                list_id = f"{before}{list_name[0]}-{name}"
                add_entry(db, connection_id, list_name, name, kind, list_id=list_id)
        add_entry(db, own, "Item", "Saw", "Service")
        add_entry(db, own, "Customer", "Ann Lee")
        # The ListID of another company file's Saw is of something else here.
        add_entry(db, other, "Item", "Freight", "Service", list_id="I-Saw")
        add_mapping(db, own, MappingKind.ITEM, "ham-1", "Item", "Hammer")
        add_mapping(db, own, MappingKind.ITEM, "saw-1", "Item", "Saw")
        add_mapping(db, own, MappingKind.PAYMENT_METHOD, "visa", "PaymentMethod", "Visa")
        add_mapping(db, own, MappingKind.CUSTOMER, "4417", "Customer", "Ann Lee")
    shell("set", "acme", "number_prefix=K-", "income_account=Sales", "start_date=2026-11-01")
    made = shell("rules-add", "acme", "--name", "Big", "--if", "total more than 500", "--hold")
    assert made.code == 0


@pytest.fixture
def file(shell: Shell) -> Path:
    path = shell.folder / "acme.json"
    outcome = shell("settings-export", "acme", str(path))
    assert (outcome.code, outcome.err) == (0, "")
    return path


def settings_of(shell: Shell, name: str) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in shell("set", name, "--json").document}


def choices_of(shell: Shell, name: str) -> dict[str, tuple[str, str]]:
    listed = shell("mappings", name, "--json").document
    return {each["key"]: (each["entry"], each["list_id"]) for each in listed}


def rules_of(shell: Shell, name: str) -> list[str]:
    return [each["name"] for each in shell("rules", name, "--json").document]


def all_of(shell: Shell, name: str) -> tuple[Any, ...]:
    return settings_of(shell, name), choices_of(shell, name), rules_of(shell, name)


def test_the_file_can_be_read_and_holds_no_key(file: Path, acme: dict[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    document = json.loads(text)
    assert (document["version"], document["connection"]) == (1, "acme")
    assert document["settings"]["number_prefix"] == "K-"
    assert document["settings"]["sync_minutes"] == 15
    assert [each["entry"] for each in document["choices"]] == ["Ann Lee", "Hammer", "Saw", "Visa"]
    assert [each["name"] for each in document["rules"]] == ["Big"]
    assert acme["password"] not in text


def test_another_company_file_gets_the_same_by_name(shell: Shell, file: Path) -> None:
    taken = shell("settings-import", "beta", str(file), "--json").document
    after = settings_of(shell, "beta")
    assert (after["number_prefix"], after["income_account"]) == ("K-", "Sales")
    assert after["start_date"] == "2026-10-01"
    assert choices_of(shell, "beta") == {
        "ham-1": ("Hammer", "xI-Hammer"),
        "visa": ("Visa", "xP-Visa"),
    }
    assert rules_of(shell, "beta") == ["Big"]
    left_out = [each["what"] for each in taken["left_out"]]
    assert left_out[0] == "start_date"
    assert 'item for "Saw-1": Saw' in left_out
    assert 'customer for "4417": Ann Lee' in left_out


def test_the_same_connection_gets_everything_back(
    shell: Shell, file: Path, migrated: Database
) -> None:
    shell("set", "acme", "number_prefix=", "start_date=2026-12-01", "sync_minutes=60")
    shell("unmap-item", "acme", "saw-1")
    shell("rules-remove", "acme", "1")
    with migrated.writing("test") as db:
        # Somebody renamed the item in QuickBooks meanwhile; its ListID is what it was.
        saw = db.query(MirrorRecord).filter_by(list_id="I-Saw", full_name="Saw").one()
        saw.full_name, saw.full_name_key = "Saws", "saws"
    assert shell("settings-import", "acme", str(file)).code == 0
    after = settings_of(shell, "acme")
    assert (after["number_prefix"], after["start_date"]) == ("K-", "2026-11-01")
    assert after["sync_minutes"] == 15
    assert choices_of(shell, "acme")["saw-1"] == ("Saws", "I-Saw")
    assert rules_of(shell, "acme") == ["Big"]
    again = shell("settings-import", "acme", str(file))
    assert "No setting was changed." in again.out
    assert "No choice was changed." in again.out


def test_a_dry_run_tells_the_same_and_changes_nothing(
    shell: Shell, file: Path, migrated: Database
) -> None:
    with migrated.writing("test") as db:
        add_order(db, find_connection(db, "beta").id, 101)
    before = all_of(shell, "beta")
    audited = len(shell("audit", "--json").document)
    told = shell("settings-import", "beta", str(file), "--dry-run", "--json").document
    assert (
        settings_of(shell, "beta"),
        choices_of(shell, "beta"),
        rules_of(shell, "beta"),
    ) == before
    assert len(shell("audit", "--json").document) == audited
    with migrated.reading() as db:
        assert not db.query(KeapOrder).filter_by(keap_id=101).one().needs_plan
    assert shell("settings-import", "beta", str(file), "--json").document == told


def test_it_is_written_into_the_audit(shell: Shell, file: Path) -> None:
    shell("settings-import", "beta", str(file))
    what = [each["what"] for each in shell("audit", "--json").document]
    assert "Settings changed" in what
    assert "Settings, choices and rules taken from a file" in what


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"settings": {"colour": "blue"}}, "there is no such setting"),
        ({"settings": {"sync_minutes": "often"}}, "sync_minutes"),
        ({"settings": {"income_account": "Slaes"}}, "Sales"),
        ({"version": 2}, "of version 2"),
        ({"version": "new"}, "not one that settings-export wrote"),
        ({"secrets": {}}, "not one that settings-export wrote"),
        ({"choices": [{"kind": "planet"}]}, "not one that settings-export wrote"),
        ({"rules": [{"name": "Odd", "if": [], "then": []}]}, "A rule without a condition"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence_and_nothing_is_changed(
    shell: Shell, file: Path, changes: dict[str, Any], sentence: str
) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(document | changes), encoding="utf-8")
    before = all_of(shell, "beta")
    outcome = shell("settings-import", "beta", str(file))
    assert outcome.code == 1
    assert sentence in outcome.err
    assert (
        settings_of(shell, "beta"),
        choices_of(shell, "beta"),
        rules_of(shell, "beta"),
    ) == before


def test_a_file_that_is_there_is_overwritten_only_when_told_to(shell: Shell, file: Path) -> None:
    file.write_text("mine")
    refused = shell("settings-export", "acme", str(file))
    assert (refused.code, file.read_text()) == (1, "mine")
    assert "was left as it is. Choose another name, or --replace." in refused.err
    assert shell("settings-export", "acme", str(file), "--replace").code == 0
    assert json.loads(file.read_text())
