"""The records of a company file."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from .body import Body


class ListName(StrEnum):
    """The lists, each by the name that its ...Ret element starts with."""

    CUSTOMER = "Customer"
    VENDOR = "Vendor"
    EMPLOYEE = "Employee"
    OTHER_NAME = "OtherName"
    ITEM_SERVICE = "ItemService"
    ITEM_NON_INVENTORY = "ItemNonInventory"
    ITEM_OTHER_CHARGE = "ItemOtherCharge"
    ITEM_INVENTORY = "ItemInventory"
    ITEM_INVENTORY_ASSEMBLY = "ItemInventoryAssembly"
    ITEM_DISCOUNT = "ItemDiscount"
    ITEM_SALES_TAX = "ItemSalesTax"
    ITEM_SALES_TAX_GROUP = "ItemSalesTaxGroup"
    ACCOUNT = "Account"
    PAYMENT_METHOD = "PaymentMethod"
    SALES_TAX_CODE = "SalesTaxCode"
    TERMS = "StandardTerms"
    DATE_DRIVEN_TERMS = "DateDrivenTerms"
    CLASS = "Class"
    TEMPLATE = "Template"
    SALES_REP = "SalesRep"
    SHIP_METHOD = "ShipMethod"
    CURRENCY = "Currency"
    CUSTOMER_TYPE = "CustomerType"
    CUSTOMER_MSG = "CustomerMsg"


ENTITIES: Final = (ListName.CUSTOMER, ListName.VENDOR, ListName.EMPLOYEE, ListName.OTHER_NAME)
ITEMS: Final = (
    ListName.ITEM_SERVICE,
    ListName.ITEM_NON_INVENTORY,
    ListName.ITEM_OTHER_CHARGE,
    ListName.ITEM_INVENTORY,
    ListName.ITEM_INVENTORY_ASSEMBLY,
    ListName.ITEM_DISCOUNT,
    ListName.ITEM_SALES_TAX,
    ListName.ITEM_SALES_TAX_GROUP,
)
TERMS: Final = (ListName.TERMS, ListName.DATE_DRIVEN_TERMS)


def name_space(list_name: ListName) -> tuple[ListName, ...]:
    """The lists in which a name of that list may stand only once."""
    shared = (space for space in (ENTITIES, ITEMS, TERMS) if list_name in space)
    return next(shared, (list_name,))


class TxnType(StrEnum):
    """The transactions, each by the name that its ...Ret element starts with."""

    INVOICE = "Invoice"
    SALES_RECEIPT = "SalesReceipt"
    SALES_ORDER = "SalesOrder"
    CREDIT_MEMO = "CreditMemo"
    RECEIVE_PAYMENT = "ReceivePayment"
    CARD_REFUND = "ARRefundCreditCard"
    CHECK = "Check"
    DEPOSIT = "Deposit"


CREDITS: Final = (TxnType.RECEIVE_PAYMENT, TxnType.CREDIT_MEMO)
"""What lowers a customer's balance and can be applied; the others of the receivables are debits."""


@dataclass(frozen=True, slots=True)
class ListElement:
    """One member of a list. `full_name` has the names of the parents in front."""

    list_name: ListName
    list_id: str
    name: str
    full_name: str
    parent_id: str
    is_active: bool
    created: str
    modified: str
    edit_sequence: str
    body: Body


@dataclass(frozen=True, slots=True)
class Txn:
    """One transaction. `total` is with sales tax; `number` is QuickBooks' own TxnNumber.

    `customer_id` is "" where it has none, `account_id` is the receivable account that it posts to,
    "" where it posts to none.
    """

    txn_type: TxnType
    txn_id: str
    number: int
    customer_id: str
    account_id: str
    txn_date: str
    ref_number: str
    total: Decimal
    created: str
    modified: str
    edit_sequence: str
    body: Body


@dataclass(frozen=True, slots=True)
class Application:
    """So much of a credit (payment, credit memo) pays that debit (invoice, refund).

    `set_by` is the payment that applied another credit (SetCredit); "" elsewhere.
    """

    credit_id: str
    debit_id: str
    amount: Decimal
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What the Deleted queries tell: the type, the id and the last name or number."""

    record_type: str
    record_id: str
    name: str
    created: str
    deleted: str


def edit_sequence(at: datetime) -> str:
    """Epoch seconds: two changes within one second share it (as seen in QuickBooks)."""
    return str(int(at.timestamp()))
