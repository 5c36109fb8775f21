"""Every way in which Keap can fail, as a caller of the client sees it."""

import logging
import traceback
from typing import Any

import httpx
import pytest

from keap import (
    KeapAnswerUnreadable,
    KeapAuthRefused,
    KeapBadRequest,
    KeapError,
    KeapNotFound,
    KeapPermissionMissing,
    KeapServerError,
    KeapThrottled,
    KeapUnreachable,
)
from tests.keap.playing import KEY, Answer, Playing, answer, gateway_fault, order, page


def trouble_of(keap: Playing) -> KeapError:
    with keap.client() as client, pytest.raises(KeapError) as caught:
        list(client.orders())
    return caught.value


@pytest.mark.parametrize(
    ("played", "expected", "kind", "code", "message"),
    [
        (
            answer(401, gateway_fault("keymanagement.service.invalid_access_token", "Invalid")),
            KeapAuthRefused,
            "auth",
            "keymanagement.service.invalid_access_token",
            "Invalid",
        ),
        (
            answer(401, gateway_fault("oauth.v2.InvalidAccessToken", "Invalid access token")),
            KeapAuthRefused,
            "auth",
            "oauth.v2.InvalidAccessToken",
            "Invalid access token",
        ),
        (
            answer(403, {"code": 403, "message": "Forbidden", "status": "FORBIDDEN"}),
            KeapPermissionMissing,
            "permission",
            "403",
            "Forbidden",
        ),
        (
            answer(404, {"code": 404, "message": "No such order"}),
            KeapNotFound,
            "not_found",
            "404",
            "No such order",
        ),
        (
            answer(400, {"code": 400, "message": "Unknown filter"}),
            KeapBadRequest,
            "bad_request",
            "400",
            "Unknown filter",
        ),
        (
            answer(409, {"code": 409, "message": "Conflict"}),
            KeapBadRequest,
            "bad_request",
            "409",
            "Conflict",
        ),
        (
            answer(501, "", x_request_id="r1"),
            KeapServerError,
            "server",
            "",
            "Keap refused the request without a reason",
        ),
        (
            answer(302, "", location="https://elsewhere.example/"),
            KeapAnswerUnreadable,
            "protocol",
            "",
            "Keap refused the request without a reason",
        ),
    ],
)
def test_what_cannot_pass_is_told_at_once(
    played: httpx.Response, expected: type[KeapError], kind: str, code: str, message: str
) -> None:
    keap = Playing(played)
    error = trouble_of(keap)
    assert type(error) is expected
    assert (error.kind, error.http_status, error.code, error.message, error.retry_after) == (
        kind,
        played.status_code,
        code,
        message,
        None,
    )
    assert error.request == "GET /rest/v2/orders?order_by=id%20asc&page_size=1000"
    assert error.request_id == played.headers.get("x-request-id", "")
    assert (len(keap.requests), keap.sleeps) == (1, [])


@pytest.mark.parametrize(
    ("played", "expected", "kind"),
    [
        (
            answer(429, {"code": "429", "message": "Quota Exceeded", "details": None}),
            KeapThrottled,
            "throttled",
        ),
        (
            answer(429, gateway_fault("policies.ratelimit.SpikeArrestViolation", "Spike")),
            KeapThrottled,
            "throttled",
        ),
        (answer(500, {"code": 500, "message": "Oops"}), KeapServerError, "server"),
        (answer(502, "<html><h1>Bad Gateway</h1></html>"), KeapServerError, "server"),
        (answer(503, ""), KeapServerError, "server"),
        (answer(504, ""), KeapServerError, "server"),
        (httpx.ConnectError, KeapUnreachable, "network"),
        (httpx.ReadTimeout, KeapUnreachable, "network"),
        (httpx.RemoteProtocolError, KeapUnreachable, "network"),
        (httpx.DecodingError, KeapUnreachable, "network"),
    ],
)
def test_what_may_pass_is_tried_six_times(
    played: Answer, expected: type[KeapError], kind: str
) -> None:
    keap = Playing(played)
    error = trouble_of(keap)
    assert (type(error), error.kind) == (expected, kind)
    assert (len(keap.requests), keap.sleeps) == (6, [0.5, 1.0, 2.0, 4.0, 8.0])


