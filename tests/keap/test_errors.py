import json

import pytest

from keap.errors import (
    KeapAnswerUnreadable,
    KeapBadRequest,
    KeapError,
    KeapServerError,
    KeapThrottled,
    error_of_status,
    read_error_body,
)
from tests.keap.playing import gateway_fault


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (
            json.dumps(gateway_fault("keymanagement.x", "Invalid Access Token")).encode(),
            "keymanagement.x",
            "Invalid Access Token",
        ),
        (b'{"fault":{"faultstring":"x","detail":null}}', "", "x"),
        (
            b'{"code":400,"message":"Unrecognized property: price","status":"BAD_REQUEST"}',
            "400",
            "Unrecognized property: price",
        ),
        (
            b'{"code":"429","message":"Quota Exceeded","status":"Request Throttled"}',
            "429",
            "Quota Exceeded",
        ),
        (
            b'{"error":"invalid_request","error_description":"Invalid Refresh Token"}',
            "invalid_request",
            "Invalid Refresh Token",
        ),
        (
            b"<html><head><style>p {}</style></head><body><h1>502 Bad\n Gateway</h1></body>",
            "",
            "502 Bad Gateway",
        ),
        (b'["no object"]', "", '["no object"]'),
        (b'{"message":{"odd":1},"code":null}', "", ""),
        (b"\xff\xfe", "", "\N{REPLACEMENT CHARACTER}" * 2),
        (b"", "", ""),
        (b"word " * 5000, "", ("word " * 40)[:200]),
    ],
)
def test_every_kind_of_body_gives_what_it_says(body: bytes, code: str, message: str) -> None:
    assert read_error_body(body) == (code, message)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (302, KeapAnswerUnreadable),
        (204, KeapAnswerUnreadable),
        (409, KeapBadRequest),
        (422, KeapBadRequest),
        (429, KeapThrottled),
        (501, KeapServerError),
        (599, KeapServerError),
    ],
)
def test_every_other_status_has_its_class(status: int, expected: type[KeapError]) -> None:
    assert error_of_status(status) is expected


def test_an_error_reads_as_one_line_with_all_that_helps() -> None:
    error = KeapThrottled(
        "Quota Exceeded",
        request="GET /rest/v2/orders",
        http_status=429,
        code="429",
        request_id="cc09",
        retry_after=7200.0,
    )
    assert str(error) == ("Quota Exceeded (HTTP 429, 429, GET /rest/v2/orders, request id cc09)")
    assert (error.kind, error.retry_after) == ("throttled", 7200.0)


def test_an_error_without_details_is_its_message() -> None:
    assert str(KeapServerError("broken")) == "broken"
