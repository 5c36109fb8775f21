"""A refund that waits for a person goes once it is approved, and only then."""

import pytest

from qbwc_service.ledger.decisions import DecisionRefused
from qbwc_service.ledger.models import Kind
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.world import World, paid, product, sale


def refunded(amount: int, payment_id: int, kind: PaymentKind) -> ReceivedPayment:
    return paid(100, -amount, payment_id=payment_id, kind=kind, source_kind="Refund")


@pytest.fixture(params=[PaymentKind.REFUND, PaymentKind.CASH], ids=["refund", "below-zero"])
def waiting(world: World, request: pytest.FixtureRequest) -> World:
    """Order 100 was paid and is given back in two parts, which wait for approval."""
    world.set(refund_item="Keap Refund")
    parts = [refunded(4000, 2, request.param), refunded(6000, 3, request.param)]
    payments = [paid(100, 10000, payment_id=1), *parts]
    world.keap_has(sale(100, product(price=10000)), payments=payments)
    world.update()
    assert world.statuses() == {100: ("held", "refund-to-approve")}
    return world


def test_the_approved_one_waits_no_more_and_the_other_still_does(waiting: World) -> None:
    waiting.decide().approve(2)
    assert waiting.payment_statuses()[2] == ("waiting", "")
    assert waiting.payment_statuses()[3] == ("held", "refund-to-approve")
    assert set(waiting.errors()) == {"refund-to-approve"}
    waiting.update()
    assert [memo.total for memo in waiting.books().credit_memos] == [40]
    assert waiting.statuses() == {100: ("held", "refund-to-approve")}


def test_the_error_log_is_clear_once_both_are_approved(waiting: World) -> None:
    waiting.decide().approve(2)
    waiting.decide().approve(3)
    assert waiting.errors() == []
    waiting.update()
    assert [memo.total for memo in waiting.books().credit_memos] == [40, 60]
    assert waiting.statuses() == {100: ("posted", "")}


def test_nothing_is_approved_twice_or_after_it_was_posted(waiting: World) -> None:
    waiting.decide().approve(2)
    with pytest.raises(DecisionRefused, match="it is approved already"):
        waiting.decide().approve(2)
    waiting.set(refunds_to_approve="0")
    waiting.update()
    with pytest.raises(DecisionRefused, match="it is in QuickBooks already"):
        waiting.decide().approve(3)


def test_a_payment_is_no_refund(waiting: World) -> None:
    with pytest.raises(DecisionRefused, match="it is no refund"):
        waiting.decide().approve(1)


def test_one_may_be_approved_before_it_was_ever_planned(world: World) -> None:
    whole = refunded(10000, 2, PaymentKind.REFUND)
    payments = [paid(100, 10000, payment_id=1), whole]
    world.keap_has(sale(100, product(price=10000)), payments=payments)
    world.decide().approve(2)
    assert world.postings() == []
    world.update()
    assert [memo.total for memo in world.books().credit_memos] == [100]
    kinds = sorted(posting.kind for posting in world.postings() if posting.order_id == 100)
    assert kinds == [Kind.CREDIT_MEMO, Kind.INVOICE, Kind.PAYMENT]
