"""What can be chosen from QuickBooks' lists, and what is said of what cannot."""

import pytest
from sqlalchemy.orm import Session

from qbwc_service.ledger.list_entries import (
    ChoiceRefused,
    ListSummary,
    check_settings,
    entries_of,
    find_entry,
    summaries,
)
from qbwc_service.ledger.models import Connection
from qbwc_service.settings import SettingError
from tests.ledger_rows import NOON, add_entry, add_read_lists


@pytest.fixture
def books(db: Session, acme: Connection, other: Connection) -> None:
    """Accounts, terms and items of acme; the other connection has terms of its own."""
    add_read_lists(db, acme.id, "Account", "Class", "Item", "Terms")
    add_entry(db, acme.id, "Account", "Sales", "Income")
    add_entry(db, acme.id, "Account", "Bank:Checking", "Bank")
    add_entry(db, acme.id, "Account", "Receivables", "AccountsReceivable")
    add_entry(db, acme.id, "Terms", "Net 30")
    add_entry(db, acme.id, "Terms", "Due on receipt")
    add_entry(db, acme.id, "Terms", "Due never", is_active=False)
    add_entry(db, acme.id, "Item", "AZ Tax", "SalesTax")
    add_entry(db, acme.id, "Item", "Hammer", "Inventory")
    add_read_lists(db, other.id, "Terms")
    add_entry(db, other.id, "Terms", "Net 60")
    db.flush()


@pytest.mark.usefixtures("books")
def test_the_lists_are_summed_up(db: Session, acme: Connection) -> None:
    add_entry(db, acme.id, "Vendor", "Supplies Inc")
    db.flush()
    assert summaries(db, acme.id) == [
        ListSummary("Account", 3, 3, NOON),
        ListSummary("Class", 0, 0, NOON),
        ListSummary("Item", 2, 2, NOON),
        ListSummary("Terms", 3, 2, NOON),
        ListSummary("Vendor", 1, 1, None),
    ]


@pytest.mark.usefixtures("books")
def test_entries_come_by_name_with_the_active_ones_first(db: Session, acme: Connection) -> None:
    assert [row.full_name for row in entries_of(db, acme.id, "Terms")] == [
        "Due on receipt",
        "Net 30",
        "Due never",
    ]
    active = entries_of(db, acme.id, "Terms", only_active=True)
    assert [row.full_name for row in active] == ["Due on receipt", "Net 30"]
    taxes = entries_of(db, acme.id, "Item", ["SalesTax", "SalesTaxGroup"])
    assert [row.full_name for row in taxes] == ["AZ Tax"]


@pytest.mark.usefixtures("books")
def test_an_entry_is_found_in_any_case(db: Session, acme: Connection) -> None:
    assert find_entry(db, acme.id, "Terms", "net 30").list_id == "T-Net 30"
    assert find_entry(db, acme.id, "Account", "bank:checking", ["Bank"]).name == "Checking"


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("list_name", "name", "kinds", "sentence"),
    [
        ("Terms", "Net 3", (), 'QuickBooks has no active terms "Net 3". The nearest: Net 30.'),
        ("Terms", "Due never", (), 'QuickBooks has no active terms "Due never".'),
        ("Terms", "Net 60", (), 'QuickBooks has no active terms "Net 60". The nearest: Net 30.'),
        ("Class", "Online", (), 'QuickBooks has no active class "Online".'),
        (
            "Account",
            "Sales",
            ("Bank", "OtherCurrentAsset"),
            'The account "Sales" is of the type Income; this has to be bank or other current',
        ),
        ("SalesRep", "AL", (), "QuickBooks' list of sales reps was not read yet."),
    ],
)
def test_what_cannot_be_chosen_is_refused_with_what_can(
    db: Session, acme: Connection, list_name: str, name: str, kinds: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(ChoiceRefused) as refused:
        find_entry(db, acme.id, list_name, name, kinds)
    assert sentence in str(refused.value)


@pytest.mark.usefixtures("books")
def test_settings_are_checked_where_the_list_was_read_and_the_value_is_new(
    db: Session, acme: Connection
) -> None:
    old = {"terms": "Net 45", "sync_minutes": 5}
    check_settings(db, acme.id, old, old | {"ar_account": "Receivables", "sales_rep": "AL"})
    check_settings(db, acme.id, old, {})
    for name, value in (("terms", "Net 3"), ("deposit_account", "Sales"), ("ar_account", "Sales")):
        with pytest.raises(SettingError) as refused:
            check_settings(db, acme.id, old, old | {name: value})
        assert refused.value.name == name
