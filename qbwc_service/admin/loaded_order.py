"""The rows behind the page of one order, loaded with a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import abort
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import (
    REFUNDS,
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    MirrorRecord,
    Posting,
)
from qbwc_service.ledger.row_postings import row_key
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.planning.plan import (
    ListRef,
    PlannedLine,
    PlannedSale,
    credit_memo_from,
    payment_from,
    planned_sale_from,
    refund_from,
)

#: list and ListID -> what the entry is called
Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class LoadedOrder:
    """`postings` holds the newest generation of each; `list_postings` the customer and the items
    that they have made or will make; `rows` the order's payment rows of Keap, oldest first."""

    connection: Connection
    order: KeapOrder
    rows: Sequence[KeapPayment]
    postings: tuple[Posting, ...]
    list_postings: tuple[Posting, ...]
    names: Names

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
        if ref.list_id:
            return self.names.get((list_name, ref.list_id), ref.list_id)
        made = {posting.source_key: posting.number for posting in self.list_postings}
        return made.get(ref.made_by, ref.made_by)

    def named(self, list_name: str, list_id: str) -> str:
        """The same for a ListID; "" for none."""
        return self.called(ListRef(list_id), list_name) if list_id else ""


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
    return LoadedOrder(
        connection,
        order,
        _rows(db, connection.id, keap_id),
        postings,
        _list_postings(db, connection.id, planned, postings),
        list_names(db, connection.id, _entries(planned, postings)),
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
    names = list_names(db, here, _entries(None, of_rows))
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


def _entries(planned: PlannedSale | None, postings: Iterable[Posting]) -> Iterator[tuple[str, str]]:
    """List and ListID of all that the page names."""
    for line in _lines(planned, postings):
        yield "Item", line.item.list_id
    if planned is not None:
        yield "Customer", planned.customer.list_id
        yield "Item", planned.tax_item_list_id
        yield "PaymentMethod", planned.method_list_id
        yield "Account", planned.deposit_account_list_id
    for posting in postings:
        if posting.kind is Kind.PAYMENT and posting.payload:
            payment = payment_from(posting.payload)
            yield "PaymentMethod", payment.method_list_id
            yield "Account", payment.deposit_account_list_id
        elif posting.kind in REFUNDS and posting.payload:
            refund = refund_from(posting.payload)
            yield "PaymentMethod", refund.method_list_id
            yield "Account", refund.account_list_id


def list_names(db: Session, connection_id: int, entries: Iterable[tuple[str, str]]) -> Names:
    """What these entries of QuickBooks' lists are called, by list and ListID, in one statement."""
    by_list: dict[str, set[str]] = {}
    for list_name, list_id in entries:
        if list_id:
            by_list.setdefault(list_name, set()).add(list_id)
    wanted = [
        and_(MirrorRecord.list_name == list_name, MirrorRecord.list_id.in_(sorted(list_ids)))
        for list_name, list_ids in sorted(by_list.items())
    ]
    if not wanted:
        return {}
    found = db.execute(
        select(MirrorRecord.list_name, MirrorRecord.list_id, MirrorRecord.full_name).where(
            MirrorRecord.connection_id == connection_id, or_(*wanted)
        )
    )
    return {(row.list_name, row.list_id): row.full_name for row in found}
