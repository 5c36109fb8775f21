"""Sign in with Keap: there and back, and everybody who may not come back."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from qbwc_service.demo.keap import OTHER_TENANT, Fault, SimulatedKeap
from qbwc_service.keap_access.sign_ins import mark_of
from qbwc_service.ledger.models import Connection, Event, KeapSignIn, KeapSignInTry, SignInState
from tests.admin.site import NOW, PASSWORD, Site, Visitor
from tests.allowing import press

ASK, QUESTION, SET_UP = "/c/acme/keap/sign-in", "/c/acme/keap/account", "/c/acme/set-up"


@pytest.fixture
def site(keap_site: Site) -> Site:
    keap_site.add_connection(keap_account="", keap_key="")
    return keap_site


def connection(site: Site) -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).filter_by(name="acme").one()


def sign_ins(site: Site) -> list[KeapSignIn]:
    with site.database.reading() as db:
        return db.query(KeapSignIn).order_by(KeapSignIn.id).all()


def in_force(site: Site) -> str:
    """The refresh token in force."""
    (row,) = [row for row in sign_ins(site) if row.state == SignInState.IN_FORCE]
    return site.secrecy.decrypt(row.refresh_token)


def begin(visitor: Visitor, page: str = ASK) -> str:
    """Press Continue; gives the address at Keap."""
    visitor.get(page)
    response = visitor.post(page)
    assert response.status_code == 302
    return str(response.location)


def way_back(visitor: Visitor, answer: str = "allow", account: str = "") -> str:
    """Where Keap sends the browser."""
    back = urlsplit(press(begin(visitor), answer, account=account))
    return f"{back.path}?{back.query}"


def follow(visitor: Visitor, address: str) -> str:
    response = visitor.get(address)
    while response.status_code == 302:
        response = visitor.get(response.location)
    return visitor.page


def answer(site: Site, visitor: Visitor, said: str, shown: str = "") -> str:
    (pending,) = [row for row in sign_ins(site) if row.state == SignInState.PENDING]
    response = visitor.post(QUESTION, {"answer": said, "sign_in": shown or mark_of(pending)})
    return follow(visitor, response.location) if response.status_code == 302 else visitor.page


def connect(site: Site) -> Visitor:
    visitor = site.bookkeeper()
    follow(visitor, way_back(visitor))
    answer(site, visitor, "yes")
    return visitor


def assert_nothing_changed(site: Site) -> None:
    assert sign_ins(site) == []
    assert connection(site).keap_tenant == ""


def test_the_page_before_leaving_says_where_it_goes_and_lets_the_browser_go_there_alone(
    site: Site, keap: SimulatedKeap
) -> None:
    visitor = site.bookkeeper()
    policy = visitor.get(ASK).headers["Content-Security-Policy"]
    origin = keap.authorize_url.removesuffix("/app/oauth/authorize")
    assert f"form-action 'self' {origin};" in policy
    assert urlsplit(origin).netloc in visitor.page
    assert "we never see your Keap password" in visitor.page
    assert origin not in visitor.get("/c/acme/keap").headers["Content-Security-Policy"]


def test_keap_is_asked_with_state_and_pkce(site: Site, keap: SimulatedKeap) -> None:
    visitor = site.bookkeeper()
    address, again = begin(visitor), begin(visitor)
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{keap.authorize_url}?")
    assert query["redirect_uri"] == ["https://sync.example.com/keap/callback"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["state"] != parse_qs(urlsplit(again).query)["state"]
    assert keap.sign_in.secret not in address


def test_allowed_and_confirmed_it_is_in_force_and_the_set_up_goes_on(site: Site) -> None:
    visitor = site.bookkeeper()
    page = follow(visitor, way_back(visitor))
    assert "Is this the right account?" in page
    assert "Acme &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert [row.state for row in sign_ins(site)] == [SignInState.PENDING]
    page = answer(site, visitor, "yes")
    assert "Keap is connected." in page
    assert "Set-up of acme" in page
    row = connection(site)
    assert (row.keap_tenant, row.keap_account) == ("ab103.infusionsoft.com", "ab103")
    assert row.keap_account_name == "Acme <script>alert(1)</script>"
    assert in_force(site)
    for address in ("/", "/c/acme", "/c/acme/keap", SET_UP):
        visitor.get(address)
        assert "<script>" not in visitor.page


def test_no_page_and_no_event_tells_a_token(site: Site, keap: SimulatedKeap) -> None:
    visitor = connect(site)
    (row,) = sign_ins(site)
    secrets = [row.access_token, row.refresh_token, keap.sign_in.secret]
    secrets += [site.secrecy.decrypt(stored) for stored in secrets[:2]]
    with site.database.reading() as db:
        told = " ".join(event.text for event in db.query(Event))
    for address in ("/", "/c/acme", "/c/acme/keap", ASK, SET_UP, "/c/acme/errors"):
        visitor.get(address)
        told += visitor.page
    assert [secret for secret in secrets if secret in told] == []


def test_not_the_right_account_forgets_the_tokens(site: Site) -> None:
    visitor = site.bookkeeper()
    follow(visitor, way_back(visitor))
    page = answer(site, visitor, "no")
    assert "You are about to leave for Keap" in page
    assert_nothing_changed(site)


def test_an_answer_about_another_sign_in_than_was_shown_is_refused(site: Site) -> None:
    """Two tabs: the account on the page is the one that the click is about."""
    visitor = site.bookkeeper()
    follow(visitor, way_back(visitor))
    (shown,) = sign_ins(site)
    follow(visitor, way_back(visitor))
    page = answer(site, visitor, "yes", shown=mark_of(shown))
    assert "settled already" in page
    assert [row.state for row in sign_ins(site)] == [SignInState.PENDING]


def test_a_second_click_on_yes_changes_nothing(site: Site) -> None:
    visitor = site.bookkeeper()
    follow(visitor, way_back(visitor))
    (shown,) = sign_ins(site)
    page = visitor.page
    answer(site, visitor, "yes")
    token = in_force(site)
    visitor.page = page
    response = visitor.post(QUESTION, {"answer": "yes", "sign_in": mark_of(shown)})
    assert "settled already" in follow(visitor, response.location)
    assert in_force(site) == token


def test_who_denies_is_told_that_nothing_was_changed(site: Site) -> None:
    visitor = site.bookkeeper()
    page = follow(visitor, way_back(visitor, "deny"))
    assert "You did not allow access in Keap. Nothing was changed." in page
    assert_nothing_changed(site)


def test_the_same_account_again_needs_no_question(site: Site) -> None:
    visitor = connect(site)
    before = in_force(site)
    assert "Keap is connected." in follow(visitor, way_back(visitor))
    assert in_force(site) != before
    assert len(sign_ins(site)) == 1


def test_another_account_than_the_pinned_one_is_never_taken(site: Site) -> None:
    visitor = connect(site)
    before = in_force(site)
    page = follow(visitor, way_back(visitor, account=OTHER_TENANT))
    assert "You allowed <strong>xy999</strong>, but this connection belongs to" in page
    assert "Sign in with ab103" in page
    assert "Add a connection for xy999" in page
    assert in_force(site) == before
    assert len(sign_ins(site)) == 1
    assert connection(site).keap_tenant == "ab103.infusionsoft.com"


def test_an_account_pinned_while_the_question_stands_is_kept(site: Site) -> None:
    visitor = site.bookkeeper()
    follow(visitor, way_back(visitor))
    with site.database.writing("test") as db:
        db.query(Connection).one().keap_tenant = OTHER_TENANT
    assert "That is another Keap account" in answer(site, visitor, "yes")
    assert sign_ins(site) == []


def test_another_account_than_the_typed_one_is_pointed_out(site: Site) -> None:
    with site.database.writing("test") as db:
        db.query(Connection).one().keap_account = "iq146"
    visitor = site.bookkeeper()
    assert "You wrote iq146 for this connection, but allowed ab103." in follow(
        visitor, way_back(visitor)
    )


@pytest.mark.parametrize("how", ["again", "late", "foreign", "none", "elsewhere", "other person"])
def test_a_state_that_is_not_this_browsers_now_changes_nothing(site: Site, how: str) -> None:
    visitor = site.bookkeeper()
    back = way_back(visitor)
    before: list[int] = []
    match how:
        case "again":
            cookies = visitor.client.get_cookie("session")
            follow(visitor, back)
            before = [row.id for row in sign_ins(site)]
            # The cookie of before, as a thief may have kept it.
            assert cookies is not None
            visitor.client.set_cookie("session", cookies.value)
        case "late":
            site.now += timedelta(minutes=15)
        case "foreign":
            back = f"/keap/callback?{urlencode({'code': 'c', 'state': 's' * 43})}"
        case "none":
            back = "/keap/callback?code=c"
        case "elsewhere":
            visitor = site.visitor()
            visitor.sign_in("owner", PASSWORD)
        case "other person":
            site.add_person("ann", "another long password")
            with visitor.client.session_transaction() as kept:
                states = kept["keap_states"]
            visitor = site.visitor()
            visitor.sign_in("ann", "another long password")
            with visitor.client.session_transaction() as given:
                given["keap_states"] = states
    response = visitor.get(back)
    assert response.status_code == 400
    assert "This sign-in is over" in visitor.page
    assert [row.id for row in sign_ins(site)] == before


def test_without_a_session_the_way_back_leads_to_the_sign_in(site: Site) -> None:
    visitor = site.bookkeeper()
    back = way_back(visitor)
    stranger = site.visitor()
    for address in (back, ASK, QUESTION, "/c/acme/keap", SET_UP, "/connections/add"):
        response = stranger.get(address)
        assert response.status_code == 302
        assert response.location.startswith("/sign-in")
    assert_nothing_changed(site)


def test_the_way_back_leads_nowhere_else(site: Site) -> None:
    """Nothing in the address says where the browser goes next."""
    visitor = site.bookkeeper()
    back = way_back(visitor) + "&next=https://evil.example&redirect_uri=https://evil.example"
    response = visitor.get(back)
    while response.status_code == 302:
        assert response.location.startswith("/")
        response = visitor.get(response.location)
    assert "evil.example" not in visitor.page


@pytest.mark.parametrize(
    "query", ["error=server_error", "error=%3Cscript%3E", "code=", "code=" + "x" * 5000, ""]
)
def test_a_way_back_without_a_code_is_told(site: Site, query: str) -> None:
    visitor = site.bookkeeper()
    state = parse_qs(urlsplit(begin(visitor)).query)["state"][0]
    page = follow(visitor, f"/keap/callback?state={state}&{query}")
    assert "Keap broke the sign-in off. Nothing was changed" in page
    assert "<script>" not in page
    assert_nothing_changed(site)


def test_a_code_that_keap_does_not_take_changes_nothing(site: Site) -> None:
    visitor = site.bookkeeper()
    state = parse_qs(urlsplit(begin(visitor)).query)["state"][0]
    page = follow(visitor, f"/keap/callback?state={state}&code=invented")
    assert "Keap did not take the sign-in" in page
    assert_nothing_changed(site)


@pytest.mark.parametrize("kind", ["server-error", "cut", "throttled"])
def test_trouble_of_keap_at_the_exchange_is_told(
    site: Site, keap: SimulatedKeap, kind: str
) -> None:
    visitor = site.bookkeeper()
    back = way_back(visitor)
    keap.faults.add(Fault(kind, path="/token"))  # type: ignore[arg-type]
    assert 'class="notice refused"' in follow(visitor, back)
    assert_nothing_changed(site)


def test_a_wrong_client_secret_is_told_to_whoever_runs_the_service(
    site: Site, keap: SimulatedKeap
) -> None:
    visitor = site.bookkeeper()
    back = way_back(visitor)
    keap.sign_in.secret = "another"
    assert "Keap does not know this service" in follow(visitor, back)
    assert_nothing_changed(site)


def test_tokens_are_kept_when_keap_does_not_tell_the_account_and_asked_with_later(
    site: Site, keap: SimulatedKeap
) -> None:
    visitor = site.bookkeeper()
    back = way_back(visitor)
    keap.faults.add(Fault("server-error", path="userinfo"))
    page = follow(visitor, back)
    assert "Keap did not tell the account" in page
    assert [row.state for row in sign_ins(site)] == [SignInState.PENDING]
    assert "Is this the right account?" in follow(visitor, QUESTION)


def test_a_try_that_is_over_does_not_stay(site: Site) -> None:
    visitor = site.bookkeeper()
    begin(visitor)
    site.now = NOW + timedelta(hours=1)
    begin(visitor)
    with site.database.reading() as db:
        (left,) = db.query(KeapSignInTry).all()
    assert left.expires_at > site.now
