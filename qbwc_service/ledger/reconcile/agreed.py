"""A person says that a record is right as QuickBooks shows it: that is what it is held against."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.reconcile.txns import read_row, shown_of
from qbwc_service.ledger.reconcile.verdicts import agree, agreed_from
from qbwc_service.ledger.states import State

#: never read since it was posted: whatever the next reading shows is right
AS_READ_NEXT: Final = {"as_read_next": True}
_SETTLING = (Kind.PAYMENT, Kind.CREDIT_USE)


def take_as_right(db: Session, posting: Posting) -> None:
    """What QuickBooks showed of it last is right, or what it shows next where it was never read."""
    row = read_row(db, posting)
    if row is None:
        posting.agreed = dict(AS_READ_NEXT)
        return
    settled = settled_of(db, posting.connection_id, [posting.order_id or 0])
    posting.agreed = agree(shown_of(row), settled_for(posting, settled))


def waits_for_reading(posting: Posting) -> bool:
    """Whether the next reading is taken as right: somebody else made it, or a person said so."""
    return (posting.linked and not posting.agreed) or "as_read_next" in posting.agreed


def settled_of(
    db: Session, connection_id: int, order_ids: Collection[int]
) -> Mapping[int, int | None]:
    """What our payments and credits take off the invoice, by order, in minor units; None where one
    of them is a person's matter, so that it is not known how much of it is applied."""
    applied = func.coalesce(Posting.payload["applied"].as_integer(), Posting.amount)
    found = db.execute(
        select(Posting.order_id, Posting.cause, Posting.agreed, applied.label("applied")).where(
            Posting.connection_id == connection_id,
            Posting.order_id.in_(sorted(order_ids)),
            Posting.kind.in_(_SETTLING),
            Posting.state == State.POSTED,
        )
    )
    sums: dict[int, int | None] = defaultdict(int)
    for row in found:
        so_far, more = sums[row.order_id], _applied(row)
        sums[row.order_id] = None if more is None or so_far is None else so_far + more
    return sums


def _applied(row: Any) -> int | None:
    """As it was posted; less where a person found it right that less of it is applied."""
    if row.cause or "as_read_next" in row.agreed:
        return None
    agreed = agreed_from(row.agreed)
    as_posted = int(row.applied)
    if agreed is None or agreed.applied is None:
        return as_posted
    return min(as_posted, agreed.applied)


def settled_for(posting: Posting, settled: Mapping[int, int | None]) -> int | None:
    """Only what is open on an invoice is compared: credits are used by hand every day."""
    if posting.kind is not Kind.INVOICE:
        return None
    return settled.get(posting.order_id or 0, 0)


def meant_day(payload: Mapping[str, Any]) -> str:
    """The date that it was posted with, "2026-11-23"; "" where no plan was kept."""
    return str(payload.get("placed_on") or payload.get("paid_on") or "")
