"""Orders that are edited in Keap after they were sent: the difference, and the opt-in change."""

from collections.abc import Callable
from datetime import date

import pytest

from qbwc_service.demo.quickbooks import Company, InProcessQuickBooks
from qbwc_service.ledger.models import Kind
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import Buyer, LineKind
from tests.webconnector.test_recovery import updates_until_quiet
from tests.webconnector.test_refusal_words import answering
from tests.world import World, line, paid, product, sale

BOB = Buyer("4502", "Bob", "Ray", email="bob@example.com")


def sent(world: World) -> None:
    """Order 100 with two lines, 30.00, is in QuickBooks and not paid."""
    world.set(edited_orders="update")
    world.keap_has(sale(100, product(), product("NAIL", 500, 4)))
    world.update()
    world.clock.pass_time(minutes=5)


def edited(world: World) -> None:
    """A hammer less, two more nails, a saw and shipping: 62.00."""
    world.keap_has(
        sale(100, product("NAIL", 500, 6), product("SAW", 2500), line(LineKind.SHIPPING, 700))
    )


def lines(world: World) -> list[tuple[str, str]]:
    (invoice,) = world.books().invoices
    return [(each.item, str(each.amount)) for each in invoice.lines]


BEFORE = [("HAMMER", "10.00"), ("NAIL", "20.00")]
#: which message of the update carries the change
MESSAGE_OF_THE_CHANGE = 5
AFTER = [("NAIL", "30.00"), ("SAW", "25.00"), ("Keap Shipping", "7.00")]


class Meddled(InProcessQuickBooks):
    """Somebody is quicker: `act` comes just before the change of an invoice."""

    def __init__(self, company: Company, act: Callable[[], None]) -> None:
        super().__init__(company)
        self._act = act

    def process(self, ticket: str, text: str) -> str:
        if "<InvoiceModRq" in text:
            self._act()
        return super().process(ticket, text)


def why_not(world: World) -> str:
    held = [each for each in world.postings() if each.cause == "edited-after-sending"]
    return str(held[-1].details["reason"])


# -- shown, by default -----------------------------------------------------------------------------


def test_by_default_the_difference_is_shown_and_nothing_is_changed(world: World) -> None:
    sent(world)
    world.set(edited_orders="hold")
    edited(world)
    world.update()
    assert lines(world) == BEFORE
    assert world.statuses() == {100: ("held", "edited-after-sending")}
    invoice = next(each for each in world.postings() if each.kind is Kind.INVOICE)
    assert invoice.details["changes"] == (
        "the total is 62.00 instead of 30.00; "
        "changed line: 6 x Nail product 30.00 instead of 4 x Nail product 20.00; "
        "new line: Saw product 25.00; new line: Shipping 7.00; line gone: Hammer product 10.00"
    )
    assert world.errors() == ["edited-after-sending"]


def test_the_date_and_the_customer_are_shown_too(world: World) -> None:
    world.keap_has(sale(100), sale(200, buyer=BOB))
    world.update()
    world.keap_has(sale(100, buyer=BOB, placed_on=date(2026, 11, 20)))
    world.update()
    invoice = next(each for each in world.postings() if each.source_key == "100")
    assert invoice.details["changes"] == (
        "the date is 2026-11-20 instead of 2026-11-23; the customer is another one"
    )


def test_looks_right_accepts_it_until_the_next_edit(world: World) -> None:
    world.keap_has(sale(100))
    world.update()
    world.keap_has(sale(100, product(price=1500)))
    world.update()
    world.decide().accept(100)
    updates_until_quiet(world)
    assert world.statuses()[100][0] == "posted-payment-open"
    world.keap_has(sale(100, product(price=2000)))
    world.update()
    assert world.statuses() == {100: ("held", "edited-after-sending")}


def test_an_edit_that_is_taken_back_in_keap_is_no_difference(world: World) -> None:
    world.keap_has(sale(100))
    world.update()
    world.keap_has(sale(100, product(price=1500)))
    world.update()
    world.keap_has(sale(100))
    world.update()
    assert world.statuses() == {100: ("posted-payment-open", "")}


