"""What became of each number of a manual sync, in words, as the ledger has it now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.kind_words import form_word
from qbwc_service.ledger.manual_syncs import By, FoundNumber
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    OrderStatus,
    Posting,
    UnreadableRecord,
)
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.ledger.stored_rules import skipping_rules
from qbwc_service.messages import CATALOGUE, message
from qbwc_service.planning.money import shown

#: of an IN clause; databases take so many values and more
_TOGETHER = 500
#: the setting that a reason to skip comes from; the others are no settings one can change
SETTING_OF_SKIP: Final = {"before-start-date": "start_date", "order-status": "order_status"}


class NumberOutcome(StrEnum):
    """Where one number stands; scripts read these words."""

    ALREADY = "already-in-quickbooks"
    SENT = "sent-just-now"
    SENDING = "waiting-for-answer"
    NEXT_UPDATE = "next-update"
    HELD = "held"
    SKIPPED = "skipped-by-settings"
    SKIPPED_BY_YOU = "skipped-by-you"
    UNDONE = "undone"
    NEW = "new"
    AMBIGUOUS = "ambiguous"
    UNREADABLE = "unreadable"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One number in words; `order` is the order that it fits, `setting` the one that skips it."""

    number: int
    matched: str
    order: int | None
    outcome: NumberOutcome
    cause: str
    text: str
    setting: str = ""


def number_lines(
    db: Session,
    connection: Connection,
    found: Sequence[FoundNumber],
    *,
    since: datetime,
    zone: ZoneInfo,
) -> list[NumberLine]:
    """One line a number, in their order. What was posted after `since` was sent just now."""
    telling = _Telling(db, connection, [one.order_id for one in found if one.order_id], since, zone)
    return [telling.line(one) for one in found]


