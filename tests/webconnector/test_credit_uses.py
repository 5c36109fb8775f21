"""A credit memo that is to be applied to its invoice, and a person who was there in between."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks.book_entries import BookCreditMemo
from qbwc_service.ledger.models import Kind
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import PaymentKind
from tests.webconnector.test_recovery import updates_until_quiet
from tests.webconnector.test_recovery_of_every_kind import credit, of_kind
from tests.webconnector.test_refusal_words import answering
from tests.world import World, product, sale

MESSAGE_OF_THE_USE = 9
ALL_IN_ORDER = {100: ("posted", "")}


def memo_of(world: World) -> BookCreditMemo:
    (memo,) = world.books().credit_memos
    return memo


def a_use_that_was_not_run(world: World) -> None:
    """Invoice and memo are there; the message that was to apply the memo got lost before it ran."""
    credit(world)
    world.faults.hresult_at(MESSAGE_OF_THE_USE, 0x80040402, message_was_run=False)
    world.update()
    assert memo_of(world).remaining == 20
    assert state_of_the_use(world) is State.SENT


def state_of_the_use(world: World) -> State:
    (use,) = [each for each in world.postings() if each.kind is Kind.CREDIT_USE]
    return use.state


def applied(world: World, amount: str) -> None:
    (invoice,) = world.books().invoices
    world.human.apply_credit(memo_of(world).txn_id, invoice.txn_id, amount)


def test_a_use_that_was_not_run_is_looked_up_and_made(world: World) -> None:
    a_use_that_was_not_run(world)
    updates_until_quiet(world)
    assert memo_of(world).remaining == 0
    assert world.statuses() == ALL_IN_ORDER


def test_what_somebody_applied_meanwhile_is_not_applied_again(world: World) -> None:
    a_use_that_was_not_run(world)
    applied(world, "20.00")
    updates_until_quiet(world)
    assert [use.amount for use in memo_of(world).applied] == [20]
    assert world.statuses() == ALL_IN_ORDER


def test_a_memo_that_somebody_applied_in_part_waits_for_a_person(world: World) -> None:
    a_use_that_was_not_run(world)
    applied(world, "5.00")
    updates_until_quiet(world)
    assert [use.amount for use in memo_of(world).applied] == [5]
    assert world.statuses() == {100: ("held", "credit-applied-in-part")}
    (use,) = [each for each in world.postings() if each.kind is Kind.CREDIT_USE]
    assert (use.details["applied"], use.details["amount"]) == ("5.00", "20.00")
    assert world.errors() == ["credit-applied-in-part"]


@pytest.mark.parametrize(
    ("act", "cause"),
    [
        (lambda world: world.human.delete_txn(memo_of(world).txn_id), "gone-from-quickbooks"),
        (lambda world: world.human.void_txn(memo_of(world).txn_id), "credit-memo-void"),
        (
            lambda world: world.human.type_card_refund(memo_of(world).txn_id, "15.00"),
            "credit-used-elsewhere",
        ),
    ],
    ids=["deleted", "void", "used for something else"],
)
def test_a_memo_that_cannot_be_applied_any_more_waits_for_a_person(
    world: World, act: Callable[[World], object], cause: str
) -> None:
    a_use_that_was_not_run(world)
    act(world)
    updates_until_quiet(world)
    assert world.statuses() == {100: ("held", cause)}
    assert {invoice.balance for invoice in world.books().invoices} == {Decimal(20)}


def test_an_invoice_without_room_for_the_credit_waits_for_a_person(world: World) -> None:
    a_use_that_was_not_run(world)
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "12.00", number="C9", invoice=invoice.txn_id)
    updates_until_quiet(world)
    assert memo_of(world).remaining == 20
    assert world.statuses() == {100: ("held", "invoice-paid-already")}


def test_a_memo_that_is_open_in_a_window_is_applied_later(world: World) -> None:
    """A payment of 0.00 applies it (qbXML OSR: ReceivePaymentAdd, SetCredit)."""
    world.set(credit_item="Keap Credit")
    world.keap_has(sale(100, product(price=10000)), payments=[of_kind(PaymentKind.CREDIT, 2000, 1)])
    answering(3175, "Object is in use", "ReceivePaymentAdd")(world)
    assert memo_of(world).remaining == 20
    assert world.statuses() == {100: ("will-retry", "record-in-use")}
    world.clock.pass_time(minutes=10)
    updates_until_quiet(world)
    assert memo_of(world).remaining == 0
    assert world.errors() == []