# -- changed, where settings say so ----------------------------------------------------------------


def test_an_untouched_invoice_follows_the_edit(world: World) -> None:
    sent(world)
    (before,) = world.books().invoices
    edited(world)
    world.update()
    (after,) = world.books().invoices
    assert (after.txn_id, after.number, after.total) == (before.txn_id, "100", 62)
    assert lines(world) == AFTER
    assert world.statuses() == {100: ("posted-payment-open", "")}
    assert world.errors() == []


def test_date_and_customer_follow_and_the_lines_stay_as_they_are(world: World) -> None:
    sent(world)
    world.keap_has(
        sale(100, product(), product("NAIL", 500, 4), buyer=BOB, placed_on=date(2026, 11, 20))
    )
    world.update()
    (invoice,) = world.books().invoices
    assert (invoice.customer, invoice.on) == ("Bob Ray", "2026-11-20")
    assert lines(world) == BEFORE
    assert world.statuses() == {100: ("posted-payment-open", "")}


def test_a_second_edit_follows_the_first(world: World) -> None:
    sent(world)
    edited(world)
    world.update()
    world.clock.pass_time(minutes=5)
    world.keap_has(sale(100, product("NAIL", 500, 1)))
    world.update()
    assert lines(world) == [("NAIL", "5.00")]
    updates = [each.state for each in world.postings() if each.kind is Kind.SALE_UPDATE]
    assert updates == [State.POSTED, State.POSTED]


def test_two_edits_between_two_updates_are_one_change(world: World) -> None:
    sent(world)
    world.keap_has(sale(100, product(price=700)))
    world.keap_has(sale(100, product("NAIL", 500, 1)))
    world.update()
    assert lines(world) == [("NAIL", "5.00")]
    assert len([each for each in world.postings() if each.kind is Kind.SALE_UPDATE]) == 1


def test_a_payment_that_comes_with_the_edit_goes_behind_the_change(world: World) -> None:
    sent(world)
    edited(world)
    world.keap_has(payments=[paid(100, 6200)])
    updates_until_quiet(world)
    assert lines(world) == AFTER
    assert world.payments() == [("K1000", "62.00", "100")]
    assert world.statuses() == {100: ("posted", "")}


def test_an_invoice_that_somebody_edited_is_not_changed(world: World) -> None:
    sent(world)
    (invoice,) = world.books().invoices
    world.human.edit_invoice_line(invoice.txn_id, 1, "12.00")
    edited(world)
    world.update()
    assert lines(world) == [("HAMMER", "12.00"), ("NAIL", "20.00")]
    assert world.statuses() == {100: ("held", "edited-after-sending")}
    assert why_not(world) == "somebody changed it in QuickBooks since we sent it"


def test_an_invoice_that_is_paid_is_not_changed(world: World) -> None:
    sent(world)
    world.keap_has(payments=[paid(100, 1000)])
    world.update()
    edited(world)
    world.update()
    assert lines(world) == BEFORE
    assert why_not(world) == "a payment or credit is linked to it"


@pytest.mark.parametrize("placed_on", [date(2026, 11, 23), date(2026, 11, 10)])
def test_nothing_is_changed_in_or_into_a_closed_period(world: World, placed_on: date) -> None:
    sent(world)
    closed = "2026-11-23" if placed_on == date(2026, 11, 23) else "2026-11-15"
    world.human.set_closing_date(closed)
    world.keap_has(sale(100, product(), placed_on=placed_on))
    world.update()
    assert lines(world) == BEFORE
    assert why_not(world) == f"the books are closed up to {closed}"


def test_a_sales_receipt_is_only_shown(world: World) -> None:
    world.set(edited_orders="update", transaction="sales-receipt")
    world.keap_has(sale(100), payments=[paid(100, 1000)])
    world.update()
    world.keap_has(sale(100, product("NAIL", 1000)))
    world.update()
    assert [each.lines[0].item for each in world.books().sales_receipts] == ["HAMMER"]
    assert why_not(world) == "only invoices are changed by us"


