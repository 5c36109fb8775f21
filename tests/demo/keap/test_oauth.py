"""The simulated Keap's sign-in, asked over plain HTTP: rotation, single use, ends and refusals."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from qbwc_service.demo.keap import OTHER_TENANT, Account, Fault, Shop, SimulatedKeap
from tests.allowing import allowed_code, press
from tests.demo.keap.asking import Clock

BACK = "https://us.example/back?kept=1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keap(clock: Clock) -> Iterator[SimulatedKeap]:
    with SimulatedKeap(Shop(Account(), clock)) as made:
        yield made


def post(keap: SimulatedKeap, form: dict[str, str], secret: str = "") -> httpx.Response:
    auth = (keap.sign_in.client_id, secret) if secret else None
    with httpx.Client(trust_env=False) as http:
        return http.post(keap.token_url, data=form, auth=auth)


def exchange(keap: SimulatedKeap, code: str, **changed: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": keap.sign_in.client_id,
        "client_secret": keap.sign_in.secret,
        "code": code,
        "redirect_uri": BACK,
    }
    return post(keap, form | changed)


def refresh(keap: SimulatedKeap, token: str, secret: str = "") -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return post(keap, form, secret or keap.sign_in.secret)


def asked_with(keap: SimulatedKeap, token: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(trust_env=False) as http:
        return http.get(f"{keap.url}/rest/v2/businessProfile", headers=headers)


def page(keap: SimulatedKeap, **more: str) -> str:
    query = {
        "client_id": keap.sign_in.client_id,
        "response_type": "code",
        "redirect_uri": BACK,
        "state": "s t&",
    }
    return str(httpx.URL(keap.authorize_url, params=query | more))


def test_the_page_asks_and_sends_back_the_state(keap: SimulatedKeap) -> None:
    shown = httpx.get(page(keap, state='"><script>'), trust_env=False).text
    assert "Allow" in shown
    assert "Deny" in shown
    assert "<script>" not in shown
    allowed = parse_qs(urlsplit(press(page(keap))).query)
    assert allowed["state"] == ["s t&"]
    assert allowed["kept"] == ["1"]
    denied = parse_qs(urlsplit(press(page(keap), "deny")).query)
    assert denied == {"kept": ["1"], "state": ["s t&"], "error": ["access_denied"]}


def test_an_unknown_application_is_sent_nowhere(keap: SimulatedKeap) -> None:
    answer = httpx.get(page(keap, client_id="another"), trust_env=False)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


def test_a_code_is_good_once_soon_and_for_its_own_request(
    keap: SimulatedKeap, clock: Clock
) -> None:
    code = allowed_code(keap, BACK)
    assert exchange(keap, code).json()["expires_in"] == 86400
    assert exchange(keap, code).json()["error"] == "invalid_grant"
    late = allowed_code(keap, BACK)
    clock.now += timedelta(minutes=10)
    assert exchange(keap, late).json()["error"] == "invalid_grant"
    other = exchange(keap, allowed_code(keap, BACK), redirect_uri="https://evil.example")
    assert other.json()["error"] == "invalid_grant"
    wrong = exchange(keap, allowed_code(keap, BACK), client_secret="x")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(("verifier", "status"), [("right", 200), ("wrong", 400), ("", 400)])
def test_pkce_is_checked_where_it_was_asked_for(
    keap: SimulatedKeap, verifier: str, status: int
) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"right").digest()).rstrip(b"=").decode()
    code = allowed_code(keap, BACK, challenge=challenge)
    assert exchange(keap, code, code_verifier=verifier).status_code == status


def test_a_refresh_token_rotates_and_is_good_once(keap: SimulatedKeap, clock: Clock) -> None:
    first = exchange(keap, allowed_code(keap, BACK)).json()
    second = refresh(keap, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    used = refresh(keap, first["refresh_token"])
    assert (used.status_code, used.json()["error_description"]) == (400, "Invalid Refresh Token")
    wrong = refresh(keap, second["refresh_token"], secret="another")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    clock.now += timedelta(days=45)
    assert refresh(keap, second["refresh_token"]).status_code == 400


def test_an_access_token_opens_its_account_for_a_day(keap: SimulatedKeap, clock: Clock) -> None:
    own = exchange(keap, allowed_code(keap, BACK)).json()["access_token"]
    other = exchange(keap, allowed_code(keap, BACK, tenant=OTHER_TENANT)).json()["access_token"]
    assert asked_with(keap, own).headers["x-keap-tenant-id"] == "ab103.infusionsoft.com"
    assert asked_with(keap, other).headers["x-keap-tenant-id"] == OTHER_TENANT
    clock.now += timedelta(hours=24)
    ended = asked_with(keap, own)
    assert ended.status_code == 401
    code = ended.json()["fault"]["detail"]["errorcode"]
    assert code == "keymanagement.service.access_token_expired"


def test_revoked_everything_is_refused(keap: SimulatedKeap) -> None:
    given = exchange(keap, allowed_code(keap, BACK)).json()
    keap.sign_in.revoke()
    refused = asked_with(keap, given["access_token"])
    code = refused.json()["fault"]["detail"]["errorcode"]
    assert code == "keymanagement.service.invalid_access_token"
    assert refresh(keap, given["refresh_token"]).status_code == 400


def test_a_cut_answer_was_given_all_the_same(keap: SimulatedKeap) -> None:
    given = exchange(keap, allowed_code(keap, BACK)).json()
    keap.faults.add(Fault("cut", path="/token"))
    with pytest.raises(httpx.RemoteProtocolError):
        refresh(keap, given["refresh_token"])
    assert refresh(keap, given["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status"), [("server-error", 500), ("bad-gateway", 502), ("throttled", 429)]
)
def test_a_fault_uses_nothing_up(keap: SimulatedKeap, kind: str, status: int) -> None:
    given = exchange(keap, allowed_code(keap, BACK)).json()
    keap.faults.add(Fault(kind, path="/token"))  # type: ignore[arg-type]
    assert refresh(keap, given["refresh_token"]).status_code == status
    assert refresh(keap, given["refresh_token"]).status_code == 200


def test_what_is_no_request_for_tokens_is_refused(keap: SimulatedKeap) -> None:
    assert httpx.get(keap.token_url, trust_env=False).status_code == 405
    assert post(keap, {"grant_type": "password"}).json()["error"] == "unsupported_grant_type"
