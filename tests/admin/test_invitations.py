"""An owner invites; the invited chooses name and password; the link works once."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from qbwc_service import invitations, people
from qbwc_service.admin.surroundings import Surroundings
from qbwc_service.invitations import InvitationOver
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import AuditEntry, Invitation, Person, Role
from qbwc_service.mail_server import MailServer, Security
from qbwc_service.people import PersonRefused, Standing
from tests.admin.site import NOW, PASSWORD, Site, Visitor
from tests.alerts.receivers import mail_sink

OVER = "This invitation is over"
NEW = {"name": "bea", "password": "of my own choice", "again": "of my own choice"}


def invite(owner: Visitor, **typed: object) -> str:
    """The path of the link that is shown."""
    owner.get("/users/invitations/new")
    form = {"role": "viewer", "sees": "all", "email": ""} | typed
    answer = owner.post("/users/invitations/new", form)
    assert answer.status_code == 200, owner.page
    found = re.search(r'class="secret">([^<]+)<', owner.page)
    assert found, owner.page
    assert found[1].startswith("https://sync.example.com/join/")
    return urlsplit(found[1]).path


def audited(site: Site) -> list[tuple[str, str]]:
    with site.database.reading() as db:
        rows = db.execute(select(AuditEntry.who, AuditEntry.what).order_by(AuditEntry.id))
        return [(who, what) for who, what in rows if "igned in" not in what]


def test_who_is_invited_chooses_name_and_password_and_gets_what_was_fixed(site: Site) -> None:
    site.add_connection()
    site.add_connection("other")
    owner = site.bookkeeper()
    link = invite(owner, role="bookkeeper", sees="some", connection=["acme"])
    bea = site.visitor()
    assert bea.get(link).status_code == 200
    assert "owner invites you as Bookkeeper of acme" in bea.page
    # What else is sent along changes nothing.
    answer = bea.post(link, NEW | {"role": "owner", "sees": "all"})
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert bea.sign_in("bea", "of my own choice").location == "/"
    assert bea.get("/c/acme").status_code == 200
    assert bea.get("/c/other").status_code == 404
    assert bea.get("/users").status_code == 403
    assert audited(site) == [
        ("owner", "Somebody invited"),
        ("bea", "Person joined by invitation: bea"),
    ]


def test_a_link_works_once_and_looking_at_it_uses_nothing_up(site: Site) -> None:
    link = invite(site.bookkeeper())
    visitor = site.visitor()
    for _ in range(3):
        assert visitor.get(link).status_code == 200
    assert visitor.post(link, NEW).status_code == 302
    for name in ("bea", "eve"):
        visitor.get("/sign-in")
        assert visitor.post(link, NEW | {"name": name}).status_code == 404
        assert OVER in visitor.page
    assert visitor.get(link).status_code == 404
    with site.database.reading() as db:
        assert db.scalars(select(Invitation)).all() == []
        assert sorted(db.scalars(select(Person.name))) == ["bea", "owner"]


def test_two_who_use_it_at_once_are_one_person(site: Site) -> None:
    secret = invite(site.bookkeeper()).rpartition("/")[2]
    password = people.chosen_password("of my own choice")

    def use(name: str) -> bool:
        try:
            with site.database.writing("test") as db:
                invitations.accept(db, secret, name, password, NOW)
        except InvitationOver:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(use, ["ann", "bea", "cat", "dan"]))
    assert sorted(used) == [False, False, False, True]


def test_it_ends_after_a_week(site: Site) -> None:
    link = invite(site.bookkeeper())
    visitor = site.visitor()
    site.now = NOW + timedelta(days=7) - timedelta(seconds=1)
    assert visitor.get(link).status_code == 200
    site.now = NOW + timedelta(days=7)
    assert visitor.post(link, NEW).status_code == 404
    assert OVER in visitor.page


def test_an_owner_withdraws_it(site: Site) -> None:
    owner = site.bookkeeper()
    link = invite(owner, email="bea@example.com")
    owner.get("/users")
    assert "bea@example.com as Viewer, all connections; by owner" in owner.page
    assert "The invitation is withdrawn" in owner.press("/users", "/users/invitations/1/withdraw")
    assert "Open invitations" not in owner.page
    assert site.visitor().get(link).status_code == 404
    assert ("owner", "Invitation withdrawn") in audited(site)
    assert "was over already" in owner.press("/users", "/users/invitations/1/withdraw")


@pytest.mark.parametrize("form", ["/users/2/disable", "/users/2"])
def test_it_ends_with_the_owner_who_made_it(site: Site, form: str) -> None:
    owner = site.bookkeeper()
    second = site.signed_in("olga", Role.OWNER)
    link = invite(second)
    owner.get("/users/2")
    was = re.search(r'name="was" value="([^"]+)"', owner.page)
    assert was
    owner.post(form, {"was": was[1], "role": "viewer", "sees": "all", "email": ""})
    assert site.visitor().get(link).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "owner"}, "somebody called &#34;owner&#34; already"),
        ({"name": "service"}, "not a name that a person can have"),
        ({"name": ""}, "Write a name of 1 to 80"),
        ({"password": "short", "again": "short"}, "Use at least 8 characters"),
        ({"again": "something else"}, "The two passwords differ"),
    ],
)
def test_what_was_typed_wrong_is_said_and_the_link_is_still_good(
    site: Site, typed: dict[str, str], sentence: str
) -> None:
    link = invite(site.bookkeeper())
    visitor = site.visitor()
    visitor.get(link)
    assert visitor.post(link, NEW | typed).status_code == 422
    assert sentence in visitor.page
    assert visitor.post(link, NEW).status_code == 302


@pytest.mark.parametrize("secret", ["", "x", "x" * 500, "a%00b", "%F0%9F%94%91", "..%2F..%2Fusers"])
def test_what_is_no_invitation_opens_nothing(site: Site, secret: str) -> None:
    invite(site.bookkeeper())
    assert site.visitor().get(f"/join/{secret}").status_code == 404


def test_the_database_holds_only_a_digest(site: Site) -> None:
    secret = invite(site.bookkeeper()).rpartition("/")[2]
    assert len(secret) == 32
    with site.database.reading() as db:
        row = db.scalars(select(Invitation)).one()
        texts = [str(getattr(row, column.key)) for column in Invitation.__table__.columns]
        entries = [str(entry.details) for entry in db.scalars(select(AuditEntry))]
    assert all(secret not in each for each in [*texts, *entries])


def test_it_is_mailed_where_there_is_a_mail_server_and_not_shown(site: Site) -> None:
    owner = site.bookkeeper()
    with mail_sink() as sink:
        _with_mail_server(site, sink.port)
        form = {"role": "viewer", "sees": "all", "email": "bea@example.com"}
        owner.get("/users/invitations/new")
        assert "sent there" in owner.page
        assert owner.post("/users/invitations/new", form).status_code == 302
        owner.get("/users")
        assert "on its way to bea@example.com" in owner.page
    (mail,) = sink.mails
    assert mail["To"] == "bea@example.com"
    found = re.search(r"https://sync\.example\.com(/join/\S+)", mail.get_content())
    assert found
    assert site.visitor().get(found[1]).status_code == 200


def test_where_the_mail_cannot_be_sent_the_link_is_shown_with_the_reason(site: Site) -> None:
    owner = site.bookkeeper()
    with mail_sink() as sink:
        sink.refuses["RCPT"] = "550 no such user"
        _with_mail_server(site, sink.port)
        link = invite(owner, email="bea@example.com")
    assert "could not be sent to bea@example.com" in owner.page
    assert "550 no such user" in owner.page
    assert site.visitor().get(link).status_code == 200


def test_open_invitations_are_bounded_and_old_ones_make_room(site: Site) -> None:
    standing = Standing("", Role.VIEWER, None)
    with site.database.writing("test") as db:
        for _ in range(invitations.MOST):
            invitations.invite(db, Author("owner", NOW), standing)
        with pytest.raises(PersonRefused, match="100 invitations are open"):
            invitations.invite(db, Author("owner", NOW), standing)
        invitations.invite(db, Author("owner", NOW + timedelta(days=8)), standing)


def test_an_invitation_to_no_connection_is_refused(site: Site) -> None:
    owner = site.bookkeeper()
    owner.get("/users/invitations/new")
    answer = owner.post("/users/invitations/new", {"role": "viewer", "sees": "some", "email": ""})
    assert answer.status_code == 422
    assert "Tick at least one connection" in owner.page
    assert site.visitor().sign_in("owner", PASSWORD).status_code == 302


def _with_mail_server(site: Site, port: int) -> None:
    server = MailServer("127.0.0.1", port, Security.NONE, "sync@example.com")
    surroundings: Surroundings = site.app.extensions["qbwc_admin"]
    config = replace(surroundings.config, mail_server=server)
    site.app.extensions["qbwc_admin"] = replace(surroundings, config=config)
