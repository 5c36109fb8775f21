"""The connection page and its buttons; and that no page shows a secret."""

import html
import re
from datetime import timedelta

import pytest

import qwc
from qbwc_service.ledger import history, states
from qbwc_service.ledger.models import (
    Connection,
    Event,
    KeapPace,
    OrderStatus,
    PaymentStatus,
)
from qbwc_service.ledger.models.people import Role
from qbwc_service.ledger.pausing import ERASING
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.admin.site import KEAP_KEY, NOW, Site

RESTORED = {"missing": 4, "asked": 5, "record_ids": ["77A-1"]}
MOVED = {"expected": "C:\\Old\\Acme.qbw", "found": "D:\\New\\Acme.qbw"}


def _connection(site: Site, name: str = "acme") -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).filter_by(name=name).one()


def _events(site: Site) -> list[tuple[str, str]]:
    with site.database.reading() as db:
        return [(event.who, event.text) for event in db.query(Event).order_by(Event.id)]


def test_a_new_connection_has_its_page(site: Site) -> None:
    made = site.add_connection()
    visitor = site.bookkeeper()
    assert visitor.get("/c/acme").status_code == 200
    for words in (
        "The Web Connector has not called yet",
        "iq146",
        made.username,
        made.file_id,
        "not known yet; learned at the first update",
        'href="/c/acme/settings"',
    ):
        assert words in visitor.page


def test_a_used_connection_shows_its_last_updates(site: Site) -> None:
    site.add_connection(
        company_file="C:\\Books\\Acme.qbw", last_contact_at=NOW, last_sync_trouble="keap-slow-down"
    )
    with site.books() as books:
        books.message_set("<QBXML/>", None)
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    for words in (
        "C:\\Books\\Acme.qbw",
        "203.0.113.9",
        "1 order was sent.",
        "Keap asks us to slow",
    ):
        assert words in visitor.page


