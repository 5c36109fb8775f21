"""Who buys: contacts of Keap, each with the customer of QuickBooks that its orders must go to."""

import dataclasses
import random
from dataclasses import dataclass

from qbwc_service.planning.order import Buyer, PostalAddress
from tests.accounts.fates import Act
from tests.accounts.profiles import Profile
from tests.accounts.reckoning import list_name

SINGLE_CUSTOMER = "Web Store"
_FIRST = ("Ann", "José", "Zoë", "Mary-Jane", "Bob", "Müller", "Ángel", "Kim", "Li", "Siân")
_LAST = ("Lee", "O'Neil", "Núñez", "Smith", "van Dyk", "Jäger", "Ito", "Khan", "St. John")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
STATES = ("AZ", "CA", "NV")


@dataclass(frozen=True)
class Contact:
    """A buyer and the full name of the customer; or why its orders are held."""

    buyer: Buyer
    customer: str
    hold: str = ""


def styled(buyer: Buyer, style: str) -> str:
    """What the settings call a new customer."""
    person = f"{buyer.first_name} {buyer.last_name}".strip()
    if style == "last-first" and buyer.first_name and buyer.last_name:
        person = f"{buyer.last_name}, {buyer.first_name}"
    wanted = {"company": buyer.company, "email": buyer.email}.get(style, "")
    text = wanted or person or buyer.company or buyer.email
    return list_name(text, buyer.contact_id)


class Contacts:
    """Makes contacts of which no two are alike, unless that is wanted."""

    def __init__(self, profile: Profile, dice: random.Random) -> None:
        self._profile = profile
        self._dice = dice
        self._count = 0
        self._plain: list[Contact] = []
        #: what stands in QuickBooks before the first day
        self.acts: list[Act] = []

    def some(self) -> Contact:
        """A contact without trouble, new or one that has bought before."""
        if self._plain and self._dice.random() < 0.4:
            return self._dice.choice(self._plain)
        made = self._new_plain()
        self._plain.append(made)
        return made

    def buyer(self, *, state: str = "", is_company: bool = False, email: bool = True) -> Buyer:
        """Somebody whom nobody has seen before."""
        self._count += 1
        mark = self._mark()
        first = self._dice.choice(_FIRST)
        last = f"{self._dice.choice(_LAST)} {mark}"
        company = f"{mark} Trading" if is_company or self._dice.random() < 0.2 else ""
        address = PostalAddress(
            "", "", ("1 Main St",), "Phoenix", state or self._dice.choice(STATES), "85004", "USA"
        )
        return Buyer(
            contact_id=str(5000 + self._count),
            first_name=first,
            last_name=last,
            company=company,
            email=f"{mark.lower()}@example.com" if email else "",
            bill_to=address,
        )

    def of_buyer(self, buyer: Buyer, *, known_as: str = "") -> Contact:
        """The buyer as settings treat a contact; `known_as` is the customer of its e-mail."""
        match, missing = self._profile["customer_match"], self._profile["missing_customer"]
        if match == "single-customer":
            return Contact(buyer, SINGLE_CUSTOMER)
        if known_as:
            return Contact(buyer, known_as)
        if missing == "hold":
            return Contact(buyer, "", "customer-not-found")
        if missing == "single-customer":
            return Contact(buyer, SINGLE_CUSTOMER)
        return Contact(buyer, styled(buyer, self._profile["customer_name"]))

    def _new_plain(self) -> Contact:
        must_be_known = self._profile["missing_customer"] == "hold"
        if must_be_known or self._dice.random() < 0.15:
            return self._known()
        luck = self._dice.random()
        buyer = self.buyer(email=luck > 0.1)
        if luck > 0.9:
            long = f"{buyer.last_name}{'x' * 40}"
            buyer = _replaced(buyer, first_name=f"{buyer.first_name}", last_name=long)
        return self.of_buyer(buyer)

    def _known(self) -> Contact:
        """QuickBooks has the customer: under another name, or (by name) without an e-mail."""
        if self._profile["customer_match"] == "name":
            buyer = _replaced(self.buyer(), company="")
            name = f"{buyer.first_name} {buyer.last_name}"
            self.acts.append(Act(1, "add customer", (name, "")))
        else:
            buyer = self.buyer()
            name = f"Account {self._mark()}"
            self.acts.append(Act(1, "add customer", (name, buyer.email)))
        return self.of_buyer(buyer, known_as=name)

    def _mark(self) -> str:
        """Letters that nobody else has."""
        self._count += 1
        number, letters = self._count, ""
        while number:
            number, place = divmod(number, 26)
            letters += _LETTERS[place]
        return f"Q{letters}z{self._dice.choice(_LETTERS)}".capitalize()


def _replaced(buyer: Buyer, **fields: str) -> Buyer:
    return dataclasses.replace(buyer, **fields)  # type: ignore[arg-type]
