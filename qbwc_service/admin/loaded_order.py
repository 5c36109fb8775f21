"""The rows behind the page of one order, loaded with a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import abort
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.entry_names import (
    Entry,
    EntryNames,
    entries_of_row,
    entries_of_sale,
    entry_names,
)
from qbwc_service.ledger.models import (
    REFUNDS,
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
)
from qbwc_service.ledger.row_postings import row_key
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.planning.plan import (
    ListRef,
    PlannedCreditMemo,
    PlannedLine,
    PlannedOfRow,
    PlannedPayment,
    PlannedRefund,
    PlannedSale,
    credit_memo_from,
    payment_from,
    planned_sale_from,
    refund_from,
)


@dataclass(frozen=True, slots=True)
class LoadedOrder:
    """`postings` holds the newest generation of each; `list_postings` the customer and the items
    that they have made or will make; `rows` the order's payment rows of Keap, oldest first."""

    connection: Connection
    order: KeapOrder
    rows: Sequence[KeapPayment]
    postings: tuple[Posting, ...]
    list_postings: tuple[Posting, ...]
    names: EntryNames

    @property
    def sale(self) -> Posting | None:
        """The form that the order became or is to become."""
        return sale_of(self.postings)

    @property
    def planned(self) -> PlannedSale | None:
        """The form as it was planned; None where it was not, or where it was linked unplanned."""
        sale = self.sale
        return planned_sale_from(sale.payload) if sale is not None and sale.payload else None

    def of_row(self, row: KeapPayment) -> list[Posting]:
        """The postings of that payment row, those that others refer to first."""
        order = list(Kind)
        key = row_key(row)
        found = (each for each in self.postings if not each.kind.is_sale)
        return sorted(
            (each for each in found if each.source_key == key),
            key=lambda posting: order.index(posting.kind),
        )

    def called(self, ref: ListRef, list_name: str) -> str:
        """What the entry is called, in QuickBooks or once we have made it."""
        return self.names.called(ref, list_name)

    def named(self, list_name: str, list_id: str) -> str:
        """The same for a ListID; "" for none."""
        return self.names.named(list_name, list_id)

    @property
    def planned_rows(self) -> list[PlannedOfRow]:
        """What was planned from its payment rows, those that others refer to first."""
        of_rows = (each for row in self.rows for each in self.of_row(row))
        return [planned for each in of_rows if (planned := _planned_of_row(each)) is not None]


def load_order(db: Session, connection: Connection, keap_id: int) -> LoadedOrder:
    """Aborts with 404 for an order that was not read from this connection's Keap."""
    order = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection.id, KeapOrder.keap_id == keap_id
        )
    ).first()
    if order is None:
        abort(404)
    found = db.scalars(
        select(Posting)
        .where(Posting.connection_id == connection.id, Posting.order_id == keap_id)
        .order_by(Posting.id)
    )
    postings = tuple(current(found).values())
    sale = sale_of(postings)
    planned = planned_sale_from(sale.payload) if sale is not None and sale.payload else None
    of_lists = _list_postings(db, connection.id, planned, postings)
    made = {posting.source_key: posting.number for posting in of_lists}
    return LoadedOrder(
        connection,
        order,
        _rows(db, connection.id, keap_id),
        postings,
        of_lists,
        entry_names(db, connection.id, _entries(planned, postings), made),
    )


def load_payments(
    db: Session, connection: Connection, keap_ids: Collection[int]
) -> dict[int, LoadedOrder]:
    """Those of the orders that were read, with their payment rows and the names that these need;
    what the lines of their forms name is left out. Four statements for any number of orders."""
    here = connection.id
    orders = db.scalars(
        select(KeapOrder).where(KeapOrder.connection_id == here, KeapOrder.keap_id.in_(keap_ids))
    ).all()
    rows: dict[int, list[KeapPayment]] = defaultdict(list)
    for row in db.scalars(
        select(KeapPayment)
        .where(KeapPayment.connection_id == here, KeapPayment.order_id.in_(keap_ids))
        .order_by(KeapPayment.payment_id)
    ):
        rows[row.order_id].append(row)
    postings: dict[int, list[Posting]] = defaultdict(list)
    found = db.scalars(
        select(Posting)
        .where(Posting.connection_id == here, Posting.order_id.in_(keap_ids))
        .order_by(Posting.id)
    )
    for posting in current(found).values():
        postings[posting.order_id or 0].append(posting)
    of_rows = [each for some in postings.values() for each in some if not each.kind.is_sale]
    names = entry_names(db, here, _entries(None, of_rows), {})
    return {
        order.keap_id: LoadedOrder(
            connection, order, rows[order.keap_id], tuple(postings[order.keap_id]), (), names
        )
        for order in orders
    }


def _rows(db: Session, connection_id: int, keap_id: int) -> Sequence[KeapPayment]:
    return db.scalars(
        select(KeapPayment)
        .where(KeapPayment.connection_id == connection_id, KeapPayment.order_id == keap_id)
        .order_by(KeapPayment.paid_on, KeapPayment.payment_id)
    ).all()


def _lines(planned: PlannedSale | None, postings: Iterable[Posting]) -> Iterator[PlannedLine]:
    """Of the form and of its credit memos."""
    if planned is not None:
        yield from planned.lines
    for posting in postings:
        if posting.kind is Kind.CREDIT_MEMO and posting.payload:
            yield from credit_memo_from(posting.payload).lines


def _list_postings(
    db: Session, connection_id: int, planned: PlannedSale | None, postings: Sequence[Posting]
) -> tuple[Posting, ...]:
    items = {line.item.made_by for line in _lines(planned, postings)} - {""}
    choices: list[ColumnElement[bool]] = [
        (Posting.kind == Kind.ITEM) & Posting.source_key.in_(sorted(items))
    ]
    if planned is not None and planned.customer.made_by:
        key = planned.customer.made_by
        choices.append((Posting.kind == Kind.CUSTOMER) & (Posting.source_key == key))
    found = db.scalars(
        select(Posting)
        .where(Posting.connection_id == connection_id, or_(*choices))
        .order_by(Posting.id)
    )
    return tuple(current(found).values())


def _entries(planned: PlannedSale | None, postings: Iterable[Posting]) -> Iterator[Entry]:
    """List and ListID of all that the page names."""
    if planned is not None:
        yield from entries_of_sale(planned)
    for posting in postings:
        record = _planned_of_row(posting)
        if record is not None:
            yield from entries_of_row(record)


def _planned_of_row(posting: Posting) -> PlannedPayment | PlannedCreditMemo | PlannedRefund | None:
    """What the posting of a payment row makes, where that is a record of its own."""
    if not posting.payload:
        return None
    if posting.kind is Kind.PAYMENT:
        return payment_from(posting.payload)
    if posting.kind is Kind.CREDIT_MEMO:
        return credit_memo_from(posting.payload)
    return refund_from(posting.payload) if posting.kind in REFUNDS else None
