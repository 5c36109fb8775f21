"""What is on an order: lines with the item and the cents that each must come to."""

import random
from dataclasses import dataclass, field
from decimal import Decimal

from qbwc_service.planning.order import LineKind, SalesLine
from tests.accounts.profiles import Profile
from tests.accounts.reckoning import line_amount, sales_tax

#: SKU in Keap -> full name of the item in QuickBooks
STOCK = {"HAMMER": "HAMMER", "nail": "NAIL", "SAW": "SAW", "DRILL": "Tools:DRILL"}
OWN_ITEMS = {
    LineKind.SHIPPING: "Keap Shipping",
    LineKind.TAX: "Keap Sales Tax",
    LineKind.DISCOUNT: "Keap Discount",
    LineKind.FINANCE_CHARGE: "Keap Finance Charge",
    LineKind.TIP: "Keap Tip",
    LineKind.FEE: "Keap Fee",
}
ROUNDING_ITEM = "Keap Rounding"
UNKNOWN_ITEM = "unknown_do_not_delete"
_TEXTS = ("Hammer & Nails", 'A "fine" <saw>', "Café crème", "Größe XL", "Gift 🎁", "Plain", "a\nb")


@dataclass
class Basket:
    """Lines in their order. `needs_account`: an item that the service must make first."""

    profile: Profile
    lines: list[SalesLine] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    #: why the order is held, by the place of the line
    holds: list[str] = field(default_factory=list)
    #: goods that QuickBooks taxes
    base: int = 0
    tax: int = 0

    @property
    def total(self) -> int:
        return sum(self.amounts)

    def add(
        self, line: SalesLine, amount: int, item: str, *, hold: str = "", is_taxed: bool = False
    ) -> None:
        self.lines.append(line)
        self.amounts.append(amount)
        self.items.append(item)
        self.holds.append(hold)
        self.base += amount if is_taxed else 0

    def product(
        self,
        sku: str,
        price: int,
        thousandths: int = 1000,
        *,
        name: str = "Goods",
        is_taxable: bool = True,
        hold: str = "",
        item: str = "",
    ) -> None:
        quantity = Decimal(thousandths).scaleb(-3).normalize()
        line = SalesLine(
            LineKind.PRODUCT, "PRODUCT", name, "", sku, quantity, price, is_taxable=is_taxable
        )
        amount = line_amount(thousandths, price)
        self.add(line, amount, item or STOCK.get(sku, sku), hold=hold, is_taxed=is_taxable)

    def made_by_us(self, name: str) -> str:
        """Why an item of that name cannot be made, or ""."""
        return "" if self.profile["income_account"] else "account-not-chosen"

    def other(self, kind: LineKind, price: int, *, discount: int = 0) -> None:
        """A line without a product; the amount is the price less the discount."""
        name = kind.value.replace("-", " ").capitalize()
        line = SalesLine(kind, kind.value.upper(), name, "", "", Decimal(1), price, discount)
        is_taxed = (kind is LineKind.SHIPPING and self.profile["shipping_taxed"] == "yes") or (
            kind is LineKind.DISCOUNT and self.profile["discounts_untaxed"] == "yes"
        )
        item = OWN_ITEMS[kind]
        hold = self.made_by_us(item) if kind is not LineKind.TAX else ""
        self.add(line, price - discount, item, hold=hold, is_taxed=is_taxed)

    def add_tax(self, rates: tuple[int, ...], dice: random.Random) -> None:
        """Tax at these rates, in one line or in two."""
        self.tax = sales_tax(max(self.base, 0), rates)
        if not self.tax and dice.random() < 0.8:
            return
        parts = [self.tax]
        if self.tax > 1 and dice.random() < 0.3:
            first = dice.randint(1, self.tax - 1)
            parts = [first, self.tax - first]
        for part in parts:
            self.other(LineKind.TAX, part)


def random_basket(profile: Profile, dice: random.Random, *, most: int = 6) -> Basket:
    """Anything a shop sells, for more than nothing."""
    while True:
        basket = Basket(profile)
        for _ in range(dice.randint(1, most)):
            _random_product(basket, dice)
        _random_others(basket, dice)
        if basket.total > 0 and basket.base >= 0:
            return basket


def plain_basket(profile: Profile, dice: random.Random) -> Basket:
    """One to three products of the list, nothing else: no line of it can hold an order."""
    basket = Basket(profile)
    for _ in range(dice.randint(1, 3)):
        basket.product(dice.choice(list(STOCK)), dice.randint(600, 20_000))
    return basket


def _random_product(basket: Basket, dice: random.Random) -> None:
    price = dice.choice([dice.randint(1, 99), dice.randint(100, 9999), dice.randint(10**4, 10**6)])
    thousandths = dice.choice([1000, 1000, 2000, 3000, 12_000, 500, 1500, 333, 250, 1125])
    luck = dice.random()
    if luck < 0.04:
        thousandths = -thousandths
    elif luck < 0.06:
        thousandths = 0
    elif luck < 0.08:
        price = 0
    basket.product(
        dice.choice(list(STOCK)),
        price,
        thousandths,
        name=dice.choice(_TEXTS),
        is_taxable=dice.random() < 0.8,
    )


def _random_others(basket: Basket, dice: random.Random) -> None:
    # A shop without an account for new items mostly sells what it has.
    seldom = 1.0 if basket.profile["income_account"] else 0.1
    if dice.random() < 0.4 * seldom:
        basket.other(LineKind.SHIPPING, dice.randint(1, 3000))
    if basket.total > 1 and dice.random() < 0.3 * seldom:
        off = dice.randint(1, max(1, basket.total // 2))
        if dice.random() < 0.5:
            basket.other(LineKind.DISCOUNT, -off)
        else:
            basket.other(LineKind.DISCOUNT, 0, discount=off)
    for kind in (LineKind.FEE, LineKind.TIP, LineKind.FINANCE_CHARGE):
        if dice.random() < 0.07 * seldom:
            basket.other(kind, dice.randint(1, 2000))
