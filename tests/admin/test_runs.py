"""The runs page: every update of the Web Connector, one step by step, its messages."""

import html
import re
from datetime import timedelta

import pytest

from qbwc_service.ledger import states
from qbwc_service.ledger.models import UpdateSession
from tests.admin.site import NOW, Site, Visitor

PAGE = "/c/acme/updates"
CARD = "<QBXML><CreditCardNumber>4111111111111111</CreditCardNumber></QBXML>"


def steps(visitor: Visitor) -> list[str]:
    found = visitor.page.partition('<ol class="run-steps">')[2].partition("</ol>")[0]
    return [_plain(line) for line in re.findall(r"<li>(.*?)</li>", found, re.DOTALL)]


def rows(visitor: Visitor) -> list[list[str]]:
    table = visitor.page.partition("Updates of the Web Connector, newest first")[2]
    found = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [[_plain(cell) for cell in re.split(r"</t[dh]>", row)[:-1]] for row in found]


def _plain(cell: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split())


@pytest.fixture
def acme(site: Site) -> Visitor:
    """An update of 65 seconds that read lists, made an invoice, and had a payment refused."""
    site.add_connection()
    with site.books() as books:
        order = books.order(1048, customer="Ada Example")
        invoice = books.posted(books.invoice(order), "77A-1")
        payment = books.payment(order, 70, 2500)
        states.hold(payment, "held-by-you", {"order": "1048"})
        sent = books.message_set(CARD, CARD)
        invoice.message_set_id = payment.message_set_id = sent.id
        session = books.db.get(UpdateSession, sent.session_id)
        session.ended_at = NOW + timedelta(seconds=65)
        session.company_file = "C:\\Books\\Acme.qbw"
        session.client_version = "2.3.0.215"
        session.read_counts = {"items": 212, "customers": 3420}
        session.held = 1
        session.result = "1 recorded in QuickBooks, 1 needs you."
    return site.bookkeeper()


def test_an_update_has_its_line(acme: Visitor) -> None:
    assert acme.get(PAGE).status_code == 200
    assert rows(acme) == [
        ["23 Nov 2026, 15:30", "1 min 5 s", "203.0.113.9", "C:\\Books\\Acme.qbw", "3,632", "1",
         "1", "1 recorded in QuickBooks, 1 needs you.", "Undo this update... 23 Nov 2026, 15:30"],
    ]  # fmt: skip


def test_an_update_is_told_step_by_step(acme: Visitor) -> None:
    acme.get(PAGE)
    address = re.findall(rf'href="({PAGE}/[0-9]+)"', acme.page)[0]
    assert acme.get(address).status_code == 200
    told = steps(acme)
    assert told[0].startswith(
        "Done Signed in correctly from 203.0.113.9, Web Connector 2.3.0.215 23 Nov"
    )
    assert told[1:3] == [
        "Done QuickBooks had C:\\Books\\Acme.qbw open",
        "Done Read 212 items, 3,420 customers",
    ]
    assert told[3].startswith("Done Created invoice 1048, 120.00 Order 1048")
    assert told[4].startswith("Needs you Payment K70 was not accepted, and needs you: ")
    assert told[5].startswith("Done 1 recorded in QuickBooks, 1 needs you.")


def test_an_applied_payment_says_so(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        payment = books.posted(books.payment(order, 70, 2500), "77A-2")
        payment.message_set_id = books.message_set("<QBXML/>", None).id
        session_id = books.db.get(UpdateSession, 1).id
    visitor = site.bookkeeper()
    visitor.get(f"{PAGE}/{session_id}")
    assert any(step.startswith("Done Applied payment 25.00 Order 1048") for step in steps(visitor))
    assert steps(visitor)[-1].startswith("Open Still running")


def test_a_stopped_update_says_why_and_what_to_do(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        session = books.db.get(UpdateSession, books.message_set("<QBXML/>", None).session_id)
        session.ended_at = NOW
        session.trouble = "session-broken"
        session.trouble_details = {"meaning": "It was busy", "advice": "Close the windows"}
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert rows(visitor)[0][7].startswith("Stopped ")
    visitor.get(f"{PAGE}/1")
    assert steps(visitor)[-1].startswith("Needs you ")


def test_a_message_is_shown_with_its_secrets_masked(acme: Visitor) -> None:
    acme.get(f"{PAGE}/1")
    address = re.findall(rf'href="({PAGE}/1/messages/[0-9]+)"', acme.page)[0]
    assert acme.get(address).status_code == 200
    assert "4111" not in acme.page
    assert acme.page.count("*****") == 2


def test_steps_go_on_over_pages_without_gap_or_repeat(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        sent = books.message_set("<QBXML/>", None)
        for number in range(1, 151):
            invoice = books.posted(books.invoice(books.order(number)), f"77A-{number}")
            invoice.message_set_id = sent.id
    visitor = site.bookkeeper()
    seen: list[str] = []
    address = f"{PAGE}/1"
    while address:
        visitor.get(address)
        seen += [step.split()[3] for step in steps(visitor) if "Created invoice" in step]
        found = visitor.page.split('rel="next" href="')
        address = html.unescape(found[1].split('"')[0]) if len(found) > 1 else ""
    assert seen == [f"{number}," for number in range(1, 151)]


def test_runs_follow_each_other_over_pages(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for number in range(1, 53):
            books.message_set(f"<QBXML>{number}</QBXML>", None)
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert len(rows(visitor)) == 50
    visitor.get(visitor.page.split('rel="next" href="')[1].split('"')[0])
    assert len(rows(visitor)) == 2


def test_the_updates_of_another_connection_are_not_seen(site: Site, acme: Visitor) -> None:
    site.add_connection("beta")
    acme.get("/c/beta/updates")
    assert "The Web Connector has not called yet" in acme.page
    assert acme.get("/c/beta/updates/1").status_code == 404
    assert acme.get("/c/beta/updates/1/messages/1").status_code == 404
