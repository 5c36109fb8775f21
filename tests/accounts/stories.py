"""Orders without trouble: how they are paid, credited and given back."""

from collections.abc import Callable, Mapping

from qbwc_service.planning.order import LineKind, PaymentKind
from tests.accounts.baskets import Basket, random_basket
from tests.accounts.shop import Shop
from tests.accounts.telling import LAST_DAY, Telling, day_of

Teller = Callable[[Shop], list[Telling]]


def unpaid(shop: Shop) -> list[Telling]:
    return [shop.begin("unpaid", day=shop.dice.choice([1, 1, 2, 3]))]


def paid(shop: Shop) -> list[Telling]:
    told = shop.begin("paid", day=shop.dice.choice([1, 1, 2, 3]))
    shop.pays(told, told.total)
    return [told]


def paid_later(shop: Shop) -> list[Telling]:
    told = shop.begin("paid later")
    shop.pays(told, told.total, shop.dice.randint(2, LAST_DAY))
    return [told]


def paid_in_parts(shop: Shop) -> list[Telling]:
    told = shop.begin("paid in parts")
    shop.pays_in_parts(told, told.total, shop.dice.randint(2, 4))
    return [told]


def part_paid(shop: Shop) -> list[Telling]:
    told = shop.begin("part paid")
    if told.total > 1:
        shop.pays(told, shop.dice.randint(1, told.total - 1))
    return [told]


def tried_before_paid(shop: Shop) -> list[Telling]:
    """Failed, voided and empty payments come and go; then it is paid, or is not."""
    told = shop.begin("failed payments")
    for _ in range(shop.dice.randint(1, 3)):
        amount = shop.dice.choice([told.total, 1, 0])
        kind = PaymentKind.NOT_COMPLETED
        told.no_money(shop.next_payment(), amount, 1, day_of(1), kind)
    if shop.dice.random() < 0.7:
        shop.pays(told, told.total, shop.dice.randint(1, 2))
    return [told]


def tested_and_paid(shop: Shop) -> list[Telling]:
    told = shop.begin("test and real payments")
    told.no_money(shop.next_payment(), told.total, 1, day_of(1), PaymentKind.TEST)
    shop.pays(told, told.total)
    return [told]


def one_payment_for_two(shop: Shop) -> list[Telling]:
    """One payment over two orders, and Keap says how much is for each."""
    both = [shop.begin("shared payment"), shop.begin("shared payment")]
    ids = tuple(told.placed.order_id for told in both)
    payment_id, transaction_id = shop.next_payment(), shop.transaction_id()
    for told in both:
        told.cash(payment_id, told.total, 1, day_of(1), transaction_id, order_ids=ids)
    return both


def credited(shop: Shop) -> list[Telling]:
    """Part by store credit, the rest in cash or not at all."""
    told = shop.begin("credit")
    part = shop.dice.choice([told.total, shop.dice.randint(1, told.total)])
    if shop.dice.random() < 0.5:
        shop.credits(told, part)
        if part < told.total and shop.dice.random() < 0.7:
            shop.pays(told, told.total - part, shop.dice.randint(1, 2))
    else:
        if part < told.total:
            shop.pays(told, told.total - part)
        shop.credits(told, part, shop.dice.randint(1, 2))
    return [told]


def refunded_whole(shop: Shop) -> list[Telling]:
    told = shop.begin("refund of the whole")
    shop.pays(told, told.total)
    shop.refunds(told, told.total, shop.dice.randint(1, LAST_DAY))
    return [told]


def refunded_in_part(shop: Shop) -> list[Telling]:
    """Once or several times, never more than was paid."""
    told = shop.begin("refund of a part")
    shop.pays(told, told.total)
    left, day = told.total, 1
    for _ in range(shop.dice.randint(1, 3)):
        if left > 1:
            part = shop.dice.randint(1, left - 1)
            shop.refunds(told, part, day)
            left -= part
            day = min(LAST_DAY, day + shop.dice.randint(0, 1))
    return [told]


def overpaid(shop: Shop) -> list[Telling]:
    told = shop.begin("more paid than due")
    if shop.dice.random() < 0.5 and told.total > 1:
        shop.pays(told, shop.dice.randint(1, told.total - 1))
    shop.pays(told, told.total + shop.dice.randint(1, 500), shop.dice.randint(1, 2))
    return [told]


def off_by_cents(shop: Shop) -> list[Telling]:
    """Lines that miss the total by a few cents: a rounding line, or a hold."""
    basket = Basket(shop.profile)
    for _ in range(shop.dice.randint(1, 3)):
        basket.product("HAMMER", shop.dice.randint(100, 9999))
    off_by = shop.dice.choice([-5, -2, -1, 1, 3, 5])
    told = shop.begin("lines off by 1-5 cents", basket, off_by=off_by)
    shop.pays(told, told.total)
    return [told]


def for_nothing(shop: Shop) -> list[Telling]:
    """0.00: a free product, or a discount of everything."""
    basket = Basket(shop.profile)
    if shop.dice.random() < 0.5 or not shop.profile["income_account"]:
        basket.product("HAMMER", 0)
    else:
        basket.product("SAW", 2500)
        basket.other(LineKind.DISCOUNT, -2500)
    return [shop.begin("0.00", basket, taxed=False)]


def two_hundred_lines(shop: Shop) -> list[Telling]:
    basket = Basket(shop.profile)
    for place in range(200):
        basket.product("SAW", 1 + place * 37, 1000 + place)
    told = shop.begin("200 lines", basket)
    shop.pays(told, told.total)
    return [told]


def many_days(shop: Shop) -> list[Telling]:
    """Anything at once: parts, failures, and what is too much given back."""
    basket = random_basket(shop.profile, shop.dice, most=12)
    told = shop.begin("many days", basket)
    half = told.total // 2
    if half:
        shop.pays(told, half)
    told.no_money(shop.next_payment(), 100, 2, day_of(2), PaymentKind.NOT_COMPLETED)
    shop.pays(told, told.total - half, 2)
    shop.refunds(told, told.total, LAST_DAY)
    return [told]


#: how often each is told
STORIES: Mapping[Teller, int] = {
    unpaid: 12,
    paid: 25,
    paid_later: 8,
    paid_in_parts: 8,
    part_paid: 6,
    tried_before_paid: 5,
    tested_and_paid: 3,
    one_payment_for_two: 4,
    credited: 8,
    refunded_whole: 6,
    refunded_in_part: 6,
    overpaid: 4,
    off_by_cents: 5,
    for_nothing: 3,
    many_days: 4,
}
