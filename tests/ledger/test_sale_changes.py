"""Order 7 is in QuickBooks and was edited in Keap: which change of its form waits, if any."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, ErrorEntry, KeapOrder, Kind, Posting
from qbwc_service.ledger.plan_writer import PlanWriter
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import (
    ListRef,
    OrderPlan,
    PlannedLine,
    PlannedSale,
    planned_sale_from,
    to_payload,
)
from tests.ledger_rows import NOON, add_order, add_posting

DAY = date(2026, 3, 2)


def line(item: ListRef, text: str, amount: int) -> PlannedLine:
    return PlannedLine(item, text, Decimal(1), Decimal(amount), Decimal(amount))


SOAP = line(ListRef(made_by="SOAP"), "Soap", 10)
SENT = PlannedSale("7", ListRef(made_by="77"), DAY, 1000, (SOAP,), "memo", "")
BRUSH = line(ListRef(list_id="I-brush"), "Brush", 5)
LARGER = replace(SENT, total=1500, lines=(SOAP, BRUSH))
LARGEST = replace(SENT, total=2000, lines=(SOAP, BRUSH, BRUSH))


class Edited:
    """Each `becomes` is one planning of the order after an edit; `content` is what Keap has."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db, self.connection = db, connection
        add_order(db, connection.id, 7, content_hash="as sent")
        self.add(Kind.INVOICE, payload=to_payload(SENT), planned_hash="as sent")

    def was(self, sale: PlannedSale) -> None:
        """What it was sent as."""
        self.invoice().payload = to_payload(sale)
        self.db.flush()

    def add(self, kind: Kind, state: State = State.POSTED, **more: Any) -> None:
        values = {"record_id": f"{kind.value}-1"} | more
        add_posting(self.db, self.connection.id, 7, kind, state, **values)
        self.db.flush()

    def becomes(self, sale: PlannedSale, content: str, *, may_update: bool = True) -> None:
        order = self.db.scalars(select(KeapOrder)).one()
        order.content_hash, order.total = content, sale.total
        writer = PlanWriter(self.db, self.connection, [7], NOON)
        plan = OrderPlan(sale=sale, may_update=may_update)
        writer.load_list_postings([plan])
        writer.write(order, [], plan)
        writer.finish()
        self.db.flush()

    def changes(self) -> list[tuple[str, State, int]]:
        found = self.db.scalars(
            select(Posting).where(Posting.kind == Kind.SALE_UPDATE).order_by(Posting.id)
        )
        return [(each.source_key, each.state, each.amount) for each in found]

    def change(self) -> Posting:
        return self.db.scalars(select(Posting).where(Posting.kind == Kind.SALE_UPDATE)).one()

    def invoice(self) -> Posting:
        return self.db.scalars(select(Posting).where(Posting.kind == Kind.INVOICE)).one()

    def told(self) -> list[tuple[str, str]]:
        rows = self.db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at.is_(None)))
        return [(row.message, str(row.details.get("changes"))) for row in rows]


@pytest.fixture
def edited(db: Session, acme: Connection) -> Edited:
    return Edited(db, acme)


NEW_LINE = "the total is 15.00 instead of 10.00; new line: Brush 5.00"


def test_an_edit_becomes_one_change_however_often_it_is_planned(edited: Edited) -> None:
    for _ in range(2):
        edited.becomes(LARGER, "second")
        assert edited.changes() == [("7/second", State.READY, 1500)]
    change = edited.change()
    assert (change.number, change.planned_hash) == ("7", "second")
    assert planned_sale_from(change.payload) == LARGER
    assert edited.invoice().cause == ""
    assert edited.told() == []


def test_a_later_edit_takes_the_place_of_one_that_was_not_sent(edited: Edited) -> None:
    edited.becomes(LARGER, "second")
    edited.becomes(LARGEST, "third")
    assert edited.changes() == [("7/third", State.READY, 2000)]


@pytest.mark.parametrize(
    ("state", "left"),
    [(State.HELD, State.SKIPPED), (State.SENT, State.SENT), (State.POSTED, State.POSTED)],
)
def test_a_change_that_was_sent_or_looked_at_is_not_forgotten(
    edited: Edited, state: State, left: State
) -> None:
    edited.becomes(LARGER, "second")
    change = edited.change()
    change.state = state
    change.cause = "edited-after-sending" if state is State.HELD else ""
    edited.becomes(LARGEST, "third")
    assert edited.changes() == [("7/second", left, 1500), ("7/third", State.READY, 2000)]


@pytest.mark.parametrize("state", [State.HELD, State.SENT, State.SKIPPED])
def test_what_was_decided_about_this_very_edit_stays(edited: Edited, state: State) -> None:
    edited.becomes(LARGER, "second")
    edited.change().state = state
    edited.becomes(LARGER, "second")
    assert edited.changes() == [("7/second", state, 1500)]


def test_an_edit_that_is_taken_back_wants_no_change(edited: Edited) -> None:
    edited.becomes(LARGER, "second")
    edited.becomes(SENT, "as sent")
    assert edited.changes() == []
    assert edited.invoice().cause == ""


def test_where_settings_leave_it_to_a_person_the_difference_is_shown(edited: Edited) -> None:
    edited.becomes(LARGER, "second", may_update=False)
    assert edited.changes() == []
    assert edited.invoice().cause == "edited-after-sending"
    assert edited.told() == [("edited-after-sending", NEW_LINE)]


def test_a_setting_that_is_taken_back_takes_the_waiting_change_with_it(edited: Edited) -> None:
    edited.becomes(LARGER, "second")
    edited.becomes(LARGER, "second", may_update=False)
    assert edited.changes() == []
    assert edited.invoice().cause == "edited-after-sending"


THERE = replace(
    SENT,
    customer=ListRef(list_id="C-1"),
    lines=(replace(SOAP, item=ListRef(list_id="I-soap")),),
)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (SENT, replace(SENT, customer=THERE.customer)),
        (SENT, replace(SENT, lines=THERE.lines)),
        (replace(THERE, lines=SENT.lines), THERE),
        (THERE, replace(THERE, customer=SENT.customer)),
        (THERE, replace(THERE, lines=SENT.lines)),
    ],
    ids=["customer", "item", "item of a known customer", "customer made", "item made"],
)
def test_what_we_made_ourselves_is_the_same_by_its_list_id(
    edited: Edited, other: Connection, was: PlannedSale, now: PlannedSale
) -> None:
    """QuickBooks has them now, so that planning names them by their ListIDs."""
    edited.was(was)
    edited.add(Kind.CUSTOMER, source_key="77", record_id="C-1")
    edited.add(Kind.ITEM, source_key="SOAP", record_id="I-soap")
    for kind, key in ((Kind.CUSTOMER, "77"), (Kind.ITEM, "SOAP")):
        add_posting(
            *(edited.db, other.id, 7, kind, State.POSTED), source_key=key, record_id="elsewhere"
        )
    edited.becomes(now, "second")
    assert edited.changes() == []
    assert edited.invoice().planned_hash == "second"
    assert edited.told() == []


def test_a_customer_of_that_key_is_no_item_of_that_key(edited: Edited) -> None:
    edited.add(Kind.CUSTOMER, source_key="SOAP", record_id="I-soap")
    now = replace(SENT, lines=(replace(SOAP, item=ListRef(list_id="I-soap")),))
    edited.becomes(now, "second")
    assert [each[:2] for each in edited.changes()] == [("7/second", State.READY)]
