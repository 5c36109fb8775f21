"""One call: paced, tried again where that helps, and turned into a typed error where not."""

import email.utils
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from keap.auth import Auth
from keap.errors import (
    KeapAnswerUnreadable,
    KeapAuthRefused,
    KeapError,
    KeapOtherTenant,
    KeapThrottled,
    KeapUnreachable,
    error_of_status,
    read_error_body,
)
from keap.filters import query_text
from keap.quota import Quota, read_quota
from keap.retries import read_retry_after, wait_before_retry
from keap.throttle import Pacer

_USER_AGENT = "keap-reader/1.0"
_TIMEOUT = httpx.Timeout(connect=5.0, read=75.0, write=30.0, pool=10.0)
_SMALLER_PAGES = {1000: 500, 500: 200}
_TIMEOUTS_PER_PAGE_SIZE = 2


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked of Keap, beside the query; `path` stands behind /rest/v2/."""

    method: str
    path: str
    version: str = "v2"
    body: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    answered_with: frozenset[int] = frozenset({httpx.codes.OK})


class KeapReader:
    """The wire to one account; `tenant`, `quota` and `answered_at` are of the newest answer.

    `answered_at` is Keap's own clock (its Date header), None where it did not tell.
    """

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        *,
        tenant: str,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], object],
        now: Callable[[], datetime],
        random: Callable[[], float],
        max_attempts: int,
        pacer: Pacer | None,
    ) -> None:
        """See KeapClient."""
        self._base = base_url.rstrip("/")
        self._auth = auth
        self._sleep = sleep
        self._now = now
        self._random = random
        self._max_attempts = max_attempts
        self._pacer = pacer
        self._token = ""
        self.tenant = tenant
        self.quota: Quota | None = None
        self.answered_at: datetime | None = None
        #: how often each kind of call was made, tries included: "orders", "orders/*/payments"
        self.calls: dict[str, int] = {}
        self._http = httpx.Client(
            headers={
                "Accept": "application/json",
                "User-Agent": _USER_AGENT,
            },
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=4),
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def get(self, path: str, parameters: dict[str, str], *, version: str = "v2") -> httpx.Response:
        """One answer with status 200, after as many tries as the rules of retries.py allow.

        After two time-outs, `parameters` are changed to ask for smaller pages from then on.
        """
        call = Call("GET", path, version=version)
        timeouts = attempt = 0
        is_renewed = False
        while attempt < self._max_attempts:
            attempt += 1
            outcome = self._try(call, parameters)
            if isinstance(outcome, httpx.Response):
                return outcome
            error, timed_out = outcome
            if isinstance(error, KeapAuthRefused):
                if not is_renewed and self._auth.renew(self._token):
                    is_renewed = True
                    attempt -= 1
                    continue
                error = self._auth.refusal(self._token, error)
            wait = wait_before_retry(error, attempt, self._random())
            if wait is None or attempt == self._max_attempts:
                break
            timeouts += timed_out
            if timeouts >= _TIMEOUTS_PER_PAGE_SIZE and _ask_for_less(parameters):
                timeouts = 0
            self._sleep(wait)
        raise error

    def change(self, call: "Call") -> httpx.Response:
        """The answer to a call that changes something in Keap: made once, because nobody knows
        what became of one without an answer; once more where a refused token was renewed."""
        outcome = self._try(call, {})
        if isinstance(outcome, tuple) and isinstance(outcome[0], KeapAuthRefused):
            if self._auth.renew(self._token):
                outcome = self._try(call, {})
            if isinstance(outcome, tuple) and isinstance(outcome[0], KeapAuthRefused):
                raise self._auth.refusal(self._token, outcome[0])
        if isinstance(outcome, tuple):
            raise outcome[0]
        return outcome

    def unreadable(self, response: httpx.Response, reason: str) -> KeapAnswerUnreadable:
        """The error for a 200 whose body is not what was asked for."""
        target = str(response.request.url).removeprefix(self._base)
        return KeapAnswerUnreadable(
            self._without_key(reason),
            request=f"{response.request.method} {target}",
            http_status=response.status_code,
            request_id=response.headers.get("x-request-id", ""),
        )

    def _try(
        self, call: "Call", parameters: Mapping[str, str]
    ) -> httpx.Response | tuple[KeapError, bool]:
        """One request: its answer, or its error and whether that was a time-out."""
        query = query_text(parameters)
        target = f"/rest/{call.version}/{call.path}" + (f"?{query}" if query else "")
        request = f"{call.method} {target}"
        self._token = self._auth.token()
        self._keep_pace()
        self._count(call.path)
        headers = {**call.headers, "Authorization": f"Bearer {self._token}"}
        try:
            response = self._http.request(
                call.method, self._base + target, headers=headers, json=call.body
            )
        except httpx.RequestError as error:
            # Not raised from here: httpx's error holds the request, and so the key.
            reason = self._without_key(f"Keap gave no answer: {type(error).__name__}: {error}")
            failure = KeapUnreachable(reason, request=request)
            return failure, isinstance(error, httpx.TimeoutException)
        # The stream and its response hold each other, and the response holds megabytes.
        response.stream = httpx.ByteStream(b"")
        if other := self._remember(response, request):
            return other, False
        if response.status_code in call.answered_with:
            return response
        return self._refusal(response, request), False

    def _keep_pace(self) -> None:
        if self._pacer and (wait := self._pacer.take(self._now())) > 0:
            self._sleep(wait)

    def _count(self, path: str) -> None:
        kind = "/".join("*" if part.isdigit() else part for part in path.split("/"))
        self.calls[kind] = self.calls.get(kind, 0) + 1

    def _remember(self, response: httpx.Response, request: str) -> KeapOtherTenant | None:
        """Keep what the headers say; an answer of another account than the pinned is refused."""
        self.answered_at = _date(response.headers.get("date"))
        self.quota = read_quota(response.headers)
        if self._pacer:
            self._pacer.told(self.quota, self._now())
        tenant = response.headers.get("x-keap-tenant-id", "").strip()
        if tenant and self.tenant and not is_same_tenant(tenant, self.tenant):
            return KeapOtherTenant(tenant, self.tenant, request=request)
        self.tenant = tenant or self.tenant
        return None

    def _refusal(self, response: httpx.Response, request: str) -> KeapError:
        code, message = read_error_body(response.content)
        error = error_of_status(response.status_code)(
            self._without_key(message) or "Keap refused the request without a reason",
            request=request,
            http_status=response.status_code,
            code=self._without_key(code),
            request_id=response.headers.get("x-request-id", ""),
            retry_after=read_retry_after(response.headers.get("retry-after"), self._now()),
        )
        asked_to_wait = isinstance(error, KeapThrottled) or error.retry_after is not None
        if asked_to_wait and self._pacer:
            self._pacer.slow_down(self._now(), error.retry_after)
        return error

    def _without_key(self, text: str) -> str:
        return text.replace(self._token, "[key]")


def is_same_tenant(one: str, other: str) -> bool:
    """`ab103` and `AB103.infusionsoft.com` name the same account."""
    return one.partition(".")[0].casefold() == other.partition(".")[0].casefold()


def _date(header: str | None) -> datetime | None:
    """A Date header as aware UTC; None for none and for nonsense."""
    try:
        moment = email.utils.parsedate_to_datetime(header or "")
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _ask_for_less(parameters: dict[str, str]) -> bool:
    size = int(parameters.get("page_size", "0"))
    smaller = next((less for limit, less in _SMALLER_PAGES.items() if size >= limit), None)
    if smaller is None:
        return False
    parameters["page_size"] = str(smaller)
    return True
