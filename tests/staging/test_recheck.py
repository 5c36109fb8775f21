"""Once a night: what no feed shows is noticed, and nothing is taken for deleted that may not be."""

from datetime import timedelta

import pytest

from qbwc_service.connections import lock_connection
from qbwc_service.ledger.decisions import Decisions
from qbwc_service.ledger.models import OrderStatus
from qbwc_service.planning.order import PaymentKind
from qbwc_service.staging import recheck
from qbwc_service.staging.payment_rows import DELETED
from tests.staging.joined import NAME, Joined


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
