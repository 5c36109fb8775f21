"""What goes wrong with Keap is told in one place, and over when Keap is read again."""

from datetime import timedelta

import pytest

from keap import (
    KeapAnswerUnreadable,
    KeapAuthRefused,
    KeapBadRequest,
    KeapError,
    KeapNotFound,
    KeapOtherTenant,
    KeapPermissionMissing,
    KeapPutOff,
    KeapServerError,
    KeapThrottled,
    KeapUnreachable,
    PutOff,
)
from qbwc_service.messages import CATALOGUE
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.staging.trouble import (
    TROUBLE_MESSAGES,
    KeapKeyMalformed,
    KeapNotConnected,
    KeapUnusable,
    Trouble,
    ZoneUnknown,
    trouble_of,
)
from tests.staging.joined import NOON


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (KeapAuthRefused("no"), Trouble("keap-key-refused")),
        (KeapKeyMalformed(), Trouble("keap-key-refused")),
        (KeapNotConnected(), Trouble("keap-not-connected")),
        (SecretUnreadable(), Trouble("secret-key-changed")),
        (
            KeapPermissionMissing("no", request="GET /rest/v2/sales/payments?filter=id%3E0"),
            Trouble("keap-permission-missing", {"resource": "sales/payments"}),
        ),
        (KeapPermissionMissing("no"), Trouble("keap-permission-missing", {"resource": ""})),
        (
            KeapThrottled("slow", retry_after=7200.0),
            Trouble("keap-slow-down", retry_after=7200.0),
        ),
        (
            KeapUnreachable("Keap gave no answer."),
            Trouble("keap-not-answering", {"reason": "Keap gave no answer."}),
        ),
        (
            KeapServerError("broken", http_status=502),
            Trouble("keap-not-answering", {"reason": "broken (HTTP 502)."}),
        ),
        (
            KeapBadRequest("bad filter", http_status=400),
            Trouble("keap-refused-request", {"reason": "bad filter (HTTP 400)."}),
        ),
        (KeapNotFound("gone"), Trouble("keap-refused-request", {"reason": "gone."})),
        (KeapAnswerUnreadable("odd"), Trouble("keap-refused-request", {"reason": "odd."})),
        (
            KeapOtherTenant("zz9.example", "ab103.example"),
            Trouble("keap-other-account", {"tenant": "zz9.example", "pinned": "ab103.example"}),
        ),
        (
            ZoneUnknown("Moon/Crater"),
            Trouble(
                "keap-refused-request",
                {
                    "reason": "The time zone 'Moon/Crater' is not known; "
                    "choose one in the settings (time_zone)."
                },
            ),
        ),
    ],
)
def test_every_error_is_one_message(
    error: KeapError | KeapUnusable | SecretUnreadable, trouble: Trouble
) -> None:
    assert trouble_of(error) == trouble


def test_every_message_is_in_the_catalogue() -> None:
    assert set(TROUBLE_MESSAGES) <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (PutOff.LOW, "keap-calls-low"),
        (PutOff.USED_UP, "keap-calls-used-up"),
        (PutOff.NOT_YET, "keap-slow-down"),
    ],
)
def test_what_was_put_off_says_why_and_until_when(reason: PutOff, message: str) -> None:
    wait = timedelta(hours=2)
    trouble = trouble_of(KeapPutOff(reason, NOON + wait, wait))
    assert trouble == Trouble(message, retry_after=7200.0)
