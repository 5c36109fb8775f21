"""What became of each payment, credit and refund of an order, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qbwc_service.admin.loaded_order import LoadedOrder
from qbwc_service.admin.setting_words import setting_choice
from qbwc_service.admin.words import POSTING_STATE, explained
from qbwc_service.ledger.kind_words import called, form_word
from qbwc_service.ledger.models import KeapPayment, Kind, PaymentStatus, Posting
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.refunds import TO_APPROVE
from qbwc_service.ledger.sources import payment_from as received_from
from qbwc_service.ledger.states import State
from qbwc_service.messages import Message
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.plan import payment_from, refund_from, removal_from

_CAN_BE_SKIPPED = frozenset({PaymentStatus.HELD, PaymentStatus.WAITING, PaymentStatus.WILL_RETRY})
_MAY_BE_THERE = frozenset({State.SENT, State.POSTED})


class RowVerb(StrEnum):
    """The buttons of one payment row."""

    APPROVE = "approve"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class RowRecord:
    """One record of QuickBooks that a payment row became, or is to become."""

    text: str
    amount: str
    #: its number in QuickBooks; "" where it has none
    reference: str
    #: where it stands, told only where the records of the row stand differently
    state: str = ""


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment row of Keap, with what became of it: its records, or `instead` in words."""

    payment_id: int
    paid_on: date | None
    kind: PaymentKind
    amount: str
    method: str
    transaction_id: str
    status: PaymentStatus
    trouble: Message | None
    records: tuple[RowRecord, ...]
    instead: str
    verbs: tuple[RowVerb, ...]
    #: money that went back
    is_refund: bool


def payment_lines(loaded: LoadedOrder) -> tuple[PaymentLine, ...]:
    """One line a row, oldest first."""
    return tuple(payment_line(loaded, row) for row in loaded.rows)


def payment_line(loaded: LoadedOrder, row: KeapPayment) -> PaymentLine:
    """One of the rows of that order."""
    received = received_from(row.received)
    postings = loaded.of_row(row)
    records = _records(loaded, postings)
    return PaymentLine(
        payment_id=row.payment_id,
        paid_on=row.paid_on,
        kind=row.kind,
        amount=shown(row.amount),
        method=received.method,
        transaction_id=received.transaction_id,
        status=row.status,
        trouble=_trouble(row, postings),
        records=records,
        instead="" if records else _instead(loaded, row, postings),
        verbs=_verbs(row, postings),
        is_refund=row.kind is PaymentKind.REFUND or row.amount < 0,
    )


def _records(loaded: LoadedOrder, postings: Sequence[Posting]) -> tuple[RowRecord, ...]:
    """What is planned or there; the use of a credit memo is told with the memo."""
    known = [each for each in postings if each.payload or each.record_id]
    told = [each for each in known if each.kind is not Kind.CREDIT_USE]
    differ = len({each.state for each in known}) > 1
    use = next((each for each in known if each.kind is Kind.CREDIT_USE), None)
    return tuple(
        RowRecord(
            _text(loaded, posting, use),
            shown(posting.amount),
            posting.number,
            POSTING_STATE[posting.state] if differ else "",
        )
        for posting in told
    )


def _text(loaded: LoadedOrder, posting: Posting, use: Posting | None) -> str:
    match posting.kind:
        case Kind.PAYMENT:
            return _payment_text(loaded, posting)
        case Kind.CREDIT_MEMO:
            memo = f"Credit memo {posting.number}".strip()
            if use is None:
                return memo
            verb = "applied" if use.state is State.POSTED else "to be applied"
            return f"{memo}, {verb} to {_form(loaded)}"
        case Kind.CARD_REFUND | Kind.CHECK_REFUND:
            return _refund_text(loaded, posting)
        case Kind.REMOVAL:
            is_void = bool(posting.payload) and removal_from(posting.payload).is_void
            done = "voided" if is_void else "deleted"
            form = _form(loaded)
            is_done = posting.state is State.POSTED
            return f"The {form} is {done}" if is_done else f"The {form} is to be {done}"
        case _:
            return called(posting.kind)


