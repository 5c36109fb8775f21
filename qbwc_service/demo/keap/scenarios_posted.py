"""Orders that are posted: one of every kind that shops have."""

from datetime import datetime, time

from qbwc_service.demo.keap.expected import Expected, place, posted
from qbwc_service.demo.keap.scene import Buyer, Cart, Scene
from qbwc_service.demo.keap.seed import VENDORS
from qbwc_service.demo.keap.shapes import Line

_TAX_RATES = (("AZ Sales Tax", 560), ("Maricopa County Tax", 70), ("Phoenix City Tax", 230))


def plain(scene: Scene) -> Expected:
    """Goods, paid by card, by somebody new."""
    buyer = scene.person()
    scene.known.append(buyer)
    return posted(scene, buyer, scene.some_goods(), "Online order")


def again(scene: Scene) -> Expected:
    """Somebody who bought before."""
    buyer = scene.random.choice(scene.known)
    return posted(scene, buyer, scene.some_goods(), "Second order")


def shipping_and_tax(scene: Scene) -> Expected:
    """A line for shipping and one for tax."""
    cart = scene.some_goods()
    name, rate = _TAX_RATES[0]
    tax = (cart.total * rate + 5000) // 10000
    cart.add(Line("UPS Ground", 795, kind="SHIPPING")).add(Line(name, tax, kind="TAX"))
    return posted(scene, scene.person(), cart, "Catalog order")


