"""Do the numbers that Keap's orders will get run into numbers that QuickBooks has already?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import SALES, Connection, KeapOrder, Posting, QuickbooksTxn
from qbwc_service.settings import Settings

#: how far Keap's numbers are looked ahead
AHEAD = 5000
#: tried in this order; "K-" leaves nine digits of QuickBooks' eleven characters
_PREFIXES = ("K-", "KP-", "KE-", "KEAP-")


@dataclass(frozen=True, slots=True)
class NumberOverlap:
    """First and last of the numbers in use in QuickBooks and of Keap's to come; None where there
    are none. `prefix` is what settles it: "" where nothing has to be settled."""

    quickbooks: tuple[int, int] | None
    keap: tuple[int, int] | None
    taken: int = 0
    prefix: str = ""

    @property
    def overlaps(self) -> bool:
        return self.taken > 0

    def sentence(self) -> str:
        """For the page and the command line; "" where there is nothing to say."""
        if self.quickbooks is None or self.keap is None or not self.overlaps:
            return ""
        if self.taken == 1:
            return (
                f"Keap's orders go from number {self.keap[0]} on, and QuickBooks has one of those "
                f"numbers already. Set the number prefix to {self.prefix}, and they never meet."
            )
        return (
            f"QuickBooks has numbers from {self.quickbooks[0]} to {self.quickbooks[1]}, and Keap's "
            f"orders go from {self.keap[0]} on: {self.taken} of QuickBooks' numbers are in their "
            f"way. Set the number prefix to {self.prefix}, and they never meet."
        )


def number_overlap(
    db: Session,
    connection: Connection,
    settings: Settings,
    *,
    likely: tuple[int, int] | None = None,
) -> NumberOverlap:
    """From what was read of QuickBooks; our own records are in nobody's way. `likely`: the numbers
    to come, for while no order was kept."""
    coming = coming_numbers(db, connection.id, settings)
    if coming is None and settings.number_source != "quickbooks-next":
        coming = likely
    if coming is None:
        return NumberOverlap(None, None)
    in_use = _in_use(db, connection.id)
    numbers = list(_numbers(in_use, settings))
    if not numbers:
        return NumberOverlap(None, coming)
    first, last = coming
    taken = sum(first <= number <= last for number in numbers)
    prefix = _free_prefix(in_use) if taken else ""
    return NumberOverlap((min(numbers), max(numbers)), coming, taken, prefix)


def coming_numbers(db: Session, connection_id: int, settings: Settings) -> tuple[int, int] | None:
    """The smallest number that an order not yet sent will get, and the largest looked ahead to;
    None where QuickBooks gives the numbers itself or no order was read."""
    if settings.number_source == "quickbooks-next":
        return None
    is_sent = exists().where(
        Posting.connection_id == connection_id,
        Posting.order_id == KeapOrder.keap_id,
        Posting.kind.in_(SALES),
        Posting.record_id != "",
    )
    of_connection = KeapOrder.connection_id == connection_id
    if settings.number_source == "invoice-id":
        return _coming_invoice_ids(db.scalars(select(KeapOrder.invoice_id).where(of_connection)))
    first = db.scalar(select(func.min(KeapOrder.keap_id)).where(of_connection, ~is_sent))
    last = db.scalar(select(func.max(KeapOrder.keap_id)).where(of_connection))
    if last is None:
        return None
    first = last + 1 if first is None else first
    return first, max(first, last) + AHEAD


def _coming_invoice_ids(texts: Iterable[str]) -> tuple[int, int] | None:
    """They are Keap's texts, so that they are compared here, those sent too."""
    numbers = [int(text) for text in texts if text.isascii() and text.isdecimal()]
    return (min(numbers), max(numbers) + AHEAD) if numbers else None


def _in_use(db: Session, connection_id: int) -> Sequence[str]:
    """Numbers of forms that are not ours."""
    is_ours = exists().where(
        Posting.connection_id == connection_id, Posting.record_id == QuickbooksTxn.txn_id
    )
    return db.scalars(
        select(QuickbooksTxn.ref_number).where(
            QuickbooksTxn.connection_id == connection_id,
            QuickbooksTxn.kind.in_(SALES),
            ~is_ours,
        )
    ).all()


def _numbers(in_use: Iterable[str], settings: Settings) -> Iterable[int]:
    """Of those that are written as ours would be."""
    prefix, suffix = settings.number_prefix.casefold(), settings.number_suffix.casefold()
    for text in in_use:
        written = text.casefold()
        if not (written.startswith(prefix) and written.endswith(suffix)):
            continue
        middle = written[len(prefix) : len(written) - len(suffix)]
        if middle.isascii() and middle.isdecimal():
            yield int(middle)


def _free_prefix(in_use: Sequence[str]) -> str:
    """The shortest that no number in QuickBooks begins with."""
    written = [text.casefold() for text in in_use]
    for prefix in _PREFIXES:
        if not any(text.startswith(prefix.casefold()) for text in written):
            return prefix
    return _PREFIXES[-1]
