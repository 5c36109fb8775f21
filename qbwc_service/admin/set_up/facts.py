"""What the last 30 days say beside each question, in sentences; nothing before they were read."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from qbwc_service.admin.words import counted
from qbwc_service.ledger.reconcile.number_overlap import NumberOverlap
from qbwc_service.ledger.set_up import Question
from qbwc_service.planning.last_days import LastDays


def facts_of(question: Question, days: LastDays | None) -> tuple[str, ...]:
    """Sentences, the most telling first."""
    told = _FACTS.get(question)
    return tuple(told(days)) if told and days is not None else ()


def in_short(days: LastDays) -> str:
    """ "214 orders in the last 30 days, 180 of them paid; the newest is 4931"."""
    if not days.orders:
        return "No order in the last 30 days"
    return (
        f"{_orders(days)} in the last 30 days, {days.paid:,} of them paid in full; the newest is "
        f"number {days.newest_order}"
    )


def overlap_sentence(overlap: NumberOverlap, *, is_read: bool) -> str:
    """What the numbers of the company file mean for those to come. `is_read`: they were read."""
    if overlap.quickbooks is None and not is_read:
        return (
            "Whether QuickBooks has such numbers already shows here after the next update of the "
            "Web Connector. A number that is taken is never used twice: its order waits for you."
        )
    if overlap.quickbooks is None or overlap.keap is None:
        return "QuickBooks has no numbers that could be in the way."
    first, last = overlap.quickbooks
    told = f"QuickBooks has numbers from {first} to {last}; Keap's go on from {overlap.keap[0]}"
    if overlap.overlaps:
        return (
            f"{told}. They overlap, so a prefix is advised: with {overlap.prefix} they never meet."
        )
    return f"{told}. They do not overlap, so no prefix is needed."


def _form(days: LastDays) -> Sequence[str]:
    return (_paid(days), *_failed(days))


def _which(days: LastDays) -> Sequence[str]:
    sentences = [_paid(days)]
    if days.drafts:
        sentences.append(f"{counted(days.drafts, 'order')} of them still a draft.")
    if days.zero:
        sentences.append(f"{counted(days.zero, 'order')} of 0.00.")
    if days.from_quickbooks:
        sentences.append(f"{counted(days.from_quickbooks, 'order')} came from QuickBooks.")
    return sentences


def _payments(days: LastDays) -> Sequence[str]:
    if not days.methods:
        return ("No payment was made in the last 30 days.",)
    return (f"You were paid by {_listed(days.methods)}.", *_failed(days))


def _tax(days: LastDays) -> Sequence[str]:
    taxes = f"Keap named these taxes: {_listed(days.taxes)}." if days.taxes else ""
    return (
        taxes or "No order had a tax line in the last 30 days.",
        (
            f"{counted(days.discounts, 'order')} with a discount, "
            f"{counted(days.shipped, 'order')} with shipping."
        ),
    )


def _numbers(days: LastDays) -> Sequence[str]:
    if not days.orders:
        return ()
    return (f"Your newest order in Keap is number {days.newest_order}.",)


_FACTS: Final[Mapping[Question, Callable[[LastDays], Sequence[str]]]] = MappingProxyType(
    {
        Question.FORM: _form,
        Question.WHICH: _which,
        Question.PAYMENTS: _payments,
        Question.TAX: _tax,
        Question.NUMBERS: _numbers,
    }
)


def _paid(days: LastDays) -> str:
    if not days.orders:
        return "In the last 30 days you had no order."
    return (
        f"In the last 30 days you had {_orders(days)}: {days.paid:,} paid in full, "
        f"{days.part_paid:,} part paid, {days.unpaid:,} unpaid."
    )


def _failed(days: LastDays) -> Sequence[str]:
    if not days.failed_charges:
        return ()
    return (f"{counted(days.failed_charges, 'charge')} failed; a failed charge is never sent.",)


def _orders(days: LastDays) -> str:
    """Where there were more than were read, the figures are of those that were."""
    least = "" if days.is_whole else "at least "
    return f"{least}{counted(days.orders, 'order')}"


def _listed(words: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{word} ({times:,})" for word, times in words)
