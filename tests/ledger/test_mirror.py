"""Our copy of QuickBooks' lists."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger import mirror
from qbwc_service.ledger.models import Connection, MirrorList, MirrorRecord
from qbxml_builders.records import (
    Address,
    CustomerRecord,
    EntityRecord,
    ItemRecord,
    ListRecord,
    Record,
)
from tests.ledger_rows import NOON

WHEN = "2026-11-23T05:00:00-07:00"
ANN = CustomerRecord(
    list_id="C-1",
    edit_sequence="11",
    time_created=WHEN,
    time_modified=WHEN,
    name="Roof job",
    full_name="Ann Lee:Roof job",
    is_active=True,
    parent_list_id="C-0",
    sublevel=1,
    company_name="Acme Inc",
    first_name="Ann",
    last_name="Lee",
    email="Ann@Example.com",
    phone="",
    bill_address=Address(city="Phoenix"),
    currency="US Dollar",
    external_guid="{0}",
    balance=None,
)
VENDOR = EntityRecord("Vendor", "V-1", "12", WHEN, WHEN, "Nails Ltd", None, "Nails", "")
HAMMER = ItemRecord(
    kind="NonInventory",
    list_id="I-1",
    edit_sequence="13",
    time_created=WHEN,
    time_modified=WHEN,
    name="Hammer",
    full_name="Tools:Hammer",
    is_active=False,
    parent_list_id="I-0",
    external_guid="",
    description="",
    price=None,
    account_list_id="A-1",
    sales_tax_code_list_id="",
    tax_rate=None,
)
SALES = ListRecord(
    "Account", "A-1", "14", WHEN, WHEN, "Sales", "", True, {"AccountType": "Income", "Desc": ""}
)


def rows(db: Session) -> list[dict[str, Any]]:
    names = (
        *("list_name", "list_id", "name", "full_name", "name_key", "full_name_key"),
        *("is_active", "edit_sequence", "time_modified", "details"),
    )
    found = db.scalars(select(MirrorRecord).order_by(MirrorRecord.list_id))
    return [{name: getattr(row, name) for name in names} for row in found]


def ids(db: Session) -> list[tuple[str, str]]:
    return [(row["list_name"], row["list_id"]) for row in rows(db)]


def test_each_kind_of_record_is_kept_with_what_matching_reads(
    db: Session, acme: Connection
) -> None:
    assert mirror.store(db, acme.id, [ANN, VENDOR, HAMMER, SALES])
    assert rows(db) == [
        {
            "list_name": "Account",
            "list_id": "A-1",
            "name": "Sales",
            "full_name": "Sales",
            "name_key": "sales",
            "full_name_key": "sales",
            "is_active": True,
            "edit_sequence": "14",
            "time_modified": "2026-11-23T05:00:00",
            "details": {"AccountType": "Income"},
        },
        {
            "list_name": "Customer",
            "list_id": "C-1",
            "name": "Roof job",
            "full_name": "Ann Lee:Roof job",
            "name_key": "roof job",
            "full_name_key": "ann lee:roof job",
            "is_active": True,
            "edit_sequence": "11",
            "time_modified": "2026-11-23T05:00:00",
            "details": {
                "email": "Ann@Example.com",
                "company": "Acme Inc",
                "first": "Ann",
                "last": "Lee",
                "city": "Phoenix",
                "currency": "US Dollar",
                "guid": "{0}",
            },
        },
        {
            "list_name": "Item",
            "list_id": "I-1",
            "name": "Hammer",
            "full_name": "Tools:Hammer",
            "name_key": "hammer",
            "full_name_key": "tools:hammer",
            "is_active": False,
            "edit_sequence": "13",
            "time_modified": "2026-11-23T05:00:00",
            "details": {"kind": "NonInventory"},
        },
        {
            "list_name": "Vendor",
            "list_id": "V-1",
            "name": "Nails Ltd",
            "full_name": "Nails Ltd",
            "name_key": "nails ltd",
            "full_name_key": "nails ltd",
            "is_active": True,
            "edit_sequence": "12",
            "time_modified": "2026-11-23T05:00:00",
            "details": {"company": "Nails"},
        },
    ]


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({}, False),
        ({"edit_sequence": "99", "time_modified": "2026-11-24T05:00:00"}, False),
        ({"name": "Floor job", "full_name": "Ann Lee:Floor job"}, True),
        ({"email": "new@example.com"}, True),
        ({"is_active": False}, True),
        ({"bill_address": Address(city="Mesa")}, True),
    ],
    ids=["seen again", "only saved", "name", "e-mail", "inactive", "city"],
)
def test_only_what_matching_reads_is_news(
    db: Session, acme: Connection, changes: dict[str, Any], news: bool
) -> None:
    mirror.store(db, acme.id, [ANN])
    changed = replace(ANN, **changes)
    assert mirror.store(db, acme.id, [changed]) is news
    (row,) = rows(db)
    assert (row["full_name"], row["edit_sequence"]) == (changed.full_name, changed.edit_sequence)


def test_a_record_seen_twice_in_one_answer_is_kept_once(db: Session, acme: Connection) -> None:
    mirror.store(db, acme.id, [HAMMER, replace(HAMMER, name="Mallet", full_name="Mallet")])
    assert [row["name"] for row in rows(db)] == ["Mallet"]


def test_many_records_of_a_list_are_asked_for_once(
    database: Database, db: Session, acme: Connection
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
    many: list[Record] = [replace(HAMMER, list_id=f"I-{number}") for number in range(50)]
    mirror.store(db, acme.id, [*many, ANN])
    assert len([text for text in asked if text.startswith("SELECT")]) == 2
    assert len(rows(db)) == 51


def test_what_quickbooks_deleted_is_forgotten(
    db: Session, acme: Connection, other: Connection
) -> None:
    mirror.store(db, acme.id, [ANN, HAMMER])
    mirror.store(db, other.id, [HAMMER])
    assert mirror.forget(db, acme.id, "Item", ["I-1", "I-9"])
    assert ids(db) == [("Customer", "C-1"), ("Item", "I-1")]
    assert not mirror.forget(db, acme.id, "Item", ["I-1"])
    assert not mirror.forget(db, acme.id, "Customer", ["I-1"])
    assert not mirror.forget(db, acme.id, "Customer", [])


@pytest.mark.parametrize(
    ("list_name", "kept"), [("Item", {"Customer"}), ("", set())], ids=["one list", "all lists"]
)
def test_a_list_loaded_afresh_is_unknown_until_it_is_read(
    db: Session, acme: Connection, other: Connection, list_name: str, kept: set[str]
) -> None:
    for connection in (acme, other):
        mirror.store(db, connection.id, [ANN, HAMMER])
        for name in ("Customer", "Item"):
            mirror.state_of(db, connection.id, name).loaded_at = NOON
    db.flush()
    mirror.load_afresh(db, acme.id, list_name)
    assert set(mirror.states_of_lists(db, acme.id)) == kept
    assert set(mirror.states_of_lists(db, other.id)) == {"Customer", "Item"}
    own = select(MirrorRecord.list_name).where(MirrorRecord.connection_id == acme.id)
    assert set(db.scalars(own)) == kept
    assert mirror.is_loaded(db, acme.id, ["Item"]) is False


def test_the_state_of_a_list_is_made_once(db: Session, acme: Connection) -> None:
    first = mirror.state_of(db, acme.id, "Item")
    assert mirror.state_of(db, acme.id, "Item") is first
    assert (first.watermark, first.loaded_at, first.read_at) == ("", None, None)
    assert len(db.scalars(select(MirrorList)).all()) == 1


def test_the_lists_are_loaded_when_each_was_read_to_its_end(db: Session, acme: Connection) -> None:
    mirror.state_of(db, acme.id, "Item").loaded_at = NOON
    mirror.state_of(db, acme.id, "Customer")
    assert mirror.is_loaded(db, acme.id, ["Item"])
    assert not mirror.is_loaded(db, acme.id, ["Item", "Customer"])
    assert not mirror.is_loaded(db, acme.id, ["Item", "Account"])


def test_the_age_of_the_copy_is_that_of_its_oldest_list(db: Session, acme: Connection) -> None:
    mirror.state_of(db, acme.id, "Item").read_at = NOON
    mirror.state_of(db, acme.id, "Customer").read_at = NOON - timedelta(hours=1)
    mirror.state_of(db, acme.id, "Account")
    assert mirror.oldest_read(db, acme.id, ["Item", "Customer"]) == NOON - timedelta(hours=1)
    assert mirror.oldest_read(db, acme.id, ["Item", "Account"]) is None
    assert mirror.oldest_read(db, acme.id, ["Item", "Vendor"]) is None
    assert mirror.oldest_read(db, acme.id, []) is None
