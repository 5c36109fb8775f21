"""What is kept of one contact is erased: no text of it remains, and nothing is sent twice."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Enum, MetaData, String, select

from keap import Contact, Order, decode_record
from qbwc_service.connections import find_connection
from qbwc_service.erasure import ContactNotErasable
from qbwc_service.erasure.contact import erase_contact, readmit_contact
from qbwc_service.erasure.person_texts import ERASED, PersonTexts, of_json
from qbwc_service.erasure.sweep import SWEPT
from qbwc_service.ledger import audit, history, sources
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.columns import Base, stored_type
from qbwc_service.ledger.models import (
    AuditEntry,
    ContactCustomer,
    Event,
    KeapContact,
    KeapOrder,
    KeapProduct,
    ManualSync,
    ManualSyncState,
    MirrorKey,
    MirrorRecord,
    Posting,
    ProductState,
    Rule,
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
        by_hand = {"asked_at": NOON, "asked_by": "bea", "wanted": {"numbers": [1001]}}
        shown = [{"number": 1001, "orders": [{"customer": "Zoë Quillfeather"}]}]
        done = ManualSyncState.DONE
        db.add(ManualSync(connection_id=connection.id, state=done, found=shown, **by_hand))
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


#: texts that name no contact: ids, words of ours, people of the office, files and goods
NAME_NOBODY = {
    "alert": {"key", "link"},
    "alert_state": {"told"},
    "audit_entry": {"who", "address"},
    "error_entry": {"message"},
    "event": {"who"},
    "keap_hooks": {"token", "token_digest", "trouble", "handshake_secret"},
    "keap_order_product": {"key", "rule"},
    "keap_product": {"key", "sku", "name", "rule", "details", "item"},
    "keap_sign_in": {
        *("access_token", "refresh_token", "previous_refresh_token", "signed_in_by"),
        *("tenant", "account_name"),
    },
    "keap_sign_in_try": {"state_digest", "begun_by", "verifier"},
    "keap_walk": {"name"},
    "manual_sync": {"asked_by", "wanted", "trouble"},
    "message_set": {
        *("phase", "new_message_set_id", "remote_address", "company_file", "clock_before"),
        "hresult",
    },
    "mirror_list": {"list_name", "watermark"},
    "reconciliation": {"asked_by", "counts", "unread"},
    "rule": {"name", "conditions", "actions", "made_by"},
    "set_up": {"ticks", "right_company_file", "last_days"},
    "unreadable_record": {"resource", "record_id"},
    "update_session": {
        *("ticket_digest", "remote_address", "client_version", "company_file", "phase", "notes"),
        *("read_counts", "trouble"),
    },
}
#: whose rows of the contact are known by their ids (erasure/contact.py), and what is of no contact
BY_ID = {
    *("connection", "keap_contact", "keap_order", "keap_payment", "keap_order_payment"),
    *("posting", "quickbooks_txn", "mirror_record", "mirror_key", "mapping", "contact_customer"),
}


def test_every_column_with_a_text_is_swept_or_judged_to_name_nobody() -> None:
    for table in Base.metadata.sorted_tables:
        texts = {
            column.name
            for column in table.columns
            if isinstance(stored_type(column), String | JSON) and not isinstance(column.type, Enum)
        }
        swept = set(SWEPT.get(table.name, ()))
        assert swept <= texts, table.name
        if "connection_id" in table.c and table.name not in BY_ID:
            nobody = NAME_NOBODY.get(table.name, set())
            assert not swept & nobody, table.name
            assert texts == swept | nobody, f"judge the columns of {table.name}"


def test_rules_and_products_that_bear_the_name_stay(posted: World) -> None:
    only = [{"field": "sku", "is": "is", "value": "GRACE"}]
    with posted.database.writing("test") as db:
        mine = find_connection(db, posted.name).id
        db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 1001)).one().customer_name = "Grace"
        good = {"key": "GRACE", "sku": "GRACE", "name": "Grace", "state": ProductState.MATCHED}
        db.add(KeapProduct(connection_id=mine, **good))
        rule = {"name": "Grace", "conditions": only, "actions": [], "made_at": NOON}
        db.add(Rule(connection_id=mine, position=1, **rule))
        history.note(db, mine, "GRACE was taken", now=NOON)
    _erase(posted)
    with posted.database.reading() as db:
        (left,) = db.scalars(select(Rule))
        assert (left.name, left.conditions) == ("Grace", only)
        grace = select(KeapProduct.sku, KeapProduct.name).where(KeapProduct.key == "GRACE")
        assert db.execute(grace).one() == ("GRACE", "Grace")
        assert f"{ERASED} was taken" in db.scalars(select(Event.text)).all()


def test_a_contact_with_very_many_texts_is_erased_too(posted: World) -> None:
    with posted.database.writing("test") as db:
        lines = [{"line1": f"{number} Plum Alley"} for number in range(1000, 1400)]
        _contact(db).raw = json.dumps(CONTACT | {"addresses": lines})
        mine = find_connection(db, posted.name).id
        history.note(db, mine, "It went to 1399 Plum Alley", now=NOON)
    _erase(posted)
    assert [text for _, text in _all_texts(posted) if "1399 Plum" in text] == []


def test_letters_beyond_ascii_are_found_in_capitals(posted: World) -> None:
    with posted.database.writing("test") as db:
        _contact(db).buyer = sources.stored(Buyer("77", "Renée", "Étoile"))
        mine = find_connection(db, posted.name).id
        for name in ("RENÉE ÉTOILE", "renée étoile", "RenÉe étoile"):
            history.note(db, mine, f"{name} came", now=NOON)
        details = {"asked": "RENÉE ÉTOILE"}
        audit.record(db, Author("bea", NOON), "Chosen", connection_id=mine, details=details)
    _erase(posted)
    assert [text for _, text in _all_texts(posted) if "toile" in text.casefold()] == []


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
        ("<Name>O&apos;BRIEN &amp; S&#214;HNE</Name>", f"<Name>{ERASED}</Name>"),
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
