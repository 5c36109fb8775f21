"""ARRefundCreditCardAdd and CheckAdd: money back to a customer, out of a credit."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from .body import Body, Value, bodies_at, body_of, ref_at, text_at
from .context import RequestContext
from .credits import apply_credit
from .errors import NotSupported, Refused
from .grammar import Element, children, text_of
from .message import Answer
from .records import ListElement, Txn, TxnType
from .references import FEATURE_OFF, FEATURE_OFF_TEXT, refuse_if_off, resolve_all
from .rendering import address_block
from .store import Store
from .txn_rendering import txn_ret
from .txn_rules import (
    added,
    bad_value,
    customer_of,
    next_ref_number,
    not_found,
    not_saved,
    receivable_account,
    refuse_closed_period,
    txn_date,
)
from .values import ZERO, amount_text

_NOT_KEPT: Final = (
    "CustomerRef",
    "ARAccountRef",
    "TxnDate",
    "RefNumber",
    "RefundAppliedToTxnAdd",
    "ApplyCheckToTxnAdd",
    "ExpenseLineAdd",
)
_LINE_ORDER: Final = (
    "TxnLineID AccountRef Amount Memo CustomerRef ClassRef BillableStatus SalesRepRef"
)


def add_card_refund(context: RequestContext, request: Element) -> Answer:
    """ARRefundCreditCardAdd: the United States only; refunds credit memos and unused payments."""
    store = context.store
    if store.fact("country") != "US":
        raise Refused(FEATURE_OFF, FEATURE_OFF_TEXT)
    add = children(request)[0]
    wanted = body_of(add)
    parts = [
        (context.id_in(children(one)[0]), Decimal(text_of(children(one)[1])))
        for one in add.findall("RefundAppliedToTxnAdd")
    ]
    customer = customer_of(store, wanted, TxnType.CARD_REFUND)
    account: Body = {"RefundFromAccountRef": {"ListID": store.fact("undeposited funds")}}
    refund = _saved(
        context,
        TxnType.CARD_REFUND,
        wanted,
        customer,
        receivable_account(store, wanted, TxnType.CARD_REFUND),
        sum((amount for _, amount in parts), ZERO),
        {**account, **_header(store, TxnType.CARD_REFUND, wanted)},
    )
    for credit_id, amount in parts:
        apply_credit(context, credit_id, refund, amount, "RefundAppliedToTxnAdd refund amount")
    context.define(add, refund.txn_id)
    return added(request, refund, txn_ret(store, refund, lines=True, links=True))


def add_check(context: RequestContext, request: Element) -> Answer:
    """CheckAdd: with a line on a receivable account it is a refund, else an expense."""
    add = children(request)[0]
    wanted = body_of(add)
    for name in ("ItemLineAdd", "ItemGroupLineAdd"):
        if name in wanted:
            raise NotSupported(f"CheckAdd/{name}")
    store = context.store
    header = _header(store, TxnType.CHECK, wanted)
    _bank_account(store, header)
    lines = _expense_lines(context, bodies_at(wanted, "ExpenseLineAdd"))
    customer, receivable = _whom_it_refunds(store, header, lines)
    total = sum((Decimal(text_at(line, "Amount")) for line in lines), ZERO)
    body: Body = {**header, "ExpenseLineRet": list(lines)}
    check = _saved(context, TxnType.CHECK, wanted, customer, receivable, total, body)
    _apply_check(context, check, add.findall("ApplyCheckToTxnAdd"))
    context.define(add, check.txn_id)
    return added(request, check, txn_ret(store, check, lines=True, links=True))


def _saved(
    context: RequestContext,
    txn_type: TxnType,
    wanted: Body,
    customer: ListElement | None,
    receivable: str,
    total: Decimal,
    body: Body,
) -> Txn:
    if total < 0:
        raise bad_value("Amount", total, "The amount cannot be negative.")
    on = txn_date(context, wanted)
    refuse_closed_period(context.store, on, "add", txn_type)
    txn = Txn(
        txn_type,
        context.new_id("txn", "last txn id"),
        context.store.next_number("last txn number"),
        customer.list_id if customer is not None else "",
        receivable,
        on,
        text_at(wanted, "RefNumber") or next_ref_number(context.store, txn_type),
        total,
        context.stamp,
        context.stamp,
        context.edit_sequence,
        body,
    )
    context.store.txns.save(txn)
    return txn


def _header(store: Store, owner: str, wanted: Body) -> Body:
    refuse_if_off(store, wanted)
    own = {name: value for name, value in wanted.items() if name not in _NOT_KEPT}
    body = resolve_all(store, own, owner)
    address = body.get("Address")
    if isinstance(address, dict) and address:
        body["AddressBlock"] = address_block(address)
    return body


def _bank_account(store: Store, header: Body) -> None:
    account = store.lists.get(ref_at(header, "AccountRef"))
    if account is not None and text_at(account.body, "AccountType") != "Bank":
        raise Refused(
            3140, f'The account "{account.full_name}" in the Check is not a bank account.'
        )


def _expense_lines(context: RequestContext, wanted: Sequence[Body]) -> list[Body]:
    lines: list[Body] = []
    for line in wanted:
        if "DataExt" in line:
            raise NotSupported("DataExt in ExpenseLineAdd")
        body = resolve_all(context.store, line, "Check expense line")
        amount: Value = amount_text(Decimal(text_at(line, "Amount") or 0))
        new_id = context.new_id("txn", "last txn id")
        lines.append({"TxnLineID": new_id, **body, "Amount": amount})
    return [{n: line[n] for n in _LINE_ORDER.split() if n in line} for line in lines]


def _whom_it_refunds(
    store: Store, header: Body, lines: Sequence[Body]
) -> tuple[ListElement | None, str]:
    """The customer of the line on a receivable account, and that account; else the payee."""
    payee = store.lists.get(ref_at(header, "PayeeEntityRef"))
    for line in lines:
        account = store.lists.get(ref_at(line, "AccountRef"))
        if account is None or text_at(account.body, "AccountType") != "AccountsReceivable":
            continue
        if len(lines) > 1:
            raise NotSupported("a check with a receivable line and others")
        customer = store.lists.get(ref_at(line, "CustomerRef"))
        if customer is None:
            raise not_saved("Check", "A receivable account needs the name of a customer.")
        return customer, account.list_id
    return payee, ""


def _apply_check(context: RequestContext, check: Txn, wanted: Sequence[Element]) -> None:
    """ApplyCheckToTxnAdd: as much as is left where no Amount is given."""
    for element in wanted:
        credit_id = context.id_in(children(element)[0])
        given = element.findtext("Amount")
        if given is None:
            amount = _as_much_as_fits(context.store, check, credit_id)
        else:
            amount = Decimal(given)
        apply_credit(context, credit_id, check, amount, "ApplyCheckToTxnAdd amount")


def _as_much_as_fits(store: Store, check: Txn, credit_id: str) -> Decimal:
    credit = store.txns.get(credit_id)
    if credit is None:
        raise not_found(credit_id)
    return min(store.links.open_amount(credit), store.links.open_amount(check))
