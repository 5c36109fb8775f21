"""Which postings of one order may go now, and which is its form. Pure.

A form goes first, together with its payments. Credit memos wait for it, their uses and refunds for
the memo, changes for what they change. What can never go while another is held is no work.
"""

from collections.abc import Iterable, Sequence

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.states import ENDED, State


def sale_of(postings: Iterable[Posting]) -> Posting | None:
    """The form that an order became or is to become: the one that lives, else the last."""
    sales = [posting for posting in postings if posting.kind.is_sale]
    living = [posting for posting in sales if posting.state not in ENDED]
    return max(living or sales, key=lambda posting: posting.id or 0, default=None)


def sendable(sale: Posting | None, parts: Sequence[Posting]) -> list[Posting]:
    """`parts`: the order's other postings, newest generation each."""
    if sale is None:
        return []
    ready = [part for part in parts if part.state is State.READY]
    if sale.state is State.READY:
        return [sale, *(part for part in ready if _goes_with(sale, part))]
    if sale.state is not State.POSTED:
        return [part for part in ready if part.kind is Kind.REMOVAL]
    memos = {part.source_key: part for part in parts if part.kind is Kind.CREDIT_MEMO}
    return [part for part in ready if _may_follow(part, sale, memos.get(part.source_key))]


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
