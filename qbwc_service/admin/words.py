"""The words on the pages: statuses, amounts, times, counts; and the filters that templates use."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from qbwc_service import messages
from qbwc_service.admin.addresses import day_from
from qbwc_service.admin.setting_words import (
    SETTING_THEME,
    setting_choice,
    setting_label,
    setting_value,
)
from qbwc_service.ledger.form_picture import FoundBy
from qbwc_service.ledger.kind_words import called
from qbwc_service.ledger.models import OrderStatus, PaymentStatus
from qbwc_service.ledger.states import State
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind
from qbwc_service.settings import SETTINGS

ORDER_STATUS: Final[Mapping[OrderStatus, str]] = MappingProxyType(
    {
        OrderStatus.NEW: "New",
        OrderStatus.HELD: "Held - needs you",
        OrderStatus.READY: "Ready",
        OrderStatus.SENT: "Sent, waiting for answer",
        OrderStatus.POSTED: "In QuickBooks",
        OrderStatus.POSTED_PAYMENT_OPEN: "In QuickBooks, payment open",
        OrderStatus.SKIPPED_BY_SETTINGS: "Skipped by your settings",
        OrderStatus.SKIPPED_BY_YOU: "Skipped by you",
        OrderStatus.WILL_RETRY: "Failed, will retry",
        OrderStatus.UNDONE: "Undone",
    }
)
#: what is told instead of a status, by the cause that tells two meanings of it apart
_STATUS_BECAUSE: Final[Mapping[str, str]] = MappingProxyType({"being-undone": "Being undone"})
PAYMENT_STATUS: Final[Mapping[PaymentStatus, str]] = MappingProxyType(
    {
        PaymentStatus.NEW: "New",
        PaymentStatus.WAITING: "Waits to be sent",
        PaymentStatus.SENT: "Sent, waiting for answer",
        PaymentStatus.POSTED: "In QuickBooks",
        PaymentStatus.HELD: "Held - needs you",
        PaymentStatus.WILL_RETRY: "Failed, will retry",
        PaymentStatus.SKIPPED_BY_SETTINGS: "Skipped by your settings",
        PaymentStatus.SKIPPED_BY_YOU: "Skipped by you",
        PaymentStatus.UNDONE: "Undone",
    }
)
POSTING_STATE: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.READY: "Waits to be sent",
        State.SENT: "Sent, waiting for answer",
        State.POSTED: "In QuickBooks",
        State.HELD: "Held - needs you",
        State.SKIPPED: "Skipped by you",
        State.GONE: "No longer in QuickBooks",
        State.UNDONE: "Undone",
    }
)
#: why settings leave an order out, after "12 orders"
SKIP_REASON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "order-status": "without an order status that you send",
        "before-start-date": "from before the start date",
        "zero-total": "of 0.00",
        "came-from-quickbooks": "that came from QuickBooks",
        "test-order": "that were tests",
        "skipped-by-rule": "left out by a rule",
        "not-paid-yet": "not paid yet",
        "still-a-draft": "that are still drafts",
        "order-products": "without a product that you send",
        "order-sources": "that came in a way that you do not send",
        "order-amount": "below or above the totals that you send",
    }
)
#: what a row of Keap is, beside what became of it
PAYMENT_KIND: Final[Mapping[PaymentKind, str]] = MappingProxyType(
    {
        PaymentKind.CASH: "Payment",
        PaymentKind.TEST: "Test payment",
        PaymentKind.CREDIT: "Credit",
        PaymentKind.REFUND: "Refund",
        PaymentKind.NOT_COMPLETED: "Payment, not completed",
        PaymentKind.UNCLEAR: "Payment of an unclear status",
    }
)
_SETTING_NAMES: Final = frozenset(setting.name for setting in SETTINGS)
#: which colour a status chip has; every chip also says its status in words
TONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "held": "alarm",
        "gone": "alarm",
        "will-retry": "warning",
        "posted-payment-open": "open",
        "posted": "good",
        "new": "busy",
        "ready": "busy",
        "waiting": "busy",
        "sent": "busy",
    }
)


#: how the customer of a form was found
FOUND_BY: Final[Mapping[FoundBy, str]] = MappingProxyType(
    {
        "new": "New customer",
        "made": "Made for this order",
        "e-mail": "Found by e-mail",
        "chosen": "You chose it",
        "existing": "Existing customer",
    }
)


def explained(cause: str, details: Mapping[str, object]) -> messages.Message:
    """The catalogue's words for a cause, days as the pages write them."""
    readable = {key: _readable(value) for key, value in details.items()}
    setting = details.get("setting")
    if setting in _SETTING_NAMES:
        readable["setting"] = setting_label(str(setting))
    return messages.told(cause, readable)


