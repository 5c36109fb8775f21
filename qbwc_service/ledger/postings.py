"""A plan -> postings, idempotently: what was sent stays, what was not sent yet follows the plan."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, mirror_keys, states
from qbwc_service.ledger.causes import PLAN_CAUSES
from qbwc_service.ledger.customer_slice import PLANNED_CUSTOMERS, planned_customer_keys
from qbwc_service.ledger.models import Connection, KeapOrder, KeapPayment, Kind, Posting
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.money import shown
from qbwc_service.planning.plan import (
    Hold,
    OrderPlan,
    PaymentDecision,
    Planned,
    PlannedCustomer,
    PlannedCustomerUpdate,
    PlannedItem,
    PlannedPayment,
    PlannedSale,
    to_payload,
)

#: holds that somebody should know of even where the record is in QuickBooks already
_TOLD_WHEN_POSTED = frozenset({"deleted-in-keap", "payments-do-not-add-up"})


def external_guid(connection_uid: str, kind: Kind, source_key: str, generation: int) -> str:
    """The mark that makes a QuickBooks record ours: the same four always give the same GUID."""
    made = uuid.uuid5(uuid.UUID(connection_uid), f"{kind}:{source_key}:{generation}")
    return "{" + str(made) + "}"


class PlanWriter:
    """Writes the plans of a batch of orders. Holds the batch's postings, so that it asks once."""

    def __init__(
        self, db: Session, connection: Connection, order_ids: Iterable[int], now: datetime
    ) -> None:
        self._db = db
        self._connection = connection
        self._now = now
        ids = list(order_ids)
        self._of_orders = current(
            db.scalars(
                select(Posting).where(
                    Posting.connection_id == connection.id, Posting.order_id.in_(ids)
                )
            )
        )
        self._of_lists: dict[tuple[Kind, str], Posting] = {}
        self._customers: dict[str, PlannedCustomer] = {}
        self._told: list[error_log.Told] = []
        self._updates = self._updates_of(ids)

    def is_sent(self, order_id: int) -> bool:
        """Its invoice is in QuickBooks, or may be."""
        invoice = self._of_orders.get((Kind.INVOICE, str(order_id)))
        return invoice is not None and invoice.state in {State.SENT, State.POSTED}

    def load_list_postings(self, plans: Iterable[OrderPlan]) -> None:
        """The customer and item postings that these plans name, in two queries."""
        customers = {plan.customer.source_key for plan in plans if plan.customer}
        items = {item.source_key for plan in plans for item in plan.items}
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

    def write(self, order: KeapOrder, rows: Iterable[KeapPayment], plan: OrderPlan) -> None:
        """Make the order's postings agree with its plan; what was sent is not touched."""
        order.skip = plan.skip
        order.needs_plan = False
        order.planned_at = self._now
        invoice = self._of_orders.get((Kind.INVOICE, str(order.keap_id)))
        if plan.skip:
            self._leave_out(invoice)
        elif plan.hold:
            invoice = invoice or self._new(Kind.INVOICE, str(order.keap_id), order.keap_id)
            self._hold(invoice, plan.hold, order.total)
        elif plan.sale and not self.is_sent(order.keap_id):
            self._write_lists(plan)
            invoice = invoice or self._new(Kind.INVOICE, str(order.keap_id), order.keap_id)
            self._write_invoice(invoice, plan.sale, order.content_hash)
            if invoice.state is State.READY:
                self._write_update(order.contact_id, plan.customer_update)
        if invoice is not None and invoice.state is State.POSTED:
            self._tell_edited(order, invoice)
            if plan.hold and plan.hold.cause in _TOLD_WHEN_POSTED:
                self._tell(plan.hold.cause, plan.hold.details, order.keap_id)
        decisions = {decision.payment_id: decision for decision in plan.payments}
        for row in rows:
            self._write_payment(row, _with_invoice(decisions[row.payment_id], row, invoice))
        for told in plan.notes:
            self._tell(told.message, told.details, order.keap_id)

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
        if posting is not None and (
            posting.state is State.READY
            or (posting.state is State.HELD and posting.cause in PLAN_CAUSES)
        ):
            error_log.let_go(self._db, posting)
            self._db.delete(posting)

    def _hold(self, posting: Posting, hold: Hold, amount: int) -> None:
        """Hold what is not sent; a hold that a person or QuickBooks made stays as it is."""
        if posting.state is State.READY or (
            posting.state is State.HELD and posting.cause in PLAN_CAUSES
        ):
            news = posting.cause != hold.cause or posting.details != hold.details
            states.hold(posting, hold.cause, hold.details)
            posting.payload = {}
            posting.amount = amount
            if news:
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
        self._renew(posting, planned, name)

    def _updates_of(self, order_ids: Sequence[int]) -> dict[str, list[Posting]]:
        """The updates of customers that were ever planned for the contacts of these orders."""
        contacts = select(KeapOrder.contact_id).where(
            KeapOrder.connection_id == self._connection.id, KeapOrder.keap_id.in_(order_ids)
        )
        found: dict[str, list[Posting]] = defaultdict(list)
        for posting in self._db.scalars(
            select(Posting).where(
                Posting.connection_id == self._connection.id,
                Posting.kind == Kind.CUSTOMER_UPDATE,
                Posting.number_key.in_(contacts),
            )
        ):
            found[posting.number_key].append(posting)
        return found

    def _write_update(self, contact_id: str, planned: PlannedCustomerUpdate | None) -> None:
        """The newest plan alone says what waits for a contact. One that waits already stays as it
        was planned first: what QuickBooks had then tells whether a person has changed it since."""
        wanted = planned.source_key if planned else ""
        known = self._updates[contact_id]
        for posting in [each for each in known if each.source_key != wanted]:
            if posting.state is State.READY:
                self._db.delete(posting)
                known.remove(posting)
        if planned is None or any(each.source_key == wanted for each in known):
            return
        posting = self._new(Kind.CUSTOMER_UPDATE, wanted, None)
        posting.payload = to_payload(planned)
        posting.number = planned.name
        posting.number_key = contact_id
        known.append(posting)

    def _write_invoice(self, posting: Posting, planned: PlannedSale, source: str) -> None:
        if self._renew(posting, planned, planned.number):
            posting.amount = planned.total
            posting.planned_hash = source

    def _tell_edited(self, order: KeapOrder, invoice: Posting) -> None:
        """An order that was changed after it was sent is shown; QuickBooks is not changed."""
        if invoice.planned_hash and invoice.planned_hash != order.content_hash:
            details = {
                "order": str(order.keap_id),
                "number": invoice.number,
                "total": shown(order.total),
                "posted_total": shown(invoice.amount),
            }
            self._tell("edited-after-sending", details, order.keap_id)

    def _write_payment(self, row: KeapPayment, decision: PaymentDecision) -> None:
        key = f"{row.payment_id}/{row.order_id}"
        posting = self._of_orders.get((Kind.PAYMENT, key))
        row.skip = decision.skip
        if posting is not None and posting.state is State.POSTED:
            self._compare_payment(row, posting)
            return
        if decision.skip:
            self._leave_out(posting)
            return
        posting = posting or self._new(Kind.PAYMENT, key, row.order_id)
        if decision.hold:
            self._hold(posting, decision.hold, row.amount)
        for planned in decision.planned:
            if isinstance(planned, PlannedPayment):
                self._write_planned_payment(posting, planned, row.content_hash)

    def _write_planned_payment(
        self, posting: Posting, planned: PlannedPayment, source: str
    ) -> None:
        if self._renew(posting, planned, planned.reference):
            posting.amount = planned.amount
            posting.planned_hash = source

    def _compare_payment(self, row: KeapPayment, posting: Posting) -> None:
        if posting.planned_hash and posting.planned_hash != row.content_hash and not posting.cause:
            details = {
                "order": str(row.order_id),
                "amount": shown(row.amount),
                "posted_amount": shown(posting.amount),
            }
            states.flag(posting, "payment-edited-after-sending", details)
            self._tell(posting.cause, details, row.order_id)

    def _renew(self, posting: Posting, planned: Planned, number: str) -> bool:
        """Give an unsent posting its newest plan; True when it took it."""
        if posting.state is State.HELD and posting.cause in PLAN_CAUSES:
            states.release(posting)
        if posting.state is not State.READY:
            return False
        posting.payload = to_payload(planned)
        posting.number = number
        posting.number_key = name_key(number)
        return True

    def _new(
        self, kind: Kind, source_key: str, order_id: int | None, after: Posting | None = None
    ) -> Posting:
        generation = after.generation + 1 if after else 1
        posting = Posting(
            connection_id=self._connection.id,
            kind=kind,
            source_key=source_key,
            generation=generation,
            external_guid=external_guid(self._connection.uid, kind, source_key, generation),
            order_id=order_id,
            state=State.READY,
            cause="",
            details={},
            payload={},
            created_at=self._now,
        )
        self._db.add(posting)
        return posting

    def _tell(self, message: str, details: dict[str, str], order_id: int | None) -> None:
        """Written with all the others, by `finish`."""
        if order_id is not None:
            self._told.append(error_log.Told(message, order_id, details))


def _with_invoice(
    decision: PaymentDecision, row: KeapPayment, invoice: Posting | None
) -> PaymentDecision:
    """Money for an order that is skipped, undone or gone has nothing to be applied to: held."""
    apart = {State.SKIPPED, State.UNDONE, State.GONE}
    if not decision.planned or invoice is None or invoice.state not in apart:
        return decision
    details = {"order": str(row.order_id), "amount": shown(row.amount)}
    return PaymentDecision(row.payment_id, hold=Hold("payment-without-order", details))
