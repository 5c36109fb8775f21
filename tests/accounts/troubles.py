"""Orders with one trouble each in items, taxes, numbers, customers, or by people."""

import dataclasses
from collections.abc import Mapping
from datetime import date

from qbwc_service.planning.order import Buyer, LineKind
from tests.accounts.baskets import UNKNOWN_ITEM, plain_basket
from tests.accounts.contacts import Contact
from tests.accounts.reckoning import half_up, list_name, name_apart, sales_tax
from tests.accounts.shop import Shop, changed
from tests.accounts.stories import Teller
from tests.accounts.telling import Rank, Telling, day_of

# -- items -----------------------------------------------------------------------------------------


def unknown_sku(shop: Shop) -> list[Telling]:
    basket = plain_basket(shop.profile, shop.dice)
    sku = f"NEW-{shop.dice.randint(1, 30)}"
    match shop.profile["missing_item"]:
        case "unknown-item":
            item, hold = UNKNOWN_ITEM, basket.made_by_us(UNKNOWN_ITEM)
        case "create":
            item, hold = sku, basket.made_by_us(sku)
        case _:
            item, hold = "", "item-not-in-quickbooks"
    basket.product(sku, 1234, item=item, hold=hold)
    told = shop.begin("unknown SKU", basket)
    shop.pays(told, told.total)
    return [told]


def no_sku(shop: Shop) -> list[Telling]:
    basket = plain_basket(shop.profile, shop.dice)
    name = f"Nameless {shop.dice.randint(1, 9)}"
    match shop.profile["no_sku"]:
        case "unknown-item":
            item, hold = UNKNOWN_ITEM, basket.made_by_us(UNKNOWN_ITEM)
        case "create":
            item, hold = name, basket.made_by_us(name)
        case _:
            item, hold = "", "line-without-sku"
    basket.product("", 999, 2000, name=name, item=item, hold=hold)
    told = shop.begin("line without SKU", basket)
    shop.pays(told, told.total)
    return [told]


def wrong_item(shop: Shop) -> list[Telling]:
    sku, cause = shop.dice.choice(
        [
            ("TWIN", "item-name-ambiguous"),
            ("RETIRED", "item-inactive"),
            ("City Sales Tax", "item-kind-unusable"),
        ]
    )
    basket = plain_basket(shop.profile, shop.dice)
    basket.product(sku, 500, hold=cause)
    told = shop.begin(f"SKU of {sku}", basket)
    shop.pays(told, told.total)
    return [told]


# -- tax -------------------------------------------------------------------------------------------


def tax_off_by_a_cent(shop: Shop) -> list[Telling]:
    """Keap has a cent more or less than QuickBooks would reckon."""
    basket = plain_basket(shop.profile, shop.dice)
    who = shop.contacts.some()
    told = shop.begin("tax off by a cent", basket, contact=who, taxed=False)
    state = told.placed.contact.buyer.bill_to
    ship_to = told.changes["ship_to"]
    place = getattr(ship_to or state, "state", "")
    rates = shop.rates(place)
    basket.tax = sales_tax(basket.base, rates) + shop.dice.choice([-1, 1])
    return _with_tax(shop, told, "tax-would-differ" if _by_state(shop) else "tax-item-not-chosen")


def tax_of_nowhere(shop: Shop) -> list[Telling]:
    """Nobody chose a tax item for that state."""
    basket = plain_basket(shop.profile, shop.dice)
    buyer = shop.contacts.buyer(state="OR")
    told = shop.begin("no tax item", basket, contact=shop.contacts.of_buyer(buyer), taxed=False)
    changed(told, ship_to=None)
    basket.tax = sales_tax(basket.base, (3000,))
    return _with_tax(shop, told, "tax-item-not-chosen")


def _with_tax(shop: Shop, told: Telling, cause: str) -> list[Telling]:
    basket = told.placed.basket
    basket.other(LineKind.TAX, basket.tax)
    again = Telling(shop.profile, told.label, told.placed)
    again.changes, again.tells_paid = told.changes, told.tells_paid
    if shop.profile["sales_tax"] == "quickbooks":
        shop.tax_trouble(again, cause if shop.profile.has_sales_tax else "sales-tax-off")
    shop.pays(again, again.total)
    return [again]


def _by_state(shop: Shop) -> bool:
    return "state:AZ" in shop.profile.tax_items


# -- numbers ---------------------------------------------------------------------------------------


def number_taken(shop: Shop) -> list[Telling]:
    """Somebody typed a form with that number."""
    told = shop.begin("number of a stranger's form", on=date(2026, 11, 15))
    if shop.dice.random() < 0.5:
        shop.pays(told, told.total)
    if told.number is not None:
        shop.does(1, "type form", told.form, told.number)
        told.hold(Rank.QUICKBOOKS, "number-taken")
    return [told]


def number_of_another(shop: Shop) -> list[Telling]:
    first = shop.begin("two orders of one number", plain_basket(shop.profile, shop.dice))
    second = shop.begin(
        "two orders of one number",
        plain_basket(shop.profile, shop.dice),
        invoice_id=first.placed.invoice_id,
    )
    for told in (first, second):
        shop.pays(told, told.total)
    is_same = shop.profile["number_source"] == "invoice-id" and first.number is not None
    if is_same and not first.holds and first.is_living():
        second.hold(Rank.NUMBER, "number-of-another-order")
    return [first, second]


