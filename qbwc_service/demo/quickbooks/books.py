"""The books as an auditor reads them, past qbXML: who owes what, and what was paid."""

from dataclasses import dataclass
from decimal import Decimal

from .body import bodies_at, ref_at, text_at
from .company import Company
from .records import ListName, Txn, TxnType
from .store import Store


@dataclass(frozen=True, slots=True)
class BookCustomer:
    list_id: str
    full_name: str
    is_active: bool
    email: str
    guid: str
    balance: Decimal
    tax_code: str


@dataclass(frozen=True, slots=True)
class BookLine:
    """One line; `item` is the full name of today, `quantity` and `rate` as written or ""."""

    item: str
    description: str
    quantity: str
    rate: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BookInvoice:
    """One invoice; `total` is with sales tax, `balance` is what is still due."""

    txn_id: str
    number: str
    customer_id: str
    customer: str
    on: str
    total: Decimal
    sales_tax: Decimal
    balance: Decimal
    guid: str
    memo: str
    lines: tuple[BookLine, ...]
    #: full names of today; "" where the invoice has none
    terms: str
    class_name: str
    template: str
    sales_rep: str
    ship_method: str


@dataclass(frozen=True, slots=True)
class BookApplication:
    invoice_id: str
    invoice_number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BookPayment:
    """One payment received; `unused` is what pays no invoice."""

    txn_id: str
    ref_number: str
    customer_id: str
    customer: str
    on: str
    total: Decimal
    unused: Decimal
    method: str
    deposit_to: str
    guid: str
    memo: str
    applied: tuple[BookApplication, ...]


@dataclass(frozen=True, slots=True)
class Books:
    customers: tuple[BookCustomer, ...]
    invoices: tuple[BookInvoice, ...]
    payments: tuple[BookPayment, ...]


def read_books(company: Company) -> Books:
    """Everything, in the order in which it was entered."""
    store = company.store
    with company.lock:
        return Books(
            tuple(
                BookCustomer(
                    customer.list_id,
                    customer.full_name,
                    customer.is_active,
                    text_at(customer.body, "Email"),
                    text_at(customer.body, "ExternalGUID"),
                    store.txns.balance(customer.list_id),
                    _name(store, ref_at(customer.body, "SalesTaxCodeRef")),
                )
                for customer in store.lists.all((ListName.CUSTOMER,))
            ),
            tuple(_invoice(store, txn) for txn in store.txns.of_type(TxnType.INVOICE)),
            tuple(_payment(store, txn) for txn in store.txns.of_type(TxnType.RECEIVE_PAYMENT)),
        )


def _invoice(store: Store, txn: Txn) -> BookInvoice:
    lines = (
        BookLine(
            _name(store, ref_at(line, "ItemRef")),
            text_at(line, "Desc"),
            text_at(line, "Quantity"),
            text_at(line, "Rate"),
            Decimal(text_at(line, "Amount")),
        )
        for line in bodies_at(txn.body, "InvoiceLineRet")
    )
    return BookInvoice(
        txn.txn_id,
        txn.ref_number,
        txn.customer_id,
        _name(store, txn.customer_id),
        txn.txn_date,
        txn.total,
        Decimal(text_at(txn.body, "SalesTaxTotal")),
        store.links.open_amount(txn),
        text_at(txn.body, "ExternalGUID"),
        text_at(txn.body, "Memo"),
        tuple(lines),
        *(
            _name(store, ref_at(txn.body, f"{name}Ref"))
            for name in ("Terms", "Class", "Template", "SalesRep", "ShipMethod")
        ),
    )


def _payment(store: Store, txn: Txn) -> BookPayment:
    applied = (
        BookApplication(application.debit_id, invoice.ref_number, application.amount)
        for application in store.links.of(txn.txn_id)
        if (invoice := store.txns.get(application.debit_id)) is not None
    )
    return BookPayment(
        txn.txn_id,
        txn.ref_number,
        txn.customer_id,
        _name(store, txn.customer_id),
        txn.txn_date,
        txn.total,
        store.links.open_amount(txn),
        _name(store, ref_at(txn.body, "PaymentMethodRef")),
        _name(store, ref_at(txn.body, "DepositToAccountRef")),
        text_at(txn.body, "ExternalGUID"),
        text_at(txn.body, "Memo"),
        tuple(applied),
    )


def _name(store: Store, list_id: str) -> str:
    element = store.lists.get(list_id) if list_id else None
    return "" if element is None else element.full_name
