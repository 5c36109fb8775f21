"""Taking back what was posted: what is deleted, in which order, what stays, and what stops it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.ledger import undo, undo_runs
from qbwc_service.ledger.decision_steps import DecisionRefused
from qbwc_service.ledger.models import Event, UpdateSession
from qbwc_service.ledger.undo import UndoPreview
from qbwc_service.ledger.undo_runs import UndoneRun
from tests.webconnector.test_every_kind_of_sale import credited, refunded
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import World, paid, product, sale


def preview(world: World, order_id: int) -> UndoPreview:
    with world.database.reading() as db:
        return undo.plan_undo(db, find_connection(db, "acme"), order_id)


def goes(shown: UndoPreview) -> list[str]:
    return [each.thing for each in shown.removed]


def stays(shown: UndoPreview) -> list[tuple[str, str]]:
    return [(each.thing, each.reason) for each in shown.stays]


def newest_session(world: World) -> int:
    with world.database.reading() as db:
        found = select(UpdateSession.id).order_by(UpdateSession.id.desc()).limit(1)
        return db.scalars(found).one()


def undo_run(world: World, session_id: int) -> UndoneRun:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        return undo_runs.undo_run(db, connection, session_id, "Bea", world.clock.now)


def posted(world: World, *, payments: int = 1) -> None:
    """Order 100 of 100.00 is in QuickBooks with so many payments that pay it together."""
    each = 10000 // payments
    rows = [paid(100, each, payment_id=1 + place) for place in range(payments)]
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    world.update()


def is_empty(world: World) -> bool:
    books = world.books()
    made = (books.invoices, books.payments, books.credit_memos, books.refunds, books.sales_receipts)
    return not any(made)


def with_credit(world: World) -> None:
    world.set(credit_item="Keap Credit")
    rows = [credited(100, 2000, 1), paid(100, 8000, payment_id=2)]
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    world.update()


def with_refund(world: World) -> None:
    world.set(refunds="card-refund", refunds_to_approve="0")
    rows = [paid(100, 10000, payment_id=1), refunded(100, 10000, 2)]
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    world.update()


def with_cheque(world: World) -> None:
    world.set(refunds="cheque", refunds_to_approve="0", refund_account="Checking")
    rows = [paid(100, 10000, payment_id=1), refunded(100, 10000, 2)]
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    world.update()


def as_receipt(world: World) -> None:
    world.set(transaction="sales-receipt")
    posted(world)


# -- what goes and what stays ----------------------------------------------------------------------


def test_the_preview_names_what_is_deleted_payments_first_and_what_stays(world: World) -> None:
    posted(world, payments=2)
    shown = preview(world, 100)
    assert goes(shown) == ["Payment K1", "Payment K2", "Invoice 100"]
    assert stays(shown) == [("Customer Ann Lee", "customers and items are never deleted")]
    assert len(world.books().payments) == 2


def test_a_credit_memo_that_is_applied_is_voided_before_it_is_deleted(world: World) -> None:
    with_credit(world)
    shown = preview(world, 100)
    assert [(each.thing, each.is_voided_first) for each in shown.removed] == [
        ("Payment K2", False),
        ("Credit memo 100", True),
        ("Invoice 100", False),
    ]


def test_until_the_next_update_the_order_shows_as_being_undone(world: World) -> None:
    posted(world)
    world.decide().undo(100)
    assert world.statuses() == {100: ("ready", "being-undone")}
    assert len(world.books().invoices) == 1


@pytest.mark.parametrize("sold", [posted, with_credit, with_refund, with_cheque, as_receipt])
def test_after_the_update_nothing_of_the_order_is_left(
    world: World, sold: Callable[[World], None]
) -> None:
    sold(world)
    assert not is_empty(world)
    world.decide().undo(100)
    world.update()
    assert is_empty(world)
    assert world.statuses() == {100: ("undone", "")}
    assert {status for status, _ in world.payment_statuses().values()} == {"undone"}
    assert [customer.full_name for customer in world.books().customers] == ["Ann Lee"]
    assert world.errors() == []


@pytest.mark.parametrize("sold", [posted, with_credit, with_refund])
def test_requeued_after_that_it_is_sent_anew(world: World, sold: Callable[[World], None]) -> None:
    sold(world)
    before = world.books()
    world.decide().undo(100)
    world.update()
    world.decide().requeue(100)
    updates_until_quiet(world)
    after = world.books()
    assert [(each.number, each.balance) for each in after.invoices] == [
        (each.number, each.balance) for each in before.invoices
    ]
    assert [each.total for each in after.payments] == [each.total for each in before.payments]
    assert [each.total for each in after.refunds] == [each.total for each in before.refunds]
    assert world.statuses() == {100: ("posted", "")}


def test_what_was_never_sent_is_only_left_out(world: World) -> None:
    world.keap_has(sale(100))
    world.decide().undo(100)
    world.update()
    assert is_empty(world)
    assert world.statuses() == {100: ("skipped-by-you", "")}


def test_an_invoice_that_a_person_linked_is_never_deleted_only_our_payment(world: World) -> None:
    txn_id = world.human.type_invoice("Ann Lee", [("HAMMER", "100.00")], number="A7")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000)])
    world.decide().link(100, txn_id)
    world.update()
    shown = preview(world, 100)
    assert goes(shown) == ["Payment K1000"]
    assert stays(shown)[0][1] == "we did not make it"
    world.decide().undo(100)
    world.update()
    assert [each.number for each in world.books().invoices] == ["A7"]
    assert world.books().payments == ()
    with pytest.raises(DecisionRefused, match="what we did not make is never deleted"):
        world.decide().undo(100)


def test_while_it_is_undone_no_new_payment_goes_to_it(world: World) -> None:
    world.keap_has(sale(100, product(price=10000)))
    world.update()
    world.decide().undo(100)
    world.keap_has(payments=[paid(100, 10000)])
    world.update()
    assert is_empty(world)
    assert world.statuses() == {100: ("undone", "")}
    assert world.payment_statuses() == {1000: ("skipped-by-you", "")}


# -- what stops it ---------------------------------------------------------------------------------


def test_a_payment_in_a_deposit_stays_and_quickbooks_says_why(world: World) -> None:
    posted(world, payments=2)
    first, _ = world.books().payments
    world.human.deposit([first.txn_id])
    world.decide().undo(100)
    world.update()
    assert [each.txn_id for each in world.books().payments] == [first.txn_id]
    assert len(world.books().invoices) == 1
    assert world.statuses() == {100: ("held", "undo-refused")}
    held = next(each for each in world.postings() if each.cause == "undo-refused")
    assert "It is in a deposit" in held.details["reason"]


def test_what_is_reconciled_stays_and_quickbooks_says_why(world: World) -> None:
    as_receipt(world)
    world.human.reconcile(world.books().sales_receipts[0].txn_id)
    world.decide().undo(100)
    world.update()
    assert len(world.books().sales_receipts) == 1
    held = next(each for each in world.postings() if each.cause == "undo-refused")
    assert "reconciled" in held.details["reason"]


def test_a_refused_undo_is_tried_again_when_the_person_asks_again(world: World) -> None:
    as_receipt(world)
    world.human.set_closing_date("2026-12-31")
    world.decide().undo(100)
    world.update()
    assert world.statuses() == {100: ("held", "undo-in-closed-period")}
    assert len(world.books().sales_receipts) == 1
    world.human.set_closing_date("")
    world.decide().undo(100)
    world.update()
    assert is_empty(world)


def test_an_undo_that_is_skipped_leaves_the_order_in_quickbooks(world: World) -> None:
    as_receipt(world)
    world.human.set_closing_date("2026-12-31")
    world.decide().undo(100)
    world.update()
    for decide in (world.decide().requeue, world.decide().hold):
        with pytest.raises(DecisionRefused, match="it is being undone"):
            decide(100)
    world.decide().skip(100)
    assert world.statuses() == {100: ("posted", "")}
    world.human.set_closing_date("")
    updates_until_quiet(world)
    assert len(world.books().sales_receipts) == 1
    with pytest.raises(DecisionRefused, match="it is in QuickBooks already"):
        world.decide().requeue(100)
    world.decide().undo(100)
    world.update()
    assert is_empty(world)


def test_a_payment_typed_by_hand_is_not_lost_unless_the_person_says_even_so(world: World) -> None:
    world.keap_has(sale(100, product(price=10000)))
    world.update()
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "40.00", number="C9", invoice=invoice.txn_id)
    world.decide().undo(100)
    world.update()
    assert world.statuses() == {100: ("held", "undo-would-lose")}
    held = next(each for each in world.postings() if each.cause == "undo-would-lose")
    assert held.details["lost"] == "payment C9 of 40.00 is linked to it"
    assert len(world.books().invoices) == 1
    world.decide().undo(100, even_so=True)
    world.update()
    assert world.books().invoices == ()
    assert [each.unused for each in world.books().payments] == [40]
    assert world.statuses() == {100: ("undone", "")}


def test_an_invoice_that_a_person_edited_is_not_lost(world: World) -> None:
    world.keap_has(sale(100, product(price=10000)))
    world.update()
    (invoice,) = world.books().invoices
    world.clock.pass_time(minutes=1)
    world.human.edit_invoice_line(invoice.txn_id, 1, "95.00")
    world.decide().undo(100)
    world.update()
    held = next(each for each in world.postings() if each.cause == "undo-would-lose")
    assert held.details["lost"] == "its total is 95.00 instead of 100.00; its lines are others"
    assert len(world.books().invoices) == 1


def test_a_credit_memo_that_a_person_applied_elsewhere_is_not_lost(world: World) -> None:
    world.set(refunds="credit-memo", refunds_to_approve="0", refund_item="Keap Refund")
    rows = [paid(100, 10000, payment_id=1), refunded(100, 1000, 2)]
    world.keap_has(sale(100, product(price=10000)), payments=rows)
    world.update()
    other = world.human.type_invoice("Ann Lee", [("HAMMER", "10.00")], number="A7")
    (memo,) = world.books().credit_memos
    world.human.apply_credit(memo.txn_id, other, "10.00")
    world.decide().undo(100)
    world.update()
    assert world.statuses() == {100: ("held", "undo-would-lose")}
    assert len(world.books().credit_memos) == 1
    assert len(world.books().invoices) == 2


def test_what_a_person_deleted_already_counts_as_undone(world: World) -> None:
    posted(world)
    (payment,) = world.books().payments
    world.decide().undo(100)
    world.human.delete_payment(payment.txn_id)
    updates_until_quiet(world)
    assert is_empty(world)
    assert world.statuses() == {100: ("undone", "")}
    assert world.payment_statuses() == {1: ("undone", "")}


def test_what_is_on_its_way_cannot_be_undone_yet(world: World) -> None:
    world.keap_has(sale(100))
    world.faults.drop_answer_at(4)
    world.update()
    with pytest.raises(DecisionRefused, match="its answer is not known yet"):
        world.decide().undo(100)


# -- lost answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sold", [posted, with_credit, with_refund])
@pytest.mark.parametrize("message", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_lost_answer_leaves_neither_too_much_nor_too_little(
    world: World, message: int, sold: Callable[[World], None]
) -> None:
    sold(world)
    world.keap_has(sale(200, product(price=500)))
    world.decide().undo(100)
    world.faults.drop_answer_at(message)
    world.update()
    updates_until_quiet(world)
    assert world.invoices() == [("200", "Ann Lee", "5.00")]
    assert world.books().payments == ()
    assert world.books().credit_memos == ()
    assert world.statuses()[100] == ("undone", "")


@pytest.mark.parametrize("was_run", [True, False], ids=["run", "not-run"])
@pytest.mark.parametrize("message", [2, 3, 4, 5, 6])
def test_a_session_that_breaks_is_settled_by_reading(
    world: World, message: int, *, was_run: bool
) -> None:
    with_credit(world)
    world.decide().undo(100)
    world.faults.hresult_at(message, 0x80040402, message_was_run=was_run)
    world.update()
    updates_until_quiet(world)
    assert is_empty(world)
    assert world.statuses() == {100: ("undone", "")}


def test_a_removal_that_was_run_is_not_sent_again_by_another_computer(world: World) -> None:
    as_receipt(world)
    world.decide().undo(100)
    world.faults.drop_answer_at(3)
    world.update()
    world.clock.pass_time(minutes=20)
    world.update(address="10.0.0.9")
    assert is_empty(world)
    assert world.statuses() == {100: ("undone", "")}


# -- a run -----------------------------------------------------------------------------------------


def test_a_run_is_undone_as_a_whole_and_nothing_else(world: World) -> None:
    world.keap_has(sale(1, product(price=100)), sale(9, product(price=900)))
    world.update()
    world.keap_has(
        sale(2, product(price=200)), payments=[paid(2, 200), paid(9, 900, payment_id=91)]
    )
    world.update()
    run = undo_run(world, newest_session(world))
    assert [(each.order_id, goes(each)) for each in run.undone] == [
        (2, ["Payment K20", "Invoice 2"]),
        (9, ["Payment K91"]),
    ]
    world.update()
    assert [number for number, _, _ in world.invoices()] == ["1", "9"]
    assert world.books().payments == ()
    assert world.statuses()[2] == ("undone", "")
    assert world.statuses()[9] == ("posted-payment-open", "")
    assert world.payment_statuses()[91] == ("undone", "")


def test_a_run_that_posted_nothing_has_nothing_to_undo(world: World) -> None:
    world.update()
    assert undo_run(world, newest_session(world)) == UndoneRun(())


# -- a void ----------------------------------------------------------------------------------------


def unpaid_refund(world: World) -> None:
    world.set(transaction="invoice", refunds_to_approve="0", refund_unpaid="void")
    world.keap_has(sale(100, product(price=10000)), payments=[paid(100, 10000, payment_id=1)])
    world.update()
    world.keap_has(payments=[refunded(100, 10000, 2)])


def test_the_refund_of_an_unpaid_order_voids_its_invoice(world: World) -> None:
    unpaid_refund(world)
    world.update()
    (invoice,) = world.books().invoices
    assert (invoice.number, invoice.total, invoice.memo[:5]) == ("100", 0, "VOID:")
    assert world.statuses() == {100: ("undone", "")}
    assert world.payment_statuses()[2] == ("posted", "")


def test_an_invoice_that_somebody_paid_is_not_voided(world: World) -> None:
    unpaid_refund(world)
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "100.00", number="C9", invoice=invoice.txn_id)
    world.update()
    assert [each.total for each in world.books().invoices] == [100]
    assert world.statuses() == {100: ("held", "void-would-lose")}
    assert world.payment_statuses()[2] == ("held", "void-would-lose")


@pytest.mark.parametrize("message", [2, 3, 4])
def test_a_void_whose_answer_is_lost_is_done_once(world: World, message: int) -> None:
    unpaid_refund(world)
    world.faults.drop_answer_at(message)
    world.update()
    updates_until_quiet(world)
    assert [each.memo.count("VOID:") for each in world.books().invoices] == [1]
    assert world.statuses() == {100: ("undone", "")}


def test_an_invoice_that_was_voided_stays_void_and_is_not_undone(world: World) -> None:
    unpaid_refund(world)
    world.update()
    with pytest.raises(DecisionRefused, match="nothing that we made for it is in QuickBooks"):
        world.decide().undo(100)


def test_the_history_tells_who_undid_it_and_what_became_of_it(world: World) -> None:
    as_receipt(world)
    world.decide().undo(100)
    world.update()
    with world.database.reading() as db:
        lines = [(line.who, line.text) for line in db.scalars(select(Event).order_by(Event.id))]
    assert lines[-2:] == [
        ("Bea", "Undo: Sales receipt 100 will be deleted"),
        ("service", "Sales receipt 100 is deleted in QuickBooks"),
    ]
