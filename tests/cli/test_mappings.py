"""map-payment, map-tax and their opposites; mappings lists what is chosen."""

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from tests.cli.conftest import Shell
from tests.ledger_rows import add_entry, add_read_lists


@pytest.fixture
def books(acme: dict[str, str], migrated: Database) -> None:
    with migrated.writing("test") as db:
        acme_id = find_connection(db, acme["connection"]).id
        add_read_lists(db, acme_id, "Account", "Item", "PaymentMethod")
        add_entry(db, acme_id, "PaymentMethod", "Visa")
        add_entry(db, acme_id, "Account", "Card Clearing", "OtherCurrentAsset")
        add_entry(db, acme_id, "Item", "Arizona Tax", "SalesTax")


def chosen(shell: Shell) -> list[tuple[str, str, str]]:
    listed = shell("mappings", "acme", "--json").document
    return [(each["kind"], each["for"], each["entry"]) for each in listed]


@pytest.mark.usefixtures("books")
def test_a_card_is_mapped_and_forgotten(shell: Shell) -> None:
    told = shell("map-payment", "acme", "VISA", "--method", "visa", "--deposit-to", "Card Clearing")
    assert (told.code, told.out) == (
        0,
        "Chosen for VISA. What is not sent yet follows it; what is in QuickBooks stays as it is.\n",
    )
    assert chosen(shell) == [
        ("deposit-account", "VISA", "Card Clearing"),
        ("payment-method", "VISA", "Visa"),
    ]
    assert shell("mappings", "acme").out.splitlines()[1] == (
        "deposit-account\tVISA\tAccount\tCard Clearing\tcommand line"
    )
    assert shell("unmap-payment", "acme", "Visa").out.startswith("Forgotten: Visa. ")
    assert chosen(shell) == []
    assert shell("unmap-payment", "acme", "Visa").out == (
        "Nothing was chosen for Visa; nothing was changed.\n"
    )
    assert shell("mappings", "acme").out.startswith("Nothing is mapped; ")


@pytest.mark.usefixtures("books")
def test_all_of_a_choice_is_made_or_none(shell: Shell) -> None:
    told = shell("map-payment", "acme", "VISA", "--method", "Visa", "--deposit-to", "Card Clear")
    assert (told.code, told.err) == (
        1,
        'QuickBooks has no active account "Card Clear". The nearest: Card Clearing.\n',
    )
    assert chosen(shell) == []
    assert shell("map-payment", "acme", "VISA").code == 2


@pytest.mark.usefixtures("books")
def test_a_tax_is_mapped_and_forgotten(shell: Shell) -> None:
    assert shell("map-tax", "acme", "state:AZ", "Arizona Tax").code == 0
    assert chosen(shell) == [("tax-item", "state AZ", "Arizona Tax")]
    assert shell("unmap-tax", "acme", "state:Arizona").out.startswith("Forgotten: ")
    assert shell("unmap-tax", "acme", "state:AZ").out.startswith("Nothing was chosen")
    wrong = shell("map-tax", "acme", "AZ", "Arizona Tax")
    assert wrong.code == 1
    assert wrong.err.startswith('"AZ" names no tax: write a rate')
