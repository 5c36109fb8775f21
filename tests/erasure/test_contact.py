"""What is kept of one contact is erased: no text of it remains, and nothing is sent twice."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, MetaData, String, select

from keap import Contact, Order, decode_record
from qbwc_service.connections import find_connection
from qbwc_service.erasure import ContactNotErasable
from qbwc_service.erasure.contact import erase_contact, readmit_contact
from qbwc_service.erasure.person_texts import ERASED, PersonTexts, of_json
from qbwc_service.ledger import audit, history, sources
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import (
    AuditEntry,
    ContactCustomer,
    KeapContact,
    KeapOrder,
    MirrorKey,
    MirrorRecord,
    Posting,
)
from qbwc_service.planning.order import Buyer, PostalAddress
from qbwc_service.staging.contact_rows import StagedContact, write_contacts
from qbwc_service.staging.order_rows import StagedOrder, write_orders
from tests.databases import ENGINES, Engine, url_with_tables
from tests.ledger_rows import NOON
from tests.world import ANN, World, paid, sale

ZOE = Buyer(
    "77",
    "Zoë",
    "Quillfeather",
    "Quillfeather & Söhne",
    "zoe.q@quill.example",
    "602-555-0199",
    PostalAddress("Zoë Quillfeather", "", ("9 Plum Alley",), "Flagstaff", "AZ", "86001", "USA"),
)
TELLING = ("quillfeather", "zoe.q", "602-555-0199", "plum alley", "86001", "flagstaff")
CONTACT = {
    "id": "77",
    "given_name": "Zoë",
    "family_name": "Quillfeather",
    "email_addresses": [{"email": "zoe.q@quill.example", "field": "EMAIL1"}],
    "phone_numbers": [{"number": "602-555-0199", "field": "PHONE1"}],
}


@pytest.fixture(params=ENGINES)
def posted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Orders of two people are in QuickBooks, paid."""
    engine: Engine = request.param
    world = World(tmp_path, url_with_tables(tmp_path, engine))
    zoes = replace(sale(1001, buyer=ZOE), ship_to=ZOE.bill_to, notes="Ring at Zoë Quillfeather's")
    world.keap_has(zoes, sale(1002, buyer=ANN), payments=[paid(1001, 1000), paid(1002, 1000)])
    with world.database.writing("test") as db:
        connection = find_connection(db, world.name)
        row = _contact(db)
        row.raw, row.search_email = json.dumps(CONTACT), "zoe.q@quill.example"
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 1001)).one()
        order.raw = json.dumps({"id": "1001", "contact": CONTACT, "notes": "for Quillfeather"})
        text = 'The customer "Zoë Quillfeather" was taken'
        history.note(db, connection.id, text, now=NOON, order_id=1001)
        details = {"asked": {"customer": "zoe.q@quill.example"}}
        audit.record(
            db, Author("bea", NOON), "Chosen", connection_id=connection.id, details=details
        )
    world.update()
    world.update()
    assert [number for number, *_ in world.invoices()] == ["1001", "1002"]
    yield world
    world.close()


def _contact(db: Any) -> KeapContact:
    return db.scalars(select(KeapContact).where(KeapContact.contact_id == "77")).one()


#: how JSON may write a letter
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def _all_texts(world: World) -> Iterator[tuple[str, str]]:
    """Every text of every table, found by looking at the database."""
    with world.database.engine.connect() as sql:
        found = MetaData()
        found.reflect(sql)
        for name, table in found.tables.items():
            columns = [c for c in table.columns if isinstance(c.type, String | JSON)]
            for row in sql.execute(select(*columns)) if columns else ():
                for column, value in zip(columns, row, strict=True):
                    text = value if isinstance(value, str) else json.dumps(value)
                    yield f"{name}.{column.name}", ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
                    yield f"{name}.{column.name}", text


def _erase(world: World, contact_id: str = "77") -> int:
    return erase_contact(world.database, world.name, contact_id, "owner", world.clock, batch=2)


def test_no_text_of_the_person_remains_and_nothing_is_sent_twice(posted: World) -> None:
    before = {
        place for place, text in _all_texts(posted) for each in TELLING if each in text.lower()
    }
    assert len(before) > 8, before
    anns = [text for _, text in _all_texts(posted) if "ann@example.com" in text]
    with posted.database.reading() as db:
        kept = {
            (row.kind, row.record_id, row.amount, row.state, row.external_guid)
            for row in db.scalars(select(Posting))
        }
        hashes = dict(db.execute(select(KeapOrder.keap_id, KeapOrder.content_hash)).all())
    assert _erase(posted) == 1

    left = [
        (place, each, text[:200])
        for place, text in _all_texts(posted)
        for each in TELLING
        if each in text.lower()
    ]
    assert left == []
    assert len([text for _, text in _all_texts(posted) if "ann@example.com" in text]) == len(anns)
    with posted.database.reading() as db:
        assert kept == {
            (row.kind, row.record_id, row.amount, row.state, row.external_guid)
            for row in db.scalars(select(Posting))
        }
        assert hashes == dict(db.execute(select(KeapOrder.keap_id, KeapOrder.content_hash)).all())
        for order in db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 1001)):
            again = sources.sale_from(order.sale)
            assert sources.sale_hash(again) == order.content_hash
            assert order.customer_name == "Keap contact 77"
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.what == "Contact erased"))
        assert entry.details == {"contact": "77", "orders": 1}
    assert posted.statuses()[1001][0] == "posted"
    # The next order of the same contact goes to the same customer, and nobody is made anew.
    posted.keap_has(sale(1003, buyer=Buyer("77")))
    posted.update()
    posted.update()
    customers = {customer for number, customer, _ in posted.invoices() if number != "1002"}
    assert len(posted.invoices()) == 3
    assert len(customers) == 1


