"""QuickBooks is read once a day and held against what was posted; people there do as they like."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, select

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks import paging
from qbwc_service.demo.quickbooks.context import RequestContext
from qbwc_service.ledger import company_file
from qbwc_service.ledger.models import (
    ErrorEntry,
    Posting,
    QuickbooksTxn,
    Reconciliation,
    ReconciliationState,
)
from qbwc_service.ledger.reconcile import runs
from qbwc_service.planning.order import PaymentKind
from qbwc_service.webconnector.phases import reconcile
from tests.world import World, paid, product, sale

CHANGED = "changed-in-quickbooks"


def posted(world: World, *order_ids: int) -> None:
    """Paid orders of 100.00 that are in QuickBooks, as they were posted yesterday."""
    world.keap_has(
        *(sale(order_id, product(price=10000)) for order_id in order_ids),
        payments=[paid(order_id, 10000) for order_id in order_ids],
    )
    world.update()


def next_day(world: World) -> None:
    world.clock.pass_time(hours=21)
    world.update()


def invoice(world: World, number: str = "100") -> str:
    return next(each.txn_id for each in world.books().invoices if each.number == number)


def move(world: World, customer: str) -> None:
    """The invoice is another customer's now, who is new."""
    world.human.add_customer(customer)
    world.human.move_invoice(invoice(world), customer)


def open_texts(world: World) -> list[str]:
    """How QuickBooks shows what the open entries are about."""
    with world.database.reading() as db:
        entries = db.scalars(select(ErrorEntry).where(ErrorEntry.solved_at.is_(None)))
        return [entry.details.get("found", entry.message) for entry in entries]


def readings(world: World) -> list[Reconciliation]:
    with world.database.reading() as db:
        return list(db.scalars(select(Reconciliation).order_by(Reconciliation.id)))


def rows(world: World) -> dict[str, str]:
    """What was read of QuickBooks: kind by number."""
    with world.database.reading() as db:
        return {row.ref_number: row.kind.value for row in db.scalars(select(QuickbooksTxn))}


def asked(world: World, first: date, last: date) -> None:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        runs.ask(db, connection, who="Bea", now=world.clock.now, days=(first, last))


# -- as it was posted ------------------------------------------------------------------------------


def test_a_day_after_the_first_posting_quickbooks_is_read_and_all_is_there(world: World) -> None:
    posted(world, 100, 101)
    assert readings(world) == []
    next_day(world)
    (run,) = readings(world)
    assert (run.state, run.asked_by) == (ReconciliationState.DONE, "nightly")
    assert (run.compared, run.changed, run.gone) == (4, 0, 0)
    assert rows(world) == {
        "100": "invoice",
        "101": "invoice",
        "K1000": "payment",
        "K1010": "payment",
    }
    assert world.statuses() == {100: ("posted", ""), 101: ("posted", "")}
    assert world.errors() == []


def test_it_is_read_once_a_day_and_the_web_connector_is_not_kept_busy(world: World) -> None:
    posted(world, 100)
    next_day(world)
    world.update()
    assert len(readings(world)) == 1
    next_day(world)
    assert len(readings(world)) == 2


def test_saving_an_invoice_as_it_is_changes_nothing(world: World) -> None:
    posted(world, 100)
    world.human.edit_invoice_line(invoice(world), 1, "100.00")
    next_day(world)
    assert world.errors() == []


def test_reading_takes_two_messages_more_however_many_kinds_there_are(world: World) -> None:
    posted(world, 100, 101)
    world.clock.pass_time(hours=13)
    before = world.update().round_trips
    asked(world, date(2026, 11, 1), date(2026, 11, 30))
    world.clock.pass_time(hours=13)
    assert world.update().round_trips == before + 1


