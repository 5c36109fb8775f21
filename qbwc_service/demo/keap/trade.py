"""A shop at work: who buys, what is bought, and what happens to it days later."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from qbwc_service.demo.keap.scene import FAMILY_NAMES, GIVEN_NAMES, PRODUCTS, TAGS, UNTAXED
from qbwc_service.demo.keap.seed import COMPANY_ITEMS
from qbwc_service.demo.keap.shapes import Line
from qbwc_service.demo.keap.shop import Shop

_ORDERS_PER_CONTACT = 3
_FOREIGN_NAMES = (
    ("Анна", "Ковалёва"),
    ("Zoë", "Müller-Lüdenscheidt"),
    ("🦊 Fox", "O’Neil"),
    ("", ""),
)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
#: exactly 60 letters
_LONG_COMPANY = "The Very Long Established Company of Widget Makers and Sons,"


@dataclass(order=True, slots=True)
class _Later:
    """Something that will happen at a moment."""

    moment: datetime
    place: int
    happen: Callable[[], object] = field(compare=False)


class Trade:
    """Makes orders in a shop, all by the numbers of a seed. Acts happen at the shop's clock."""

    def __init__(self, shop: Shop, seed: int, count: int) -> None:
        """Uses what the shop has, adds the products that it lacks; `count` orders are enough."""
        self.shop = shop
        self._count = count
        self.random = random.Random(seed)
        self.zone = ZoneInfo(shop.account.time_zone)
        known = {shop.products.row(key).sku: key for key in shop.products}
        self.product_ids = [
            known.get(sku) or shop.add_product(name, price, sku=sku, taxable=sku not in UNTAXED)
            for sku, (name, price) in zip(COMPANY_ITEMS, PRODUCTS, strict=True)
        ]
        self.contact_ids = list(shop.contacts)
        #: orders that were taken away from the count for a while: their ids are reserved
        self.reserved = 0
        self._later: list[_Later] = []
        self._places = 0

    # -- time ----------------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        """The time in the shop."""
        return self.shop.clock()

    @property
    def today(self) -> date:
        """The date in the shop."""
        return self.now.astimezone(self.zone).date()

    def after(self, happen: Callable[[], object], **units: float) -> None:
        """Lets something happen so much later: `after(pay, days=3)`."""
        self._places += 1
        place = self._places
        heapq.heappush(self._later, _Later(self.now + timedelta(**units), place, happen))

    def next_moment(self) -> datetime | None:
        """When the next of these things happens."""
        return self._later[0].moment if self._later else None

    def happen_next(self) -> None:
        """Lets it happen."""
        heapq.heappop(self._later).happen()

    # -- people and goods ----------------------------------------------------------------------
    def buyer(self) -> str:
        """A contact: one of three orders is of somebody new."""
        if self.contact_ids and self.random.randrange(_ORDERS_PER_CONTACT):
            return self.random.choice(self.contact_ids)
        return self.newcomer()

    def newcomer(self) -> str:
        """Somebody new: now and then without e-mail, with that of another, or of a long name."""
        number = len(self.contact_ids) + 1
        given = GIVEN_NAMES[number % len(GIVEN_NAMES)]
        family = f"{self.random.choice(FAMILY_NAMES)} {number}"
        email, company = f"buyer{number}@example.com", ""
        match number % 20:
            case 3:
                email = ""
            case 7:
                email = f"buyer{number - 1}@example.com"
            case 11:
                company = f"{family} Ltd"
            case 15:
                company = _LONG_COMPANY
            case 19:
                given, family = _FOREIGN_NAMES[number // 20 % len(_FOREIGN_NAMES)]
        contact_id = self.shop.add_contact(
            given,
            family,
            email=email,
            company=company,
            phone="602-555-0142",
            tags=TAGS[: number % 4],
        )
        self.contact_ids.append(contact_id)
        return contact_id

    def goods(self, lines: int = 0) -> list[Line]:
        """So many lines of products, one to four by default."""
        return [
            self.line(self.random.randrange(len(PRODUCTS)))
            for _ in range(lines or self.random.choice((1, 1, 1, 2, 3, 4)))
        ]

    def line(self, place: int, quantity: int | Decimal = 0) -> Line:
        """A line of one product; one to three of it by default."""
        name, price = PRODUCTS[place]
        quantity = quantity or self.random.choice((1, 1, 1, 2, 3))
        return Line(name, price, quantity, product_id=self.product_ids[place])

    def card(self) -> str:
        """A transaction id as card processors give them."""
        return "ch_3Q" + "".join(self.random.choices(_LETTERS, k=22))

    # -- orders --------------------------------------------------------------------------------
    def order(self, lines: list[Line] | None = None, title: str = "Online order") -> str:
        """An order of somebody; gives its id."""
        return self.shop.add_order(self.buyer(), lines or self.goods(), title=title)

    def paid(self, lines: list[Line] | None = None, title: str = "Online order") -> tuple[str, str]:
        """An order that is paid by card; gives its id and the payment's."""
        order_id = self.order(lines, title)
        return order_id, self.shop.pay(order_id, transaction_id=self.card())

    def reserve_order(self) -> str:
        """An order's id that is not used yet, and counts as an order until `reserved` falls."""
        self.reserved += 1
        return self.shop.reserve("order")

    @property
    def room(self) -> int:
        """How many orders the shop is still to get."""
        return self._count - len(self.shop.orders) - self.reserved

    @property
    def has_room(self) -> bool:
        """Whether it is to get any."""
        return self.room > 0
