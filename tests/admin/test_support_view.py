"""Support sees the pages without people, whatever page it is; and each page is in the audit."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import JSON, Enum, String, select
from sqlalchemy.engine import make_url

from qbwc_service.admin import support_view
from qbwc_service.blotting import blotted_json, blotted_number, blotted_sentence
from qbwc_service.ledger import audit, error_log, history, sources, states
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.columns import Base, _Masked, stored_type
from qbwc_service.ledger.models import (
    AuditEntry,
    ContactCustomer,
    KeapContact,
    KeapOrder,
    Kind,
    MappingKind,
    MirrorRecord,
    PaymentStatus,
    QuickbooksTxn,
    Role,
    UnreadableRecord,
)
from qbwc_service.planning.order import Buyer, PaymentKind, PostalAddress, ReceivedPayment
from tests.admin.site import NOW, Site, Visitor
from tests.admin.test_roles import _address, _rules
from tests.ledger_rows import add_entry, add_mapping, add_read_lists

TELLING = (
    *("Quillfeather", "Zenobia", "zq@quill.example", "602-555-0199", "9 Plum Alley", "Flagstaff"),
    "86001",
)
ZOE = Buyer(
    "77",
    "Zenobia",
    "Quillfeather",
    "",
    "zq@quill.example",
    "602-555-0199",
    PostalAddress("Zenobia Quillfeather", "", ("9 Plum Alley",), "Flagstaff", "AZ", "86001", "USA"),
)
NAME = "Zenobia Quillfeather"
ADDRESS = "<Addr1>9 Plum Alley</Addr1><City>Flagstaff</City><PostalCode>86001</PostalCode>"
CUSTOMER = (
    f"<Name>{NAME}</Name><Email>zq@quill.example</Email><Phone>602-555-0199</Phone>"
    f"<BillAddress>{ADDRESS}</BillAddress>"
)
REQUEST = (
    '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
    f'<CustomerAddRq requestID="1"><CustomerAdd>{CUSTOMER}</CustomerAdd></CustomerAddRq>'
    "</QBXMLMsgsRq></QBXML>"
)
ANSWER = (
    '<?xml version="1.0"?><QBXML><QBXMLMsgsRs><CustomerAddRs requestID="1" statusCode="3100" '
    f'statusSeverity="Error" statusMessage="The name &quot;{NAME}&quot; is in use."/>'
    "</QBXMLMsgsRs></QBXML>"
)
#: columns of texts that tell of nobody whose data it is: ids, keys of searches, words of ours, and
#: what people of the service chose and did
PLAIN = {
    "keap_order": {"invoice_id", "contact_id", "search_name", "currency", "content_hash", "cause"}
    | {"skip", "overrides", "own_prefix", "approved_hash"},
    "keap_payment": {"method", "gateway", "search_reference", "content_hash", "cause", "skip"},
    "keap_order_payment": {"amount", "pay_status"},
    "keap_contact": {"contact_id", "search_email", "content_hash"},
    "unreadable_record": {"resource", "record_id"},
    "posting": {"source_key", "external_guid", "cause", "number_key", "planned_hash", "record_id"}
    | {"edit_sequence"},
    "message_set": {"phase", "new_message_set_id", "remote_address", "clock_before", "hresult"},
    "update_session": {"ticket_digest", "remote_address", "client_version", "phase", "notes"}
    | {"trouble", "read_counts"},
    "keap_hooks": {"token", "token_digest", "handshake_secret", "trouble"},
    "error_entry": {"message"},
    "event": {"who"},
    "mirror_record": {"list_name", "list_id", "edit_sequence", "time_modified"},
    "mirror_key": {"list_name", "key", "list_id"},
    "mirror_list": {"list_name", "watermark"},
    "mapping": {"key", "list_name", "list_id", "made_by"},
    "contact_customer": {"contact_id", "list_id"},
    "quickbooks_txn": {"txn_id", "ref_number", "number_key", "customer_list_id", "edit_sequence"}
    | {"external_guid"},
    "alert": {"key", "link"},
    "alert_state": {"told"},
    "alert_delivery": {"target", "problem"},
    "audit_entry": {"who", "address"},
    "manual_sync": {"asked_by", "wanted", "found", "trouble"},
}
#: and tables of settings, goods, logins and leases
PLAIN_TABLES = {
    *("company_file_lease", "connection", "drain", "invitation", "invitation_connection"),
    *("keap_order_product", "keap_pace", "keap_product", "keap_sign_in", "keap_sign_in_try"),
    *("keap_walk", "lease", "login_failure", "person", "person_connection", "reconciliation"),
    *("rule", "rule_hit", "set_up"),
}


def test_every_column_of_texts_is_masked_or_named_here() -> None:
    for table in Base.metadata.sorted_tables:
        if table.name in PLAIN_TABLES:
            continue
        unmasked = {
            column.name
            for column in table.columns
            if isinstance(stored_type(column), String | JSON)
            and not isinstance(column.type, Enum | _Masked)
        }
        assert unmasked == PLAIN.get(table.name, set()), table.name


def furnish(site: Site) -> None:
    """A connection whose people have telling names, with something of them on each page."""
    site.add_connection(last_contact_at=NOW)
    with site.books() as books:
        db, acme = books.db, books.connection.id
        add_read_lists(db, acme, "Account", "Item", "PaymentMethod", "Customer")
        add_entry(db, acme, "Item", "AZ Tax", "SalesTax")
        customer = {"list_id": "80000001-1", "details": {"Email": ZOE.email, "Phone": ZOE.phone}}
        db.add(
            MirrorRecord(
                connection_id=acme,
                list_name="Customer",
                name=NAME,
                full_name=NAME,
                name_key=NAME.lower(),
                full_name_key=NAME.lower(),
                **customer,
            )
        )
        add_mapping(db, acme, MappingKind.CUSTOMER, "77", "Customer", NAME, list_id="80000001-1")
        db.add(ContactCustomer(connection_id=acme, contact_id="77", list_id="80000001-1"))
        raw = f'{{"id":"77","given_name":"Zenobia","family_name":"Quillfeather","n":"{ZOE.phone}"}}'
        contact = KeapContact(
            connection_id=acme, contact_id="77", raw=raw, content_hash="", read_at=NOW
        )
        contact.buyer, contact.search_email = sources.stored(ZOE), "zq@quill.example"
        db.add(contact)
        order = f'{{"id":"1048","contact":{raw},"shipping_information":{{"line1":"9 Plum Alley"}}}}'
        more = {"customer": NAME, "buyer": ZOE, "raw": order, "title": f"For {NAME}"}
        held = books.invoice(books.order(1048, **more))
        details = {"customer": NAME, "order": "1048", "email": ZOE.email, "reason": f'"{NAME}"?'}
        states.hold(held, "customer-not-found", details)
        error_log.tell(db, acme, "customer-not-found", details, now=NOW, order_id=1048)
        posted = books.order(1049, **more)
        form = books.posted(books.invoice(posted), "77A-1")
        form.payload = {**form.payload, "memo": f"For {NAME}"}
        books.held_refund(posted, 5, 500)
        carried = books.message_set(REQUEST, ANSWER, message=f'The name "{NAME}" is in use')
        form.message_set_id = held.message_set_id = carried.id
        for text in (f'Chosen customer for "{NAME}": {NAME}', f"Mail to {ZOE.email}"):
            history.note(db, acme, text, now=NOW, order_id=1048, who="owner")
            history.note(db, acme, text, now=NOW, who="owner")
        chosen = {"result": [f"Goes to {NAME}"], "asked": {"customer": NAME}}
        audit.record(db, Author("bea", NOW), "Chosen", connection_id=acme, details=chosen)
        db.add(
            QuickbooksTxn(
                connection_id=acme,
                kind=Kind.INVOICE,
                txn_id="77B-1",
                ref_number="900",
                number_key="900",
                customer_list_id="80000001-1",
                customer_name=NAME,
                txn_date=NOW.date(),
                total=100,
                memo=f"For {NAME}",
            )
        )
        unreadable = {"resource": "contacts", "record_id": "78", "read_at": NOW}
        reason = f'"{NAME}" is no number'
        db.add(UnreadableRecord(connection_id=acme, raw=raw, reason=reason, **unreadable))
        received = ReceivedPayment(
            70, 12, PaymentKind.CASH, "PAYMENT", "OK", 5000, NOW.date(), "Cheque", "", (12,)
        )
        row = books.loose_payment(received)
        row.status, row.cause = PaymentStatus.HELD, "payment-without-order"


def every_answer(site: Site, visitor: Visitor) -> dict[str, str]:
    """What each address answers, files opened."""
    addresses = [_address(rule) for rule in _rules(site, "GET")]
    addresses += [
        *("/c/acme/orders/1049", "/c/acme/orders/1049/undo", "/c/acme/updates/1"),
        *("/c/acme/updates/1/messages/1", "/c/acme/support-file?order=1048"),
        *(f"/c/acme/orders/{order}?tab={tab}" for order in (1048, 1049) for tab in TABS),
        *("/c/acme/orders?q=1048", "/c/acme/errors?q=1048", "/audit?connection=acme"),
    ]
    answers = {}
    for address in addresses:
        response = visitor.client.get(address)
        content = response.get_data()
        if response.mimetype == "application/zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = b"\n".join(archive.read(name) for name in archive.namelist())
        answers[address] = f"{response.status_code} {content.decode(errors='replace')}"
        response.close()
    return answers


TABS = ("technical", "keap", "plain", "history")


def test_no_page_and_no_file_tells_support_of_people(site: Site) -> None:
    furnish(site)
    shown_to_viewer = "".join(every_answer(site, site.signed_in("vic", Role.VIEWER)).values())
    assert all(each in shown_to_viewer for each in TELLING)
    support = every_answer(site, site.signed_in("sue", Role.SUPPORT, ["acme"]))
    leaks = [
        (address, each, _around(answer, each))
        for address, answer in support.items()
        for each in TELLING
        if each.lower() in answer.lower()
    ]
    assert leaks == []
    broken = {address: answer[:300] for address, answer in support.items() if answer[0] == "5"}
    assert broken == {}
    seen = [address for address, answer in support.items() if answer.startswith("200")]
    assert len(seen) > 40
    assert "1,048" in support["/c/acme/orders"] or "1048" in support["/c/acme/orders"]
    assert "***" in support["/c/acme/orders"]


def _around(text: str, part: str) -> str:
    place = text.lower().index(part.lower())
    return text[max(0, place - 80) : place + 80]


def test_each_page_of_support_is_in_the_audit_once_an_hour(site: Site) -> None:
    furnish(site)
    sue = site.signed_in("sue", Role.SUPPORT, ["acme"])
    for _ in range(3):
        for page in ("/c/acme/orders/1048", "/c/acme/orders/1049", "/c/acme/orders?q=x", "/"):
            assert sue.get(page).status_code == 200
    assert _looked_at(site) == [
        ("sue", "Looked at /c/acme/orders/1048", True),
        ("sue", "Looked at /c/acme/orders/1049", True),
        ("sue", "Looked at /c/acme/orders", True),
        ("sue", "Looked at /", False),
    ]
    site.now = NOW + support_view.SEEN_FOR + timedelta(seconds=1)
    sue.get("/c/acme/orders/1048")
    assert len(_looked_at(site)) == 5
    sue.get("/c/acme/orders/99999")
    assert len(_looked_at(site)) == 6
    site.signed_in("vic", Role.VIEWER).get("/c/acme/orders/1048")
    assert len(_looked_at(site)) == 6


def _looked_at(site: Site) -> list[tuple[str, str, bool]]:
    with site.database.reading() as db:
        found = db.execute(
            select(AuditEntry.who, AuditEntry.what, AuditEntry.connection_id)
            .where(AuditEntry.what.startswith("Looked at"))
            .order_by(AuditEntry.id)
        )
        return [(who, what, connection is not None) for who, what, connection in found]


def test_support_changes_nothing_and_sees_its_connections_alone(site: Site) -> None:
    furnish(site)
    site.add_connection("other")
    sue = site.signed_in("sue", Role.SUPPORT, ["acme"])
    assert sue.get("/c/other/orders").status_code == 404
    assert sue.get("/c/acme/preview").status_code == 403
    sue.get("/c/acme/orders")
    assert sue.post("/c/acme/pause").status_code == 403
    with site.database.reading() as db:
        assert db.scalars(select(KeapOrder.customer_name)).first() == NAME


def test_a_masked_database_masks_whatever_is_asked(site: Site) -> None:
    furnish(site)
    with site.database.masked().reading() as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 1048)).one()
        assert order.customer_name == "***"
        again = sources.sale_from(order.sale)
        assert again.buyer == Buyer("77", *["***"] * 2, "", *["***"] * 2, again.buyer.bill_to)
        assert again.total == order.total
        assert again.lines[0].sku == "GOLD"
        assert db.scalar(select(MirrorRecord.full_name).where(MirrorRecord.name == NAME)) == "***"
    assert site.database.masked() is site.database.masked()
    assert make_url(site.database.masked().url) == make_url(site.database.url)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('Chosen customer for "Ada": Ada Example', "Chosen customer for ***: ***"),
        ("Mail to ada@example.com", "Mail to ***"),
        ("Sent to QuickBooks", "Sent to QuickBooks"),
    ],
)
def test_sentences_lose_what_names_somebody(text: str, masked: str) -> None:
    assert blotted_sentence(text) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("1048", "1048"), ("K-77/1", "K-77/1"), ("Ada Example", "***"), ("", ""), ("Ada", "***")],
)
def test_a_number_is_no_name(number: str, masked: str) -> None:
    assert blotted_number(number) == masked


def test_json_keeps_what_tells_of_nobody() -> None:
    told = {
        "order_id": 7,
        "placed_on": "2026-11-20",
        "kind": "product",
        "phone": "602-555-0199",
        "buyer": {"contact_id": "77", "first_name": "Ada", "tags": ["12"]},
        "notes": "Ring at Ada's",
        "lines": [{"sku": "GOLD", "name": "Gold Plan", "quantity": "1.5", "description": "x"}],
        "unheard_of": "Ada",
    }
    masked = blotted_json(told)
    assert masked["lines"] == [
        {"sku": "GOLD", "name": "Gold Plan", "quantity": "1.5", "description": "***"}
    ]
    assert masked["buyer"] == {"contact_id": "77", "first_name": "***", "tags": ["***"]}
    assert (masked["order_id"], masked["placed_on"], masked["kind"]) == (7, "2026-11-20", "product")
    assert {masked[each] for each in ("phone", "notes", "unheard_of")} == {"***"}
    assert not re.search("Ada|602", str(masked))