def _readable(detail: object) -> object:
    known = day_from(detail) if isinstance(detail, str) else detail
    return day(known) if isinstance(known, date) else detail


def standing_words(status: OrderStatus, cause: str) -> str:
    """The status, or what it means for this cause: what is ready may be ready to be deleted."""
    return _STATUS_BECAUSE.get(cause, ORDER_STATUS[status])


def counted(number: int, noun: str, plural: str = "") -> str:
    """(1, "order") -> "1 order", (14, "order") -> "14 orders"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def span(length: timedelta) -> str:
    """A length of time in its largest unit: "6 minutes", "3 hours", "2 days"."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return counted(minutes, "minute")
    if minutes < 48 * 60:
        return counted(minutes // 60, "hour")
    return counted(minutes // (24 * 60), "day")


def took(length: timedelta) -> str:
    """How long something took, to the second under an hour: "6 s", "2 min 5 s", "3 hours"."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return span(length)


def ago(then: datetime | None, now: datetime) -> str:
    return "never" if then is None else f"{span(now - then)} ago"


def local_time(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """ "23 Nov 2026, 04:14", in the connection's time zone; "" for no time."""
    if moment is None:
        return ""
    local = moment.astimezone(zone or UTC)
    return f"{local.day} {local:%b %Y, %H:%M}"


def day(when: date | None) -> str:
    """ "23 Nov 2026"; "" for no day."""
    return f"{when.day} {when:%b %Y}" if when else ""


def quantity(number: Decimal | None) -> str:
    """ "2" for 2.00, "" for none."""
    if number is None:
        return ""
    return f"{number.normalize():,f}"


def month(text: str) -> str:
    """ "2026-11" -> "November 2026"; what is no month stays as it is."""
    first = day_from(f"{text}-01")
    return f"{first:%B %Y}" if first else text


def register_words(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters |= {
        "day": day,
        "day_text": lambda text: day(day_from(text)) or text,
        "dict_with": lambda first, second: {**first, **second},
        "money": shown,
        "month": month,
        "ago": ago,
        "local_time": local_time,
        "took": took,
        "order_status": ORDER_STATUS.__getitem__,
        "standing": standing_words,
        "payment_status": PAYMENT_STATUS.__getitem__,
        "posting_state": POSTING_STATE.__getitem__,
        "called": called,
        "found_by": FOUND_BY.__getitem__,
        "found_by_tone": lambda how: "busy" if how == "new" else "good",
        "lines": Markup("<br>").join,
        "quantity": quantity,
        "payment_kind": PAYMENT_KIND.__getitem__,
        "setting_choice": setting_choice,
        "setting_label": setting_label,
        "setting_value": lambda value, name: setting_value(name, value),
        "setting_theme": SETTING_THEME.__getitem__,
        "skip_reason": lambda cause: SKIP_REASON.get(cause, f"({cause})"),
        "tone": lambda status: TONE.get(status, "quiet"),
    }

    @app.context_processor
    def _words() -> dict[str, Any]:
        return {"counted": counted}
