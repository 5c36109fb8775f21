"""Orders with one trouble each in what Keap says of them."""

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from qbwc_service.planning.order import LineKind, PaymentKind, SalesLine
from tests.accounts.baskets import Basket, plain_basket
from tests.accounts.contacts import Contact
from tests.accounts.reckoning import half_up
from tests.accounts.shop import Shop, changed
from tests.accounts.stories import Teller
from tests.accounts.telling import Rank, Telling, day_of


def lines_off(shop: Shop) -> list[Telling]:
    off_by = shop.dice.choice([-500, -100, -6, 6, 7, 100, 5000])
    told = shop.begin("lines off by more", plain_basket(shop.profile, shop.dice), off_by=off_by)
    shop.pays(told, told.total)
    return [told]


def no_lines(shop: Shop) -> list[Telling]:
    told = shop.begin("no lines", Basket(shop.profile), off_by=1500, taxed=False)
    told.holds = [(Rank.SUM, "no-lines")] + [h for h in told.holds if h[0] < Rank.SUM]
    return [told]


def draft(shop: Shop) -> list[Telling]:
    told = shop.begin("draft")
    changed(told, is_draft=True)
    match shop.profile["drafts"]:
        case "hold":
            told.hold(Rank.DRAFT, "draft-order")
        case "skip":
            told.skip = "still-a-draft"
    return [told]


def other_currency(shop: Shop) -> list[Telling]:
    told = shop.begin("other currency")
    changed(told, currency="EUR")
    told.hold(Rank.CURRENCY, "other-currency")
    return [told]


def no_contact(shop: Shop) -> list[Telling]:
    nobody = dataclasses.replace(shop.contacts.buyer(), contact_id="")
    told = shop.begin("no contact", contact=Contact(nobody, ""))
    told.hold(Rank.CONTACT, "no-customer")
    return [told]


def unknown_line(shop: Shop) -> list[Telling]:
    basket = plain_basket(shop.profile, shop.dice)
    line = SalesLine(LineKind.UNKNOWN, "SURCHARGE", "Surcharge", "", "", Decimal(1), 300)
    basket.add(line, 300, "", hold="line-type-unknown")
    told = shop.begin("unknown line type", basket)
    shop.pays(told, told.total)
    return [told]


def paid_sum_off(shop: Shop) -> list[Telling]:
    told = shop.begin("payments do not add up")
    shop.pays(told, told.total)
    told.tells_paid = True
    told.paid_off_by = shop.dice.choice([-1, 1, 977])
    return [told]


def refund_sum_off(shop: Shop) -> list[Telling]:
    told = shop.begin("refunds do not add up")
    told.tells_refunds = True
    told.refunds_off_by = shop.dice.choice([1, 250])
    shop.pays(told, told.total)
    shop.refunds(told, told.total, shop.dice.randint(1, 2))
    return [told]


def refund_too_much(shop: Shop) -> list[Telling]:
    told = shop.begin("refund above what was paid")
    shop.pays(told, half_up(told.total, 2) or 1)
    shop.refunds(told, told.total + 1, 2)
    return [told]


def credit_too_much(shop: Shop) -> list[Telling]:
    told = shop.begin("credit above what is due")
    shop.pays(told, told.total)
    shop.credits(told, shop.dice.randint(1, 400), 2)
    return [told]


def whole_over_two(shop: Shop) -> list[Telling]:
    """One payment over two orders, and nobody knows how much is for each."""
    both = [shop.begin("payment over orders, parts unknown") for _ in range(2)]
    ids = tuple(told.placed.order_id for told in both)
    total, payment_id = sum(told.total for told in both), shop.next_payment()
    for told in both:
        told.tells_paid = False
        told.cash(payment_id, total, 1, day_of(1), "both", order_ids=ids, is_whole=True)
    return both


def only_tested(shop: Shop) -> list[Telling]:
    told = shop.begin("test order")
    told.no_money(shop.next_payment(), told.total, 1, day_of(1), PaymentKind.TEST)
    return [told]


def before_the_start(shop: Shop) -> list[Telling]:
    told = shop.begin("before the start date", on=date(2026, 10, 31))
    told.skip = "before-start-date"
    shop.pays(told, told.total)
    return [told]


def from_quickbooks(shop: Shop) -> list[Telling]:
    told = shop.begin("came from QuickBooks")
    changed(told, came_from_quickbooks=True)
    told.skip = "came-from-quickbooks"
    return [told]


def other_source(shop: Shop) -> list[Telling]:
    told = shop.begin("from another source")
    changed(told, source="API", order_type="OFFLINE")
    return [told]


def deleted(shop: Shop) -> list[Telling]:
    """Before it is sent, or after."""
    told = shop.begin("deleted in Keap", plain_basket(shop.profile, shop.dice), taxed=False)
    shop.pays(told, told.total)
    told.deleted_on = shop.dice.choice([1, 2])
    return [told]


def edited(shop: Shop) -> list[Telling]:
    told = shop.begin("edited after it was sent", plain_basket(shop.profile, shop.dice))
    told.tells_paid = told.tells_refunds = False
    shop.pays(told, told.total)
    told.edited_on = 2 if told.goes_on_day_one() else 0
    return [told]


def payment_edited(shop: Shop) -> list[Telling]:
    told = shop.begin("payment edited after it was sent")
    told.tells_paid = False
    payment_id = shop.pays(told, told.total)
    told.change_row(payment_id, 2, "payment-edited-after-sending", amount=told.total - 1)
    return [told]


def payment_voided(shop: Shop) -> list[Telling]:
    told = shop.begin("payment voided after it was sent")
    told.tells_paid = False
    payment_id = shop.pays(told, told.total)
    told.change_row(
        payment_id,
        2,
        "payment-voided-in-keap",
        kind=PaymentKind.NOT_COMPLETED,
        source_status="VOIDED",
    )
    return [told]


def paid_again(shop: Shop) -> list[Telling]:
    """Paid in full, and the next day once more."""
    told = shop.begin("paid twice")
    shop.pays(told, told.total)
    shop.pays(told, told.total, 2)
    return [told]


def below_nothing(shop: Shop) -> list[Telling]:
    """More goods come back than go out: QuickBooks takes no such form."""
    basket = Basket(shop.profile)
    basket.product("SAW", 2000, -2000)
    told = shop.begin("total below 0.00", basket, taxed=False)
    told.tells_paid = False
    told.hold(Rank.QUICKBOOKS, "total-below-zero")
    return [told]


#: how often each is told
TROUBLES_IN_KEAP: Mapping[Teller, int] = {
    lines_off: 3,
    no_lines: 1,
    draft: 2,
    other_currency: 1,
    no_contact: 1,
    unknown_line: 1,
    paid_sum_off: 3,
    refund_sum_off: 2,
    refund_too_much: 2,
    credit_too_much: 2,
    whole_over_two: 2,
    only_tested: 1,
    before_the_start: 1,
    from_quickbooks: 1,
    other_source: 1,
    deleted: 2,
    edited: 2,
    payment_edited: 2,
    payment_voided: 2,
    paid_again: 2,
    below_nothing: 1,
}
