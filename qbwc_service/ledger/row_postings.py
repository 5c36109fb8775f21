"""The postings of one payment row: a payment; a credit memo with its use or its refund; a void.

What was sent or decided stays; the rest follows the newest plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qbwc_service.ledger import states
from qbwc_service.ledger.causes import PLAN_CAUSES
from qbwc_service.ledger.models import OF_MEMOS, OF_PAYMENT_ROWS, KeapPayment, Kind, Posting
from qbwc_service.ledger.postings import MakePosting
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.plan import (
    Hold,
    PaymentDecision,
    Planned,
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedOfRow,
    PlannedPayment,
    PlannedRefund,
    PlannedRemoval,
    RefundForm,
    to_payload,
)

_REFUND_KINDS = {RefundForm.CARD: Kind.CARD_REFUND, RefundForm.CHEQUE: Kind.CHECK_REFUND}
#: made from a payment row, also by the void of its order's invoice
ROW_KINDS = (*OF_PAYMENT_ROWS, Kind.REMOVAL)


def is_plannable(posting: Posting) -> bool:
    """Nothing of it was sent, and neither a person nor QuickBooks holds it."""
    return posting.state is State.READY or (
        posting.state is State.HELD and posting.cause in PLAN_CAUSES
    )


def hold_unsent(posting: Posting, hold: Hold, amount: int) -> bool:
    """Hold what is not sent; a hold that a person or QuickBooks made stays as it is. True where
    that is news."""
    if not is_plannable(posting):
        return False
    news = posting.cause != hold.cause or posting.details != hold.details
    states.hold(posting, hold.cause, hold.details)
    posting.payload = {}
    posting.amount = amount
    return news


def renew(posting: Posting, planned: Planned, number: str) -> bool:
    """Give an unsent posting its newest plan; True when it took it."""
    if posting.state is State.HELD and posting.cause in PLAN_CAUSES:
        states.release(posting)
    if posting.state is not State.READY:
        return False
    posting.payload = to_payload(planned)
    posting.number = number
    posting.number_key = name_key(number)
    return True


def kind_of(planned: PlannedOfRow) -> Kind:
    """The kind of posting that makes it."""
    match planned:
        case PlannedPayment():
            return Kind.PAYMENT
        case PlannedCreditMemo():
            return Kind.CREDIT_MEMO
        case PlannedCreditUse():
            return Kind.CREDIT_USE
        case PlannedRefund():
            return _REFUND_KINDS[planned.form]
        case PlannedRemoval():
            return Kind.REMOVAL


def row_key(row: KeapPayment) -> str:
    """The source key of the row's postings."""
    return f"{row.payment_id}/{row.order_id}"


class RowWriter:
    """Writes what was decided of payment rows; the callables are those of the plan's writer."""

    def __init__(
        self,
        postings: Mapping[int, list[Posting]],
        new: MakePosting,
        tell: Callable[[str, dict[str, str], int | None], None],
        leave_out: Callable[[Posting | None], None],
    ) -> None:
        self._postings = postings
        self._new = new
        self._tell = tell
        self._leave_out = leave_out

    def write(self, row: KeapPayment, decision: PaymentDecision) -> None:
        """Make the row's postings agree with the decision."""
        row.skip = decision.skip
        there = self._of(row)
        if any(posting.state is State.POSTED for posting in there):
            self._compare(row, there)
        if decision.skip or decision.in_sale:
            self._keep_only((), there)
        elif decision.hold:
            self._hold(row, there, decision.hold)
        elif not any(posting.state is State.SKIPPED for posting in there):
            self._plan(row, there, decision.planned)

    def _of(self, row: KeapPayment) -> list[Posting]:
        key = row_key(row)
        found = self._postings.get(row.order_id, [])
        of_row = [each for each in found if each.source_key == key and each.kind in ROW_KINDS]
        # What others refer to comes first, whatever order the database gives.
        return sorted(of_row, key=lambda each: ROW_KINDS.index(each.kind))

    def _hold(self, row: KeapPayment, there: Sequence[Posting], hold: Hold) -> None:
        """One posting of the row carries the hold, unless something of it was sent or decided."""
        if any(not is_plannable(posting) for posting in there):
            return
        main = there[0] if there else self._new(_main_kind(row), row_key(row), row.order_id)
        self._keep_only((main.kind,), there)
        if hold_unsent(main, hold, abs(row.amount)):
            self._tell(hold.cause, hold.details, row.order_id)

    def _plan(
        self, row: KeapPayment, there: Sequence[Posting], planned: Sequence[PlannedOfRow]
    ) -> None:
        wanted = {kind_of(each): each for each in planned}
        self._keep_only(tuple(wanted), there)
        known = {posting.kind: posting for posting in there}
        for kind, newest in wanted.items():
            if kind not in known and not _may_begin(kind, there):
                continue
            each = _as_its_memo(newest, known.get(Kind.CREDIT_MEMO))
            posting = known.get(kind) or self._new(kind, row_key(row), row.order_id)
            if renew(posting, each, _number_of(each)):
                posting.amount = each.amount
                posting.planned_hash = row.content_hash

    def _keep_only(self, kinds: Sequence[Kind], there: Sequence[Posting]) -> None:
        for posting in there:
            if posting.kind not in kinds:
                self._leave_out(posting)

    def _compare(self, row: KeapPayment, there: Sequence[Posting]) -> None:
        """What is in QuickBooks is not changed; that Keap has changed it since is shown."""
        for posting in there:
            if posting.state is not State.POSTED or posting.cause:
                continue
            if posting.planned_hash and posting.planned_hash != row.content_hash:
                cause = "payment-edited-after-sending"
                if row.kind is PaymentKind.NOT_COMPLETED:
                    cause = "payment-voided-in-keap"
                details = {
                    "order": str(row.order_id),
                    "amount": shown(abs(row.amount)),
                    "posted_amount": shown(posting.amount),
                    "reference": posting.number,
                }
                states.flag(posting, cause, details)
                self._tell(cause, details, row.order_id)


def _as_its_memo(planned: PlannedOfRow, memo: Posting | None) -> PlannedOfRow:
    """A credit memo that was sent is used up as it is, whatever Keap says by now."""
    if memo is None or is_plannable(memo):
        return planned
    if isinstance(planned, PlannedCreditUse | PlannedRefund):
        return replace(planned, amount=memo.amount)
    return planned


def _may_begin(kind: Kind, there: Sequence[Posting]) -> bool:
    """What was sent as one thing is never sent as another too. Only what was still to follow a
    credit memo may become another use of it."""
    begun = [posting for posting in there if not is_plannable(posting)]
    if not begun:
        return True
    is_memo_alone = all(posting.kind is Kind.CREDIT_MEMO for posting in begun)
    return is_memo_alone and kind in OF_MEMOS and any(each.kind in OF_MEMOS for each in there)


def _main_kind(row: KeapPayment) -> Kind:
    if row.kind in {PaymentKind.REFUND, PaymentKind.CREDIT} or row.amount < 0:
        return Kind.CREDIT_MEMO
    return Kind.PAYMENT


def _number_of(planned: PlannedOfRow) -> str:
    match planned:
        case PlannedPayment():
            return planned.reference
        case PlannedCreditMemo() | PlannedRefund():
            return planned.number
        case _:
            return ""
