"""The simulated Keap's sign-in: the page that asks, the codes, and the rotating tokens.

As Keap does it: an access token lives 24 hours, a refresh token 45 days and for one use; a used one
is answered with 400 "Invalid Refresh Token". Its accounts are the shop's own and `OTHER_TENANT`.
"""

import base64
import binascii
import hashlib
import html
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlencode

from qbwc_service.demo.keap.answers import Answer
from qbwc_service.demo.keap.api import Access, Request
from qbwc_service.demo.keap.encoding import to_json
from qbwc_service.demo.keap.faults import Fault, Faults
from qbwc_service.demo.keap.shop import Shop

AUTHORIZE_PATH = "/app/oauth/authorize"
TOKEN_PATH = "/token"  # noqa: S105 - an address
OTHER_TENANT = "xy999.infusionsoft.com"
CODE_LIVES = timedelta(minutes=10)
ACCESS_LIVES = timedelta(hours=24)
REFRESH_LIVES = timedelta(days=45)
NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class _Code:
    """What a person allowed, to be fetched once."""

    redirect_uri: str
    challenge: str
    tenant: str
    expires_at: datetime


class SignIn:
    """One registered client and everything that was given to it."""

    def __init__(self, client_id: str, secret: str, shop: Shop, faults: Faults) -> None:
        """The shop's own account and clock are taken as they are when something is asked."""
        self.client_id = client_id
        self.secret = secret
        self._shop = shop
        self._faults = faults
        self._lock = threading.Lock()
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, Access] = {}
        self._refresh: dict[str, Access] = {}

    def takes(self, path: str) -> bool:
        """Whether that address is one of the sign-in."""
        return path in {AUTHORIZE_PATH, TOKEN_PATH}

    def answer(self, request: Request) -> Answer:
        """Whatever is asked gets an answer. An answer that is cut was given all the same."""
        fault = self._faults.take(request.path) if request.path == TOKEN_PATH else None
        if fault is not None and fault.kind not in {"cut", "slow"}:
            return _faulty(fault)
        with self._lock:
            is_page = request.path == AUTHORIZE_PATH
            answer = self._authorize(request) if is_page else self._token(request)
        if fault is None:
            return answer
        delay = fault.seconds if fault.kind == "slow" else 0.0
        return replace(answer, is_cut=fault.kind == "cut", delay=delay)

    def access(self, token: str) -> Access | None:
        """What an access token opens, also after its time; None for one that is not known."""
        with self._lock:
            return self._access.get(token)

    def revoke(self) -> None:
        """Somebody takes the permission away in Keap: no token is good any more."""
        with self._lock:
            self._access.clear()
            self._refresh.clear()
            self._codes.clear()

    # -- the page --------------------------------------------------------------------------------
    def _authorize(self, request: Request) -> Answer:
        asked = dict(request.parameters)
        if request.method == "POST":
            asked |= _form(request.body)
        known = asked.get("client_id") == self.client_id and asked.get("response_type") == "code"
        redirect_uri = asked.get("redirect_uri", "")
        if not known or not redirect_uri.startswith(("http://", "https://")):
            return _page("<h1>Invalid request</h1><p>This application is not known.</p>", 400)
        if request.method != "POST":
            return _page(self._question(asked))
        answer = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("answer") == "allow":
            answer |= {"code": self._new_code(asked, redirect_uri), "scope": self._scope(asked)}
        else:
            answer |= {"error": "access_denied"}
        mark = "&" if "?" in redirect_uri else "?"
        return Answer(302, b"", {"location": f"{redirect_uri}{mark}{urlencode(answer)}"} | NO_STORE)

    def _question(self, asked: Mapping[str, str]) -> str:
        kept = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in asked.items()
            if name != "account"
        )
        wanted = asked.get("account", self._shop.account.tenant)
        accounts = "".join(
            f"<option{' selected' if name == wanted else ''}>{html.escape(name)}</option>"
            for name in (self._shop.account.tenant, OTHER_TENANT)
        )
        return (
            "<h1>Simulated Keap</h1><p>An application asks for access to your account.</p>"
            f'<form method="post" action="{AUTHORIZE_PATH}">{kept}'
            f'<p><label>Account <select name="account">{accounts}</select></label></p>'
            '<button name="answer" value="allow">Allow</button> '
            '<button name="answer" value="deny">Deny</button></form>'
        )

    def _new_code(self, asked: Mapping[str, str], redirect_uri: str) -> str:
        code = secrets.token_urlsafe(16)
        self._codes[code] = _Code(
            redirect_uri,
            asked.get("code_challenge", ""),
            asked.get("account", self._shop.account.tenant),
            self._shop.clock() + CODE_LIVES,
        )
        return code

    def _scope(self, asked: Mapping[str, str]) -> str:
        return f"full|{asked.get('account', self._shop.account.tenant)}"

    # -- the tokens ------------------------------------------------------------------------------
    def _token(self, request: Request) -> Answer:
        if request.method != "POST":
            return _refused(405, "invalid_request", "Use POST")
        form = _form(request.body)
        match form.get("grant_type"):
            case "authorization_code":
                return self._of_code(form)
            case "refresh_token":
                return self._of_refresh(form, request.authorization)
            case _:
                return _refused(400, "unsupported_grant_type", "Unknown grant_type")

    def _of_code(self, form: Mapping[str, str]) -> Answer:
        pair = (form.get("client_id", ""), form.get("client_secret", ""))
        if pair != (self.client_id, self.secret):
            return _refused(401, "invalid_client", "Client credentials are invalid")
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.expires_at <= self._shop.clock():
            return _refused(400, "invalid_grant", "Invalid Authorization Code")
        if code.redirect_uri != form.get("redirect_uri"):
            return _refused(400, "invalid_grant", "Redirect URI does not match")
        if code.challenge and code.challenge != _s256(form.get("code_verifier", "")):
            return _refused(400, "invalid_grant", "Code verifier does not match")
        return self._given(code.tenant)

    def _of_refresh(self, form: Mapping[str, str], authorization: str) -> Answer:
        if _basic(authorization) != (self.client_id, self.secret):
            return _refused(401, "invalid_client", "Client credentials are invalid")
        known = self._refresh.pop(form.get("refresh_token", ""), None)
        if known is None or known.expires_at <= self._shop.clock():
            return _refused(400, "invalid_request", "Invalid Refresh Token")
        return self._given(known.tenant)

    def _given(self, tenant: str) -> Answer:
        now = self._shop.clock()
        access, refresh = secrets.token_urlsafe(21), secrets.token_urlsafe(24)
        self._access[access] = Access(tenant, now + ACCESS_LIVES)
        self._refresh[refresh] = Access(tenant, now + REFRESH_LIVES)
        body = {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIVES.total_seconds()),
            "refresh_token": refresh,
            "scope": f"full|{tenant}",
        }
        return Answer(200, to_json(body), NO_STORE)


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _basic(header: str) -> tuple[str, str]:
    scheme, _, given = header.partition(" ")
    try:
        text = base64.b64decode(given).decode("ascii") if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    name, _, secret = text.partition(":")
    return unquote(name), unquote(secret)


def _refused(status: int, error: str, description: str) -> Answer:
    body = {"error": error, "error_description": description}
    return Answer(status, to_json(body), NO_STORE)


def _faulty(fault: Fault) -> Answer:
    """What a gateway says instead of the sign-in."""
    if fault.kind in {"throttled", "throttled-by-gateway"}:
        after = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
        return Answer(429, to_json({"fault": {"faultstring": "Spike arrest violation"}}), after)
    status = {"unauthorized": 401, "forbidden": 403, "bad-gateway": 502}.get(fault.kind, 500)
    return _page(f"<h1>{status}</h1>", status)


def _page(inside: str, status: int = 200) -> Answer:
    page = f"<!doctype html><html lang='en'><title>Simulated Keap</title><body>{inside}</body>"
    headers = {"content-type": "text/html; charset=utf-8"} | NO_STORE
    return Answer(status, page.encode(), headers)
