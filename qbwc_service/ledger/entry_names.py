"""What the entries of QuickBooks' lists are called that plans refer to by ListID."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import MirrorRecord
from qbwc_service.planning.plan import (
    ListRef,
    PlannedCreditMemo,
    PlannedOfRow,
    PlannedPayment,
    PlannedRefund,
    PlannedSale,
)

#: the name of a list, and a ListID in it
Entry = tuple[str, str]


@dataclass(frozen=True, slots=True)
class EntryNames:
    """`there`: of entries in QuickBooks; `made`: of those that our postings make, by their source
    keys. An entry that neither knows is called by its id."""

    there: Mapping[Entry, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)

    def called(self, ref: ListRef, list_name: str) -> str:
        """What the entry is called, in QuickBooks or once we have made it."""
        if ref.list_id:
            return self.there.get((list_name, ref.list_id), ref.list_id)
        return self.made.get(ref.made_by, ref.made_by)

    def named(self, list_name: str, list_id: str) -> str:
        """The same for a ListID; "" for none."""
        return self.called(ListRef(list_id), list_name) if list_id else ""


def entry_names(
    db: Session, connection_id: int, entries: Iterable[Entry], made: Mapping[str, str]
) -> EntryNames:
    """Read in one statement, however many there are."""
    by_list: dict[str, set[str]] = {}
    for list_name, list_id in entries:
        if list_id:
            by_list.setdefault(list_name, set()).add(list_id)
    wanted = [
        and_(MirrorRecord.list_name == list_name, MirrorRecord.list_id.in_(sorted(list_ids)))
        for list_name, list_ids in sorted(by_list.items())
    ]
    if not wanted:
        return EntryNames({}, made)
    found = db.execute(
        select(MirrorRecord.list_name, MirrorRecord.list_id, MirrorRecord.full_name).where(
            MirrorRecord.connection_id == connection_id, or_(*wanted)
        )
    )
    return EntryNames({(row.list_name, row.list_id): row.full_name for row in found}, made)


def entries_of_sale(planned: PlannedSale) -> Iterator[Entry]:
    """All that a form names; an id may be ""."""
    for line in planned.lines:
        yield "Item", line.item.list_id
    yield "Customer", planned.customer.list_id
    yield "Item", planned.tax_item_list_id
    yield "Terms", planned.terms_list_id
    yield "Class", planned.class_list_id
    yield "PaymentMethod", planned.method_list_id
    yield "Account", planned.deposit_account_list_id


def entries_of_row(planned: PlannedOfRow) -> Iterator[Entry]:
    """All that a record of a payment row names; an id may be ""."""
    match planned:
        case PlannedPayment():
            yield "PaymentMethod", planned.method_list_id
            yield "Account", planned.deposit_account_list_id
        case PlannedCreditMemo():
            for line in planned.lines:
                yield "Item", line.item.list_id
        case PlannedRefund():
            yield "PaymentMethod", planned.method_list_id
            yield "Account", planned.account_list_id
        case _:
            return
