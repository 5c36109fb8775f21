"""The Adds of a message: transactions of named orders, and the names that the next ones need.

Names are made one message before they are used, because with continueOnError a refused
CustomerAdd does not stop an InvoiceAdd by FullName, which would then land on whoever owns the
name. Transactions refer by ListID and TxnID only; an invoice and its payments share a message by
macro.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from qbwc_service.ledger import standing, states
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.message_sets import QBXML_VERSION
from qbwc_service.ledger.models import KeapOrder, Kind, Posting
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import Hold, planned_sale_from
from qbwc_service.webconnector import closed_periods, custom_fields, outcome, removals
from qbwc_service.webconnector.batch import Batch, OrderPostings, load_batch
from qbwc_service.webconnector.pipeline import TRANSACTIONS_AN_ORDER, Pipeline
from qbwc_service.webconnector.render import (
    ReferenceMissing,
    Surroundings,
    customer_request,
    item_request,
)
from qbwc_service.webconnector.render_forms import (
    Target,
    credit_memo_request,
    credit_use_request,
    macro_of,
    payment_request,
    refund_request,
    sale_request,
)
from qbwc_service.webconnector.render_updates import sale_update_request
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.schema import check

#: an order whose customer or item is not made yet is tried again after this
COME_AGAIN_AFTER = timedelta(minutes=1)

#: a posting stands once for each of its requests
Sendable = list[tuple[Posting, Request]]


def transactions(turn: Turn, line: Pipeline, order_ids: list[int]) -> tuple[Sendable, list[int]]:
    """The Adds of as many orders as fit; the orders that wait for the next message."""
    batch = load_batch(turn, order_ids)
    around = _surroundings(turn, batch)
    sending: Sendable = []
    for place, order in enumerate(batch.orders):
        if place >= line.limit or len(sending) >= TRANSACTIONS_AN_ORDER * line.limit:
            return sending, [later.order_id for later in batch.orders[place:]]
        sending.extend(_OrderRequests(turn, line, order, batch, around).made())
    return sending, []


def _surroundings(turn: Turn, batch: Batch) -> Surroundings:
    facts = turn.connection.quickbooks
    return Surroundings(
        {
            posting.source_key: posting.record_id
            for posting in (*batch.customers.values(), *batch.items.values())
            if posting.state is State.POSTED
        },
        facts.get("non_taxable_code", ""),
        facts.get("taxable_code", ""),
    )


def names(turn: Turn, line: Pipeline, order_ids: list[int]) -> Sendable:
    """The Adds of the customers and items that these orders need and nobody has made yet."""
    batch = load_batch(turn, order_ids)
    around = _surroundings(turn, batch)
    cleared = set(line.cleared)
    sending: Sendable = []
    for posting in batch.new_names:
        if posting.id not in cleared:
            continue
        try:
            sending.append((posting, _name_request(posting, around)))
        except QbxmlInvalid as error:
            _hold_unreadable(turn, posting, error)
    return sending


def _name_request(posting: Posting, around: Surroundings) -> Request:
    if posting.kind is Kind.CUSTOMER:
        return _checked(customer_request(posting, around))
    return _checked(item_request(posting, around))


def _checked(request: Request) -> Request:
    """Checked alone, so that one bad record holds itself and not the message it would be in."""
    check(request, QBXML_VERSION)
    return request


def _hold_unreadable(turn: Turn, posting: Posting, error: QbxmlInvalid) -> None:
    details = {"order": str(posting.order_id or posting.number), "reason": str(error)}
    outcome.hold(turn, posting, Hold("message-unreadable", details))


class _OrderRequests:
    """The requests of one order; trouble with it holds it and nothing else."""

    def __init__(
        self, turn: Turn, line: Pipeline, order: OrderPostings, batch: Batch, around: Surroundings
    ) -> None:
        self._turn = turn
        self._line = line
        self._order = order
        self._batch = batch
        self._around = around
        self._sending: Sendable = []

    def made(self) -> Sendable:
        sale = self._order.sale
        ready = [posting for posting in self._order.ready if self._is_looked_up(posting)]
        if sale.state is State.READY and sale not in ready:
            return []
        try:
            for posting in ready:
                if self._is_stopped(posting):
                    if posting is sale:
                        return []
                else:
                    made = [_checked(request) for request in self._requests(posting)]
                    self._sending.extend((posting, request) for request in made)
            return self._sending
        except ReferenceMissing:
            _follow_names(self._turn, self._order, self._batch)
        except QbxmlInvalid as error:
            for posting in ready:
                _hold_unreadable(self._turn, posting, error)
        standing.refresh(self._turn.db, self._turn.connection.id, [self._order.order_id])
        return []

    def _is_stopped(self, posting: Posting) -> bool:
        """By a closed period. Changes of forms were compared with it by their look-up."""
        if posting.kind is Kind.SALE_UPDATE:
            return False
        return closed_periods.stops(self._turn, posting)

    def _is_looked_up(self, posting: Posting) -> bool:
        """Cleared by the look-up, and where its form is in QuickBooks with what it saw of it."""
        if posting.id not in self._line.cleared:
            return False
        return self._order.sale.state is not State.POSTED or str(posting.id) in self._line.there

    def _requests(self, posting: Posting) -> tuple[Request, ...]:
        """The last of several bears the posting's own request id."""
        if posting.kind is Kind.REMOVAL:
            return self._removal(posting)
        if posting.kind is Kind.CUSTOM_FIELDS:
            return custom_fields.requests(posting, self._order.sale)
        request = self._request(posting)
        return (request,) if request else ()

    def _removal(self, removal: Posting) -> tuple[Request, ...]:
        target = self._order.target_of(removal)
        facts = self._line.there.get(str(removal.id))
        if target is None or facts is None:
            return ()
        return removals.requests(removal, target, is_linked=facts.is_linked)

    def _request(self, posting: Posting) -> Request | None:
        """None where what it belongs to does not go either."""
        match posting.kind:
            case Kind.PAYMENT:
                return payment_request(posting, self._sale_target(posting))
            case Kind.CREDIT_MEMO:
                return credit_memo_request(posting, self._sale_target(posting), self._around)
            case Kind.CREDIT_USE:
                memo = self._order.memo_of(posting)
                target = self._sale_target(posting)
                return credit_use_request(posting, target, memo) if memo else None
            case Kind.CARD_REFUND | Kind.CHECK_REFUND:
                return self._refund(posting)
            case Kind.SALE_UPDATE:
                line_ids = self._line.there[str(posting.id)].line_ids
                return sale_update_request(posting, self._order.sale, line_ids, self._around)
            case _:
                return sale_request(posting, self._around)

    def _sale_target(self, posting: Posting) -> Target:
        sale = self._order.sale
        if sale.state is State.POSTED:
            facts = self._line.there[str(posting.id)]
            return Target(facts.customer, facts.ar_account, txn_id=sale.record_id)
        planned = planned_sale_from(sale.payload)
        customer = self._around.ref(planned.customer).list_id
        return Target(customer, planned.ar_account_list_id, macro=macro_of(sale))

    def _refund(self, posting: Posting) -> Request | None:
        memo = self._order.memo_of(posting)
        sale = self._sale_target(posting)
        if memo is None:
            return None
        if not sale.ar_account_list_id:
            planned = str(memo.payload.get("ar_account_list_id", ""))
            sale = replace(sale, ar_account_list_id=planned)
        if memo.state is State.POSTED:
            target = replace(sale, txn_id=memo.record_id, macro="")
        elif any(memo is sent for sent, _ in self._sending):
            target = replace(sale, txn_id="", macro=macro_of(memo))
        else:
            return None
        return refund_request(posting, target)


def _follow_names(turn: Turn, order: OrderPostings, batch: Batch) -> None:
    """Its customer or an item could not be made: the order shares its fate."""
    for posting in batch.names_of(order):
        if posting.state is State.HELD:
            details = {**posting.details, "order": str(order.order_id)}
            outcome.hold(turn, _waiting(order), Hold(posting.cause, details))
            return
    pause = max(
        (posting.not_before for posting in batch.names_of(order) if posting.not_before),
        default=turn.now + COME_AGAIN_AFTER,
    )
    waiting = _waiting(order)
    states.retry(waiting, "waits-for-name", {"thing": thing(waiting)}, pause)
    # What it waits for may be planned no more.
    turn.db.execute(
        update(KeapOrder)
        .where(KeapOrder.connection_id == turn.connection.id, KeapOrder.keap_id == order.order_id)
        .values(needs_plan=True),
        execution_options={"synchronize_session": "fetch"},
    )


def _waiting(order: OrderPostings) -> Posting:
    """What of the order refers to a name that is not made yet: its form, else its credit memo."""
    return order.sale if order.sale.state is State.READY else order.ready[0]
