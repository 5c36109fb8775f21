"""CustomerQuery and its sisters over the lists, and ListDeletedQuery."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Final

from lxml import etree

from .body import ref_at, text_at
from .context import RequestContext
from .errors import NotSupported, Refused
from .grammar import Element
from .message import Answer
from .paging import by_filter, by_key, in_range, in_time, matches, value_at, values_at
from .records import ENTITIES, ITEMS, TERMS, Deletion, ListElement, ListName
from .references import FEATURE_OFF, FEATURE_OFF_TEXT, is_on
from .rendering import list_ret
from .store import Store
from .values import timestamp, written_time

LISTS_OF_QUERY: Final[Mapping[str, tuple[ListName, ...]]] = {
    "CustomerQuery": (ListName.CUSTOMER,),
    "VendorQuery": (ListName.VENDOR,),
    "EmployeeQuery": (ListName.EMPLOYEE,),
    "OtherNameQuery": (ListName.OTHER_NAME,),
    "EntityQuery": ENTITIES,
    "ItemQuery": ITEMS,
    "ItemSalesTaxQuery": (ListName.ITEM_SALES_TAX,),
    "ItemSalesTaxGroupQuery": (ListName.ITEM_SALES_TAX_GROUP,),
    "AccountQuery": (ListName.ACCOUNT,),
    "PaymentMethodQuery": (ListName.PAYMENT_METHOD,),
    "SalesTaxCodeQuery": (ListName.SALES_TAX_CODE,),
    "TermsQuery": TERMS,
    "ClassQuery": (ListName.CLASS,),
    "TemplateQuery": (ListName.TEMPLATE,),
    "SalesRepQuery": (ListName.SALES_REP,),
    "ShipMethodQuery": (ListName.SHIP_METHOD,),
    "CurrencyQuery": (ListName.CURRENCY,),
    "CustomerTypeQuery": (ListName.CUSTOMER_TYPE,),
    "CustomerMsgQuery": (ListName.CUSTOMER_MSG,),
}
_OPERATORS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "LessThan": lt,
    "LessThanEqual": le,
    "Equal": eq,
    "GreaterThan": gt,
    "GreaterThanEqual": ge,
}
FORBIDDEN: Final = "forbidden query"
"""The fact that names a query which the QuickBooks user of the link may not make."""
_FEATURE_OF_QUERY: Final[Mapping[str, str]] = {"CurrencyQuery": "multi-currency"}
_NO_PERMISSION: Final = (3260, "Insufficient permission level to perform this action.")
REMEMBERED: Final = timedelta(days=90)


def query_list(context: RequestContext, request: Element) -> Answer:
    """Any list query: by ListID or FullName (inactive ones too), else by filter."""
    query = str(request.tag).removesuffix("Rq")
    lists = LISTS_OF_QUERY[query]
    store = context.store
    _refuse_what_is_not_for_us(context, query)
    owners = frozenset(values_at(request, "OwnerID"))

    def render(list_id: str) -> Element | None:
        element = store.lists.get(list_id)
        return None if element is None else _of_owners(list_ret(store, element), owners)

    def with_id(list_id: str) -> list[str]:
        element = store.lists.get(list_id)
        return [list_id] if element is not None and element.list_name in lists else []

    def with_name(full_name: str) -> list[str]:
        element = store.lists.named(full_name, lists)
        return [] if element is None else [element.list_id]

    if ids := values_at(request, "ListID"):
        return by_key(request, ids, with_id, render)
    if names := values_at(request, "FullName"):
        return by_key(request, names, with_name, render)
    return by_filter(context, request, lambda: _filtered(context, request, lists), render)


def _refuse_what_is_not_for_us(context: RequestContext, query: str) -> None:
    feature = _FEATURE_OF_QUERY.get(query, "")
    if feature and not is_on(context.store, feature):
        raise Refused(FEATURE_OFF, FEATURE_OFF_TEXT)
    refuse_what_is_forbidden(context.store, query)


def refuse_what_is_forbidden(store: Store, query: str) -> None:
    """The QuickBooks user of the link may not make that query: Refused(3260)."""
    if store.fact(FORBIDDEN) == query:
        raise Refused(*_NO_PERMISSION)


def _of_owners(ret: Element, owners: frozenset[str]) -> Element:
    """Custom fields come only where the query names their OwnerID (qbXML OSR: OwnerID)."""
    for ext in ret.findall("DataExtRet"):
        if value_at(ext, "OwnerID") not in owners:
            ret.remove(ext)
    return ret


def _filtered(context: RequestContext, request: Element, lists: Sequence[ListName]) -> list[str]:
    if request.find("ClassFilter") is not None:
        raise NotSupported("ClassFilter")
    since = value_at(request, "FromModifiedDate")
    elements = context.store.lists.all(lists, written_time(since) if since else "")
    return [e.list_id for e in elements if _passes(context, request, e)]


def _passes(context: RequestContext, request: Element, element: ListElement) -> bool:
    # TemplateQuery knows no filter, so nothing is filtered (qbXML OSR).
    usual = "All" if element.list_name is ListName.TEMPLATE else "ActiveOnly"
    active = value_at(request, "ActiveStatus") or usual
    currencies = values_at(request, "CurrencyFilter/ListID")
    return (
        (active == "All" or element.is_active == (active == "ActiveOnly"))
        and in_time(
            element.modified,
            value_at(request, "FromModifiedDate"),
            value_at(request, "ToModifiedDate"),
        )
        and _name_passes(request, element.name)
        and _one_of(text_at(element.body, "AccountType"), values_at(request, "AccountType"))
        and _one_of(
            text_at(element.body, "PaymentMethodType"), values_at(request, "PaymentMethodType")
        )
        and _one_of(ref_at(element.body, "CurrencyRef"), currencies)
        and _balance_passes(context, request, element)
    )


def _one_of(value: str, wanted: Sequence[str]) -> bool:
    return not wanted or value in wanted


def _name_passes(request: Element, name: str) -> bool:
    wanted = value_at(request, "NameFilter/Name")
    if wanted and not matches(name, value_at(request, "NameFilter/MatchCriterion"), wanted):
        return False
    start = value_at(request, "NameRangeFilter/FromName")
    return in_range(name, start, value_at(request, "NameRangeFilter/ToName"))


def _balance_passes(context: RequestContext, request: Element, element: ListElement) -> bool:
    operator = value_at(request, "TotalBalanceFilter/Operator")
    if not operator:
        return True
    limit = Decimal(value_at(request, "TotalBalanceFilter/Amount"))
    return _OPERATORS[operator](context.store.txns.balance(element.list_id), limit)


def query_deleted_elements(context: RequestContext, request: Element) -> Answer:
    """ListDeletedQuery: the last 90 days only (qbXML OSR)."""
    return _deletion_answer(context, request, of_lists=True)


def query_deleted_txns(context: RequestContext, request: Element) -> Answer:
    """TxnDeletedQuery: the last 90 days only (qbXML OSR)."""
    return _deletion_answer(context, request, of_lists=False)


def _deletion_answer(context: RequestContext, request: Element, *, of_lists: bool) -> Answer:
    wanted = values_at(request, "ListDelType" if of_lists else "TxnDelType")
    start = value_at(request, "DeletedDateRangeFilter/FromDeletedDate")
    end = value_at(request, "DeletedDateRangeFilter/ToDeletedDate")
    oldest = timestamp(context.now - REMEMBERED)
    found = {
        deletion.record_id: deletion
        for deletion in context.store.deletions(of_lists=of_lists)
        if deletion.record_type in wanted
        and in_time(deletion.deleted, start, end)
        and in_time(deletion.deleted, oldest, "")
    }
    return by_filter(
        context, request, lambda: list(found), lambda one: _deleted_ret(found[one], of_lists)
    )


def _deleted_ret(deletion: Deletion, of_lists: bool) -> Element:
    kind = "List" if of_lists else "Txn"
    ret = etree.Element(f"{kind}DeletedRet")
    values = {
        f"{kind}DelType": deletion.record_type,
        f"{kind}ID": deletion.record_id,
        "TimeCreated": deletion.created,
        "TimeDeleted": deletion.deleted,
        "FullName" if of_lists else "RefNumber": deletion.name,
    }
    for tag, text in values.items():
        if text:
            etree.SubElement(ret, tag).text = text
    return ret
