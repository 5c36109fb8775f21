"""The items that a batch of orders may go to: mirrored, mapped, made by us; of this connection."""

from dataclasses import replace

from sqlalchemy.orm import Session

from qbwc_service.ledger.item_slice import ItemSlice, load_items
from qbwc_service.ledger.models import Connection, Kind, MappingKind, MirrorKey, MirrorRecord
from qbwc_service.ledger.models import Mapping as MappingRow
from qbwc_service.ledger.states import State
from qbwc_service.matching.company import MappedItem
from qbwc_service.matching.item_names import new_item_names
from qbwc_service.matching.keys import KeyKind, custom_field_key, name_key
from qbwc_service.planning.order import LineKind, SalesLine
from tests.ledger_rows import NOON, add_posting
from tests.matching.company_file import item, settings
from tests.world import line, product

NOTHING = ItemSlice({}, {}, {}, {}, {}, {})


def mirrored(
    db: Session, connection: Connection, full_name: str, *, is_active: bool = True
) -> None:
    """A service item of our copy, with the ListID that `item` gives it."""
    name = full_name.rsplit(":", maxsplit=1)[-1]
    db.add(
        MirrorRecord(
            connection_id=connection.id,
            list_name="Item",
            list_id=f"I-{full_name}",
            name=name,
            full_name=full_name,
            name_key=name_key(name),
            full_name_key=name_key(full_name),
            is_active=is_active,
            details={"kind": "Service"},
        )
    )


def found_by(db: Session, connection: Connection, kind: KeyKind, key: str, full_name: str) -> None:
    db.add(
        MirrorKey(
            connection_id=connection.id,
            list_name="Item",
            kind=kind,
            key=key,
            list_id=f"I-{full_name}",
        )
    )


def mapped(
    db: Session,
    connection: Connection,
    key: str,
    full_name: str,
    kind: MappingKind = MappingKind.ITEM,
) -> None:
    db.add(
        MappingRow(
            connection_id=connection.id,
            kind=kind,
            key=key,
            list_name="Item",
            list_id=f"I-{full_name}",
            full_name=full_name,
            made_at=NOON,
        )
    )


def load(db: Session, connection: Connection, *lines: SalesLine, **chosen: str) -> ItemSlice:
    db.flush()
    return load_items(db, connection.id, lines or (product("HAMMER"),), settings(**chosen))


def test_items_are_found_by_full_name_and_by_last_part(db: Session, acme: Connection) -> None:
    for full_name in ("HAMMER", "Tools:Hammer", "Saw", "Keap Tip"):
        mirrored(db, acme, full_name)
    found = load(db, acme)
    assert set(found.by_full_name) == {"hammer", "tools:hammer", "keap tip"}
    assert found.by_name["hammer"] == (item("HAMMER"), item("Tools:Hammer"))


def test_what_a_person_chose_is_loaded_with_its_item(db: Session, acme: Connection) -> None:
    mirrored(db, acme, "Saw", is_active=False)
    mapped(db, acme, "sku:hammer", "Saw")
    mapped(db, acme, "name:gold plan", "Gone")
    mapped(db, acme, "label:tax", "Saw", MappingKind.TAX_ITEM)
    mapped(db, acme, "sku:other", "Saw")
    gold = replace(product(sku=""), name="Gold Plan")
    found = load(db, acme, product("HAMMER"), gold, line(LineKind.TAX, 5))
    saw = item("Saw", is_active=False)
    assert found.mapped == {
        "sku:hammer": MappedItem("Saw", saw),
        "name:gold plan": MappedItem("Gone", None),
    }
    assert found.mapped_taxes == {"label:tax": MappedItem("Saw", saw)}
    assert found.by_full_name == {}


def test_what_our_postings_made_is_found_whatever_it_is_called(
    db: Session, acme: Connection
) -> None:
    mirrored(db, acme, "Charges")
    add_posting(
        db, acme.id, 0, Kind.ITEM, State.POSTED, source_key="keap fee", record_id="I-Charges"
    )
    add_posting(db, acme.id, 0, Kind.ITEM, State.GONE, source_key="keap tip", record_id="I-Charges")
    assert load(db, acme).made == {"keap fee": item("Charges")}


def test_another_field_is_asked_only_where_the_setting_names_it(
    db: Session, acme: Connection
) -> None:
    mirrored(db, acme, "H-1")
    mirrored(db, acme, "H-2")
    found_by(db, acme, KeyKind.PART_NUMBER, "hammer", "H-1")
    found_by(db, acme, KeyKind.PART_NUMBER, "hammer", "H-2")
    found_by(db, acme, KeyKind.BARCODE, "hammer", "H-2")
    key = custom_field_key("Web code", "Hammer")
    found_by(db, acme, KeyKind.CUSTOM_FIELD, key, "H-1")
    assert load(db, acme).by_field == {}
    by_part = load(db, acme, item_match="part-number").by_field
    assert by_part == {"hammer": (item("H-1"), item("H-2"))}
    assert load(db, acme, item_match="barcode").by_field == {"hammer": (item("H-2"),)}
    custom = load(db, acme, item_match="custom-field", item_match_field="web CODE")
    assert custom.by_field == {key: (item("H-1"),)}


def test_names_that_items_may_be_made_under_are_looked_at(db: Session, acme: Connection) -> None:
    name = new_item_names("Tools:Spade")[-1]
    mirrored(db, acme, name)
    spade = product("Tools:Spade")
    assert load(db, acme, spade).by_full_name == {}
    assert set(load(db, acme, spade, missing_item="create").by_full_name) == {name_key(name)}


def test_nothing_of_another_connection_is_seen(
    db: Session, acme: Connection, other: Connection
) -> None:
    mirrored(db, other, "HAMMER")
    mapped(db, other, "sku:hammer", "HAMMER")
    found_by(db, other, KeyKind.PART_NUMBER, "hammer", "HAMMER")
    add_posting(
        db, other.id, 0, Kind.ITEM, State.POSTED, source_key="keap fee", record_id="I-HAMMER"
    )
    assert load(db, acme) == NOTHING
    assert load(db, acme, item_match="part-number") == NOTHING
