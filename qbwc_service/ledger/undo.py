"""Taking back what was posted for one order; `undo_runs`: all that one update made.

The preview shows what will be deleted in QuickBooks, in the order in which it goes, and what stays.
Customers and items stay always, and whatever we did not make. Nothing is deleted here: each record
gets a posting that does it at the next update, after a look-up.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger import states
from qbwc_service.ledger.columns import any_of
from qbwc_service.ledger.decision_steps import SENT_ALREADY, Deciding, DecisionRefused
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import SALES, Connection, KeapOrder, Kind, Posting
from qbwc_service.ledger.sendable import UNDO, is_undo, sale_of
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import (
    PlannedRemoval,
    credit_memo_from,
    planned_sale_from,
    removal_from,
    to_payload,
)

#: in the order in which they go; uses of credit memos fall with the memo
TRANSACTIONS = (Kind.CARD_REFUND, Kind.CHECK_REFUND, Kind.PAYMENT, Kind.CREDIT_MEMO, *SALES)
_WAITING = frozenset({State.READY, State.HELD})
_NOT_OURS = "we did not make it"
_LISTS_STAY = "customers and items are never deleted"


@dataclass(frozen=True, slots=True)
class Removed:
    """A record that will be deleted; `amount` in minor units."""

    posting_id: int
    thing: str
    amount: int
    txn_id: str
    #: it is applied to something, so that it is voided before it is deleted
    is_voided_first: bool = False


@dataclass(frozen=True, slots=True)
class Stays:
    """What will still be in QuickBooks, and why."""

    thing: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What undoing one order does. `not_sent`: what is not in QuickBooks yet and never will be."""

    order_id: int
    removed: tuple[Removed, ...] = ()
    stays: tuple[Stays, ...] = ()
    not_sent: tuple[str, ...] = ()


def can_be_undone(postings: Sequence[Posting]) -> bool:
    """Whether something that we made is in QuickBooks, and nothing is on its way there.

    `postings`: the newest generation of each of the order's postings.
    """
    on_its_way = any(posting.state is State.SENT for posting in postings)
    return bool(_made(postings, None)) and not on_its_way


def plan_undo(
    db: Session, connection: Connection, order_id: int, *, only: Collection[int] | None = None
) -> UndoPreview:
    """What `undo_order` would do now. `only`: of these postings alone.

    Raises DecisionRefused where nothing can be undone.
    """
    return _Undoing(db, connection, "", connection.created_at).preview(order_id, only)


def undo_order(
    db: Session,
    connection: Connection,
    order_id: int,
    who: str,
    now: datetime,
    *,
    even_so: bool = False,
    only: Collection[int] | None = None,
) -> UndoPreview:
    """Have all of the order deleted at the next update, or `only` these postings. What was never
    sent is skipped. `even_so`: also where something of somebody else's would be lost.

    Asked for a second time it changes nothing. Raises DecisionRefused, before anything is changed,
    where that cannot be.
    """
    return _Undoing(db, connection, who, now).undo(order_id, only, even_so=even_so)


