"""A person's decision that an order is a record of QuickBooks which somebody else made."""

import re

from sqlalchemy import select

from qbwc_service.ledger import sharing, states
from qbwc_service.ledger.decision_steps import SENT_ALREADY, Deciding, DecisionRefused
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.postings import external_guid
from qbwc_service.ledger.requeue_decisions import POSTED_ALREADY
from qbwc_service.ledger.states import State

#: as QuickBooks writes them: hexadecimal, a dash, seconds since 1970
_TXN_ID = re.compile(r"[0-9A-Fa-f]{1,16}-[0-9]{1,12}")


class LinkDecisions(Deciding):
    """To link an order, inside one write transaction."""

    def link(self, order_id: int, txn_id: str, kind: Kind | None = None) -> None:
        """The order is in QuickBooks already, as the record with this TxnID: of that kind, or of
        the kind that the order was to become."""
        order, postings = self._load(order_id)
        invoice = self._living(self._sale(order, postings))
        if invoice.state is State.SENT:
            raise DecisionRefused(order_id, SENT_ALREADY)
        if invoice.state not in {State.READY, State.HELD, State.SKIPPED}:
            raise DecisionRefused(order_id, POSTED_ALREADY)
        if not _TXN_ID.fullmatch(txn_id):
            raise DecisionRefused(
                order_id, f"{txn_id!r} is not a TxnID of QuickBooks, such as 1A2B-1416570432"
            )
        self._refuse_second_use(order_id, txn_id)
        self._take_kind(order_id, invoice, kind or invoice.kind)
        if invoice.state is State.SKIPPED:
            states.release(invoice)
        states.post(invoice, txn_id, edit_sequence="", linked=True)
        invoice.posted_at = self._now
        invoice.amount = order.total
        # What somebody else made is never compared with what Keap says.
        invoice.planned_hash = ""
        order.needs_plan = True
        self._done(order, f"Linked to {txn_id} in QuickBooks")

    def _take_kind(self, order_id: int, sale: Posting, kind: Kind) -> None:
        """What was never sent may stand for another form."""
        if sale.kind is kind:
            return
        if sale.message_set_id is not None:
            raise DecisionRefused(
                order_id, "it was sent before, as another kind of form than QuickBooks has"
            )
        sale.kind = kind
        sale.external_guid = external_guid(
            self._connection.uid, kind, sale.source_key, sale.generation
        )

    def _refuse_second_use(self, order_id: int, txn_id: str) -> None:
        other = self._db.scalars(
            select(Posting).where(
                Posting.connection_id == self._connection.id, Posting.record_id == txn_id
            )
        ).first()
        if other is not None:
            raise DecisionRefused(
                order_id, f"{txn_id} belongs to order {other.order_id or 'none'} already"
            )
        link = sharing.owner_of(self._db, self._connection, txn_id)
        if link:
            raise DecisionRefused(order_id, f"{txn_id} belongs to an order of the link {link}")