def test_looks_right_ends_a_change_that_cannot_be_made(world: World) -> None:
    sent(world)
    (invoice,) = world.books().invoices
    world.human.edit_invoice_line(invoice.txn_id, 1, "12.00")
    edited(world)
    world.update()
    world.decide().accept(100)
    updates_until_quiet(world)
    assert world.statuses() == {100: ("posted-payment-open", "")}
    assert lines(world) == [("HAMMER", "12.00"), ("NAIL", "20.00")]


# -- lost answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [1, 2, 3, 4, 5])
def test_a_change_whose_answer_is_lost_is_made_once(world: World, message: int) -> None:
    sent(world)
    edited(world)
    world.faults.drop_answer_at(message)
    world.update()
    updates_until_quiet(world)
    assert lines(world) == AFTER
    assert world.statuses() == {100: ("posted-payment-open", "")}


@pytest.mark.parametrize("was_run", [True, False], ids=["run", "not-run"])
@pytest.mark.parametrize("message", [3, 4, 5])
def test_a_session_that_breaks_at_a_change_is_settled_by_reading(
    world: World, message: int, *, was_run: bool
) -> None:
    sent(world)
    edited(world)
    world.faults.hresult_at(message, 0x80040402, message_was_run=was_run)
    world.update()
    updates_until_quiet(world)
    assert lines(world) == AFTER
    assert world.statuses() == {100: ("posted-payment-open", "")}


def test_after_a_lost_change_somebodys_edit_is_not_overwritten(world: World) -> None:
    sent(world)
    edited(world)
    world.faults.hresult_at(MESSAGE_OF_THE_CHANGE, 0x80040402, message_was_run=False)
    world.update()
    assert [each.state for each in world.postings() if each.kind is Kind.SALE_UPDATE] == [
        State.SENT
    ]
    (invoice,) = world.books().invoices
    world.human.edit_invoice_line(invoice.txn_id, 1, "12.00")
    updates_until_quiet(world)
    assert lines(world) == [("HAMMER", "12.00"), ("NAIL", "20.00")]
    assert world.statuses() == {100: ("held", "edited-after-sending")}


def test_what_somebody_changes_between_the_look_up_and_the_change_is_not_overwritten(
    world: World,
) -> None:
    sent(world)
    edited(world)
    (invoice,) = world.books().invoices
    world.clock.pass_time(minutes=1)
    quickbooks = Meddled(
        world.company, lambda: world.human.edit_invoice_line(invoice.txn_id, 1, "12.00")
    )
    world.web_connector(quickbooks=quickbooks).update()
    assert lines(world)[0] == ("HAMMER", "12.00")
    assert world.statuses() == {100: ("held", "edited-after-sending")}
    assert why_not(world) == "somebody changed it in QuickBooks at the same time"


# -- refused changes -------------------------------------------------------------------------------


def test_a_change_of_an_invoice_that_is_open_in_a_window_is_tried_again(world: World) -> None:
    sent(world)
    edited(world)
    answering(3175, "Object is in use", "InvoiceMod")(world)
    assert lines(world) == BEFORE
    assert world.statuses() == {100: ("will-retry", "record-in-use")}
    world.clock.pass_time(minutes=10)
    updates_until_quiet(world)
    assert lines(world) == AFTER
    assert world.errors() == []


def test_a_change_that_quickbooks_refuses_waits_with_its_words(world: World) -> None:
    sent(world)
    edited(world)
    answering(3260, "Insufficient permission level to perform this action.", "InvoiceMod")(world)
    updates_until_quiet(world)
    assert lines(world) == BEFORE
    assert world.statuses() == {100: ("held", "edited-after-sending")}
    assert why_not(world) == (
        'QuickBooks refuses: "Insufficient permission level to perform this action"'
    )
