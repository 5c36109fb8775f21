"""A manual sync: what a number fits, what becomes of it, and that nothing is lost on the way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_service.connections import change_settings, find_connection, lock_connection
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger import leases, manual_syncs, standing, states
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.ledger.manual_syncs import By, Wanted
from qbwc_service.ledger.models import (
    Event,
    Kind,
    ManualSync,
    ManualSyncState,
    MirrorRecord,
    OrderStatus,
    PaymentStatus,
    Posting,
)
from qbwc_service.ledger.number_outcomes import NumberLine, number_lines
from qbwc_service.planning.order import Override
from qbwc_service.staging import number_search
from qbwc_service.staging.account import account_of
from qbwc_service.staging.failures import SyncFailed
from qbwc_service.staging.manual import ByHand, carry_on, sync_by_hand
from qbwc_service.staging.schedule import Staging
from tests.staging.joined import NAME, Died, Joined

#: the simulated shop numbers its invoices from 20077 and its orders from 20101 on
APART = 24
LONG_AGO = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def access(joined: Joined) -> Access:
    return Access(
        joined.database, joined.secrecy, joined.config, joined.clock, sleep=lambda seconds: None
    )


def by_hand(joined: Joined, *numbers: int, **wanted: Any) -> ByHand:
    return sync_by_hand(
        access(joined),
        NAME,
        Wanted(numbers, **wanted),
        who="ann",
        progress=lambda resource, count: None,
    )


def ask(joined: Joined, *numbers: int, name: str = NAME, **wanted: Any) -> int:
    with joined.database.writing("test") as db:
        connection = lock_connection(db, name)
        row = manual_syncs.ask(
            db, connection, Wanted(numbers, **wanted), who="ann", now=joined.clock()
        )
        return row.id


def row_of(joined: Joined, row_id: int) -> ManualSync:
    with joined.database.reading() as db:
        return db.get_one(ManualSync, row_id)


def lines(joined: Joined, row_id: int) -> list[NumberLine]:
    with joined.database.reading() as db:
        connection = find_connection(db, NAME)
        row = db.get_one(ManualSync, row_id)
        return number_lines(
            db,
            connection,
            manual_syncs.found_of(row),
            since=row.asked_at,
            zone=account_of(connection).zone,
        )


def told(joined: Joined, *numbers: int, **wanted: Any) -> list[tuple[str, str]]:
    """Which number matched and what became of it."""
    done = by_hand(joined, *numbers, **wanted)
    return [(line.matched, line.outcome.value) for line in lines(joined, done.row_id)]


def job(joined: Joined) -> Staging:
    return Staging(joined.database, joined.secrecy, joined.config, clock=joined.clock)


def not_due(joined: Joined, name: str = NAME) -> None:
    joined.change_connection(name, next_sync_at=joined.clock() + timedelta(days=1))


def look_ups(joined: Joined) -> list[str]:
    return [one for one in joined.asked("orders") if "invoice_id" in one]


def know_quickbooks(joined: Joined) -> None:
    """QuickBooks' lists were read; it has the item that lines without SKU go to."""
    joined.load_mirror()
    name = "unknown_do_not_delete"
    with joined.database.writing("test") as db:
        db.add(
            MirrorRecord(
                connection_id=joined.connection().id,
                list_name="Item",
                list_id="I-1",
                name=name,
                full_name=name,
                name_key=name,
                full_name_key=name,
                details={"kind": "ItemServiceRet"},
            )
        )


def post(joined: Joined, order_id: int, *, kind: Kind = Kind.INVOICE) -> None:
    """QuickBooks has it now."""
    with joined.database.writing("test") as db:
        posting = db.scalars(
            select(Posting).where(Posting.order_id == order_id, Posting.kind == kind)
        ).one()
        states.post(posting, f"{order_id}-{kind}", edit_sequence="1")
        posting.posted_at = joined.clock()
        standing.refresh(db, posting.connection_id, [order_id])


