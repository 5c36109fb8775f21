"""A shop of any size with every kind of order in a realistic mix."""

from datetime import UTC, date, datetime, time, timedelta

from qbwc_service.demo.keap.account import DEFAULT_ACCOUNT, Account
from qbwc_service.demo.keap.kinds import plain
from qbwc_service.demo.keap.mix import KINDS, PAIRS, Kind
from qbwc_service.demo.keap.records import utc_now
from qbwc_service.demo.keap.shop import Shop
from qbwc_service.demo.keap.trade import Trade

FULL_DAYS = 270
FULL_START = date(2026, 1, 1)
_EDITED_AT_ONCE = 300
_ORDERS_PER_BULK_EDIT = 20_000


def full_shop(
    count: int,
    seed: int = 1,
    *,
    account: Account = DEFAULT_ACCOUNT,
    start: date = FULL_START,
) -> Shop:
    """`count` orders from `start` on, in 270 days; from about 70 orders on every kind is there.

    What happens to them later happens within the 40 days after those. The shop's clock is the real
    one afterwards. The same seed gives the same shop.
    """
    shop = Shop(account)
    moment = datetime.combine(start, time(14), UTC)

    def clock() -> datetime:
        return moment

    shop.clock = clock
    trade = Trade(shop, seed, count)
    step = timedelta(days=FULL_DAYS) / max(count, 1)
    schedule = _schedule(trade, count)
    edit_at = min(count, _ORDERS_PER_BULK_EDIT) // 2
    while trade.has_room or trade.next_moment():
        due = trade.next_moment()
        if due is not None and (due <= moment or not trade.has_room):
            moment = max(moment, due)
            trade.happen_next()
            continue
        kind = schedule.pop() if schedule else plain
        (plain if kind in PAIRS and trade.room < 2 else kind)(trade)
        if len(shop.orders) >= edit_at:
            shop.edit_orders(list(shop.orders)[-_EDITED_AT_ONCE:], title="Price list of spring")
            edit_at += _ORDERS_PER_BULK_EDIT
        moment += step
    shop.clock = utc_now
    return shop


def _schedule(trade: Trade, count: int) -> list[Kind]:
    """Which kind comes when: every kind once at least, the rest by their shares."""
    kinds = list(KINDS)[:count]
    more = trade.random.choices(list(KINDS), weights=list(KINDS.values()), k=count - len(kinds))
    kinds += more
    trade.random.shuffle(kinds)
    return kinds