@pytest.mark.parametrize("played", [answer(429, ""), answer(502, "<html>"), httpx.ReadError])
def test_trouble_that_passes_is_not_seen(played: Answer) -> None:
    keap = Playing(played, played, page("orders", order("1")))
    with keap.client() as client:
        assert [len(found.records) for found in client.orders()] == [1]
    assert keap.sleeps == [0.5, 1.0]


def test_retry_after_is_waited_for_exactly() -> None:
    keap = Playing(answer(429, "", retry_after="7"), page("orders"))
    with keap.client() as client:
        assert list(client.orders()) == []
    assert keap.sleeps == [7.0]


@pytest.mark.parametrize(("status", "expected"), [(429, KeapThrottled), (503, KeapServerError)])
def test_a_long_retry_after_is_left_to_the_caller(status: int, expected: type[KeapError]) -> None:
    keap = Playing(answer(status, "", retry_after="7200"))
    error = trouble_of(keap)
    assert (type(error), error.retry_after) == (expected, 7200.0)
    assert (len(keap.requests), keap.sleeps) == (1, [])


def test_pages_that_time_out_twice_are_asked_smaller() -> None:
    slow = httpx.ReadTimeout
    rows = page("orders", order("1"), token="t")
    keap = Playing(slow, slow, slow, slow, rows, page("orders"))
    with keap.client() as client:
        assert len(list(client.orders())) == 1
    sizes = [request.url.params["page_size"] for request in keap.requests]
    assert sizes == ["1000", "1000", "500", "500", "200", "200"]


def test_small_pages_are_not_made_smaller() -> None:
    keap = Playing(httpx.ReadTimeout)
    with keap.client() as client, pytest.raises(KeapUnreachable):
        list(client.orders(page_size=100))
    assert {request.url.params["page_size"] for request in keap.requests} == {"100"}


@pytest.mark.parametrize(
    "body", ["<html>Sign in</html>", "[]", '{"orders":7}', '{"payments":[]}', ""]
)
def test_a_page_that_is_none_is_told_and_not_tried_again(body: str) -> None:
    keap = Playing(answer(200, body, x_request_id="r7"))
    error = trouble_of(keap)
    assert (type(error), error.kind, error.http_status, error.request_id) == (
        KeapAnswerUnreadable,
        "protocol",
        200,
        "r7",
    )
    assert error.message.startswith("Keap's page of orders cannot be read: ")
    assert error.request == "GET /rest/v2/orders?order_by=id%20asc&page_size=1000"
    assert len(keap.requests) == 1


def test_a_single_answer_that_is_none_is_told() -> None:
    keap = Playing(answer(200, "<html>"))
    with keap.client() as client, pytest.raises(KeapAnswerUnreadable, match="cannot be read"):
        client.business_profile()


def test_json_served_as_text_is_read_all_the_same() -> None:
    keap = Playing(answer(200, '{"orders":[]}', content_type="text/plain"))
    with keap.client() as client:
        assert list(client.orders()) == []


def test_pages_read_before_the_trouble_were_given() -> None:
    keap = Playing(page("orders", order("1"), token="a"), answer(403, ""))
    with keap.client() as client:
        pages = client.orders()
        assert len(next(pages).records) == 1
        with pytest.raises(KeapPermissionMissing):
            next(pages)


@pytest.mark.parametrize(
    "played",
    [
        answer(401, {"code": KEY, "message": f"Invalid token {KEY}"}),
        answer(500, f"<html>Authorization: Bearer {KEY}</html>"),
        httpx.ConnectError,
        answer(200, f'{{"orders":"{KEY}"}}'),
    ],
)
def test_the_key_is_in_no_error_no_log_and_no_trace(
    played: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keap = Playing(played)
    client = keap.client()
    with client, pytest.raises(KeapError) as caught:
        list(client.orders())
    shown: list[Any] = [
        repr(client),
        repr(caught.value),
        str(caught.value),
        vars(caught.value),
        "".join(traceback.format_exception(caught.value)),
        [(record.getMessage(), record.args) for record in caplog.records],
    ]
    assert KEY not in repr(shown)
    assert not isinstance(caught.value.__context__, httpx.RequestError)