def _payment_text(loaded: LoadedOrder, posting: Posting) -> str:
    if posting.linked:
        return "Payment that was there already"
    verb = "applied" if posting.state is State.POSTED else "to be applied"
    form = _form(loaded)
    if not posting.payload:
        return f"Payment, {verb} to {form}"
    planned = payment_from(posting.payload)
    paid = _paid(loaded, planned.method_list_id, planned.deposit_account_list_id)
    if planned.applied is None:
        return f"Payment, {verb} to {form}{paid}"
    rest = shown(posting.amount - planned.applied)
    part = shown(planned.applied)
    return f"Payment, {part} {verb} to {form}, {rest} stays the customer's credit{paid}"


def _refund_text(loaded: LoadedOrder, posting: Posting) -> str:
    text = f"{called(posting.kind)} that uses up the credit memo"
    if not posting.payload:
        return text
    planned = refund_from(posting.payload)
    method = loaded.named("PaymentMethod", planned.method_list_id)
    account = loaded.named("Account", planned.account_list_id)
    parts = [text, method, f"from {account}" if account else ""]
    return ", ".join(part for part in parts if part)


def _paid(loaded: LoadedOrder, method_list_id: str, account_list_id: str) -> str:
    method = loaded.named("PaymentMethod", method_list_id)
    account = loaded.named("Account", account_list_id)
    parts = [method, f"to {account}" if account else ""]
    return "".join(f", {part}" for part in parts if part)


def _form(loaded: LoadedOrder) -> str:
    """ "invoice 100"."""
    return f"{form_word(loaded.sale)} {_number(loaded)}".strip()


def _number(loaded: LoadedOrder) -> str:
    return loaded.sale.number if loaded.sale is not None else ""


def _instead(loaded: LoadedOrder, row: KeapPayment, postings: Sequence[Posting]) -> str:
    """Why it has no record."""
    sale = loaded.sale
    if any(posting.state is State.SKIPPED for posting in postings):
        return "Nothing: it was skipped by one of you"
    if row.cause == TO_APPROVE:
        return f"Nothing yet. Once approved: {_by_settings(loaded).lower()}"
    if postings:
        return "Nothing yet"
    if row.skip:
        return "Left out"
    if sale is not None and sale.kind is Kind.SALES_RECEIPT and row.kind is PaymentKind.CASH:
        return f"Part of the sales receipt {sale.number}".strip()
    return "Not looked at yet"


def _by_settings(loaded: LoadedOrder) -> str:
    """What a refund becomes: of an invoice without a payment in QuickBooks it is something else."""
    settings = effective_settings(loaded.connection)
    is_invoice = loaded.sale is not None and loaded.sale.kind is Kind.INVOICE
    paid = [each for each in loaded.postings if each.kind is Kind.PAYMENT and each.payload]
    if is_invoice and not paid:
        return setting_choice(settings.refund_unpaid, "refund_unpaid")
    return setting_choice(settings.refunds, "refunds")


def _verbs(row: KeapPayment, postings: Sequence[Posting]) -> tuple[RowVerb, ...]:
    """What can be decided about the row alone; the likeliest first."""
    verbs: list[RowVerb] = []
    if row.cause == TO_APPROVE and row.approved_at is None:
        verbs.append(RowVerb.APPROVE)
    may_be_there = any(posting.state in _MAY_BE_THERE for posting in postings)
    if postings and row.status in _CAN_BE_SKIPPED and not may_be_there:
        verbs.append(RowVerb.SKIP)
    return tuple(verbs)


def _trouble(row: KeapPayment, postings: Sequence[Posting]) -> Message | None:
    if not row.cause:
        return None
    received = received_from(row.received)
    details: dict[str, object] = {
        "order": row.order_id,
        "amount": shown(abs(row.amount)),
        "keap_status": received.source_status,
        "keap_type": received.source_kind,
    }
    for posting in postings:
        if posting.cause == row.cause:
            details |= posting.details
            break
    return explained(row.cause, details)
