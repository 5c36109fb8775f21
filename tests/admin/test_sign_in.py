"""Who gets in, who is slowed down, and who is sent away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qbwc_service.admin.session_length import LONGEST
from qbwc_service.ledger.models import Lease, Person
from qbwc_service.secrecy import person_password_hash
from tests.admin.site import NOW, PASSWORD, Site

PAGES = (
    "/",
    "/help",
    "/c/acme",
    "/c/acme/orders",
    "/c/acme/orders/orders.csv",
    "/c/acme/orders/1048",
    "/c/acme/errors",
    "/c/acme/errors/errors.csv",
    "/c/acme/password",
    "/c/acme/qwc",
)
WRONG = "The name or the password is not right."


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_sign_in(site: Site, page: str) -> None:
    site.add_connection()
    answer = site.visitor().get(page)
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next={page}"


def test_a_stranger_cannot_press_a_button(site: Site) -> None:
    site.add_connection()
    visitor = site.visitor()
    visitor.get("/sign-in")
    answer = visitor.post("/c/acme/pause")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/")


def test_the_right_password_leads_to_the_page_that_was_asked_for(site: Site) -> None:
    site.add_person()
    answer = site.visitor().sign_in("owner", PASSWORD, "/sign-in?next=/help")
    assert (answer.status_code, answer.location) == (302, "/help")


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aX:1", "/%5cevil.example"],
)
def test_signing_in_never_leads_to_another_site(site: Site, elsewhere: str) -> None:
    site.add_person()
    answer = site.visitor().sign_in("owner", PASSWORD, f"/sign-in?next={elsewhere}")
    assert (answer.status_code, answer.location) == (302, "/")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("owner", "wrong"),
        ("nobody", PASSWORD),
        ("owner", ""),
        ("own\0er", PASSWORD),
        ("o" * 81, PASSWORD),
        ("owner", "x" * 1001),
    ],
)
def test_a_wrong_name_or_password_says_one_and_the_same(
    site: Site, name: str, password: str
) -> None:
    site.add_person()
    visitor = site.visitor()
    assert visitor.sign_in(name, password).status_code == 403
    assert WRONG in visitor.page


def test_guessing_is_slowed_even_for_the_right_password(site: Site) -> None:
    site.add_person()
    visitor = site.visitor()
    for _ in range(5):
        assert visitor.sign_in("owner", "wrong").status_code == 403
    answer = visitor.sign_in("owner", PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "11")
    site.now += timedelta(seconds=11)
    assert visitor.sign_in("owner", PASSWORD).status_code == 302


def test_a_guesser_does_not_lock_out_the_owner_or_a_colleague(site: Site) -> None:
    site.add_person()
    site.add_person("colleague")
    guesser = site.visitor("198.51.100.66")
    for _ in range(8):
        guesser.sign_in("owner", "wrong")
    assert guesser.sign_in("owner", PASSWORD).status_code == 429
    assert site.visitor().sign_in("owner", PASSWORD).status_code == 302
    assert site.visitor("198.51.100.66").sign_in("colleague", PASSWORD).status_code == 302


def test_signing_out_ends_the_session(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/")
    assert visitor.post("/sign-out").location == "/sign-in"
    assert visitor.get("/").status_code == 302


def test_a_new_password_signs_out_every_browser(site: Site) -> None:
    visitor = site.bookkeeper()
    assert visitor.get("/").status_code == 200
    with site.database.writing("test") as db:
        db.get_one(Person, 1).password_hash = person_password_hash("another one")
    assert visitor.get("/").status_code == 302


def test_a_person_who_was_removed_is_signed_out(site: Site) -> None:
    visitor = site.bookkeeper()
    with site.database.writing("test") as db:
        db.delete(db.get_one(Person, 1))
    assert visitor.get("/").status_code == 302


def test_the_right_password_starts_the_count_anew(site: Site) -> None:
    site.add_person()
    visitor = site.visitor()
    for _ in range(2):
        for _ in range(4):
            assert visitor.sign_in("owner", "wrong").status_code == 403
        assert visitor.sign_in("owner", PASSWORD).status_code == 302


def test_a_known_browser_is_never_locked_out_by_those_who_guess(site: Site) -> None:
    owner = site.bookkeeper()
    owner.get("/help")
    owner.post("/sign-out")
    for _ in range(40):
        site.visitor().sign_in("owner", "guess")
        site.now += timedelta(minutes=1)
    assert site.visitor().sign_in("owner", PASSWORD).status_code == 429
    assert owner.sign_in("owner", PASSWORD).status_code == 302


def test_a_known_browser_may_not_guess_for_ever_either(site: Site) -> None:
    owner = site.bookkeeper()
    answers = [owner.sign_in("owner", "guess").status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]


@pytest.mark.parametrize("spoil", ["other person", "new password", "forged"])
def test_a_browser_is_known_for_one_person_and_one_password(site: Site, spoil: str) -> None:
    owner = site.bookkeeper()
    name = "owner"
    if spoil == "other person":
        name = "colleague"
        site.add_person(name)
    elif spoil == "new password":
        with site.database.writing("test") as db:
            person = db.scalars(select(Person)).one()
            person.password_hash = person_password_hash("another password")
    else:
        owner.client.set_cookie("qbwc_known", "forged", path="/sign-in")
    for _ in range(5):
        site.visitor().sign_in(name, "guess")
    assert owner.sign_in(name, "guess").status_code == 429


def test_who_uses_it_every_day_still_signs_in_once_a_week(site: Site) -> None:
    visitor = site.bookkeeper()
    site.now = NOW + timedelta(days=7, seconds=-1)
    assert visitor.get("/").status_code == 200
    site.now = NOW + timedelta(days=7)
    assert visitor.get("/").location == "/sign-in?next=/"
    assert visitor.sign_in("owner", PASSWORD).status_code == 302
    assert visitor.get("/").status_code == 200


def test_a_sign_out_ends_every_copy_of_the_cookie_and_no_other_browser(site: Site) -> None:
    site.add_person()
    here, there = site.visitor(), site.visitor()
    for each in (here, there):
        assert each.sign_in("owner", PASSWORD).status_code == 302
    found = here.client.get_cookie("session")
    assert found
    thief = site.visitor("198.51.100.7")
    thief.client.set_cookie("session", found.value)
    assert thief.get("/help").status_code == 200
    here.get("/help")
    here.post("/sign-out")
    thief.client.set_cookie("session", found.value)
    assert thief.get("/help").status_code == 302
    assert there.get("/help").status_code == 200
    # Kept until the cookie has ended by itself, and then forgotten.
    site.now = NOW + LONGEST
    there.sign_in("owner", PASSWORD)
    there.get("/help")
    there.post("/sign-out")
    with site.database.reading() as db:
        kept = db.scalars(select(Lease.name).where(Lease.name.startswith("signed-out:"))).all()
    assert len(kept) == 1
