"""The two requests for tokens, and the address that a person is sent to."""

import base64
import contextlib
import traceback
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keap import (
    Client,
    KeapAnswerUnreadable,
    KeapBadRequest,
    KeapClientRefused,
    KeapError,
    KeapServerError,
    KeapSignInEnded,
    KeapThrottled,
    KeapUnreachable,
    TokenEndpoint,
    authorize_address,
    code_challenge,
    new_secret_word,
)
from tests.keap.playing import NOON

SECRET = "s3cret:with/signs"
REFRESH = "refresh-token-1"
GIVEN = {
    "access_token": "access-2",
    "refresh_token": "refresh-2",
    "expires_in": 86400,
    "token_type": "bearer",
}


class Playing:
    """Answers every request with the same; keeps what was sent."""

    def __init__(self, answer: httpx.Response | type[httpx.RequestError]) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []

    @property
    def endpoint(self) -> TokenEndpoint:
        transport = httpx.MockTransport(self._answer)
        client = Client("client-1", SECRET)
        return TokenEndpoint(
            "https://keap.example/token", client, transport=transport, now=lambda: NOON
        )

    def form(self) -> dict[str, str]:
        (request,) = self.requests
        return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.answer, httpx.Response):
            return self.answer
        raise self.answer(f"it was {REFRESH} and {SECRET}", request=request)


def refused(answer: httpx.Response | type[httpx.RequestError]) -> KeapError:
    with pytest.raises(KeapError) as caught:
        Playing(answer).endpoint.refresh(REFRESH)
    return caught.value


def test_a_code_is_changed_for_tokens_with_everything_in_the_body() -> None:
    keap = Playing(httpx.Response(200, json=GIVEN))
    tokens = keap.endpoint.exchange("c0de", redirect_uri="https://us.example/cb", verifier="v1")
    assert keap.form() == {
        "client_id": "client-1",
        "client_secret": SECRET,
        "code": "c0de",
        "grant_type": "authorization_code",
        "redirect_uri": "https://us.example/cb",
        "code_verifier": "v1",
    }
    assert keap.requests[0].url == "https://keap.example/token"
    assert (tokens.access_token, tokens.refresh_token) == ("access-2", "refresh-2")
    assert (tokens.issued_at, tokens.expires_at) == (NOON, NOON + timedelta(hours=24))


def test_a_renewal_names_the_client_in_the_header_alone() -> None:
    keap = Playing(httpx.Response(200, json=GIVEN))
    keap.endpoint.refresh(REFRESH)
    assert keap.form() == {"grant_type": "refresh_token", "refresh_token": REFRESH}
    scheme, _, pair = keap.requests[0].headers["authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(pair) == b"client-1:s3cret%3Awith%2Fsigns"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "invalid_grant"}, KeapSignInEnded),
        (401, {"error": "invalid_grant"}, KeapSignInEnded),
        (
            400,
            {"error": "invalid_request", "error_description": "Invalid Refresh Token"},
            KeapSignInEnded,
        ),
        (400, {"error": "invalid_request", "error_description": "no grant_type"}, KeapBadRequest),
        (401, {"error": "invalid_client"}, KeapClientRefused),
        (400, {"error": "unauthorized_client"}, KeapClientRefused),
        (401, {"ErrorCode": "invalid_client", "Error": "ClientId is Invalid"}, KeapClientRefused),
        (401, {"fault": {"faultstring": "Invalid client identifier x"}}, KeapClientRefused),
        (400, {"error": "unsupported_grant_type"}, KeapBadRequest),
        (400, ["nonsense"], KeapBadRequest),
        (403, {}, KeapError),
        (404, {}, KeapError),
        (429, {}, KeapThrottled),
        (500, {"error": "invalid_grant"}, KeapServerError),
        (503, {}, KeapServerError),
        (302, {}, KeapAnswerUnreadable),
        (200, {}, KeapAnswerUnreadable),
        (200, GIVEN | {"access_token": "two words"}, KeapAnswerUnreadable),
        (200, GIVEN | {"refresh_token": ""}, KeapAnswerUnreadable),
        (200, ["nonsense"], KeapAnswerUnreadable),
    ],
)
def test_every_refusal_has_its_kind(status: int, body: object, kind: type[KeapError]) -> None:
    error = refused(httpx.Response(status, json=body, headers={"location": "https://evil.example"}))
    assert isinstance(error, kind)
    if kind is not KeapSignInEnded:
        assert not isinstance(error, KeapSignInEnded)


@pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_no_answer_is_no_refusal(kind: type[httpx.RequestError]) -> None:
    assert isinstance(refused(kind), KeapUnreachable)


@given(st.binary(max_size=200), st.integers(200, 599))
def test_any_answer_ends_in_tokens_or_a_keap_error(body: bytes, status: int) -> None:
    with contextlib.suppress(KeapError):
        Playing(httpx.Response(status, content=body)).endpoint.refresh(REFRESH)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, json={"error": REFRESH, "error_description": f"{REFRESH} {SECRET}"}),
        httpx.Response(500, text=f"<h1>{REFRESH} {SECRET}</h1>"),
        httpx.Response(200, text=f"{REFRESH} {SECRET}"),
        httpx.ConnectError,
    ],
    ids=["refused", "failed", "unreadable", "no answer"],
)
def test_no_secret_is_in_an_error(answer: httpx.Response | type[httpx.RequestError]) -> None:
    error = refused(answer)
    told = f"{error} {error!r} {error.__dict__} {''.join(traceback.format_exception(error))}"
    assert SECRET not in told
    if not (isinstance(answer, httpx.Response) and answer.status_code == 400):
        assert REFRESH not in told


def test_a_wait_that_keap_asks_for_is_kept() -> None:
    assert refused(httpx.Response(429, headers={"retry-after": "7"})).retry_after == 7


@pytest.mark.parametrize(
    ("seconds", "life"),
    [("3600", 3600), (3600, 3600), (-5, 1), (10**12, 30 * 86400)],
)
def test_the_life_of_a_token_is_read_with_sense(seconds: object, life: int) -> None:
    keap = Playing(httpx.Response(200, json=GIVEN | {"expires_in": seconds}))
    assert keap.endpoint.refresh(REFRESH).expires_at == NOON + timedelta(seconds=life)


def test_nothing_shows_a_secret_by_itself() -> None:
    keap = Playing(httpx.Response(200, json=GIVEN))
    shown = f"{Client('client-1', SECRET)!r} {keap.endpoint.refresh(REFRESH)!r}"
    assert [word for word in (SECRET, "access-2", "refresh-2") if word in shown] == []


def test_the_authorize_address_asks_for_a_code_with_pkce() -> None:
    address = authorize_address(
        "https://keap.example/app/oauth/authorize",
        "client 1",
        redirect_uri="https://us.example/keap/callback",
        state="st&ate",
        verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    )
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://keap.example/app/oauth/authorize"
    )
    # The pair of RFC 7636, appendix B.
    assert parse_qs(parts.query) == {
        "client_id": ["client 1"],
        "redirect_uri": ["https://us.example/keap/callback"],
        "response_type": ["code"],
        "scope": ["full"],
        "state": ["st&ate"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],
        "code_challenge_method": ["S256"],
    }


def test_secret_words_are_long_and_never_the_same() -> None:
    words = {new_secret_word() for _ in range(100)}
    assert len(words) == 100
    # RFC 7636 wants 43 characters or more of a verifier.
    assert all(len(word) >= 43 and len(code_challenge(word)) == 43 for word in words)
