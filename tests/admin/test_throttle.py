"""How guessing is counted and forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qbwc_service.admin import throttle
from qbwc_service.ledger import login_failures
from qbwc_service.ledger.models import LoginFailure
from tests.admin.site import NOW, Site


@pytest.mark.parametrize(
    ("count", "seconds"), [(0, 0), (4, 0), (5, 10), (6, 20), (8, 80), (12, 900), (5000, 900)]
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    assert login_failures.wait_after(count, 5) == timedelta(seconds=seconds)


def _try(site: Site, name: str, address: str) -> timedelta:
    with site.database.writing("test") as db:
        return throttle.begin_try(db, name, address, site.now)


def _counts(site: Site) -> dict[str, int]:
    with site.database.reading() as db:
        return {row.key: row.count for row in db.scalars(select(LoginFailure))}


def test_an_address_that_tries_many_names_is_slowed_as_a_whole(site: Site) -> None:
    waits = [_try(site, f"name-{number}", "192.0.2.7") for number in range(31)]
    assert waits == [timedelta()] * 30 + [timedelta(seconds=10)]


def test_a_try_that_has_to_wait_is_not_counted(site: Site) -> None:
    for _ in range(9):
        _try(site, "owner", "192.0.2.7")
    assert _counts(site) == {
        "admin|192.0.2.7": 5,
        "admin|192.0.2.7|owner": 5,
        "admin|name|owner": 5,
    }


def test_a_whole_ipv6_network_counts_as_one_caller(site: Site) -> None:
    _try(site, "Owner", "2001:db8::1")
    _try(site, "owner", "2001:db8::2")
    assert _counts(site) == {
        "admin|2001:db8::/64": 2,
        "admin|2001:db8::/64|owner": 2,
        "admin|name|owner": 2,
    }


def test_an_unreadable_address_is_counted_too(site: Site) -> None:
    _try(site, "owner", "")
    assert _counts(site) == {
        "admin|unknown": 1,
        "admin|unknown|owner": 1,
        "admin|name|owner": 1,
    }


def test_the_right_password_forgets_the_wrong_ones_of_that_name(site: Site) -> None:
    _try(site, "owner", "192.0.2.7")
    _try(site, "other", "192.0.2.7")
    with site.database.writing("test") as db:
        throttle.forgive(db, "owner", "192.0.2.7")
    assert _counts(site) == {
        "admin|192.0.2.7": 1,
        "admin|192.0.2.7|other": 1,
        "admin|name|other": 1,
        "admin|name|owner": 0,
    }


def test_a_day_of_quiet_forgets_ours_and_leaves_the_web_connectors(site: Site) -> None:
    with site.database.writing("test") as db:
        db.add(LoginFailure(key="web-connector|acme", count=3, last_at=NOW))
    _try(site, "owner", "192.0.2.7")
    site.now += timedelta(hours=25)
    _try(site, "other", "192.0.2.8")
    assert _counts(site) == {
        "web-connector|acme": 3,
        "admin|192.0.2.8": 1,
        "admin|192.0.2.8|other": 1,
        "admin|name|other": 1,
    }


def test_many_addresses_that_try_one_name_are_slowed_together(site: Site) -> None:
    waits = [_try(site, "Owner", f"192.0.2.{number}") for number in range(51)]
    assert waits == [timedelta()] * 50 + [timedelta(seconds=10)]
    assert _try(site, "colleague", "192.0.2.1") == timedelta()


def test_a_flood_of_names_and_addresses_leaves_few_rows(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_failures, "MOST_ROWS", 60)
    monkeypatch.setattr(login_failures, "_FORGOTTEN_AT_ONCE", 10)
    for number in range(100):
        site.now += timedelta(seconds=1)
        assert _try(site, f"name-{number}", f"192.0.2.{number}") == timedelta()
    counts = _counts(site)
    assert len(counts) <= 60
    assert counts["admin|192.0.2.99|name-99"] == 1


def test_a_name_with_a_nul_is_counted_too(site: Site) -> None:
    _try(site, "ow\0ner", "192.0.2.7")
    assert "admin|192.0.2.7|owner" in _counts(site)
