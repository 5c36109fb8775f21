"""What Keap holds, what was done to each order, and what may therefore become of it.

The model knows nothing of the ledger: it is told what happens and says what the books must show.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qbwc_service.ledger.models import Kind
from qbwc_service.ledger.postings import external_guid
from qbwc_service.planning.order import PaymentKind, SalesOrder

#: more generations of a posting than any history makes
GENERATIONS = 12
FORMS = (Kind.INVOICE, Kind.SALES_RECEIPT)
MONEY = (Kind.PAYMENT, Kind.CREDIT_MEMO, Kind.CARD_REFUND, Kind.CHECK_REFUND)


class Mark(StrEnum):
    """What happened to one order, or to all of them, beyond the plain way."""

    # in Keap
    NO_ITEM = "a line sells what QuickBooks does not have"
    EDITED = "edited in Keap"
    PAYMENT_EDITED = "a payment was edited in Keap"
    PAYMENT_VOIDED = "a payment was voided in Keap"
    REFUNDED = "refunded in Keap"
    CREDITED = "paid by store credit"
    # by a person in QuickBooks
    RENUMBERED = "the invoice was renumbered"
    REDATED = "the invoice was redated"
    MOVED = "the invoice was moved to another customer"
    FORM_EDITED = "a line of the invoice was edited"
    FORM_DELETED = "the invoice was deleted"
    PAYMENT_DELETED = "a payment was deleted in QuickBooks"
    TYPED = "a payment was typed by hand"
    NUMBER_TYPED = "an invoice with its number was typed by hand"
    # by a person on our pages
    HELD = "held by a person"
    SKIPPED = "skipped by a person"
    PAYMENT_SKIPPED = "a payment was skipped by a person"
    UNDONE = "undone by a person"
    LINKED = "linked by a person"
    REQUEUED = "requeued by a person"
    ACCEPTED = "accepted by a person"
    # to everything
    FILE_RESTORED = "the company file was restored from a copy without it"
    DATABASE_RESTORED = "our database was restored from an older copy"
    ANSWER_KEPT_NO_RECORD = "somebody deleted a record while an answer was out"


#: for what an order or its payments may wait for a person after that
CAUSES: Mapping[Mark, frozenset[str]] = {
    Mark.NO_ITEM: frozenset({"item-not-in-quickbooks"}),
    Mark.EDITED: frozenset(
        {
            "edited-after-sending",
            "payment-more-than-due",
            # An older copy of our database finds the form as it was before the edit.
            "total-differs",
            # The form stands as it was sent, and what the new line costs has no room on it.
            "invoice-paid-already",
        }
    ),
    Mark.PAYMENT_EDITED: frozenset({"payment-edited-after-sending", "payment-more-than-due"}),
    Mark.PAYMENT_VOIDED: frozenset(
        {
            "payment-voided-in-keap",
            "refund-more-than-paid",
            # The voided one is still on the invoice, and another was paid since; an older copy of
            # our database does not know the voided one any more. Where the invoice was deleted, it
            # lies there unused, and looks as if somebody had typed it for the other.
            "invoice-paid-already",
            "payment-typed-by-hand",
            "payment-not-applied-yet",
        }
    ),
    Mark.REFUNDED: frozenset({"refund-to-approve", "refund-not-applied", "refund-more-than-paid"}),
    Mark.CREDITED: frozenset({"credit-item-not-chosen", "credit-more-than-due"}),
    Mark.RENUMBERED: frozenset({"changed-in-quickbooks"}),
    Mark.REDATED: frozenset({"changed-in-quickbooks"}),
    Mark.MOVED: frozenset({"changed-in-quickbooks", "customer-differs", "payment-not-applied"}),
    Mark.FORM_EDITED: frozenset(
        {"changed-in-quickbooks", "total-differs", "invoice-paid-already", "payment-not-applied"}
    ),
    Mark.FORM_DELETED: frozenset(
        {
            "gone-from-quickbooks",
            "payment-not-applied",
            "outcome-unknown",
            "payment-without-order",
        }
    ),
    Mark.PAYMENT_DELETED: frozenset(
        {"gone-from-quickbooks", "changed-in-quickbooks", "outcome-unknown", "balance-differs"}
    ),
    Mark.TYPED: frozenset(
        {
            "payment-typed-by-hand",
            "payment-not-applied-yet",
            "payment-reference-taken",
            "invoice-paid-already",
            "payment-not-applied",
            "changed-in-quickbooks",
        }
    ),
    Mark.NUMBER_TYPED: frozenset({"number-taken"}),
    Mark.HELD: frozenset({"held-by-you"}),
    Mark.SKIPPED: frozenset({"payment-without-order"}),
    Mark.PAYMENT_SKIPPED: frozenset(),
    Mark.UNDONE: frozenset(
        {
            "being-undone",
            "undo-would-lose",
            "undo-refused",
            "gone-from-quickbooks",
            "payment-without-order",
        }
    ),
    Mark.LINKED: frozenset(
        {
            "gone-from-quickbooks",
            "changed-in-quickbooks",
            # What a person typed comes to another total.
            "invoice-paid-already",
        }
    ),
    Mark.REQUEUED: frozenset({"payment-not-applied", "refund-not-applied"}),
    Mark.ACCEPTED: frozenset(),
    Mark.FILE_RESTORED: frozenset(
        {
            "gone-from-quickbooks",
            "payment-not-applied",
            "changed-in-quickbooks",
            "payment-without-order",
        }
    ),
    Mark.DATABASE_RESTORED: frozenset(),
    Mark.ANSWER_KEPT_NO_RECORD: frozenset({"outcome-unknown"}),
}


@dataclass
class Row:
    """One order-payment row of Keap; `amount` in cents, positive also for what went back."""

    payment_id: int
    order_id: int
    kind: PaymentKind
    amount: int
    is_void: bool = False
    is_approved: bool = False
    #: by a person on our pages
    is_skipped: bool = False
    #: TxnID of what a person typed for it while nothing of ours was there
    typed: str = ""

    @property
    def key(self) -> str:
        return f"{self.payment_id}/{self.order_id}"


@dataclass
class Told:
    """One order with all that was ever said of it."""

    order: SalesOrder
    rows: list[Row] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)
    #: every total that Keap ever told, in cents
    totals: set[int] = field(default_factory=set)
    #: that a person left in QuickBooks, by name of the field
    as_left: dict[str, str] = field(default_factory=dict)

    @property
    def order_id(self) -> int:
        return self.order.order_id

    def paid(self) -> int:
        """In cents, of what is money and not void."""
        cash = (row for row in self.rows if row.kind is PaymentKind.CASH and not row.is_void)
        return sum(row.amount for row in cash)

    def causes(self) -> frozenset[str]:
        """What it may wait for."""
        return frozenset().union(*(CAUSES[mark] for mark in self.marks))


class Model:
    """All orders of one history. `uid` is the connection's, from which its GUIDs are made."""

    def __init__(self, uid: str) -> None:
        self.orders: dict[int, Told] = {}
        self._uid = uid
        self._of_later_ones: set[Mark] = set()
        self._unapplied: set[int] = set()
        self._owners: dict[str, tuple[int, Kind, str]] = {}

    def add_order(self, order: SalesOrder) -> Told:
        told = Told(order, totals={order.total}, marks=set(self._of_later_ones))
        self.orders[order.order_id] = told
        self._own(FORMS, str(order.order_id), order.order_id)
        return told

    def add_row(self, row: Row) -> None:
        told = self.orders[row.order_id]
        told.rows.append(row)
        if row.amount in self._unapplied:
            told.marks.add(Mark.TYPED)
        self._own(MONEY, row.key, row.order_id)

    def mark_all(self, mark: Mark) -> None:
        for told in self.orders.values():
            told.marks.add(mark)

    def something_was_deleted(self) -> None:
        """From now on an answer that is lost may leave it open what was made: also of orders that
        come soon, for the times of QuickBooks are compared with two hours to spare."""
        self._of_later_ones = {Mark.ANSWER_KEPT_NO_RECORD}
        self.mark_all(Mark.ANSWER_KEPT_NO_RECORD)

    def something_lies_unapplied(self, amount: int) -> None:
        """A person typed a payment of so many cents and applied it to nothing: it may be meant for
        any order with a payment of that amount."""
        self._unapplied.add(amount)
        for told in self.orders.values():
            if any(row.amount == amount for row in told.rows):
                told.marks.add(Mark.TYPED)

    def owner(self, guid: str) -> tuple[int, Kind, str] | None:
        """Order, kind and source key of a record that bears this GUID; None for a stranger's."""
        return self._owners.get(guid.lower())

    def rows(self) -> Iterable[Row]:
        return (row for told in self.orders.values() for row in told.rows)

    def _own(self, kinds: Iterable[Kind], key: str, order_id: int) -> None:
        for kind in kinds:
            for generation in range(1, GENERATIONS + 1):
                guid = external_guid(self._uid, kind, key, generation).lower()
                self._owners[guid] = (order_id, kind, key)


@dataclass
class Tally:
    """What a run has done, for the table at its end."""

    histories: int = 0
    sessions: int = 0
    faulty_sessions: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    complaints: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.histories += other.histories
        self.sessions += other.sessions
        self.faulty_sessions += other.faulty_sessions
        for name in ("faults", "acts", "made", "held", "statuses", "complaints"):
            getattr(self, name).update(getattr(other, name))