def status(joined: Joined, order_id: int) -> OrderStatus:
    return joined.orders()[order_id].status


def choose(joined: Joined, **chosen: str) -> None:
    """Change settings as a person does."""
    with joined.database.writing("test") as db:
        connection = lock_connection(db, NAME)
        stored = dict(connection.settings) | chosen
        change_settings(db, connection, stored, who="ann", now=joined.clock())


# -- which number ---------------------------------------------------------------------------------


def test_a_number_is_tried_as_order_id_and_as_invoice_id(joined: Joined) -> None:
    first = joined.order()
    assert told(joined, first) == [("order", "new")]
    assert told(joined, first - APART) == [("invoice", "new")]
    assert set(joined.orders()) == {first}


def test_a_number_that_is_both_of_one_order_is_told_so_without_a_look_up(joined: Joined) -> None:
    number = joined.order()
    joined.shop.orders.change(str(number), invoice_id=str(number))
    assert told(joined, number) == [("both", "new")]
    assert look_ups(joined) == []


def test_by_says_which_of_the_two_numbers_is_meant(joined: Joined) -> None:
    number = joined.order()
    assert told(joined, number, by=By.ORDER) == [("order", "new")]
    assert told(joined, number, by=By.INVOICE) == [("", "not-found")]
    assert told(joined, number - APART, by=By.ORDER) == [("", "not-found")]
    assert told(joined, number - APART, by=By.INVOICE) == [("invoice", "new")]


def test_a_number_that_fits_two_orders_sends_neither_and_shows_both(joined: Joined) -> None:
    numbers = [joined.order() for _ in range(APART + 1)]
    shared = numbers[0]
    done = by_hand(joined, shared, even_if_skipped=True)
    assert joined.orders() == {}
    [line] = lines(joined, done.row_id)
    assert (line.matched, line.outcome, line.order) == ("both", "ambiguous", None)
    assert line.text == (
        f"{shared} fits more than one order, so none was sent: order {shared} with the invoice "
        f"number {shared - APART} (Ann Lee, 10.00 USD, 2 Nov 2026) and order {numbers[APART]} "
        f"with the invoice number {shared} (Ann Lee, 10.00 USD, 2 Nov 2026)."
    )
    assert told(joined, shared, by=By.ORDER) == [("order", "new")]
    assert told(joined, shared, by=By.INVOICE) == [("invoice", "new")]
    assert set(joined.orders()) == {shared, numbers[APART]}


def test_two_orders_of_one_invoice_number_send_neither(joined: Joined) -> None:
    for number in (joined.order(), joined.order()):
        joined.shop.orders.change(str(number), invoice_id="777")
    assert told(joined, 777) == [("invoice", "ambiguous")]
    assert joined.orders() == {}


def test_our_own_table_saves_the_look_up(joined: Joined) -> None:
    number = joined.order()
    joined.sync()
    before = len(joined.asked("orders"))
    assert told(joined, number - APART) == [("invoice", "new")]
    assert look_ups(joined) == []
    # by id, the order of our table, and the reading itself
    assert len(joined.asked("orders")) == before + 3


def test_an_order_that_has_another_invoice_number_by_now_is_looked_up(joined: Joined) -> None:
    number = joined.order()
    joined.sync()
    joined.shop.orders.change(str(number), invoice_id="888")
    assert told(joined, number - APART) == [("", "not-found")]
    assert told(joined, 888) == [("invoice", "new")]
    assert len(look_ups(joined)) == 2


def test_two_hundred_numbers_take_one_call(joined: Joined) -> None:
    numbers = [joined.order() for _ in range(3)]
    found = told(joined, *numbers, *range(90_000, 90_197), by=By.ORDER)
    assert found == [("order", "new")] * 3 + [("", "not-found")] * 197
    assert len(joined.asked("orders")) == 2


