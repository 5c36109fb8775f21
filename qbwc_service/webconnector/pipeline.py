"""The pipeline of the post phase: which orders are at which station, kept in the session's notes.

One message carries the transactions of one batch, the new names of the next, and the look-ups of
the one after it, so that N batches take N + 2 messages.
"""

from typing import Any, Self

import msgspec

from qbwc_service.webconnector.turn import Turn

NOTES = "post"
#: orders a message to start with, and the bounds that a slow or quick QuickBooks moves it to
START_ORDERS, MIN_ORDERS, MAX_ORDERS = 30, 5, 60
#: a long message keeps people in QuickBooks waiting, and more is in doubt if its answer is lost
SLOW_SECONDS, QUICK_SECONDS = 15, 5
#: orders more after a quick message
MORE = 10
#: transactions a message for each order of the limit: with the names and look-ups of the batches
#: behind it, a message starts at about 100 requests
TRANSACTIONS_AN_ORDER = 2


class InFlight(msgspec.Struct):
    """The orders in the message that was sent last, by what the message does for them."""

    transactions: list[int] = []
    names: list[int] = []
    look_up: list[int] = []
    #: the postings that were asked about; one that came later is not cleared by these answers
    looked_up: list[int] = []
    #: request ids of the look-ups that were asked
    asked: list[str] = []


class Facts(msgspec.Struct):
    """What the look-up saw of the form in QuickBooks that a posting belongs to."""

    customer: str = ""
    ar_account: str = ""
    #: something is linked to what is to be deleted
    is_linked: bool = False
    #: TxnLineIDs of an invoice that is to be changed
    line_ids: list[str] = []


class Pipeline(msgspec.Struct):
    """The stations. Order ids are Keap's; `cleared` are posting ids that were looked up."""

    looked: list[int] = []
    named: list[int] = []
    in_flight: InFlight = msgspec.field(default_factory=InFlight)
    cleared: list[int] = []
    #: by the ids of the postings that belong to a form in QuickBooks
    there: dict[str, Facts] = {}
    limit: int = START_ORDERS
    #: a suspicious group travels alone
    solo: bool = False

    @classmethod
    def of(cls, turn: Turn) -> Self:
        """As the last call left it."""
        return msgspec.convert(turn.notes(NOTES), cls)

    def save(self, turn: Turn) -> None:
        built: dict[str, Any] = msgspec.to_builtins(self)
        turn.note(NOTES, built)

    @property
    def orders(self) -> set[int]:
        """Every order at any station."""
        flying = self.in_flight
        return {
            *self.looked,
            *self.named,
            *flying.transactions,
            *flying.names,
            *flying.look_up,
        }

    @property
    def has_room(self) -> bool:
        """Whether another batch may be looked up: never more than two batches wait ahead."""
        return not self.solo and len(self.looked) + len(self.named) < 2 * self.limit

    def land(self) -> InFlight:
        """The answer is here: nothing is in flight any more; returns what was."""
        landed, self.in_flight = self.in_flight, InFlight()
        return landed

    def pace(self, seconds: float) -> None:
        """How long QuickBooks took for the message in flight. Half as many orders a message where
        it was slow; more where it was quick with all the orders that may be in one: what only
        looks up or makes names, and the short rest of a queue, tells nothing of a full message."""
        if seconds > SLOW_SECONDS:
            self.limit = max(MIN_ORDERS, self.limit // 2)
        elif seconds < QUICK_SECONDS and len(self.in_flight.transactions) >= self.limit:
            self.limit = min(MAX_ORDERS, self.limit + MORE)


def clear(turn: Turn) -> None:
    """Forget every station: what is not sent is looked up again before it is."""
    turn.note(NOTES, {})
