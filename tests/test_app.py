"""The whole site under one address: who answers where, limits, cookies, proxies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, Response, jsonify, request, session

from qbwc_service.app import create_app
from qbwc_service.config import Config
from qbwc_service.connections import add_connection, find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import OrderStatus, UpdateSession
from qbwc_service.messages import CATALOGUE
from qbwc_service.secrecy import Secrecy
from tests.databases import url_with_tables
from tests.ledger_rows import NOON, add_order

KEY = bytes(32)
HTTPS = "https://sync.example.com"


def clock() -> datetime:
    return datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        database_url=url_with_tables(tmp_path),
        public_url="https://sync.example.com",
        keap_api_url="http://localhost:1/crm",
        log_level="INFO",
        secret_key=KEY,
    )


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    made = Database(config.database_url)
    yield made
    made.close()


@pytest.fixture
def app(config: Config, database: Database) -> Flask:
    return create_app(config, database, Secrecy(KEY), clock=clock)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT"])
def test_what_answers_the_web_connector_is_taken_for_nothing_else(app: Flask, method: str) -> None:
    answer = app.test_client().open("/qbwc/acme", method=method, base_url=HTTPS)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def add_acme(database: Database) -> int:
    with database.writing("test") as db:
        add_connection(
            db,
            Secrecy(KEY),
            name="acme",
            keap_account="",
            keap_key="",
            company_file="",
            start_date=None,
            clock=clock,
        )
        return find_connection(db, "acme").id


def test_the_endpoint_answers_below_qbwc_with_addresses_of_the_public_url(app: Flask) -> None:
    described = app.test_client().get("/qbwc/acme?wsdl", headers={"Host": "evil.example"})
    assert (described.status_code, described.mimetype) == (200, "text/xml")
    assert 'location="https://sync.example.com/qbwc/acme"' in described.text


def test_the_admin_answers_at_the_root(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/")


def test_pages_are_shown_under_names_of_ours_alone(app: Flask) -> None:
    client = app.test_client()
    names = ("sync.example.com", "localhost:8000", "127.0.0.1:8000")
    assert [client.get("/sign-in", headers={"Host": name}).status_code for name in names] == [
        200
    ] * len(names)
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("public_url", "secure"), [("https://sync.example.com", True), ("http://localhost", False)]
)
def test_the_cookie_is_guarded(
    config: Config, database: Database, public_url: str, secure: bool
) -> None:
    app = create_app(replace(config, public_url=public_url), database, Secrecy(KEY))
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("qbwc_service=")
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert ("; Secure" in cookie) is secure


def test_a_form_that_is_too_large_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/sign-in", data={"name": "x" * 1_100_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, ["127.0.0.1", "http"]),
        (1, ["203.0.113.9", "https"]),
        (2, ["198.51.100.7", "https"]),
    ],
)
def test_only_the_headers_of_trusted_proxies_are_believed(
    config: Config, database: Database, proxies: int, seen: list[str]
) -> None:
    app = create_app(replace(config, trusted_proxies=proxies), database, Secrecy(KEY))

    @app.get("/seen")
    def show() -> Response:
        return jsonify([request.remote_addr, request.scheme])

    answer = app.test_client().get(
        "/seen",
        headers={
            "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
            "X-Forwarded-Proto": "https, https",
        },
    )
    assert answer.json == seen


def test_the_support_page_tells_how_the_last_updates_went(app: Flask, database: Database) -> None:
    connection_id = add_acme(database)
    session = {
        "connection_id": connection_id,
        "remote_address": "203.0.113.9",
        "company_file": r"C:\Secret Books.qbw",
        "started_at": NOON,
        "last_call_at": NOON,
        "result": "Secret Books: order 101 of Ann Lee",
    }
    ended = {"ended_at": NOON, **session}
    with database.writing("test") as db:
        add_order(db, connection_id, 101)
        add_order(db, connection_id, 102, status=OrderStatus.HELD)
        add_order(db, connection_id, 103, status=OrderStatus.POSTED)
        db.add_all(
            [
                UpdateSession(ticket_digest="a", posted=3, held=1, **ended),
                UpdateSession(ticket_digest="b", **ended),
                UpdateSession(
                    ticket_digest="c",
                    trouble="wrong-company-file",
                    trouble_details={"expected": "Secret Books"},
                    **ended,
                ),
                UpdateSession(ticket_digest="d", **session),
            ]
        )
    page = app.test_client().get("/support/acme")
    assert page.status_code == 200
    assert "Waiting for QuickBooks: 1. Waiting for a person: 1." in page.text
    assert [line for line in page.text.splitlines() if line.startswith("<li>")] == [
        '<li><time datetime="2026-11-23T12:00:00+00:00">2026-11-23 12:00 UTC</time>: '
        f"{sentence}</li>"
        for sentence in (
            "This update has not ended yet.",
            "Another company file is open in QuickBooks.",
            "It went well. Nothing was left to send.",
            "3 records went to QuickBooks, 1 needs a person.",
        )
    ]
    for secret in ("Secret", "Ann Lee", "203.0.113.9", "acme-"):
        assert secret not in page.text


def test_the_support_page_says_what_to_do_about_the_newest_trouble(
    app: Flask, database: Database
) -> None:
    connection_id = add_acme(database)
    for number, trouble in enumerate(("quickbooks-user-elsewhere", "window-open-in-quickbooks")):
        with database.writing("test") as db:
            db.add(
                UpdateSession(
                    connection_id=connection_id,
                    ticket_digest=str(number),
                    remote_address="203.0.113.9",
                    started_at=NOON,
                    last_call_at=NOON,
                    ended_at=NOON,
                    trouble=trouble,
                )
            )
        page = app.test_client().get("/support/acme").text
        entry = CATALOGUE[trouble]
        assert "What to do now" in page
        assert all(text in page for text in (entry.title, entry.do, *entry.steps))
    assert CATALOGUE["quickbooks-user-elsewhere"].do not in page


def test_the_support_page_does_not_tell_which_connections_exist(
    app: Flask, database: Database
) -> None:
    add_acme(database)
    client = app.test_client()
    known, unknown, odd = (
        client.get(f"/support/{name}") for name in ("acme", "nobody", "%3Cb%3E'--")
    )
    assert (known.status_code, unknown.status_code, odd.status_code) == (200, 200, 200)
    assert known.text == unknown.text == odd.text
    assert known.headers["Cache-Control"] == "no-store"
    assert known.headers["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )


def test_a_person_stays_signed_in_after_the_service_key_was_changed(
    config: Config, database: Database
) -> None:
    old, new = b"o" * 32, b"n" * 32
    before = create_app(config, database, Secrecy(old))
    after = create_app(config, database, Secrecy(new, old))
    forgotten = create_app(config, database, Secrecy(new))
    with before.test_request_context():
        signer = before.session_interface.get_signing_serializer(before)
        assert signer is not None
        now = int(datetime.now(UTC).timestamp())
        cookie = signer.dumps({"person": 1, "since": now - 1})
    for app, known in ((after, 1), (forgotten, None)):
        headers = {"Cookie": f"qbwc_service={cookie}"}
        with app.test_request_context(headers=headers, base_url=config.public_url):
            assert session.get("person") == known
