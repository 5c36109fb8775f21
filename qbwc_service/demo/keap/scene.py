"""The stage for the demo orders: people, products, a cart that adds up by itself, and the time."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from qbwc_service.demo.keap.seed import COMPANY_ITEMS
from qbwc_service.demo.keap.shapes import Line
from qbwc_service.demo.keap.shop import Shop

GIVEN_NAMES = (
    "Dana",
    "Lee",
    "Maria",
    "Sam",
    "Priya",
    "Noah",
    "Ruth",
    "Owen",
    "Carla",
    "Hugo",
    "Ivy",
    "Marcus",
    "Elena",
    "Theo",
    "Nina",
    "Oscar",
    "Paula",
    "Quinn",
    "Rosa",
    "Silas",
    "Tara",
    "Umar",
    "Vera",
    "Wade",
    "Xena",
    "Yusuf",
    "Zara",
    "Adam",
    "Beth",
    "Cyrus",
)
FAMILY_NAMES = (
    "Whitfield",
    "Ortiz",
    "Brandt",
    "Calloway",
    "Dunmore",
    "Everhart",
    "Fairchild",
    "Grantham",
    "Holloway",
    "Ingram",
    "Jardine",
    "Kessler",
    "Lockhart",
    "Merriweather",
    "Norwood",
    "Oakley",
    "Pemberton",
    "Quimby",
    "Ravenel",
    "Stanton",
    "Thackeray",
    "Underhill",
    "Vance",
    "Winslow",
    "Yarrow",
    "Zeller",
    "Ashby",
    "Barlow",
    "Crane",
    "Dalton",
    "Ellery",
    "Foxworth",
)

#: name and price in cents of the product of each item, in the order of COMPANY_ITEMS
PRODUCTS = (
    ("Widget", 4999),
    ("Widget, large", 7450),
    ("Widget Pro", 24900),
    ("Coaching hour", 15000),
    ("Monthly coaching", 9700),
    ("Book, paperback", 1895),
    ("Book, hardcover", 3295),
    ("Mug, blue", 1250),
    ("Ticket A", 12500),
    ("Set-up", 30500),
)
#: of COMPANY_ITEMS those whose products are not taxed: the books
UNTAXED = frozenset(COMPANY_ITEMS[5:7])
#: ids of what contacts are filed under; a contact has the first few
TAGS = ("91", "115", "133")


@dataclass(frozen=True, slots=True)
class Buyer:
    """A contact; `name` is the customer's name to expect, "" where it depends on the text rules."""

    contact_id: str
    name: str
    given_name: str = ""
    family_name: str = ""
    email: str = ""


class Cart:
    """Lines and what they come to, in cents, added up here and not by the shop."""

    def __init__(self) -> None:
        """Empty."""
        self.lines: list[Line] = []
        self.total = 0

    def add(self, line: Line) -> "Cart":
        """One more line; gives the cart."""
        self.lines.append(line)
        self.total += int(line.price_minor * line.quantity) - line.discount_minor
        return self


class Scene:
    """A shop being filled. `moment` is the time there; every act happens at it."""

    def __init__(self, shop: Shop, seed: int, start: date) -> None:
        """Adds the products; the time begins at nine on the start date, where the shop is."""
        self.shop = shop
        self.start = start
        self.random = random.Random(seed)
        self.zone = ZoneInfo(shop.account.time_zone)
        self.moment = datetime.combine(start, time(9), self.zone)
        shop.clock = lambda: self.moment
        #: people who have bought and can buy again
        self.known: list[Buyer] = []
        self.product_ids = {
            sku: shop.add_product(name, price, sku=sku, taxable=sku not in UNTAXED)
            for sku, (name, price) in zip(COMPANY_ITEMS, PRODUCTS, strict=True)
        }
        self._names_given: dict[str, int] = {}
        self._people = 0

    @property
    def today(self) -> date:
        """The date at the shop."""
        return self.moment.astimezone(self.zone).date()

    def person(self, *, company: str = "", has_email: bool = True) -> Buyer:
        """Somebody new with an everyday name that nobody else has."""
        family, given = divmod(self._people, len(GIVEN_NAMES))
        self._people += 1
        return self.named(
            GIVEN_NAMES[given],
            FAMILY_NAMES[(family + given) % len(FAMILY_NAMES)],
            company=company,
            has_email=has_email,
        )

    def named(
        self,
        given: str,
        family: str,
        *,
        customer_name: str | None = None,
        company: str = "",
        has_email: bool = True,
    ) -> Buyer:
        """Somebody new; a name that was given before gets a number."""
        used = self._names_given.get(f"{given} {family}", 0)
        self._names_given[f"{given} {family}"] = used + 1
        if used:
            family, customer_name = f"{family} {used + 1}", None if customer_name is None else ""
        email = f"buyer{len(self.shop.contacts) + 1}@example.com" if has_email else ""
        contact_id = self.shop.add_contact(
            given,
            family,
            email=email,
            company=company,
            phone="602-555-0142",
            tags=TAGS[: len(self.shop.contacts) % 4],
        )
        name = f"{given} {family}" if customer_name is None else customer_name
        return Buyer(contact_id, name, given, family, email)

    def goods(self, lines: int) -> Cart:
        """A cart with so many lines of products that the company file has."""
        cart = Cart()
        for _ in range(lines):
            sku = self.random.choice(COMPANY_ITEMS)
            name, price = PRODUCTS[COMPANY_ITEMS.index(sku)]
            quantity = self.random.choice((1, 1, 1, 2, 3, 12))
            cart.add(Line(name, price, quantity, product_id=self.product_ids[sku]))
        return cart

    def some_goods(self) -> Cart:
        """One to eight lines."""
        return self.goods(self.random.randint(1, 8))

    def gateway_id(self) -> str:
        """A transaction id as card processors give them, longer than a payment's number may be."""
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
        return "ch_3Q" + "".join(self.random.choices(letters, k=22))
