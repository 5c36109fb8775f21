"""The daily digest: what was sent the day before, and whether Keap and QuickBooks add up. Pure.

It is about the orders that Keap dates on that day. What is in QuickBooks counts with the amount
there, everything else with Keap's, so the line adds up to the cent or names a difference
(ledger.reconciling_report).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from qbwc_service import messages
from qbwc_service.alerts.letters import Letter, letter_of, shown_time
from qbwc_service.ledger.reconciling_report import Bucket, Part, ReconcilingReport, Section
from qbwc_service.planning.money import shown

#: a service that was off in the morning still tells it; later it would be no news
_TOLD_WITHIN = timedelta(hours=6)
_SKIPPED = (Bucket.SKIPPED_BY_SETTINGS, Bucket.SKIPPED_BY_YOU)


def day_to_tell(now: datetime, at: str, zone: ZoneInfo, told: str, added_at: datetime) -> str:
    """The day (2026-11-22) whose digest is due; "" where none is.

    `told`: the day that was told last. A connection that was added today has no yesterday.
    """
    local = now.astimezone(zone)
    due = datetime.combine(local.date(), time.fromisoformat(at), zone)
    if not due <= local < due + _TOLD_WITHIN:
        return ""
    yesterday = local.date() - timedelta(days=1)
    if added_at.astimezone(zone).date() > yesterday or yesterday.isoformat() <= told:
        return ""
    return yesterday.isoformat()


def digest(
    report: ReconcilingReport, *, needs_you: int, last_read_at: datetime | None, zone: ZoneInfo
) -> Letter:
    """`needs_you`: how many orders wait for a person, whatever their day."""
    orders = report.sections[Part.ORDERS]
    sent, held = orders.figure(Bucket.IN_QUICKBOOKS), orders.figure(Bucket.HELD)
    details = {
        "sent": f"{sent.count:,}",
        "amount": shown(sent.amount),
        "held": f"{held.count:,}",
        "need": "needs" if held.count == 1 else "need",
        "skipped": f"{sum(orders.figure(bucket).count for bucket in _SKIPPED):,}",
        "lines": "\n".join(_lines(report, needs_you, last_read_at, zone)),
        "todo": "Open Needs you." if needs_you else "Nothing.",
    }
    return letter_of(messages.message("daily-digest", details))


def adds_up(section: Section) -> str:
    """ "Keap total 12,990.00 = QuickBooks 12,840.00 + waiting 150.00."."""
    return f"Keap total {section.sentence().removeprefix('Keap ')}."


def _lines(
    report: ReconcilingReport, needs_you: int, last_read_at: datetime | None, zone: ZoneInfo
) -> list[str]:
    orders, *others = (report.sections[part] for part in Part)
    lines = [adds_up(orders)]
    lines += [f"{each.part.capitalize()}: {adds_up(each)}" for each in others if each.entries]
    lines += [
        f"In another currency than the books, and in no sum: {each}."
        for each in report.foreign_sentences()
    ]
    if report.unreadable:
        are = "record is" if report.unreadable == 1 else "records are"
        lines.append(f"{report.unreadable:,} {are} in none of these sums: not readable.")
    end = datetime.combine(report.last_day + timedelta(days=1), time(), zone)
    if last_read_at is None or last_read_at < end:
        since = shown_time(last_read_at, zone) if last_read_at else "never"
        lines.append(f"Keap was last read: {since}. What is newer is missing here.")
    if needs_you:
        orders_need = "1 order needs" if needs_you == 1 else f"{needs_you:,} orders need"
        lines.append(f"In all, {orders_need} you.")
    return lines
