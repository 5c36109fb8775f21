"""post: look up, make names, make transactions, in a pipeline (see webconnector.pipeline).

Every Add is looked up before; names are made one message before they are used, because with
continueOnError a refused CustomerAdd does not stop an InvoiceAdd by FullName, which would then
land on whoever owns the name. Transactions therefore refer by ListID and TxnID only; an invoice
and its payments share a message by macro.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select, update

from qbwc_service.ledger import message_sets, mirror, queue, standing, states
from qbwc_service.ledger.company_slice import ACCOUNT_LIST, CUSTOMER_LIST, ITEM_LIST
from qbwc_service.ledger.models import KeapOrder, Kind, MessageSet, Posting
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import Hold, invoice_from
from qbwc_service.webconnector import look_up, outcome
from qbwc_service.webconnector.batch import Batch, OrderPostings, load_batch, source_hashes
from qbwc_service.webconnector.look_up import Adopt, Decision, Found, PlanAgain
from qbwc_service.webconnector.pipeline import (
    MAX_TRANSACTIONS,
    Facts,
    InFlight,
    Pipeline,
    clear,
)
from qbwc_service.webconnector.render import (
    NAME_REQUEST,
    TRANSACTION_REQUEST,
    PaidInvoice,
    ReferenceMissing,
    Surroundings,
    customer_request,
    invoice_request,
    item_request,
    macro_of,
    payment_request,
)
from qbwc_service.webconnector.turn import Outgoing, Turn
from qbxml_builders.answers import Answer, Response
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.records import CustomerRecord, InvoiceRecord, ItemRecord, PaymentRecord

NEEDED_LISTS = (CUSTOMER_LIST, ITEM_LIST, ACCOUNT_LIST)
#: a look-up that was not answered is asked again after this
LOOK_AGAIN_AFTER = timedelta(minutes=1)
#: errors that a payment may get because its invoice, in the same message, was refused
PARTNER_FAILED = frozenset({3120, 3140, *range(9100, 9200)})

Sendable = list[tuple[Posting, Request]]


class Post:
    """Sends what is ready, in batches."""

    name = "post"

    def next_message(self, turn: Turn) -> Outgoing | None:
        if not turn.may_write or not mirror.is_loaded(turn.db, turn.connection.id, NEEDED_LISTS):
            return None
        line = Pipeline.of(turn)
        while True:
            outgoing = self._compose(turn, line)
            if outgoing.requests or not line.orders:
                line.save(turn)
                return outgoing if outgoing.requests else None

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        line = Pipeline.of(turn)
        if message_set.sent_at and message_set.answered_at:
            line.pace((message_set.answered_at - message_set.sent_at).total_seconds())
        landed = line.land()
        self._take_writes(turn, message_set, answer)
        self._take_look_ups(turn, line, landed, look_up.collect(answer))
        line.named.extend(landed.names)
        self._lift_suspicion(turn, landed.transactions)
        if not (line.looked or line.named):
            line.solo = False
        touched = [*landed.transactions, *landed.names, *landed.look_up]
        standing.refresh(turn.db, turn.connection.id, touched)
        line.save(turn)

    def take_late_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        """The session is over, but what it wrote still counts; its look-ups are stale."""
        order_ids = Pipeline.of(turn).in_flight.transactions
        self._take_writes(turn, message_set, answer)
        standing.refresh(turn.db, turn.connection.id, order_ids)

    def take_refusal(self, turn: Turn, message_set: MessageSet) -> None:
        """QuickBooks could not read the message and ran nothing: halve it until one is alone."""
        landed = Pipeline.of(turn).in_flight
        suspects = [*landed.transactions, *landed.names, *landed.look_up]
        for posting in message_sets.postings_of(turn.db, message_set):
            states.release(posting)
        if len(suspects) <= 1:
            self._hold_unreadable(turn, suspects)
        else:
            turn.db.execute(
                update(KeapOrder)
                .where(
                    KeapOrder.connection_id == turn.connection.id,
                    KeapOrder.keap_id.in_(suspects),
                )
                .values(group_limit=max(1, len(suspects) // 2)),
                execution_options={"synchronize_session": "fetch"},
            )
        clear(turn)
        standing.refresh(turn.db, turn.connection.id, suspects)

    # -- composing a message ----------------------------------------------------------------------

    def _compose(self, turn: Turn, line: Pipeline) -> Outgoing:
        """One step of every station; may come out empty while orders still wait."""
        named, line.named = line.named, []
        sending, waiting = self._transactions(turn, line, named)
        line.named = waiting
        names, line.looked = line.looked, []
        name_requests = self._names(turn, line, names)
        asked = self._look_up(turn, line, exclude={*named, *names})
        sent_orders = [order for order in named if order not in waiting]
        line.in_flight = InFlight(
            sent_orders if sending else [],
            names if name_requests else [],
            asked[0],
            [request.request_id for request in asked[1]],
        )
        if not name_requests:
            line.named.extend(names)
        writes = [*sending, *name_requests]
        sent = {posting.id for posting, _ in writes}
        line.cleared = [posting_id for posting_id in line.cleared if posting_id not in sent]
        line.invoices = {k: v for k, v in line.invoices.items() if int(k) not in sent}
        hashes = source_hashes(turn, sent_orders) if sending else {}
        return Outgoing(
            (*(request for _, request in writes), *asked[1]),
            tuple(
                (posting, hashes.get((posting.kind, posting.source_key), ""))
                for posting, _ in writes
            ),
        )

    def _transactions(
        self, turn: Turn, line: Pipeline, order_ids: list[int]
    ) -> tuple[Sendable, list[int]]:
        """The Adds of as many orders as fit; the orders that wait for the next message."""
        batch = load_batch(turn, order_ids)
        around = Surroundings(
            {
                posting.source_key: posting.record_id
                for posting in (*batch.customers.values(), *batch.items.values())
                if posting.state is State.POSTED
            },
            turn.connection.quickbooks.get("non_taxable_code", ""),
        )
        sending: Sendable = []
        for place, order in enumerate(batch.orders):
            if place >= line.limit or len(sending) >= MAX_TRANSACTIONS:
                return sending, [later.order_id for later in batch.orders[place:]]
            sending.extend(self._order_requests(turn, line, order, batch, around))
        return sending, []

    def _order_requests(
        self,
        turn: Turn,
        line: Pipeline,
        order: OrderPostings,
        batch: Batch,
        around: Surroundings,
    ) -> Sendable:
        """The invoice and payments of one order; trouble with it holds it and nothing else."""
        cleared = set(line.cleared)
        ready = [posting for posting in order.ready if posting.id in cleared]
        if order.invoice.state is State.READY and order.invoice not in ready:
            return []
        sending: Sendable = []
        try:
            for posting in ready:
                if not self._closed(turn, posting):
                    request = self._request(turn, line, posting, order.invoice, around)
                    sending.append((posting, request))
                elif posting is order.invoice:
                    return []
            return sending
        except ReferenceMissing:
            self._follow_names(turn, order, batch)
        except QbxmlInvalid as error:
            details = {"order": str(order.order_id), "reason": str(error)}
            outcome.hold(turn, order.invoice, Hold("message-unreadable", details))
        standing.refresh(turn.db, turn.connection.id, [order.order_id])
        return []

    def _request(
        self,
        turn: Turn,
        line: Pipeline,
        posting: Posting,
        invoice: Posting,
        around: Surroundings,
    ) -> Request:
        if posting.kind is Kind.INVOICE:
            return invoice_request(posting, around)
        if invoice.state is State.POSTED:
            facts = line.invoices[str(posting.id)]
            paid = PaidInvoice(facts.customer, facts.ar_account, txn_id=invoice.record_id)
            return payment_request(posting, paid)
        planned = invoice_from(invoice.payload)
        customer = around.ref(planned.customer).list_id
        paid = PaidInvoice(customer, planned.ar_account_list_id, macro=macro_of(invoice))
        return payment_request(posting, paid)

    def _closed(self, turn: Turn, posting: Posting) -> bool:
        """Hold what is dated in a closed period of this company file, as it is now."""
        facts = turn.connection.quickbooks
        closed_to = max(facts.get("closing_date") or "", facts.get("dividing_date") or "")
        day = str(posting.payload.get("placed_on") or posting.payload.get("paid_on"))
        if not closed_to or date.fromisoformat(day) > date.fromisoformat(closed_to):
            return False
        details = {"order": str(posting.order_id), "date": day, "closing_date": closed_to}
        outcome.hold(turn, posting, Hold("closed-period", details))
        standing.refresh(turn.db, turn.connection.id, [posting.order_id or 0])
        return True

    def _follow_names(self, turn: Turn, order: OrderPostings, batch: Batch) -> None:
        """Its customer or an item could not be made: the order shares its fate."""
        for posting in batch.names_of(order):
            if posting.state is State.HELD:
                details = {**posting.details, "order": str(order.order_id)}
                outcome.hold(turn, order.invoice, Hold(posting.cause, details))
                return
        pause = max(
            (posting.not_before for posting in batch.names_of(order) if posting.not_before),
            default=turn.now + LOOK_AGAIN_AFTER,
        )
        states.retry(order.invoice, "quickbooks-busy", _busy(order.invoice), pause)

    def _names(self, turn: Turn, line: Pipeline, order_ids: list[int]) -> Sendable:
        """The Adds of the customers and items that these orders need and nobody has made yet."""
        batch = load_batch(turn, order_ids)
        tax = turn.connection.quickbooks.get("non_taxable_code", "")
        around = Surroundings({}, tax)
        return [
            (
                posting,
                customer_request(posting)
                if posting.kind is Kind.CUSTOMER
                else item_request(posting, around),
            )
            for posting in batch.new_names
            if posting.id in set(line.cleared)
        ]

    def _look_up(
        self, turn: Turn, line: Pipeline, exclude: set[int]
    ) -> tuple[list[int], tuple[Request, ...]]:
        """Claim the next batch and ask what QuickBooks has of it."""
        if not line.has_room:
            return [], ()
        batch = self._claim(turn, line, exclude | line.orders)
        if not batch.ready:
            return [], ()
        requests = look_up.questions([*batch.ready, *batch.new_names], batch.paid_invoices)
        return [order.order_id for order in batch.orders], requests

    def _claim(self, turn: Turn, line: Pipeline, exclude: set[int]) -> Batch:
        """The next orders that have something ready, planned first where that is due."""
        for _ in range(4):
            orders = queue.orders_with_work(
                turn.db, turn.connection.id, turn.now, limit=line.limit, exclude=exclude
            )
            orders = self._alone_if_suspicious(line, orders, in_company=bool(exclude))
            if not orders:
                break
            plan_orders(turn.db, turn.connection, [o for o in orders if o.needs_plan], turn.now)
            batch = load_batch(turn, [o.keap_id for o in orders if o.has_work])
            if batch.ready:
                return batch
        return Batch([], {}, {})

    def _alone_if_suspicious(
        self, line: Pipeline, orders: Sequence[KeapOrder], *, in_company: bool
    ) -> Sequence[KeapOrder]:
        limits = [order.group_limit for order in orders if order.group_limit]
        if not limits:
            return orders
        if in_company:
            return []
        line.solo = True
        return orders[: min(limits)]

    # -- reading an answer ------------------------------------------------------------------------

    def _take_writes(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        by_id = {response.request_id: response for response in answer.responses}
        postings = message_sets.postings_of(turn.db, message_set)
        for posting in sorted(postings, key=lambda p: list(Kind).index(p.kind)):
            prefix = TRANSACTION_REQUEST if posting.kind.is_transaction else NAME_REQUEST
            response = by_id.get(f"{prefix}{posting.id}")
            if response is not None:
                self._take_write(turn, posting, response)

    def _take_write(self, turn: Turn, posting: Posting, response: Response) -> None:
        """Made or refused. Neither (done, but no record came back): it stays unresolved."""
        record = next(iter(response.records), None)
        if response.ok:
            if isinstance(record, InvoiceRecord | PaymentRecord | CustomerRecord | ItemRecord):
                outcome.made(turn, posting, record)
            return
        if posting.kind is Kind.PAYMENT and response.status_code in PARTNER_FAILED:
            invoice = outcome.invoice_of(turn, posting)
            if invoice is None or invoice.state is not State.POSTED:
                outcome.wait(turn, posting)
                return
        outcome.refused(turn, posting, response)

    def _take_look_ups(self, turn: Turn, line: Pipeline, landed: InFlight, found: Found) -> None:
        if not landed.look_up:
            return
        batch = load_batch(turn, landed.look_up)
        ours = _our_txn_ids(turn, found)
        cleared = set(line.cleared)
        for posting in batch.new_names:
            if found.covers(posting.kind, landed.asked):
                decision = look_up.decide_name(posting, found)
                self._settle(turn, posting, decision, cleared)
        for order in batch.orders:
            self._look_at_order(turn, line, order, landed, found, ours, cleared)
        line.cleared = sorted(cleared)
        self._move_on(turn, line, batch, cleared)

    def _look_at_order(
        self,
        turn: Turn,
        line: Pipeline,
        order: OrderPostings,
        landed: InFlight,
        found: Found,
        ours: frozenset[str],
        cleared: set[int],
    ) -> None:
        if order.invoice.state is State.READY:
            if not found.covers(Kind.INVOICE, landed.asked):
                return
            decision = look_up.decide_invoice(order.invoice, found)
            self._settle(turn, order.invoice, decision, cleared)
        invoice = found.invoices_by_id.get(order.invoice.record_id)
        if order.invoice.state is State.POSTED and invoice is None:
            self._invoice_gone(turn, order, landed, found)
            return
        customer = (
            invoice.customer_list_id
            if invoice
            else str(order.invoice.payload.get("customer", {}).get("list_id", ""))
        )
        for payment in order.payments:
            if payment.state is not State.READY or not found.covers(Kind.PAYMENT, landed.asked):
                continue
            decision = look_up.decide_payment(payment, found, customer, ours)
            if decision is None and invoice is not None:
                decision = look_up.decide_against_invoice(payment, invoice, ours)
                line.invoices[str(payment.id)] = Facts(
                    invoice.customer_list_id, invoice.ar_account_list_id
                )
            self._settle(turn, payment, decision, cleared)

    def _invoice_gone(
        self, turn: Turn, order: OrderPostings, landed: InFlight, found: Found
    ) -> None:
        """A payment's invoice was asked for and QuickBooks does not have it."""
        asked = {request for request in landed.asked if ":paid:" in request}
        if asked and asked <= found.answered:
            details = {"thing": f"Invoice {order.invoice.number}", "order": str(order.order_id)}
            states.lose(order.invoice, "gone-from-quickbooks")
            turn.tell("gone-from-quickbooks", details, order.invoice)

    def _settle(self, turn: Turn, posting: Posting, decision: Decision, cleared: set[int]) -> None:
        match decision:
            case None:
                cleared.add(posting.id)
            case Adopt(record=record, linked=linked):
                outcome.made(turn, posting, record, linked=linked)
            case PlanAgain(record=record):
                mirror.store(turn.db, turn.connection.id, [record])
            case Hold() as why:
                outcome.hold(turn, posting, why)

    def _move_on(self, turn: Turn, line: Pipeline, batch: Batch, cleared: set[int]) -> None:
        """To the next station; what was not cleared is planned or looked up again later."""
        for order in batch.orders:
            waiting = order.ready
            names = [p for p in batch.names_of(order) if p.state is State.READY]
            blocked = [p for p in (*waiting, *names) if p.id not in cleared]
            if blocked:
                self._come_again(turn, order, replan=any(p in names for p in blocked))
            elif names:
                line.looked.append(order.order_id)
            elif waiting:
                line.named.append(order.order_id)

    def _come_again(self, turn: Turn, order: OrderPostings, *, replan: bool) -> None:
        """A name turned out to be taken: plan anew at once. An unanswered look-up: in a minute."""
        row = turn.db.scalars(
            select(KeapOrder).where(
                KeapOrder.connection_id == turn.connection.id,
                KeapOrder.keap_id == order.order_id,
            )
        ).one()
        row.needs_plan = row.needs_plan or replan
        if not replan:
            for posting in order.ready:
                pause = turn.now + LOOK_AGAIN_AFTER
                states.retry_later(posting, pause)

    def _lift_suspicion(self, turn: Turn, order_ids: list[int]) -> None:
        turn.db.execute(
            update(KeapOrder)
            .where(
                KeapOrder.connection_id == turn.connection.id,
                KeapOrder.keap_id.in_(order_ids),
                KeapOrder.group_limit.is_not(None),
            )
            .values(group_limit=None),
            execution_options={"synchronize_session": "fetch"},
        )

    def _hold_unreadable(self, turn: Turn, order_ids: list[int]) -> None:
        for order in load_batch(turn, order_ids).orders:
            for posting in order.ready:
                details = {"order": str(order.order_id)}
                outcome.hold(turn, posting, Hold("message-unreadable", details))


def _our_txn_ids(turn: Turn, found: Found) -> frozenset[str]:
    """Which of the payments that came back are postings of ours."""
    seen = {record.txn_id for records in found.payments.values() for record in records}
    for invoice in found.invoices_by_id.values():
        seen |= {linked.txn_id for linked in invoice.linked}
    if not seen:
        return frozenset()
    known = turn.db.scalars(
        select(Posting.record_id).where(
            Posting.connection_id == turn.connection.id, Posting.record_id.in_(sorted(seen))
        )
    )
    return frozenset(known)


def _busy(posting: Posting) -> dict[str, str]:
    return {"thing": f"Invoice {posting.number}", "reason": "its customer or an item comes first"}
