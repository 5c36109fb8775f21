"""Who may do what: held against every address that the pages have, so that a new one is judged
too."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from qbwc_service.admin import roles
from qbwc_service.admin.audit_words import AUDIT_WORDS, RECORDED_THERE
from qbwc_service.ledger import error_log, states
from qbwc_service.ledger.models import PaymentStatus, Role
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.admin.site import NOW, Site, Visitor
from tests.ledger_rows import add_entry, add_read_lists

#: what everybody may press: to go, and to choose their own password
OWN = {"sign_in.sign_out", "own_password.change"}
OUTSIDE = {
    *("sign_in.static", "sign_in.show", "sign_in.sign_in", "sign_in.sign_out"),
    *("joining.show", "joining.join"),
}
REFUSED = "Your role does not allow that"


def _rules(site: Site, method: str) -> list[Rule]:
    return [
        rule
        for rule in site.app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint not in OUTSIDE
    ]


def _address(rule: Rule, connection: str = "acme") -> str:
    place = re.sub(r"<connection:[^>]+>", connection, rule.rule)
    return re.sub(r"<keap_id:[^>]+>", "1048", place)


def _furnish(site: Site, name: str = "acme") -> None:
    """A connection with something to press on each page."""
    site.add_connection(name, last_contact_at=NOW)
    with site.books(name) as books:
        db, acme = books.db, books.connection.id
        add_read_lists(db, acme, "Account", "Item", "PaymentMethod")
        add_entry(db, acme, "Item", "AZ Tax", "SalesTax")
        held = books.invoice(books.order(1048))
        states.hold(held, "held-by-you", {"order": "1048"})
        posted = books.order(1049)
        books.posted(books.invoice(posted), "77A-1")
        books.held_refund(posted, 5, 500)
        books.message_set("<QBXML/>", None)
        error_log.tell(db, acme, "order-deleted-in-keap", {"order": "1049"}, now=NOW, order_id=1049)
        received = ReceivedPayment(
            70, 12, PaymentKind.CASH, "PAYMENT", "OK", 5000, NOW.date(), "Cheque", "", (12,)
        )
        row = books.loose_payment(received)
        row.status, row.cause = PaymentStatus.HELD, "payment-without-order"


def _other_connection(page: str) -> bool:
    return "/c/other" in page


def test_no_role_is_named_for_what_does_not_exist(site: Site) -> None:
    there = {(rule.endpoint, method) for method in ("GET", "POST") for rule in _rules(site, method)}
    assert roles.named() <= there | {("sign_in.sign_out", "POST")}


def test_every_button_has_words_in_the_audit(site: Site) -> None:
    buttons = {
        rule.endpoint for rule in site.app.url_map.iter_rules() if "POST" in (rule.methods or ())
    }
    assert buttons == set(AUDIT_WORDS) | RECORDED_THERE
    assert not set(AUDIT_WORDS) & RECORDED_THERE


def test_a_viewer_presses_nothing_and_reads_all_but_set_up_and_users(site: Site) -> None:
    _furnish(site)
    viewer = site.signed_in("vic", Role.VIEWER)
    viewer.get("/c/acme")
    for rule in _rules(site, "POST"):
        answer = viewer.post(_address(rule))
        assert (answer.status_code == 403) is (rule.endpoint not in OWN), rule.endpoint
        viewer.get("/my-password")
    refused = {
        rule.endpoint
        for rule in _rules(site, "GET")
        if viewer.get(_address(rule)).status_code == 403
    }
    assert refused == {
        *("people.show", "people.show_one", "people.ask_to_add", "adding.show"),
        "invitations.ask_to_invite",
        *("keap_login.show", "keap_login.ask_to_disconnect"),
        *("keap_sign_in.ask", "keap_sign_in.come_back", "keap_sign_in.show_account"),
        *("upkeep.ask_for_password", "upkeep.web_connector_file"),
        *("set_up.show", "set_up.show_step", "set_up.ask", "link_many.show"),
        "alerts.ask_for_signing_key",
    }


def test_what_is_refused_says_who_can_do_it_and_changes_nothing(site: Site) -> None:
    _furnish(site)
    viewer = site.signed_in("vic", Role.VIEWER)
    viewer.get("/c/acme")
    assert viewer.post("/c/acme/pause").status_code == 403
    assert REFUSED in viewer.page
    assert "An owner can do it" in viewer.page
    viewer.get("/c/acme")
    assert "Paused" not in viewer.page


def test_users_and_connections_are_for_owners_alone(site: Site) -> None:
    _furnish(site)
    bookkeeper = site.signed_in("bea", Role.BOOKKEEPER)
    bookkeeper.get("/c/acme")
    refused = set()
    for rule in _rules(site, "POST"):
        if roles.needed(rule.endpoint, "POST") is Role.OWNER:
            assert bookkeeper.post(_address(rule)).status_code == 403, rule.endpoint
            refused.add(rule.endpoint)
    assert refused == {
        *("people.add", "people.change", "people.renew_password", "people.disable"),
        *("invitations.invite", "invitations.withdraw"),
        *("people.enable", "home.end_drain", "adding.add", "keap_login.disconnect"),
        *("upkeep.make_password", "upkeep.answer_about_company_file"),
        *("upkeep.suspend", "upkeep.reinstate"),
        *("company_file.take_the_open_one", "alerts.make_signing_key", "set_up.switch_on"),
        *("set_up.answer_about_company", "set_up.go_on_with_another_company"),
    }
    bookkeeper.get("/c/acme")
    assert bookkeeper.post("/c/acme/pause").status_code == 302


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BOOKKEEPER])
def test_a_connection_that_is_not_theirs_is_not_there(site: Site, role: Role) -> None:
    _furnish(site)
    site.add_connection("other")
    person = site.signed_in("bea", role, connections=["other"])
    of_connections = [
        (rule, method)
        for method in ("GET", "POST")
        for rule in _rules(site, method)
        if "connection" in rule.arguments
    ]
    assert len(of_connections) > 60
    for rule, method in of_connections:
        person.get("/c/other/orders")
        press = person.get if method == "GET" else person.post
        assert press(_address(rule)).status_code == 404, rule.rule
        assert "There is no such page" in person.page
        assert "acme" not in person.page


def test_lists_show_only_their_connections(site: Site) -> None:
    _furnish(site)
    site.add_connection("other")
    owner = site.bookkeeper()
    owner.press("/c/acme", "/c/acme/pause")
    owner.press("/c/other", "/c/other/pause")
    person = site.signed_in("bea", Role.BOOKKEEPER, connections=["other"])
    for page in ("/", "/audit", "/audit/audit.csv", "/audit?connection=acme"):
        assert person.get(page).status_code == 200
        assert "acme" not in person.page, page
    person.get("/audit")
    assert "Paused" in person.page
    assert "Signed in" not in person.page
    assert site.signed_in("nora", Role.VIEWER, connections=[]).get("/").status_code == 200


def test_a_file_shared_with_a_foreign_connection_does_not_name_it(site: Site) -> None:
    site.add_connection("secret")
    with site.books("secret") as books:
        foreign = books.connection.id
    site.add_connection("acme", shared_with=[foreign])
    person = site.signed_in("bea", Role.BOOKKEEPER, connections=["acme"])
    person.get("/c/acme/company-file")
    assert "secret" not in person.page
    assert "another that you may not see" in person.page
    owner = site.bookkeeper()
    owner.get("/c/acme/company-file")
    assert "secret" in owner.page


BUTTON = re.compile(r"<(form|/form|button|input)\b([^>]*)>")


def _buttons(site: Site, page: str, address: str) -> Iterator[str]:
    """The endpoints that the buttons of a page lead to."""
    adapter = site.app.url_map.bind("localhost")
    form = None
    for tag, attributes in BUTTON.findall(page):
        named = dict(re.findall(r'([a-z]+)="([^"]*)"', attributes))
        if tag == "form":
            at = unescape(named.get("action", address)).partition("?")[0]
            form = at if named.get("method") == "post" else None
        elif tag == "/form":
            form = None
        elif tag == "button" and (form or "formaction" in named):
            at = unescape(named.get("formaction", form or "")).partition("?")[0]
            try:
                yield adapter.match(at, method="POST")[0]
            except HTTPException as error:
                raise AssertionError(f"a button of {address} leads nowhere: {at}") from error


def _pages(site: Site, visitor: Visitor) -> Iterator[str]:
    for rule in _rules(site, "GET"):
        address = _address(rule)
        answer = visitor.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield address
    for more in ("/c/acme/orders/1049", "/c/acme/orders/1049/undo", "/c/acme/orders?status=held"):
        assert visitor.get(more).status_code == 200
        yield more


@pytest.mark.parametrize("role", list(Role))
def test_a_page_shows_only_the_buttons_that_its_reader_may_press(site: Site, role: Role) -> None:
    _furnish(site)
    person = site.signed_in("bea", role)
    seen = set()
    for address in _pages(site, person):
        for endpoint in _buttons(site, person.page, address):
            seen.add(endpoint)
            assert role.may(roles.needed(endpoint, "POST")), f"{endpoint} on {address}"
    assert seen >= OWN
    if role.may(Role.BOOKKEEPER):
        assert seen >= {"orders.decide_many", "order.decide_one", "rules.save", "settings.change"}


@pytest.mark.parametrize("role", list(Role))
def test_no_link_leads_to_a_page_that_its_reader_may_not_open(site: Site, role: Role) -> None:
    _furnish(site)
    person = site.signed_in("bea", role)
    adapter = site.app.url_map.bind("localhost")
    for address in list(_pages(site, person)):
        person.get(address)
        for link in re.findall(r'<a [^>]*href="(/[^"]*)"', person.page):
            endpoint, _ = adapter.match(re.split(r"[?#]", unescape(link))[0], method="GET")
            assert role.may(roles.needed(endpoint, "GET")), f"{endpoint} on {address}"
