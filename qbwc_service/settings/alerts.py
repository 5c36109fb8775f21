"""Who is told what, and when QuickBooks is left alone."""

from typing import get_args

from qbwc_service.settings.choices import YesNo
from qbwc_service.settings.setting import Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "alert_emails",
        "e-mail addresses",
        "",
        "Who is told by e-mail when something needs a person, with commas between. Empty: nobody.",
    ),
    Setting(
        "alert_kinds",
        "alerts",
        "",
        "What they are told of, with commas between: needs-you, no-contact, sign-in, company-file "
        "and failures. Empty: all of them.",
    ),
    Setting(
        "alert_webhook",
        "web address",
        "",
        "A web address (https://) of a program that is told the same. It needs a signing key, "
        "which you make on the page Alerts. Empty: none.",
    ),
    Setting(
        "daily_digest",
        "yes or no",
        "yes",
        "Tell them once a day what was sent the day before, and whether Keap and QuickBooks add "
        "up.",
        get_args(YesNo),
    ),
    Setting(
        "digest_at",
        "time",
        "07:00",
        "At what time of the account that is told (for example 07:00).",
    ),
    Setting(
        "quiet_hours",
        "hours",
        "",
        "From when to when, by the time of the account, QuickBooks is left alone (for example "
        "22:00-06:00). Keap is read all the same. Empty: never.",
    ),
)
