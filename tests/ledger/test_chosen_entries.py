"""What people chose and QuickBooks no longer has is told before an order fails."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qbwc_service import connections
from qbwc_service.database import Database
from qbwc_service.ledger import chosen_entries, mappings
from qbwc_service.ledger.mappings import Choice, Mappings
from qbwc_service.ledger.models import Connection, ErrorEntry, MappingKind, MirrorRecord
from qbwc_service.ledger.rules import Rules
from qbwc_service.matching.keys import name_key
from tests.ledger_rows import NOON, add_entry, add_mapping, add_read_lists
from tests.planning.test_rules import rule

LATER = NOON + timedelta(hours=1)
VISA = (MappingKind.PAYMENT_METHOD, "visa", "PaymentMethod", "Visa")


def told(db: Session, connection: Connection) -> dict[str, str]:
    """Setting or mapping -> entry, of what is open in the error log."""
    open_ones = db.scalars(
        select(ErrorEntry).where(
            ErrorEntry.connection_id == connection.id, ErrorEntry.solved_at.is_(None)
        )
    )
    return {entry.details["setting"]: entry.details["entry"] for entry in open_ones}


def record(db: Session, full_name: str) -> MirrorRecord:
    return db.scalars(select(MirrorRecord).where(MirrorRecord.full_name == full_name)).one()


def rename(db: Session, full_name: str, new_name: str) -> None:
    row = record(db, full_name)
    row.full_name, row.full_name_key = new_name, name_key(new_name)


@pytest.fixture
def books(db: Session, acme: Connection) -> None:
    """Terms and a deposit account by settings, a payment method by a mapping; all are there."""
    acme.settings = {"terms": "Net 30", "deposit_account": "Checking", "fee_item": "Fee"}
    add_read_lists(db, acme.id, "Account", "Item", "PaymentMethod", "Terms")
    add_entry(db, acme.id, "Terms", "Net 30")
    add_entry(db, acme.id, "Account", "Checking", "Bank")
    add_entry(db, acme.id, "PaymentMethod", "Visa")
    add_mapping(db, acme.id, *VISA)
    db.flush()


@pytest.mark.usefixtures("books")
def test_nothing_is_told_while_everything_is_there(db: Session, acme: Connection) -> None:
    chosen_entries.check(db, acme, NOON)
    assert told(db, acme) == {}


@pytest.mark.usefixtures("books")
def test_what_is_gone_or_inactive_has_one_entry_each_until_it_is_back(
    db: Session, acme: Connection
) -> None:
    record(db, "Net 30").is_active = False
    record(db, "Checking").is_active = False
    db.delete(record(db, "Visa"))
    for now in (NOON, LATER):
        chosen_entries.check(db, acme, now)
    assert told(db, acme) == {
        "terms": "Net 30",
        "deposit_account": "Checking",
        "payment method for Visa": "Visa",
    }
    assert {(each.at, each.times) for each in db.scalars(select(ErrorEntry))} == {(NOON, 1)}

    record(db, "Net 30").is_active = True
    add_entry(db, acme.id, "PaymentMethod", "Visa")
    chosen_entries.check(db, acme, LATER)
    assert told(db, acme) == {"deposit_account": "Checking"}


@pytest.mark.usefixtures("books")
def test_a_mapping_follows_a_rename_and_a_setting_tells_the_likely_new_name(
    db: Session, acme: Connection
) -> None:
    rename(db, "Visa", "Visa and MasterCard")
    rename(db, "Net 30", "Net 30 days")
    add_entry(db, acme.id, "Terms", "Due on receipt")
    chosen_entries.check(db, acme, NOON)
    assert [row.full_name for row in mappings.of_connection(db, acme)] == ["Visa and MasterCard"]
    assert told(db, acme) == {"terms": "Net 30"}
    hint = db.scalars(select(ErrorEntry)).one().details["hint"]
    assert hint == 'Perhaps it is called "Net 30 days" now. '


@pytest.mark.usefixtures("books")
def test_another_choice_solves_it(db: Session, acme: Connection) -> None:
    db.delete(record(db, "Net 30"))
    add_entry(db, acme.id, "Terms", "Net 15")
    chosen_entries.check(db, acme, NOON)
    assert "terms" in told(db, acme)
    stored = {**acme.settings, "terms": "Net 15"}
    connections.change_settings(db, acme, stored, who="Bea", now=LATER)
    assert told(db, acme) == {}


def test_a_list_that_was_never_read_or_is_read_anew_says_nothing(
    db: Session, acme: Connection
) -> None:
    acme.settings = {"terms": "Net 30"}
    add_mapping(db, acme.id, *VISA)
    chosen_entries.check(db, acme, NOON)
    assert told(db, acme) == {}


@pytest.mark.usefixtures("books")
def test_what_is_still_to_be_made_is_not_gone(db: Session, acme: Connection) -> None:
    new = Choice(MappingKind.ITEM, "new", "NEW", "Item", "", "NEW")
    Mappings(db, acme, "Bea", NOON).choose([new])
    assert told(db, acme) == {}


@pytest.mark.usefixtures("books")
def test_other_connections_are_left_alone(db: Session, acme: Connection, other: Connection) -> None:
    add_mapping(db, other.id, *VISA)
    db.delete(record(db, "Visa"))
    chosen_entries.check(db, acme, NOON)
    assert told(db, other) == {}
    assert told(db, acme) == {"payment method for Visa": "Visa"}


@pytest.mark.usefixtures("books")
def test_statements_do_not_grow_with_the_mappings(
    database: Database, db: Session, acme: Connection
) -> None:
    for number in range(150):
        key = f"sku {number}"
        add_mapping(db, acme.id, MappingKind.ITEM, key, "Item", key.upper())
    db.flush()
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
    chosen_entries.check(db, acme, NOON)
    assert len([text for text in asked if text.startswith("SELECT")]) <= 6
    assert len(told(db, acme)) == chosen_entries.TOLD
    assert {each.details["page"] for each in db.scalars(select(ErrorEntry))} == {"Products"}


@pytest.mark.usefixtures("books")
def test_what_a_rule_names_is_told_when_it_is_gone(db: Session, acme: Connection) -> None:
    rules = Rules(db, acme, "Bea", NOON)
    rules.add(rule("state is AZ", name="Shop", then=("terms=Net 30",)))
    row = rules.add(rule("state is CA", name="Fair", then=("deposit_account=Checking",)))
    rename(db, "Checking", "Bank")
    rules.switch(row.id, is_on=False)
    chosen_entries.check(db, acme, LATER)
    assert told(db, acme) == {"deposit_account": "Checking"}
    rename(db, "Net 30", "Net 31")
    chosen_entries.check(db, acme, LATER)
    assert told(db, acme) == {
        "deposit_account": "Checking",
        "terms": "Net 30",
        'terms of the rule "Shop"': "Net 30",
    }
    pages = {
        entry.details["setting"]: entry.details["page"] for entry in db.scalars(select(ErrorEntry))
    }
    assert pages['terms of the rule "Shop"'] == "Rules"
    assert pages["terms"] == "Settings"
