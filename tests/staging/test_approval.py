"""What a person approved is that amount: another one is to be approved anew."""

from datetime import date

from sqlalchemy import update

from qbwc_service.demo.keap import Line
from qbwc_service.ledger.models import KeapPayment
from tests.staging.joined import Joined


def approved(joined: Joined) -> tuple[int, str]:
    """An order with one row of 100.00 that a person approved; the ids of both."""
    order = joined.order(Line("Set-up", 10000))
    payment = joined.shop.pay(str(order), 10000, "Cash")
    joined.sync()
    with joined.database.writing("test") as db:
        db.execute(update(KeapPayment).values(approved_at=joined.clock()))
    joined.clock.forward(hours=1)
    return order, payment


def is_approved(joined: Joined, order: int, payment: str) -> bool:
    joined.sync()
    return joined.payments()[int(payment), order].approved_at is not None


def test_another_amount_is_approved_no_more(joined: Joined) -> None:
    order, payment = approved(joined)
    joined.shop.edit_payment(payment, amount_minor=9000)
    assert not is_approved(joined, order, payment)


def test_another_day_stays_approved(joined: Joined) -> None:
    order, payment = approved(joined)
    joined.shop.edit_payment(payment, day=date(2026, 1, 2))
    assert is_approved(joined, order, payment)
