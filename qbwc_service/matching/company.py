"""The slice of the mirror and the ledger that matching looks at, as plain values.

`staging`, `ledger` and `webconnector` fill it with a constant number of queries for many orders;
nothing here touches a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from qbwc_service.matching.customer_index import CustomerIndex
from qbwc_service.planning.rule import Rule


@dataclass(frozen=True, slots=True)
class Item:
    """An item; `name` is the last part of `full_name`, `kind` what QuickBooks calls its type:
    Service, NonInventory, SalesTax ..."""

    list_id: str
    name: str
    full_name: str
    is_active: bool = True
    kind: str = ""


@dataclass(frozen=True, slots=True)
class MappedItem:
    """The item that a person chose. `item` is None where QuickBooks no longer has it."""

    full_name: str
    item: Item | None


@dataclass(frozen=True, slots=True)
class Account:
    list_id: str
    full_name: str
    kind: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of any of the smaller lists: terms, a class, a payment method ..."""

    list_id: str
    full_name: str
    is_active: bool = True
    #: AccountType, TemplateType or kind of item; "" where the list has none, or it is not known
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose for something of Keap, and what the company file has of it now."""

    #: the thing of Keap as a person reads it: VISA, Arizona
    shown: str
    list_name: str
    #: what the entry was called when it was seen last
    full_name: str
    #: None where it is gone
    entry: ListEntry | None


@dataclass(frozen=True, slots=True)
class Company:
    """What is known of the company file for a batch of orders. All keys are `name_key`s."""

    #: those of the company file, and those that our own postings will make
    customers: CustomerIndex = field(default_factory=CustomerIndex)
    #: contact id -> ListID that a person chose; "" where a new customer is to be made
    chosen_customers: Mapping[str, str] = field(default_factory=dict)
    #: contact id -> ListID of the customer that our own ledger made or adopted for it
    customer_of_contact: Mapping[str, str] = field(default_factory=dict)
    #: vendor, employee or other name, by full name
    other_names: Mapping[str, str] = field(default_factory=dict)
    items_by_full_name: Mapping[str, Item] = field(default_factory=dict)
    items_by_name: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    #: by the field that `item_match` names, where that is not the item's name (matching.keys)
    items_by_field: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    #: what a person chose, by `product_key`, and for taxes by `tax_key`
    mapped_items: Mapping[str, MappedItem] = field(default_factory=dict)
    mapped_taxes: Mapping[str, MappedItem] = field(default_factory=dict)
    #: the items that our postings made, by source key, whatever they are called now
    made_items: Mapping[str, Item] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    #: ListIDs of the active ones
    payment_methods: Mapping[str, str] = field(default_factory=dict)
    #: by list name: the entries that settings name; a list that was never read is missing
    lists: Mapping[str, Mapping[str, ListEntry]] = field(default_factory=dict)
    #: chosen for payment types and card brands, by `matching.payment_methods.method_key`
    method_of_payment: Mapping[str, Chosen] = field(default_factory=dict)
    deposit_of_payment: Mapping[str, Chosen] = field(default_factory=dict)
    #: chosen for taxes, by the keys of `matching.tax_items`
    item_of_tax: Mapping[str, Chosen] = field(default_factory=dict)
    #: rates in percent by the ListID of a sales tax item; of a group those of its members
    tax_rates: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    #: the ListIDs of the members of a tax group -> its own
    tax_groups: Mapping[frozenset[str], str] = field(default_factory=dict)
    #: RefNumbers of our own living forms -> order id
    numbers: Mapping[str, int] = field(default_factory=dict)
    home_currency: str = ""
    #: as QuickBooks says: "US", "CA", "UK" ...; "" while it was not asked
    country: str = ""
    sales_tax_is_on: bool = True
    #: those that are on, from the top down
    rules: tuple[Rule, ...] = ()
