"""A Keap of a few lines for the client's tests: it plays answers in turn and notes the requests."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from keap import Auth, KeapClient, Pace
from keap.throttle import TokenBucket

BASE = "https://keap.example/crm"
KEY = "KeapAK-0123456789abcdef"
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


class AtWill(TokenBucket):
    """No pace at all."""

    def __init__(self) -> None:
        super().__init__(Pace(), NOON)

    def take(self, now: datetime) -> float:
        return 0.0


Answer = httpx.Response | type[httpx.RequestError]


class Playing:
    """Gives `answers` one after the other (the last for ever); `sleeps` are the waits asked for.

    Time passes while somebody sleeps, and not otherwise.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.sleeps: list[float] = []

    def client(
        self,
        *,
        auth: str | Auth = KEY,
        tenant: str = "",
        pace: Pace | None = None,
        random: Callable[[], float] = lambda: 1.0,
    ) -> KeapClient:
        return KeapClient(
            BASE,
            auth,
            tenant=tenant,
            transport=httpx.MockTransport(self._answer),
            sleep=self.sleeps.append,
            now=lambda: NOON + timedelta(seconds=sum(self.sleeps)),
            random=random,
            pacer=TokenBucket(pace, NOON) if pace else AtWill(),
        )

    @property
    def asked(self) -> list[str]:
        """Path and query of every request, as sent."""
        return [request.url.raw_path.decode() for request in self.requests]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.Response):
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        raise answer(f"played for Bearer {KEY}", request=request)


def page(resource: str, *rows: Any, token: str | None = "", **headers: str) -> httpx.Response:
    """A list answer; a token of None leaves the member out."""
    body: dict[str, Any] = {resource: list(rows)}
    if token is not None:
        body["next_page_token"] = token
    return answer(200, body, **headers)


def answer(status: int, body: Any, **headers: str) -> httpx.Response:
    """JSON for anything but text; header names with underscores."""
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return httpx.Response(
        status,
        content=content,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def order(identity: Any = "20117", **fields: Any) -> dict[str, Any]:
    """An order of 111.05 USD."""
    return {"id": identity, "total": {"amount": 11105, "currency_code": "USD"}, **fields}


def gateway_fault(code: str, text: str) -> dict[str, Any]:
    """The body of Keap's gateway, which is not that of its application."""
    return {"fault": {"faultstring": text, "detail": {"errorcode": code}}}
