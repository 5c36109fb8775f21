"""How an alert travels: through a mail server and to a web address, again where it did not arrive,
and never twice for one state."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from qbwc_service.alerts import outbox, webhook
from qbwc_service.alerts.failures import NotTold
from qbwc_service.alerts.letters import Letter
from qbwc_service.alerts.mail import mail_of
from qbwc_service.alerts.outbox import Delivered, Outgoing
from qbwc_service.ledger.models import AlertKind, Channel, DeliveryState
from qbwc_service.mail_server import MailServer, Security
from tests.alerts.conftest import MONDAY, Office
from tests.alerts.receivers import Program, mail_sink, program

SECRET = "a-signing-key"


def deliveries(office: Office) -> list[Delivered]:
    with office.database.reading() as db:
        alerts = outbox.newest(db, office.connection().id, limit=50)
    return [each for alert in alerts for each in alert.deliveries]


# -- mail ------------------------------------------------------------------------------------------


def test_what_the_mail_server_refuses_is_tried_again_later_and_later(office: Office) -> None:
    office.sink.refuses["RCPT"] = "450 the box is full"
    office.holds(7)
    assert office.looks() == []
    assert deliveries(office)[0].problem == (
        "The mail server does not take this address: 450 the box is full."
    )
    assert office.looks(minutes=4) == []
    office.sink.refuses.clear()
    assert office.looks(minutes=1) == ["[acme] 1 order needs you"]
    assert [(each.state, each.tries, each.problem) for each in deliveries(office)] == [
        (DeliveryState.SENT, 2, "")
    ]
    assert office.looks(days=1) == []


def test_a_mail_whose_receipt_was_lost_comes_again_under_the_same_name(office: Office) -> None:
    office.sink.drops_after_data = 1
    office.holds(7)
    office.looks()
    office.looks(minutes=5)
    first, second = office.sink.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


def test_after_a_week_it_is_given_up_and_shown(office: Office) -> None:
    office.sink.refuses["MAIL"] = "554 go away"
    office.holds(7)
    for _ in range(40):
        office.looks(hours=5)
    assert [(each.state, each.problem) for each in deliveries(office)] == [
        (DeliveryState.GIVEN_UP, "The mail server did not take it: 554 go away.")
    ]
    assert deliveries(office)[0].tries < 40


def test_a_mail_server_that_is_not_there_is_named_in_plain_words(office: Office) -> None:
    office.without(mail_server=MailServer("127.0.0.1", 9, Security.NONE, "sync@example.com"))
    office.holds(7)
    office.looks()
    assert [each.problem for each in deliveries(office)] == [
        "The mail server cannot be reached: Connection refused."
    ]


def test_one_address_that_is_refused_holds_up_no_other(office: Office) -> None:
    office.set(alert_webhook="https://nowhere.invalid/")
    office.change(webhook_key=office.secrecy.encrypt(SECRET))
    office.holds(7)
    assert len(office.looks()) == 1
    assert {each.channel: each.state for each in deliveries(office)} == {
        Channel.EMAIL: DeliveryState.SENT,
        Channel.WEBHOOK: DeliveryState.WAITING,
    }


def test_a_process_that_died_with_a_mail_in_its_hand_is_followed_by_another(
    office: Office,
) -> None:
    office.holds(7)
    # What ends a process is no Exception: nothing is noted of the try but that it was begun.
    with patch("qbwc_service.alerts.mail.send", side_effect=SystemExit):
        office.job.run()
    assert [(each.state, each.tries) for each in deliveries(office)] == [(DeliveryState.WAITING, 1)]
    assert office.looks(minutes=5) == ["[acme] 1 order needs you"]


def test_what_people_typed_in_keap_is_never_a_header_or_a_second_mail(office: Office) -> None:
    outgoing = replace(an_alert(), title="Gold\r\nBcc: eve@example.com\r\n\r\nPay here", text="x")
    server = MailServer("127.0.0.1", 25, Security.NONE, "sync@example.com")
    mail = mail_of(server, outgoing, settings_link="")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[acme] Gold Bcc: eve@example.com Pay here"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_line_of_one_dot_does_not_end_the_mail(office: Office) -> None:
    with office.database.writing("test") as db:
        targets = [outbox.Target(Channel.EMAIL, "bea@example.com")]
        letter = Letter("Naïve – title", "first\n.\nlast – ünïcode")
        outbox.write(
            db, office.connection().id, AlertKind.TEST, letter, "link", targets, now=office.now
        )
    office.looks()
    assert "first\n.\nlast – ünïcode" in office.sink.texts()[0].replace("\r\n", "\n")
    assert office.sink.subjects() == ["[acme] Naïve – title"]


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that signs itself; trusted only by who is told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_the_password_travels_encrypted_and_to_the_right_server_alone(
    office: Office, certificate: ssl.SSLContext, tmp_path: Path
) -> None:
    with mail_sink(certificate) as sink:
        server = MailServer(
            "127.0.0.1", sink.port, Security.STARTTLS, "sync@example.com", "olga", "opensesame"
        )
        office.without(mail_server=server)
        office.holds(7)
        office.looks()
        assert sink.signed_in == []
        assert "certificate is no good" in deliveries(office)[0].problem
        with patch.dict("os.environ", {"SSL_CERT_FILE": str(tmp_path / "certificate.pem")}):
            office.looks(minutes=5)
        assert sink.signed_in == [("olga", "opensesame")]
        assert sink.was_encrypted == [True]


def test_a_server_that_offers_no_encryption_gets_no_password(office: Office) -> None:
    server = office.config.mail_server
    assert server is not None
    office.without(
        mail_server=replace(server, security=Security.STARTTLS, user="olga", password="opensesame")
    )
    office.holds(7)
    office.looks()
    assert office.sink.signed_in == []
    assert deliveries(office)[0].problem == (
        "The mail server does not offer what is needed (STARTTLS, log-in)."
    )


# -- web address -----------------------------------------------------------------------------------


def an_alert(address: str = "") -> Outgoing:
    return Outgoing(
        *(1, Channel.WEBHOOK, address, "7b6c", AlertKind.NEEDS_YOU, False, "acme", "", MONDAY),
        *("1 order needs you", "- 1 order: ...", "https://sync.example.com/c/acme/needs-you"),
    )


@pytest.fixture
def listening() -> Iterator[Program]:
    with program() as made:
        yield made


def test_a_program_is_told_the_same_and_can_tell_that_it_was_us(
    office: Office, listening: Program
) -> None:
    office.set(alert_emails="", alert_webhook=listening.address)
    office.change(webhook_key=office.secrecy.encrypt(SECRET))
    office.holds(7)
    listening.answers = [503]
    office.looks()
    office.looks(minutes=5)
    first, second = listening.calls
    assert first.path == "/alerts?from=us"
    assert first.document | {"id": "", "text": ""} == {
        "id": "",
        "kind": "needs-you",
        "is_over": False,
        "connection": "acme",
        "at": "2026-11-23T17:00:00+00:00",
        "title": "1 order needs you",
        "text": "",
        "link": "https://sync.example.com/c/acme/needs-you",
    }
    assert first.is_signed_with(SECRET)
    assert not first.is_signed_with("another")
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body
    assert first.headers["Qbwc-Signature"] != second.headers["Qbwc-Signature"]
    assert office.looks(days=1) == []
    assert len(listening.calls) == 2


def test_without_a_signing_key_no_program_is_told(office: Office, listening: Program) -> None:
    office.set(alert_webhook=listening.address)
    office.holds(7)
    assert len(office.looks()) == 1
    assert listening.calls == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (302, "leads elsewhere (302)"),
        (307, "leads elsewhere (307)"),
        (404, "it answered 404"),
        (500, "it answered 500"),
    ],
)
def test_only_a_yes_is_a_yes_and_nobody_is_followed(
    listening: Program, status: int, reason: str
) -> None:
    listening.answers = [status]
    with pytest.raises(NotTold, match=reason.replace("(", "[(]").replace(")", "[)]")):
        webhook.send(an_alert(listening.address), SECRET, frozenset({"127.0.0.1"}), now=MONDAY)
    assert len(listening.calls) == 1


def test_our_own_network_is_refused_unless_whoever_runs_the_service_allows_it(
    listening: Program,
) -> None:
    with pytest.raises(NotTold, match="inside the network of this service"):
        webhook.send(an_alert(listening.address), SECRET, frozenset(), now=MONDAY)
    assert listening.calls == []


def test_a_name_that_leads_into_our_own_network_is_refused_too(listening: Program) -> None:
    inside = f"https://inside.example.com:{listening.port}/"
    two_places = [(2, 1, 6, "", (place, 0)) for place in ("93.184.216.34", "10.0.0.7")]
    with (
        patch("socket.getaddrinfo", return_value=two_places),
        pytest.raises(NotTold, match="inside the network"),
    ):
        webhook.send(an_alert(inside), SECRET, frozenset(), now=MONDAY)


def test_the_call_goes_to_the_place_that_was_looked_at(listening: Program) -> None:
    """The name is looked up once: a second answer cannot lead elsewhere."""
    asked = []
    truly = socket.getaddrinfo

    def look_up(host: str, *arguments: Any, **more: Any) -> Any:
        asked.append(host)
        return truly("127.0.0.1" if asked == ["changing.example.com"] else host, *arguments, **more)

    alert = an_alert(f"http://changing.example.com:{listening.port}/x")
    with patch("socket.getaddrinfo", look_up):
        webhook.send(alert, SECRET, frozenset({"changing.example.com"}), now=MONDAY)
    assert asked == ["changing.example.com", "127.0.0.1"]
    assert listening.calls[-1].headers["Host"] == f"changing.example.com:{listening.port}"


@pytest.mark.parametrize(
    "place",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1"),
        *("fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"),
        *("ff02::1", "fec0::1", "::127.0.0.1", "::ffff:0:127.0.0.1"),
    ],
)
def test_what_is_no_address_of_the_whole_internet(place: str) -> None:
    assert not webhook.is_public(ip_address(place))


@pytest.mark.parametrize("place", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_what_is_one(place: str) -> None:
    assert webhook.is_public(ip_address(place))


def test_an_address_without_encryption_is_refused_outside_of_this_computer() -> None:
    outside = [(2, 1, 6, "", ("93.184.216.34", 0))]
    with (
        patch("socket.getaddrinfo", return_value=outside),
        pytest.raises(NotTold, match="https://"),
    ):
        webhook.send(an_alert("http://example.com/"), SECRET, frozenset(), now=MONDAY)


def test_an_answer_in_drips_ends_after_the_whole_time(listening: Program) -> None:
    listening.seconds_a_byte = 0.05
    with (
        patch.object(webhook, "_ALL_SECONDS", 0.3),
        patch.object(webhook, "_STEP_SECONDS", 0.5),
        pytest.raises(NotTold, match="does not answer"),
    ):
        webhook.send(an_alert(listening.address), SECRET, frozenset({"127.0.0.1"}), now=MONDAY)
