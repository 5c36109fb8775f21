"""Builders: a QuickBooks company file as matching and planning see it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from qbwc_service.matching.company import Account, Chosen, Company, Item, ListEntry, MappedItem
from qbwc_service.matching.customer_index import Customer, CustomerIndex
from qbwc_service.matching.keys import name_key
from qbwc_service.matching.payment_methods import method_key
from qbwc_service.matching.tax_items import tax_key
from qbwc_service.settings import Settings, effective


def item(
    full_name: str, *, list_id: str = "", is_active: bool = True, kind: str = "Service"
) -> Item:
    """An item; "Tools:Hammer" is the sub-item Hammer of Tools. Its ListID is its name's."""
    return Item(list_id or f"I-{full_name}", full_name.rsplit(":")[-1], full_name, is_active, kind)


def chosen(full_name: str, *, is_active: bool = True, is_gone: bool = False) -> MappedItem:
    """The item that a person chose."""
    return MappedItem(full_name, None if is_gone else item(full_name, is_active=is_active))


def account(full_name: str, *, kind: str = "Income", is_active: bool = True) -> Account:
    return Account(f"A-{full_name}", full_name, kind, is_active)


def entry(full_name: str, *, kind: str = "", is_active: bool = True) -> ListEntry:
    """An entry of one of the smaller lists. Its ListID is its name's."""
    return ListEntry(f"L-{full_name}", full_name, is_active, kind)


def chosen_for(shown: str, list_name: str, there: ListEntry | str) -> Chosen:
    """What a person chose for it; a text is the name of an entry that is gone."""
    if isinstance(there, str):
        return Chosen(shown, list_name, there, None)
    return Chosen(shown, list_name, there.full_name, there)


def customer(full_name: str, **more: Any) -> Customer:
    """A customer of QuickBooks; "Acme Inc:Roof" is the job Roof of Acme Inc."""
    return Customer(f"C-{full_name}", full_name, **more)


def planned(full_name: str, contact: str, **more: Any) -> Customer:
    """A customer that a posting of ours will make for that Keap contact."""
    return Customer("", full_name, made_by=contact, **more)


def company_file(
    *,
    customers: Sequence[Customer] = (),
    items: Sequence[Item] = (item("HAMMER"), item("NAIL")),
    accounts: Sequence[Account] = (account("Sales"), account("Sales Tax Payable")),
    other_names: Mapping[str, str] | None = None,
    chosen: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    payment_methods: Mapping[str, str] | None = None,
    lists: Mapping[str, Sequence[ListEntry]] | None = None,
    methods: Sequence[Chosen] = (),
    deposits: Sequence[Chosen] = (),
    taxes: Mapping[str, Chosen] | None = None,
    numbers: Mapping[str, int] | None = None,
    mapped: Mapping[str, MappedItem] | None = None,
    mapped_taxes: Mapping[str, MappedItem] | None = None,
    by_field: Mapping[str, Sequence[Item]] | None = None,
    made: Mapping[str, Item] | None = None,
    home_currency: str = "USD",
    tax_rates: Mapping[str, Sequence[str]] | None = None,
    tax_groups: Mapping[frozenset[str], str] | None = None,
    sales_tax_is_on: bool = True,
    country: str = "US",
) -> Company:
    """The books in US dollars with two items and two accounts, unless told otherwise."""
    by_name: dict[str, tuple[Item, ...]] = {}
    for each in items:
        by_name[name_key(each.name)] = (*by_name.get(name_key(each.name), ()), each)
    return Company(
        customers=CustomerIndex(customers),
        chosen_customers=chosen or {},
        customer_of_contact=remembered or {},
        other_names={name_key(name): kind for name, kind in (other_names or {}).items()},
        items_by_full_name={name_key(each.full_name): each for each in items},
        items_by_name=by_name,
        accounts={name_key(each.full_name): each for each in accounts},
        payment_methods={
            name_key(name): list_id for name, list_id in (payment_methods or {}).items()
        },
        lists={
            name: {name_key(each.full_name): each for each in entries}
            for name, entries in (lists or {}).items()
        },
        method_of_payment={method_key(each.shown): each for each in methods},
        deposit_of_payment={method_key(each.shown): each for each in deposits},
        item_of_tax={tax_key(key): each for key, each in (taxes or {}).items()},
        numbers=numbers or {},
        mapped_items=mapped or {},
        mapped_taxes=mapped_taxes or {},
        items_by_field={key: tuple(found) for key, found in (by_field or {}).items()},
        made_items=made or {},
        home_currency=home_currency,
        tax_rates={
            list_id: tuple(Decimal(rate) for rate in rates)
            for list_id, rates in (tax_rates or {}).items()
        },
        tax_groups=tax_groups or {},
        sales_tax_is_on=sales_tax_is_on,
        country=country,
    )


def settings(**chosen: Any) -> Settings:
    """The settings of a connection whose accounts are chosen; start date 1 November 2026."""
    stored = {"income_account": "Sales", "tax_account": "Sales Tax Payable"} | chosen
    return effective(stored, account_time_zone="America/Phoenix", set_up_on=date(2026, 11, 1))
