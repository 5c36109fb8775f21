import pytest

from keap.errors import (
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
from keap.retries import read_retry_after, wait_before_retry
from tests.keap.playing import NOON


@pytest.mark.parametrize(
    ("attempt", "ceiling"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 30), (60, 30)]
)
def test_the_wait_doubles_up_to_thirty_seconds(attempt: int, ceiling: float) -> None:
    assert wait_before_retry(KeapUnreachable("cut"), attempt, 1.0) == ceiling


def test_the_wait_is_a_random_part_of_it() -> None:
    error = KeapServerError("broken", http_status=503)
    assert [wait_before_retry(error, 3, chance) for chance in (0.0, 0.25)] == [0.0, 0.5]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_statuses_that_may_pass_are_tried_again(status: int) -> None:
    assert wait_before_retry(KeapServerError("", http_status=status), 1, 1.0) == 0.5


@pytest.mark.parametrize(
    "error",
    [
        KeapAuthRefused("", http_status=401),
        KeapPermissionMissing("", http_status=403),
        KeapNotFound("", http_status=404),
        KeapBadRequest("", http_status=400),
        KeapServerError("", http_status=501),
        KeapAnswerUnreadable("", http_status=200),
    ],
)
def test_what_cannot_pass_is_not_tried_again(error: KeapError) -> None:
    assert wait_before_retry(error, 1, 1.0) is None


@pytest.mark.parametrize(("retry_after", "wait"), [(0.0, 0.0), (120.0, 120.0), (120.5, None)])
def test_retry_after_counts_up_to_two_minutes(retry_after: float, wait: float | None) -> None:
    error = KeapThrottled("", http_status=429, retry_after=retry_after)
    assert wait_before_retry(error, 1, 1.0) == wait


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("Mon, 02 Nov 2026 12:01:30 GMT", 90.0),
        ("Mon, 02 Nov 2026 12:01:30 -0000", 90.0),
        ("Mon, 02 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    header: str | None, seconds: float | None
) -> None:
    assert read_retry_after(header, NOON) == seconds
