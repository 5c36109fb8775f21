"""A plan -> postings, idempotently: what was sent stays, what was not sent yet follows the plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, mirror_keys, states
from qbwc_service.ledger.customer_slice import PLANNED_CUSTOMERS, planned_customer_keys
from qbwc_service.ledger.customer_update_postings import CustomerUpdateWriter
from qbwc_service.ledger.models import (
    OF_PAYMENT_ROWS,
    Connection,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
)
from qbwc_service.ledger.postings import external_guid, new_posting
from qbwc_service.ledger.row_postings import RowWriter, hold_unsent, is_plannable, renew
from qbwc_service.ledger.sale_changes import SaleChanges
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.approval import AWAITING
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import Override, PaymentKind
from qbwc_service.planning.plan import (
    Hold,
    OrderPlan,
    PaymentDecision,
    PlannedCustomer,
    PlannedCustomFields,
    PlannedItem,
    PlannedSale,
)

#: holds that somebody should know of even where the record is in QuickBooks already
_TOLD_WHEN_POSTED = frozenset({"deleted-in-keap", "payments-do-not-add-up"})


class PlanWriter:
    """Writes the plans of a batch of orders. Holds the batch's postings, so that it asks once."""

    def __init__(
        self, db: Session, connection: Connection, order_ids: Iterable[int], now: datetime
    ) -> None:
        self._db = db
        self._connection = connection
        self._now = now
        ids = list(order_ids)
        self._of_orders: dict[int, list[Posting]] = defaultdict(list)
        for posting in current(
            db.scalars(
                select(Posting)
                .where(Posting.connection_id == connection.id, Posting.order_id.in_(ids))
                .order_by(Posting.id)
            )
        ).values():
            self._of_orders[posting.order_id or 0].append(posting)
        self._of_lists: dict[tuple[Kind, str], Posting] = {}
        self._customers: dict[str, PlannedCustomer] = {}
        self._told: list[error_log.Told] = []
        self._updates = CustomerUpdateWriter(db, connection, ids, self._new)
        self._changes = SaleChanges(
            db, connection, self._of_orders, self._new, self._tell, self._write_lists
        )
        self._rows = RowWriter(self._of_orders, self._new, self._tell, self._leave_out)

    def sale(self, order_id: int) -> Posting | None:
        """The form that the order became or is to become."""
        return sale_of(self._of_orders[order_id])

    def is_sent(self, order_id: int) -> bool:
        """Its form is in QuickBooks, or may be."""
        sale = self.sale(order_id)
        return sale is not None and sale.state in {State.SENT, State.POSTED}

    def memos(self, order_id: int) -> list[Posting]:
        """The credit memos of the order that are in QuickBooks, or may be."""
        return [
            posting
            for posting in self._of_orders[order_id]
            if posting.kind is Kind.CREDIT_MEMO and posting.state in {State.SENT, State.POSTED}
        ]

    def paid(self, order_id: int) -> frozenset[int]:
        """Payment ids of the order's payments that are in QuickBooks, or may be."""
        return frozenset(
            int(posting.source_key.partition("/")[0])
            for posting in self._of_orders[order_id]
            if posting.kind is Kind.PAYMENT and posting.state in {State.SENT, State.POSTED}
        )

    def skipped(self, order_id: int) -> frozenset[int]:
        """Payment ids of the order's rows that a person skipped."""
        return frozenset(
            int(posting.source_key.partition("/")[0])
            for posting in self._of_orders[order_id]
            if posting.kind in OF_PAYMENT_ROWS and posting.state is State.SKIPPED
        )

    def load_list_postings(self, plans: Iterable[OrderPlan]) -> None:
        """The customer and item postings that these plans name, in two queries."""
        plans = list(plans)
        customers = {plan.customer.source_key for plan in plans if plan.customer}
        items = {item.source_key for plan in plans for item in _items(plan)}
        for kind, keys in ((Kind.CUSTOMER, customers), (Kind.ITEM, items)):
            if keys:
                self._of_lists |= current(
                    self._db.scalars(
                        select(Posting).where(
                            Posting.connection_id == self._connection.id,
                            Posting.kind == kind,
                            Posting.source_key.in_(sorted(keys)),
                        )
                    )
                )

    def write(self, order: KeapOrder, rows: Sequence[KeapPayment], plan: OrderPlan) -> None:
        """Make the order's postings agree with its plan; what was sent is not touched."""
        order.skip = plan.skip
        order.needs_plan = False
        order.planned_at = self._now
        sale = self.sale(order.keap_id)
        if plan.skip:
            self._leave_out(sale)
            self._leave_out(self._fields_of(order.keap_id))
        elif plan.hold:
            sale = sale or self._new(Kind.INVOICE, str(order.keap_id), order.keap_id)
            self._hold(sale, plan.hold, order.total)
            if plan.hold.cause in AWAITING:
                self._updates.write(order.contact_id, None)
        elif plan.sale and not self.is_sent(order.keap_id):
            sale = self._write_unsent(order, sale, plan, plan.sale)
        if sale is not None and sale.state is State.POSTED:
            self._changes.write(order, sale, plan)
            self._tell_unpaid(order, sale, rows)
            if plan.hold and plan.hold.cause in _TOLD_WHEN_POSTED:
                self._tell(plan.hold.cause, plan.hold.details, order.keap_id)
        decisions = {decision.payment_id: decision for decision in plan.payments}
        for row in rows:
            self._write_row(row, _with_sale(decisions[row.payment_id], row, sale))
        for told in plan.notes:
            self._tell(told.message, told.details, order.keap_id)

    def _write_unsent(
        self, order: KeapOrder, sale: Posting | None, plan: OrderPlan, planned: PlannedSale
    ) -> Posting:
        self._write_lists(plan)
        sale = sale or self._new(Kind(planned.form), str(order.keap_id), order.keap_id)
        self._take_form(sale, Kind(planned.form))
        self._write_sale(sale, planned, order.content_hash)
        if sale.state is State.READY:
            self._updates.write(order.contact_id, plan.customer_update)
            self._write_fields(order.keap_id, planned)
        return sale

    def _write_fields(self, order_id: int, planned: PlannedSale) -> None:
        """The custom fields of a form that is still to go: they follow it."""
        key, known = str(order_id), self._fields_of(order_id)
        if not planned.custom_fields:
            self._leave_out(known)
            return
        if known is not None and known.state is State.POSTED:
            # Of a form that QuickBooks has no more.
            states.undo(known)
        if known is None or known.state in ENDED:
            known = self._new(Kind.CUSTOM_FIELDS, key, order_id, after=known)
        elif known.state in {State.HELD, State.SKIPPED}:
            states.release(known)
        renew(known, PlannedCustomFields(key, planned.custom_fields), planned.number)

    def _fields_of(self, order_id: int) -> Posting | None:
        of_order = self._of_orders[order_id]
        return next((each for each in of_order if each.kind is Kind.CUSTOM_FIELDS), None)

    def _take_form(self, sale: Posting, kind: Kind) -> None:
        """What was never sent may become another form; its mark follows."""
        if sale.kind is kind or sale.message_set_id is not None or sale.state is State.SKIPPED:
            return
        if sale.state in {State.READY, State.HELD}:
            sale.kind = kind
            sale.external_guid = external_guid(
                self._connection.uid, kind, sale.source_key, sale.generation
            )

    def _write_row(self, row: KeapPayment, decision: PaymentDecision) -> None:
        """The records of one payment row, and the items that they need."""
        for item in decision.items:
            self._write_list(Kind.ITEM, item, item.name)
        self._rows.write(row, decision)

    def finish(self) -> None:
        """After the last order: what is to be told, and what new customers are found by."""
        error_log.tell_all(self._db, self._connection.id, self._told, now=self._now)
        mirror_keys.store(
            self._db,
            self._connection.id,
            PLANNED_CUSTOMERS,
            {key: planned_customer_keys(planned) for key, planned in self._customers.items()},
        )

    def _leave_out(self, posting: Posting | None) -> None:
        """Settings leave it out; what a person or QuickBooks holds stays as it is."""
        if posting is not None and is_plannable(posting):
            error_log.let_go(self._db, posting)
            self._db.delete(posting)

    def _hold(self, posting: Posting, hold: Hold, amount: int) -> None:
        if hold_unsent(posting, hold, amount):
            self._tell(hold.cause, hold.details, posting.order_id)

    def _write_lists(self, plan: OrderPlan) -> None:
        if plan.customer:
            self._write_list(Kind.CUSTOMER, plan.customer, plan.customer.name)
            self._customers[plan.customer.source_key] = plan.customer
        for item in plan.items:
            self._write_list(Kind.ITEM, item, item.name)

    def _write_list(self, kind: Kind, planned: PlannedCustomer | PlannedItem, name: str) -> None:
        posting = self._of_lists.get((kind, planned.source_key))
        if posting is None or posting.state in ENDED:
            posting = self._new(kind, planned.source_key, None, after=posting)
            self._of_lists[kind, planned.source_key] = posting
        renew(posting, planned, name)

    def _write_sale(self, posting: Posting, planned: PlannedSale, source: str) -> None:
        if renew(posting, planned, planned.number):
            posting.amount = planned.total
            posting.planned_hash = source

    def _tell_unpaid(self, order: KeapOrder, sale: Posting, rows: Sequence[KeapPayment]) -> None:
        """A receipt is its own payment: that Keap has less of it by now is shown."""
        if sale.kind is not Kind.SALES_RECEIPT or not sale.planned_hash or sale.cause:
            return
        if Override.PAYMENT_SUM in order.overrides:
            return
        paid = sum(row.amount for row in rows if row.kind is PaymentKind.CASH and row.amount > 0)
        if paid >= sale.amount:
            return
        is_void = any(row.kind is PaymentKind.NOT_COMPLETED for row in rows)
        cause = "payment-voided-in-keap" if is_void else "payment-edited-after-sending"
        details = {
            "order": str(order.keap_id),
            "amount": shown(paid),
            "posted_amount": shown(sale.amount),
            "reference": sale.number,
        }
        states.flag(sale, cause, details)
        self._tell(cause, details, order.keap_id)

    def _new(
        self, kind: Kind, source_key: str, order_id: int | None, after: Posting | None = None
    ) -> Posting:
        generation = after.generation + 1 if after else 1
        posting = new_posting(
            self._connection, kind, source_key, order_id, generation, now=self._now
        )
        self._db.add(posting)
        return posting

    def _tell(self, message: str, details: dict[str, str], order_id: int | None) -> None:
        """Written with all the others, by `finish`."""
        if order_id is not None and message not in AWAITING:
            self._told.append(error_log.Told(message, order_id, details))


def _items(plan: OrderPlan) -> Iterator[PlannedItem]:
    yield from plan.items
    for decision in plan.payments:
        yield from decision.items


def _with_sale(
    decision: PaymentDecision, row: KeapPayment, sale: Posting | None
) -> PaymentDecision:
    """Money for an order that is skipped, undone or gone has nothing to be applied to: held."""
    apart = {State.SKIPPED, State.UNDONE, State.GONE}
    has_record = bool(decision.planned) or decision.in_sale
    if not has_record or sale is None or sale.state not in apart:
        return decision
    details = {"order": str(row.order_id), "amount": shown(abs(row.amount))}
    return PaymentDecision(row.payment_id, hold=Hold("payment-without-order", details))
