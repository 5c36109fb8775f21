"""Once a night: what no feed shows is noticed, and nothing is taken for deleted that may not be."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from keap import Order, Page
from qbwc_service.connections import lock_connection
from qbwc_service.ledger import walks
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.ledger.models import KeapWalk, OrderStatus
from qbwc_service.ledger.walks import Walk
from qbwc_service.planning.order import PaymentKind
from qbwc_service.staging import recheck
from qbwc_service.staging.payment_rows import DELETED
from qbwc_service.staging.slices import Slice
from tests.staging.joined import NAME, Died, Joined, SmallPages


def night_passes(joined: Joined) -> None:
    joined.clock.forward(days=1)
    joined.sync()


def test_a_deleted_order_is_noticed_at_night_and_waits_for_a_person(joined: Joined) -> None:
    number, other = joined.order(), joined.order()
    joined.sync()
    joined.shop.delete_order(str(number))
    joined.clock.forward(hours=1)
    joined.sync()
    assert joined.orders()[number].deleted_at is None
    night_passes(joined)
    assert joined.orders()[number].deleted_at == joined.clock()
    assert joined.orders()[other].deleted_at is None


def test_what_is_deleted_is_held_once_quickbooks_is_known_and_looks_right_sends_it(
    joined: Joined,
) -> None:
    joined.load_mirror()
    number = joined.order()
    joined.sync()
    joined.shop.delete_order(str(number))
    night_passes(joined)
    order = joined.orders()[number]
    assert (order.status, order.cause) == (OrderStatus.HELD, "deleted-in-keap")
    with joined.database.writing("test") as db:
        Decisions(db, lock_connection(db, NAME), "Ann", joined.clock()).accept(number)
    joined.sync()
    assert joined.orders()[number].cause != "deleted-in-keap"


def test_an_order_that_comes_back_is_as_before(joined: Joined) -> None:
    number = joined.order()
    joined.sync()
    kept = joined.shop.orders[str(number)]
    joined.shop.delete_order(str(number))
    night_passes(joined)
    assert joined.orders()[number].deleted_at is not None
    joined.shop.orders[kept["id"]] = kept
    joined.shop.order_payments[str(number)] = []
    night_passes(joined)
    assert joined.orders()[number].deleted_at is None


def test_a_deleted_payment_is_no_money_any_more(joined: Joined) -> None:
    number = joined.order()
    payment = int(joined.shop.pay(str(number), 400))
    joined.sync()
    joined.shop.delete_payment(str(payment))
    night_passes(joined)
    row = joined.payments()[payment, number]
    assert (row.kind, row.received["source_status"]) == (PaymentKind.NOT_COMPLETED, DELETED)


def test_a_key_that_sees_less_than_before_deletes_nothing(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "BELIEVED", 2)
    numbers = [joined.order() for _ in range(5)]
    joined.sync()
    hidden = [joined.shop.orders[str(number)] for number in numbers[:4]]
    for number in numbers[:4]:
        joined.shop.delete_order(str(number))
    night_passes(joined)
    assert all(order.deleted_at is None for order in joined.orders().values())
    assert ("keap-shows-fewer-orders", None) in joined.open_errors()
    for order in hidden:
        joined.shop.orders[order["id"]] = order
        joined.shop.order_payments[order["id"]] = []
    night_passes(joined)
    assert ("keap-shows-fewer-orders", None) not in joined.open_errors()


def test_the_day_of_an_old_payment_that_was_corrected_is_read_at_night(joined: Joined) -> None:
    number = joined.order()
    payment = int(joined.shop.pay(str(number), 400, "Check"))
    joined.sync()
    joined.change_connection(payments_watermark=payment + 10_000)
    corrected = joined.clock().date() - timedelta(days=3)
    joined.shop.edit_payment(str(payment), day=corrected)
    joined.clock.forward(hours=1)
    joined.sync()
    assert joined.payments()[payment, number].paid_on != corrected
    night_passes(joined)
    assert joined.payments()[payment, number].paid_on == corrected


def test_contacts_of_orders_that_wait_are_read_again(joined: Joined) -> None:
    joined.load_mirror()
    number = joined.order(status="DRAFT")
    joined.sync()
    assert joined.orders()[number].status is OrderStatus.HELD
    joined.shop.edit_contact(joined.ann, email="new@example.com")
    night_passes(joined)
    assert joined.contacts()[joined.ann].buyer["email"] == "new@example.com"


def test_the_night_look_is_made_once_a_night(joined: Joined) -> None:
    joined.order(paid=1000)
    joined.sync()
    night_passes(joined)
    asked = len(joined.keap.requests)
    joined.clock.forward(minutes=5)
    joined.sync()
    assert len(joined.keap.requests) - asked <= 4


def test_what_is_older_than_the_window_is_swept_a_part_every_night(joined: Joined) -> None:
    old = joined.order()
    joined.sync()
    joined.clock.forward(days=60)
    joined.order()
    joined.sync()
    joined.shop.delete_order(str(old))
    night_passes(joined)
    assert joined.orders()[old].deleted_at is not None


def old_and_new(joined: Joined, old: int) -> list[int]:
    """So many orders from before the window, whose numbers are given, and one in it."""
    numbers = [joined.order() for _ in range(old)]
    joined.sync()
    joined.clock.forward(days=60)
    joined.order()
    joined.sync()
    return numbers


def read_by_slices(joined: Joined) -> None:
    """To the end, two records a page and a page a slice."""
    for _ in range(50):
        if not joined.read(SmallPages, Slice(pages=1)).is_unfinished:
            return
    pytest.fail("it never came to the end")


def test_a_look_at_what_is_older_goes_on_where_a_slice_ended(joined: Joined) -> None:
    numbers = old_and_new(joined, 7)
    joined.shop.delete_order(str(numbers[4]))
    joined.clock.forward(days=1)
    read_by_slices(joined)
    assert joined.orders()[numbers[4]].deleted_at is not None


@pytest.mark.parametrize("pages", range(4))
def test_a_look_at_what_is_older_goes_on_where_the_process_died(joined: Joined, pages: int) -> None:
    numbers = old_and_new(joined, 7)
    joined.shop.delete_order(str(numbers[4]))
    joined.clock.forward(days=1)
    with pytest.raises(Died):
        joined.read(dying_after(pages))
    joined.read(SmallPages)
    assert joined.orders()[numbers[4]].deleted_at is not None


def dying_after(pages: int) -> type[SmallPages]:
    """A client that dies instead of giving one page more of the orders that are looked at again."""

    class Dying(SmallPages):
        left = pages

        def walk_orders(self, **wanted: Any) -> Iterator[Page[Order]]:
            for page in super().walk_orders(**wanted):
                if "modified_since" not in wanted:
                    if not self.left:
                        raise Died
                    self.left -= 1
                yield page

    return Dying


def test_a_night_has_its_part_however_often_it_is_interrupted(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "SWEPT", 4)
    numbers = old_and_new(joined, 13)
    for number in (numbers[1], numbers[6], numbers[11]):
        joined.shop.delete_order(str(number))
    noticed = []
    for _ in range(3):
        joined.clock.forward(days=1)
        read_by_slices(joined)
        orders = joined.orders()
        noticed.append([orders[number].deleted_at is not None for number in numbers].count(True))
    assert noticed == [1, 2, 3]


def test_a_shop_without_recent_orders_is_swept_in_parts_as_well(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "SWEPT", 2)
    for _ in range(6):
        joined.order()
    joined.sync()
    joined.clock.forward(days=60)
    read_by_slices(joined)
    assert joined.walks()["sweep-orders"] == (min(joined.orders()) + 1, True)


def test_the_last_orders_of_a_shop_without_recent_ones_are_missed_too(joined: Joined) -> None:
    numbers = [joined.order() for _ in range(6)]
    joined.sync()
    for number in numbers[3:]:
        joined.shop.delete_order(str(number))
    joined.clock.forward(days=60)
    read_by_slices(joined)
    gone = [number for number, order in joined.orders().items() if order.deleted_at is not None]
    assert gone == numbers[3:]
    assert joined.walks()["sweep-orders"] == (0, True)


def test_a_look_that_an_earlier_version_left_unfinished_is_begun_anew(joined: Joined) -> None:
    numbers = old_and_new(joined, 3)
    with joined.database.writing("test") as db:
        walks.record(
            db, joined.connection().id, Walk.SWEEP_ORDERS,
            above=numbers[0], since=None, began_at=joined.clock(),
        )  # fmt: skip
        db.execute(delete(KeapWalk).where(KeapWalk.name == Walk.SWEEP_ORDERS_UP_TO))
    joined.shop.delete_order(str(numbers[1]))
    joined.clock.forward(days=1)
    read_by_slices(joined)
    assert joined.orders()[numbers[1]].deleted_at is not None


def test_a_part_that_ended_in_what_is_recent_by_now_is_followed_by_the_first(
    joined: Joined,
) -> None:
    numbers = old_and_new(joined, 3)
    with joined.database.writing("test") as db:
        walk = walks.find(db, joined.connection().id, Walk.SWEEP_ORDERS)
        assert walk is not None
        walk.above = numbers[-1] + 10
    joined.shop.delete_order(str(numbers[1]))
    joined.clock.forward(days=1)
    read_by_slices(joined)
    assert joined.orders()[numbers[1]].deleted_at is not None