@pytest.mark.parametrize(
    "chosen",
    [
        {"transaction": "sales-receipt", "deposit_account": "Checking"},
        {"transaction": "sales-order"},
        {"transaction": "invoice"},
        {"refunds": "card-refund", "refunds_to_approve": "0", "credit_item": "Keap Credit"},
        {"refunds": "cheque", "refunds_to_approve": "0", "refund_account": "Checking"},
        {"refunds": "credit-memo", "refunds_to_approve": "0", "refund_item": "Keap Refund"},
        {"number_source": "quickbooks-next"},
        {"number_prefix": "K-", "overpayments": "credit"},
    ],
)
def test_no_kind_of_record_looks_changed_that_nobody_touched(
    world: World, chosen: dict[str, str]
) -> None:
    world.set(**chosen)
    rows = [
        paid(100, 8000, payment_id=1, transaction_id="ch_1234567890123456789012345"),
        paid(100, 2000, payment_id=2, kind=PaymentKind.CREDIT, source_kind="Credit"),
        paid(101, 15000, payment_id=3),
        paid(102, 10000, payment_id=5),
    ]
    orders = [sale(order_id, product(price=10000)) for order_id in (100, 101, 102)]
    world.keap_has(*orders, payments=rows)
    world.update()
    refund = paid(101, -10000, payment_id=4, kind=PaymentKind.REFUND, source_kind="Refund")
    world.keap_has(payments=[refund])
    world.update()
    before = world.statuses()
    next_day(world)
    (run,) = readings(world)
    assert (run.state, run.changed, run.gone) == (ReconciliationState.DONE, 0, 0)
    assert run.compared == sum(
        posting.record_id != "" and posting.kind in runs.MADE for posting in world.postings()
    )
    assert world.statuses() == before


# -- changed by a person ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda w: w.human.edit_invoice_line(invoice(w), 1, "120.00"), "total 120.00"),
        (lambda w: w.human.redate_invoice(invoice(w), "2026-11-20"), "date 20 Nov 2026"),
        (lambda w: w.human.redate_invoice(invoice(w), "2025-01-02"), "date 2 Jan 2025"),
        (lambda w: w.human.renumber_invoice(invoice(w), "A-7"), "number A-7"),
        (lambda w: move(w, "Bob Stone"), "customer Bob Stone"),
    ],
)
def test_an_edited_invoice_is_shown_side_by_side(
    world: World, change: Callable[[World], object], shown: str
) -> None:
    posted(world, 100, 101)
    change(world)
    next_day(world)
    assert [text.partition("; open")[0] for text in open_texts(world)] == [shown]
    assert world.statuses() == {100: ("held", CHANGED), 101: ("posted", "")}


def test_a_total_that_was_edited_is_told_with_both_figures(world: World) -> None:
    posted(world, 100)
    world.human.edit_invoice_line(invoice(world), 1, "120.00")
    next_day(world)
    with world.database.reading() as db:
        details = db.scalars(select(Posting.details).where(Posting.cause == CHANGED)).one()
    assert details == {
        "thing": "Invoice 100",
        "order": "100",
        "posted": "total 100.00",
        "found": "total 120.00",
    }


def test_a_payment_typed_by_hand_on_an_unpaid_invoice_is_no_change_of_it(world: World) -> None:
    world.keap_has(sale(100, product(price=10000)))
    world.update()
    world.human.type_payment("Ann Lee", "40.00", number="77", invoice=invoice(world))
    next_day(world)
    assert (world.statuses(), world.errors()) == ({100: ("posted-payment-open", "")}, [])


def test_a_merged_customer_is_no_change(world: World) -> None:
    posted(world, 100)
    world.human.add_customer("Ann Lee-Stone")
    world.human.merge_customers("Ann Lee", "Ann Lee-Stone")
    next_day(world)
    assert (world.books().invoices[0].customer, world.errors()) == ("Ann Lee-Stone", [])


