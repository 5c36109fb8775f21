"""The words of an alert, from the message catalogue: the same as on the pages. Pure.

A letter names no customer: of what needs a person it gives the reasons and how many orders wait for
each, and where to look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qbwc_service import messages
from qbwc_service.alerts.seen import KEAP_REFUSES, SIGN_IN_ENDS, WRONG_FILE, Calls, Seen
from qbwc_service.ledger.held import HeldGroup
from qbwc_service.ledger.models import AlertKind

#: the others are counted
_GROUPS = 10
#: stays on the page: a mail leaves a blank for it
_PERSONAL = frozenset({"customer", "email"})
_OVER = {
    AlertKind.NEEDS_YOU: "nothing-needs-you",
    AlertKind.NO_CONTACT: "contact-again",
    AlertKind.SIGN_IN: "keap-login-fine-again",
    AlertKind.COMPANY_FILE: "company-file-fine-again",
    AlertKind.FAILURES: "works-again",
    AlertKind.MANY_SILENT: "many-call-again",
}
#: where a person sees more and can do something, below the page of the connection
PAGE = {
    AlertKind.NEEDS_YOU: "/needs-you",
    AlertKind.FAILURES: "/errors",
    AlertKind.DIGEST: "/reconcile",
    AlertKind.TEST: "/alerts",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One alert in words; `title` is one line."""

    title: str
    text: str


def needs_you(seen: Seen, groups: Sequence[HeldGroup]) -> Letter:
    """`groups`: the largest first."""
    orders = sum(group.orders for group in seen.held)
    lines = [f"- {_counted(group.orders, 'order')}: {_title(group)}" for group in groups[:_GROUPS]]
    if more := len(seen.held) - len(lines):
        lines.append(f"- and {_counted(more, 'more reason')}")
    number = orders + seen.loose_payments + seen.unreadable
    if seen.loose_payments:
        lines.append(f"- {_counted(seen.loose_payments, 'payment')} without an order that was sent")
    if seen.unreadable:
        lines.append(f"- {_counted(seen.unreadable, 'record')} of Keap that cannot be read")
    noun = "order" if number == orders else "record"
    return _letter(
        "needs-you-now",
        {
            "number": _counted(number, noun),
            "need": "needs" if number == 1 else "need",
            "causes": "\n".join(_line(line) for line in lines),
        },
    )


def no_contact(calls: Calls, waiting: int, zone: ZoneInfo) -> Letter:
    """`waiting`: how many orders wait to be sent."""
    return _letter(
        "no-contact",
        {
            "since": shown_time(calls.last_at, zone),
            "every": _minutes(calls.every),
            "waiting": f"{_counted(waiting, 'order')} {'waits' if waiting == 1 else 'wait'}.",
        },
    )


def sign_in(seen: Seen, zone: ZoneInfo) -> Letter:
    """Keap refuses the login, or will soon."""
    refused = sorted(KEAP_REFUSES & seen.entries.keys())
    if refused:
        return _letter(refused[0], seen.entries[refused[0]].details)
    ends = seen.sign_in_ends_at
    day = shown_time(ends, zone).partition(",")[0] if ends is not None else ""
    return _letter(SIGN_IN_ENDS, {"day": day})


def company_file(seen: Seen, block_details: Mapping[str, object]) -> Letter:
    """Another company file is open, or the one we know is not as it was."""
    if seen.write_block:
        return _letter(seen.write_block, block_details)
    return _letter(WRONG_FILE, seen.entries[WRONG_FILE].details)


def failures(seen: Seen) -> Letter:
    """The cause that came most often."""
    message_id = max(sorted(seen.failing()), key=lambda each: seen.entries[each].times)
    entry = seen.entries[message_id]
    what = messages.told(message_id, entry.details)
    return _letter(
        "again-and-again",
        {"times": entry.times, "what": what.title, "why": what.why, "do": what.do},
    )


def many_silent(silent: int, watched: int, address: str) -> Letter:
    return _letter("many-silent", {"silent": silent, "watched": watched, "address": address})


def over(kind: AlertKind) -> Letter:
    """All is well again."""
    return _letter(_OVER[kind], {})


def test(connection: str) -> Letter:
    return _letter("test-alert", {"connection": connection})


def shown_time(at: datetime, zone: ZoneInfo) -> str:
    """ "23 Nov 2026, 04:14" by the clock of the account."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def letter_of(message: messages.Message) -> Letter:
    """Why, and the one thing to do."""
    todo = "" if message.do == "Nothing." else f"\n\nWhat to do: {message.do}"
    return Letter(_line(message.title), f"{message.why}{todo}")


def _letter(message_id: str, details: Mapping[str, object]) -> Letter:
    return letter_of(messages.message(message_id, details))


def _title(group: HeldGroup) -> str:
    if group.cause not in messages.CATALOGUE:
        return group.cause
    kept = {name: text for name, text in group.details.items() if name not in _PERSONAL}
    details = {"order": group.first_order, **kept}
    return messages.told(group.cause, details).title


def _line(text: str) -> str:
    """One line: what Keap's people typed cannot look like a part of the mail."""
    return " ".join(text.split())


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _minutes(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    return "minute" if minutes == 1 else f"{minutes} minutes"
