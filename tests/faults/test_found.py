"""What random histories found, each as small as it could be made."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks.errors import SimulatedCrash
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.company_file import confirm_restored
from qbwc_service.planning.order import PaymentKind
from tests.faults.stage import Stage
from tests.world import paid, sale


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def until_rest(stage: Stage) -> None:
    for _ in range(10):
        stage.clock.pass_time(minutes=11)
        if stage.update().ended is Ended.NONE:
            return
    raise AssertionError("never at rest")


# -- our database is put back to an older copy -----------------------------------------------------


@pytest.mark.parametrize("copied_after_a_session", [False, True])
def test_a_renumbered_invoice_and_payment_are_found_by_an_older_copy_of_our_database(
    stage: Stage, *, copied_after_a_session: bool
) -> None:
    if copied_after_a_session:
        stage.keap_has(sale(1000))
        until_rest(stage)
    copied = stage.copy_database()
    stage.keap_has(sale(1001), payments=[paid(1001, 1000, transaction_id="t1")])
    until_rest(stage)
    (invoice,) = [each for each in stage.books().invoices if each.number == "1001"]
    (payment,) = stage.books().payments
    stage.human.renumber_invoice(invoice.txn_id, "R-1")
    stage.human.renumber_invoice(payment.txn_id, "B-1")

    stage.put_back_database(copied)
    stage.keap_has(sale(1001), payments=[paid(1001, 1000, transaction_id="t1")])
    until_rest(stage)

    assert [each.number for each in stage.books().invoices if each.number != "1000"] == ["R-1"]
    assert stage.payments() == [("B-1", "10.00", "R-1")]
    assert stage.statuses()[1001] == ("posted", "")


def test_an_edited_invoice_that_an_older_copy_finds_takes_no_payment_before_a_person_looked(
    stage: Stage,
) -> None:
    stage.keap_has(sale(1001))
    copied = stage.copy_database()
    until_rest(stage)
    (invoice,) = stage.books().invoices
    stage.human.edit_invoice_line(invoice.txn_id, 1, "9.00")

    stage.put_back_database(copied)
    stage.keap_has(sale(1001), payments=[paid(1001, 500, transaction_id="t1")])
    until_rest(stage)

    assert stage.payments() == []
    assert stage.statuses()[1001] == ("held", "total-differs")


def test_an_invoice_that_was_made_anew_is_found_by_a_copy_from_before_that(stage: Stage) -> None:
    stage.keap_has(sale(1001))
    copied = stage.copy_database()
    until_rest(stage)
    (first,) = stage.books().invoices
    stage.human.delete_invoice(first.txn_id)
    stage.clock.pass_time(hours=13)
    until_rest(stage)
    stage.decide().requeue(1001)
    until_rest(stage)
    (second,) = stage.books().invoices
    stage.human.renumber_invoice(second.txn_id, "R-1")

    stage.put_back_database(copied)
    stage.keap_has(sale(1001))
    until_rest(stage)

    assert [each.number for each in stage.books().invoices] == ["R-1"]
    assert stage.statuses()[1001] == ("posted-payment-open", "")


def test_nothing_is_asked_for_in_a_database_that_was_never_put_back(stage: Stage) -> None:
    stage.keap_has(sale(1001))
    until_rest(stage)
    stage.keap_has(sale(1002))
    until_rest(stage)

    assert "unclaimed" not in stage.connection().quickbooks


# -- a person decides about what is gone -----------------------------------------------------------


def test_a_payment_deleted_in_quickbooks_and_void_in_keap_is_settled_by_requeue(
    stage: Stage,
) -> None:
    payment = paid(1001, 400, transaction_id="t1")
    stage.keap_has(sale(1001), payments=[payment])
    until_rest(stage)
    stage.human.delete_payment(stage.books().payments[0].txn_id)
    stage.clock.pass_time(hours=21)
    until_rest(stage)
    assert stage.errors() == ["gone-from-quickbooks"]

    stage.keap_has(payments=[replace(payment, kind=PaymentKind.NOT_COMPLETED)])
    stage.decide().requeue(1001)
    until_rest(stage)

    assert stage.statuses()[1001] == ("posted-payment-open", "")
    assert stage.payment_statuses()[payment.payment_id] == ("undone", "")
    assert stage.errors() == []


def test_a_payment_that_somebody_deleted_is_undone_with_the_rest_of_its_order(stage: Stage) -> None:
    stage.keap_has(sale(1001), payments=[paid(1001, 400)])
    until_rest(stage)
    stage.human.delete_payment(stage.books().payments[0].txn_id)
    stage.clock.pass_time(hours=21)
    until_rest(stage)

    stage.decide().undo(1001)
    until_rest(stage)

    assert stage.statuses()[1001] == ("undone", "")
    assert stage.payment_statuses() == {10010: ("undone", "")}
    assert not stage.books().invoices
    assert stage.errors() == []


def test_an_invoice_that_somebody_deleted_is_undone_with_what_waits_for_it(stage: Stage) -> None:
    stage.keap_has(sale(1001))
    until_rest(stage)
    stage.human.delete_invoice(stage.books().invoices[0].txn_id)
    stage.clock.pass_time(hours=21)
    stage.keap_has(payments=[paid(1001, 100)])
    until_rest(stage)
    assert stage.statuses()[1001] == ("held", "gone-from-quickbooks")

    stage.decide().undo(1001)
    until_rest(stage)

    assert stage.statuses()[1001] == ("undone", "")
    assert stage.payment_statuses() == {10010: ("skipped-by-you", "")}
    assert stage.errors() == []


@pytest.mark.parametrize("decision", ["requeue", "hold"])
def test_what_an_order_still_waits_for_stays_to_be_read_after_a_decision_about_the_rest(
    stage: Stage, decision: str
) -> None:
    stage.keap_has(sale(1001))
    copied = stage.copy_database()
    until_rest(stage)
    (invoice,) = stage.books().invoices
    stage.human.add_customer("Bob Poe")
    stage.human.move_invoice(invoice.txn_id, "Bob Poe")
    stage.put_back_database(copied)
    stage.keap_has(sale(1001), payments=[paid(1001, 400)])
    until_rest(stage)
    assert stage.errors() == ["customer-differs"]

    getattr(stage.decide(), decision)(1001)
    until_rest(stage)

    assert stage.statuses()[1001] == ("held", "customer-differs")
    assert stage.errors() == ["customer-differs"]


@pytest.mark.parametrize("of", ["invoice", "payment"])
def test_what_was_gone_and_is_there_again_is_not_made_twice(
    stage: Stage, tmp_path: Path, of: str
) -> None:
    """Deleted, told as gone, and back with a backup under another number: then Requeue."""
    stage.keap_has(sale(1001), payments=[paid(1001, 400)] if of == "payment" else [])
    until_rest(stage)
    books = stage.books()
    gone = (books.invoices if of == "invoice" else books.payments)[0].txn_id
    stage.human.renumber_invoice(gone, "R-1")
    stage.human.backup(tmp_path / "backup.db")
    if of == "invoice":
        stage.human.delete_invoice(gone)
    else:
        stage.human.delete_payment(gone)
    stage.clock.pass_time(hours=21)
    until_rest(stage)
    assert stage.errors() == ["gone-from-quickbooks"]

    stage.human.restore(tmp_path / "backup.db")
    stage.decide().requeue(1001)
    until_rest(stage)

    assert len(stage.books().invoices) == 1
    assert len(stage.books().payments) == (of == "payment")
    assert stage.statuses()[1001] == ("posted-payment-open", "")
    assert stage.errors() == []


# -- two payments in one message -------------------------------------------------------------------


def test_a_payment_has_to_fit_beside_the_one_that_goes_with_it(stage: Stage) -> None:
    stage.keap_has(sale(1001))
    until_rest(stage)
    (invoice,) = stage.books().invoices
    stage.human.type_payment(invoice.customer, "5.00", number="cash", invoice=invoice.txn_id)

    stage.keap_has(
        payments=[paid(1001, 400, payment_id=1), paid(1001, 300, payment_id=2)],
    )
    until_rest(stage)

    assert sorted(amount for _, amount, _ in stage.payments()) == ["4.00", "5.00"]
    assert stage.payment_statuses()[2] == ("held", "invoice-paid-already")


def test_a_payment_follows_an_invoice_that_is_moved_once_a_person_finds_it_right(
    stage: Stage,
) -> None:
    stage.keap_has(sale(1001))
    until_rest(stage)
    (invoice,) = stage.books().invoices
    stage.human.add_customer("Bob Poe")
    stage.keap_has(payments=[paid(1001, 400, transaction_id="t1")])

    def move() -> None:
        stage.human.move_invoice(invoice.txn_id, "Bob Poe")

    _update_in_which(stage, "<ReceivePaymentAdd>", move)
    until_rest(stage)
    assert stage.payments() == []
    assert stage.errors() == ["changed-in-quickbooks"]

    stage.decide().accept(1001)
    until_rest(stage)
    assert stage.payments() == [("t1", "4.00", "1001")]
    assert [payment.customer for payment in stage.books().payments] == ["Bob Poe"]
    assert stage.errors() == []


@pytest.mark.parametrize("was_read", [True, False])
def test_a_payment_that_somebody_typed_before_the_invoice_was_moved_is_not_made_again(
    stage: Stage, *, was_read: bool
) -> None:
    """It stays with the former customer: no look-up of the invoice shows it any more."""
    stage.keap_has(sale(1001))
    until_rest(stage)
    (invoice,) = stage.books().invoices
    if was_read:
        stage.clock.pass_time(hours=21)
        until_rest(stage)
    stage.human.add_customer("Bob Poe")
    stage.human.type_payment("Ann Lee", "10.00", number="by hand", invoice=invoice.txn_id)
    stage.human.move_invoice(invoice.txn_id, "Bob Poe")
    stage.keap_has(payments=[paid(1001, 1000, transaction_id="t1")])
    until_rest(stage)

    assert [payment.ref_number for payment in stage.books().payments] == ["by hand"]
    assert stage.errors() == ["changed-in-quickbooks"]

    # The invoice is put back, and the payment applied to it: then all is as it should be.
    stage.human.move_invoice(invoice.txn_id, "Ann Lee")
    stage.clock.pass_time(hours=21)
    until_rest(stage)
    assert "changed-in-quickbooks" not in stage.errors()


# -- the company file is put back to an older copy -------------------------------------------------


def test_each_order_that_a_restored_backup_lacks_is_told(stage: Stage, tmp_path: Path) -> None:
    stage.human.backup(tmp_path / "backup.db")
    stage.keap_has(sale(1001), sale(1002), sale(1003))
    until_rest(stage)
    stage.human.restore(tmp_path / "backup.db")
    stage.clock.pass_time(hours=13)
    stage.update()

    with stage.database.writing("test") as db:
        confirm_restored(db, find_connection(db, "acme"), "Bea", stage.clock.now)

    assert stage.errors() == ["gone-from-quickbooks"] * 3


def test_customers_that_a_restored_backup_lacks_are_made_anew(stage: Stage, tmp_path: Path) -> None:
    """No order was in QuickBooks yet, so that nobody is asked whether it is a backup."""
    stage.human.backup(tmp_path / "backup.db")
    stage.human.add_customer("Ann Lee", email="ann@example.com")
    stage.human.add_customer("Bob Poe")
    stage.update()
    stage.human.restore(tmp_path / "backup.db")
    stage.keap_has(sale(1001), sale(1002))

    until_rest(stage)

    assert [(number, who) for number, who, _ in stage.invoices()] == [
        ("1001", "Ann Lee"),
        ("1002", "Ann Lee"),
    ]
    assert stage.errors() == []


def test_an_invoice_for_a_customer_that_was_made_anew_is_right(
    stage: Stage, tmp_path: Path
) -> None:
    """Our customer is known, the invoice not yet, when both databases are put back."""
    stage.human.backup(tmp_path / "backup.db")
    stage.keap_has(sale(1001))
    stage.faults.drop_answer_at(4)
    stage.update()
    copied = stage.copy_database()
    stage.human.restore(tmp_path / "backup.db")
    until_rest(stage)
    assert [number for number, _, _ in stage.invoices()] == ["1001"]

    stage.put_back_database(copied)
    stage.keap_has(sale(1001))
    until_rest(stage)

    assert [number for number, _, _ in stage.invoices()] == ["1001"]
    assert stage.statuses()[1001] == ("posted-payment-open", "")


# -- QuickBooks fails at one record, every time ----------------------------------------------------


def test_a_record_that_quickbooks_fails_at_again_is_shown_with_its_next_try(stage: Stage) -> None:
    """It dies whenever the invoice comes; other orders go on."""
    stage.keap_has(sale(1001))
    for _ in range(6):
        _update_that_dies_at(stage, "<RefNumber>1001</RefNumber>")
        stage.clock.pass_time(minutes=11)

    assert stage.errors() == ["no-answer-came"]
    assert stage.statuses()[1001] == ("will-retry", "no-answer-came")

    stage.clock.pass_time(hours=2)
    until_rest(stage)

    assert [number for number, _, _ in stage.invoices()] == ["1001"]
    assert stage.errors() == []


def test_a_record_that_quickbooks_dies_at_does_not_block_the_others(stage: Stage) -> None:
    stage.keap_has(*(sale(number) for number in range(1001, 1008)))
    for _ in range(24):
        _update_that_dies_at(stage, "<RefNumber>1002</RefNumber>")
        stage.clock.pass_time(minutes=30)
    # Settles what the last one left without an answer.
    _update_that_dies_at(stage, "<RefNumber>1002</RefNumber>")

    others = ["1001", "1003", "1004", "1005", "1006", "1007"]
    assert [number for number, _, _ in stage.invoices()] == others
    assert stage.statuses()[1002] == ("will-retry", "no-answer-came")


def _update_that_dies_at(stage: Stage, text: str) -> None:
    process = stage.company.process

    def dies(message: str) -> str:
        if "InvoiceAdd" in message and text in message:
            raise SimulatedCrash("in the invoice")
        return process(message)

    stage.company.process = dies  # type: ignore[method-assign]
    stage.update()
    stage.company.process = process  # type: ignore[method-assign]


def _update_in_which(stage: Stage, text: str, happens: Callable[[], object]) -> None:
    """Something happens in QuickBooks just before it runs the message with that text."""
    process = stage.company.process

    def interrupted(message: str) -> str:
        if text in message:
            happens()
        return process(message)

    stage.company.process = interrupted  # type: ignore[method-assign]
    stage.update()
    stage.company.process = process  # type: ignore[method-assign]