def test_what_is_put_back_is_cleared_by_the_next_reading(world: World) -> None:
    posted(world, 100)
    world.human.edit_invoice_line(invoice(world), 1, "120.00")
    next_day(world)
    assert world.errors() == [CHANGED]
    next_day(world)
    with world.database.reading() as db:
        assert db.scalars(select(ErrorEntry.times)).all() == [1]
    world.human.edit_invoice_line(invoice(world), 1, "100.00")
    next_day(world)
    assert (world.statuses(), world.errors()) == ({100: ("posted", "")}, [])


def test_looks_right_holds_until_it_is_changed_again(world: World) -> None:
    posted(world, 100)
    world.human.redate_invoice(invoice(world), "2026-11-20")
    next_day(world)
    world.decide().accept(100)
    next_day(world)
    assert (world.statuses(), world.errors()) == ({100: ("posted", "")}, [])
    world.human.redate_invoice(invoice(world), "2026-11-21")
    next_day(world)
    assert open_texts(world) == ["date 21 Nov 2026"]


@pytest.mark.parametrize("is_read_first", [True, False])
def test_a_payment_that_is_right_though_not_applied_makes_no_news_of_its_invoice(
    world: World, is_read_first: bool
) -> None:
    posted(world, 100)
    world.human.delete_invoice(invoice(world))
    next_day(world)
    world.decide().requeue(100)
    if is_read_first:
        next_day(world)
    else:
        world.update()
    assert world.statuses()[100] == ("held", "payment-not-applied")
    world.decide().accept(100)
    for _ in range(2):
        next_day(world)
        assert open_texts(world) == []
    assert str(world.books().invoices[0].balance) == "100.00"


def test_looks_right_before_the_first_reading_takes_what_it_shows(world: World) -> None:
    posted(world, 100)
    with world.database.writing("test") as db:
        row = db.scalars(select(Posting).where(Posting.number == "100")).one()
        row.cause, row.amount = "total-differs", 9900
    world.decide().accept(100)
    next_day(world)
    assert world.errors() == []


# -- gone ------------------------------------------------------------------------------------------


def test_what_was_deleted_without_a_trace_is_gone_and_can_be_posted_again(
    world: World,
) -> None:
    posted(world, *range(100, 110))
    _forget(world, invoice(world, "103"))
    next_day(world)
    assert world.errors() == ["gone-from-quickbooks"]
    assert world.statuses()[103] == ("held", "gone-from-quickbooks")
    world.decide().requeue(103)
    world.update()
    assert invoice(world, "103")


def test_many_missing_ones_are_a_restored_backup_and_nothing_is_lost(world: World) -> None:
    posted(world, *range(100, 110))
    for number in range(100, 106):
        _forget(world, invoice(world, str(number)))
    next_day(world)
    assert world.errors() == ["company-file-restored"]
    assert set(world.statuses().values()) == {("posted", "")}
    assert world.connection().write_block_details["missing"] == 6
    # Another session does not lift it: what is missing is still missing.
    next_day(world)
    assert world.connection().write_block == "company-file-restored"


def test_a_person_says_that_it_is_a_restored_backup_and_all_that_is_missing_waits(
    world: World,
) -> None:
    posted(world, *range(100, 110))
    for number in range(100, 106):
        _forget(world, invoice(world, str(number)))
    next_day(world)
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        assert company_file.confirm_restored(db, connection, "Bea", world.clock.now)
    gone = [each for each in world.statuses().values() if each[1] == "gone-from-quickbooks"]
    assert len(gone) == 6
    next_day(world)
    assert world.connection().write_block == ""


def test_the_right_file_lifts_the_block_by_itself(world: World, tmp_path: Path) -> None:
    posted(world, *range(100, 110))
    world.human.backup(tmp_path / "good.db")
    for number in range(100, 106):
        _forget(world, invoice(world, str(number)))
    next_day(world)
    assert world.connection().write_block == "company-file-restored"
    world.human.restore(tmp_path / "good.db")
    next_day(world)
    assert world.connection().write_block == ""
    next_day(world)
    assert (readings(world)[-1].gone, world.errors()) == (0, [])


# -- readings that are cut -------------------------------------------------------------------------


