"""One GET: paced, tried again where that helps, and turned into a typed error where not."""

from collections.abc import Callable, Mapping
from datetime import datetime

import httpx

from keap.errors import (
    KeapAnswerUnreadable,
    KeapError,
    KeapThrottled,
    KeapUnreachable,
    error_of_status,
    read_error_body,
)
from keap.filters import query_text
from keap.retries import read_retry_after, wait_before_retry
from keap.throttle import Pace, Quota, TokenBucket, read_quota

_USER_AGENT = "keap-reader/1.0"
_TIMEOUT = httpx.Timeout(connect=5.0, read=75.0, write=30.0, pool=10.0)
_SMALLER_PAGES = {1000: 500, 500: 200}
_TIMEOUTS_PER_PAGE_SIZE = 2


class KeapReader:
    """The wire to one account; `tenant` and `quota` are what the newest answer said."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], object],
        now: Callable[[], datetime],
        random: Callable[[], float],
        max_attempts: int,
        pace: Pace | None,
    ) -> None:
        """See KeapClient."""
        key = key.strip()
        if not key or not all("!" <= letter <= "~" for letter in key):
            raise ValueError("a Keap key is one word of ASCII letters, digits and signs")
        self._base = base_url.rstrip("/")
        self._key = key
        self._sleep = sleep
        self._now = now
        self._random = random
        self._max_attempts = max_attempts
        self._bucket = TokenBucket(pace, now()) if pace else None
        self.tenant = ""
        self.quota: Quota | None = None
        self._http = httpx.Client(
            headers={
                "Authorization": f"Bearer {key}",
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

    def get(self, path: str, parameters: dict[str, str]) -> httpx.Response:
        """One answer with status 200, after as many tries as the rules of retries.py allow.

        After two time-outs, `parameters` are changed to ask for smaller pages from then on.
        """
        timeouts = 0
        for attempt in range(1, self._max_attempts + 1):
            outcome = self._try(path, parameters)
            if isinstance(outcome, httpx.Response):
                return outcome
            error, timed_out = outcome
            wait = wait_before_retry(error, attempt, self._random())
            if wait is None or attempt == self._max_attempts:
                break
            timeouts += timed_out
            if timeouts >= _TIMEOUTS_PER_PAGE_SIZE and _ask_for_less(parameters):
                timeouts = 0
            self._sleep(wait)
        raise error

    def unreadable(self, response: httpx.Response, reason: str) -> KeapAnswerUnreadable:
        """The error for a 200 whose body is not what was asked for."""
        return KeapAnswerUnreadable(
            self._without_key(reason),
            request=f"GET {str(response.request.url).removeprefix(self._base)}",
            http_status=response.status_code,
            request_id=response.headers.get("x-request-id", ""),
        )

    def _try(
        self, path: str, parameters: Mapping[str, str]
    ) -> httpx.Response | tuple[KeapError, bool]:
        """One request: its answer, or its error and whether that was a time-out."""
        query = query_text(parameters)
        target = f"/rest/v2/{path}" + (f"?{query}" if query else "")
        self._keep_pace()
        try:
            response = self._http.get(self._base + target)
        except httpx.RequestError as error:
            # Not raised from here: httpx's error holds the request, and so the key.
            reason = self._without_key(f"Keap gave no answer: {type(error).__name__}: {error}")
            failure = KeapUnreachable(reason, request=f"GET {target}")
            return failure, isinstance(error, httpx.TimeoutException)
        self._remember(response)
        if response.status_code == httpx.codes.OK:
            return response
        return self._refusal(response, target), False

    def _keep_pace(self) -> None:
        if self._bucket and (wait := self._bucket.take(self._now())) > 0:
            self._sleep(wait)

    def _remember(self, response: httpx.Response) -> None:
        if tenant := response.headers.get("x-keap-tenant-id", "").strip():
            self.tenant = tenant
        self.quota = read_quota(response.headers)

    def _refusal(self, response: httpx.Response, target: str) -> KeapError:
        code, message = read_error_body(response.content)
        error = error_of_status(response.status_code)(
            self._without_key(message) or "Keap refused the request without a reason",
            request=f"GET {target}",
            http_status=response.status_code,
            code=self._without_key(code),
            request_id=response.headers.get("x-request-id", ""),
            retry_after=read_retry_after(response.headers.get("retry-after"), self._now()),
        )
        if isinstance(error, KeapThrottled) and self._bucket:
            self._bucket.slow_down(self._now())
        return error

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "[key]")


def _ask_for_less(parameters: dict[str, str]) -> bool:
    size = int(parameters.get("page_size", "0"))
    smaller = next((less for limit, less in _SMALLER_PAGES.items() if size >= limit), None)
    if smaller is None:
        return False
    parameters["page_size"] = str(smaller)
    return True
