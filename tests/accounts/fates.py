"""What must become of an order, told by whoever made it up. Amounts are integer cents."""

from dataclasses import dataclass, field
from datetime import date

from qbwc_service.planning.order import ReceivedPayment, SalesOrder

POSTED = "posted"
OPEN = "posted-payment-open"
HELD = "held"
SKIPPED = "skipped-by-settings"


@dataclass(frozen=True)
class PaymentFate:
    """A payment in QuickBooks, and the part of it that pays the order's invoice."""

    payment_id: int
    reference: str
    amount: int
    applied: int
    on: date
    deposit_to: str


@dataclass(frozen=True)
class MemoFate:
    """A credit memo: so much of it is applied to the order's invoice, so much was given back."""

    payment_id: int
    amount: int
    applied: int
    refunded: int
    on: date


@dataclass(frozen=True)
class RefundFate:
    """Money that went back: "card" or "check"."""

    payment_id: int
    kind: str
    amount: int
    on: date


@dataclass
class Fate:
    """`status` and `cause` as the ledger has them; the rest is what the books have."""

    status: str
    cause: str = ""
    #: "" where nothing of the order is in the books
    form: str = ""
    #: None: any number that no other order has, of at most 11 characters
    number: str | None = None
    customer: str = ""
    on: date | None = None
    total: int = 0
    #: sales tax that QuickBooks reckons
    tax: int = 0
    #: item and amount of each line
    lines: tuple[tuple[str, int], ...] = ()
    balance: int = 0
    payments: tuple[PaymentFate, ...] = ()
    #: of a receipt, which is its own payment; "" where nothing was paid
    deposit_to: str = ""
    memos: tuple[MemoFate, ...] = ()
    #: in any order; None: any
    memo_numbers: tuple[str, ...] | None = None
    refunds: tuple[RefundFate, ...] = ()
    #: status and cause of payment rows, by payment id; rows that are not here may wait
    rows: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """What a person does before that day's updates: a name of `people.ACTS` and what it takes."""

    day: int
    name: str
    words: tuple[str, ...]


@dataclass
class Story:
    """One order: what is read of it on which day, and what must become of it."""

    label: str
    order_id: int
    #: the order as it is read on these days
    readings: list[tuple[int, SalesOrder]]
    rows: list[tuple[int, ReceivedPayment]]
    fate: Fate
    #: the day on which Keap does not have it any more
    deleted_on: int = 0
    #: refunds that a person approves on the last day
    approved: tuple[int, ...] = ()
