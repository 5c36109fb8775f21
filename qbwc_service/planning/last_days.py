"""What the orders of the last days were like, in figures: what set-up shows beside its questions.

Nothing here is planned or sent. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from qbwc_service.planning.order import LineKind, PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.order_status import PaidState, paid_state

#: different words of a kind that are kept, the most frequent first
_WORDS_KEPT = 30


@dataclass(frozen=True, slots=True)
class LastDays:
    """Figures of the orders placed from `first` to `last` (days of the account).

    Whoever is counted under `drafts`, `zero` or `from_quickbooks` is counted under what is paid of
    it too. `is_whole` is False where there were more orders or payments than were read.
    """

    first: date
    last: date
    orders: int = 0
    paid: int = 0
    part_paid: int = 0
    unpaid: int = 0
    drafts: int = 0
    zero: int = 0
    from_quickbooks: int = 0
    failed_charges: int = 0
    #: Keap's id; 0 where there was no order
    newest_order: int = 0
    #: Keap's invoice numbers, where these are numbers
    newest_invoice: int = 0
    #: (word of Keap, how often), the most frequent first
    methods: Sequence[tuple[str, int]] = ()
    taxes: Sequence[tuple[str, int]] = ()
    #: lines of products, and the names on those of them without SKU
    lines: int = 0
    without_sku: Sequence[tuple[str, int]] = ()
    discounts: int = 0
    shipped: int = 0
    is_whole: bool = True

    def to_stored(self) -> dict[str, Any]:
        """As JSON-ready values."""
        stored = asdict(self)
        return stored | {"first": self.first.isoformat(), "last": self.last.isoformat()}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self | None:
        """None where nothing was stored. What an older version did not count is 0."""
        if not stored:
            return None
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        for name in ("methods", "taxes", "without_sku"):
            values[name] = tuple((str(word), int(times)) for word, times in values.get(name, ()))
        for name in ("first", "last"):
            values[name] = date.fromisoformat(values[name])
        return cls(**values)


def figures(
    orders: Iterable[SalesOrder],
    payments: Iterable[ReceivedPayment],
    *,
    first: date,
    last: date,
    is_whole: bool = True,
) -> LastDays:
    """Of the orders placed and the payments made in these days; others among them do not count."""
    placed = [order for order in orders if first <= order.placed_on <= last]
    made = [payment for payment in payments if first <= payment.paid_on <= last]
    states = Counter(_paid_state(order, made) for order in placed)
    products = [line for order in placed for line in order.lines if line.kind is LineKind.PRODUCT]
    nameless = [line for line in products if not line.sku.strip()]
    ids = [order.order_id for order in placed]
    return LastDays(
        first=first,
        last=last,
        orders=len(placed),
        paid=states[PaidState.IN_FULL],
        part_paid=states[PaidState.IN_PART],
        unpaid=states[PaidState.NOT],
        drafts=sum(order.is_draft for order in placed),
        zero=sum(order.total == 0 for order in placed),
        from_quickbooks=sum(order.came_from_quickbooks for order in placed),
        failed_charges=_distinct(made, PaymentKind.NOT_COMPLETED),
        newest_order=max(ids, default=0),
        newest_invoice=max(_numbers(order.invoice_id for order in placed), default=0),
        methods=_frequent(_method(each) for each in _once(made, PaymentKind.CASH)),
        taxes=_frequent(_names(placed, LineKind.TAX)),
        lines=len(products),
        without_sku=_frequent(line.name.strip() for line in nameless),
        discounts=sum(_has(order, LineKind.DISCOUNT) for order in placed),
        shipped=sum(_has(order, LineKind.SHIPPING) for order in placed),
        is_whole=is_whole,
    )


def _paid_state(order: SalesOrder, payments: Iterable[ReceivedPayment]) -> PaidState:
    return paid_state(order, [each for each in payments if each.order_id == order.order_id])


def _once(payments: Iterable[ReceivedPayment], kind: PaymentKind) -> Iterable[ReceivedPayment]:
    """Each payment once, however many orders it pays."""
    return {each.payment_id: each for each in payments if each.kind is kind}.values()


def _distinct(payments: Iterable[ReceivedPayment], kind: PaymentKind) -> int:
    return len(list(_once(payments, kind)))


def _method(payment: ReceivedPayment) -> str:
    return (payment.method or payment.source_kind).strip()


def _names(orders: Iterable[SalesOrder], kind: LineKind) -> Iterable[str]:
    return (line.name.strip() for order in orders for line in order.lines if line.kind is kind)


def _has(order: SalesOrder, kind: LineKind) -> bool:
    return any(line.kind is kind for line in order.lines)


def _frequent(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(word for word in words if word).most_common(_WORDS_KEPT))


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal()]
