"""The support file: enough to help with, no secret, nobody's name."""

import io
import json
import zipfile
from typing import Any

import pytest

from qbwc_service import support_file as making
from qbwc_service.blotting import blotted_text, blotted_xml
from qbwc_service.ledger import error_log, history
from qbwc_service.ledger.models import Connection, KeapSignIn, Role, SignInState
from tests.admin.site import KEAP_KEY, NOW, Site, Visitor

TOKEN = "gho-access-Qx7"
REFRESH = "refresh-2b9f-Zt"
SENT = f"""<?xml version="1.0"?><?qbxml version="13.0"?><QBXML>
<QBXMLMsgsRq onError="continueOnError"><InvoiceAddRq requestID="post:1"><InvoiceAdd>
<CustomerRef><FullName>Ann Lee</FullName></CustomerRef>
<TxnDate>2026-11-21</TxnDate><RefNumber>1048</RefNumber><BillAddress><Addr1>1 Elm St</Addr1>
<Country>USA</Country></BillAddress><Memo>{KEAP_KEY}</Memo><InvoiceLineAdd><ItemRef>
<FullName>HAMMER</FullName></ItemRef><Desc>For Ann</Desc><Amount>10.00</Amount></InvoiceLineAdd>
</InvoiceAdd></InvoiceAddRq></QBXMLMsgsRq></QBXML>"""
ANSWER = f"""<QBXML><QBXMLMsgsRs><InvoiceAddRs requestID="post:1" statusCode="3140"
statusSeverity="Error" statusMessage="There is an invalid reference to QuickBooks Customer
&quot;Ann Lee&quot; {KEAP_KEY}"/></QBXMLMsgsRs></QBXML>"""
PEOPLE = ("Ann", "Lee", "ann@example.com", "Elm St", "203.0.113.9", "acme.qbw")


def opened(visitor: Visitor, address: str) -> dict[str, str]:
    response = visitor.get(address)
    assert response.status_code == 200
    assert response.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _lived_in(site: Site) -> None:
    site.add_connection(
        company_file=r"C:\Books\acme.qbw",
        quickbooks={"product": "QuickBooks Pro 2021", "company": "Acme of Ann Lee"},
        settings={"invoice_class": "Online", "memo": f"mail ann@example.com {KEAP_KEY}"},
    )
    with site.books() as books:
        order = books.order(1048, customer_name="Ann Lee")
        posting = books.invoice(order)
        carried = books.message_set(SENT, ANSWER, message=f"It says {TOKEN} to ann@example.com")
        posting.message_set_id = carried.id
        db, acme = books.db, books.connection
        acme.keap_key = site.secrecy.encrypt(KEAP_KEY)
        db.add(
            KeapSignIn(
                connection_id=acme.id,
                state=SignInState.IN_FORCE,
                access_token=site.secrecy.encrypt(TOKEN),
                refresh_token=site.secrecy.encrypt(REFRESH),
                issued_at=NOW,
                expires_at=NOW,
            )
        )
        details = {"order": "1048", "customer": "Ann Lee", "reason": f'"Ann Lee" {REFRESH}'}
        error_log.tell(db, acme.id, "quickbooks-refused", details, now=NOW, order_id=1048)
        history.note(db, acme.id, "Customer Ann Lee: made", now=NOW, order_id=1048)


def test_the_file_of_a_connection_tells_what_happened(site: Site) -> None:
    _lived_in(site)
    files = opened(site.bookkeeper(), "/c/acme/support-file")
    assert 'connection "acme"' in files["read-me.txt"]
    whole: dict[str, Any] = json.loads(files["support.json"])
    assert whole["versions"]["packages"]["Flask"]
    assert "tables" in whole["versions"]
    assert whole["connection"]["quickbooks"] == {"product": "QuickBooks Pro 2021"}
    assert whole["settings"]["invoice_class"] == "Online"
    assert sum(whole["counts"]["orders"].values()) == 1
    (error,) = whole["open_errors"]
    assert (error["order"], error["message"]) == (1048, "quickbooks-refused")
    (update,) = whole["updates"]
    (message,) = update["messages"]
    assert "<RefNumber>1048</RefNumber>" in files[message["file"] + "-request.xml"]
    assert "<FullName>HAMMER</FullName>" in files[message["file"] + "-request.xml"]
    assert 'statusCode="3140"' in files[message["file"] + "-answer.xml"]
    assert whole["order"] is None


