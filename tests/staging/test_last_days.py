"""The last 30 days are counted in Keap, and nothing of them is kept but figures."""

from datetime import timedelta

import pytest

from qbwc_service.demo.keap import Line
from qbwc_service.ledger import set_up
from qbwc_service.ledger.models import KeapOrder, KeapPayment, Posting
from qbwc_service.staging import last_days
from qbwc_service.staging.failures import LoginRefused
from qbwc_service.staging.last_days import read_last_days
from tests.staging.joined import HAMMER, NAME, NOON, Joined


def test_orders_from_before_the_start_date_are_counted_and_none_is_kept(joined: Joined) -> None:
    for days in (2, 12, 40):
        placed = NOON - timedelta(days=days)
        joined.shop.add_order(joined.ann, [HAMMER], on=placed)
    paid = joined.shop.add_order(joined.ann, [Line("Nail", 500)])
    joined.shop.pay(paid)
    found = read_last_days(joined.access, NAME)
    assert (found.orders, found.paid, found.unpaid) == (3, 1, 2)
    assert found.newest_order == int(paid)
    with joined.database.reading() as db:
        stored = set_up.progress_of(db, joined.connection().id)
        assert stored.last_days == found
        assert stored.last_days_read_at == NOON
        for kept in (KeapOrder, KeapPayment, Posting):
            assert db.query(kept).count() == 0


def test_a_shop_with_more_than_can_be_read_at_once_is_told_to_have_at_least_so_many(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_days, "MOST_PAGES", 0)
    joined.shop.add_order(joined.ann, [HAMMER])
    assert not read_last_days(joined.access, NAME).is_whole


def test_what_keap_refuses_is_told_and_leaves_the_figures_as_they_were(joined: Joined) -> None:
    joined.shop.add_order(joined.ann, [HAMMER])
    before = read_last_days(joined.access, NAME)
    joined.change_connection(keap_key=joined.secrecy.encrypt("KeapAK-old"))
    with pytest.raises(LoginRefused):
        read_last_days(joined.access, NAME)
    assert joined.open_errors() == [("keap-key-refused", None)]
    with joined.database.reading() as db:
        assert set_up.progress_of(db, joined.connection().id).last_days == before
