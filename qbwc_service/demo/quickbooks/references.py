"""Finding what a ...Ref points at; status 3130 and 3140 have texts in the form of the real ones."""

from collections.abc import Mapping, Sequence
from typing import Final

from .body import Body, Value, text_at
from .errors import Refused
from .records import ENTITIES, ITEMS, TERMS, ListElement, ListName
from .store import Store

FEATURE_OFF: Final = 3250
INVALID_REFERENCE: Final = 3140
FEATURE_OFF_TEXT: Final = (
    "This feature is not enabled or not available in this version of QuickBooks."
)
_NO_RECORD: Final = (
    "QuickBooks error message: Invalid argument.  The specified record does not exist in the list."
)

_LISTS: Final[Mapping[str, tuple[ListName, ...]]] = {
    "CustomerRef": (ListName.CUSTOMER,),
    "ClassRef": (ListName.CLASS,),
    "ARAccountRef": (ListName.ACCOUNT,),
    "AccountRef": (ListName.ACCOUNT,),
    "IncomeAccountRef": (ListName.ACCOUNT,),
    "ExpenseAccountRef": (ListName.ACCOUNT,),
    "DepositToAccountRef": (ListName.ACCOUNT,),
    "RefundFromAccountRef": (ListName.ACCOUNT,),
    "PayeeEntityRef": ENTITIES,
    "OverrideItemAccountRef": (ListName.ACCOUNT,),
    "PrefVendorRef": (ListName.VENDOR,),
    "TaxVendorRef": (ListName.VENDOR,),
    "TemplateRef": (ListName.TEMPLATE,),
    "COGSAccountRef": (ListName.ACCOUNT,),
    "AssetAccountRef": (ListName.ACCOUNT,),
    "TermsRef": TERMS,
    "SalesRepRef": (ListName.SALES_REP,),
    "SalesRepEntityRef": (ListName.EMPLOYEE, ListName.VENDOR, ListName.OTHER_NAME),
    "ShipMethodRef": (ListName.SHIP_METHOD,),
    "ItemSalesTaxRef": (ListName.ITEM_SALES_TAX, ListName.ITEM_SALES_TAX_GROUP),
    "CustomerMsgRef": (ListName.CUSTOMER_MSG,),
    "CustomerSalesTaxCodeRef": (ListName.SALES_TAX_CODE,),
    "SalesTaxCodeRef": (ListName.SALES_TAX_CODE,),
    "ItemRef": ITEMS,
    "PaymentMethodRef": (ListName.PAYMENT_METHOD,),
    "PreferredPaymentMethodRef": (ListName.PAYMENT_METHOD,),
    "CustomerTypeRef": (ListName.CUSTOMER_TYPE,),
    "CurrencyRef": (ListName.CURRENCY,),
}
_SWITCHES: Final[Mapping[str, str]] = {
    "ClassRef": "class tracking",
    "ItemSalesTaxRef": "sales tax",
    "SalesTaxCodeRef": "sales tax",
    "CustomerSalesTaxCodeRef": "sales tax",
    "CurrencyRef": "multi-currency",
    "ExchangeRate": "multi-currency",
}
_NAMES: Final[Mapping[str, str]] = {"CustomerRef": "Customer", "ItemRef": "Item"}


def is_on(store: Store, preference: str) -> bool:
    return store.fact(preference) == "on"


def refuse_if_off(store: Store, body: Mapping[str, Value]) -> None:
    """3250 for an element of a feature that the company does not use."""
    for name in body:
        if name in _SWITCHES and not is_on(store, _SWITCHES[name]):
            raise Refused(FEATURE_OFF, FEATURE_OFF_TEXT)


def resolve(store: Store, name: str, ref: Body, owner: str) -> ListElement:
    """The list element that a reference names; ListID wins over FullName (qbXML OSR).

    Raises Refused(3140) where it does not exist, is in another list or is inactive.
    """
    list_id, full_name = text_at(ref, "ListID"), text_at(ref, "FullName")
    lists = _LISTS.get(name, ())
    element = store.lists.get(list_id) if list_id else store.lists.named(full_name, lists)
    if element is None or element.list_name not in lists or not element.is_active:
        kind = _NAMES.get(name, name.removesuffix("Ref"))
        raise no_such_reference(kind, list_id or full_name, owner)
    return element


def no_such_reference(kind: str, value: str, owner: str) -> Refused:
    """Status 3140, with the text of QuickBooks."""
    return Refused(
        INVALID_REFERENCE,
        f'There is an invalid reference to QuickBooks {kind} "{value}" in the {owner}.  '
        f"{_NO_RECORD}",
    )


def resolve_all(store: Store, body: Body, owner: str) -> Body:
    """The body with every reference resolved to its ListID, at any depth."""
    refuse_if_off(store, body)
    return {name: _resolved(store, name, value, owner) for name, value in body.items()}


def resolve_parent(store: Store, ref: Body, lists: Sequence[ListName]) -> ListElement:
    """The parent of a job or sub-item; Refused(3130) where it does not exist."""
    list_id, full_name = text_at(ref, "ListID"), text_at(ref, "FullName")
    element = store.lists.get(list_id) if list_id else store.lists.named(full_name, lists)
    if element is None or element.list_name not in lists:
        raise Refused(
            3130,
            f'There is an invalid reference to a parent "{list_id or full_name}" in the '
            f"{lists[0]} list.  {_NO_RECORD}",
        )
    return element


def _resolved(store: Store, name: str, value: Value, owner: str) -> Value:
    if isinstance(value, list):
        return [resolve_all(store, one, owner) for one in value]
    if not isinstance(value, dict):
        return value
    if not name.endswith("Ref"):
        return resolve_all(store, value, owner)
    return {"ListID": resolve(store, name, value, owner).list_id} if value else {}
