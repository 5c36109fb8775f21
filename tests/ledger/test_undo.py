"""Taking back what was posted for order 7: what goes, in which order, and what stays."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import standing
from qbwc_service.ledger.models import Connection, Event, Kind, Posting
from qbwc_service.ledger.sendable import is_undo
from qbwc_service.ledger.states import State
from qbwc_service.ledger.undo import UndoPreview, plan_undo, undo_order
from qbwc_service.ledger.undo_runs import undo_run
from qbwc_service.planning.plan import (
    ListRef,
    PlannedCreditMemo,
    PlannedLine,
    PlannedSale,
    removal_from,
    to_payload,
)
from tests.ledger_rows import NOON, add_message_set, add_order, add_posting, add_session

DAY = date(2026, 3, 2)


def lines(*items: str) -> tuple[PlannedLine, ...]:
    return tuple(
        PlannedLine(ListRef(made_by=item), item, Decimal(1), Decimal(5), Decimal(5))
        for item in items
    )


SALE = PlannedSale("7", ListRef(made_by="77"), DAY, 1000, lines("SOAP", "BRUSH"), "memo", "")
MEMO = PlannedCreditMemo("72/7", "7", 300, DAY, lines("REFUND"), "memo")


class Books:
    """What QuickBooks has of order 7 by our ledger."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db, self.connection = db, connection
        add_order(db, connection.id, 7)

    def add(self, kind: Kind, state: State = State.POSTED, **more: Any) -> Posting:
        """A posting of the order; customers and items are of no order."""
        is_list = kind in {Kind.CUSTOMER, Kind.ITEM}
        record = {"record_id": f"{kind.value}-1"} if state is State.POSTED else {}
        add_posting(
            self.db, self.connection.id, 7, kind, state, **(record | {"attempts": 0} | more)
        )
        self.db.flush()
        posting = self.db.scalars(select(Posting).order_by(Posting.id.desc())).first()
        assert posting is not None
        if is_list:
            posting.order_id = None
        return posting

    def preview(self, **more: Any) -> UndoPreview:
        standing.refresh(self.db, self.connection.id, [7])
        return plan_undo(self.db, self.connection, 7, **more)

    def undo(self, **more: Any) -> UndoPreview:
        standing.refresh(self.db, self.connection.id, [7])
        return undo_order(self.db, self.connection, 7, "Bea", NOON, **more)

    def removals(self) -> list[Posting]:
        found = self.db.scalars(select(Posting).order_by(Posting.id))
        return [posting for posting in found if is_undo(posting)]

    def history(self) -> list[str]:
        return [line.text for line in self.db.scalars(select(Event).order_by(Event.id))]


@pytest.fixture
def books(db: Session, acme: Connection) -> Books:
    return Books(db, acme)


def stays(preview: UndoPreview) -> list[tuple[str, str]]:
    return [(each.thing, each.reason) for each in preview.stays]


LISTS_STAY = "customers and items are never deleted"


def test_what_hangs_on_the_form_goes_before_it(books: Books) -> None:
    books.add(Kind.INVOICE, payload=to_payload(SALE))
    books.add(Kind.CREDIT_MEMO, source_key="72/7", amount=300, payload=to_payload(MEMO))
    books.add(Kind.CHECK_REFUND, source_key="72/7", amount=300, number="R1")
    books.add(Kind.PAYMENT, number="K71")
    assert [(each.thing, each.amount, each.txn_id) for each in books.preview().removed] == [
        ("Refund cheque R1", 300, "check-refund-1"),
        ("Payment K71", 1000, "payment-1"),
        ("Credit memo 7", 300, "credit-memo-1"),
        ("Invoice 7", 1000, "invoice-1"),
    ]


@pytest.mark.parametrize(
    ("use", "is_voided_first"),
    [
        ({}, True),
        ({"state": State.READY}, False),
        ({"source_key": "73/7"}, False),
        ({"kind": Kind.CARD_REFUND}, False),
        (None, False),
    ],
    ids=["applied", "not applied yet", "another memo's", "a refund of it", "never applied"],
)
def test_only_a_memo_that_is_applied_is_voided_before_it_is_deleted(
    books: Books, use: dict[str, Any] | None, *, is_voided_first: bool
) -> None:
    books.add(Kind.INVOICE)
    books.add(Kind.CREDIT_MEMO, source_key="72/7")
    if use is not None:
        books.add(**({"kind": Kind.CREDIT_USE, "source_key": "72/7"} | use))
    memo = next(each for each in books.preview().removed if each.thing.startswith("Credit memo"))
    assert memo.is_voided_first is is_voided_first


