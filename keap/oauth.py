"""Sign in with Keap: the address that a person is sent to, and the two requests for tokens.

OAuth 2 authorization code (RFC 6749) with PKCE (RFC 7636, S256; a server that ignores it is fine).
The refresh token is good for one use: whoever asks for new tokens stores the answer before using
it. Neither the client secret nor a token stands in an error, a repr or a log.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx
import msgspec

from keap.errors import (
    KeapAnswerUnreadable,
    KeapBadRequest,
    KeapClientRefused,
    KeapError,
    KeapSignInEnded,
    KeapUnreachable,
    error_of_status,
)
from keap.retries import read_retry_after

#: a refresh token that nobody used for so long is void (Keap's staff, community forum)
REFRESH_TOKEN_LIVES = timedelta(days=45)
_SCOPE = "full"
_TIMEOUT = httpx.Timeout(connect=5.0, read=30.0, write=10.0, pool=5.0)
_LONGEST_LIFE_SECONDS = 30 * 24 * 3600
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,60}")
_REFUSED_CLIENT = frozenset({"invalid_client", "unauthorized_client"})


@dataclass(frozen=True, slots=True)
class Client:
    """The client id and secret that Keap gave to this installation."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Keap gives for a code or a refresh token; the times are aware UTC."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime


def new_secret_word() -> str:
    """256 random bits that may stand in an address: a state, or the verifier of PKCE."""
    return secrets.token_urlsafe(32)


def code_challenge(verifier: str) -> str:
    """S256 of RFC 7636."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def authorize_address(
    address: str, client_id: str, *, redirect_uri: str, state: str, verifier: str
) -> str:
    """Where the browser is sent to allow access."""
    query = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": _SCOPE,
        "state": state,
        "code_challenge": code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{address}?{urlencode(query)}"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TokenEndpoint:
    """Asks for tokens: one request each, never repeated here, and no redirect is followed.

    Both calls raise KeapSignInEnded where the code or refresh token is not accepted,
    KeapClientRefused where the client id or secret is not, and KeapUnreachable, KeapServerError,
    KeapThrottled, KeapBadRequest or KeapAnswerUnreadable. After KeapUnreachable nobody knows
    whether the refresh token was used up.
    """

    def __init__(
        self,
        address: str,
        client: Client,
        *,
        transport: httpx.BaseTransport | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """`now` is aware."""
        self._address = address
        self._client = client
        self._transport = transport
        self._now = now

    def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
        """The tokens for the code that Keap sent back with the browser."""
        form = {
            "client_id": self._client.client_id,
            "client_secret": self._client.secret,
            "code": code,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return self._ask(form, {})

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens; the refresh token given is void from then on."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        # RFC 6749, 2.3.1: both are form-encoded before they go into the header.
        pair = f"{quote(self._client.client_id, safe='')}:{quote(self._client.secret, safe='')}"
        basic = base64.b64encode(pair.encode("ascii")).decode("ascii")
        return self._ask(form, {"Authorization": f"Basic {basic}"})

    def _ask(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Tokens:
        asked_at = self._now()
        with httpx.Client(
            timeout=_TIMEOUT, follow_redirects=False, trust_env=False, transport=self._transport
        ) as http:
            try:
                response = http.post(
                    self._address,
                    data=dict(form),
                    headers={"Accept": "application/json", **headers},
                )
            except httpx.RequestError as error:
                kind = type(error).__name__
            else:
                return self._read(response, asked_at)
        # Not raised from httpx's error, which holds the request with all its secrets.
        raise KeapUnreachable(f"Keap's sign-in gave no answer: {kind}", request=_REQUEST)

    def _read(self, response: httpx.Response, asked_at: datetime) -> Tokens:
        if response.status_code != httpx.codes.OK:
            raise self._refusal(response)
        try:
            given = msgspec.json.decode(response.content, type=_Given, strict=False)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            given = _Given()
        if not (_is_word(given.access_token) and _is_word(given.refresh_token)):
            raise KeapAnswerUnreadable(
                "Keap's sign-in gave an answer without tokens",
                request=_REQUEST,
                http_status=response.status_code,
            )
        seconds = min(max(given.expires_in, 1), _LONGEST_LIFE_SECONDS)
        return Tokens(
            given.access_token,
            given.refresh_token,
            issued_at=asked_at,
            expires_at=asked_at + timedelta(seconds=seconds),
        )

    def _refusal(self, response: httpx.Response) -> KeapError:
        """Nothing of the answer is shown but its status and a code: it may repeat what we sent."""
        code, description = _read_refusal(response.content)
        kind, text = _kind_of(response.status_code, code, description)
        return kind(
            text,
            request=_REQUEST,
            http_status=response.status_code,
            code=code if _CODE.fullmatch(code) else "",
            retry_after=read_retry_after(response.headers.get("retry-after"), self._now()),
        )


_REQUEST = "POST of the sign-in"


class _Given(msgspec.Struct, frozen=True):
    """The answer of RFC 6749, 5.1; a day is what Keap gives where it names no time."""

    access_token: str = ""
    refresh_token: str = ""
    expires_in: int = 24 * 3600


def _is_word(token: str) -> bool:
    """What a header can carry."""
    return bool(token) and all("!" <= letter <= "~" for letter in token)


def _kind_of(status: int, code: str, description: str) -> tuple[type[KeapError], str]:
    if status in {400, 401}:
        if code in _REFUSED_CLIENT or "client" in description:
            return KeapClientRefused, "Keap did not accept the client id or its secret"
        about_token = code == "invalid_request" and re.search("token|code", description)
        if code == "invalid_grant" or about_token:
            return KeapSignInEnded, "Keap did not accept this sign-in any more"
        return KeapBadRequest, "Keap refused the sign-in"
    return error_of_status(status), "Keap's sign-in did not answer as it should"


def _read_refusal(body: bytes) -> tuple[str, str]:
    """(code, description), small letters, of RFC 6749's error or of the gateway's two."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    fault = answer.get("fault")
    if isinstance(fault, dict):
        detail = fault.get("detail")
        code = detail.get("errorcode") if isinstance(detail, dict) else ""
        return _small(code), _small(fault.get("faultstring"))
    if "ErrorCode" in answer:
        return _small(answer["ErrorCode"]), _small(answer.get("Error"))
    return _small(answer.get("error")), _small(answer.get("error_description"))


def _small(value: object) -> str:
    return value[:500].casefold() if isinstance(value, str) else ""