def test_payments_without_an_order_are_listed(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        received = ReceivedPayment(
            70, 12, PaymentKind.CASH, "PAYMENT", "OK", 5000, NOW.date(), "Cheque", "", (12,)
        )
        row = books.loose_payment(received)
        row.status, row.cause = PaymentStatus.HELD, "payment-without-order"
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert "A payment of 50.00 belongs to no order that we sent (order: 12)" in visitor.page


def _loose(site: Site) -> None:
    with site.books() as books:
        received = ReceivedPayment(
            70, 12, PaymentKind.CASH, "PAYMENT", "OK", 5000, NOW.date(), "Cheque", "", (12,)
        )
        row = books.loose_payment(received)
        row.status, row.cause = PaymentStatus.HELD, "payment-without-order"


def test_a_payment_without_an_order_is_skipped_by_its_button(site: Site) -> None:
    site.add_connection()
    _loose(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert 'name="payment" value="70"' in visitor.page
    page = visitor.press("/c/acme", "/c/acme/payments", {"payment": "70"})
    assert "Skipped: payment 70. It is never sent." in page
    assert "Payments without an order" not in page
    assert _events(site) == [("owner", "Payment 70 of 50.00 skipped for good")]
    page = visitor.press("/c/acme", "/c/acme/payments", {"payment": "70"})
    assert "Not changed: payment 70, because it is skipped already." in page


def test_what_names_no_payment_is_refused(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert visitor.post("/c/acme/payments", {"payment": "x"}).status_code == 400


def test_ids_stand_in_the_technical_part_and_customers_made_are_not_news(site: Site) -> None:
    site.add_connection(quickbooks={"product": "QuickBooks Pro", "non_taxable_code": "8000-1"})
    with site.books() as books:
        db, acme = books.db, books.connection.id
        history.note(db, acme, "Customer Ada is in QuickBooks", now=NOW)
        history.note(db, acme, "Paused", now=NOW, who="Ada")
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    plain, technical = visitor.page.split("Technical part")
    assert "QuickBooks Pro" in plain
    assert "8000-1" not in plain
    assert "8000-1" in technical
    assert '<span class="who">Ada</span> Paused' in technical
    assert "Customer Ada" not in visitor.page


def test_the_web_connector_file_is_the_connections_own(site: Site) -> None:
    made = site.add_connection()
    answer = site.bookkeeper().get("/c/acme/qwc")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="keap-acme.qwc"'
    file = qwc.read(answer.data)
    assert (file.user_name, file.file_id, file.app_url) == (
        made.username,
        made.file_id,
        "https://sync.example.com/qbwc/acme",
    )


def test_a_new_password_is_shown_once_after_a_question(site: Site) -> None:
    old = site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/c/acme/password")
    assert "Make a new password?" in visitor.page
    assert site.secrecy.password_matches(old.password, _connection(site).password_digest)
    assert visitor.post("/c/acme/password").status_code == 200
    found = re.search(r'class="secret">([^<]+)<', visitor.page)
    assert found
    assert site.secrecy.password_matches(found[1], _connection(site).password_digest)
    assert not site.secrecy.password_matches(old.password, _connection(site).password_digest)
    visitor.get("/c/acme/password")
    assert found[1] not in visitor.page
    assert _events(site) == [("owner", "New Web Connector password")]


def test_pause_and_resume(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    assert "Nothing is read or sent" in visitor.press("/c/acme", "/c/acme/pause")
    assert _connection(site).paused
    visitor.press("/c/acme", "/c/acme/pause")
    assert "Resumed." in visitor.press("/c/acme", "/c/acme/resume")
    assert not _connection(site).paused
    assert _events(site) == [("owner", "Paused"), ("owner", "Resumed")]


def test_a_moved_company_file_is_confirmed(site: Site) -> None:
    site.add_connection(write_block="company-file-moved", write_block_details=MOVED)
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert html.escape(MOVED["found"]) in visitor.page
    page = visitor.press("/c/acme", "/c/acme/company-file", {"answer": "same-file"})
    assert "The new place is confirmed." in page
    connection = _connection(site)
    assert (connection.write_block, connection.company_file) == ("", "D:\\New\\Acme.qbw")


def test_a_restored_backup_makes_the_missing_orders_wait(site: Site) -> None:
    site.add_connection(write_block="company-file-restored", write_block_details=RESTORED)
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1")
    visitor = site.bookkeeper()
    page = visitor.press("/c/acme", "/c/acme/company-file", {"answer": "restored"})
    assert "Noted: a restored backup." in page
    assert "1 order needs you." in page
    with site.database.reading() as db:
        found = db.query(type(order)).one()
    assert (found.status, found.cause) == (OrderStatus.HELD, "gone-from-quickbooks")
    assert _connection(site).write_block == ""


def test_a_copy_stays_stopped(site: Site) -> None:
    site.add_connection(write_block="company-file-restored", write_block_details=RESTORED)
    page = site.bookkeeper().press("/c/acme", "/c/acme/company-file", {"answer": "copy"})
    assert "Noted: a copy." in page
    assert _connection(site).write_block == "company-file-restored"


@pytest.mark.parametrize("answer", ["same-file", "restored", "copy"])
def test_an_answer_to_no_question_changes_nothing(site: Site, answer: str) -> None:
    site.add_connection()
    page = site.bookkeeper().press("/c/acme", "/c/acme/company-file", {"answer": answer})
    assert "That question is settled already; nothing was changed." in page
    assert _events(site) == []


def test_an_answer_that_is_none_is_refused(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert visitor.post("/c/acme/company-file", {"answer": "maybe"}).status_code == 400


def test_the_calls_of_today_and_what_holds_the_readings_up_are_shown(site: Site) -> None:
    site.add_connection(keap_pace="key|x", time_zone="America/New_York")
    with site.database.writing("test") as db:
        row = KeapPace(key="key|x", free_at=NOW, day_limit=30_000, day_available=29_588)
        row.day_ends_at = NOW + timedelta(hours=8)
        row.closed_until = NOW + timedelta(minutes=35)
        db.add(row)
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert "<dt>Keap calls today</dt><dd>412 of 30,000 (29,588 left)</dd>" in visitor.page
    assert "Keap asks us to wait until 11:05." in visitor.page


def test_no_page_shows_a_secret(site: Site) -> None:
    made = site.add_connection(last_contact_at=NOW)
    with site.books() as books:
        invoice = books.invoice(books.order(1048))
        states.hold(invoice, "held-by-you", {"order": "1048"})
    connection = _connection(site)
    secrets = (made.password, connection.password_digest, connection.keap_key, KEAP_KEY)
    visitor = site.bookkeeper()
    for page in (
        "/", "/help", "/connections/add", "/c/acme", "/c/acme/keap", "/c/acme/set-up",
        "/c/acme/accounts", "/c/acme/settings", "/users", "/users/1", "/users/add",
        "/my-password", "/audit", "/audit/audit.csv",
        "/c/acme/orders", "/c/acme/orders/1048", "/c/acme/errors",
        "/c/acme/qwc", "/c/acme/password", "/c/acme/orders/orders.csv", "/c/acme/errors/errors.csv",
    ):  # fmt: skip
        assert visitor.get(page).status_code == 200
        for secret in secrets:
            assert secret not in visitor.page, page


def test_an_owner_suspends_and_no_bookkeeper_resumes(site: Site) -> None:
    site.add_connection()
    owner = site.bookkeeper()
    bea = site.signed_in("bea", Role.BOOKKEEPER)
    owner.press("/c/acme", "/c/acme/suspend", {"reason": "The contract has ended"})
    bea.get("/c/acme")
    assert "Suspended: The contract has ended. Nothing is read or sent" in bea.page
    assert "/c/acme/resume" not in bea.page
    assert "is suspended: The contract" in bea.press("/c/acme", "/c/acme/resume")
    refused = bea.press("/c/acme/home", "/c/acme/home/read")
    assert "Keap is not read, because the connection is suspended." in refused
    bea.get("/c/acme")
    assert bea.post("/c/acme/reinstate").status_code == 403
    assert "The suspension is lifted" in owner.press("/c/acme", "/c/acme/reinstate")
    assert "/c/acme/pause" in owner.page
    assert "It was not suspended" in owner.press("/c/acme", "/c/acme/reinstate")
    assert "write the reason" in owner.press("/c/acme", "/c/acme/suspend", {"reason": " "})


def test_what_was_paused_before_waits_for_its_resume(site: Site) -> None:
    site.add_connection()
    owner = site.bookkeeper()
    owner.press("/c/acme", "/c/acme/pause")
    owner.press("/c/acme", "/c/acme/suspend", {"reason": "The contract has ended"})
    told = owner.press("/c/acme", "/c/acme/reinstate")
    assert "Suspension lifted. It is still paused: press Resume." in told
    assert "Resumed. It goes on by itself." in owner.press("/c/acme", "/c/acme/resume")


def test_a_half_erased_connection_is_not_reinstated(site: Site) -> None:
    site.add_connection(suspended_because=ERASING)
    owner = site.bookkeeper()
    for button in ("reinstate", "suspend"):
        told = owner.press("/c/acme", f"/c/acme/{button}", {"reason": "Another"})
        assert "Finish it with: qbwc-service connection erase acme" in told
