"""The answers to a batch's look-ups: cleared for sending, adopted, planned again, or held."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from qbwc_service.ledger import history, send_again, sharing, states
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import KeapOrder, Kind, Posting
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import (
    closed_periods,
    comparing,
    credit_uses,
    custom_fields,
    look_up,
    outcome,
    removals,
    sale_updates,
    unclaimed,
    written,
)
from qbwc_service.webconnector.batch import OrderPostings, load_batch
from qbwc_service.webconnector.landing import Landing
from qbwc_service.webconnector.look_up import THERE, Found
from qbwc_service.webconnector.look_up_decisions import (
    Adopt,
    AlreadyUsed,
    Decision,
    PlanAgain,
    decide_against_invoice,
    decide_credit_use,
    decide_form,
    decide_name,
    decide_payment,
    decide_unapplied,
    open_after,
)
from qbwc_service.webconnector.pipeline import Facts, InFlight, Pipeline
from qbwc_service.webconnector.removal_decisions import AlreadyGone, decide_removal, links_of
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TxnMade
from qbxml_builders.answers import Answer
from qbxml_builders.records import InvoiceRecord, PaymentRecord, SaleRecord

#: a look-up that was not answered is asked again after this
LOOK_AGAIN_AFTER = timedelta(minutes=1)


def take_look_ups(turn: Turn, line: Pipeline, landed: InFlight, answer: Answer) -> None:
    """Read the look-up answers of the batch that was in flight, and move its orders on."""
    if landed.look_up:
        _LookedUp(turn, line, landed, look_up.collect(answer)).take()


class _LookedUp:
    """The answers to one batch. A posting that nobody asked about is never cleared by them."""

    def __init__(self, turn: Turn, line: Pipeline, landed: InFlight, found: Found) -> None:
        self._turn = turn
        self._line = line
        self._found = found
        self._asked = landed.asked
        self._asked_about = set(landed.looked_up)
        self._cleared = set(line.cleared)
        self._batch = load_batch(turn, landed.look_up)
        self._landing = Landing(turn, [*self._batch.new_names, *self._batch.ready])
        self._ours = _our_txn_ids(turn, found)
        self._of_other_links = _of_other_links(turn, found)
        self._moved: set[int] = set()

    def take(self) -> None:
        with self._landing:
            self._moved = self._moved_forms()
            for posting in self._batch.new_names:
                if self._is_answered(posting):
                    self._settle(posting, decide_name(posting, self._found))
            for order in self._batch.orders:
                self._look_at_order(order)
        self._line.cleared = sorted(self._cleared)
        for order in self._batch.orders:
            self._move_on(order)

    def _moved_forms(self) -> set[int]:
        """Of the invoices that a payment is to go to, those that are on another customer now."""
        sales = [
            order.sale
            for order in self._batch.orders
            if order.sale.state is State.POSTED
            and order.sale.record_id in self._found.by_id
            and any(part.kind is Kind.PAYMENT for part in order.ready)
        ]
        if not sales:
            return set()
        seen = {sale.id: self._found.by_id[sale.record_id] for sale in sales}
        return comparing.flag_moved(self._turn, seen, sales)

    def _is_answered(self, posting: Posting) -> bool:
        """Asked about, and every question of its kind was answered."""
        asked = posting.id in self._asked_about
        return asked and self._found.covers(posting.kind, self._asked)

    def _look_at_order(self, order: OrderPostings) -> None:
        if order.is_being_removed:
            for removal in order.ready:
                if self._is_answered(removal):
                    self._look_at_removal(removal, order)
            return
        if order.sale.state is State.READY:
            if not self._is_answered(order.sale):
                return
            unclaimed.take_generation(self._turn, order.sale, self._found)
            self._settle(order.sale, self._form(order.sale))
        record = self._found.by_id.get(order.sale.record_id)
        if order.sale.state is State.POSTED and record is None:
            self._sale_gone(order)
            return
        if order.sale.id in self._moved:
            return
        for part in order.ready:
            if part is not order.sale and self._is_answered(part):
                self._look_at_part(part, order, record)
                if part.id in self._cleared and isinstance(record, InvoiceRecord):
                    record = open_after(part, record)

    def _look_at_part(self, part: Posting, order: OrderPostings, sale: TxnMade | None) -> None:
        if sale is not None:
            account = sale.ar_account_list_id if isinstance(sale, InvoiceRecord) else ""
            self._line.there[str(part.id)] = Facts(sale.customer_list_id, account)
        unclaimed.take_generation(self._turn, part, self._found)
        match part.kind:
            case Kind.PAYMENT:
                self._settle(part, self._payment(part, order, sale))
            case Kind.CREDIT_USE:
                self._look_at_use(part, order, sale)
            case Kind.SALE_UPDATE:
                self._look_at_update(part, order, sale)
            case Kind.CUSTOM_FIELDS:
                if sale is not None and custom_fields.look_at(self._turn, part, order.sale, sale):
                    self._settle(part, None)
            case _ if part.kind.is_change:
                self._settle(part, None)
            case _:
                self._settle(part, self._form(part))

    def _form(self, posting: Posting) -> Decision:
        there_again = unclaimed.former_record(self._turn, posting, self._found)
        if there_again is not None:
            return Adopt(there_again)
        decision = decide_form(posting, self._found)
        if isinstance(decision, Adopt):
            return decision
        return unclaimed.other_form(self._turn, posting, self._found) or decision

    def _payment(self, payment: Posting, order: OrderPostings, sale: TxnMade | None) -> Decision:
        there_again = unclaimed.former_record(self._turn, payment, self._found)
        if there_again is not None:
            return Adopt(there_again)
        planned = str(order.sale.payload.get("customer", {}).get("list_id", ""))
        customer = sale.customer_list_id if sale is not None else planned
        not_this_one = self._ours | self._of_other_links
        decision = decide_payment(payment, self._found, customer, not_this_one)
        if decision is None:
            self._note_same_reference(payment)
        if decision is None and isinstance(sale, InvoiceRecord):
            decision = decide_against_invoice(payment, sale, self._ours)
        if decision is None:
            decision = decide_unapplied(payment, self._found, customer, not_this_one)
        return decision

    def _note_same_reference(self, payment: Posting) -> None:
        """QuickBooks takes a reference twice: whoever finds both there can read why."""
        same = {record.txn_id for record in self._found.numbered(payment)}
        if same & self._of_other_links:
            text = (
                f"Another link sends to this company file, and a payment of it bears the reference "
                f"{payment.number} too. They are two payments."
            )
            turn = self._turn
            history.note(turn.db, turn.connection.id, text, now=turn.now, order_id=payment.order_id)

    def _look_at_use(self, use: Posting, order: OrderPostings, sale: TxnMade | None) -> None:
        memo_posting = order.memo_of(use)
        memo = self._found.by_id.get(memo_posting.record_id) if memo_posting else None
        if isinstance(memo, SaleRecord) and isinstance(sale, InvoiceRecord):
            self._settle(use, decide_credit_use(use, memo, sale))
        elif memo_posting is not None and self._is_answered(use):
            self._lost(memo_posting)

    def _look_at_removal(self, removal: Posting, order: OrderPostings) -> None:
        target = order.target_of(removal)
        if target is None:
            return
        record = self._found.by_id.get(target.record_id)
        edits: tuple[str, ...] = ()
        if record is not None:
            self._line.there[str(removal.id)] = Facts(is_linked=bool(links_of(record)))
            edits = written.edits(target, record, outcome.list_ids_of(self._turn, target))
        decision = decide_removal(
            removal,
            target,
            record if target.state is State.POSTED else None,
            ours=order.record_ids,
            edits=edits,
            closed_to=closed_periods.closed_to(self._turn),
        )
        self._settle(removal, decision)

    def _look_at_update(
        self, update: Posting, order: OrderPostings, record: TxnMade | None
    ) -> None:
        if not isinstance(record, InvoiceRecord):
            return
        facts = Facts(record.customer_list_id, record.ar_account_list_id)
        facts.line_ids = [line.txn_line_id for line in record.lines]
        self._line.there[str(update.id)] = facts
        list_ids = outcome.list_ids_of(self._turn, order.sale)
        closed_to = closed_periods.closed_to(self._turn)
        decision = sale_updates.decide_update(update, order.sale, record, list_ids, closed_to)
        self._settle(update, decision)

    def _sale_gone(self, order: OrderPostings) -> None:
        """What is to be paid or changed was asked for, and QuickBooks does not have it."""
        asked = {request for request in self._asked if f":{THERE}:" in request}
        if asked and asked <= self._found.answered:
            self._lost(order.sale)
            turn = self._turn
            send_again.after_deletion(turn.db, turn.connection, [order.sale], turn.now)

    def _lost(self, posting: Posting) -> None:
        details = {"thing": thing(posting), "order": str(posting.order_id)}
        states.lose(posting, "gone-from-quickbooks")
        self._turn.tell("gone-from-quickbooks", details, posting)

    def _settle(self, posting: Posting, decision: Decision | AlreadyGone) -> None:
        match decision:
            case None:
                self._cleared.add(posting.id)
            case Adopt(record=record, linked=linked):
                self._landing.made(posting, record, linked=linked)
            case AlreadyUsed(memo=memo):
                credit_uses.done(self._turn, posting, memo)
            case AlreadyGone():
                removals.done(self._turn, posting)
            case PlanAgain(record=record):
                outcome.learn(self._turn, [record])
            case Hold() as why:
                outcome.hold(self._turn, posting, why)

    def _move_on(self, order: OrderPostings) -> None:
        """To the next station; what was not cleared is planned or looked up again later."""
        waiting = order.ready
        names = [p for p in self._batch.names_of(order) if p.state is State.READY]
        blocked = [p for p in (*waiting, *names) if p.id not in self._cleared]
        if blocked:
            self._come_again(order, replan=any(p in names for p in blocked))
        elif names:
            self._line.looked.append(order.order_id)
        elif waiting:
            self._line.named.append(order.order_id)

    def _come_again(self, order: OrderPostings, *, replan: bool) -> None:
        """A name turned out to be taken: plan anew at once. An unanswered look-up: in a minute.
        What was not asked about yet is asked at its turn."""
        if replan:
            row = self._turn.db.scalars(
                select(KeapOrder).where(
                    KeapOrder.connection_id == self._turn.connection.id,
                    KeapOrder.keap_id == order.order_id,
                )
            ).one()
            row.needs_plan = True
            return
        for posting in order.ready:
            if posting.id in self._asked_about and posting.id not in self._cleared:
                states.retry_later(posting, self._turn.now + LOOK_AGAIN_AFTER)


def _payments(found: Found) -> Iterator[PaymentRecord]:
    yield from found.unapplied.values()
    for record in found.by_id.values():
        if isinstance(record, PaymentRecord):
            yield record


def _our_txn_ids(turn: Turn, found: Found) -> frozenset[str]:
    """Which of the payments that came back are postings of ours."""
    seen = {record.txn_id for record in _payments(found)}
    for record in found.by_id.values():
        if isinstance(record, InvoiceRecord):
            seen |= {linked.txn_id for linked in record.linked}
    if not seen:
        return frozenset()
    known = turn.db.scalars(
        select(Posting.record_id).where(
            Posting.connection_id == turn.connection.id, Posting.record_id.in_(sorted(seen))
        )
    )
    return frozenset(known)


def _of_other_links(turn: Turn, found: Found) -> frozenset[str]:
    """Which of the payments that came back were made by another connection on this company file:
    payments of another Keap account, whatever reference they bear."""
    records = [
        sharing.Record(record.txn_id, record.external_guid, name_key(record.ref_number))
        for record in _payments(found)
    ]
    return sharing.made_by_others(turn.db, turn.connection, records)
