"""A shop with one connection's settings: hands out ids, contacts and days, and begins orders."""

import dataclasses
import random
from datetime import date, timedelta

from qbwc_service.planning.order import PostalAddress
from tests.accounts.baskets import Basket, random_basket
from tests.accounts.contacts import STATES, Contact, Contacts
from tests.accounts.fates import Act
from tests.accounts.profiles import STATE_TAX, TAXES, Profile
from tests.accounts.reckoning import base_36
from tests.accounts.telling import LAST_DAY, Placed, Rank, Telling, day_of


class Shop:
    """`acts`: what people do in QuickBooks meanwhile."""

    def __init__(self, profile: Profile, dice: random.Random) -> None:
        self.profile = profile
        self.dice = dice
        self.contacts = Contacts(profile, dice)
        self.acts: list[Act] = []
        self._order_id = dice.choice([1000, 20_000, 300_000])
        self._invoices = 0
        self._payment_id = dice.choice([10, 70_000, 4_000_000])

    # -- orders -----------------------------------------------------------------------------------

    def begin(
        self,
        label: str,
        basket: Basket | None = None,
        *,
        contact: Contact | None = None,
        day: int = 1,
        on: date | None = None,
        off_by: int = 0,
        invoice_id: str = "",
        taxed: bool = True,
    ) -> Telling:
        """An order with its tax; what is not given is by chance."""
        who = contact or self.contacts.some()
        chosen = basket or random_basket(self.profile, self.dice)
        ship_to = self._ship_to()
        state = ship_to.state if ship_to else self._state_of(who)
        if taxed and self.dice.random() < 0.7:
            chosen.add_tax(self.rates(state), self.dice)
        placed = Placed(
            order_id=self._next_order(),
            invoice_id=invoice_id or self._next_invoice(),
            contact=who,
            basket=chosen,
            on=on or self._placed_on(day),
            day=day,
            off_by=off_by,
        )
        telling = Telling(self.profile, label, placed)
        telling.changes["ship_to"] = ship_to
        telling.tells_paid = self.dice.random() < 0.4
        telling.tells_refunds = self.dice.random() < 0.4
        self._reckon_tax(telling)
        return telling

    def _reckon_tax(self, telling: Telling) -> None:
        """Whether QuickBooks can reckon the tax of this order at all."""
        if self.profile["sales_tax"] != "quickbooks" or not telling.placed.basket.tax:
            return
        if not self.profile.has_sales_tax:
            self.tax_trouble(telling, "sales-tax-off")

    def tax_trouble(self, telling: Telling, cause: str) -> None:
        """QuickBooks cannot come to this tax: held, or a line of its own."""
        if self.profile["sales_tax_fallback"] == "yes":
            telling.tax_is_a_line = True
        else:
            telling.hold(Rank.TAX, cause)

    def rates(self, state: str) -> tuple[int, ...]:
        if self.profile["sales_tax"] == "line":
            return (self.dice.choice([5000, 7250, 8250, 10_100]),)
        item = self.profile.tax_items.get(f"state:{state}", STATE_TAX[0])
        return TAXES[item]

    def _ship_to(self) -> PostalAddress | None:
        if self.dice.random() < 0.8:
            return None
        state = self.dice.choice(STATES)
        return PostalAddress("Ship Here", "", ("9 Side Rd",), "Reno", state, "89501", "USA")

    def _state_of(self, contact: Contact) -> str:
        return contact.buyer.bill_to.state if contact.buyer.bill_to else ""

    def _placed_on(self, day: int) -> date:
        if day > 1:
            return day_of(day)
        return date(2026, 11, 1) + timedelta(days=self.dice.randint(0, 22))

    def _next_order(self) -> int:
        self._order_id += self.dice.choice([1, 1, 2])
        return self._order_id

    def _next_invoice(self) -> str:
        self._invoices += 1
        affixes = len(self.profile["number_prefix"]) + len(self.profile["number_suffix"])
        if affixes > 7:
            return base_36(self._invoices)
        return f"INV{self._invoices:05}" if affixes < 4 else str(100_000 + self._invoices)

    # -- money ------------------------------------------------------------------------------------

    def next_payment(self) -> int:
        self._payment_id += self.dice.choice([1, 2, 7])
        return self._payment_id

    def transaction_id(self) -> str:
        """None, a short one, or one that is longer than QuickBooks' field."""
        self._payment_id += 1
        own = str(self._payment_id)
        return self.dice.choice(["", f"ch_{own}", f"txn_{self.dice.getrandbits(64):016x}_{own}"])

    def pays(self, telling: Telling, amount: int, day: int = 0) -> int:
        """The customer pays so much; gives the payment's id."""
        read = day or telling.placed.day
        payment_id = self.next_payment()
        last = day_of(read)
        span = max((last - telling.placed.on).days, 0)
        on = telling.placed.on + timedelta(days=self.dice.randint(0, span))
        telling.cash(payment_id, amount, read, on, self.transaction_id())
        return payment_id

    def pays_in_parts(self, telling: Telling, amount: int, parts: int, first_day: int = 1) -> None:
        """The whole amount in so many payments, some of them on later days."""
        day = first_day
        for left in range(parts, 0, -1):
            part = amount if left == 1 else self.dice.randint(1, max(1, amount - left + 1))
            if part > 0:
                self.pays(telling, part, day)
            amount -= part
            day = min(LAST_DAY, day + self.dice.randint(0, 1))

    def credits(self, telling: Telling, amount: int, day: int = 0) -> int:
        payment_id = self.next_payment()
        read = day or telling.placed.day
        telling.credit(payment_id, amount, read, day_of(read))
        return payment_id

    def refunds(self, telling: Telling, amount: int, day: int = 0) -> int:
        payment_id = self.next_payment()
        read = day or telling.placed.day
        approve = self.dice.random() < 0.3
        telling.refund(payment_id, amount, read, day_of(read), approve=approve)
        return payment_id

    def does(self, day: int, name: str, *words: str) -> None:
        """A person in QuickBooks, before the updates of that day."""
        self.acts.append(Act(day, name, words))


def changed(telling: Telling, **fields: object) -> None:
    """Fields of the order itself."""
    telling.changes |= fields


def reckoned_buyer(contact: Contact, **fields: str) -> Contact:
    """The same contact with other details."""
    buyer = dataclasses.replace(contact.buyer, **fields)  # type: ignore[arg-type]
    return dataclasses.replace(contact, buyer=buyer)
