"""The page Alerts: who is told what, a test, what was told."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest

from qbwc_service.admin.surroundings import Surroundings
from qbwc_service.alerts import outbox
from qbwc_service.alerts.delivery import Delivery
from qbwc_service.alerts.letters import Letter
from qbwc_service.alerts.targets import Target
from qbwc_service.connections import find_connection
from qbwc_service.ledger.models import AlertKind, Channel
from qbwc_service.mail_server import MailServer, Security
from tests.admin.site import Site, Visitor
from tests.alerts.receivers import MailSink, mail_sink

PAGE = "/c/acme/alerts"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as made:
        yield made


def bookkeeper(site: Site, port: int, **settings: str) -> Visitor:
    """Somebody signed in to a service with a mail server there."""
    site.add_connection(settings={"time_zone": "America/Phoenix", **settings})
    here = cast("Surroundings", site.app.extensions["qbwc_admin"])
    server = MailServer("127.0.0.1", port, Security.NONE, "sync@example.com")
    config = replace(here.config, mail_server=server)
    site.app.extensions["qbwc_admin"] = replace(here, config=config)
    return site.bookkeeper()


def the_job_sends(site: Site) -> None:
    here = cast("Surroundings", site.app.extensions["qbwc_admin"])
    Delivery(site.database, site.secrecy, here.config, here.clock).send_due()


def test_it_says_who_is_told_what(site: Site) -> None:
    visitor = bookkeeper(
        site,
        1,
        alert_emails="bea@example.com, carl@example.com",
        alert_kinds="needs-you, sign-in",
        digest_at="06:30",
        quiet_hours="22:00-06:00",
    )
    visitor.get(PAGE)
    assert "<dd>bea@example.com, carl@example.com</dd>" in visitor.page
    assert "<dd>Something needs you; The login to Keap is refused or ends soon</dd>" in visitor.page
    assert "At 06:30 (America/Phoenix)" in visitor.page
    assert "22:00-06:00 (America/Phoenix)" in visitor.page
    assert "/c/acme/settings#alert_emails" in visitor.page


def test_a_test_reaches_them_and_the_page_tells_so(site: Site, sink: MailSink) -> None:
    visitor = bookkeeper(site, sink.port, alert_emails="bea@example.com")
    page = visitor.press(PAGE, f"{PAGE}/test")
    assert "The test is on its way" in page
    assert "On its way</span>" in page
    assert 'hx-trigger="every 5s"' in page
    assert sink.mails == []

    the_job_sends(site)
    visitor.get(PAGE)
    assert sink.subjects() == ["[acme] This is a test"]
    assert "Sent</span>" in visitor.page
    assert 'hx-trigger="every 5s"' not in visitor.page


def test_a_second_click_sends_no_second_test(site: Site, sink: MailSink) -> None:
    visitor = bookkeeper(site, sink.port, alert_emails="bea@example.com")
    visitor.press(PAGE, f"{PAGE}/test")
    assert "A test is on its way already" in visitor.press(PAGE, f"{PAGE}/test")
    the_job_sends(site)
    assert len(sink.mails) == 1


def test_what_did_not_arrive_says_why_and_when_it_is_tried_again(
    site: Site, sink: MailSink
) -> None:
    sink.refuses["RCPT"] = "550 <b>no such person</b>"
    visitor = bookkeeper(site, sink.port, alert_emails="bea@example.com")
    visitor.press(PAGE, f"{PAGE}/test")
    the_job_sends(site)
    visitor.get(PAGE)
    assert "Not taken yet" in visitor.page
    assert "550 &lt;b&gt;no such person&lt;/b&gt;." in visitor.page
    assert "23 Nov 2026, 08:35</time>" in visitor.page


def test_where_nobody_is_told_the_page_says_what_to_do(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    assert "Nobody would be told yet" in visitor.press(PAGE, f"{PAGE}/test")
    assert "Nobody yet" in visitor.page


def test_an_address_without_a_mail_server_is_told_to_whoever_reads_the_page(site: Site) -> None:
    site.add_connection(settings={"alert_emails": "bea@example.com"})
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "Nobody can be told by e-mail yet: this service has no mail server." in visitor.page
    assert "bea@example.com" in visitor.page
    assert "no mail server" in visitor.press(PAGE, f"{PAGE}/test")
    assert "enter an address" not in visitor.page


def test_a_signing_key_is_shown_once_and_kept_encrypted(site: Site) -> None:
    site.add_connection(settings={"alert_webhook": "https://example.com/alerts"})
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "make a signing key first" in visitor.page
    visitor.get(f"{PAGE}/signing-key")
    assert visitor.post(f"{PAGE}/signing-key").status_code == 200
    shown = visitor.page.partition('class="secret">')[2].partition("<")[0]
    with site.database.reading() as db:
        stored = find_connection(db, "acme").webhook_key
    assert site.secrecy.decrypt(stored) == shown
    assert shown not in stored
    visitor.get(PAGE)
    assert shown not in visitor.page
    assert "<dd>https://example.com/alerts</dd>" in visitor.page


def test_only_fifty_of_this_connection_are_listed_and_nothing_in_them_is_markup(
    site: Site,
) -> None:
    site.add_connection()
    site.add_connection("beta")
    visitor = site.bookkeeper()
    with site.database.writing("test") as db:
        for name, number in (("acme", 60), ("beta", 1)):
            found = find_connection(db, name)
            for place in range(number):
                letter = Letter(f"<i>{name} {place}", "text")
                targets = [Target(Channel.EMAIL, "bea@example.com")]
                kind = AlertKind.NEEDS_YOU
                outbox.write(db, found.id, kind, letter, "", targets, now=site.now)
    visitor.get(PAGE)
    assert visitor.page.count("&lt;i&gt;acme") == 50
    assert "acme 59" in visitor.page
    assert "beta 0" not in visitor.page


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}/signing-key"])
def test_who_has_not_signed_in_sees_nothing(site: Site, address: str) -> None:
    site.add_connection()
    visitor = site.visitor()
    assert visitor.get(address).status_code == 302
    assert visitor.post(f"{PAGE}/test").status_code in {302, 400}
