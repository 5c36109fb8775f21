"""A form that is sent twice does its work once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from qbwc_service.database import DatabaseBusy
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Lease
from qbwc_service.ledger.models.rules import Rule
from tests.admin.site import NOW, Site, Visitor

RULE = {
    "verb": "save",
    "name": "Wholesale",
    "field-0": "total",
    "comparison-0": "more than",
    "value-0": "500.00",
    "then": "hold",
}
TWICE = "That was sent twice, and was done once."


@pytest.fixture
def visitor(site: Site) -> Visitor:
    site.add_connection()
    return site.bookkeeper()


def _form(visitor: Visitor, page: str, address: str) -> dict[str, str]:
    """The hidden fields of the form on that page that leads there."""
    visitor.get(page)
    form = visitor.page.partition(f'action="{address}"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def _send(visitor: Visitor, address: str, form: dict[str, Any], page: str = "/c/acme/rules") -> Any:
    headers = {"Referer": f"http://localhost{page}"}
    return visitor.client.post(address, data=form, headers=headers)


def _rules(site: Site) -> int:
    with site.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Rule)) or 0


def test_a_double_click_adds_one_rule(site: Site, visitor: Visitor) -> None:
    form = RULE | _form(visitor, "/c/acme/rules", "/c/acme/rules")
    first = _send(visitor, "/c/acme/rules", form)
    again = _send(visitor, "/c/acme/rules", form)
    assert (first.status_code, again.status_code, again.location) == (302, 302, "/c/acme/rules")
    assert _rules(site) == 1
    visitor.get(again.location)
    assert TWICE in visitor.page


def test_the_same_words_in_a_new_form_are_a_new_deed(site: Site, visitor: Visitor) -> None:
    for name in ("One", "Two"):
        form = RULE | {"name": name} | _form(visitor, "/c/acme/rules", "/c/acme/rules")
        _send(visitor, "/c/acme/rules", form)
    assert _rules(site) == 2


def test_another_button_of_a_page_that_was_left_open_is_another_deed(visitor: Visitor) -> None:
    form = _form(visitor, "/c/acme", "/c/acme/pause")
    assert form["form_id"]
    _send(visitor, "/c/acme/pause", form, "/c/acme")
    _send(visitor, "/c/acme/resume", form, "/c/acme")
    visitor.get("/c/acme")
    assert TWICE not in visitor.page


def test_what_was_refused_may_be_sent_again(site: Site, visitor: Visitor) -> None:
    form = RULE | {"name": ""} | _form(visitor, "/c/acme/rules", "/c/acme/rules")
    refused = [_send(visitor, "/c/acme/rules", form).status_code for _ in range(2)]
    assert refused == [422, 422]
    with site.database.reading() as db:
        assert not db.scalars(select(Lease.name).where(Lease.name.startswith("form"))).all()


def test_the_proof_is_kept_for_an_hour(site: Site, visitor: Visitor) -> None:
    form = _form(visitor, "/c/acme", "/c/acme/pause")
    _send(visitor, "/c/acme/pause", form, "/c/acme")
    site.now = NOW + timedelta(hours=1)
    _send(visitor, "/c/acme/pause", form, "/c/acme")
    visitor.get("/c/acme")
    assert TWICE not in visitor.page
    with site.database.reading() as db:
        assert len(db.scalars(select(Lease).where(Lease.name.startswith("form"))).all()) == 1


def test_two_at_once_do_it_once(site: Site, visitor: Visitor) -> None:
    form = RULE | _form(visitor, "/c/acme/rules", "/c/acme/rules")
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None

    def send(_: int) -> int:
        other = site.app.test_client()
        other.set_cookie("session", cookie.value)
        return other.post("/c/acme/rules", data=form).status_code

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(send, range(3))) == {302}
    assert _rules(site) == 1


def test_what_was_done_is_not_called_a_failure_where_the_proof_cannot_be_written(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise DatabaseBusy("form.end")

    form = _form(visitor, "/c/acme", "/c/acme/pause")
    monkeypatch.setattr(leases, "forget_ended", busy)
    assert _send(visitor, "/c/acme/pause", form, "/c/acme").status_code == 302


def test_another_site_is_not_where_it_leads(visitor: Visitor) -> None:
    form = _form(visitor, "/c/acme", "/c/acme/pause")
    _send(visitor, "/c/acme/pause", form, "/c/acme")
    headers = {"Referer": "http://evil.example/c/acme"}
    again = visitor.client.post("/c/acme/pause", data=form, headers=headers)
    assert again.location == "/"


@pytest.mark.parametrize(
    ("referer", "place"),
    [("http://[", "/"), ("http://localhost//evil.example/x", "/evil.example/x")],
)
def test_what_a_browser_says_of_its_page_leads_nowhere_else(
    visitor: Visitor, referer: str, place: str
) -> None:
    form = _form(visitor, "/c/acme", "/c/acme/pause")
    _send(visitor, "/c/acme/pause", form, "/c/acme")
    again = visitor.client.post("/c/acme/pause", data=form, headers={"Referer": referer})
    assert again.location == place


def test_the_leases_of_others_are_not_forgotten(site: Site) -> None:
    with site.database.writing("test") as db:
        for name in ("scheduler", "form-done:a", "form:b", "sync:1"):
            leases.acquire(db, name, "me", NOW, timedelta(minutes=1))
        leases.forget_ended(db, "form-done:", NOW + timedelta(hours=1))
        assert sorted(db.scalars(select(Lease.name))) == ["form:b", "scheduler", "sync:1"]
