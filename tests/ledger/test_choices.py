"""What a person chooses for payments and taxes is checked, noted and in force."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import mappings
from qbwc_service.ledger.choices import Choices
from qbwc_service.ledger.list_entries import ChoiceRefused
from qbwc_service.ledger.models import Connection, Event, KeapOrder, MappingKind
from tests.ledger_rows import NOON, add_entry, add_order, add_read_lists

METHOD, DEPOSIT = MappingKind.PAYMENT_METHOD, MappingKind.DEPOSIT_ACCOUNT


@pytest.fixture
def choices(db: Session, acme: Connection) -> Choices:
    add_read_lists(db, acme.id, "Account", "Item", "PaymentMethod")
    add_entry(db, acme.id, "PaymentMethod", "Visa")
    add_entry(db, acme.id, "Account", "Card Clearing", "OtherCurrentAsset")
    add_entry(db, acme.id, "Account", "Sales", "Income")
    add_entry(db, acme.id, "Item", "AZ Tax", "SalesTax")
    add_entry(db, acme.id, "Item", "Hammer", "Inventory")
    db.flush()
    return Choices(db, acme, "Bea", NOON)


def told(choices: Choices) -> list[tuple[str, str]]:
    return [(event.who, event.text) for event in choices.db.scalars(select(Event))]


def mapped(choices: Choices) -> list[tuple[str, str, str, str]]:
    return [
        (row.key, row.shown, row.list_id, row.full_name)
        for row in mappings.of_connection(choices.db, choices.connection)
    ]


def test_a_card_gets_a_method_and_an_account(choices: Choices) -> None:
    assert choices.map_payment("VISA", METHOD, "visa")
    assert choices.map_payment(" VISA ", DEPOSIT, "Card clearing")
    assert not choices.map_payment("Visa", METHOD, "Visa")
    assert mapped(choices) == [
        ("visa", "VISA", "A-Card Clearing", "Card Clearing"),
        ("visa", "VISA", "P-Visa", "Visa"),
    ]
    assert told(choices) == [
        ("Bea", 'Chosen as payment method for "VISA": Visa'),
        ("Bea", 'Chosen as deposit account for "VISA": Card Clearing'),
    ]
    assert choices.unmap_payment("visa", METHOD)
    assert not choices.unmap_payment("visa", METHOD)
    assert told(choices)[2] == ("Bea", 'No longer chosen as payment method for "VISA": Visa')


def test_a_tax_gets_an_item(choices: Choices) -> None:
    assert choices.map_tax("State: Arizona", "az tax")
    assert mapped(choices) == [("state:AZ", "state Arizona", "I-AZ Tax", "AZ Tax")]
    assert told(choices) == [("Bea", 'Chosen as tax item for "state Arizona": AZ Tax')]
    assert choices.unmap_tax("state:AZ")
    assert not choices.unmap_tax("state:AZ")


@pytest.mark.parametrize(
    ("choose", "sentence"),
    [
        (lambda each: each.map_payment("VISA", METHOD, "Viza"), "The nearest: Visa."),
        (lambda each: each.map_payment("VISA", DEPOSIT, "Sales"), "is of the type Income"),
        (lambda each: each.map_payment(" - ", METHOD, "Visa"), "names no payment type"),
        (lambda each: each.map_tax("8.25", "AZ Tax"), "names no tax"),
        (lambda each: each.map_tax("rate:8.25", "Hammer"), "is of the type Inventory"),
        (lambda each: each.unmap_tax("AZ"), "names no tax"),
    ],
)
def test_what_cannot_be_chosen_changes_nothing(
    choices: Choices, choose: Callable[[Choices], bool], sentence: str
) -> None:
    with pytest.raises(ChoiceRefused, match=sentence):
        choose(choices)
    assert (mapped(choices), told(choices)) == ([], [])


def test_a_choice_has_what_waits_for_it_planned_again(choices: Choices) -> None:
    db, acme = choices.db, choices.connection
    add_order(db, acme.id, 7, cause="no-deposit-account", has_work=False)
    add_order(db, acme.id, 8, cause="draft-order", has_work=False)
    db.flush()
    choices.map_payment("VISA", DEPOSIT, "Card Clearing")
    rows = db.execute(select(KeapOrder.keap_id, KeapOrder.needs_plan).order_by(KeapOrder.keap_id))
    assert [tuple(row) for row in rows] == [(7, True), (8, False)]
    assert acme.plans_stale_since == NOON
