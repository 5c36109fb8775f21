"""A person approves an order as it is in Keap now; edited afterwards, it is approved no more.

Approved is what Keap says of the order (its content hash), not its payments: these follow the
approved order by themselves, as they follow every other.
"""

from collections.abc import Sequence

from qbwc_service.ledger import states
from qbwc_service.ledger.decision_steps import SENT_ALREADY, Deciding, DecisionRefused
from qbwc_service.ledger.models import KeapOrder, Posting
from qbwc_service.ledger.plan_orders import effective_settings, word_awaited_by
from qbwc_service.ledger.sendable import open_removals, sale_of
from qbwc_service.ledger.states import State
from qbwc_service.planning.approval import AWAITING

EDITED = "edited-after-sending"
_CHANGED = "it was changed in Keap since it was shown to you; look at it again"
_POSTED = "it is in QuickBooks already"


class ApprovalDecisions(Deciding):
    """A person's word that an order may go."""

    def approve(self, order_id: int, *, seen: str = "") -> None:
        """Send the order as it is in Keap now; of one that is in QuickBooks and was edited in Keap
        since, the change that waits for it. Refused where it waits for anything else, and where it
        is not what was `seen` (its content hash; "" where nobody looked)."""
        order, postings = self._load(order_id)
        self.refuse_unseen(order, seen)
        if order.is_approved:
            raise DecisionRefused(order_id, "it is approved already")
        self._refuse_what_does_not_wait(order, postings)
        order.approved_hash = order.content_hash
        if not self._connection.is_on and order_id not in self._connection.trial_orders:
            self._connection.trial_orders = [*self._connection.trial_orders, order_id]
        self._plan_anew(order, postings, "Approved")

    def is_approved(self, order_id: int) -> bool:
        """Refused for an order that was never read."""
        order, _ = self._load(order_id)
        return order.is_approved

    def awaits_word(self, order_id: int) -> bool:
        """It is not sent before it is approved. Refused for an order that was never read."""
        order, _ = self._load(order_id)
        chosen = effective_settings(self._connection)
        return bool(word_awaited_by(order, self._connection, chosen))

    def refuse_unseen(self, order: KeapOrder, seen: str) -> None:
        """A page that was open for long shows an order that is another one by now."""
        if seen and seen != order.content_hash:
            raise DecisionRefused(order.keap_id, _CHANGED)

    def withdraw(self, order_id: int) -> None:
        """Nothing of it was sent: it waits for a word again."""
        order, postings = self._load(order_id)
        sale = sale_of(postings)
        if sale is not None and sale.state in {State.SENT, State.POSTED}:
            raise DecisionRefused(order_id, self._why_fixed(sale))
        order.approved_hash = ""
        if sale is None or sale.state in {State.READY, State.HELD}:
            self._plan_anew(order, postings, "Approval taken back")

    def is_sent(self, order_id: int) -> bool:
        """Something of the order is in QuickBooks, or may be. Refused for one never read."""
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
