"""InvoiceQuery and ReceivePaymentQuery; credit memos and sales receipts are always none."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from .context import RequestContext
from .errors import NotSupported
from .grammar import Element
from .message import Answer
from .paging import by_filter, by_key, in_range, in_time, matches, value_at, values_at
from .records import ENTITIES, ListName, Txn, TxnType
from .rendering import invoice_ret, payment_ret
from .store import Store
from .values import is_true

_TYPES: Final = {
    "InvoiceQueryRq": TxnType.INVOICE,
    "ReceivePaymentQueryRq": TxnType.RECEIVE_PAYMENT,
}


def query_txns(context: RequestContext, request: Element) -> Answer:
    """By TxnID, by RefNumber (letter case ignored, several may have it), else by filter."""
    txn_type = _TYPES.get(str(request.tag))
    render = _renderer(context.store, request)

    def of_type(found: Iterable[Txn | None]) -> list[str]:
        return [txn.txn_id for txn in found if txn is not None and txn.txn_type is txn_type]

    def with_id(txn_id: str) -> list[str]:
        return of_type([context.store.txns.get(txn_id)])

    def with_number(number: str) -> list[str]:
        return of_type(context.store.txns.numbered(number))

    def with_exact_number(number: str) -> list[str]:
        found = context.store.txns.numbered(number)
        return of_type(txn for txn in found if txn.ref_number == number)

    if ids := values_at(request, "TxnID"):
        return by_key(request, ids, with_id, render)
    if numbers := values_at(request, "RefNumber"):
        return by_key(request, numbers, with_number, render)
    if numbers := values_at(request, "RefNumberCaseSensitive"):
        return by_key(request, numbers, with_exact_number, render)
    return by_filter(context, request, lambda: _filtered(context, request, txn_type), render)


def _renderer(store: Store, request: Element) -> Callable[[str], Element | None]:
    lines = is_true(value_at(request, "IncludeLineItems"))
    links = is_true(value_at(request, "IncludeLinkedTxns"))

    def render(txn_id: str) -> Element | None:
        txn = store.txns.get(txn_id)
        if txn is None:
            return None
        if txn.txn_type is TxnType.INVOICE:
            return invoice_ret(store, txn, lines=lines, links=links)
        return payment_ret(store, txn, lines=lines)

    return render


def _filtered(context: RequestContext, request: Element, txn_type: TxnType | None) -> list[str]:
    if request.find("CurrencyFilter") is not None:
        raise NotSupported("CurrencyFilter over transactions")
    if txn_type is None:
        return []
    store = context.store
    customers = _wanted(store, request, "EntityFilter")
    accounts = _wanted(store, request, "AccountFilter")
    return [
        txn.txn_id
        for txn in store.txns.of_type(txn_type)
        if _passes(context, request, txn)
        and (customers is None or txn.customer_id in customers)
        and (accounts is None or txn.account_id in accounts)
    ]


def _passes(context: RequestContext, request: Element, txn: Txn) -> bool:
    modified = "ModifiedDateRangeFilter"
    numbers = "RefNumberRangeFilter"
    wanted = value_at(request, "RefNumberFilter/RefNumber")
    criterion = value_at(request, "RefNumberFilter/MatchCriterion")
    return (
        in_time(
            txn.modified,
            value_at(request, f"{modified}/FromModifiedDate"),
            value_at(request, f"{modified}/ToModifiedDate"),
        )
        and _date_passes(context, request, txn.txn_date)
        and (not wanted or matches(txn.ref_number, criterion, wanted))
        and in_range(
            txn.ref_number,
            value_at(request, f"{numbers}/FromRefNumber"),
            value_at(request, f"{numbers}/ToRefNumber"),
        )
        and _paid_passes(context.store, request, txn)
    )


def _date_passes(context: RequestContext, request: Element, on: str) -> bool:
    macro = value_at(request, "TxnDateRangeFilter/DateMacro")
    if macro == "Today":
        return date.fromisoformat(on) == context.now.date()
    if macro not in {"", "All"}:
        raise NotSupported(f"DateMacro {macro}")
    start = value_at(request, "TxnDateRangeFilter/FromTxnDate")
    end = value_at(request, "TxnDateRangeFilter/ToTxnDate")
    return (not start or on >= start) and (not end or on <= end)


def _paid_passes(store: Store, request: Element, txn: Txn) -> bool:
    status = value_at(request, "PaidStatus") or "All"
    if status == "All":
        return True
    return (store.txns.open_amount(txn) == 0) == (status == "PaidOnly")


def _wanted(store: Store, request: Element, name: str) -> set[str] | None:
    """The ListIDs that a filter names; None where there is no such filter."""
    filter_element = request.find(name)
    if filter_element is None:
        return None
    lists = ENTITIES if name == "EntityFilter" else (ListName.ACCOUNT,)
    wanted = set(values_at(filter_element, "ListID"))
    for full_name in values_at(filter_element, "FullName"):
        wanted |= _ids_named(store, full_name, lists)
    above = set(values_at(filter_element, "ListIDWithChildren"))
    for full_name in values_at(filter_element, "FullNameWithChildren"):
        above |= _ids_named(store, full_name, lists)
    while above:
        wanted |= above
        above = {child.list_id for parent in above for child in store.lists.children(parent)}
    return wanted


def _ids_named(store: Store, full_name: str, lists: tuple[ListName, ...]) -> set[str]:
    element = store.lists.named(full_name, lists)
    return set() if element is None else {element.list_id}
