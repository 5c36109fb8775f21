"""Which entry of a QuickBooks list: the one that a setting names, or that a person mapped. Pure.

An entry that is gone or inactive is a hold, never another one: QuickBooks would refuse the whole
invoice (3140), or take its own default, and nobody would notice.
"""

from collections.abc import Mapping

from qbwc_service.matching.company import Chosen, Company, ListEntry
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import Setting

#: what a person calls one entry of a list
LIST_WORD: Mapping[str, str] = {
    "Account": "account",
    "Class": "class",
    "Customer": "customer",
    "Item": "item",
    "PaymentMethod": "payment method",
    "SalesRep": "sales rep",
    "SalesTaxCode": "tax code",
    "ShipMethod": "shipping method",
    "Template": "template",
    "Terms": "terms",
}


def list_word(list_name: str) -> str:
    return LIST_WORD.get(list_name, list_name)


def named_entry(
    setting: Setting, full_name: str, company: Company, *, order_id: int
) -> ListEntry | Hold | None:
    """The active entry that the setting names; None where it names none.

    None too while the list was never read: an order is not held for what nobody could look up.
    """
    entries = company.lists.get(setting.list_name)
    if not full_name or entries is None:
        return None
    entry = entries.get(name_key(full_name))
    if entry is None or not entry.is_active:
        return not_there(setting.name, setting.list_name, full_name, order_id=order_id)
    return entry


def still_there(chosen: Chosen, purpose: str, *, order_id: int) -> ListEntry | Hold:
    """The entry that a person chose, under whatever name it has now."""
    if chosen.entry is None or not chosen.entry.is_active:
        full_name = chosen.entry.full_name if chosen.entry else chosen.full_name
        return not_there(purpose, chosen.list_name, full_name, order_id=order_id)
    return chosen.entry


def not_there(purpose: str, list_name: str, full_name: str, *, order_id: int) -> Hold:
    """`purpose`: the setting, or what of Keap it was chosen for."""
    details = {
        "setting": purpose,
        "list": list_word(list_name),
        "entry": full_name,
        "order": str(order_id),
    }
    return Hold("list-entry-not-in-quickbooks", details)
