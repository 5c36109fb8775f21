"""How far the payment rows of one order have come while they are planned one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from qbwc_service.matching.company import Company
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.numbers import Number, numbered_again
from qbwc_service.planning.order import ReceivedPayment, SalesOrder
from qbwc_service.planning.payment_rows import payment_key
from qbwc_service.planning.plan import Hold, PlannedSale, SaleForm
from qbwc_service.settings import Settings


@dataclass(slots=True)
class Settlement:
    """All amounts in minor units."""

    order: SalesOrder
    company: Company
    settings: Settings
    known: Circumstances
    number: Number
    form: SaleForm
    #: as sent, else as planned; None where it is held
    sale: PlannedSale | None
    #: what the form asks for and nothing has settled yet
    owed: int
    #: why the order itself waits; its refunds then wait for the same
    held: Hold | None = None
    #: cash received, and the part of it that becomes payments of ours
    received: int = 0
    posted: int = 0
    #: the part of those payments that is more than the order's total
    unused: int = 0
    given_back: int = 0
    #: what all refund rows of the order give back
    refunds: int = 0
    _taken: dict[str, Number] = field(default_factory=dict)

    @property
    def overpaid(self) -> int:
        """What is the customer's credit in QuickBooks. A form that was sent takes payments up to
        its own total, also where the order has come down since."""
        came_down = self.sale.total - self.order.total if self.sale else 0
        return max(self.unused - max(came_down, 0), 0)

    def memo_number(self, row: ReceivedPayment) -> Number:
        """The number of the credit memo for this row: the sale's, then with -1, -2 ...; the one
        that it was sent with stays."""
        key = payment_key(row)
        if key in self.known.memo_numbers:
            sent = self.known.memo_numbers[key]
            return Number(sent, self._full_of(sent))
        used = {*self.known.memo_numbers.values(), *(each.short for each in self._taken.values())}
        numbers = (numbered_again(self.number, place) for place in count())
        number = next(each for each in numbers if not each.short or each.short not in used)
        self._taken[key] = number
        return number

    def _full_of(self, short: str) -> str:
        candidates: Mapping[str, str] = {
            each.short: each.full
            for each in (
                numbered_again(self.number, place)
                for place in range(len(self.known.memo_numbers) + 1)
            )
        }
        return candidates.get(short, short)