def test_no_secret_and_nobodys_name_is_in_it(site: Site) -> None:
    _lived_in(site)
    with site.database.reading() as db:
        row = db.query(Connection).one()
        planted = [KEAP_KEY, TOKEN, REFRESH, row.password_digest, row.keap_key]
        planted += [row.user_name, (b"k" * 32).hex()]
    content = "".join(opened(site.bookkeeper(), "/c/acme/support-file?order=1048").values())
    assert [secret for secret in planted if secret in content] == []
    assert [name for name in PEOPLE if name in content] == []


def test_the_file_of_an_order_tells_of_it_too(site: Site) -> None:
    _lived_in(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders/1048?tab=technical")
    assert 'href="/c/acme/support-file?order=1048"' in visitor.page
    files = opened(visitor, "/c/acme/support-file?order=1048")
    order = json.loads(files["support.json"])["order"]
    assert order["order"] == 1048
    assert order["postings"][0]["number"] == "1048"
    assert order["history"][0]["text"] == "Customer ***: made"


@pytest.mark.parametrize("address", ["?order=7", "?order=x", "?order=0", "?order=" + "9" * 30])
def test_an_order_that_is_not_there_gives_no_file(site: Site, address: str) -> None:
    site.add_connection()
    assert site.bookkeeper().get("/c/acme/support-file" + address).status_code == 404


def test_help_leads_to_the_file_of_the_connection_that_was_chosen(site: Site) -> None:
    site.add_connection("beta")
    visitor = site.bookkeeper()
    visitor.get("/help")
    assert "Make support file" in visitor.page
    response = visitor.get("/help/support-file?connection=beta")
    assert response.headers["Location"] == "/c/beta/support-file"
    assert visitor.get("/help/support-file?connection=nobody").status_code == 404
    assert visitor.get("/help/support-file?connection=%00").status_code == 404


def test_whether_a_connection_of_others_exists_is_not_told(site: Site) -> None:
    site.add_connection("beta")
    site.add_connection("acme")
    visitor = site.signed_in("bea", Role.BOOKKEEPER, connections=["beta"])
    for name in ("acme", "nobody"):
        assert visitor.get(f"/help/support-file?connection={name}").status_code == 404


def test_only_people_of_the_service_get_it(site: Site) -> None:
    site.add_connection()
    assert site.visitor().get("/c/acme/support-file").status_code == 302


def test_the_file_of_another_connection_has_nothing_of_this_one(site: Site) -> None:
    _lived_in(site)
    site.add_connection("beta")
    files = opened(site.bookkeeper(), "/c/beta/support-file")
    assert set(files) == {"read-me.txt", "support.json"}
    whole = json.loads(files["support.json"])
    assert (whole["open_errors"], whole["updates"]) == ([], [])


def test_the_file_is_never_larger_than_its_bound(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lived_in(site)
    with site.books() as books:
        for number in range(30):
            books.message_set(f"<A{number}>{'<TxnID>1-1</TxnID>' * 50}</A{number}>", None)
        books.message_set("<B>" + "x" * 200_000 + "</B>", None)
    monkeypatch.setattr(making, "MOST_BYTES", 20_000)
    files = opened(site.bookkeeper(), "/c/acme/support-file")
    assert sum(map(len, files.values())) < 22_000
    assert "had no room in this file" in files["read-me.txt"]
    assert "too long for this file" in "".join(files.values())


def test_what_is_no_xml_is_told_by_its_tags_alone() -> None:
    assert (
        blotted_xml("<QBXML>Ann Lee<Name>Ann")
        == "<!-- no XML, 23 characters; its tags: QBXML Name -->"
    )
    assert blotted_xml("") == "<!-- no XML, 0 characters; its tags:  -->"


def test_entities_and_comments_are_not_followed() -> None:
    told = blotted_xml('<!DOCTYPE a [<!ENTITY e "Ann">]><a><Name>&e;</Name><!-- Ann --></a>')
    assert "Ann" not in told.split("<a>")[1]


@pytest.mark.parametrize(
    ("text", "blotted"),
    [
        ('The name "Ann Lee" is in use.', "The name *** is in use."),
        ("Write to ann@example.com now", "Write to *** now"),
        (r"C:\Users\Ann\acme.qbw", "***"),
        ("card 4111 1111 1111 1111 refused", "card *** refused"),
        ("Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6", "Bearer ***"),
        (
            "Invoice 1048 of 120.00, id 4C2F-1197737204",
            "Invoice 1048 of 120.00, id 4C2F-1197737204",
        ),
    ],
)
def test_a_sentence_keeps_what_tells_nothing_of_people(text: str, blotted: str) -> None:
    assert blotted_text(text) == blotted