def several_taxes(scene: Scene) -> Expected:
    """A line for the tax of each authority."""
    cart = scene.some_goods()
    goods = cart.total
    for name, rate in _TAX_RATES:
        cart.add(Line(name, (goods * rate + 5000) // 10000, kind="TAX"))
    return posted(scene, scene.person(), cart, "Phoenix order")


def negative_discount(scene: Scene) -> Expected:
    """A discount with a negative price."""
    cart = scene.goods(2).add(Line("SAVE5", -500, kind="DISCOUNT_ORDER_TOTAL"))
    return posted(scene, scene.person(), cart, "Order with coupon")


def positive_discount(scene: Scene) -> Expected:
    """A discount with no price and a positive amount."""
    cart = scene.goods(2).add(Line("SAVE7", 0, kind="DISCOUNT", discount_minor=700))
    return posted(scene, scene.person(), cart, "Order with discount")


def two_payments(scene: Scene) -> Expected:
    """25 and 75 of 100."""
    buyer, title = scene.person(), "Workshop in two payments"
    cart = Cart().add(Line("Ticket A", 10000, product_id=scene.product_ids["TICKET-A"]))
    order_id = place(scene, buyer, cart, title)
    scene.shop.pay(order_id, 2500, transaction_id=scene.gateway_id())
    scene.shop.pay(order_id, 7500, transaction_id=scene.gateway_id())
    return Expected(order_id, "posted", "", 10000, 10000, buyer.name, title)


def by_check(scene: Scene) -> Expected:
    """Typed by hand: Keap keeps the day as midnight."""
    buyer, cart, title = scene.person(), scene.some_goods(), "Paid by check"
    order_id = place(scene, buyer, cart, title)
    scene.shop.pay(order_id, kind="Check", day=scene.today, note="Check #1187")
    return Expected(order_id, "posted", "", cart.total, cart.total, buyer.name, title)


def by_cash(scene: Scene) -> Expected:
    """Typed by hand, without a reference."""
    buyer, cart, title = scene.person(), scene.goods(1), "Paid at the counter"
    order_id = place(scene, buyer, cart, title)
    scene.shop.pay(order_id, kind="Cash", day=scene.today)
    return Expected(order_id, "posted", "", cart.total, cart.total, buyer.name, title)


def by_paypal(scene: Scene) -> Expected:
    """A short transaction id."""
    buyer, cart, title = scene.person(), scene.some_goods(), "Paid by PayPal"
    order_id = place(scene, buyer, cart, title)
    short_id = f"7XY{scene.random.randrange(10**13, 10**14)}"
    scene.shop.pay(order_id, kind="PayPal", transaction_id=short_id)
    return Expected(order_id, "posted", "", cart.total, cart.total, buyer.name, title)


def unpaid(scene: Scene) -> Expected:
    """An open invoice."""
    return posted(scene, scene.person(), scene.some_goods(), "Invoice to pay", paid=0)


def partly_paid(scene: Scene) -> Expected:
    """A third is paid."""
    cart = scene.some_goods()
    return posted(scene, scene.person(), cart, "Deposit paid", paid=cart.total // 3)


def _not_completed(scene: Scene, status: str) -> Expected:
    buyer, cart, title = scene.person(), scene.goods(1), f"Card {status.lower()}"
    order_id = place(scene, buyer, cart, title)
    scene.shop.pay(order_id, status=status, transaction_id=scene.gateway_id())
    return Expected(order_id, "posted", "", cart.total, 0, buyer.name, title)


def failed_payment(scene: Scene) -> Expected:
    """The card was declined: an open invoice, no payment."""
    return _not_completed(scene, "FAILED")


def payment_in_error(scene: Scene) -> Expected:
    """The gateway did not answer: an open invoice, no payment."""
    return _not_completed(scene, "ERROR")


def failed_then_paid(scene: Scene) -> Expected:
    """Declined, and paid afterwards: one payment."""
    buyer, cart, title = scene.person(), scene.goods(2), "Paid at the second try"
    order_id = place(scene, buyer, cart, title)
    scene.shop.pay(order_id, status="FAILED", transaction_id=scene.gateway_id())
    scene.shop.pay(order_id, transaction_id=scene.gateway_id())
    return Expected(order_id, "posted", "", cart.total, cart.total, buyer.name, title)


def product_without_sku(scene: Scene) -> Expected:
    """A product whose SKU was never filled in."""
    product_id = scene.shop.add_product("Custom engraving", 4500)
    cart = scene.goods(1).add(Line("Custom engraving", 4500, product_id=product_id))
    return posted(scene, scene.person(), cart, "Engraved")


def item_without_name(scene: Scene) -> Expected:
    """A line that only has a description."""
    cart = scene.goods(1).add(Line("", 12000, description="Special work as agreed"))
    return posted(scene, scene.person(), cart, "Special work")


def no_email(scene: Scene) -> Expected:
    """A contact with a name only."""
    return posted(scene, scene.person(has_email=False), scene.some_goods(), "By phone")


def company_only(scene: Scene) -> Expected:
    """A contact without a person's name."""
    name = f"Riverbend Studio {len(scene.shop.contacts)} LLC"
    contact_id = scene.shop.add_contact(company=name, email="office@riverbend.example")
    return posted(scene, Buyer(contact_id, name), scene.some_goods(), "Studio order")


def named_like_a_vendor(scene: Scene) -> Expected:
    """A company that is a vendor in the company file: the customer gets its number."""
    [vendor] = VENDORS
    contact_id = scene.shop.add_contact(company=vendor, email="orders@vendor.example")
    buyer = Buyer(contact_id, f"{vendor} (K{contact_id})")
    return posted(scene, buyer, scene.goods(1), "Bought by a vendor")


def email_only(scene: Scene) -> Expected:
    """A contact with nothing but an e-mail address."""
    email = f"visitor{len(scene.shop.contacts)}@example.net"
    buyer = Buyer(scene.shop.add_contact(email=email), email, email=email)
    return posted(scene, buyer, scene.goods(1), "Newsletter order")


def nameless_contact(scene: Scene) -> Expected:
    """A contact with nothing at all."""
    contact_id = scene.shop.add_contact()
    buyer = Buyer(contact_id, f"Keap contact {contact_id}")
    return posted(scene, buyer, scene.goods(1), "Walk-in")


def accents(scene: Scene) -> Expected:
    """Letters of Latin-1 stay as they are."""
    return posted(scene, scene.named("Zoë", "Müller-Peña"), scene.goods(2), "Café Zoë")


def cyrillic(scene: Scene) -> Expected:
    """Letters that QuickBooks cannot hold."""
    buyer = scene.named("Анна", "Иванова", customer_name="")
    return posted(scene, buyer, scene.goods(2), "Заказ")


def emoji(scene: Scene) -> Expected:
    """A picture in a name and in a line."""
    cart = scene.goods(1).add(Line("Gift wrap 🎁", 300, kind="FEE"))
    buyer = scene.named("Robin 🦊", "Applegate", customer_name="")
    return posted(scene, buyer, cart, "With love 💛")


def colon(scene: Scene) -> Expected:
    """A colon would make a job of a customer."""
    buyer = scene.named("Ana:Maria", "Lopez", customer_name="Ana-Maria Lopez")
    return posted(scene, buyer, scene.goods(2), "Order: blue & <green>")


def long_name(scene: Scene) -> Expected:
    """Sixty characters, of which QuickBooks takes 41."""
    family = "Featherstonehaugh-Cholmondeley of Wolstenholme and Sons"
    buyer = scene.named("Maxi", family, customer_name="")
    return posted(scene, buyer, scene.goods(2), "Order with a long name")


def many_lines(scene: Scene) -> Expected:
    """Two hundred lines."""
    return posted(scene, scene.person(company="Big Box"), scene.goods(200), "Yearly order")


def same_person_twice(scene: Scene) -> Expected:
    """A second contact with the same name and e-mail: the same customer."""
    buyer = scene.known[0]
    contact_id = scene.shop.add_contact(buyer.given_name, buyer.family_name, email=buyer.email)
    return posted(scene, Buyer(contact_id, buyer.name), scene.goods(1), "From the second form")


def tip_and_fees(scene: Scene) -> Expected:
    """Lines that are neither goods nor tax."""
    cart = scene.goods(1)
    cart.add(Line("Tip", 500, kind="TIP")).add(Line("Finance charge", 125, kind="FINANCE_CHARGE"))
    return posted(scene, scene.person(), cart.add(Line("Fee", 99, kind="FEE")), "With tip")


def free_line(scene: Scene) -> Expected:
    """A gift beside goods."""
    cart = scene.goods(1)
    cart.add(Line("Mug, blue", 0, product_id=scene.product_ids["MUG-BLUE"]))
    return posted(scene, scene.person(), cart, "With a gift")


def subscription(scene: Scene) -> Expected:
    """One cycle of a subscription."""
    product_id = scene.product_ids["COACH-MONTH"]
    line = Line("Monthly coaching", 9700, kind="SUBSCRIPTION", product_id=product_id)
    return posted(scene, scene.person(), Cart().add(line), "Monthly coaching")


def just_after_midnight(scene: Scene) -> Expected:
    """The first minute of the day where the shop is; in UTC it is the day before or the same."""
    buyer, cart, title = scene.person(), scene.goods(1), "Night order"
    placed = datetime.combine(scene.today, time(0, 1), scene.zone)
    order_id = place(scene, buyer, cart, title, placed)
    scene.shop.pay(order_id, transaction_id=scene.gateway_id())
    return Expected(order_id, "posted", "", cart.total, cart.total, buyer.name, title)


# -- posted, with more than a payment --------------------------------------------------------------
def refunded(scene: Scene) -> Expected:
    """Paid, and a part paid back."""
    buyer, cart, title = scene.person(), scene.goods(1), "Partly refunded"
    order_id = place(scene, buyer, cart, title)
    payment_id = scene.shop.pay(order_id, transaction_id=scene.gateway_id())
    scene.shop.refund(payment_id, cart.total // 4, transaction_id="re_" + scene.gateway_id())
    return Expected(
        order_id, "posted", "", cart.total, cart.total, buyer.name, title, "refund-to-approve"
    )


def credited(scene: Scene) -> Expected:
    """Half is paid, half is a courtesy credit."""
    buyer, cart, title = scene.person(), scene.goods(1), "Courtesy credit"
    order_id = place(scene, buyer, cart, title)
    paid = cart.total // 2
    scene.shop.pay(order_id, paid, transaction_id=scene.gateway_id())
    scene.shop.credit(order_id, cart.total - paid, "Adjustment", note="courtesy credit")
    return Expected(
        order_id,
        "posted",
        "",
        cart.total,
        paid,
        buyer.name,
        title,
        credited_minor=cart.total - paid,
    )


def first_of_two(scene: Scene) -> Expected:
    """Unpaid, until `second_of_two` pays for both."""
    buyer, cart, title = scene.person(), scene.goods(1), "First of two"
    scene.known.append(buyer)
    order_id = place(scene, buyer, cart, title)
    return Expected(order_id, "posted", "", cart.total, cart.total, buyer.name, title)


def second_of_two(scene: Scene) -> Expected:
    """The same buyer's next order, and one check for the two."""
    buyer, cart, title = scene.known[-1], scene.goods(2), "Second of two"
    [*_, first] = scene.shop.orders.values()
    order_id = place(scene, buyer, cart, title)
    amounts = {first["id"]: first["total"]["amount"], order_id: cart.total}
    scene.shop.pay_several(amounts, day=scene.today)
    return Expected(order_id, "posted", "", cart.total, cart.total, buyer.name, title)
