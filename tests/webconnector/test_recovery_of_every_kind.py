"""Answers about receipts, orders, credit memos, their uses and refunds get lost: the books end as
if nothing had happened, whether QuickBooks kept the answer or not."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qbwc_service.demo.quickbooks import Crash, CrashPoint
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import World, paid, product, sale


def of_kind(kind: PaymentKind, amount: int, payment_id: int) -> ReceivedPayment:
    return paid(100, amount, payment_id=payment_id, kind=kind, source_kind=kind.value.title())


def receipt(world: World) -> None:
    world.set(transaction="sales-receipt")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000, payment_id=1)])


def sales_order(world: World) -> None:
    world.set(transaction="sales-order")
    world.keap_has(sale(100, product(price=10000)))


def numbered_by_quickbooks(world: World) -> None:
    world.set(number_source="quickbooks-next")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000, payment_id=1)])


def credit(world: World) -> None:
    world.set(credit_item="Keap Credit")
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[of_kind(PaymentKind.CREDIT, 2000, 1), paid(100, 8000, payment_id=2)],
    )


def _refund(world: World, **chosen: str) -> None:
    world.set(refunds_to_approve="0", refund_item="Keap Refund", **chosen)
    world.keap_has(
        sale(100, product(price=10000)),
        payments=[paid(100, 10000, payment_id=1), of_kind(PaymentKind.REFUND, -3000, 2)],
    )


def card_refund(world: World) -> None:
    _refund(world, refunds="card-refund")


def cheque(world: World) -> None:
    _refund(world, refunds="cheque", refund_account="Checking")


def refund_of_unpaid(world: World) -> None:
    _refund(world, transaction="invoice")


Books = dict[str, list[tuple[str, ...]]]


def books(world: World) -> Books:
    """What an auditor sees: numbers, amounts and what is left of each."""
    there = world.books()
    return {
        "customers": [(each.full_name,) for each in there.customers],
        "invoices": [(each.number, f"{each.total}", f"{each.balance}") for each in there.invoices],
        "receipts": [(each.number, f"{each.total}") for each in there.sales_receipts],
        "orders": [(each.number, f"{each.total}") for each in there.sales_orders],
        "memos": [
            (each.number, f"{each.total}", f"{each.remaining}") for each in there.credit_memos
        ],
        "payments": [
            (each.ref_number, f"{each.total}", f"{each.unused}")
            for each in there.payments
            if each.total
        ],
        "refunds": [(each.kind, f"{each.total}") for each in there.refunds],
    }


Day = Callable[[World], None]
_PAID_INVOICE = [("100", "100.00", "0.00")]
_ANN = [("Ann Lee",)]
EXPECTED: dict[Day, Books] = {
    receipt: {"receipts": [("100", "100.00")]},
    sales_order: {"orders": [("100", "100.00")]},
    numbered_by_quickbooks: {
        "invoices": [("1", "100.00", "0.00")],
        "payments": [("K1", "100.00", "0.00")],
    },
    credit: {
        "invoices": _PAID_INVOICE,
        "memos": [("100", "20.00", "0.00")],
        "payments": [("K2", "80.00", "0.00")],
    },
    card_refund: {
        "invoices": _PAID_INVOICE,
        "memos": [("100", "30.00", "0.00")],
        "payments": [("K1", "100.00", "0.00")],
        "refunds": [("card", "30.00")],
    },
    cheque: {
        "invoices": _PAID_INVOICE,
        "memos": [("100", "30.00", "0.00")],
        "payments": [("K1", "100.00", "0.00")],
        "refunds": [("check", "30.00")],
    },
    refund_of_unpaid: {
        "invoices": [("100", "100.00", "70.00")],
        "memos": [("100", "30.00", "0.00")],
    },
}
#: the messages of each day that write one of these kinds
LOSSES = pytest.mark.parametrize(
    ("day", "message"),
    [
        (receipt, 4),
        (sales_order, 4),
        (numbered_by_quickbooks, 4),
        (credit, 6),
        (credit, 7),
        (credit, 9),
        (card_refund, 7),
        (cheque, 7),
        (refund_of_unpaid, 7),
        (refund_of_unpaid, 9),
    ],
)
#: and the places of their writes among all writes
DEATHS = pytest.mark.parametrize(
    ("day", "write"),
    [
        (receipt, 2),
        (sales_order, 2),
        (numbered_by_quickbooks, 2),
        (numbered_by_quickbooks, 3),
        (credit, 5),
        (credit, 6),
        (card_refund, 5),
        (card_refund, 6),
        (cheque, 5),
        (cheque, 6),
        (refund_of_unpaid, 4),
        (refund_of_unpaid, 5),
    ],
)
DAYS = pytest.mark.parametrize("day", list(EXPECTED), ids=lambda day: day.__name__)


def the_books_are_right(world: World, day: Day) -> None:
    expected: Books = {name: [] for name in books(world)} | {"customers": _ANN} | EXPECTED[day]
    assert books(world) == expected
    (status,) = world.statuses().values()
    assert status[0] in {"posted", "posted-payment-open"}
    assert {status for status, _ in world.payment_statuses().values()} <= {
        "posted",
        "skipped-by-settings",
    }


@pytest.fixture(params=[0, 1], ids=["nothing kept", "answer kept"])
def either(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world whose QuickBooks keeps the answer of the last set, or none."""
    with closing(World(tmp_path, memory=request.param)) as world:
        yield world


@DAYS
def test_without_any_loss_the_books_are_right(world: World, day: Day) -> None:
    day(world)
    updates_until_quiet(world)
    the_books_are_right(world, day)


@LOSSES
def test_a_lost_answer_changes_nothing(either: World, day: Day, message: int) -> None:
    day(either)
    either.faults.drop_answer_at(message)
    assert either.update().ended is not Ended.DONE
    updates_until_quiet(either)
    the_books_are_right(either, day)


@LOSSES
def test_a_late_answer_is_used(world: World, day: Day, message: int) -> None:
    day(world)
    world.faults.late_answer(message)
    assert world.update().ended is not Ended.DONE
    updates_until_quiet(world)
    the_books_are_right(world, day)


@DEATHS
def test_quickbooks_dies_behind_a_write(world: World, day: Day, write: int) -> None:
    day(world)
    world.company.crash = Crash(CrashPoint.REQUEST_APPLIED, write)
    assert world.update().ended is not Ended.DONE
    world.company.crash = Crash()
    updates_until_quiet(world)
    the_books_are_right(world, day)


@pytest.mark.parametrize("message", [0, 7, 9], ids=["nothing lost", "memo lost", "use lost"])
def test_a_use_of_a_credit_is_made_once_where_quickbooks_keeps_a_payment_of_nothing(
    tmp_path: Path, message: int
) -> None:
    with closing(World(tmp_path, zero_payment_keeps_a_record=True)) as world:
        credit(world)
        if message:
            world.faults.drop_answer_at(message)
        world.update()
        updates_until_quiet(world)
        the_books_are_right(world, credit)
        assert len([each for each in world.books().payments if not each.total]) == 1
