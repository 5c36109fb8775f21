"""Each rule of the Web Connector, and the QBWC code that breaking it would show."""

import pytest

from qwc import Problem, check
from tests.qwc.connection import qwc_file


def found(**changes: object) -> list[tuple[str, int | None]]:
    return [(problem.element, problem.code) for problem in check(qwc_file(**changes))]


def at(site: str) -> dict[str, str]:
    return {"app_url": f"{site}/qbwc/a", "app_support": f"{site}/support/a", "cert_url": ""}


def test_a_good_file_has_no_problem():
    assert check(qwc_file()) == ()


@pytest.mark.parametrize(
    "site",
    [
        "http://localhost:8000",
        "http://LOCALHOST",
        "https://localhost",
        "https://sync.example.com:8443",
        "https://office-pc",
        "https://7days.example.com",
        "https://1.2.3.4.example",
        "HTTPS://Sync.Example.COM",
        "https://bücher.example",
    ],
)
def test_https_with_a_name_and_localhost_are_good(site):
    assert found(**at(site)) == []


def test_http_is_refused_everywhere_but_on_localhost():
    site = at("http://sync.example.com")
    assert found(**site) == [("AppURL", 1010), ("AppSupport", None)]
    assert found(cert_url="http://sync.example.com/") == [("CertURL", 1048)]
    assert found(**at("http://localhost.example")) == [("AppURL", 1010), ("AppSupport", None)]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "192.0.2.7:8443", "[::1]", "127.1", "2130706433", "0x7f000001", "127.0.0.1."],
)
def test_an_ip_address_is_refused_in_any_form(host):
    assert found(**at(f"https://{host}")) == [("AppURL", 1001), ("AppSupport", 1002)]


def test_service_and_support_need_the_same_host():
    other = "https://support.example.com/acme"
    assert check(qwc_file(app_support=other)) == (
        Problem(
            "AppSupport",
            1000,
            "AppURL and AppSupport must have the same host: "
            "sync.example.com and support.example.com.",
        ),
    )
    assert found(app_support="https://SYNC.example.com./x") == []
    assert found(app_support="https://localhost/x") == [("AppSupport", 1000)]


def test_a_service_on_localhost_may_have_its_support_page_elsewhere():
    assert found(app_url="http://localhost:8000/qbwc/acme") == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sync.example.com/qbwc",
        "ftp://sync.example.com/",
        "https://",
        "https:///qbwc",
        "https://sync.example.com:port/",
        "https://sync.example.com:99999/",
        "https://[::1/",
        "https://sync.exam\nple.com/",
        "https://sync.example.com/a b",
        "https:\\\\sync.example.com",
        "https://sync.example.com\\qbwc",
        " https://sync.example.com",
    ],
)
def test_what_is_no_web_address_is_refused(address):
    assert ("AppURL", None) in found(app_url=address)
    assert ("AppSupport", None) in found(app_support=address)
    assert (("CertURL", None) in found(cert_url=address)) is (address != "")


def test_an_address_with_a_login_cannot_be_checked():
    login = "https://u:p@sync.example.com/"
    assert found(cert_url=login) == [("CertURL", 1048)]
    assert found(app_url=login, cert_url="") == [("AppURL", 1048)]
    assert found(app_url=login) == []


@pytest.mark.parametrize(
    "guid",
    [
        "",
        "57F3B9B1-86F1-4FCC-B1EE-566DE1813D20",
        "}57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}",
        "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}}",
        "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D2G}",
        "{57F3B9B186F14FCCB1EE566DE1813D20}",
        "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D2}",
        "{57F3B9B-186F1-4FCC-B1EE-566DE1813D20}",
        "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}\n",
        "{٥7F3B9B1-86F1-4FCC-B1EE-566DE1813D20}",
    ],
)
def test_a_guid_has_braces_hyphens_and_32_hexadecimal_digits(guid):
    assert found(owner_id=guid) == [("OwnerID", 1039)]
    assert found(file_id=guid) == [("FileID", 1026)]


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_the_names_of_application_and_user_are_needed(empty):
    assert found(app_name=empty) == [("AppName", 1039)]
    assert found(user_name=empty) == [("UserName", 1039)]


def test_a_description_has_80_characters_at_most():
    assert found(app_description="é" * 80) == []
    assert found(app_description="é" * 81) == [("AppDescription", None)]


@pytest.mark.parametrize("minutes", [0, -1])
def test_the_interval_is_a_minute_at_least(minutes):
    assert found(run_every_minutes=1) == []
    assert found(run_every_minutes=minutes) == [("Scheduler/RunEveryNMinutes", None)]


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_carry_is_refused(character):
    assert found(app_unique_name=f"a{character}") == [("AppUniqueName", None)]


def test_a_problem_reads_as_the_web_connector_would_say_it():
    [first, second] = check(qwc_file(app_name="", app_description="x" * 81))
    assert str(first) == "QBWC1039: AppName is empty."
    assert str(second) == "AppDescription is longer than 80 characters."
