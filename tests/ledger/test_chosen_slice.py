"""What people chose from QuickBooks' lists, as it is in our copy of them now."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.chosen_slice import ChosenSlice, load_chosen
from qbwc_service.ledger.models import Connection, MappingKind
from qbwc_service.matching.company import Chosen, ListEntry
from tests.ledger_rows import add_entry, add_mapping, add_read_lists
from tests.matching.company_file import settings
from tests.planning.test_rules import rule

VISA = (MappingKind.PAYMENT_METHOD, "visa", "PaymentMethod", "Visa")
TO_CLEARING = (MappingKind.DEPOSIT_ACCOUNT, "visa", "Account", "Card Clearing")
ARIZONA = (MappingKind.TAX_ITEM, "state:AZ", "Item", "AZ Tax")


def load(db: Session, connection: Connection, **chosen: str) -> ChosenSlice:
    db.flush()
    return load_chosen(db, connection.id, settings(**chosen))


def test_nothing_chosen_is_nothing(db: Session, acme: Connection) -> None:
    add_read_lists(db, acme.id, "Terms")
    add_entry(db, acme.id, "Terms", "Net 30")
    assert load(db, acme) == ChosenSlice()


def test_the_entries_that_settings_name_are_found_in_any_case(
    db: Session, acme: Connection, other: Connection
) -> None:
    add_read_lists(db, acme.id, "Terms", "Class", "Template")
    add_entry(db, acme.id, "Terms", "Net 30")
    add_entry(db, acme.id, "Terms", "Net 60")
    add_entry(db, acme.id, "Template", "Web", "Invoice", is_active=False)
    add_entry(db, other.id, "Class", "Online")
    found = load(
        db, acme, terms="NET 30", invoice_class="Online", invoice_template="Web", sales_rep="AL"
    )
    assert found.lists == {
        "Terms": {"net 30": ListEntry("T-Net 30", "Net 30")},
        "Class": {},
        "Template": {"web": ListEntry("T-Web", "Web", is_active=False, kind="Invoice")},
    }


def test_what_rules_name_is_found_beside_what_settings_name(db: Session, acme: Connection) -> None:
    add_read_lists(db, acme.id, "Terms", "Class")
    for name in ("Net 30", "Net 60"):
        add_entry(db, acme.id, "Terms", name)
    add_entry(db, acme.id, "Class", "Online")
    db.flush()
    rules = [
        rule("state is AZ", then=("terms=net 60", "invoice_class=Online", "number_prefix=W-")),
        rule("state is CA", then=("terms=Gone", "deposit_account=Checking")),
    ]
    found = load_chosen(db, acme.id, settings(terms="Net 30"), rules).lists
    assert {name: sorted(entries) for name, entries in found.items()} == {
        "Terms": ["net 30", "net 60"],
        "Class": ["online"],
    }


def test_of_two_entries_of_one_name_the_active_one_counts(db: Session, acme: Connection) -> None:
    add_read_lists(db, acme.id, "Terms")
    add_entry(db, acme.id, "Terms", "Net 30")
    add_entry(db, acme.id, "Terms", "Net 30", is_active=False, list_id="T-0")
    add_entry(db, acme.id, "Terms", "Net 30", is_active=False, list_id="T-z")
    assert load(db, acme, terms="Net 30").lists["Terms"]["net 30"].list_id == "T-Net 30"


def test_mappings_come_with_what_quickbooks_has_now(
    db: Session, acme: Connection, other: Connection
) -> None:
    add_read_lists(db, acme.id, "Account", "Item", "PaymentMethod")
    for mapping in (VISA, TO_CLEARING, ARIZONA):
        add_mapping(db, acme.id, *mapping)
    add_mapping(db, other.id, MappingKind.PAYMENT_METHOD, "cash", "PaymentMethod", "Cash")
    add_mapping(db, acme.id, MappingKind.ITEM, "hammer", "Item", "Hammer")
    add_entry(db, acme.id, "PaymentMethod", "Visa/MC", list_id="P-Visa")
    add_entry(db, acme.id, "Account", "Card Clearing", "Bank", is_active=False)
    assert load(db, acme) == ChosenSlice(
        method_of_payment={
            "visa": Chosen("Visa", "PaymentMethod", "Visa", ListEntry("P-Visa", "Visa/MC"))
        },
        deposit_of_payment={
            "visa": Chosen(
                "Visa",
                "Account",
                "Card Clearing",
                ListEntry("A-Card Clearing", "Card Clearing", is_active=False, kind="Bank"),
            )
        },
        item_of_tax={"state:AZ": Chosen("State:Az", "Item", "AZ Tax", None)},
    )


def test_a_list_that_is_read_anew_says_nothing_of_what_is_gone(
    db: Session, acme: Connection
) -> None:
    add_mapping(db, acme.id, *ARIZONA)
    found = load(db, acme).item_of_tax["state:AZ"]
    assert found.entry == ListEntry("I-AZ Tax", "AZ Tax")


@pytest.mark.parametrize("entries", [1, 40])
def test_three_statements_are_enough(
    database: Database, db: Session, acme: Connection, entries: int
) -> None:
    add_read_lists(db, acme.id, "Terms", "Class", "Item")
    for number in range(entries):
        add_mapping(db, acme.id, MappingKind.TAX_ITEM, f"rate:{number}", "Item", f"Tax {number}")
        add_entry(db, acme.id, "Item", f"Tax {number}", "SalesTax")
    db.flush()
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
    rules = [rule("state is AZ", then=(f"terms=Net {number}",)) for number in range(entries)]
    load_chosen(db, acme.id, settings(terms="Net 30", invoice_class="Online"), rules)
    assert len(asked) == 3
