"""What people choose: checked against the mirror, remembered, and followed by the orders."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.mappings import Choice, MappingRefused, ProductChoice, mapped_keys
from qbwc_service.ledger.models import Connection, Event, KeapOrder, MappingKind, OrderStatus
from qbwc_service.ledger.models import Mapping as MappingRow
from qbwc_service.ledger.product_choices import choose_items, forget_items
from tests.ledger.test_item_slice import mirrored
from tests.ledger_rows import NOON, add_order


def choose(db: Session, connection: Connection, *wanted: ProductChoice) -> Sequence[Choice]:
    db.flush()
    return choose_items(db, connection, wanted, who="Bea", now=NOON)


def chosen(db: Session, connection: Connection) -> dict[str, str]:
    rows = db.scalars(select(MappingRow).where(MappingRow.connection_id == connection.id))
    return {row.key: row.full_name for row in rows}


def test_a_choice_is_remembered_with_who_made_it(db: Session, acme: Connection) -> None:
    mirrored(db, acme, "Tools:Hammer")
    choose(db, acme, ProductChoice(" HAM-1", "A hammer", "tools:HAMMER"))
    row = mapped_keys(db, acme.id, MappingKind.ITEM, ["sku:ham-1"])["sku:ham-1"]
    assert (row.list_id, row.full_name, row.shown, row.made_by) == (
        "I-Tools:Hammer",
        "Tools:Hammer",
        "HAM-1",
        "Bea",
    )
    assert [(each.who, each.text) for each in db.scalars(select(Event))] == [
        ("Bea", 'Chosen for "HAM-1": Tools:Hammer')
    ]


def test_a_choice_is_changed_and_forgotten(db: Session, acme: Connection) -> None:
    mirrored(db, acme, "Saw")
    mirrored(db, acme, "Axe")
    choose(db, acme, ProductChoice("S", "", "Saw"))
    assert choose(db, acme, ProductChoice("S", "", "Axe")) != []
    assert choose(db, acme, ProductChoice("S", "", "Axe")) == []
    assert chosen(db, acme) == {"sku:s": "Axe"}
    assert forget_items(db, acme, ["sku:s", "sku:none"], who="Bea", now=NOON) == 1
    assert chosen(db, acme) == {}


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (ProductChoice("S", "", "Hamer"), "Did you mean Hammer?"),
        (
            ProductChoice("S", "", "Zzz"),
            'had no item with the full name "Zzz" when its lists were last read.',
        ),
        (ProductChoice("S", "", "Retired"), 'The item "Retired" is inactive in QuickBooks.'),
        (ProductChoice(" ", "", "Hammer"), "Neither SKU nor name says which product is meant."),
    ],
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(
    db: Session, acme: Connection, wanted: ProductChoice, reason: str
) -> None:
    mirrored(db, acme, "Hammer")
    mirrored(db, acme, "Retired", is_active=False)
    with pytest.raises(MappingRefused) as refused:
        choose(db, acme, ProductChoice("T", "", "Hammer"), wanted)
    assert reason in str(refused.value)
    assert str(refused.value).endswith(" Nothing was changed.")
    assert chosen(db, acme) == {}


def test_an_item_of_another_connection_cannot_be_chosen(
    db: Session, acme: Connection, other: Connection
) -> None:
    mirrored(db, other, "Hammer")
    with pytest.raises(MappingRefused):
        choose(db, acme, ProductChoice("S", "", "Hammer"))


def test_a_choice_stays_with_its_connection(
    db: Session, acme: Connection, other: Connection
) -> None:
    for connection, name in ((acme, "Saw"), (other, "Axe")):
        mirrored(db, connection, name)
        choose(db, connection, ProductChoice("S", "", name))
    forget_items(db, acme, ["sku:s"], who="Bea", now=NOON)
    assert (chosen(db, acme), chosen(db, other)) == ({}, {"sku:s": "Axe"})


def test_the_orders_that_it_may_release_are_planned_again_and_no_others(
    db: Session, acme: Connection
) -> None:
    mirrored(db, acme, "Saw")
    for number, cause in enumerate(("item-not-in-quickbooks", "held-by-you", "number-taken"), 1):
        add_order(db, acme.id, number, status=OrderStatus.HELD, cause=cause)
    choose(db, acme, ProductChoice("S", "", "Saw"))
    orders = db.scalars(select(KeapOrder).order_by(KeapOrder.keap_id))
    assert [order.needs_plan for order in orders] == [True, False, False]
    assert acme.plans_stale_since == NOON
