"""One poll after the other: nothing is missed, nothing is made twice, nothing is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from keap import KeapClient
from qbwc_service.demo.keap import Line
from qbwc_service.ledger.models import OrderStatus, PaymentStatus
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.ledger.walks import Walk
from qbwc_service.planning.order import PaymentKind
from qbwc_service.staging.payment_rows import MOVED
from qbwc_service.staging.reading import Reading
from tests.staging.joined import (
    HAMMER,
    NOON,
    Died,
    DiesInOrders,
    DiesInPayments,
    Joined,
    SmallPages,
)

#: what the stored orders of earlier versions lack
LATER = ("refund_total", "source", "order_type", "notes", "promo_code", "due_on", "custom_fields")


def test_the_first_poll_reads_orders_contacts_and_payments(joined: Joined) -> None:
    number = joined.order(paid=1000, title="Tools")
    assert joined.read() == Reading(orders=1, payments=1, changed=2, unreadable=0, planned=0)
    order = joined.orders()[number]
    assert (order.title, order.order_date, order.modified_at, order.contact_id) == (
        "Tools",
        date(2026, 11, 2),
        NOON + timedelta(minutes=1),
        joined.ann,
    )
    assert (order.customer_name, order.currency, order.total, order.total_paid) == (
        "Ann Lee",
        "USD",
        1000,
        1000,
    )
    assert (order.status, order.has_work, order.needs_plan, order.next_try_at) == (
        OrderStatus.NEW,
        True,
        True,
        AT_ONCE,
    )
    [payment] = joined.payments().values()
    assert (payment.order_id, payment.amount, payment.paid_on, payment.status) == (
        number,
        1000,
        date(2026, 11, 2),
        PaymentStatus.NEW,
    )
    assert joined.contacts()[joined.ann].buyer["email"] == "ann@example.com"


def test_the_first_poll_asks_from_a_day_before_the_start_date(joined: Joined) -> None:
    joined.read()
    [orders] = joined.asked("orders")
    # 1 November in New York began at 04:00 UTC.
    assert "modified_since_time%3D%3D2026-10-31T04%3A00%3A00.000Z%3Bid%3E0&order_by=id" in orders


def test_the_first_poll_begins_with_the_payments_of_the_start_date(joined: Joined) -> None:
    old = joined.order(on=NOON - timedelta(days=90))
    for _ in range(3):
        joined.shop.pay(str(old), 100, on=NOON - timedelta(days=60))
    new = joined.order(paid=1000)
    joined.change_connection(payments_watermark=0)
    joined.read()
    payments = joined.asked("sales/payments")
    assert "since_time%3D%3D2026-10-31T04%3A00%3A00.000Z" in payments[0]
    first_new = min(int(one["id"]) for one in joined.shop.payments.values()) + 3
    assert f"id%3E{first_new - 501}&" in payments[1]
    assert {order_id for _, order_id in joined.payments()} >= {new}


def test_where_nothing_was_paid_since_the_start_date_the_newest_payment_is_the_beginning(
    joined: Joined,
) -> None:
    old = joined.order(on=NOON - timedelta(days=90))
    payment = int(joined.shop.pay(str(old), 100, on=NOON - timedelta(days=60)))
    joined.read()
    assert f"id%3E{payment - 501}&" in joined.asked("sales/payments")[2]


def test_later_polls_overlap_what_was_read(joined: Joined) -> None:
    joined.order(paid=1000)
    joined.read()
    joined.read()
    assert "2026-11-02T11%3A46%3A00.000Z" in joined.asked("orders")[-1]
    joined.change_connection(payments_watermark=30_000)
    joined.read()
    assert "id%3E29500" in joined.asked("sales/payments")[-1]


def test_reading_twice_makes_nothing_new(joined: Joined) -> None:
    for _ in range(3):
        joined.order(paid=400)
    joined.read(SmallPages)
    before = joined.everything()
    assert joined.read(SmallPages).changed == 0
    assert joined.everything() == before


@pytest.mark.parametrize("death", [DiesInOrders, DiesInPayments])
def test_a_death_between_two_pages_loses_nothing(joined: Joined, death: type[KeapClient]) -> None:
    numbers = {joined.order(paid=400) for _ in range(5)}
    with pytest.raises(Died):
        joined.read(death)
    some = len(joined.orders()) + len(joined.payments())
    assert 0 < some < 10
    joined.read(SmallPages)
    assert set(joined.orders()) == numbers
    assert {order_id for _, order_id in joined.payments()} == numbers


def test_every_death_leaves_the_contacts_of_its_orders(joined: Joined) -> None:
    numbers = [joined.order() for _ in range(5)]
    with pytest.raises(Died):
        joined.read(DiesInOrders)
    assert set(joined.orders()) == set(numbers[:2])
    assert set(joined.contacts()) == {joined.ann}


def test_watermarks_stand_where_the_committed_pages_end(joined: Joined) -> None:
    for _ in range(5):
        joined.order(paid=400)
    with pytest.raises(Died):
        joined.read(DiesInOrders)
    assert joined.connection().orders_watermark is None
    assert joined.walks()[Walk.ORDERS] == (20102, False)
    asked = len(joined.asked("orders"))
    with pytest.raises(Died):
        joined.read(DiesInPayments)
    assert "id%3E20102&" in joined.asked("orders")[asked]
    assert joined.walks()[Walk.ORDERS] == (20105, True)
    assert joined.connection().orders_watermark == NOON + timedelta(minutes=5)
    assert joined.connection().payments_watermark == 28702
    joined.read(SmallPages)
    assert joined.connection().orders_watermark == NOON + timedelta(minutes=5)
    assert joined.connection().payments_watermark == 28705


def test_watermarks_never_go_back(joined: Joined) -> None:
    joined.order(paid=1000)
    joined.read()
    later = NOON + timedelta(minutes=10)
    joined.change_connection(orders_watermark=later, payments_watermark=28_900)
    joined.read()
    assert joined.connection().orders_watermark == later
    assert joined.connection().payments_watermark == 28_900


def test_a_change_dated_in_the_future_does_not_blind_us(joined: Joined) -> None:
    number = joined.order()
    joined.shop.orders.change(str(number), modification_time="2099-01-01T00:00:00Z")
    joined.read()
    assert joined.connection().orders_watermark == joined.clock()
    younger = joined.order()
    joined.read()
    assert set(joined.orders()) == {number, younger}


def test_an_old_order_that_is_edited_comes_after_younger_ones(joined: Joined) -> None:
    old, young = joined.order(), joined.order()
    joined.read()
    joined.clock.forward(hours=1)
    joined.shop.edit_order(str(old), lines=[HAMMER, HAMMER])
    joined.read()
    assert joined.orders()[old].total == 2000
    assert joined.orders()[young].total == 1000


def test_a_changed_order_is_planned_again_and_only_that_one(joined: Joined) -> None:
    joined.load_mirror()
    edited, untouched = joined.order(), joined.order()
    assert joined.read().planned == 2
    joined.shop.edit_order(str(edited), status="DRAFT")
    assert joined.read().planned == 1
    orders = joined.orders()
    assert (orders[edited].status, orders[edited].cause) == (OrderStatus.HELD, "draft-order")
    assert (orders[untouched].status, orders[untouched].cause) == (
        OrderStatus.HELD,
        "account-not-chosen",
    )


def test_the_tags_of_a_contact_come_with_it(joined: Joined) -> None:
    ben = joined.shop.add_contact("Ben", "Ray", tags=["91", "115"])
    joined.shop.add_order(ben, [HAMMER])
    joined.read()
    assert joined.contacts()[ben].buyer["tags"] == ["115", "91"]
    [asked] = joined.asked("contacts")
    assert "tag_ids" in asked


def test_a_change_that_the_books_do_not_see_plans_nothing(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order(paid=0)
    joined.read()
    joined.shop.orders.change(str(number), terms="call back")
    assert joined.read() == Reading(orders=1, payments=0, changed=0, unreadable=0, planned=0)
    assert "call back" in joined.orders()[number].raw


def test_what_an_order_tells_beside_its_money_is_planned_again_and_asks_for_nothing(
    joined: Joined,
) -> None:
    joined.load_mirror()
    number = joined.order(paid=1000)
    joined.read()
    asked = len(joined.keap.requests)
    joined.shop.edit_order(str(number), notes="call back", promo_code="SAVE5")
    assert joined.read().planned == 1
    assert joined.orders()[number].sale["notes"] == "call back"
    asked_for = [one.partition("?")[0] for one in joined.keap.requests[asked:]]
    assert asked_for == ["GET /crm/rest/v2/orders", "GET /crm/rest/v2/sales/payments"]


def test_an_order_stored_before_we_knew_more_of_it_asks_for_nothing(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order(paid=1000, notes="call back")
    joined.read()
    sale = joined.orders()[number].sale
    old = {name: told for name, told in sale.items() if name not in LATER}
    [line] = sale["lines"]
    old["lines"] = [{name: told for name, told in line.items() if name != "is_taxable"}]
    joined.change_order(number, sale=old)
    asked = len(joined.keap.requests)
    joined.shop.orders.change(str(number), terms="Net 30")
    joined.read()
    assert len(joined.keap.requests) == asked + 2
    assert joined.orders()[number].sale == sale


def test_an_older_version_never_overwrites_a_newer_one(joined: Joined) -> None:
    number = joined.order(title="new")
    joined.read()
    joined.shop.orders.change(str(number), title="old", modification_time="2026-11-02T12:00:30Z")
    joined.read()
    assert joined.orders()[number].title == "new"


# -- payments -------------------------------------------------------------------------------------


def test_a_payment_is_seen_though_its_order_was_not_modified(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order()
    joined.read()
    joined.clock.forward(hours=1)
    joined.shop.pay(str(number), day=date(2026, 10, 30), kind="Check")
    reading = joined.read()
    assert reading.planned == 1
    [payment] = joined.payments().values()
    assert (payment.order_id, payment.paid_on) == (number, date(2026, 10, 30))
    assert joined.orders()[number].total_paid == 1000


def test_the_order_of_a_new_payment_is_read_though_it_is_older_than_the_start(
    joined: Joined,
) -> None:
    old = joined.order()
    joined.shop.pay(str(old), 1000)
    joined.shop.orders.change(str(old), modification_time="2026-09-02T12:00:00Z")
    joined.read()
    assert len(joined.asked("orders")) == 2
    assert set(joined.orders()) == {old}
    assert [row.status for row in joined.payments().values()] == [PaymentStatus.NEW]


def test_a_payment_that_was_corrected_is_read_again_and_planned(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order()
    payment = joined.shop.pay(str(number), 1000, "Check")
    joined.read()
    joined.clock.forward(hours=1)
    joined.shop.edit_payment(payment, amount_minor=900)
    assert joined.read().planned == 1
    assert joined.payments()[int(payment), number].amount == 900


def test_a_payment_whose_order_is_gone_waits_for_a_person(joined: Joined) -> None:
    number = joined.order(paid=1000)
    del joined.shop.orders[str(number)]
    joined.read()
    [payment] = joined.payments().values()
    assert (payment.status, payment.cause) == (PaymentStatus.HELD, "payment-without-order")
    assert joined.open_errors() == [("payment-without-order", number)]


def test_a_payment_that_was_not_completed_waits_for_nobody(joined: Joined) -> None:
    number = joined.order()
    joined.shop.pay(str(number), 1000, status="FAILED")
    del joined.shop.orders[str(number)]
    joined.read()
    [payment] = joined.payments().values()
    assert (payment.status, payment.skip) == (PaymentStatus.SKIPPED_BY_SETTINGS, "not-a-payment")
    assert joined.open_errors() == []


def test_when_the_order_comes_its_plan_takes_the_payment_over(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order(paid=1000)
    record = joined.shop.orders.pop(str(number))
    joined.read()
    joined.shop.orders[str(number)] = record
    joined.read()
    [payment] = joined.payments().values()
    assert payment.status is PaymentStatus.WAITING
    assert ("payment-without-order", number) not in joined.open_errors()


def test_a_missing_order_is_asked_for_once_and_not_at_every_poll(joined: Joined) -> None:
    number = joined.order(paid=1000)
    del joined.shop.orders[str(number)]
    joined.read()
    asked = len(joined.asked("orders"))
    joined.read()
    assert len(joined.asked("orders")) == asked + 1


def test_a_payment_over_two_orders_is_a_row_of_each(joined: Joined) -> None:
    first, second = joined.order(), joined.order()
    payment = int(joined.shop.pay_several({str(first): 1000, str(second): 500}))
    joined.read()
    rows = joined.payments()
    assert set(rows) == {(payment, first), (payment, second)}
    assert (rows[payment, first].amount, rows[payment, second].amount) == (1000, 500)
    assert {row.is_shared for row in rows.values()} == {True}
    assert {tuple(row.received["order_ids"]) for row in rows.values()} == {(first, second)}


def test_a_payment_moved_to_another_order_leaves_no_money_behind(joined: Joined) -> None:
    first, second = joined.order(), joined.order()
    payment = int(joined.shop.pay(str(first), 1000))
    joined.read()
    joined.shop.payments.change(str(payment), order_ids=[str(second)])
    joined.read()
    rows = joined.payments()
    left = rows[payment, first].received
    assert (left["kind"], left["source_status"]) == (PaymentKind.NOT_COMPLETED.value, MOVED)
    assert rows[payment, second].received["kind"] == PaymentKind.CASH.value
    assert joined.read().changed == 0


# -- contacts -------------------------------------------------------------------------------------


def test_a_contact_is_read_once_for_all_its_orders(joined: Joined) -> None:
    for _ in range(3):
        joined.order()
    joined.read()
    joined.read()
    assert len(joined.asked("contacts")) == 1


def test_a_contact_is_read_again_with_a_changed_order_and_its_other_orders_follow(
    joined: Joined,
) -> None:
    joined.load_mirror()
    one, other = joined.order(), joined.order()
    joined.read()
    joined.clock.forward(hours=1)
    joined.shop.edit_contact(joined.ann, family_name="Li")
    joined.shop.edit_order(str(one), lines=[HAMMER, HAMMER])
    assert joined.read().planned == 2
    assert {order.customer_name for order in joined.orders().values()} == {"Ann Li"}
    assert joined.orders()[other].needs_plan is False


def test_a_contact_that_was_merged_away_leaves_what_the_order_says(joined: Joined) -> None:
    number = joined.order()
    del joined.shop.contacts[joined.ann]
    joined.read()
    assert joined.orders()[number].customer_name == "Ann Lee"
    assert joined.contacts() == {}


# -- what cannot be read --------------------------------------------------------------------------


def test_a_broken_record_is_set_apart_and_its_page_is_read(joined: Joined) -> None:
    broken, whole = joined.order(), joined.order()
    joined.trouble("broken-record", path="orders", times=1)
    assert joined.read().unreadable == 1
    assert set(joined.orders()) == {whole}
    [record] = joined.unreadable()
    assert (record.resource, record.record_id, record.readable_since) == (
        "orders",
        str(broken),
        None,
    )
    assert joined.open_errors() == [("unreadable-record", broken)]
    assert joined.connection().orders_watermark == NOON + timedelta(minutes=2)


def test_once_it_can_be_read_it_is_let_go(joined: Joined) -> None:
    broken = joined.order()
    joined.trouble("broken-record", path="orders", times=1)
    joined.read()
    joined.read()
    [record] = joined.unreadable()
    assert record.readable_since == joined.clock()
    assert joined.open_errors() == []
    assert set(joined.orders()) == {broken}


def test_a_fraction_of_a_cent_makes_a_payment_unreadable_until_it_is_corrected(
    joined: Joined,
) -> None:
    joined.order(paid=1000)
    [payment] = joined.shop.payments.values()
    good, spoilt = payment["amount"], payment["amount"] + payment["amount"] / 3000
    joined.shop.payments.change(payment["id"], amount=spoilt)
    joined.read()
    [record] = joined.unreadable()
    assert (record.resource, record.record_id) == ("payments", payment["id"])
    assert record.reason.endswith("has a fraction of a cent")
    assert joined.open_errors() == [("unreadable-record", None)]
    before = joined.everything()
    joined.read()
    assert joined.everything() == before
    joined.shop.payments.change(payment["id"], amount=good)
    joined.read()
    assert joined.open_errors() == []
    assert [row.amount for row in joined.payments().values()] == [1000]


def test_the_common_entry_stays_open_while_one_record_is_left(joined: Joined) -> None:
    for _ in range(2):
        joined.order(paid=1000)
    first, second = list(joined.shop.payments)
    for payment in (first, second):
        joined.shop.payments.change(payment, payment_time="")
    joined.read()
    joined.shop.payments.change(first, payment_time="2026-11-02T12:00:00Z")
    joined.read()
    assert joined.open_errors() == [("unreadable-record", None)]
    joined.shop.payments.change(second, payment_time="2026-11-02T12:00:00Z")
    joined.read()
    assert joined.open_errors() == []


# -- planning and cost ----------------------------------------------------------------------------


def test_nothing_is_planned_before_quickbooks_is_known(joined: Joined) -> None:
    number = joined.order()
    assert joined.read().planned == 0
    joined.load_mirror()
    assert joined.read().planned == 1
    assert joined.orders()[number].status is OrderStatus.HELD


def test_more_orders_than_are_planned_together_are_all_planned(joined: Joined) -> None:
    joined.load_mirror()
    for _ in range(101):
        joined.order()
    assert joined.read().planned == 101
    assert {order.needs_plan for order in joined.orders().values()} == {False}


def test_orders_before_the_start_date_are_staged_and_left_out(joined: Joined) -> None:
    joined.load_mirror()
    early = joined.order(on=NOON - timedelta(days=3))
    joined.read()
    order = joined.orders()[early]
    assert (order.status, order.skip) == (OrderStatus.SKIPPED_BY_SETTINGS, "before-start-date")


@contextmanager
def counted(joined: Joined) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(joined.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(joined.database.engine, "before_cursor_execute", note)


def test_a_page_costs_the_same_number_of_statements_whatever_is_on_it(joined: Joined) -> None:
    def cost(orders: int) -> tuple[int, int]:
        numbers = [joined.order(paid=400) for _ in range(orders)]
        with counted(joined) as first:
            joined.read()
        joined.clock.forward(hours=1)
        for number in numbers:
            joined.shop.edit_order(str(number), lines=[HAMMER, Line("Saw", 250)])
        with counted(joined) as second:
            joined.read()
        joined.clock.forward(hours=1)
        return len(first), len(second)

    for _ in range(5):
        joined.order(paid=1000)
    joined.read()
    joined.clock.forward(hours=1)
    assert cost(2) == cost(30)
