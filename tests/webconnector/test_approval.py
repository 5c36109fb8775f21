"""Orders that wait for a person's approval, in whole updates."""

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.settings import SettingError
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import World, paid, product, sale

WAITS = ("held", "waiting-for-approval")


def approve(world: World, *order_ids: int) -> None:
    with world.database.writing("test") as db:
        connection = find_connection(db, world.name)
        for order_id in order_ids:
            Decisions(db, connection, "Bea", world.clock.now).approve(order_id)


def numbers(world: World) -> list[str]:
    return [number for number, _, _ in world.invoices()]


@pytest.fixture
def shop(world: World) -> World:
    """Every order waits for approval; QuickBooks' lists were read."""
    world.update()
    world.set(approve_before_sending="yes")
    return world


def test_nothing_of_an_order_is_sent_before_it_is_approved(shop: World) -> None:
    customers = len(shop.books().customers)
    shop.keap_has(sale(101), payments=[paid(101, 1000)])
    shop.update()
    shop.update()
    assert shop.statuses()[101] == WAITS
    assert (numbers(shop), shop.payments()) == ([], [])
    assert len(shop.books().customers) == customers
    assert shop.errors() == []


def test_an_approved_order_goes_with_its_payment(shop: World) -> None:
    shop.keap_has(sale(101), sale(102), payments=[paid(101, 1000)])
    shop.update()
    approve(shop, 101)
    shop.update()
    assert numbers(shop) == ["101"]
    assert [each[2] for each in shop.payments()] == ["101"]
    assert (shop.statuses()[101][0], shop.statuses()[102]) == ("posted", WAITS)


def test_an_order_edited_after_its_approval_waits_again(shop: World) -> None:
    shop.keap_has(sale(101))
    shop.update()
    approve(shop, 101)
    shop.keap_has(sale(101, product(price=2000)))
    shop.update()
    assert (shop.statuses()[101], numbers(shop)) == (WAITS, [])
    approve(shop, 101)
    shop.update()
    assert [each[2] for each in shop.invoices()] == ["20.00"]


def test_an_edit_that_is_taken_back_leaves_the_approval(shop: World) -> None:
    shop.keap_has(sale(101))
    shop.update()
    approve(shop, 101)
    shop.keap_has(sale(101, product(price=2000)))
    shop.keap_has(sale(101))
    shop.update()
    assert numbers(shop) == ["101"]


def test_payments_follow_an_approved_invoice_by_themselves(shop: World) -> None:
    shop.keap_has(sale(101))
    shop.update()
    approve(shop, 101)
    shop.update()
    shop.keap_has(payments=[paid(101, 1000)])
    shop.update()
    assert [each[2] for each in shop.payments()] == ["101"]


def test_trying_again_is_no_approval(shop: World) -> None:
    shop.keap_has(sale(101))
    shop.update()
    shop.decide().requeue(101)
    shop.update()
    assert (shop.statuses()[101], numbers(shop)) == (WAITS, [])


def test_what_was_taken_back_waits_for_a_word_of_its_own(shop: World) -> None:
    shop.keap_has(sale(101))
    shop.update()
    approve(shop, 101)
    shop.update()
    shop.decide().undo(101)
    shop.update()
    shop.decide().requeue(101)
    shop.update()
    assert (shop.statuses()[101], numbers(shop)) == (WAITS, [])


def test_orders_that_were_ready_when_it_was_switched_on_wait(world: World) -> None:
    world.update()
    world.keap_has(sale(101))
    world.set(approve_before_sending="yes")
    world.update()
    assert (world.statuses()[101], numbers(world)) == (WAITS, [])


def test_switched_off_all_that_waits_for_approval_goes(shop: World) -> None:
    shop.keap_has(sale(101), sale(102))
    shop.update()
    shop.decide().hold(102)
    shop.set(approve_before_sending="no")
    shop.update()
    assert numbers(shop) == ["101"]
    assert shop.statuses()[102] == ("held", "held-by-you")


@pytest.mark.parametrize("message", [1, 2, 3, 4])
def test_an_answer_that_is_lost_makes_no_approved_order_wait_or_go_twice(
    shop: World, message: int
) -> None:
    shop.keap_has(sale(101), payments=[paid(101, 1000)])
    shop.update()
    approve(shop, 101)
    shop.faults.drop_answer_at(message)
    shop.update()
    updates_until_quiet(shop)
    assert numbers(shop) == ["101"]
    assert shop.statuses()[101] == ("posted", "")


@pytest.mark.parametrize("message", [3, 4])
def test_an_order_edited_while_its_answer_is_lost_is_not_sent_anew(
    shop: World, message: int
) -> None:
    shop.keap_has(sale(101))
    shop.update()
    approve(shop, 101)
    shop.faults.drop_answer_at(message)
    shop.update()
    shop.keap_has(sale(101, product(price=2000)))
    updates_until_quiet(shop)
    assert shop.statuses()[101] in {WAITS, ("held", "edited-after-sending")}
    assert [each[2] for each in shop.invoices()] in ([], ["10.00"])


def test_what_is_wrong_with_an_order_is_told_before_it_waits_for_approval(shop: World) -> None:
    shop.keap_has(sale(101, product("CHAIR")))
    shop.update()
    assert shop.statuses()[101] == ("held", "item-not-in-quickbooks")
    with pytest.raises(DecisionRefused, match="it waits for something else"):
        approve(shop, 101)


def test_a_change_of_an_invoice_in_quickbooks_is_approved_too(shop: World) -> None:
    shop.set(edited_orders="update")
    shop.keap_has(sale(101))
    shop.update()
    approve(shop, 101)
    shop.update()
    shop.keap_has(sale(101, product(price=2000)))
    shop.update()
    assert shop.statuses()[101] == ("held", "edited-after-sending")
    assert [each[2] for each in shop.invoices()] == ["10.00"]
    approve(shop, 101)
    shop.update()
    assert [each[2] for each in shop.invoices()] == ["20.00"]


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("approve", "it is approved already"),
        ("skip", "it is skipped; requeue it first"),
        ("hold", "it waits for something else; settle that first"),
    ],
)
def test_approval_is_refused_with_the_reason(shop: World, before: str, reason: str) -> None:
    shop.keap_has(sale(101))
    shop.update()
    if before == "approve":
        approve(shop, 101)
    else:
        getattr(shop.decide(), before)(101)
    with pytest.raises(DecisionRefused) as refused:
        approve(shop, 101)
    assert refused.value.reason == reason


def test_what_is_in_quickbooks_needs_no_approval(world: World) -> None:
    world.update()
    world.keap_has(sale(101))
    world.update()
    with pytest.raises(DecisionRefused, match="it is in QuickBooks already"):
        approve(world, 101)


def test_the_setting_is_yes_or_no(world: World) -> None:
    with pytest.raises(SettingError):
        world.set(approve_before_sending="perhaps")
