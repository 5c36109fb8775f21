"""Rules that all transactions share: date, account, number, closed period, what is recovered."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from .body import Body, text_at
from .context import RequestContext
from .errors import Refused
from .grammar import Element
from .message import Answer
from .records import ListElement, Txn, TxnType
from .references import resolve
from .rendering import keep_only
from .store import Store
from .values import amount_text

NOT_FOUND: Final = 3120
CLOSED_PERIOD: Final = 3171
NOT_SAVED: Final = 3180
BAD_VALUE: Final = 3210


def recovery_of(txn: Txn) -> Mapping[str, str]:
    recovery = {
        "TxnID": txn.txn_id,
        "TxnNumber": str(txn.number),
        "EditSequence": txn.edit_sequence,
    }
    guid = text_at(txn.body, "ExternalGUID")
    return {**recovery, "ExternalGUID": guid} if guid else recovery


def added(request: Element, txn: Txn, ret: Element) -> Answer:
    """The answer to an Add or Mod: its Ret, and what error recovery keeps of it."""
    wanted = frozenset(str(e.text) for e in request.iterfind("IncludeRetElement"))
    return Answer(content=(keep_only(ret, wanted),), recovery=recovery_of(txn))


def touch(context: RequestContext, txn_id: str) -> None:
    """A change to a link shows in TimeModified and EditSequence of both sides."""
    txn = context.store.txns.get(txn_id)
    if txn is not None:
        context.store.txns.save(
            replace(txn, modified=context.stamp, edit_sequence=context.edit_sequence)
        )


def not_found(txn_id: str, reason: str = "") -> Refused:
    """Status 3120: a transaction that is gone, of another type, or of somebody else."""
    why = f"  QuickBooks error message: {reason}" if reason else ""
    return Refused(NOT_FOUND, f'Object "{txn_id}" specified in the request cannot be found.{why}')


def bad_value(field: str, value: Decimal | str, reason: str) -> Refused:
    """Status 3210: the value breaks a rule of the business."""
    text = value if isinstance(value, str) else amount_text(value)
    return Refused(
        BAD_VALUE,
        f'The "{field}" field has an invalid value "{text}".  QuickBooks error message: {reason}',
    )


def not_saved(what: str, reason: str) -> Refused:
    """Status 3180: QuickBooks does not save it, for the reason in the text."""
    return Refused(
        NOT_SAVED, f"There was an error when saving a {what}.  QuickBooks error message: {reason}"
    )


def txn_date(context: RequestContext, wanted: Body) -> str:
    """TxnDate; where it is omitted the date of the transaction saved last (qbXML OSR)."""
    if "TxnDate" in wanted:
        return text_at(wanted, "TxnDate")
    last = context.store.txns.last()
    return context.now.date().isoformat() if last is None else last.txn_date


def customer_of(store: Store, wanted: Body, owner: str) -> ListElement | None:
    """Whom CustomerRef names; None where it is absent."""
    ref = wanted.get("CustomerRef")
    return resolve(store, "CustomerRef", ref, owner) if isinstance(ref, dict) else None


def receivable_account(store: Store, wanted: Body, owner: str) -> str:
    """ARAccountRef, or the company's own; Refused(3140) for an account of another type."""
    ref = wanted.get("ARAccountRef")
    if not isinstance(ref, dict):
        return store.fact("receivable account")
    account = resolve(store, "ARAccountRef", ref, owner)
    if text_at(account.body, "AccountType") != "AccountsReceivable":
        raise Refused(
            3140, f'The account "{account.full_name}" in the {owner} is not a receivable account.'
        )
    return account.list_id


def next_ref_number(store: Store, txn_type: TxnType) -> str:
    """One more than the number of the last one saved of that type; "1" for the first."""
    number = store.txns.last_number(txn_type)
    front = number.rstrip("0123456789")
    digits = number.removeprefix(front)
    return f"{front}{int(digits or 0) + 1:0{len(digits)}d}"


def refuse_closed_period(store: Store, on: str, verb: str, what: str) -> None:
    """3171 on or before the closing date; the SDK has no place for its password."""
    closing = store.fact("closing date")
    if closing and on <= closing:
        raise Refused(
            CLOSED_PERIOD,
            f"An attempt was made to {verb} a {what} with a date that is on or before the closing "
            "date of the company. Ask an administrator to remove the password for transactions on "
            "or before the closing date, then try again.",
        )
