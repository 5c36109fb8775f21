"""An order that was edited in Keap after its form was sent: shown, or written as a change of it.

The default shows the difference and waits. Where settings say so, an invoice gets a posting that
changes it; whether it may go is decided by the look-up before it is sent.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import error_log, states
from qbwc_service.ledger.models import Connection, KeapOrder, Kind, Posting
from qbwc_service.ledger.postings import MakePosting
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.planning.differences import as_sent, differences, in_words
from qbwc_service.planning.money import shown
from qbwc_service.planning.plan import (
    ListRef,
    OrderPlan,
    PlannedSale,
    planned_sale_from,
    to_payload,
)

EDITED = "edited-after-sending"
_LEFT_TO_YOU = "your settings leave such changes to you"
_ONLY_INVOICES = "only invoices are changed by us"
_NOT_PLANNED = "it cannot be written now"


class SaleChanges:
    """Writes what an edit in Keap means for a form in QuickBooks; the callables are those of the
    plan's writer."""

    def __init__(
        self,
        db: Session,
        connection: Connection,
        postings: Mapping[int, list[Posting]],
        new: MakePosting,
        tell: Callable[[str, dict[str, str], int | None], None],
        write_lists: Callable[[OrderPlan], None],
    ) -> None:
        self._db = db
        self._connection = connection
        self._postings = postings
        self._new = new
        self._tell = tell
        self._write_lists = write_lists

    def write(self, order: KeapOrder, sale: Posting, plan: OrderPlan) -> None:
        """`sale` is in QuickBooks."""
        key = f"{order.keap_id}/{order.content_hash}"
        updates = [
            posting
            for posting in self._postings.get(order.keap_id, [])
            if posting.kind is Kind.SALE_UPDATE
        ]
        is_edited = sale.planned_hash not in {"", order.content_hash}
        self._drop(updates, key if is_edited else "")
        if not is_edited:
            self._unflag(sale)
            return
        was = planned_sale_from(sale.payload) if sale.payload else None
        now = as_sent(plan.sale, was, self._made(was, plan.sale)) if was and plan.sale else None
        changes = differences(was, now) if was and now else ()
        if now and not changes:
            # Nothing that QuickBooks has of it is different.
            sale.planned_hash = order.content_hash
            self._unflag(sale)
            return
        known = next((each for each in updates if each.source_key == key), None)
        if known is not None and known.state is not State.READY:
            return
        if plan.may_update and now and sale.kind is Kind.INVOICE and _is_untroubled(sale):
            self._update(order, sale, now, plan, known or self._new_update(key, order))
            return
        if known is not None:
            self._delete(known)
        self._show(order, sale, changes, _why_not(sale, plan, now))

    def _new_update(self, key: str, order: KeapOrder) -> Posting:
        return self._new(Kind.SALE_UPDATE, key, order.keap_id)

    def _update(
        self, order: KeapOrder, sale: Posting, now: PlannedSale, plan: OrderPlan, update: Posting
    ) -> None:
        self._write_lists(plan)
        update.payload = to_payload(now)
        update.number = sale.number
        update.amount = now.total
        update.planned_hash = order.content_hash
        self._unflag(sale)

    def _show(self, order: KeapOrder, sale: Posting, changes: Sequence[str], reason: str) -> None:
        details = edit_details(sale, order.total, changes, reason)
        if _is_untroubled(sale):
            states.flag(sale, EDITED, details)
        self._tell(EDITED, details, order.keap_id)

    def _drop(self, updates: Sequence[Posting], wanted: str) -> None:
        """What Keap had meanwhile is not wanted any more."""
        for posting in updates:
            if posting.source_key == wanted:
                continue
            if posting.state is State.READY:
                self._delete(posting)
            elif posting.state is State.HELD:
                states.skip(posting)

    def _delete(self, posting: Posting) -> None:
        error_log.let_go(self._db, posting)
        self._postings[posting.order_id or 0].remove(posting)
        self._db.delete(posting)

    def _unflag(self, sale: Posting) -> None:
        if sale.cause == EDITED:
            states.settle(sale)

    def _made(self, *sales: PlannedSale | None) -> dict[ListRef, str]:
        """ListIDs of what postings of ours made for these forms."""
        there = [sale for sale in sales if sale is not None]
        customers = {sale.customer.made_by for sale in there} - {""}
        items = {line.item.made_by for sale in there for line in sale.lines} - {""}
        if not customers and not items:
            return {}
        found = self._db.scalars(
            select(Posting).where(
                Posting.connection_id == self._connection.id,
                or_(
                    (Posting.kind == Kind.CUSTOMER) & Posting.source_key.in_(sorted(customers)),
                    (Posting.kind == Kind.ITEM) & Posting.source_key.in_(sorted(items)),
                ),
            )
        )
        return {
            ListRef(made_by=key): posting.record_id
            for (_, key), posting in current(found).items()
            if posting.record_id
        }


def edit_details(sale: Posting, total: int, changes: Sequence[str], reason: str) -> dict[str, str]:
    """Of the hold that shows the difference; `reason` why QuickBooks was not changed."""
    return {
        "order": str(sale.order_id),
        "number": sale.number,
        "total": shown(total),
        "posted_total": shown(sale.amount),
        "changes": in_words(changes) or f"the total is {shown(total)}, it was {shown(sale.amount)}",
        "reason": reason,
    }


def _is_untroubled(sale: Posting) -> bool:
    return sale.cause in {"", EDITED}


def _why_not(sale: Posting, plan: OrderPlan, now: PlannedSale | None) -> str:
    if not plan.may_update and plan.hold is None:
        return _LEFT_TO_YOU
    if sale.kind is not Kind.INVOICE:
        return _ONLY_INVOICES
    return _NOT_PLANNED if now is None else "something else about it waits for you"