def test_a_reading_that_is_cut_begins_anew_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "PAGE", 2)
    posted(world, *range(100, 107))
    world.faults.drop_answer_at(4)
    next_day(world)
    (run,) = readings(world)
    assert (run.state, run.counts["invoice"]) == (ReconciliationState.READING, 2)
    world.update()
    (run,) = readings(world)
    assert (run.state, run.attempts, run.gone) == (ReconciliationState.DONE, 2, 0)
    assert (run.counts["invoice"], run.counts["payment"]) == (7, 7)
    assert world.errors() == []


def test_a_reading_that_never_ends_is_given_up_and_told(world: World) -> None:
    posted(world, 100)
    world.clock.pass_time(hours=21)
    for _ in range(runs.BEGINNINGS):
        world.faults.drop_answer_at(3)
        world.update()
    world.update()
    (run,) = readings(world)
    assert run.state is ReconciliationState.GIVEN_UP
    assert world.errors() == ["quickbooks-not-compared"]
    next_day(world)
    assert readings(world)[-1].state is ReconciliationState.DONE
    assert world.errors() == []


def test_a_lost_iterator_begins_its_kind_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "PAGE", 2)
    posted(world, *range(100, 107))
    world.clock.pass_time(hours=21)
    lost = iter([True])
    taken = paging._taken

    def lose_once(context: RequestContext, iterator_id: str) -> list[str]:
        if next(lost, False):
            context.iterators.left.pop(iterator_id, None)
        return taken(context, iterator_id)

    monkeypatch.setattr(paging, "_taken", lose_once)
    world.update()
    (run,) = readings(world)
    assert (run.state, run.compared >= 14, run.gone) == (ReconciliationState.DONE, True, 0)


def test_what_this_edition_does_not_have_is_left_out(world: World) -> None:
    posted(world, 100)
    world.human.change_edition("Pro")
    next_day(world)
    (run,) = readings(world)
    assert (run.state, sorted(run.unread), run.compared) == (
        ReconciliationState.DONE,
        ["sales-order"],
        2,
    )
    assert world.errors() == []


def test_a_page_takes_the_same_statements_however_many_rows_it_has(world: World) -> None:
    def statements_of(days: tuple[date, date]) -> int:
        asked(world, *days)
        # So long after the last call that no poll is taken for one that was noted already.
        world.clock.pass_time(minutes=2)
        statements: list[str] = []

        @event.listens_for(world.database.engine, "before_cursor_execute")
        def count(*values: object) -> None:
            statements.append(str(values[2]))

        world.update()
        event.remove(world.database.engine, "before_cursor_execute", count)
        return sum("mirror_list" not in statement for statement in statements)

    posted(world, 100)
    world.clock.pass_time(hours=13)
    world.update()
    few = statements_of((date(2026, 11, 1), date(2026, 11, 29)))
    posted(world, *range(200, 240))
    world.update()
    many = statements_of((date(2026, 11, 1), date(2026, 11, 30)))
    assert many <= few + 2


# -- linked by a person ----------------------------------------------------------------------------


def test_a_linked_invoice_is_right_as_it_is_first_read(world: World) -> None:
    posted(world, 90)
    txn_id = world.human.type_invoice("Ann Lee", [("HAMMER", "99.00")], number="7", on="2026-11-21")
    world.keap_has(sale(100, product(price=10000)))
    world.decide().link(100, txn_id)
    next_day(world)
    assert world.statuses()[100] == ("posted-payment-open", "")
    world.human.edit_invoice_line(txn_id, 1, "95.00")
    next_day(world)
    assert open_texts(world)[0].startswith("total 102.84")  # with its sales tax


def _forget(world: World, txn_id: str) -> None:
    """Deleted so long ago that QuickBooks does not tell it any more."""
    world.human.delete_txn(txn_id)
    store = world.company.store.connection
    store.execute("DELETE FROM deletion WHERE record_id = ?", (txn_id,))
    store.commit()
