"""What is known of an order beside what the source says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from qbwc_service.planning.order import Override
from qbwc_service.planning.plan import PlannedSale, SaleForm


@dataclass(frozen=True, slots=True)
class Circumstances:
    """By the ledger, and by people."""

    is_deleted: bool = False
    #: its form is in QuickBooks, or may be: settings can no longer leave it out
    is_sent: bool = False
    overrides: frozenset[Override] = frozenset()
    #: the day on which it is planned, in the account's time zone
    today: date | None = None
    #: a prefix that a person gave to this order alone
    own_prefix: str = ""
    #: the form that it was sent as, which it keeps
    form: SaleForm | None = None
    #: the form as it was sent; None where nothing was, or where it was linked
    sale: PlannedSale | None = None
    #: numbers of the credit memos that were sent, by source key
    memo_numbers: Mapping[str, str] = field(default_factory=dict)
    #: payment ids of payments that are in QuickBooks, or may be
    paid: frozenset[int] = frozenset()
    #: payment ids of rows that a person skipped: what they would have taken is left to the others
    skipped: frozenset[int] = frozenset()
    #: payment ids of refunds that a person approved
    approved: frozenset[int] = frozenset()
    #: how many refunds of this connection are in QuickBooks
    refunds_made: int = 0
    #: the cause for which it waits for somebody's word (planning.approval)
    awaited: str = ""
