"""Our copy of QuickBooks' lists."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger import mirror
from qbwc_service.ledger.models import Connection, MirrorKey, MirrorList, MirrorRecord
from qbwc_service.matching.keys import KeyKind
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
    company_name="Acme Inc",
    first_name="Ann",
    last_name="Lee",
    email="Ann@Example.com",
    phone="602-555-0142",
    bill_address=Address(("1 Main St",), city="Phoenix"),
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
                "contact": {"phone": "602-555-0142", "lines": ["1 Main St"], "city": "Phoenix"},
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


def keys(db: Session, *kinds: KeyKind) -> set[tuple[str, str]]:
    found = db.scalars(select(MirrorKey).where(MirrorKey.kind.in_(kinds)))
    return {(row.key, row.list_id) for row in found}


def test_an_item_is_found_by_its_other_numbers_and_custom_fields(
    db: Session, acme: Connection
) -> None:
    more = replace(
        HAMMER, part_number="HM-16", barcode=" 4006381333931", custom_fields={"Shop SKU": "Ham"}
    )
    mirror.store(db, acme.id, [more, replace(HAMMER, list_id="I-2", custom_fields={"Size": " "})])
    details = {row["list_id"]: row["details"] for row in rows(db)}
    assert details["I-1"] == {
        "kind": "NonInventory",
        "part_number": "HM-16",
        "barcode": " 4006381333931",
        "custom_fields": {"Shop SKU": "Ham"},
    }
    assert keys(db, KeyKind.PART_NUMBER) == {("hm-16", "I-1")}
    assert keys(db, KeyKind.BARCODE) == {("4006381333931", "I-1")}
    assert keys(db, KeyKind.CUSTOM_FIELD) == {("shop sku=ham", "I-1")}

    mirror.store(db, acme.id, [replace(more, part_number="")])
    assert keys(db, KeyKind.PART_NUMBER) == set()
    assert keys(db, KeyKind.BARCODE) == {("4006381333931", "I-1")}


def test_a_tax_item_keeps_its_rate_and_a_group_its_members(db: Session, acme: Connection) -> None:
    tax = replace(HAMMER, kind="SalesTax", list_id="T-1", tax_rate=Decimal("8.250"))
    group = replace(HAMMER, kind="SalesTaxGroup", list_id="T-2", tax_items=("T-1", "T-9"))
    mirror.store(db, acme.id, [tax, group])
    assert [row["details"] for row in rows(db)] == [
        {"kind": "SalesTax", "tax_rate": "8.25"},
        {"kind": "SalesTaxGroup", "tax_items": ["T-1", "T-9"]},
    ]


def test_a_new_name_of_a_record_reaches_all_below_it(db: Session, acme: Connection) -> None:
    ann = replace(ANN, list_id="C-0", parent_list_id="", name="Ann Lee", full_name="Ann Lee")
    room = replace(
        ANN, list_id="C-2", parent_list_id="C-1", name="Attic", full_name="Ann Lee:Roof job:Attic"
    )
    stranger = replace(ann, list_id="C-3", name="Ann Lees", full_name="Ann Lees")
    mirror.store(db, acme.id, [ann, ANN, room, stranger])
    mirror.store(db, acme.id, [replace(ann, name="Anna Lee", full_name="Anna Lee")])
    assert [(row["full_name"], row["full_name_key"]) for row in rows(db)] == [
        ("Anna Lee", "anna lee"),
        ("Anna Lee:Roof job", "anna lee:roof job"),
        ("Anna Lee:Roof job:Attic", "anna lee:roof job:attic"),
        ("Ann Lees", "ann lees"),
    ]


def test_who_is_not_seen_when_a_list_is_read_from_its_start_is_gone(
    db: Session, acme: Connection, other: Connection
) -> None:
    second = replace(ANN, list_id="C-2")
    for connection in (acme, other):
        mirror.store(db, connection.id, [ANN, second, HAMMER], seen_in=7)
    mirror.store(db, acme.id, [ANN], seen_in=8)
    mirror.store(db, acme.id, [second])
    assert mirror.forget_unseen(db, acme.id, "Customer", 8)
    assert not mirror.forget_unseen(db, acme.id, "Customer", 8)
    mine = select(MirrorRecord.list_id).where(MirrorRecord.connection_id == acme.id)
    assert sorted(db.scalars(mine)) == ["C-1", "I-1"]
    assert (mirror.count(db, acme.id, ["Customer", "Item"]), len(rows(db))) == (2, 5)


def test_a_record_seen_twice_in_one_answer_is_kept_once(db: Session, acme: Connection) -> None:
    mirror.store(db, acme.id, [HAMMER, replace(HAMMER, name="Mallet", full_name="Mallet")])
    assert [row["name"] for row in rows(db)] == ["Mallet"]


@pytest.mark.parametrize("again", [False, True], ids=["new", "all changed"])
def test_a_page_takes_a_few_statements_whatever_is_in_it(
    database: Database, db: Session, acme: Connection, again: bool
) -> None:
    """Five for a list: look, insert, update, and the keys; and those that a rename takes."""
    asked: list[str] = []
    many: list[Record] = [
        replace(ANN, list_id=f"C-{number}", name=f"Name {number}") for number in range(500)
    ]
    if again:
        mirror.store(db, acme.id, [replace(one, email="") for one in many])  # type: ignore[type-var]
    event.listen(database.engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
    mirror.store(db, acme.id, many)
    assert len(asked) <= 4
    assert len(rows(db)) == 500


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
