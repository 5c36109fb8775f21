"""Random days: orders, payments, lost answers, deaths in the middle, people in QuickBooks.

Whatever happened, nothing of ours is in QuickBooks twice, nothing is missing without a hold, every
payment is on its own invoice, and the amounts are those of Keap.
"""

import random
from collections import Counter

import pytest
from sqlalchemy import func, select

from qbwc_service.demo.quickbooks import Crash, CrashPoint
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.models import KeapOrder, MessageSet, Posting
from qbwc_service.planning.order import Buyer, SalesOrder
from tests.world import World, paid, product, sale

HRESULTS = (0x80040402, 0x80040414, 0x8004040D, 0x80010105)
SKUS = ("HAMMER", "NAIL", "SAW", "", "SPADE")


class History:
    """One random day, told by its seed."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.orders: dict[int, SalesOrder] = {}
        self.paid: Counter[int] = Counter()
        self.touched: set[str] = set()
        self._payment = 0

    def run(self, steps: int) -> None:
        actions = [
            self.new_orders,
            self.new_orders,
            self.pay,
            self.pay,
            self.update,
            self.update,
            self.update_with_fault,
            self.update_with_fault,
            self.quickbooks_dies,
            self.somebody_renames_a_customer,
            self.somebody_renumbers_an_invoice,
            self.time_passes,
        ]
        for _ in range(steps):
            self.dice.choice(actions)()
            self.world.clock.pass_time(seconds=self.dice.randint(1, 90))
        self.world.company.crash = Crash()
        self.come_to_rest()

    def new_orders(self) -> None:
        for _ in range(self.dice.randint(1, 4)):
            number = 1000 + len(self.orders)
            person = self.dice.randint(1, 6)
            buyer = Buyer(
                str(person), f"Given{person}", f"Family{person}", email=f"p{person}@example.com"
            )
            lines = [
                product(self.dice.choice(SKUS), self.dice.randint(1, 9999), self.dice.randint(1, 3))
                for _ in range(self.dice.randint(1, 3))
            ]
            self.orders[number] = sale(number, *lines, buyer=buyer)
            self.world.keap_has(self.orders[number])

    def pay(self) -> None:
        open_orders = [n for n, o in self.orders.items() if o.total > self.paid[n]]
        if not open_orders:
            return
        number = self.dice.choice(open_orders)
        left = self.orders[number].total - self.paid[number]
        amount = left if self.dice.random() < 0.6 else self.dice.randint(1, left)
        self._payment += 1
        self.paid[number] += amount
        self.world.keap_has(
            payments=[
                paid(number, amount, payment_id=self._payment, transaction_id=f"t{self._payment}")
            ]
        )

    def update(self) -> None:
        self.world.update()

    def update_with_fault(self) -> None:
        faults, message = self.world.faults, self.dice.randint(1, 6)
        match self.dice.randint(1, 5):
            case 1:
                faults.drop_answer_at(message)
            case 2:
                faults.late_answer(message)
            case 3:
                faults.duplicate_receive(message)
            case 4:
                faults.close_before_receive(message)
            case 5:
                was_run = self.dice.random() < 0.5
                faults.hresult_at(message, self.dice.choice(HRESULTS), message_was_run=was_run)
        self.world.update()

    def quickbooks_dies(self) -> None:
        point = self.dice.choice(list(CrashPoint))
        self.world.company.crash = Crash(point, self.dice.randint(1, 12))
        self.world.update()

    def somebody_renames_a_customer(self) -> None:
        customers = self.world.books().customers
        if customers:
            name = self.dice.choice(customers).full_name
            self.world.human.rename_customer(name, f"{name[:30]} x{self.dice.randint(1, 99999)}")

    def somebody_renumbers_an_invoice(self) -> None:
        invoices = self.world.books().invoices
        if invoices and self.dice.random() < 0.3:
            invoice = self.dice.choice(invoices)
            self.world.human.renumber_invoice(invoice.txn_id, f"R{self.dice.randint(1, 999999)}")

    def time_passes(self) -> None:
        self.world.clock.pass_time(minutes=self.dice.choice([2, 11, 70]))

    def come_to_rest(self) -> None:
        """Until there is nothing to do, or nothing but reading the lists: these are read again and
        again while orders wait for something in them."""
        quiet = 0
        for _ in range(20):
            self.world.clock.pass_time(minutes=61)
            before = self._moving()
            ended = self.world.update().ended
            quiet = quiet + 1 if self._moving() == before else 0
            if ended is Ended.NONE or quiet == 4:
                return
        raise AssertionError("the updates never came to rest")

    def _moving(self) -> tuple[object, ...]:
        """What an update that still has work changes."""
        with self.world.database.reading() as db:
            written = db.scalar(select(func.count()).where(MessageSet.writes))
            waiting = db.scalar(select(func.count()).where(KeapOrder.has_work))
            states = db.execute(select(Posting.id, Posting.state).order_by(Posting.id)).all()
        return written, waiting, tuple(tuple(row) for row in states)

    def check(self) -> None:
        books = self.world.books()
        statuses = self.world.statuses()
        guids = Counter(record.guid for record in (*books.invoices, *books.payments))
        assert not [guid for guid, count in guids.items() if count > 1 and guid]
        ours = {p.external_guid.lower(): p for p in self.world.postings()}
        by_order = {
            ours[i.guid.lower()].order_id: i for i in books.invoices if i.guid.lower() in ours
        }
        assert len(by_order) == len(books.invoices)
        applied: Counter[int] = Counter()
        for payment in books.payments:
            (part,) = payment.applied
            posting = ours[payment.guid.lower()]
            invoice = by_order[posting.order_id]
            assert part.invoice_id == invoice.txn_id
            assert part.amount == payment.total
            applied[posting.order_id or 0] += int(payment.total * 100)
        for number, order in self.orders.items():
            has_spade = any(each.sku == "SPADE" for each in order.lines)
            status, cause = statuses[number]
            if has_spade:
                assert (status, cause) == ("held", "item-not-in-quickbooks"), number
                assert number not in by_order
                continue
            assert status in {"posted", "posted-payment-open"}, (number, status, cause)
            assert int(by_order[number].total * 100) == order.total
            assert applied[number] == self.paid[number], number


@pytest.mark.parametrize("seed", range(12))
def test_a_random_day_ends_with_the_right_books(world: World, seed: int) -> None:
    history = History(world, seed)
    history.run(steps=25)

    history.check()
