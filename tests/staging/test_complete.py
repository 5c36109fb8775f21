"""Whole shops: what is staged is what Keap has, record by record, whatever happened on the way."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from qbwc_service.demo.keap import Account, full_shop
from qbwc_service.demo.keap.faults import Mix
from qbwc_service.demo.keap.trade_day import day_of_trade
from qbwc_service.staging.failures import SyncFailed
from tests.staging.against_shop import differences
from tests.staging.joined import Died, Joined

BEGIN = date(2026, 1, 1)
#: after everything that happens to the orders of a full shop
AFTERWARDS = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("America/New_York"))
EVERY = timedelta(minutes=5)
POLLS_A_DAY = 288

#: either answer to what Keap's documents leave open
ACCOUNTS = {
    "as documented": Account(),
    "payments change no order": Account(payments_touch_orders=False, payments_since="update_time"),
    "pages by place": Account(page_tokens="offset", last_page="token"),
    "whole cents": Account(order_payments_in="minor", feed_statuses="documented"),
    "credits count": Account(total_paid_counts_credits=True, total_paid_subtracts_refunds=True),
    "money received": Account(total_paid_counts_credits=False, total_paid_subtracts_refunds=False),
    "refunds mark what they give back": Account(
        refunded_rows="both", refund_links="both", total_paid_subtracts_refunds=False
    ),
    "no ids": Account(orders_by_id=False, payments_by_id=False),
    "no headers": Account(has_date_header=False, has_tenant_header=False),
}


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[list[Joined]]:
    """Closed at the end."""
    made: list[Joined] = []
    yield made
    for one in made:
        one.close()


def joined_to(shops: list[Joined], folder: Path, account: Account, orders: int) -> Joined:
    """A shop of every kind of order, joined since before its first one."""
    one = Joined(folder, full_shop(orders, account=account, start=BEGIN))
    one.clock.now = AFTERWARDS
    one.change_connection(settings={"start_date": "2025-12-01"})
    shops.append(one)
    return one


def not_as_in_keap(joined: Joined) -> list[str]:
    return differences(joined.database, joined.shop.dump_json())


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=list(ACCOUNTS))
def test_a_shop_of_every_kind_is_staged_completely(
    shops: list[Joined], tmp_path: Path, account: Account
) -> None:
    joined = joined_to(shops, tmp_path, account, 300)
    joined.sync()
    assert not_as_in_keap(joined) == []
    assert joined.sync().changed == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_failures_and_deaths_on_the_way_lose_and_double_nothing(
    shops: list[Joined], tmp_path: Path, seed: int
) -> None:
    joined = joined_to(shops, tmp_path, Account(payments_touch_orders=False), 300)
    chance = random.Random(seed)
    joined.keap.faults.mix(Mix(percent=8, seed=seed, seconds=0.0))

    def dies(_resource: str, _count: int) -> None:
        if chance.random() < 0.05:
            raise Died

    for _ in range(300):
        try:
            if not joined.sync(progress=dies).is_unfinished:
                break
        except (Died, SyncFailed):
            joined.clock.forward(minutes=1)
    else:
        pytest.fail("it never came to the end")
    joined.keap.faults.clear()
    joined.sync()
    assert not_as_in_keap(joined) == []


def polled_for_a_day(joined: Joined, orders: int) -> dict[str, int]:
    """Poll every five minutes while people trade; the calls of the whole day by kind."""
    calls: dict[str, int] = {}
    trading = day_of_trade(joined.shop, orders, steps=POLLS_A_DAY) if orders else None
    for _ in range(POLLS_A_DAY):
        joined.clock.now += EVERY
        if trading is not None:
            next(trading)
        for kind, count in joined.sync().calls.items():
            calls[kind] = calls.get(kind, 0) + count
    print(f"{orders} orders a day: {sum(calls.values())} calls, {calls}")
    return calls


def test_an_idle_day_costs_at_most_900_calls(shops: list[Joined], tmp_path: Path) -> None:
    joined = joined_to(shops, tmp_path, Account(), 300)
    joined.sync()
    assert sum(polled_for_a_day(joined, 0).values()) <= 900
    assert not_as_in_keap(joined) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_day_of_2000_paid_orders_costs_at_most_4000_calls_and_misses_nothing(
    shops: list[Joined], tmp_path: Path
) -> None:
    joined = joined_to(shops, tmp_path, Account(payments_touch_orders=False), 300)
    joined.sync()
    assert sum(polled_for_a_day(joined, 2000).values()) <= 4000
    # Deletions and corrections show in no feed: the next night finds them.
    joined.clock.now += timedelta(days=1)
    joined.sync()
    assert not_as_in_keap(joined) == []
