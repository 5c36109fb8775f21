"""Which postings of one order may go now, and which is its form. Pure.

A form goes first, together with its payments. Credit memos wait for it, their uses and refunds for
the memo, changes for what they change. What can never go while another is held is no work, nor is
anything that follows a form that differs from what was meant. While something of the order is to be
deleted, nothing else of it goes.
"""

from collections.abc import Iterable, Sequence

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.planning.plan import removal_from

#: what the source keys of removals begin with that a person asked for
UNDO = "undo/"
_OPEN = frozenset({State.READY, State.SENT, State.HELD})
_CHANGING = frozenset({State.READY, State.SENT})
_BEFORE_MEMOS, _MEMOS, _FORMS = range(3)


def sale_of(postings: Iterable[Posting]) -> Posting | None:
    """The form that an order became or is to become: the one that lives, else the last."""
    sales = [posting for posting in postings if posting.kind.is_sale]
    living = [posting for posting in sales if posting.state not in ENDED]
    return max(living or sales, key=lambda posting: posting.id or 0, default=None)


def sendable(sale: Posting | None, parts: Sequence[Posting]) -> list[Posting]:
    """`parts`: the order's other postings, newest generation each."""
    if sale is None:
        return []
    if removals := open_removals(sale, parts):
        return _next_removals(removals, [sale, *parts])
    ready = [part for part in parts if part.state is State.READY]
    if sale.state is State.READY:
        return [sale, *(part for part in ready if _goes_with(sale, part))]
    if sale.state is not State.POSTED:
        return []
    if is_being_changed(parts):
        # A payment that came first would keep the form from being changed.
        return [part for part in ready if part.kind is Kind.SALE_UPDATE]
    if sale.cause:
        return []
    memos = {part.source_key: part for part in parts if part.kind is Kind.CREDIT_MEMO}
    return [part for part in ready if _may_follow(part, sale, memos.get(part.source_key))]


def is_undo(posting: Posting) -> bool:
    """Whether it takes something back on a person's word."""
    return posting.kind is Kind.REMOVAL and posting.source_key.startswith(UNDO)


def is_being_changed(parts: Iterable[Posting]) -> bool:
    """Whether the form is to get other lines, and nothing stands in the way yet."""
    return any(part.kind is Kind.SALE_UPDATE and part.state in _CHANGING for part in parts)


def open_removals(sale: Posting, parts: Sequence[Posting]) -> list[Posting]:
    """What is to be deleted or voided and is not done yet."""
    return [
        part
        for part in parts
        if part.kind is Kind.REMOVAL
        and part.state in _OPEN
        and target_of(part, [sale, *parts]) is not None
    ]


def target_of(removal: Posting, postings: Iterable[Posting]) -> Posting | None:
    """What the removal takes away. A void waits until its order's form is in QuickBooks."""
    if not removal.payload:
        return None
    wanted = removal_from(removal.payload).posting_id
    if wanted is not None:
        return next((posting for posting in postings if posting.id == wanted), None)
    sale = sale_of(postings)
    return sale if sale is not None and sale.state is State.POSTED else None


def _next_removals(removals: Sequence[Posting], postings: Sequence[Posting]) -> list[Posting]:
    """Refunds and payments before the credit memos, these before the form: each only when all
    before it are gone."""
    by_place: dict[int, list[Posting]] = {}
    for removal in removals:
        by_place.setdefault(_place(target_of(removal, postings)), []).append(removal)
    return [removal for removal in by_place[min(by_place)] if removal.state is State.READY]


def _place(target: Posting | None) -> int:
    if target is None or target.kind.is_sale:
        return _FORMS
    return _MEMOS if target.kind is Kind.CREDIT_MEMO else _BEFORE_MEMOS


def _goes_with(sale: Posting, part: Posting) -> bool:
    return part.kind is Kind.PAYMENT and sale.kind is Kind.INVOICE


def _may_follow(part: Posting, sale: Posting, memo: Posting | None) -> bool:
    match part.kind:
        case Kind.PAYMENT:
            return sale.kind is Kind.INVOICE
        case Kind.CARD_REFUND | Kind.CHECK_REFUND:
            return memo is not None and memo.state in {State.READY, State.POSTED}
        case Kind.CREDIT_USE:
            return memo is not None and memo.state is State.POSTED
        case _:
            return True