def cut_numbers_collide(shop: Shop) -> list[Telling]:
    """Both are too long and end alike: the second one gets another number."""
    tail = f"{shop.next_payment():011}"
    both = [
        shop.begin("cut numbers that collide", invoice_id=f"{front}-{tail}")
        for front in ("2025", "2026")
    ]
    is_cut = shop.profile["number_source"] == "invoice-id" and both[0].is_living()
    if is_cut and not both[0].holds:
        both[1].number = None
    return both


# -- customers -------------------------------------------------------------------------------------


def namesake(shop: Shop) -> list[Telling]:
    """QuickBooks has somebody of that name with another e-mail address."""
    buyer = dataclasses.replace(shop.contacts.buyer(), company="")
    name = f"{buyer.first_name} {buyer.last_name}"
    shop.does(1, "add customer", name, f"other-{buyer.contact_id}@example.org")
    match shop.profile["customer_match"]:
        case "single-customer":
            who = shop.contacts.of_buyer(buyer)
        case "name":
            who = Contact(buyer, name)
        case _:
            who = Contact(buyer, "", "customer-name-of-another")
    return [shop.begin("namesake", contact=who)]


def two_fit(shop: Shop) -> list[Telling]:
    buyer = shop.contacts.buyer()
    for place in "AB":
        shop.does(1, "add customer", f"Twin {place} {buyer.contact_id}", buyer.email)
    return [
        shop.begin("two customers fit", contact=_by_email(shop, buyer, "customers-fit-equally"))
    ]


def retired(shop: Shop) -> list[Telling]:
    buyer = shop.contacts.buyer()
    name = f"Retired {buyer.contact_id}"
    shop.does(1, "add customer", name, buyer.email)
    shop.does(1, "retire customer", name)
    return [shop.begin("inactive customer", contact=_by_email(shop, buyer, "customer-inactive"))]


def _by_email(shop: Shop, buyer: Buyer, cause: str) -> Contact:
    """Only where an e-mail address finds a customer does it make trouble."""
    if shop.profile["customer_match"] != "email-then-name":
        return shop.contacts.of_buyer(buyer)
    return Contact(buyer, "", cause)


def name_taken(shop: Shop) -> list[Telling]:
    """A vendor has the name that the customer would get."""
    buyer = shop.contacts.buyer(is_company=True, email=False)
    buyer = dataclasses.replace(buyer, first_name="", last_name="")
    shop.does(1, "add vendor", buyer.company)
    who = shop.contacts.of_buyer(buyer)
    if who.customer == list_name(buyer.company, buyer.contact_id):
        if shop.profile["name_taken"] == "hold":
            who = Contact(buyer, "", "name-taken-by-other-kind")
        else:
            who = Contact(buyer, name_apart(buyer.company, buyer.contact_id))
    return [shop.begin("name of a vendor", contact=who)]


def two_of_one_name(shop: Shop) -> list[Telling]:
    """Two contacts of one name with different addresses: the second may be somebody else."""
    one = dataclasses.replace(shop.contacts.buyer(), company="")
    other = dataclasses.replace(one, contact_id=f"9{one.contact_id}", email=f"x{one.email}")
    first = shop.begin(
        "two contacts of one name",
        plain_basket(shop.profile, shop.dice),
        contact=shop.contacts.of_buyer(one),
        taxed=False,
    )
    who = shop.contacts.of_buyer(other)
    makes = shop.profile["missing_customer"] == "create"
    if makes and shop.profile["customer_match"] != "single-customer" and first.goes_on_day_one():
        who = Contact(other, "", "customer-name-of-another")
    second = shop.begin(
        "two contacts of one name", plain_basket(shop.profile, shop.dice), contact=who, taxed=False
    )
    return [first, second]


# -- people in QuickBooks --------------------------------------------------------------------------


def typed_by_hand(shop: Shop) -> list[Telling]:
    """Somebody enters the payment, or another one, before Keap's comes."""
    told = shop.begin(
        "payment typed by hand",
        plain_basket(shop.profile, shop.dice),
        on=date(2026, 11, 15),
        taxed=False,
    )
    is_same = shop.dice.random() < 0.5
    amount = told.total if is_same else half_up(told.total, 2)
    cause = "payment-typed-by-hand" if is_same else "invoice-paid-already"
    payment_id = shop.next_payment()
    if told.form == "invoice" and told.goes_on_day_one():
        shop.does(2, "type payment", str(told.placed.order_id), str(amount))
        told.typed_by_hand = amount
        told.cash(payment_id, told.total, 2, day_of(2), "", trouble=cause)
    else:
        told.cash(payment_id, told.total, 2, day_of(2))
    return [told]


#: how often each is told
TROUBLES: Mapping[Teller, int] = {
    unknown_sku: 4,
    no_sku: 4,
    wrong_item: 3,
    tax_off_by_a_cent: 4,
    tax_of_nowhere: 2,
    number_taken: 3,
    number_of_another: 2,
    cut_numbers_collide: 2,
    namesake: 2,
    two_fit: 2,
    retired: 2,
    name_taken: 2,
    two_of_one_name: 2,
    typed_by_hand: 3,
}