def test_what_stays_is_told_with_its_reason(books: Books) -> None:
    books.add(Kind.INVOICE, payload=to_payload(SALE))
    books.add(Kind.CREDIT_MEMO, source_key="72/7", payload=to_payload(MEMO))
    books.add(Kind.PAYMENT, number="C9", linked=True)
    books.add(Kind.PAYMENT, State.SKIPPED, source_key="74/7", number="K74")
    books.add(Kind.CREDIT_USE, source_key="72/7")
    books.add(Kind.CUSTOMER, source_key="77", number="Ann Lee")
    for item in ("SOAP", "REFUND"):
        books.add(Kind.ITEM, source_key=item, number=item)
    # Neither in QuickBooks, nor of these forms, nor an item.
    books.add(Kind.ITEM, State.HELD, source_key="BRUSH", number="BRUSH")
    books.add(Kind.ITEM, source_key="SAW", number="SAW")
    books.add(Kind.CUSTOMER, source_key="SOAP", number="SOAP & Co")
    assert stays(books.preview()) == [
        ("Payment C9", "we did not make it"),
        ("Customer Ann Lee", LISTS_STAY),
        ("Item SOAP", LISTS_STAY),
        ("Item REFUND", LISTS_STAY),
    ]


def test_names_of_another_connection_are_not_ours(books: Books, other: Connection) -> None:
    books.add(Kind.INVOICE, payload=to_payload(SALE))
    add_posting(
        *(books.db, other.id, 7, Kind.CUSTOMER, State.POSTED),
        source_key="77", number="Zoe", record_id="C-9",
    )  # fmt: skip
    assert stays(books.preview()) == []


def test_of_one_update_alone_the_rest_stays(books: Books) -> None:
    books.add(Kind.INVOICE)
    payment = books.add(Kind.PAYMENT, number="K71")
    preview = books.preview(only={payment.id})
    assert [each.thing for each in preview.removed] == ["Payment K71"]
    assert stays(preview) == [("Invoice 7", "it was made by another update")]


def test_asked_for_again_it_changes_nothing(books: Books) -> None:
    books.add(Kind.INVOICE)
    books.add(Kind.PAYMENT, number="K71")
    books.undo()
    books.undo()
    assert len(books.removals()) == 2
    assert books.history() == ["Undo: Payment K71, Invoice 7 will be deleted"]


def test_even_so_is_a_word_of_its_own(books: Books) -> None:
    books.add(Kind.INVOICE)
    books.undo()
    assert [removal_from(each.payload).even_so for each in books.removals()] == [False]
    books.undo(even_so=True)
    assert [removal_from(each.payload).even_so for each in books.removals()] == [True]
    assert books.history()[-1] == "Undo: Invoice 7 will be deleted even so"
    books.undo()
    assert len(books.history()) == 2


def test_one_that_waits_for_a_person_is_asked_for_anew(books: Books) -> None:
    books.add(Kind.INVOICE)
    books.undo()
    (removal,) = books.removals()
    removal.state, removal.cause = State.HELD, "undo-would-lose"
    books.undo()
    assert [(each.state, each.cause) for each in books.removals()] == [(State.READY, "")]


@pytest.mark.parametrize("even_so", [False, True])
def test_of_a_whole_update_what_it_made_goes_and_no_more(books: Books, *, even_so: bool) -> None:
    """Whole orders where it made the form; of others the payments."""
    session = add_session(books.db, books.connection.id)
    message_set = add_message_set(books.db, session)
    books.add(Kind.INVOICE)
    books.add(Kind.PAYMENT, number="K71", message_set_id=message_set.id)
    books.add(Kind.PAYMENT, number="K72", source_key="72/7")
    standing.refresh(books.db, books.connection.id, [7])
    if even_so:
        undo_run(books.db, books.connection, session.id, "Bea", NOON, even_so=True)
    else:
        undo_run(books.db, books.connection, session.id, "Bea", NOON)
    assert [(each.number, removal_from(each.payload).even_so) for each in books.removals()] == [
        ("K71", even_so)
    ]
