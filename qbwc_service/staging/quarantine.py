"""Records that cannot be read: kept as they came, told, and let go when they can be read again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from keap import Contact, Order, OrderPayment, Page, Payment, Unreadable
from qbwc_service.ledger import error_log
from qbwc_service.ledger.models import UnreadableRecord
from qbwc_service.ledger.sources import text_hash
from qbwc_service.staging.usable import RecordUnusable

_MESSAGE = "unreadable-record"
_LONGEST_ID = 80

_R = TypeVar("_R", Order, Payment, OrderPayment, Contact)
_S = TypeVar("_S")


@dataclass(frozen=True, slots=True)
class Sorted(Generic[_S]):
    """A page's records as they are staged, and those that nobody can read."""

    staged: tuple[_S, ...]
    unreadable: tuple[Unreadable, ...]


def sort_out(page: Page[_R], resource: str, stage: Callable[[_R], _S]) -> Sorted[_S]:
    """Stage every record; RecordUnusable sets one apart and never loses its page."""
    staged: list[_S] = []
    unreadable = list(page.unreadable)
    for record in page.records:
        try:
            staged.append(stage(record))
        except RecordUnusable as error:
            unreadable.append(Unreadable(resource, record.id, record.raw, error.reason))
    return Sorted(tuple(staged), tuple(unreadable))


def together(pages: Iterable[Sorted[_S]]) -> Sorted[_S]:
    """Several pages as one, so that they are one transaction."""
    found = list(pages)
    return Sorted(
        tuple(one for page in found for one in page.staged),
        tuple(one for page in found for one in page.unreadable),
    )


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The unreadable records of one connection and one kind ("orders", "payments", "contacts")."""

    db: Session
    connection_id: int
    resource: str
    now: datetime

    def keep(self, records: Iterable[Unreadable]) -> None:
        """Store them; one that is there already in the same words is not told again."""
        by_id = {_identity(record): record for record in records}
        known = {row.record_id: row for row in self._rows(by_id)}
        for identity, record in by_id.items():
            self._keep_one(identity, record, known.get(identity))

    def let_go(self, record_ids: Iterable[str]) -> None:
        """These were read: those of them that could not be read before are over."""
        rows = [row for row in self._rows(set(record_ids)) if row.readable_since is None]
        for row in rows:
            row.readable_since = self.now
        if not rows:
            return
        self.db.flush()
        for order_id in {_order_id(self.resource, row.record_id) for row in rows}:
            if order_id is not None or not self._are_any_left():
                error_log.solve(
                    self.db,
                    self.connection_id,
                    now=self.now,
                    order_id=order_id,
                    messages=[_MESSAGE],
                )

    def _keep_one(self, identity: str, record: Unreadable, row: UnreadableRecord | None) -> None:
        raw = record.raw.decode("utf-8", "replace").replace("\x00", "")
        if row is not None and row.readable_since is None and row.raw == raw:
            return
        row = row or UnreadableRecord(
            connection_id=self.connection_id, resource=self.resource, record_id=identity
        )
        row.raw, row.reason = raw, record.reason
        row.read_at, row.readable_since = self.now, None
        self.db.add(row)
        details = {"resource": self.resource, "record": identity, "reason": record.reason}
        error_log.tell(
            self.db,
            self.connection_id,
            _MESSAGE,
            details,
            now=self.now,
            order_id=_order_id(self.resource, identity),
        )

    def _rows(self, record_ids: Iterable[str]) -> list[UnreadableRecord]:
        statement = select(UnreadableRecord).where(
            UnreadableRecord.connection_id == self.connection_id,
            UnreadableRecord.resource == self.resource,
            UnreadableRecord.record_id.in_(sorted(record_ids)),
        )
        return list(self.db.scalars(statement))

    def _are_any_left(self) -> bool:
        """Whether the entry that has no order still tells of a record."""
        still_open = self.db.execute(
            select(UnreadableRecord.resource, UnreadableRecord.record_id).where(
                UnreadableRecord.connection_id == self.connection_id,
                UnreadableRecord.readable_since.is_(None),
            )
        )
        return any(_order_id(resource, record_id) is None for resource, record_id in still_open)


def _order_id(resource: str, record_id: str) -> int | None:
    """The order that the error log shows the record with; all others share one entry."""
    is_number = record_id.isascii() and record_id.isdecimal() and len(record_id) < 19
    return int(record_id) if resource == "orders" and is_number and len(record_id) < 19 else None


def _identity(record: Unreadable) -> str:
    """Keap's id, or a digest of the text where that cannot be used as one."""
    is_usable = 0 < len(record.record_id) <= _LONGEST_ID and record.record_id.isprintable()
    return record.record_id if is_usable else text_hash(record.raw)
