"""InvoiceQuery and its sisters over the transactions."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from .body import ref_at
from .context import RequestContext
from .errors import NotSupported
from .grammar import Element
from .message import Answer
from .other_sales_forms import refuse_sales_orders_in_pro
from .paging import by_filter, by_key, in_range, matches, value_at, values_at
from .records import ENTITIES, ListName, Txn, TxnType
from .store import Store
from .txn_rendering import txn_ret
from .txn_table import Wanted
from .values import is_true, written_time

TYPE_OF_QUERY: Final[Mapping[str, TxnType]] = {
    f"{txn_type}Query": txn_type
    for txn_type in (
        TxnType.INVOICE,
        TxnType.SALES_RECEIPT,
        TxnType.SALES_ORDER,
        TxnType.CREDIT_MEMO,
        TxnType.RECEIVE_PAYMENT,
        TxnType.CARD_REFUND,
        TxnType.CHECK,
    )
}
_NUMBER_FILTERS: Final = ("Filter", "RangeFilter")
_ACCOUNTS: Final = ("DepositToAccountRef", "RefundFromAccountRef", "AccountRef")


def query_txns(context: RequestContext, request: Element) -> Answer:
    """By TxnID, by RefNumber (letter case ignored, several may have it), else by filter."""
    txn_type = TYPE_OF_QUERY[str(request.tag).removesuffix("Rq")]
    if txn_type is TxnType.SALES_ORDER:
        refuse_sales_orders_in_pro(context.store)
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
    fields = "0" in values_at(request, "OwnerID")

    def render(txn_id: str) -> Element | None:
        txn = store.txns.get(txn_id)
        if txn is None:
            return None
        return txn_ret(store, txn, lines=lines, links=links, fields=fields)

    return render


def _filtered(context: RequestContext, request: Element, txn_type: TxnType) -> list[str]:
    if request.find("CurrencyFilter") is not None:
        raise NotSupported("CurrencyFilter over transactions")
    store = context.store
    accounts = _listed(store, request, "AccountFilter")
    by_number = any(request.find(f"RefNumber{kind}") is not None for kind in _NUMBER_FILTERS)
    return [
        txn.txn_id
        for txn in store.txns.found(txn_type, _wanted(context, request))
        if (not by_number or _number_passes(request, txn.ref_number))
        and _paid_passes(store, request, txn)
        and (accounts is None or not accounts.isdisjoint(_accounts_of(txn)))
    ]


def _wanted(context: RequestContext, request: Element) -> Wanted:
    modified = "ModifiedDateRangeFilter"
    since = value_at(request, f"{modified}/FromModifiedDate")
    until = value_at(request, f"{modified}/ToModifiedDate")
    first, last = _dates(context, request)
    return Wanted(
        written_time(since) if since else "",
        written_time(until) if until else "",
        first,
        last,
        _listed(context.store, request, "EntityFilter"),
        bodies=request.find("AccountFilter") is not None,
    )


def _dates(context: RequestContext, request: Element) -> tuple[str, str]:
    macro = value_at(request, "TxnDateRangeFilter/DateMacro")
    if macro == "Today":
        today = context.now.date().isoformat()
        return today, today
    if macro not in {"", "All"}:
        raise NotSupported(f"DateMacro {macro}")
    return (
        value_at(request, "TxnDateRangeFilter/FromTxnDate"),
        value_at(request, "TxnDateRangeFilter/ToTxnDate"),
    )


def _number_passes(request: Element, number: str) -> bool:
    wanted = value_at(request, "RefNumberFilter/RefNumber")
    criterion = value_at(request, "RefNumberFilter/MatchCriterion")
    numbers = "RefNumberRangeFilter"
    return (not wanted or matches(number, criterion, wanted)) and in_range(
        number,
        value_at(request, f"{numbers}/FromRefNumber"),
        value_at(request, f"{numbers}/ToRefNumber"),
    )


def _accounts_of(txn: Txn) -> set[str]:
    return {txn.account_id, *(ref_at(txn.body, name) for name in _ACCOUNTS)}


def _paid_passes(store: Store, request: Element, txn: Txn) -> bool:
    status = value_at(request, "PaidStatus") or "All"
    if status == "All":
        return True
    return (store.links.open_amount(txn) == 0) == (status == "PaidOnly")


def _listed(store: Store, request: Element, name: str) -> frozenset[str] | None:
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
    return frozenset(wanted)


def _ids_named(store: Store, full_name: str, lists: tuple[ListName, ...]) -> set[str]:
    element = store.lists.named(full_name, lists)
    return set() if element is None else {element.list_id}
