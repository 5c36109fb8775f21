"""Faults of a set-up, planted one by one: each is found, and told with what to do."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from qbwc_service.doctor import Finding, Health, Target, examine
from tests.doctor.hospital import NOW, Hospital, answers, self_signed, takes_at_most


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path)


def test_a_sound_service_is_sound(hospital: Hospital) -> None:
    found = hospital.examined()
    assert {finding.health for finding in found} == {Health.GOOD}
    assert [finding.check for finding in found] == [
        *("qwc-file", "name", "port", "certificate", "endpoint", "clock", "service"),
        *("certificate-page", "support", "calls", "large-answers", "strangers", "log-in"),
    ]


def test_without_a_password_all_but_the_log_in_is_tried(hospital: Hospital) -> None:
    found = hospital.examined(log_in=False)
    assert [finding.check for finding in found if finding.health is not Health.GOOD] == ["log-in"]


def plain_http(hospital: Hospital) -> None:
    hospital.change = lambda file: replace(
        file,
        app_url="http://sync.example.com/qbwc/acme",
        app_support="https://sync.example.com/support/acme",
        cert_url="",
    )


def an_ip_address(hospital: Hospital) -> None:
    hospital.change = lambda file: replace(
        file, app_url="https://127.0.0.1/qbwc/acme", app_support="https://127.0.0.1/", cert_url=""
    )


def support_elsewhere(hospital: Hospital) -> None:
    hospital.change = lambda file: replace(
        file,
        app_url="https://sync.example.com/qbwc/acme",
        app_support="https://help.example.com/",
        cert_url="",
    )


def no_such_name(hospital: Hospital) -> None:
    _moved(hospital, "https://sync.invalid")


def no_name_at_all(hospital: Hospital) -> None:
    _moved(hospital, f"https://{'a' * 70}.example.com")


def nothing_listens(hospital: Hospital) -> None:
    _moved(hospital, "https://localhost:9")


def _moved(hospital: Hospital, url: str) -> None:
    hospital.change = lambda file: replace(
        file, app_url=f"{url}/qbwc/acme", app_support=f"{url}/support/acme", cert_url=""
    )


def no_tls(hospital: Hospital) -> None:
    hospital.is_tls = False


def expired(hospital: Hospital) -> None:
    hospital.chain = [
        hospital.between.sign("localhost", ends=NOW - timedelta(days=1)),
        hospital.between,
    ]


def for_another_name(hospital: Hospital) -> None:
    hospital.chain = [hospital.between.sign("other.example.com"), hospital.between]


def signed_by_itself(hospital: Hospital) -> None:
    hospital.chain = [self_signed("localhost")]


def without_its_chain(hospital: Hospital) -> None:
    hospital.chain = [hospital.server]


def leads_on(hospital: Hospital) -> None:
    there = [("Location", "https://www.example.com/qbwc/acme")]
    hospital.proxy = answers("301 Moved Permanently", headers=there)


def wants_a_log_in(hospital: Hospital) -> None:
    hospital.proxy = answers("401 Unauthorized", below="/qbwc")


def forbidden(hospital: Hospital) -> None:
    hospital.proxy = answers("403 Forbidden", below="/qbwc")


def path_cut_off(hospital: Hospital) -> None:
    hospital.proxy = answers("404 Not Found", below="/qbwc")


def service_is_down(hospital: Hospital) -> None:
    hospital.proxy = answers("502 Bad Gateway")


def another_public_url(hospital: Hospital) -> None:
    hospital.public_url = "https://old.example.com"


def another_site(hospital: Hospital) -> None:
    hospital.proxy = answers("200 OK")


def health_is_hidden(hospital: Hospital) -> None:
    hospital.proxy = answers("403 Forbidden", below="/healthz")


def no_support_page(hospital: Hospital) -> None:
    hospital.proxy = answers("404 Not Found", below="/support")


def no_post(hospital: Hospital) -> None:
    hospital.proxy = answers("405 Method Not Allowed", below="/qbwc", only="POST")


def small_bodies(hospital: Hospital) -> None:
    hospital.proxy = takes_at_most(1024 * 1024)


def another_password(hospital: Hospital) -> None:
    hospital.password = "of another connection"


@pytest.mark.parametrize(
    ("plant", "check", "words", "code"),
    [
        (plain_http, "qwc-file", "must begin with https://", 1010),
        (support_elsewhere, "qwc-file", "must have the same host", 1000),
        (no_such_name, "name", "The name sync.invalid is not known", 1048),
        (no_name_at_all, "name", ".example.com is not known", 1048),
        (nothing_listens, "port", "Nothing answers at localhost, port 9", 1048),
        (no_tls, "certificate", "does not speak TLS", 1048),
        (expired, "certificate", "no longer valid", 1048),
        (for_another_name, "certificate", "not for localhost", 1048),
        (signed_by_itself, "certificate", "self-signed", 1048),
        (without_its_chain, "certificate", "without the one that it was signed with", 1048),
        (leads_on, "endpoint", "leads on to https://www.example.com/qbwc/acme", 1048),
        (wants_a_log_in, "endpoint", "wants a log-in", 1048),
        (forbidden, "endpoint", "is forbidden", 1048),
        (path_cut_off, "endpoint", "is not there", 1048),
        (service_is_down, "endpoint", "answers 502", 1048),
        (another_public_url, "service", "for its own address", None),
        (another_site, "service", "is not this service", 1048),
        (health_is_hidden, "certificate-page", "is forbidden", 1048),
        (no_support_page, "support", "answers 404", 1004),
        (no_post, "calls", "is not answered", None),
        (small_bodies, "large-answers", "does not come through", None),
        (another_password, "log-in", "not that of this connection", 1012),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_planted_fault_is_found_and_told(
    hospital: Hospital,
    plant: Callable[[Hospital], None],
    check: str,
    words: str,
    code: int | None,
) -> None:
    plant(hospital)
    ill = [finding for finding in hospital.examined() if finding.is_ill]
    assert [finding.check for finding in ill] == [check]
    assert words in ill[0].sentence
    assert ill[0].fix
    assert ill[0].code == code


def test_an_address_in_figures_is_told_for_each_place_where_it_stands(hospital: Hospital) -> None:
    an_ip_address(hospital)
    assert [finding.code for finding in hospital.examined()] == [1001, 1002]


def weak(found: list[Finding]) -> list[str]:
    return [finding.check for finding in found if finding.health is Health.WEAK]


def test_a_certificate_that_ends_soon_is_told(hospital: Hospital) -> None:
    hospital.chain[0] = hospital.between.sign("localhost", ends=NOW + timedelta(days=5))
    assert weak(hospital.examined()) == ["certificate"]


def test_a_server_that_an_older_windows_cannot_talk_to_is_told(hospital: Hospital) -> None:
    hospital.minimum = ssl.TLSVersion.TLSv1_3
    assert weak(hospital.examined()) == ["tls"]


def test_clocks_that_differ_are_told(hospital: Hospital) -> None:
    hospital.clock_off = timedelta(minutes=10)
    assert weak(hospital.examined()) == ["clock"]


def test_on_this_computer_no_certificate_is_needed(hospital: Hospital) -> None:
    hospital.is_tls, hospital.scheme = False, "http"
    found = hospital.examined()
    assert {finding.health for finding in found} == {Health.GOOD}
    assert "certificate" not in [finding.check for finding in found]


def test_a_file_of_another_kind_is_not_taken_for_a_wrong_address() -> None:
    (found,) = examine(Target(b"%PDF-1.7"), NOW)
    assert (found.check, found.is_ill) == ("qwc-file", True)
    assert found.fix.startswith("Name the .qwc file of the connection")
