"""What can go wrong between us and Keap.

KeapError
├── KeapAuthRefused        401: the key was deleted, revoked or mistyped; a person must act
├── KeapSignInEnded        the tokens of a sign-in are used up or revoked: sign in again
├── KeapClientRefused      the client id or secret of this installation is not accepted
├── KeapPermissionMissing  403: the key is good, but this endpoint is closed to it
├── KeapNotFound           404: deleted in Keap, or merged into another contact
├── KeapThrottled          429: asked too often; work is never dropped for it
│   └── KeapPutOff         not asked at all: our own pace says that it has to wait
├── KeapBadRequest         400 and every other 4xx: our mistake, or Keap changed its API
├── KeapServerError        5xx, in JSON or in a gateway's HTML
├── KeapUnreachable        no answer: name, connection, TLS, time-out, cut in the middle
├── KeapOtherTenant        the answer came from another account than the pinned one
└── KeapAnswerUnreadable   an answer that is not what the API promises

No error holds the key: the request is kept as method and URL, never with its headers.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Literal

import msgspec

Kind = Literal[
    "auth",
    "sign_in",
    "client",
    "permission",
    "not_found",
    "throttled",
    "bad_request",
    "server",
    "network",
    "tenant",
    "protocol",
]

_SHOWN_CHARACTERS = 200


class KeapError(Exception):
    """Any failure of a call. `retry_after` is in seconds, None where Keap named no time."""

    kind: ClassVar[Kind]

    def __init__(
        self,
        message: str,
        *,
        request: str = "",
        http_status: int | None = None,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Keeps what a person needs to see: what Keap said, to which request, and its ids."""
        super().__init__(message)
        self.message = message
        self.request = request
        self.http_status = http_status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        """One line for the error log."""
        notes = [
            f"HTTP {self.http_status}" if self.http_status is not None else "",
            self.code,
            self.request,
            f"request id {self.request_id}" if self.request_id else "",
        ]
        shown = ", ".join(note for note in notes if note)
        return f"{self.message} ({shown})" if shown else self.message


class KeapAuthRefused(KeapError):
    """The key is not accepted; asking again cannot help."""

    kind = "auth"


class KeapSignInEnded(KeapError):
    """The code or refresh token is not accepted (any more): a person has to sign in again."""

    kind = "sign_in"


class KeapClientRefused(KeapError):
    """Keap does not know this installation's client id, or its secret is wrong."""

    kind = "client"


class KeapPermissionMissing(KeapError):
    """The key's user may not read this endpoint, or the edition does not have it."""

    kind = "permission"


class KeapNotFound(KeapError):
    """There is no such record (any more)."""

    kind = "not_found"


class KeapThrottled(KeapError):
    """Asked too often; `retry_after` says when to come back, where Keap said so."""

    kind = "throttled"


class PutOff(StrEnum):
    """Why a call was not made."""

    NOT_YET = "not-yet"
    """Keap named a time, or too many wait for their turn."""
    LOW = "low"
    """The day's calls are nearly used up; what is left belongs to new orders and payments."""
    USED_UP = "used-up"
    """The day's calls are used up."""


class KeapPutOff(KeapThrottled):
    """Keap was not asked, so that it need not refuse; it may be from `until` (UTC) on."""

    def __init__(self, reason: PutOff, until: datetime, wait: timedelta) -> None:
        """`wait` is the time until then, by the clock of whoever asked."""
        super().__init__(
            f"Not asked before {until:%Y-%m-%d %H:%M:%S} UTC ({reason.value})",
            retry_after=max(0.0, wait.total_seconds()),
        )
        self.reason = reason
        self.until = until


class KeapBadRequest(KeapError):
    """Keap did not understand the request; `request` is the exact query."""

    kind = "bad_request"


class KeapServerError(KeapError):
    """Keap or its gateway failed."""

    kind = "server"


class KeapUnreachable(KeapError):
    """No complete answer arrived."""

    kind = "network"


class KeapOtherTenant(KeapError):
    """The key opens `tenant`, but the connection belongs to `pinned`; nothing of it was used."""

    kind = "tenant"

    def __init__(self, tenant: str, pinned: str, *, request: str = "") -> None:
        """Both as Keap writes them: ab103.infusionsoft.com."""
        super().__init__(f"{tenant} answered, not {pinned}", request=request)
        self.tenant = tenant
        self.pinned = pinned


class KeapAnswerUnreadable(KeapError):
    """A page or a single record did not have the promised shape; nothing of it was used."""

    kind = "protocol"


_CLASS_OF_STATUS: dict[int, type[KeapError]] = {
    401: KeapAuthRefused,
    403: KeapPermissionMissing,
    404: KeapNotFound,
    429: KeapThrottled,
}


def error_of_status(status: int) -> type[KeapError]:
    """The class of a status that is not 200; redirects are never followed, so they are protocol."""
    if status in _CLASS_OF_STATUS:
        return _CLASS_OF_STATUS[status]
    if status >= 500:
        return KeapServerError
    if status >= 400:
        return KeapBadRequest
    return KeapAnswerUnreadable


def read_error_body(body: bytes) -> tuple[str, str]:
    """(code, message) of any body: gateway fault, application error, OAuth error, HTML, nothing."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return "", _plain_text(body)
    if not isinstance(answer, dict):
        return "", _plain_text(body)
    fault = answer.get("fault")
    if isinstance(fault, dict):
        detail = fault.get("detail")
        code = detail.get("errorcode") if isinstance(detail, dict) else None
        return _text(code), _text(fault.get("faultstring"))
    if "error" in answer:
        return _text(answer["error"]), _text(answer.get("error_description"))
    return _text(answer.get("code")), _text(answer.get("message"))


def _text(value: object) -> str:
    return str(value)[:_SHOWN_CHARACTERS] if isinstance(value, str | int) else ""


def _plain_text(body: bytes) -> str:
    """The words of an HTML page or a text, short enough for a log line."""
    text = body[:20_000].decode("utf-8", "replace")
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<[^>]*>", " ", text)
    return " ".join(text.split())[:_SHOWN_CHARACTERS]
