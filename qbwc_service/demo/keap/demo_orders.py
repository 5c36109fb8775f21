"""Shops full of orders, with what must become of each of them."""

from datetime import date, timedelta

from qbwc_service.demo.keap import scenarios_not_posted as trouble
from qbwc_service.demo.keap import scenarios_posted as play
from qbwc_service.demo.keap.expected import Expected, Scenario
from qbwc_service.demo.keap.records import FIRST_ORDER_ID, utc_now
from qbwc_service.demo.keap.scene import FAMILY_NAMES, GIVEN_NAMES, Scene
from qbwc_service.demo.keap.seed import TAKEN_NUMBERS
from qbwc_service.demo.keap.shop import Shop

DEMO_DAYS = 14

#: every kind once, the everyday ones first, so that a small demo is an everyday one
_POSTED: tuple[Scenario, ...] = (
    play.plain,
    play.shipping_and_tax,
    play.two_payments,
    play.by_check,
    play.plain,
    play.again,
    play.negative_discount,
    play.unpaid,
    play.product_without_sku,
    play.accents,
    play.partly_paid,
    play.failed_payment,
    play.item_without_name,
    play.positive_discount,
    play.same_person_twice,
    play.several_taxes,
    play.no_email,
    play.company_only,
    play.named_like_a_vendor,
    play.refunded,
    play.credited,
    play.first_of_two,
    play.second_of_two,
    play.colon,
    play.emoji,
    play.cyrillic,
    play.long_name,
    play.many_lines,
    play.by_cash,
    play.by_paypal,
    play.payment_in_error,
    play.failed_then_paid,
    play.email_only,
    play.nameless_contact,
    play.tip_and_fees,
    play.free_line,
    play.subscription,
    play.just_after_midnight,
)
_EVERYDAY: tuple[Scenario, ...] = (
    play.plain,
    play.plain,
    play.again,
    play.shipping_and_tax,
    play.several_taxes,
    play.negative_discount,
    play.positive_discount,
    play.two_payments,
    play.by_check,
    play.by_cash,
    play.by_paypal,
    play.unpaid,
    play.partly_paid,
    play.failed_payment,
    play.product_without_sku,
    play.subscription,
    play.just_after_midnight,
)
_NOT_POSTED: tuple[Scenario, ...] = (
    trouble.number_taken,
    trouble.lines_off_by_a_cent,
    trouble.unknown_sku,
    trouble.zero_total,
    trouble.draft,
    trouble.backdated,
    trouble.namesake,
    trouble.from_quickbooks,
    trouble.canadian,
    trouble.unknown_line_type,
    trouble.minute_too_early,
    trouble.lines_off_by_a_cent,
    trouble.unknown_sku,
    trouble.zero_total,
    trouble.namesake,
)
_NOT_POSTED_PERCENT = 15
#: the place in the shop of the order whose number is taken
_TAKEN_PLACE = int(TAKEN_NUMBERS[0]) - FIRST_ORDER_ID


def demo_shop(count: int = 200, *, seed: int = 1, start: date) -> tuple[Shop, tuple[Expected, ...]]:
    """`count` orders over the fourteen days from `start`, and what is expected of each, by id.

    At least 85 % are posted. From 110 orders on every kind of order is there. The shop's clock is
    the real one afterwards.
    """
    shop = Shop()
    scene = Scene(shop, seed, start)
    step = timedelta(days=DEMO_DAYS) / max(count, 1)
    expected = []
    for scenario in _schedule(scene, count):
        expected.append(scenario(scene))
        scene.moment += step
    shop.clock = utc_now
    return shop, tuple(expected)


def bulk_shop(count: int, *, start: date = date(2026, 1, 1)) -> Shop:
    """`count` orders that are all posted: each of a new customer, three lines, paid in full.

    One order a minute, from nine on the start date.
    """
    shop = Shop()
    scene = Scene(shop, count, start)
    for place in range(count):
        given = GIVEN_NAMES[place % len(GIVEN_NAMES)]
        family = f"{FAMILY_NAMES[place % len(FAMILY_NAMES)]} {place + 1}"
        contact_id = shop.add_contact(given, family, email=f"bulk{place + 1}@example.com")
        order_id = shop.add_order(contact_id, scene.goods(3).lines, title="Bulk order")
        shop.pay(order_id, transaction_id=scene.gateway_id())
        scene.moment += timedelta(minutes=1)
    shop.clock = utc_now
    return shop


def _schedule(scene: Scene, count: int) -> list[Scenario]:
    """Which kind comes when: the same for every seed up to the end of the list of kinds."""
    troubles = list(_NOT_POSTED[: count * _NOT_POSTED_PERCENT // 100])
    if count <= _TAKEN_PLACE:
        troubles = troubles[1:]
    posted = list(_POSTED[: count - len(troubles)])
    more = count - len(troubles) - len(posted)
    posted += scene.random.choices(_EVERYDAY, k=more)
    if posted[-1:] == [play.first_of_two]:
        posted[-1] = play.plain
    return _mixed(posted, troubles)


def _mixed(posted: list[Scenario], troubles: list[Scenario]) -> list[Scenario]:
    """Spreads the troubles behind the taken place, and keeps the two orders of a pair together."""
    mixed = posted[:_TAKEN_PLACE]
    rest = posted[_TAKEN_PLACE:]
    gap = max(1, len(rest) // max(1, len(troubles)))
    for scenario in troubles:
        mixed.append(scenario)
        part, rest = rest[:gap], rest[gap:]
        if part and part[-1] is play.first_of_two and rest:
            part, rest = [*part, rest[0]], rest[1:]
        mixed += part
    return mixed + rest