def test_numbers_of_another_connection_say_nothing(joined: Joined) -> None:
    number = joined.order()
    joined.sync()
    joined.add_connection("other")
    ask(joined, number - APART, name="other", by=By.INVOICE)
    assert carry_on(access(joined), "other", lambda resource, count: None) is False
    assert len(look_ups(joined)) == 1


# -- what becomes of it ----------------------------------------------------------------------------


def test_every_outcome_is_told_in_words_as_it_is_now(joined: Joined) -> None:
    know_quickbooks(joined)
    number = joined.order()
    done = by_hand(joined, number)

    def text() -> str:
        [line] = lines(joined, done.row_id)
        return line.text

    assert text() == f"Order {number} goes with the next update of the Web Connector."
    post(joined, number)
    assert text() == (
        f"Order {number} was sent just now, as invoice {number}. A payment of it is still open."
    )
    joined.clock.forward(days=3)
    done = by_hand(joined, number)
    assert text() == (
        f"Order {number} is in QuickBooks already since 2 Nov 2026, as invoice {number}. "
        "A payment of it is still open."
    )


def test_what_is_held_says_why(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order()
    done = by_hand(joined, number)
    [line] = lines(joined, done.row_id)
    assert (line.outcome, line.cause) == ("held", "account-not-chosen")
    assert line.text.startswith(f"Order {number} is held: No account is chosen for ")
    assert "..." not in line.text


def test_what_settings_skip_names_the_setting(joined: Joined) -> None:
    know_quickbooks(joined)
    old = joined.order(on=LONG_AGO)
    done = by_hand(joined, old)
    [line] = lines(joined, done.row_id)
    assert (line.outcome, line.cause, line.setting) == (
        "skipped-by-settings",
        "before-start-date",
        "start_date",
    )


def test_what_cannot_be_read_says_so(joined: Joined) -> None:
    number = joined.order()
    joined.shop.orders.change(str(number), total={"amount": 1000, "currency_code": "DOLLARS"})
    assert told(joined, number, by=By.ORDER) == [("order", "unreadable")]


def test_what_a_person_skipped_stays_skipped(joined: Joined) -> None:
    know_quickbooks(joined)
    number = joined.order()
    by_hand(joined, number)
    with joined.database.writing("test") as db:
        Decisions(db, lock_connection(db, NAME), "ann", joined.clock()).skip(number)
    assert told(joined, number, even_if_skipped=True) == [("order", "skipped-by-you")]


# -- even if the settings would skip it ------------------------------------------------------------


def test_an_old_order_is_sent_with_its_old_payments_when_asked_for(joined: Joined) -> None:
    know_quickbooks(joined)
    old = joined.order(on=LONG_AGO)
    joined.shop.pay(str(old), 1000, on=LONG_AGO)
    assert told(joined, old) == [("order", "skipped-by-settings")]
    assert told(joined, old, even_if_skipped=True) == [("order", "next-update")]
    assert [payment.status for payment in joined.payments().values()] == [PaymentStatus.WAITING]
    assert joined.orders()[old].overrides == [Override.SETTINGS]
    with joined.database.reading() as db:
        events = db.scalars(select(Event).where(Event.order_id == old, Event.who == "ann")).all()
    assert [event.text for event in events] == ["To be sent even if the settings would skip it"]


def test_an_order_in_quickbooks_already_is_left_as_it_is(joined: Joined) -> None:
    know_quickbooks(joined)
    number = joined.order()
    by_hand(joined, number)
    post(joined, number)
    before = joined.orders()[number]
    joined.clock.forward(minutes=1)
    assert told(joined, number, even_if_skipped=True) == [("order", "already-in-quickbooks")]
    after = joined.orders()[number]
    assert (after.overrides, after.needs_plan, after.status) == ([], False, before.status)


def test_an_order_from_quickbooks_is_sent_when_asked_for(joined: Joined) -> None:
    know_quickbooks(joined)
    number = joined.order(source="QUICKBOOKS")
    assert told(joined, number) == [("order", "skipped-by-settings")]
    assert told(joined, number, even_if_skipped=True) == [("order", "next-update")]


def test_what_is_no_setting_is_not_passed_over(joined: Joined) -> None:
    know_quickbooks(joined)
    draft = joined.order(status="DRAFT")
    assert told(joined, draft, even_if_skipped=True) == [("order", "held")]
    number = joined.order()
    by_hand(joined, number)
    with joined.database.writing("test") as db:
        Decisions(db, lock_connection(db, NAME), "ann", joined.clock()).hold(number)
    assert told(joined, number, even_if_skipped=True) == [("order", "held")]
    assert joined.orders()[number].cause == "held-by-you"


def test_of_days_only_what_was_placed_on_them_passes_the_settings(joined: Joined) -> None:
    know_quickbooks(joined)
    old = joined.order(on=LONG_AGO)
    older = joined.order(on=LONG_AGO - timedelta(days=30))
    by_hand(joined, first=date(2026, 9, 1), last=date(2026, 9, 1), even_if_skipped=True)
    assert status(joined, old) is OrderStatus.READY
    assert older not in joined.orders() or joined.orders()[older].overrides == []


# -- the order status ------------------------------------------------------------------------------


def test_an_unpaid_order_waits_for_its_payment_and_then_goes_by_itself(joined: Joined) -> None:
    know_quickbooks(joined)
    choose(joined, order_status="paid in full")
    number = joined.order()
    assert told(joined, number) == [("order", "skipped-by-settings")]
    assert joined.orders()[number].cause == "order-status"
    joined.clock.forward(minutes=20)
    joined.shop.pay(str(number), 1000)
    joined.sync()
    assert status(joined, number) is OrderStatus.READY
    assert [payment.status for payment in joined.payments().values()] == [PaymentStatus.WAITING]


def test_the_order_status_never_filters_payments_of_posted_orders(joined: Joined) -> None:
    know_quickbooks(joined)
    number = joined.order()
    by_hand(joined, number)
    post(joined, number)
    choose(joined, order_status="paid in full")
    joined.clock.forward(minutes=20)
    joined.shop.pay(str(number), 400)
    joined.sync()
    assert [payment.status for payment in joined.payments().values()] == [PaymentStatus.WAITING]
    assert status(joined, number) is OrderStatus.POSTED_PAYMENT_OPEN
    post(joined, number, kind=Kind.PAYMENT)
    assert [payment.status for payment in joined.payments().values()] == [PaymentStatus.POSTED]


def test_a_change_of_the_order_status_reaches_what_was_ready(joined: Joined) -> None:
    know_quickbooks(joined)
    number = joined.order()
    by_hand(joined, number)
    choose(joined, order_status="paid in full")
    joined.sync()
    assert status(joined, number) is OrderStatus.SKIPPED_BY_SETTINGS
    choose(joined, order_status="unpaid")
    joined.sync()
    assert status(joined, number) is OrderStatus.READY


def test_what_a_person_holds_stays_held_when_a_setting_would_skip_it(joined: Joined) -> None:
    know_quickbooks(joined)
    number = joined.order()
    by_hand(joined, number)
    with joined.database.writing("test") as db:
        Decisions(db, lock_connection(db, NAME), "ann", joined.clock()).hold(number)
    choose(joined, order_status="paid in full")
    joined.change_order(number, needs_plan=True, has_work=True)
    joined.sync()
    joined.clock.forward(minutes=20)
    joined.shop.pay(str(number), 1000)
    joined.sync()
    assert (status(joined, number), joined.orders()[number].cause) == ("held", "held-by-you")


# -- days ------------------------------------------------------------------------------------------


def test_days_are_read_page_by_page_and_tell_what_belongs_to_other_days(joined: Joined) -> None:
    know_quickbooks(joined)
    placed = [joined.order() for _ in range(3)]
    changed = joined.order(on=LONG_AGO)
    done = by_hand(joined, first=date(2026, 11, 2), last=date(2026, 11, 2))
    assert set(joined.orders()) == {*placed, changed}
    row = row_of(joined, done.row_id)
    assert (row.state, row.done, row.found) == (ManualSyncState.DONE, 4, [changed])
    assert row.above == changed


# -- running it ------------------------------------------------------------------------------------


def test_the_job_carries_out_what_was_asked_for_before_anything_else(joined: Joined) -> None:
    number = joined.order()
    row_id = ask(joined, number)
    not_due(joined)
    job(joined).run_due()
    row = row_of(joined, row_id)
    assert (row.state, row.done, row.ended_at) == (ManualSyncState.DONE, 1, joined.clock())
    assert set(joined.orders()) == {number}


def test_asking_twice_is_asking_once_while_it_is_open(joined: Joined) -> None:
    assert ask(joined, 1, 2) == ask(joined, 1, 2)
    assert ask(joined, 1, 2) != ask(joined, 1, 2, even_if_skipped=True)
    job(joined).run_due()
    assert ask(joined, 1, 2) > 2


def test_a_long_one_does_not_starve_the_others(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_search, "LOOK_UPS", 1)
    joined.add_connection("other")
    not_due(joined)
    number = joined.order()
    long = ask(joined, *range(90_000, 90_003))
    ask(joined, number, name="other", by=By.ORDER)
    job(joined).run_due()
    assert row_of(joined, long).done == 3
    # each slice of the long one is a look-up by invoice; the other comes after the first of them
    slices = [place for place, one in enumerate(joined.keap.requests) if "invoice_id" in one]
    others = next(
        place for place, one in enumerate(joined.keap.requests) if f"ids%3D%3D{number}" in one
    )
    assert slices[0] < others < slices[1]


@pytest.mark.parametrize("died_in", ["manual.progress", "staging.orders-page", "manual.end"])
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_in_the_middle_loses_nothing_and_makes_nothing_twice(
    joined: Joined, monkeypatch: pytest.MonkeyPatch, died_in: str, side: str
) -> None:
    know_quickbooks(joined)
    old = joined.order(on=LONG_AGO)
    numbers = [old, joined.order(), 90_000]
    row_id = ask(joined, *numbers, by=By.ORDER, even_if_skipped=True)
    not_due(joined)

    def die(point: str) -> None:
        if point == f"{died_in}.{side}-commit":
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("qbwc_service.database.reach", die)
        with pytest.raises(SystemExit):
            carry_on(access(joined), NAME, lambda resource, count: None)
    job(joined).run_due()
    row = row_of(joined, row_id)
    assert row.state is ManualSyncState.DONE
    assert [line.number for line in lines(joined, row_id)] == numbers
    assert [line.outcome for line in lines(joined, row_id)] == [
        "next-update",
        "next-update",
        "not-found",
    ]
    with joined.database.reading() as db:
        texts = list(db.scalars(select(Event.text).where(Event.order_id == old)))
        invoices = db.scalars(select(Posting).where(Posting.kind == Kind.INVOICE)).all()
    assert sorted(texts) == ["Read from Keap", "To be sent even if the settings would skip it"]
    assert len(invoices) == 2


def test_a_run_whose_process_died_is_taken_up_when_its_lease_is_over(joined: Joined) -> None:
    number = joined.order()
    row_id = ask(joined, number)
    not_due(joined)
    with joined.database.writing("test") as db:
        manual_syncs.begin(db.get_one(ManualSync, row_id), joined.clock())
        lease = f"sync:{joined.connection().id}"
        leases.acquire(db, lease, "pc:1:x", joined.clock(), timedelta(minutes=2))
    job(joined).run_due()
    assert row_of(joined, row_id).state is ManualSyncState.RUNNING
    assert joined.keap.requests == []
    joined.clock.forward(minutes=2)
    job(joined).run_due()
    assert row_of(joined, row_id).state is ManualSyncState.DONE


def test_one_whose_lease_ran_out_lets_the_quicker_one_be(joined: Joined) -> None:
    number = joined.order()
    row_id = ask(joined, number, by=By.ORDER)

    def another_was_quicker(resource: str, count: int) -> None:
        with joined.database.writing("test") as db:
            row = db.get_one(ManualSync, row_id)
            if not row.done:
                manual_syncs.add_found(row, [manual_syncs.FoundNumber(number)])

    carry_on(access(joined), NAME, another_was_quicker)
    assert [line.number for line in lines(joined, row_id)] == [number]


def test_trouble_that_passes_is_waited_for_and_nothing_is_lost(joined: Joined) -> None:
    number = joined.order()
    row_id = ask(joined, number)
    not_due(joined)
    joined.trouble("throttled", path="orders", retry_after=600)
    staging = job(joined)
    staging._sleep = lambda seconds: None  # type: ignore[method-assign]
    staging.run_due()
    row = row_of(joined, row_id)
    assert (row.state, row.trouble) == (ManualSyncState.RUNNING, "keap-slow-down")
    assert row.not_before == joined.clock() + timedelta(seconds=600)
    joined.keap.faults.clear()
    asked = len(joined.keap.requests)
    staging.run_due()
    assert len(joined.keap.requests) == asked
    joined.clock.forward(seconds=600)
    staging.run_due()
    row = row_of(joined, row_id)
    assert (row.state, row.trouble, row.not_before) == (ManualSyncState.DONE, "", None)


def test_trouble_that_needs_a_person_ends_it(joined: Joined) -> None:
    joined.change_connection(keap_key=joined.secrecy.encrypt("KeapAK-revoked"))
    row_id = ask(joined, 1)
    not_due(joined)
    job(joined).run_due()
    row = row_of(joined, row_id)
    assert (row.state, row.trouble) == (ManualSyncState.FAILED, "keap-key-refused")


def test_what_does_not_pass_within_a_day_ends_it(joined: Joined) -> None:
    row_id = ask(joined, 1)
    joined.clock.forward(hours=24)
    not_due(joined)
    joined.trouble("server-error", path="orders")
    with pytest.raises(SyncFailed):
        carry_on(access(joined), NAME, lambda resource, count: None)
    assert row_of(joined, row_id).state is ManualSyncState.FAILED


def test_a_mistake_of_ours_ends_that_one_alone(
    joined: Joined, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise Died

    row_id = ask(joined, 1)
    with monkeypatch.context() as patched:
        patched.setattr(number_search.NumberSearch, "search", broken)
        job(joined).run_due()
    assert "A manual sync broke off" in caplog.text
    row = row_of(joined, row_id)
    assert (row.state, row.trouble) == (ManualSyncState.FAILED, "reading-broke-off")
    assert joined.connection().last_sync_at == joined.clock()


def test_what_is_asked_for_during_a_look_is_done_by_the_same_look(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = joined.order(on=LONG_AGO)
    staging = job(joined)
    asked: list[int] = []
    poll = staging._read

    def read_while_somebody_asks(name: str) -> None:
        poll(name)
        asked.append(ask(joined, number, by=By.ORDER))
        staging.wake()

    monkeypatch.setattr(staging, "_read", read_while_somebody_asks)
    staging.run_due()
    assert [row_of(joined, row_id).state for row_id in asked] == [ManualSyncState.DONE]


def test_a_paused_connection_waits(joined: Joined) -> None:
    row_id = ask(joined, 1)
    joined.change_connection(paused=True)
    job(joined).run_due()
    assert row_of(joined, row_id).state is ManualSyncState.WAITING
    assert joined.keap.requests == []


def test_a_look_shows_for_two_minutes_that_somebody_is_there(joined: Joined) -> None:
    job(joined).run_due()
    with joined.database.reading() as db:
        lease = leases.holder(db, leases.SCHEDULER)
    assert lease is not None
    assert lease.expires_at == joined.clock() + timedelta(minutes=2)
