"""What an answer of Keap looks like: bodies, errors, headers, and answers gone wrong."""

import email.utils
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC

from qbwc_service.demo.keap.encoding import to_json
from qbwc_service.demo.keap.faults import Fault
from qbwc_service.demo.keap.quota import Limits, Quota
from qbwc_service.demo.keap.shop import Shop
from qbwc_service.demo.keap.values import Json

_HTML = b"<html><body><h1>%s</h1></body></html>"
#: faults of an answer that is made first
LATE = frozenset({"cut", "slow", "truncated"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `is_cut` closes the connection half-way; `delay` is in seconds."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    delay: float = 0.0


class Answers:
    """Makes the answers of one shop, with the headers of the moment."""

    def __init__(self, shop: Shop, limits: Limits) -> None:
        """Nothing of the limits is used."""
        self._shop = shop
        self._quota = Quota(limits)

    def refusal(self) -> Answer | None:
        """Counts one call: the answer where it is one too many."""
        now = self._shop.clock()
        if self._quota.count(now):
            return None
        return self.throttled(self._quota.seconds_to_wait(now))

    def ok(self, body: Json | bytes) -> Answer:
        """What was asked for."""
        return Answer(200, body if isinstance(body, bytes) else to_json(body), self._headers())

    def error(self, status: int, message: str, word: str) -> Answer:
        """Keap's own refusal."""
        body = {"code": status, "message": message, "status": word, "details": []}
        return Answer(status, to_json(body), self._headers())

    def unauthorized(
        self, text: str = "Invalid Access Token", word: str = "invalid_access_token"
    ) -> Answer:
        """The gateway's refusal of a key or token; it names no account."""
        headers = dict.fromkeys(self._headers(), "") | self._date()
        return Answer(401, _fault_body(text, f"keymanagement.service.{word}"), headers)

    def throttled(self, retry_after: int | None) -> Answer:
        """Too many calls, as the application says it."""
        body = {"code": "429", "message": "Quota Exceeded", "status": "Request Throttled"}
        return self._wrong(429, to_json(body | {"details": None}), retry_after)

    def faulty(self, fault: Fault) -> Answer:
        """The answer for a fault that needs none to be spoilt."""
        match fault.kind:
            case "throttled":
                return self.throttled(fault.retry_after)
            case "throttled-by-gateway":
                code = "policies.ratelimit.SpikeArrestViolation"
                text = "Spike arrest violation. Allowed rate : MessageRate{...}"
                return self._wrong(429, _fault_body(text, code), fault.retry_after)
            case "bad-gateway":
                return self._page(502, b"502 Bad Gateway", fault.retry_after)
            case "unavailable":
                return self._page(503, b"Down for maintenance", fault.retry_after)
            case "html-page":
                return self._page(200, b"Please sign in", fault.retry_after)
            case "unauthorized":
                return self.unauthorized()
            case "forbidden":
                return self.error(403, "Forbidden", "FORBIDDEN")
            case _:
                body = self.error(500, "Internal Server Error", "INTERNAL").body
                return self._wrong(500, body, fault.retry_after)

    def _page(self, status: int, title: bytes, retry_after: int | None) -> Answer:
        answer = self._wrong(status, _HTML % title, retry_after)
        return replace(answer, headers={**answer.headers, "content-type": "text/html"})

    def _wrong(self, status: int, body: bytes, retry_after: int | None) -> Answer:
        waiting = {} if retry_after is None else {"retry-after": str(retry_after)}
        return Answer(status, body, self._headers() | waiting)

    def _headers(self) -> dict[str, str]:
        account = self._shop.account
        tenant = {"x-keap-tenant-id": account.tenant} if account.has_tenant_header else {}
        request = {"x-request-id": str(uuid.uuid4())}
        return self._quota.headers() | tenant | request | self._date()

    def _date(self) -> dict[str, str]:
        if not self._shop.account.has_date_header:
            return {}
        now = self._shop.clock().astimezone(UTC)
        return {"date": email.utils.format_datetime(now, usegmt=True)}


def spoilt(answer: Answer, fault: Fault) -> Answer:
    """A good answer that does not arrive as it is."""
    match fault.kind:
        case "cut":
            return replace(answer, is_cut=True)
        case "truncated":
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case _:
            return replace(answer, delay=fault.seconds)


def _fault_body(text: str, code: str) -> bytes:
    return to_json({"fault": {"faultstring": text, "detail": {"errorcode": code}}})
