"""What a plan makes of an order that is in QuickBooks, or not yet."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    KeapOrder,
    KeapPayment,
    Kind,
    Posting,
)
from qbwc_service.ledger.plan_writer import PlanWriter
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.plan import (
    Hold,
    ListRef,
    OrderPlan,
    PaymentDecision,
    PlannedCustomer,
    PlannedItem,
    PlannedSale,
    SaleForm,
)
from tests.ledger_rows import NOON, add_order, add_payment, add_posting

CASH, CREDIT, VOID = PaymentKind.CASH, PaymentKind.CREDIT, PaymentKind.NOT_COMPLETED
RECEIPT = PlannedSale(
    "7", ListRef(list_id="C-1"), NOON.date(), 1000, (), "", "", form=SaleForm.SALES_RECEIPT
)


class Order:
    """Order 7; each `becomes` is one planning of it."""

    def __init__(self, db: Session, connection: Connection) -> None:
        self.db, self.connection = db, connection
        add_order(db, connection.id, 7, needs_plan=True)
        db.flush()

    def pays(self, *paid: tuple[PaymentKind, int]) -> None:
        for number, (kind, amount) in enumerate(paid, start=71):
            add_payment(self.db, self.connection.id, number, 7, amount=amount)
            self.db.flush()
            of = select(KeapPayment).where(KeapPayment.payment_id == number)
            self.db.scalars(of).one().kind = kind

    def is_in_quickbooks(self, kind: Kind, **more: Any) -> None:
        values = {"record_id": f"{kind.value}-1", "planned_hash": "a"} | more
        add_posting(self.db, self.connection.id, 7, kind, State.POSTED, **values)
        self.db.flush()

    def becomes(self, plan: OrderPlan) -> None:
        rows = self.db.scalars(select(KeapPayment)).all()
        decided = tuple(PaymentDecision(row.payment_id, in_sale=True) for row in rows)
        writer = PlanWriter(self.db, self.connection, [7], NOON)
        writer.load_list_postings([plan])
        order = self.db.scalars(select(KeapOrder)).one()
        writer.write(order, rows, replace(plan, payments=decided))
        writer.finish()
        self.db.flush()

    def postings(self, *kinds: Kind) -> list[tuple[Kind, str, State]]:
        found = select(Posting).where(Posting.kind.in_(kinds)).order_by(Posting.id)
        return [(each.kind, each.source_key, each.state) for each in self.db.scalars(found)]

    def told(self) -> list[tuple[str, int | None, str]]:
        rows = self.db.scalars(select(ErrorEntry))
        return [(row.message, row.order_id, str(row.details.get("amount"))) for row in rows]


@pytest.fixture
def order(db: Session, acme: Connection) -> Order:
    return Order(db, acme)


@pytest.mark.parametrize(
    ("paid", "told"),
    [
        ([(CASH, 1000)], []),
        ([(CASH, 999), (CASH, 1)], []),
        ([(CASH, 1000), (CASH, -1000)], []),
        ([(CASH, 999)], [("payment-edited-after-sending", 7, "9.99")]),
        ([(CASH, 900), (CREDIT, 1000)], [("payment-edited-after-sending", 7, "9.00")]),
        ([(CASH, 900), (VOID, 100)], [("payment-voided-in-keap", 7, "9.00")]),
        ([], [("payment-edited-after-sending", 7, "0.00")]),
    ],
)
def test_a_receipt_for_which_keap_has_less_money_by_now_is_told(
    order: Order, paid: list[tuple[PaymentKind, int]], told: list[tuple[str, int | None, str]]
) -> None:
    order.is_in_quickbooks(Kind.SALES_RECEIPT, source_key="7")
    order.pays(*paid)
    order.becomes(OrderPlan(sale=RECEIPT))
    assert order.told() == told
    (receipt,) = order.db.scalars(select(Posting))
    assert receipt.cause == (told[0][0] if told else "")


FIELDS = replace(RECEIPT, custom_fields={"Shop": "Online"})


@pytest.mark.parametrize(
    "then",
    [OrderPlan(sale=RECEIPT), OrderPlan(skip="zero-total")],
    ids=["none wanted any more", "left out"],
)
def test_custom_fields_that_are_not_wanted_any_more_do_not_wait(
    order: Order, then: OrderPlan
) -> None:
    order.becomes(OrderPlan(sale=FIELDS))
    assert order.postings(Kind.CUSTOM_FIELDS) == [(Kind.CUSTOM_FIELDS, "7", State.READY)]
    order.becomes(then)
    assert order.postings(Kind.CUSTOM_FIELDS) == []


def test_a_customer_and_an_item_of_the_same_key_are_two_records(
    order: Order, other: Connection
) -> None:
    """Keap counts contacts and products each for itself; and so does every account."""
    item = PlannedItem("77", "Soap", is_other_charge=False, account_list_id="A-1")
    for connection, kind in ((order.connection, Kind.ITEM), (other, Kind.CUSTOMER)):
        add_posting(
            *(order.db, connection.id, 7, kind, State.POSTED), source_key="77", record_id="R-1"
        )
    order.db.flush()
    customer = PlannedCustomer("77", "Ann Lee")
    order.becomes(OrderPlan(sale=RECEIPT, customer=customer, items=(item,)))
    assert order.postings(Kind.CUSTOMER, Kind.ITEM) == [
        (Kind.ITEM, "77", State.POSTED),
        (Kind.CUSTOMER, "77", State.POSTED),
        (Kind.CUSTOMER, "77", State.READY),
    ]


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("deleted-in-keap", [("deleted-in-keap", 7, "None")]),
        ("payments-do-not-add-up", [("payments-do-not-add-up", 7, "None")]),
        ("item-not-in-quickbooks", []),
    ],
)
def test_of_an_order_in_quickbooks_only_what_concerns_its_form_is_told(
    order: Order, cause: str, told: list[tuple[str, int, str]]
) -> None:
    order.is_in_quickbooks(Kind.INVOICE, source_key="7")
    order.becomes(OrderPlan(hold=Hold(cause)))
    assert order.told() == told
    assert order.postings(Kind.INVOICE) == [(Kind.INVOICE, "7", State.POSTED)]
