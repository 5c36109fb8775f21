"""Cut-over: orders that QuickBooks has already, typed by hand or brought by an older tool.

Number, customer, day and total together are evidence to show, never a match by itself: a subscriber
has the same total every month. So nothing is linked without a person.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.ledger.models import (
    SALES,
    Connection,
    ContactCustomer,
    KeapOrder,
    Kind,
    OrderStatus,
    Posting,
    QuickbooksTxn,
)
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key

#: an older tool may have dated it when it sent it
DAYS_APART = timedelta(days=3)
_LINKED_TO = (Kind.INVOICE, Kind.SALES_RECEIPT)
_NOT_SENT = frozenset(OrderStatus) - {
    OrderStatus.SENT,
    OrderStatus.POSTED,
    OrderStatus.POSTED_PAYMENT_OPEN,
}
#: a number with what another tool puts before it: 1048, #1048, K-1048, INV 1048
_NUMBER = re.compile(r"[^0-9]{0,6}0*([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Linkable:
    """An order, and the one record of QuickBooks that it can be; amounts in minor units."""

    order_id: int
    customer: str
    placed_on: date
    total: int
    kind: Kind
    txn_id: str
    number: str
    customer_there: str
    day_there: date


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """What became of one order; `refusal` is a sentence part, "" where it was linked."""

    order_id: int
    txn_id: str = ""
    refusal: str = ""


def linkable(db: Session, connection: Connection) -> list[Linkable]:
    """Orders that are not in QuickBooks by our ledger, and that agree in number, customer, total
    and day (within three) with exactly one record there that is nobody's. By order."""
    by_number: dict[int, list[Row[Any]]] = defaultdict(list)
    for record in _unclaimed(db, connection):
        match = _NUMBER.fullmatch(record.ref_number)
        if match:
            by_number[int(match[1])].append(record)
    days = [each.txn_date for some in by_number.values() for each in some if each.txn_date]
    if not days:
        return []
    fitting: dict[int, list[Linkable]] = {}
    period = (min(days) - DAYS_APART, max(days) + DAYS_APART)
    for order in _unsent(db, connection.id, period):
        numbers = {order.keap_id, *_numbers(order.invoice_id)}
        records = {each.txn_id: each for number in numbers for each in by_number[number]}
        found = [_linkable(order, each) for each in records.values() if _agrees(order, each)]
        if found:
            fitting[order.keap_id] = found
    return _one_to_one(fitting)


def link_all(
    db: Session, connection: Connection, order_ids: Collection[int], *, who: str, now: datetime
) -> list[LinkOutcome]:
    """Link these orders, each to the one record that fits it, or say why not. QuickBooks is not
    changed; payments that wait are applied to what they are linked to."""
    found = {each.order_id: each for each in linkable(db, connection)}
    decisions = Decisions(db, connection, who, now)
    outcomes = []
    for order_id in sorted(order_ids):
        one = found.get(order_id)
        if one is None:
            reason = "no single record of QuickBooks fits it any more"
            outcomes.append(LinkOutcome(order_id, refusal=reason))
            continue
        try:
            decisions.link(order_id, one.txn_id, one.kind)
        except DecisionRefused as refused:
            outcomes.append(LinkOutcome(order_id, one.txn_id, refused.reason))
        else:
            outcomes.append(LinkOutcome(order_id, one.txn_id))
    return outcomes


def _one_to_one(fitting: dict[int, list[Linkable]]) -> list[Linkable]:
    """Neither an order with two records nor a record with two orders."""
    claims: dict[str, int] = defaultdict(int)
    for each in (one for some in fitting.values() for one in some):
        claims[each.txn_id] += 1
    return [
        some[0]
        for _, some in sorted(fitting.items())
        if len(some) == 1 and claims[some[0].txn_id] == 1
    ]


def _agrees(order: Row[Any], record: Row[Any]) -> bool:
    if order.order_date is None or record.txn_date is None or record.total != order.total:
        return False
    if abs(record.txn_date - order.order_date) > DAYS_APART:
        return False
    if order.list_id and order.list_id == record.customer_list_id:
        return True
    name = record.customer_name.rsplit(":", maxsplit=1)[-1]
    return bool(order.customer_name) and name_key(name) == name_key(order.customer_name)


def _linkable(order: Row[Any], record: Row[Any]) -> Linkable:
    return Linkable(
        order.keap_id,
        order.customer_name,
        order.order_date,
        order.total,
        record.kind,
        record.txn_id,
        record.ref_number,
        record.customer_name,
        record.txn_date,
    )


def _numbers(invoice_id: str) -> Iterable[int]:
    return [int(invoice_id)] if invoice_id.isascii() and invoice_id.isdecimal() else []


def _unclaimed(db: Session, connection: Connection) -> Sequence[Any]:
    """Forms in QuickBooks that no posting made or was linked to, neither of this connection nor of
    those that share the company file."""
    is_claimed = exists().where(
        Posting.connection_id.in_([connection.id, *connection.shared_with]),
        Posting.record_id == QuickbooksTxn.txn_id,
    )
    return db.execute(
        select(
            QuickbooksTxn.kind,
            QuickbooksTxn.txn_id,
            QuickbooksTxn.ref_number,
            QuickbooksTxn.customer_list_id,
            QuickbooksTxn.customer_name,
            QuickbooksTxn.txn_date,
            QuickbooksTxn.total,
        ).where(
            QuickbooksTxn.connection_id == connection.id,
            QuickbooksTxn.kind.in_(_LINKED_TO),
            ~is_claimed,
        )
    ).all()


def _unsent(db: Session, connection_id: int, period: tuple[date, date]) -> Sequence[Any]:
    """Orders of these days without a form in QuickBooks, with the customer that their contact went
    to."""
    is_sent = exists().where(
        Posting.connection_id == connection_id,
        Posting.order_id == KeapOrder.keap_id,
        Posting.kind.in_(SALES),
        Posting.state.in_([State.POSTED, State.SENT]),
    )
    return db.execute(
        select(
            KeapOrder.keap_id,
            KeapOrder.invoice_id,
            KeapOrder.order_date,
            KeapOrder.customer_name,
            KeapOrder.total,
            ContactCustomer.list_id,
        )
        .outerjoin(
            ContactCustomer,
            and_(
                ContactCustomer.connection_id == KeapOrder.connection_id,
                ContactCustomer.contact_id == KeapOrder.contact_id,
            ),
        )
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.order_date.between(*period),
            KeapOrder.status.in_(sorted(_NOT_SENT)),
            ~is_sent,
        )
        .order_by(KeapOrder.keap_id)
    ).all()
