"""Random days of two links on one company file, each on two computers behind one address.

While QuickBooks is slow over a message, the other computer calls, or the other link. The references
of their payments are the same; so are their numbers, unless the second link has a prefix.
"""

import random
from collections import Counter

import pytest

from qbwc_service.demo.web_connector.outcome import Ended
from tests.webconnector.meanwhile import QuickBooksAtWork
from tests.world import World, paid, product, sale

SLOW_AT = (
    "CompanyQueryRq",
    "CustomerQueryRq",
    "InvoiceQueryRq",
    "CustomerAddRq",
    "InvoiceAddRq",
    "ReceivePaymentAddRq",
)


class Days:
    """One random history, told by its seed."""

    def __init__(self, world: World, seed: int, prefix: str) -> None:
        self.dice = random.Random(seed)
        self.links = (world, world.neighbour("beta"))
        self.prefixes = ("", prefix)
        self.links[1].set(number_prefix=prefix)
        #: what each link sold: amount and payment reference ("" = not paid), by order
        self.sold: tuple[dict[int, tuple[int, str]], ...] = ({}, {})
        world.human.open_for_many()

    def run(self, steps: int) -> None:
        acts = (self.sell, self.update, self.update_with_fault, self.slow, self.slow, self.pause)
        for _ in range(steps):
            self.dice.choice(acts)()
        for _ in range(12):
            self.links[0].clock.pass_time(minutes=11)
            if [link.update().ended for link in self.links] == [Ended.NONE, Ended.NONE]:
                return
        raise AssertionError("the updates never came to rest")

    def sell(self) -> None:
        """The same order number, payment number and amount on both links, as often as not."""
        which = self.dice.randrange(2)
        number = len(self.sold[which]) + 1
        amount = self.dice.choice((1000, 1000, 2500))
        payments = [paid(number, amount)] if self.dice.random() < 0.7 else []
        self.links[which].keap_has(sale(number, product(price=amount)), payments=payments)
        self.sold[which][number] = (amount, f"K{number * 10}" if payments else "")

    def update(self) -> None:
        self.dice.choice(self.links).update()

    def update_with_fault(self) -> None:
        link, message = self.dice.choice(self.links), self.dice.randint(1, 6)
        fault = self.dice.choice(
            (
                link.faults.drop_answer_at,
                link.faults.late_answer,
                link.faults.close_before_receive,
                link.faults.duplicate_receive,
            )
        )
        fault(message)
        link.update()

    def slow(self) -> None:
        link = self.dice.choice(self.links)
        meanwhile = self.dice.choice((self.update, self.update_with_fault, self.both))
        quickbooks = QuickBooksAtWork(
            link.company,
            self.dice.choice(SLOW_AT),
            meanwhile,
            slow_answer=self.dice.random() < 0.5,
        )
        link.web_connector(quickbooks=quickbooks).update()

    def both(self) -> None:
        """At most nine minutes: so long QuickBooks may be at one message."""
        for link in self.dice.sample(self.links, 2):
            link.update()
            link.clock.pass_time(minutes=self.dice.choice((0, 4)))

    def pause(self) -> None:
        self.links[0].clock.pass_time(minutes=self.dice.choice((1, 5, 11)))

    def check(self) -> None:
        """Every order of each link is in QuickBooks once, or held because the other link has its
        number; every payment is once on its own invoice."""
        books = self.links[0].books()
        assert not [
            n for n, count in Counter(i.number for i in books.invoices).items() if count > 1
        ]
        wanted, paid_wanted = Counter[tuple[str, int]](), Counter[tuple[str, str, int]]()
        for link, sold, prefix in zip(self.links, self.sold, self.prefixes, strict=True):
            statuses = link.statuses()
            for number, (amount, reference) in sold.items():
                if statuses[number] == ("held", "number-taken"):
                    assert not self.prefixes[1]
                    continue
                assert statuses[number][0] in {"posted", "posted-payment-open"}
                wanted[f"{prefix}{number}", amount] += 1
                if reference:
                    paid_wanted[f"{prefix}{number}", reference, amount] += 1
        assert Counter((i.number, int(i.total * 100)) for i in books.invoices) == wanted
        assert paid_wanted == Counter(
            (applied.invoice_number, payment.ref_number, int(payment.total * 100))
            for payment in books.payments
            for applied in payment.applied
        )
        assert {n for n, _ in wanted} == {
            f"{prefix}{number}"
            for sold, prefix in zip(self.sold, self.prefixes, strict=True)
            for number in sold
        }


@pytest.mark.parametrize("prefix", ["B-", ""])
@pytest.mark.parametrize("seed", range(6))
def test_two_links_and_four_computers_end_with_the_right_books(
    world: World, seed: int, prefix: str
) -> None:
    days = Days(world, seed, prefix)
    days.run(steps=25)

    days.check()
