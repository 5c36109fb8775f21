"""Credits (payments, credit memos) and the debits (invoices, refunds) that they pay."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from .context import RequestContext
from .errors import NotSupported
from .grammar import Element, children, text_of
from .records import CREDITS, Application, Txn
from .store import Store
from .txn_rules import bad_value, not_found, touch
from .values import ZERO, is_true

MORE_THAN_DUE: Final = "You cannot pay more than the amount due."
_MORE_THAN_LEFT: Final = "You cannot apply more than the amount of the credit that is left."
ZERO_KEEPS_A_RECORD: Final = "zero payment keeps a record"


def set_credits(
    context: RequestContext, debit: Txn, wanted: Iterable[Element], set_by: str = ""
) -> None:
    """SetCredit: applies credits of the customer's family to an invoice, one after the other."""
    for element in wanted:
        if is_true(element.findtext("Override") or ""):
            raise NotSupported("SetCredit/Override")
        credit_id = context.id_in(children(element)[0])
        amount = Decimal(text_of(children(element)[1]))
        field = "SetCredit applied amount"
        apply_credit(context, credit_id, debit, amount, field, set_by)


def apply_credit(
    context: RequestContext,
    credit_id: str,
    debit: Txn,
    amount: Decimal,
    field: str,
    set_by: str = "",
) -> None:
    """Applies so much of a credit, and changes the edit sequence of both sides.

    Raises Refused: 3120 for a credit that does not exist or is of another family, 3210 for another
    receivable account, nothing at all, more than is left of the credit or due of the debit.
    """
    links = context.store.links
    credit = credit_of(context.store, credit_id, debit)
    if amount <= 0:
        raise bad_value(field, amount, "The amount must be more than zero.")
    if amount > links.open_amount(credit):
        raise bad_value(field, amount, _MORE_THAN_LEFT)
    if amount > links.open_amount(debit):
        raise bad_value(field, amount, MORE_THAN_DUE)
    links.apply(Application(credit.txn_id, debit.txn_id, amount, set_by))
    touch(context, credit.txn_id)
    touch(context, debit.txn_id)


def credit_of(store: Store, credit_id: str, debit: Txn) -> Txn:
    """A credit that may pay that debit: same family of customers, same receivable account."""
    credit = store.txns.get(credit_id)
    if credit is None or credit.txn_type not in CREDITS:
        raise not_found(credit_id)
    if _head_of_family(store, credit.customer_id) != _head_of_family(store, debit.customer_id):
        raise not_found(credit_id, "The transaction belongs to another customer.")
    refuse_other_account(credit, debit)
    return credit


def refuse_other_account(credit: Txn, debit: Txn) -> None:
    if credit.account_id != debit.account_id:
        raise bad_value(
            "ARAccountRef", credit.account_id, "The transaction uses another receivable account."
        )


def fit_applications(context: RequestContext, debit_id: str) -> None:
    """Takes off what is applied above the total, the newest first: it becomes unused (inferred)."""
    debit = context.store.txns.get(debit_id)
    if debit is None:
        return
    too_much = -context.store.links.open_amount(debit)
    for link in reversed(context.store.links.of(debit_id)):
        if too_much <= 0:
            return
        less = min(too_much, link.amount)
        too_much -= less
        context.store.links.reduce(link, less)
        touch(context, link.credit_id)


def makes_no_record(store: Store, payment: Txn, wanted: Iterable[Element]) -> bool:
    """A payment of nothing that only sets credits: QuickBooks links them and saves no payment.

    It is not documented; the fact "zero payment keeps a record" plays the other answer.
    """
    return (
        payment.total == ZERO
        and store.fact(ZERO_KEEPS_A_RECORD) != "on"
        and any(element.find("SetCredit") is not None for element in wanted)
    )


def those_above(store: Store, customer_id: str) -> Iterable[str]:
    """A customer and those above it: a parent may pay for its jobs."""
    while customer_id:
        yield customer_id
        customer = store.lists.get(customer_id)
        customer_id = customer.parent_id if customer is not None else ""


def _head_of_family(store: Store, customer_id: str) -> str:
    return ["", *those_above(store, customer_id)][-1]