class _Undoing(Deciding):
    """A person takes something back."""

    def preview(self, order_id: int, only: Collection[int] | None) -> UndoPreview:
        _, postings = self._load(order_id)
        if any(posting.state is State.SENT for posting in postings):
            raise DecisionRefused(order_id, SENT_ALREADY)
        made = _made(postings, only)
        not_sent = [] if only is not None else _unsent(postings)
        if not made and not not_sent and (sale_of(postings) is not None or only is not None):
            raise DecisionRefused(order_id, _why_nothing(postings))
        return UndoPreview(
            order_id,
            tuple(_removed(posting, postings) for posting in made),
            tuple(self._stays(postings, made)) if made else (),
            tuple(thing(posting) for posting in not_sent),
        )

    def undo(self, order_id: int, only: Collection[int] | None, *, even_so: bool) -> UndoPreview:
        planned = self.preview(order_id, only)
        order, postings = self._load(order_id)
        if not planned.removed:
            self._skip_unsent(order, postings)
            return planned
        removals = {removal_from(p.payload).posting_id: p for p in postings if is_undo(p)}
        made = _made(postings, only)
        if all(_goes_already(removals.get(posting.id), even_so=even_so) for posting in made):
            return planned
        for posting in made:
            self._remove(posting, removals.get(posting.id), even_so=even_so)
        if any(posting.kind.is_sale for posting in made):
            # Sent once more it is a new record: that waits for a word of its own.
            order.approved_hash = ""
        if only is None:
            _end_what_is_gone(postings)
        things = ", ".join(each.thing for each in planned.removed)
        self._done(order, f"Undo: {things} will be deleted{' even so' if even_so else ''}")
        return planned

    def _skip_unsent(self, order: KeapOrder, postings: Sequence[Posting]) -> None:
        """Nothing of it is in QuickBooks: it is left out, as if it had been skipped."""
        sale = self._sale(order, list(postings))
        for posting in {sale.id: sale, **{each.id: each for each in postings}}.values():
            if posting.state in _WAITING:
                states.skip(posting)
        _end_what_is_gone(postings)
        self._skip_unplanned(order)
        order.needs_plan = False
        self._done(order, "Taken back before it was sent")

    def _remove(self, target: Posting, removal: Posting | None, *, even_so: bool) -> None:
        """One living removal a record: one that was held or dropped is used again."""
        key = f"{UNDO}{target.id}"
        if removal is None:
            removal = self._new(target.order_id, Kind.REMOVAL, key, generation=1)
        elif removal.state in {State.HELD, State.SKIPPED}:
            states.release(removal)
        removal.payload = to_payload(
            PlannedRemoval(key, False, target.id, target.amount, even_so=even_so)
        )
        removal.number = target.number
        removal.amount = target.amount
        removal.attempts = 0

    def _stays(self, postings: Sequence[Posting], made: Sequence[Posting]) -> Iterator[Stays]:
        going = {posting.id for posting in made}
        for posting in postings:
            is_there = posting.kind in TRANSACTIONS and posting.state is State.POSTED
            if is_there and posting.id not in going:
                reason = _NOT_OURS if posting.linked else "it was made by another update"
                yield Stays(thing(posting), reason)
        for name in self._names(made):
            yield Stays(thing(name), _LISTS_STAY)

    def _names(self, made: Sequence[Posting]) -> Sequence[Posting]:
        """The customers and items that we made for these records."""
        customers, items = set[str](), set[str]()
        for posting in made:
            if posting.kind.is_sale and posting.payload:
                planned = planned_sale_from(posting.payload)
                customers.add(planned.customer.made_by)
                items |= {line.item.made_by for line in planned.lines}
            elif posting.kind is Kind.CREDIT_MEMO and posting.payload:
                items |= {line.item.made_by for line in credit_memo_from(posting.payload).lines}
        wanted = {Kind.CUSTOMER: customers - {""}, Kind.ITEM: items - {""}}
        if not any(wanted.values()):
            return ()
        named = (
            and_(
                Posting.connection_id == self._connection.id,
                Posting.kind == kind,
                Posting.source_key.in_(sorted(keys)),
            )
            for kind, keys in wanted.items()
        )
        return self._db.scalars(
            select(Posting)
            .where(any_of(Posting.id, *named), Posting.state == State.POSTED)
            .order_by(Posting.kind, Posting.id)
        ).all()


def _made(postings: Sequence[Posting], only: Collection[int] | None) -> list[Posting]:
    """What we made and QuickBooks has, in the order in which it goes."""
    there = (
        posting
        for posting in postings
        if posting.kind in TRANSACTIONS
        and posting.state is State.POSTED
        and not posting.linked
        and (only is None or posting.id in only)
    )
    return sorted(there, key=lambda posting: (TRANSACTIONS.index(posting.kind), posting.id))


def _end_what_is_gone(postings: Iterable[Posting]) -> None:
    """Somebody deleted it before it could be undone."""
    for posting in postings:
        if posting.state is State.GONE:
            states.undo(posting)


def _goes_already(removal: Posting | None, *, even_so: bool) -> bool:
    """It was asked for before, and nothing stands in its way."""
    if removal is None or removal.state is not State.READY or removal.cause:
        return False
    return removal_from(removal.payload).even_so or not even_so


def _unsent(postings: Sequence[Posting]) -> list[Posting]:
    return [posting for posting in postings if posting.state in _WAITING and not is_undo(posting)]


def _removed(posting: Posting, postings: Sequence[Posting]) -> Removed:
    is_applied = posting.kind is Kind.CREDIT_MEMO and any(
        use.kind is Kind.CREDIT_USE
        and use.source_key == posting.source_key
        and use.state is State.POSTED
        for use in postings
    )
    return Removed(posting.id, thing(posting), posting.amount, posting.record_id, is_applied)


def _why_nothing(postings: Sequence[Posting]) -> str:
    sale = sale_of(postings)
    if sale is not None and sale.linked and sale.state is State.POSTED:
        return "it was linked, and what we did not make is never deleted"
    if sale is not None and sale.state is State.SKIPPED:
        return "it is skipped, and nothing of it is in QuickBooks"
    return "nothing that we made for it is in QuickBooks"
