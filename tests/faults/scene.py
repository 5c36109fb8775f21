"""What all acts of a history share: the stage, the model, the dice and the story so far."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from qbwc_service.demo.quickbooks.book_entries import (
    BookCreditMemo,
    BookInvoice,
    BookPayment,
    BookRefund,
    Books,
    BookSalesReceipt,
)
from qbwc_service.demo.web_connector.outcome import Exchange
from qbwc_service.ledger.models import Kind
from tests.faults.model import Model, Tally
from tests.faults.stage import Copied, Stage

Record = BookInvoice | BookSalesReceipt | BookPayment | BookCreditMemo | BookRefund


@dataclass(frozen=True, slots=True)
class Ours:
    """A record of QuickBooks that bears our GUID."""

    order_id: int
    kind: Kind
    key: str
    record: Record


@dataclass
class Scene:
    """One history while it is played."""

    stage: Stage
    model: Model
    dice: random.Random
    tally: Tally = field(default_factory=Tally)
    story: list[str] = field(default_factory=list)
    #: numbers that a person took in QuickBooks, with the TxnID
    typed_numbers: dict[int, str] = field(default_factory=dict)
    #: our database as it was before what Keap said was read; None once it cannot be lost any more
    before_reading: Copied | None = None
    #: what Keap was read for since then
    read_since: list[int] = field(default_factory=list)
    database_copies: list[tuple[Copied, str]] = field(default_factory=list)
    #: exchanges of sessions that are over, with their tickets
    over: list[tuple[str, Exchange]] = field(default_factory=list)
    people: int = 6

    def say(self, text: str) -> None:
        self.story.append(f"{self.stage.clock.now:%d %H:%M:%S}  {text}")

    def did(self, act: str, text: str) -> bool:
        """An act that took place; for the story and the tally."""
        self.tally.acts[act] += 1
        self.say(text)
        return True


def ours_in(books: Books, model: Model) -> Iterator[Ours]:
    """Every record that our GUID marks as made for a row of Keap."""
    for records in (
        books.invoices,
        books.sales_receipts,
        books.payments,
        books.credit_memos,
        books.refunds,
    ):
        for record in records:
            owner = model.owner(record.guid) if record.guid else None
            if owner is not None:
                yield Ours(*owner, record)


def invoices_of(books: Books, model: Model) -> Mapping[int, BookInvoice]:
    """Our invoices by order id."""
    return {
        ours.order_id: ours.record
        for ours in ours_in(books, model)
        if isinstance(ours.record, BookInvoice)
    }
