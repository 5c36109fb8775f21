"""Which payments and refunds a person asks for: what the rows are found by, filters and sums.

Every condition is about a column of the index ix_keap_payment_listed, or of a narrow table, so that
a hundred thousand rows are looked through without reading them. Amounts are integer minor units.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import KeapOrder, KeapPayment, Kind, PaymentStatus, Posting
from qbwc_service.matching.keys import SEARCHED, name_key, search_key
from qbwc_service.planning.money import amount_typed
from qbwc_service.planning.order import PaymentKind, ReceivedPayment

#: the statuses of money that QuickBooks does not have yet
NOT_POSTED = (
    PaymentStatus.NEW,
    PaymentStatus.WAITING,
    PaymentStatus.SENT,
    PaymentStatus.HELD,
    PaymentStatus.WILL_RETRY,
)
RECEIVED = frozenset(PaymentKind) - {PaymentKind.REFUND}
GIVEN_BACK = frozenset({PaymentKind.REFUND})
_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """`since` and `until` are days of payment, both included. `text`: an order's number, an amount,
    part of a reference (the gateway's or QuickBooks') or of a customer's name."""

    since: date | None = None
    until: date | None = None
    method: str = ""
    gateway: str = ""
    status: PaymentStatus | None = None
    not_posted: bool = False
    text: str = ""


ALL_PAYMENTS = PaymentFilter()


@dataclass(frozen=True, slots=True)
class PaymentSum:
    """How many rows of one status and currency, and what they come to."""

    status: PaymentStatus
    currency: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list begins: after this row."""

    day: date
    row_id: int


def gateway_name(merchant_type: str, merchant_id: str) -> str:
    """Keap's merchant account: "Stripe 12"; "" where a person typed the payment in."""
    return " ".join(part for part in (merchant_type, merchant_id) if part)


def found_by(received: ReceivedPayment, gateway: str) -> dict[str, str]:
    """The columns of a row that it is filtered and searched by."""
    return {
        "method": received.method[:SEARCHED],
        "gateway": gateway[:SEARCHED],
        "search_reference": search_key(received.transaction_id),
    }


def conditions(
    connection_id: int, wanted: PaymentFilter, kinds: Collection[PaymentKind]
) -> list[ColumnElement[bool]]:
    """All of them hold for the rows asked for."""
    found = [KeapPayment.connection_id == connection_id, KeapPayment.kind.in_(sorted(kinds))]
    if wanted.since is not None:
        found.append(KeapPayment.paid_on >= wanted.since)
    if wanted.until is not None:
        found.append(KeapPayment.paid_on <= wanted.until)
    if wanted.method:
        found.append(KeapPayment.method == wanted.method)
    if wanted.gateway:
        found.append(KeapPayment.gateway == wanted.gateway)
    if wanted.status is not None:
        found.append(KeapPayment.status == wanted.status)
    if wanted.not_posted:
        found.append(KeapPayment.status.in_(NOT_POSTED))
    if wanted.text:
        found.append(or_(*_has_text(connection_id, wanted.text)))
    return found


def listed(
    db: Session,
    connection_id: int,
    wanted: PaymentFilter,
    kinds: Collection[PaymentKind],
    *,
    limit: int,
    after: Place | None = None,
) -> Sequence[KeapPayment]:
    """The newest day first, from the row after that place on; chosen in the index alone."""
    statement = select(KeapPayment.id).where(*conditions(connection_id, wanted, kinds))
    if after is not None:
        place = tuple_(KeapPayment.paid_on, KeapPayment.id)
        statement = statement.where(place < tuple_(after.day, after.row_id))
    newest = (KeapPayment.paid_on.desc(), KeapPayment.id.desc())
    chosen = statement.order_by(*newest).limit(limit)
    return db.scalars(select(KeapPayment).where(KeapPayment.id.in_(chosen)).order_by(*newest)).all()


def sums(
    db: Session, connection_id: int, wanted: PaymentFilter, kinds: Collection[PaymentKind]
) -> Sequence[PaymentSum]:
    """Of all rows asked for, by status and the currency of their orders; never across currencies.
    A row whose order was not read has the only currency that orders have, or ""."""
    currencies = db.scalars(
        select(KeapOrder.currency).where(KeapOrder.connection_id == connection_id).distinct()
    ).all()
    wanted_rows = conditions(connection_id, wanted, kinds)
    if len(currencies) == 1:
        found = _sums_of_one_currency(db, wanted_rows, currencies[0])
    else:
        found = _sums_by_currency(db, wanted_rows)
    order = list(PaymentStatus)
    return sorted(found, key=lambda each: (order.index(each.status), each.currency))


def _sums_of_one_currency(
    db: Session, wanted: Sequence[ColumnElement[bool]], currency: str
) -> list[PaymentSum]:
    """Without a look at the order of each row."""
    status_text = _unsorted_status()
    found = db.execute(
        select(status_text, func.count(), func.sum(KeapPayment.amount))
        .where(*wanted)
        .group_by(status_text)
    )
    return [
        PaymentSum(PaymentStatus(status), currency, count, int(amount))
        for status, count, amount in found
    ]


def _sums_by_currency(db: Session, wanted: Sequence[ColumnElement[bool]]) -> list[PaymentSum]:
    status_text, of_order = _unsorted_status(), func.coalesce(KeapOrder.currency, "")
    found = db.execute(
        select(
            status_text,
            of_order,
            func.count(),
            func.sum(KeapPayment.amount),
        )
        .outerjoin(
            KeapOrder,
            and_(
                KeapOrder.connection_id == KeapPayment.connection_id,
                KeapOrder.keap_id == KeapPayment.order_id,
            ),
        )
        .where(*wanted)
        .group_by(status_text, of_order)
    )
    return [
        PaymentSum(PaymentStatus(status), currency, count, int(amount))
        for status, currency, count, amount in found
    ]


def _unsorted_status() -> ColumnElement[str]:
    """The status, which is in lower case, to group by: for the column itself SQLite would take the
    index that is sorted by it, and read every row."""
    return func.lower(KeapPayment.status)


def choices(db: Session, connection_id: int) -> Mapping[str, Sequence[str]]:
    """The methods and gateways that payments of this connection have: what filters offer."""
    methods, gateways = set[str](), set[str]()
    for method, gateway in db.execute(
        select(KeapPayment.method, KeapPayment.gateway)
        .where(KeapPayment.connection_id == connection_id)
        .distinct()
    ):
        methods.add(method)
        gateways.add(gateway)
    return {"method": sorted(methods - {""}), "gateway": sorted(gateways - {""})}


def _has_text(connection_id: int, text: str) -> Iterator[ColumnElement[bool]]:
    yield KeapPayment.search_reference.contains(search_key(text), autoescape=True)
    numbered = select(Posting.order_id).where(
        Posting.connection_id == connection_id,
        Posting.kind.in_([Kind.PAYMENT, Kind.CREDIT_MEMO, Kind.CARD_REFUND, Kind.CHECK_REFUND]),
        Posting.number_key == name_key(text),
    )
    yield KeapPayment.order_id.in_(numbered)
    named = select(KeapOrder.keap_id).where(
        KeapOrder.connection_id == connection_id,
        KeapOrder.search_name.contains(search_key(text), autoescape=True),
    )
    yield KeapPayment.order_id.in_(named)
    number = text.removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID:
        yield KeapPayment.order_id == int(number)
    amount = amount_typed(text)
    if amount is not None:
        yield KeapPayment.amount.in_([amount, -amount])