class _Telling:
    """The rows behind the lines, read with a constant number of queries for every 500 numbers."""

    def __init__(
        self,
        db: Session,
        connection: Connection,
        order_ids: Sequence[int],
        since: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._since = since
        self._zone = zone
        self._settings = effective_settings(connection)
        self._orders: dict[int, KeapOrder] = {}
        self._postings: dict[int, list[Posting]] = defaultdict(list)
        self._unreadable: dict[int, UnreadableRecord] = {}
        self._rules: dict[int, str] = {}
        for place in range(0, len(order_ids), _TOGETHER):
            self._load(db, connection.id, order_ids[place : place + _TOGETHER])

    def line(self, found: FoundNumber) -> NumberLine:
        if found.is_ambiguous:
            return _line(found, NumberOutcome.AMBIGUOUS, _ambiguous(found))
        if found.order_id is None:
            return _line(
                found, NumberOutcome.NOT_FOUND, f"{found.number} was not found in Keap.{_BY_BOTH}"
            )
        named = _named(found)
        order = self._orders.get(found.order_id)
        unreadable = self._unreadable.get(found.order_id)
        if unreadable is not None:
            text = f"{named} cannot be read: {unreadable.reason}. Nothing new was sent."
            return _line(found, NumberOutcome.UNREADABLE, text, "unreadable-record")
        if order is None:
            return _line(found, NumberOutcome.NOT_FOUND, f"{named} was deleted in Keap just now.")
        return self._of_order(found, named, order)

    def _of_order(self, found: FoundNumber, named: str, order: KeapOrder) -> NumberLine:
        postings = self._postings[order.keap_id]
        title = self._title(order, postings)
        match order.status:
            case OrderStatus.POSTED | OrderStatus.POSTED_PAYMENT_OPEN:
                return self._in_quickbooks(found, named, order, postings)
            case OrderStatus.SENT:
                text = f"{named} was sent just now; QuickBooks has not answered yet."
                return _line(found, NumberOutcome.SENDING, text)
            case OrderStatus.READY:
                text = f"{named} goes with the next update of the Web Connector."
                return _line(found, NumberOutcome.NEXT_UPDATE, text)
            case OrderStatus.WILL_RETRY:
                text = f"{named} is tried again with the next update: {title}."
                return _line(found, NumberOutcome.NEXT_UPDATE, text, order.cause)
            case OrderStatus.HELD:
                return _line(found, NumberOutcome.HELD, f"{named} is held: {title}.", order.cause)
            case OrderStatus.SKIPPED_BY_SETTINGS:
                text = f"{named} is skipped by your settings: {title}."
                setting = SETTING_OF_SKIP.get(order.cause, "")
                return _line(found, NumberOutcome.SKIPPED, text, order.cause, setting)
            case OrderStatus.SKIPPED_BY_YOU:
                text = f"{named} was skipped for good by one of you. Requeue brings it back."
                return _line(found, NumberOutcome.SKIPPED_BY_YOU, text)
            case OrderStatus.UNDONE:
                text = f"{named} was taken back. Requeue sends it anew."
                return _line(found, NumberOutcome.UNDONE, text)
            case OrderStatus.NEW:
                text = f"{named} was read from Keap and is looked at with the next update."
                return _line(found, NumberOutcome.NEW, text)

    def _in_quickbooks(
        self, found: FoundNumber, named: str, order: KeapOrder, postings: Sequence[Posting]
    ) -> NumberLine:
        sale = next(each for each in postings if each.kind.is_sale and each.state is State.POSTED)
        number = _as_what(sale)
        is_open = order.status is OrderStatus.POSTED_PAYMENT_OPEN
        rest = " A payment of it is still open." if is_open else ""
        posted_at = sale.posted_at
        if posted_at is not None and posted_at >= self._since:
            text = f"{named} was sent just now, {number}.{rest}"
            return _line(found, NumberOutcome.SENT, text)
        since = f" since {_day(posted_at.astimezone(self._zone))}" if posted_at else ""
        text = f"{named} is in QuickBooks already{since}, {number}.{rest}"
        return _line(found, NumberOutcome.ALREADY, text)

    def _title(self, order: KeapOrder, postings: Sequence[Posting]) -> str:
        if order.cause not in CATALOGUE:
            return order.cause
        details: dict[str, object] = {
            "order": order.keap_id,
            "total": shown(order.total),
            "start_date": _day(self._settings.start_date),
            "order_status": self._settings.order_status,
            "rule": self._rules.get(order.keap_id, ""),
        }
        for posting in postings:
            if posting.cause == order.cause:
                details |= posting.details
        return message(order.cause, details).title

    def _load(self, db: Session, connection_id: int, order_ids: Sequence[int]) -> None:
        for order in db.scalars(
            select(KeapOrder).where(
                KeapOrder.connection_id == connection_id, KeapOrder.keap_id.in_(order_ids)
            )
        ):
            self._orders[order.keap_id] = order
        read = (self._orders[number] for number in order_ids if number in self._orders)
        self._rules |= skipping_rules(db, connection_id, read)
        postings = db.scalars(
            select(Posting).where(
                Posting.connection_id == connection_id, Posting.order_id.in_(order_ids)
            )
        )
        for posting in current(postings).values():
            self._postings[posting.order_id or 0].append(posting)
        for record in db.scalars(
            select(UnreadableRecord).where(
                UnreadableRecord.connection_id == connection_id,
                UnreadableRecord.resource == "orders",
                UnreadableRecord.readable_since.is_(None),
                UnreadableRecord.record_id.in_([str(order_id) for order_id in order_ids]),
            )
        ):
            self._unreadable[int(record.record_id)] = record


_BY_BOTH = (
    " Keap shows an order number on the printed invoice and an invoice number in View Orders."
)


def _day(when: date) -> str:
    """ "23 Nov 2026"."""
    return f"{when.day} {when:%b %Y}"


def _named(found: FoundNumber) -> str:
    """ "Order 1048", or by which of the two numbers it was found."""
    if found.matched == By.INVOICE:
        return f"Order {found.order_id} (invoice number {found.number})"
    return f"Order {found.order_id}"


def _as_what(sale: Posting) -> str:
    """ "as sales receipt 1048", or what a person linked it to."""
    form = form_word(sale)
    if sale.linked:
        return f"linked to {'an' if form[0] in 'aeiou' else 'a'} {form} there"
    return f"as {form} {sale.number}"


def _ambiguous(found: FoundNumber) -> str:
    texts = _each(found)
    return f"{found.number} fits more than one order, so none was sent: {texts}."


def _each(found: FoundNumber) -> str:
    parts: Iterable[str] = (
        f"order {each.order_id} with the invoice number {each.invoice_id or 'none'} "
        f"({each.customer or 'no name'}, {shown(each.total)} {each.currency}, "
        f"{_day(each.placed_on) if each.placed_on else 'no date'})"
        for each in found.orders
    )
    return " and ".join(parts)


def _line(
    found: FoundNumber, outcome: NumberOutcome, text: str, cause: str = "", setting: str = ""
) -> NumberLine:
    return NumberLine(found.number, found.matched, found.order_id, outcome, cause, text, setting)
