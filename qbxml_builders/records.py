"""What QuickBooks returns, one frozen dataclass a kind of record.

Everything is read leniently: a missing text is "", a missing or unreadable number, date or switch
is None. Times are QuickBooks' own text: its offsets are wrong around summer time, so they are only
echoed. Amounts are Decimals in the record's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from qbxml_builders.addresses import Address as Address
from qbxml_builders.custom_fields import DataExt as DataExt
from qbxml_builders.txn_records import AppliedTxn as AppliedTxn
from qbxml_builders.txn_records import InvoiceRecord as InvoiceRecord
from qbxml_builders.txn_records import LineRecord as LineRecord
from qbxml_builders.txn_records import LinkedTxn as LinkedTxn
from qbxml_builders.txn_records import PaymentRecord as PaymentRecord
from qbxml_builders.txn_records import RefundRecord as RefundRecord
from qbxml_builders.txn_records import RemovedRecord as RemovedRecord
from qbxml_builders.txn_records import SaleRecord as SaleRecord


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """CustomerRet: a customer, or a job where ``parent_list_id`` is filled."""

    list_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    name: str
    full_name: str
    is_active: bool | None
    parent_list_id: str
    company_name: str
    first_name: str
    last_name: str
    email: str
    phone: str
    bill_address: Address
    currency: str
    external_guid: str
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """VendorRet, EmployeeRet or OtherNameRet: what shares a name space with customers."""

    kind: str
    list_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    name: str
    is_active: bool | None
    company_name: str
    email: str


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """Item…Ret; ``kind`` is "NonInventory", "SalesTax" and so on.

    ``account_list_id`` is where its sales post to; ``full_name`` is the name where there are no
    levels. ``part_number`` is the manufacturer's: only inventory, assembly and non-inventory items
    have one (qbXML OSR). ``custom_fields`` come where the query names OwnerID 0, ``tax_items`` are
    the ListIDs of the members of a tax group.
    """

    kind: str
    list_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    name: str
    full_name: str
    is_active: bool | None
    parent_list_id: str
    external_guid: str
    description: str
    price: Decimal | None
    account_list_id: str
    tax_rate: Decimal | None
    part_number: str = ""
    barcode: str = ""
    custom_fields: Mapping[str, str] = field(default_factory=dict)
    tax_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListRecord:
    """A member of a simple list; ``list`` is a ListName such as "Terms".

    ``extra`` holds every other plain element (AccountType, SpecialAccountType, IsTaxable,
    CurrencyCode …) and the full names of references. A sales rep's name is its Initial.
    """

    list: str
    list_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    name: str
    full_name: str
    is_active: bool | None
    extra: Mapping[str, str] = field(default_factory=dict)
    parent_list_id: str = ""


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """A list member or transaction that was deleted; ``type`` is its ListDelType or TxnDelType."""

    type: str
    id: str
    time_created: str
    name_or_number: str


@dataclass(frozen=True, slots=True)
class HostRecord:
    """HostRet: which QuickBooks, and the qbXML versions that it takes.

    ``capacity`` is how many members a list may have, by its name in ListMetaData: "Entity" is the
    one limit of customers, vendors, employees and other names together.
    """

    product: str
    major: str
    minor: str
    country: str
    versions: tuple[str, ...]
    file_mode: str
    capacity: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """CompanyRet. While an accountant's copy is out, dates up to its dividing date are closed."""

    name: str
    ext: tuple[DataExt, ...]
    accountant_copy_dividing_date: date | None


@dataclass(frozen=True, slots=True)
class PreferencesRecord:
    """PreferencesRet: what explains most refusals before they happen.

    ``sales_tax`` is whether sales tax is on; only then the default codes are named.
    """

    closing_date: date | None
    multi_currency: bool
    home_currency_name: str
    sales_tax: bool
    taxable_code_list_id: str
    non_taxable_code_list_id: str


@dataclass(frozen=True, slots=True)
class UnknownRecord:
    """An element that we have no reader for."""

    tag: str


Record = (
    CustomerRecord
    | EntityRecord
    | ItemRecord
    | ListRecord
    | InvoiceRecord
    | SaleRecord
    | PaymentRecord
    | RefundRecord
    | RemovedRecord
    | DeletedRecord
    | HostRecord
    | CompanyRecord
    | PreferencesRecord
    | DataExt
    | UnknownRecord
)
