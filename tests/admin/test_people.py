"""Users: who may come in, as what; everybody's own password."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.admin.surroundings import Surroundings
from qbwc_service.ledger.models import AuditEntry, Person, PersonConnection, Role
from tests.admin.site import PASSWORD, Site, Visitor

BEA = {"name": "bea", "email": "bea@example.com", "role": "bookkeeper", "sees": "all"}


def add(owner: Visitor, form: dict[str, object] | None = None) -> str:
    """Add somebody; the one-time password that is shown."""
    owner.get("/users/add")
    answer = owner.post("/users/add", BEA | (form or {}))
    assert answer.status_code == 200, owner.page
    return shown_password(owner)


def shown_password(visitor: Visitor) -> str:
    found = re.search(r'class="secret">([^<]+)<', visitor.page)
    assert found, visitor.page
    return found[1]


def person(site: Site, name: str = "bea") -> Person:
    with site.database.reading() as db:
        return db.scalars(select(Person).where(Person.name == name)).one()


def standing(visitor: Visitor, person_id: int, **typed: object) -> dict[str, object]:
    """The form of a person as it stands on the page, with what was typed."""
    visitor.get(f"/users/{person_id}")
    was = re.search(r'name="was" value="([^"]+)"', visitor.page)
    assert was
    return {"was": was[1], "email": "", "role": "bookkeeper", "sees": "all"} | typed


def choose(visitor: Visitor, old: str, new: str) -> int:
    visitor.get("/my-password")
    form = {"old": old, "password": new, "again": new}
    return visitor.post("/my-password", form).status_code


def audited(site: Site) -> list[str]:
    with site.database.reading() as db:
        found = db.scalars(select(AuditEntry.what).order_by(AuditEntry.id))
        return [what for what in found if "igned in" not in what]


def test_somebody_who_was_added_chooses_a_password_of_their_own(site: Site) -> None:
    site.add_connection()
    owner = site.bookkeeper()
    password = add(owner)
    owner.get("/users")
    assert "Has not signed in yet" in owner.page
    assert password not in owner.page

    bea = site.visitor()
    assert bea.sign_in("bea", password).status_code == 302
    for page in ("/", "/c/acme", "/help"):
        answer = bea.get(page)
        assert (answer.status_code, answer.location) == (302, "/my-password")
    bea.get("/my-password")
    assert bea.post("/c/acme/pause").location == "/my-password"
    bea.get("/my-password")
    assert "Choose your own password" in bea.page
    assert choose(bea, password, "of my own choice") == 302
    assert bea.get("/c/acme").status_code == 200
    assert site.visitor().sign_in("bea", password).status_code == 403
    assert person(site).role is Role.BOOKKEEPER
    assert audited(site)[:2] == ["Person added: bea", "Own password changed: bea"]


def test_a_person_may_be_given_some_connections_alone(site: Site) -> None:
    for name in ("acme", "other", "third"):
        site.add_connection(name)
    owner = site.bookkeeper()
    add(owner, {"sees": "some", "connection": ["acme", "third"]})
    owner.get("/users")
    assert "acme, third" in owner.page
    bea_id = person(site).id
    owner.get(f"/users/{bea_id}")
    assert 'value="acme" checked' in owner.page
    assert 'value="other">' in owner.page
    form = standing(owner, bea_id, sees="some", connection=["other"])
    owner.press(f"/users/{bea_id}", f"/users/{bea_id}", form)
    owner.get("/users")
    assert "acme, third" not in owner.page
    with site.database.reading() as db:
        assert len(db.scalars(select(PersonConnection)).all()) == 1
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.details["before"]["connections"] == ["acme", "third"]
    assert entry.details["after"]["connections"] == ["other"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": ""}, "Write a name of 1 to 80 characters."),
        ({"name": "x" * 81}, "Write a name of 1 to 80 characters."),
        ({"name": "Owner"}, "There is somebody called"),
        ({"name": "command line"}, "is not a name that a person can have here"),
        ({"name": "Service"}, "is not a name that a person can have here"),
        ({"email": "no address"}, "Write an address like ann@example.com"),
        ({"role": "king"}, "Choose a role."),
        ({"sees": "some"}, "Tick at least one connection"),
    ],
)
def test_what_cannot_be_added_is_told_at_its_field(
    site: Site, form: dict[str, str], words: str
) -> None:
    owner = site.bookkeeper()
    owner.get("/users/add")
    assert owner.post("/users/add", BEA | form).status_code == 422
    assert words in owner.page
    with site.database.reading() as db:
        assert len(db.scalars(select(Person)).all()) == 1


def test_a_connection_that_is_not_there_adds_nobody(site: Site) -> None:
    owner = site.bookkeeper()
    owner.get("/users/add")
    form = BEA | {"sees": "some", "connection": "nowhere"}
    assert owner.post("/users/add", form).status_code == 404
    with site.database.reading() as db:
        assert len(db.scalars(select(Person)).all()) == 1


def test_the_last_owner_stays_one(site: Site) -> None:
    owner = site.bookkeeper()
    form = standing(owner, 1, role="viewer")
    assert owner.post("/users/1", form).status_code == 422
    assert "owner is the only owner. Make somebody else an owner first." in owner.page
    page = owner.press("/users/1", "/users/1/disable")
    assert "Nothing was changed. owner is the only owner." in page

    site.add_person("ann", role=Role.OWNER)
    page = owner.press("/users/1", "/users/1", standing(owner, 1, role="viewer"))
    assert "Add connection" not in page
    assert owner.get("/users").status_code == 403
    assert person(site, "owner").role is Role.VIEWER


def test_a_disabled_owner_counts_no_more(site: Site) -> None:
    owner = site.bookkeeper()
    site.add_person("ann", role=Role.OWNER)
    owner.press("/users/2", "/users/2/disable")
    assert "is the only owner" in owner.press("/users/1", "/users/1/disable")


def test_an_owner_sees_all_connections_whatever_is_ticked(site: Site) -> None:
    site.add_connection()
    owner = site.bookkeeper()
    add(owner, {"role": "owner", "sees": "some", "connection": "acme"})
    assert person(site).sees_all


def test_a_disabled_person_is_out_at_once_and_comes_back_with_a_new_password(site: Site) -> None:
    owner = site.bookkeeper()
    bea = site.signed_in("bea", Role.BOOKKEEPER)
    bea_id = person(site).id
    page = owner.press(f"/users/{bea_id}", f"/users/{bea_id}/disable")
    assert "bea is signed out and cannot come in any more." in page
    assert "Disabled" in page
    assert bea.get("/").location == "/sign-in?next=/"
    assert site.visitor().sign_in("bea", PASSWORD).status_code == 403

    owner.get(f"/users/{bea_id}")
    owner.post(f"/users/{bea_id}/enable")
    password = shown_password(owner)
    assert site.visitor().sign_in("bea", PASSWORD).status_code == 403
    assert site.visitor("192.0.2.9").sign_in("bea", password).status_code == 302
    owner.get(f"/users/{bea_id}")
    assert owner.post(f"/users/{bea_id}/enable").status_code == 302
    assert audited(site).count("Person enabled again: bea") == 1


def test_a_session_of_before_stays_ended_when_a_person_is_let_in_again(site: Site) -> None:
    owner = site.bookkeeper()
    bea = site.signed_in("bea", Role.BOOKKEEPER)
    bea_id = person(site).id
    stolen = bea.client.get_cookie("qbwc_service") or bea.client.get_cookie("session")
    assert stolen
    owner.press(f"/users/{bea_id}", f"/users/{bea_id}/disable")
    owner.get(f"/users/{bea_id}")
    owner.post(f"/users/{bea_id}/enable")
    bea.client.set_cookie(stolen.key, stolen.value)
    assert bea.get("/").status_code == 302


def test_a_new_one_time_password_signs_out_and_ends_the_old_one(site: Site) -> None:
    owner = site.bookkeeper()
    bea = site.signed_in("bea", Role.BOOKKEEPER)
    owner.get("/users/2")
    assert owner.post("/users/2/password").status_code == 200
    assert bea.get("/").status_code == 302
    assert person(site).password_is_one_time
    assert site.visitor().sign_in("bea", shown_password(owner)).status_code == 302


def test_a_form_that_was_open_too_long_changes_nothing(site: Site) -> None:
    owner = site.bookkeeper()
    site.add_person("bea", role=Role.VIEWER)
    stale = standing(owner, 2, role="owner")
    owner.press("/users/2", "/users/2", standing(owner, 2, role="bookkeeper"))
    owner.get("/users/2")
    assert owner.post("/users/2", stale).status_code == 422
    assert "Somebody changed bea after you had opened this page." in owner.page
    assert person(site).role is Role.BOOKKEEPER


def test_the_same_again_changes_nothing(site: Site) -> None:
    owner = site.bookkeeper()
    site.add_person("bea", role=Role.BOOKKEEPER)
    page = owner.press("/users/2", "/users/2", standing(owner, 2))
    assert "Nothing was changed." in page
    assert audited(site) == []


def test_a_role_that_was_taken_away_counts_for_the_next_press(site: Site) -> None:
    site.add_connection()
    owner = site.bookkeeper()
    bea = site.signed_in("bea", Role.BOOKKEEPER)
    bea.get("/c/acme")
    owner.press("/users/2", "/users/2", standing(owner, 2, role="viewer"))
    assert bea.post("/c/acme/pause").status_code == 403


def test_ones_own_new_password_signs_out_the_other_browsers_and_not_this_one(site: Site) -> None:
    here = site.bookkeeper()
    there = site.visitor()
    there.sign_in("owner", PASSWORD)
    assert choose(here, PASSWORD, "another password") == 302
    assert here.get("/").status_code == 200
    assert "Every other browser with it is signed out." in here.page
    assert there.get("/").status_code == 302
    assert site.visitor().sign_in("owner", "another password").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", "another password", "another password", "That is not your password of now."),
        (PASSWORD, "another password", "other password", "The two new passwords differ."),
        (PASSWORD, "short", "short", "Use at least 8 characters."),
        (PASSWORD, "x" * 1001, "x" * 1001, "Use at most 1000 characters."),
        (PASSWORD, PASSWORD, PASSWORD, "That is the password of now."),
    ],
)
def test_a_password_that_cannot_be_chosen_changes_nothing(
    site: Site, old: str, new: str, again: str, words: str
) -> None:
    visitor = site.bookkeeper()
    visitor.get("/my-password")
    form = {"old": old, "password": new, "again": again}
    assert visitor.post("/my-password", form).status_code == 422
    assert words in visitor.page
    assert site.visitor().sign_in("owner", PASSWORD).status_code == 302


def test_the_password_of_now_cannot_be_guessed_in_an_open_browser(site: Site) -> None:
    visitor = site.bookkeeper()
    answers = [choose(visitor, "guess", "another password") for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert choose(visitor, PASSWORD, "another password") == 429
    assert "Too many wrong passwords. Try again in" in visitor.page


def test_a_password_from_a_file_is_not_changed_on_a_page(site: Site) -> None:
    owner = site.bookkeeper()
    surroundings: Surroundings = site.app.extensions["qbwc_admin"]
    config = replace(surroundings.config, admin_password_file=Path("/run/secrets/admin"))
    site.app.extensions["qbwc_admin"] = replace(surroundings, config=config)
    assert choose(owner, PASSWORD, "another password") == 422
    assert "QBWC_ADMIN_PASSWORD_FILE" in owner.page
    owner.get("/users/1")
    assert "Make a one-time password" not in owner.page
    assert owner.post("/users/1/password").status_code == 302
    assert site.visitor().sign_in("owner", PASSWORD).status_code == 302


def test_many_users_are_shown_page_by_page(site: Site) -> None:
    owner = site.bookkeeper()
    with site.database.writing("test") as db:
        hashed = db.get_one(Person, 1).password_hash
        for number in range(120):
            row = Person(name=f"p{number:03}", password_hash=hashed, created_at=site.now)
            db.add(row)
    names: list[str] = []
    address = "/users"
    while address:
        owner.get(address)
        names += re.findall(r'href="/users/\d+">([^<]+)<', owner.page)
        address = (re.search(r'rel="next" href="([^"]+)"', owner.page) or [None, ""])[1] or ""
    assert len(names) == len(set(names)) == 121


def test_nobody_of_that_number_is_not_found(site: Site) -> None:
    owner = site.bookkeeper()
    assert owner.get("/users/99").status_code == 404
    owner.get("/users")
    for button in ("", "/password", "/disable", "/enable"):
        assert (
            owner.post(f"/users/99{button}", {"sees": "all", "role": "viewer"}).status_code == 404
        )
        owner.get("/users/1")
