"""The books as an auditor reads them, past qbXML: who owes what, what was paid and given back."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal, TypeVar

from .body import Body, bodies_at, ref_at, text_at
from .book_entries import (
    BookApplication,
    BookCreditMemo,
    BookCustomer,
    BookInvoice,
    BookLine,
    BookPayment,
    BookRefund,
    BookRefunded,
    Books,
    BookSalesOrder,
    BookSalesReceipt,
)
from .company import Company
from .records import ListName, Txn, TxnType
from .sales_forms import line_tag
from .store import Store

__all__ = ["Books", "read_books"]

_Entry = TypeVar("_Entry")
_Form = tuple[
    str,
    str,
    str,
    str,
    str,
    Decimal,
    Decimal,
    str,
    str,
    tuple[BookLine, ...],
    str,
    str,
    str,
    str,
    str,
    tuple[tuple[str, str], ...],
]


def read_books(company: Company) -> Books:
    """Everything, in the order in which it was entered."""
    with company.lock:
        return _Reader(company.store).books()


class _Reader:
    """Reads the store once; the names of list elements are looked up once each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names: dict[str, str] = {"": ""}

    def books(self) -> Books:
        return Books(
            tuple(self._customers()),
            self._each(TxnType.INVOICE, self._invoice),
            self._each(TxnType.RECEIVE_PAYMENT, self._payment),
            self._each(TxnType.SALES_RECEIPT, self._sales_receipt),
            self._each(TxnType.SALES_ORDER, lambda txn: BookSalesOrder(*self._form(txn))),
            self._each(TxnType.CREDIT_MEMO, self._credit_memo),
            (
                *self._each(TxnType.CARD_REFUND, lambda txn: self._refund(txn, "card")),
                *(
                    self._refund(txn, "check")
                    for txn in self._store.txns.of_type(TxnType.CHECK)
                    if txn.account_id
                ),
            ),
            tuple(
                application
                for txn in self._store.txns.of_type(TxnType.INVOICE)
                for application in self._applications(txn)
            ),
        )

    def _each(self, txn_type: TxnType, read: Callable[[Txn], _Entry]) -> tuple[_Entry, ...]:
        return tuple(read(txn) for txn in self._store.txns.of_type(txn_type))

    def _customers(self) -> Iterator[BookCustomer]:
        for customer in self._store.lists.all((ListName.CUSTOMER,)):
            yield BookCustomer(
                customer.list_id,
                customer.full_name,
                customer.is_active,
                text_at(customer.body, "Email"),
                text_at(customer.body, "ExternalGUID"),
                self._store.txns.balance(customer.list_id),
                self._named(customer.body, "SalesTaxCodeRef"),
            )

    def _form(self, txn: Txn) -> _Form:
        """The fields that all sales forms begin with."""
        body = txn.body
        return (
            txn.txn_id,
            txn.ref_number,
            txn.customer_id,
            self._name(txn.customer_id),
            txn.txn_date,
            txn.total,
            Decimal(text_at(body, "SalesTaxTotal")),
            text_at(body, "ExternalGUID"),
            text_at(body, "Memo"),
            tuple(self._line(line) for line in bodies_at(body, line_tag(txn.txn_type))),
            self._named(body, "TermsRef"),
            self._named(body, "ClassRef"),
            self._named(body, "TemplateRef"),
            self._named(body, "SalesRepRef"),
            self._named(body, "ShipMethodRef"),
            tuple(
                (text_at(field, "DataExtName"), text_at(field, "DataExtValue"))
                for field in bodies_at(body, "DataExtRet")
            ),
        )

    def _line(self, line: Body) -> BookLine:
        return BookLine(
            self._named(line, "ItemRef"),
            text_at(line, "Desc"),
            text_at(line, "Quantity"),
            text_at(line, "Rate"),
            Decimal(text_at(line, "Amount")),
        )

    def _invoice(self, txn: Txn) -> BookInvoice:
        return BookInvoice(*self._form(txn), self._store.links.open_amount(txn))

    def _sales_receipt(self, txn: Txn) -> BookSalesReceipt:
        return BookSalesReceipt(
            *self._form(txn),
            self._named(txn.body, "PaymentMethodRef"),
            text_at(txn.body, "CheckNumber"),
            self._named(txn.body, "DepositToAccountRef"),
            self._store.links.is_deposited(txn.txn_id),
        )

    def _credit_memo(self, txn: Txn) -> BookCreditMemo:
        remaining = self._store.links.open_amount(txn)
        return BookCreditMemo(*self._form(txn), remaining, self._applications(txn))

    def _payment(self, txn: Txn) -> BookPayment:
        return BookPayment(
            txn.txn_id,
            txn.ref_number,
            txn.customer_id,
            self._name(txn.customer_id),
            txn.txn_date,
            txn.total,
            self._store.links.open_amount(txn),
            self._named(txn.body, "PaymentMethodRef"),
            self._named(txn.body, "DepositToAccountRef"),
            text_at(txn.body, "ExternalGUID"),
            text_at(txn.body, "Memo"),
            self._applications(txn),
            self._store.links.is_deposited(txn.txn_id),
        )

    def _refund(self, txn: Txn, kind: Literal["card", "check"]) -> BookRefund:
        paid_from = "RefundFromAccountRef" if kind == "card" else "AccountRef"
        return BookRefund(
            txn.txn_id,
            kind,
            txn.ref_number,
            txn.customer_id,
            self._name(txn.customer_id),
            txn.txn_date,
            txn.total,
            self._named(txn.body, paid_from),
            self._named(txn.body, "PaymentMethodRef"),
            text_at(txn.body, "ExternalGUID"),
            text_at(txn.body, "Memo"),
            tuple(
                BookRefunded(credit.txn_id, credit.txn_type.value, credit.ref_number, link.amount)
                for link in self._store.links.of(txn.txn_id)
                if (credit := self._store.txns.get(link.credit_id)) is not None
            ),
        )

    def _applications(self, txn: Txn) -> tuple[BookApplication, ...]:
        """What of it is applied to invoices, or what is applied to it."""
        txns = self._store.txns
        return tuple(
            BookApplication(
                credit.txn_id,
                credit.txn_type.value,
                credit.ref_number,
                invoice.txn_id,
                invoice.ref_number,
                link.amount,
            )
            for link in self._store.links.of(txn.txn_id)
            if (credit := txns.get(link.credit_id)) is not None
            and (invoice := txns.get(link.debit_id)) is not None
            and invoice.txn_type is TxnType.INVOICE
        )

    def _named(self, body: Body, name: str) -> str:
        return self._name(ref_at(body, name))

    def _name(self, list_id: str) -> str:
        if list_id not in self._names:
            element = self._store.lists.get(list_id)
            self._names[list_id] = "" if element is None else element.full_name
        return self._names[list_id]
