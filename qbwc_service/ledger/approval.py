"""A person approves an order as it is in Keap now; edited afterwards, it is approved no more.

Approved is what Keap says of the order (its content hash), not its payments: these follow the
approved order by themselves, as they follow every other.
"""

from collections.abc import Sequence

from qbwc_service.ledger import states
from qbwc_service.ledger.deciding import SENT_ALREADY, Deciding, DecisionRefused
from qbwc_service.ledger.models import Connection, KeapOrder, Posting
from qbwc_service.ledger.sendable import open_removals, sale_of
from qbwc_service.ledger.states import State
from qbwc_service.planning.approval import AWAITING, word_awaited
from qbwc_service.settings import Settings

EDITED = "edited-after-sending"
_POSTED = "it is in QuickBooks already"


def awaited_of(connection: Connection, chosen: Settings, order: KeapOrder) -> str:
    """The cause for which nothing new of the order is sent until somebody says so, or ""."""
    return word_awaited(
        is_on=connection.is_on,
        wants_approval=chosen.approve_before_sending == "yes",
        is_approved=is_approved(order),
    )


def is_approved(order: KeapOrder) -> bool:
    return order.approved_hash == order.content_hash


class ApprovalDecisions(Deciding):
    """A person's word that an order may go."""

    def approve(self, order_id: int) -> None:
        """Send the order as it is in Keap now; of one that is in QuickBooks and was edited in Keap
        since, the change that waits for it. Refused where it waits for anything else."""
        order, postings = self._load(order_id)
        if is_approved(order):
            raise DecisionRefused(order_id, "it is approved already")
        self._refuse_what_does_not_wait(order, postings)
        order.approved_hash = order.content_hash
        self._plan_anew(order, postings, "Approved")

    def withdraw(self, order_id: int) -> None:
        """Nothing of it was sent: it waits for a word again."""
        order, postings = self._load(order_id)
        sale = sale_of(postings)
        if sale is not None and sale.state is not State.READY and sale.cause not in AWAITING:
            raise DecisionRefused(order_id, self._why_fixed(sale))
        order.approved_hash = ""
        self._plan_anew(order, postings, "Approval taken back")

    def is_sent(self, order_id: int) -> bool:
        """Something of the order is in QuickBooks, or may be. Refused for an unknown order."""
        _, postings = self._load(order_id)
        return any(posting.state in {State.SENT, State.POSTED} for posting in postings)

    def _plan_anew(self, order: KeapOrder, postings: Sequence[Posting], text: str) -> None:
        for posting in postings:
            if posting.state is State.HELD and posting.cause in AWAITING:
                states.release(posting)
        order.needs_plan = True
        self._done(order, text)

    def _refuse_what_does_not_wait(self, order: KeapOrder, postings: Sequence[Posting]) -> None:
        sale = sale_of(postings)
        if sale is None or sale.state is State.READY:
            return
        if open_removals(sale, postings):
            raise DecisionRefused(order.keap_id, "it is being undone")
        match sale.state:
            case State.SENT:
                raise DecisionRefused(order.keap_id, SENT_ALREADY)
            case State.POSTED if order.cause != EDITED:
                raise DecisionRefused(order.keap_id, _POSTED)
            case State.HELD if sale.cause not in AWAITING:
                reason = "it waits for something else; settle that first"
                raise DecisionRefused(order.keap_id, reason)
            case State.SKIPPED | State.GONE | State.UNDONE:
                raise DecisionRefused(order.keap_id, self._why_fixed(sale))