def test_what_keap_says_later_is_not_kept_before_the_contact_is_readmitted(world: World) -> None:
    _read(world)
    with world.database.writing("test") as db:
        for order in db.scalars(select(KeapOrder)):
            order.status = "skipped-by-you"
    _erase(world)
    assert not _tells(world)
    _read(world, title="Changed for Zoë Quillfeather")
    assert not _tells(world)
    with world.database.writing("test") as db:
        connection = find_connection(db, world.name)
        author = Author("owner", NOON)
        assert readmit_contact(db, connection, "77", author)
        assert not readmit_contact(db, connection, "77", author)
    _read(world, title="Once more")
    assert _tells(world)


def _tells(world: World) -> bool:
    """Whether a table of Keap's records tells of Zoë."""
    return any(
        each in text.lower()
        for place, text in _all_texts(world)
        for each in TELLING
        if place.startswith("keap_")
    )


def _read(world: World, title: str = "Order") -> None:
    """A page of contacts and one of orders, as the reader writes them."""
    order = {
        "id": "1001",
        "title": title,
        "total": {"amount": 1000, "currency_code": "USD"},
        "contact": {"id": "77", "given_name": "Zoë", "family_name": "Quillfeather"},
    }
    contact = decode_record(json.dumps(CONTACT).encode(), Contact)
    read = decode_record(json.dumps(order).encode(), Order)
    told = replace(sale(1001, buyer=ZOE), title=title, ship_to=ZOE.bill_to)
    stored = json.dumps(sources.stored(told)).encode()
    with world.database.writing("test") as db:
        connection = find_connection(db, world.name)
        write_contacts(db, connection.id, [StagedContact(contact, ZOE)], NOON)
        write_orders(db, connection.id, [StagedOrder(read, told, stored)], NOON)


def test_what_is_still_to_be_sent_is_not_erased(world: World) -> None:
    world.keap_has(sale(1001, buyer=ZOE))
    before = list(_all_texts(world))
    with pytest.raises(ContactNotErasable, match="Not in QuickBooks yet: order 1001"):
        _erase(world)
    with pytest.raises(ContactNotErasable, match="knows no contact 99"):
        _erase(world, "99")
    assert [each for each in _all_texts(world) if not each[0].startswith("lease.")] == before


def test_a_customer_that_others_share_keeps_its_name(posted: World) -> None:
    with posted.database.writing("test") as db:
        connection = find_connection(db, posted.name)
        zoe = MirrorRecord.name == "Zoë Quillfeather"
        list_id = db.scalars(select(MirrorRecord.list_id).where(zoe)).one()
        db.add(ContactCustomer(connection_id=connection.id, contact_id="78", list_id=list_id))
    _erase(posted)
    with posted.database.reading() as db:
        record = db.scalars(select(MirrorRecord).where(MirrorRecord.list_id == list_id)).one()
        assert record.name != ERASED
        assert db.scalars(select(MirrorKey).where(MirrorKey.list_id == list_id)).first()


ANN_LEE = PersonTexts(
    frozenset({"Ann Lee", "ann@example.com", "O'Brien & Söhne"}), frozenset({"Ann"})
)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Ann Smith and Annual", "Ann Smith and Annual"),
        ("Annual: Ann Lee, dear ANN", f"Annual: {ERASED}, dear {ERASED}"),
        ("Joann Leeds", "Joann Leeds"),
        ("<Name>O&apos;Brien &amp; S&#246;hne</Name>", f"<Name>{ERASED}</Name>"),
        ("<Email>ANN@example.com</Email>", f"<Email>{ERASED}</Email>"),
    ],
)
def test_only_a_text_about_the_person_loses_words(text: str, clean: str) -> None:
    assert ANN_LEE.cleaned(text) == clean


def test_json_keeps_its_shape() -> None:
    told = {"a": ["Ann Lee", 7, None], "b": {"Ann": "Ann", "c": True}}
    assert ANN_LEE.cleaned_json(told) == {
        "a": [ERASED, 7, None],
        "b": {"Ann": ERASED, "c": True},
    }
    assert ANN_LEE.cleaned_json(["Ann"]) == ["Ann"]


def test_fields_of_keap_are_told_apart() -> None:
    found = of_json(CONTACT | {"notes": "x", "birthday": "1970-01-01"})
    assert found.telling == {"zoe.q@quill.example", "602-555-0199"}
    assert found.others == {"Zoë", "Quillfeather"}
