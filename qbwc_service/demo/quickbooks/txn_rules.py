"""Rules that all transactions share: date, account, number, closed period, what is recovered."""

from collections.abc import Mapping
from typing import Final

from .body import Body, text_at
from .context import RequestContext
from .errors import Refused
from .records import Txn
from .references import resolve
from .store import Store

CLOSED_PERIOD: Final = 3171


def recovery_of(txn: Txn) -> Mapping[str, str]:
    recovery = {
        "TxnID": txn.txn_id,
        "TxnNumber": str(txn.number),
        "EditSequence": txn.edit_sequence,
    }
    guid = text_at(txn.body, "ExternalGUID")
    return {**recovery, "ExternalGUID": guid} if guid else recovery


def txn_date(context: RequestContext, wanted: Body) -> str:
    """TxnDate; where it is omitted the date of the transaction saved last (qbXML OSR)."""
    if "TxnDate" in wanted:
        return text_at(wanted, "TxnDate")
    last = context.store.txns.last()
    return context.now.date().isoformat() if last is None else last.txn_date


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


def next_ref_number(store: Store) -> str:
    """One more than the number of the invoice saved last; "1" in a new company."""
    number = store.txns.last_invoice_number()
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
