"""Orders that wait for a person, or that are left out by the settings."""

from datetime import datetime, time, timedelta

from qbwc_service.demo.keap.expected import Expected, left_out, place
from qbwc_service.demo.keap.scene import Buyer, Cart, Scene
from qbwc_service.demo.keap.shapes import Line


# -- held ----------------------------------------------------------------------------------------
def number_taken(scene: Scene) -> Expected:
    """Nothing is wrong with it, but its number is in use (TAKEN_NUMBERS)."""
    buyer, cart, title = scene.person(), scene.goods(1), "Number in use"
    order_id = place(scene, buyer, cart, title)
    return left_out(order_id, cart, buyer, title, "number-taken")


def lines_off_by_a_cent(scene: Scene) -> Expected:
    """The total is a cent more than its lines."""
    buyer, cart, title = scene.person(), scene.some_goods(), "A cent too much"
    cart.total += 1
    order_id = scene.shop.add_order(
        buyer.contact_id, cart.lines, title=title, total_minor=cart.total
    )
    return left_out(order_id, cart, buyer, title, "lines-do-not-add-up")


def unknown_sku(scene: Scene) -> Expected:
    """A product that the company file does not have."""
    product_id = scene.shop.add_product("Discontinued", 2000, sku="GONE-404")
    buyer, title = scene.person(), "Discontinued goods"
    cart = scene.goods(1).add(Line("Discontinued", 2000, product_id=product_id))
    order_id = place(scene, buyer, cart, title)
    return left_out(order_id, cart, buyer, title, "item-not-in-quickbooks")


def draft(scene: Scene) -> Expected:
    """Not finished in Keap."""
    buyer, cart, title = scene.person(), scene.goods(2), "Draft"
    order_id = scene.shop.add_order(buyer.contact_id, cart.lines, title=title, status="DRAFT")
    return left_out(order_id, cart, buyer, title, "draft-order")


def canadian(scene: Scene) -> Expected:
    """Canadian dollars for books in US dollars."""
    buyer, cart, title = scene.person(), scene.goods(2), "From Toronto"
    order_id = scene.shop.add_order(buyer.contact_id, cart.lines, title=title, currency="CAD")
    return left_out(order_id, cart, buyer, title, "other-currency")


def unknown_line_type(scene: Scene) -> Expected:
    """A line whose kind Keap does not know either."""
    buyer, title = scene.person(), "Mystery line"
    cart = scene.goods(1).add(Line("Mystery", 1000, kind="UNKNOWN"))
    order_id = place(scene, buyer, cart, title)
    return left_out(order_id, cart, buyer, title, "line-type-unknown")


def namesake(scene: Scene) -> Expected:
    """Another person of the same name: their e-mail addresses differ."""
    other = scene.known[0]
    email = f"namesake{len(scene.shop.contacts)}@example.org"
    contact_id = scene.shop.add_contact(other.given_name, other.family_name, email=email)
    buyer, cart, title = Buyer(contact_id, other.name), scene.goods(1), "Namesake"
    order_id = place(scene, buyer, cart, title)
    return left_out(order_id, cart, buyer, title, "customer-name-of-another")


# -- skipped -------------------------------------------------------------------------------------
def zero_total(scene: Scene) -> Expected:
    """A free trial."""
    buyer, cart, title = scene.person(), Cart().add(Line("Free trial", 0)), "Free trial"
    order_id = place(scene, buyer, cart, title)
    return left_out(order_id, cart, buyer, title, "zero-total", skipped=True)


def from_quickbooks(scene: Scene) -> Expected:
    """Copied into Keap from QuickBooks."""
    buyer, cart, title = scene.person(), scene.goods(1), "From QuickBooks"
    order_id = scene.shop.add_order(buyer.contact_id, cart.lines, title=title, source="QUICKBOOKS")
    return left_out(order_id, cart, buyer, title, "came-from-quickbooks", skipped=True)


def _placed_earlier(scene: Scene, placed: datetime, title: str) -> Expected:
    buyer, cart = scene.person(), scene.goods(1)
    order_id = place(scene, buyer, cart, title, placed)
    return left_out(order_id, cart, buyer, title, "before-start-date", skipped=True)


def backdated(scene: Scene) -> Expected:
    """Entered now, dated last month."""
    placed = datetime.combine(scene.start - timedelta(days=30), time(12), scene.zone)
    return _placed_earlier(scene, placed, "Last month's order")


def minute_too_early(scene: Scene) -> Expected:
    """One minute before the start date, where the shop is; in UTC it is the start date already."""
    midnight = datetime.combine(scene.start, time(), scene.zone)
    return _placed_earlier(scene, midnight - timedelta(minutes=1), "A minute too early")
