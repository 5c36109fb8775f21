"""What a person does in QuickBooks, seen by programs only through later queries."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from .body import Body, bodies_at, element_of, text_at
from .company import Company
from .context import RequestContext
from .errors import Refused
from .invoices import add_invoice
from .list_queries import FORBIDDEN
from .lists import add_element, rename_element, with_address_blocks
from .message import Answer
from .payments import add_payment, touch_txn
from .records import ListElement, ListName, Txn, name_space
from .removal import remove_txn
from .sales_tax import totalled_up
from .values import amount_text


class Person:
    """Somebody at the keyboard of the QuickBooks computer.

    Customers are named by full name, transactions by TxnID; what does not exist is a KeyError, and
    what QuickBooks does not allow is Refused, as in a request.
    """

    def __init__(self, company: Company) -> None:
        self._company = company

    # Lists.

    def add(self, list_name: str, name: str, body: Body | None = None) -> str:
        """A member of any list, with the elements of its Ret; returns the ListID."""
        return self._add(ListName(list_name), name, body or {})

    def rename(self, list_name: str, name: str, new_name: str) -> None:
        with self._at_work() as context:
            rename_element(context, _named(context, name, ListName(list_name)), new_name)

    def merge(self, list_name: str, name: str, into: str) -> None:
        """All of `name` goes over to `into`, and its ListID is gone for good."""
        with self._at_work() as context:
            gone = _named(context, name, ListName(list_name))
            stays = _named(context, into, ListName(list_name))
            for txn in context.store.txns.of_customer(gone.list_id):
                context.store.txns.save(replace(txn, customer_id=stays.list_id))
                touch_txn(context, txn.txn_id)
            for below in context.store.lists.children(gone.list_id):
                moved = f"{stays.full_name}:{below.name}"
                taken_over = replace(below, parent_id=stays.list_id, full_name=moved)
                rename_element(context, taken_over, below.name)
            context.store.lists.delete(gone, context.now)
            _save(context, stays)

    def delete(self, list_name: str, name: str) -> None:
        """A member that nothing uses."""
        with self._at_work() as context:
            gone = _named(context, name, ListName(list_name))
            context.store.lists.delete(gone, context.now)

    def rename_customer(self, name: str, new_name: str) -> None:
        self.rename(ListName.CUSTOMER, name, new_name)

    def edit_customer(self, name: str, **fields: str | Body) -> None:
        """Changes fields of CustomerRet: Phone="..." or BillAddress={"City": ...}, whole."""
        with self._at_work() as context:
            customer = _named(context, name, ListName.CUSTOMER)
            _save(context, replace(customer, body=with_address_blocks({**customer.body, **fields})))

    def merge_customers(self, name: str, into: str) -> None:
        self.merge(ListName.CUSTOMER, name, into)

    def make_inactive(self, name: str, list_name: str = ListName.CUSTOMER) -> None:
        with self._at_work() as context:
            element = _named(context, name, ListName(list_name))
            _save(context, replace(element, is_active=False))

    def make_active(self, name: str, list_name: str = ListName.CUSTOMER) -> None:
        with self._at_work() as context:
            element = _named(context, name, ListName(list_name))
            _save(context, replace(element, is_active=True))

    def delete_customer(self, name: str) -> None:
        """Only one without transactions: else Refused(3160)."""
        with self._at_work() as context:
            customer = _named(context, name, ListName.CUSTOMER)
            if context.store.txns.of_customer(customer.list_id):
                raise Refused(
                    3160,
                    f'Cannot delete the object specified by the id = "{customer.list_id}".  It is '
                    "in use.",
                )
            context.store.lists.delete(customer, context.now)

    def add_customer(self, name: str, *, email: str = "", company_name: str = "") -> str:
        """Returns the ListID."""
        body: Body = {"CompanyName": company_name, "Email": email}
        kept = {tag: value for tag, value in body.items() if value}
        return self._add(ListName.CUSTOMER, name, kept)

    def add_vendor(self, name: str) -> str:
        return self._add(ListName.VENDOR, name, {"CompanyName": name})

    def add_employee(self, name: str) -> str:
        return self._add(ListName.EMPLOYEE, name, {})

    def add_other_name(self, name: str) -> str:
        return self._add(ListName.OTHER_NAME, name, {})

    def add_item(self, name: str, *, price: str = "", account: str = "Sales") -> str:
        part: Body = {"Price": price} if price else {}
        part["AccountRef"] = {"FullName": account}
        return self._add(ListName.ITEM_SERVICE, name, {"SalesOrPurchase": part})

    def add_account(self, name: str, account_type: str) -> str:
        return self._add(ListName.ACCOUNT, name, {"AccountType": account_type})

    def add_payment_method(self, name: str) -> str:
        return self._add(ListName.PAYMENT_METHOD, name, {"PaymentMethodType": "Other"})

    # Transactions.

    def type_invoice(
        self,
        customer: str,
        lines: Sequence[tuple[str, str]],
        *,
        number: str = "",
        on: str = "",
    ) -> str:
        """An invoice of (item, amount) lines; quick-adds the customer; returns the TxnID."""
        body: Body = {"CustomerRef": {"FullName": customer}}
        body |= {tag: text for tag, text in (("TxnDate", on), ("RefNumber", number)) if text}
        body["InvoiceLineAdd"] = [
            {"ItemRef": {"FullName": item}, "Amount": amount_text(Decimal(amount))}
            for item, amount in lines
        ]
        with self._at_work() as context:
            _quick_add(context, customer)
            request = element_of("InvoiceAddRq", {"InvoiceAdd": body})
            return _txn_id(add_invoice(context, request))

    def type_payment(
        self, customer: str, amount: str, *, number: str = "", on: str = "", invoice: str = ""
    ) -> str:
        """Types a payment, on the invoice (TxnID) or on none; returns the TxnID."""
        total = amount_text(Decimal(amount))
        body: Body = {"CustomerRef": {"FullName": customer}}
        body |= {tag: text for tag, text in (("TxnDate", on), ("RefNumber", number)) if text}
        body["TotalAmount"] = total
        if invoice:
            body["AppliedToTxnAdd"] = {"TxnID": invoice, "PaymentAmount": total}
        else:
            body["IsAutoApply"] = "false"
        with self._at_work() as context:
            request = element_of("ReceivePaymentAddRq", {"ReceivePaymentAdd": body})
            return _txn_id(add_payment(context, request))

    def delete_invoice(self, txn_id: str) -> None:
        """QuickBooks warns a person about linked payments and then lets them stay, unused."""
        with self._at_work() as context:
            remove_txn(context, _txn(context, txn_id))

    def delete_payment(self, txn_id: str) -> None:
        with self._at_work() as context:
            remove_txn(context, _txn(context, txn_id))

    def renumber_invoice(self, txn_id: str, number: str) -> None:
        with self._at_work() as context:
            context.store.txns.save(replace(_txn(context, txn_id), ref_number=number))
            touch_txn(context, txn_id)

    def move_invoice(self, txn_id: str, customer: str) -> None:
        """Puts the invoice under another customer; payments on it are taken off."""
        with self._at_work() as context:
            owner = _named(context, customer, ListName.CUSTOMER)
            context.store.txns.unapply(txn_id)
            context.store.txns.save(replace(_txn(context, txn_id), customer_id=owner.list_id))
            touch_txn(context, txn_id)

    def edit_invoice_line(self, txn_id: str, line: int, amount: str) -> None:
        """Changes the amount of a line (1 is the first); the totals follow."""
        with self._at_work() as context:
            txn = _txn(context, txn_id)
            lines = bodies_at(txn.body, "InvoiceLineRet")
            changed: Body = {**lines[line - 1], "Amount": amount_text(Decimal(amount))}
            changed.pop("Rate", None)
            body: Body = {
                **txn.body,
                "InvoiceLineRet": [*lines[: line - 1], changed, *lines[line:]],
            }
            totalled = totalled_up(context.store, body)
            total = sum(
                (Decimal(text_at(totalled, tag)) for tag in ("Subtotal", "SalesTaxTotal")),
                Decimal(0),
            )
            context.store.txns.save(replace(txn, body=totalled, total=total))
            touch_txn(context, txn_id)

    # The company.

    def set_closing_date(self, on: str) -> None:
        """ "" takes it away."""
        self._set("closing date", on)

    def set_dividing_date(self, on: str) -> None:
        """An accountant's copy exists: what is on or before that date belongs to the accountant."""
        self._set("dividing date", on)

    def switch(self, preference: str, *, on: bool) -> None:
        """Turns "sales tax", "class tracking" or "multi-currency" on or off."""
        self._set(preference, "on" if on else "off")

    def set_capacity(self, list_name: str, most: int) -> None:
        """Another edition: so many members a list may have ("Entity" are all names together)."""
        self._set(f"capacity of {list_name}", str(most))

    def forbid_reading(self, query: str) -> None:
        """The QuickBooks user of the link may not make that query any more; "" allows all."""
        self._set(FORBIDDEN, query)

    def move_company_file(self, windows_path: str) -> None:
        """Save as: the same company under another path."""
        self._set("company file", windows_path)

    def backup(self, path: Path) -> None:
        with self._company.lock, closing(sqlite3.connect(path)) as copy:
            self._company.store.connection.backup(copy)

    def restore(self, path: Path) -> None:
        """Everything since the backup is gone, what error recovery kept included."""
        with self._company.lock, closing(sqlite3.connect(path)) as copy:
            copy.backup(self._company.store.connection)
            self._company.begin_session()

    def _set(self, fact: str, value: str) -> None:
        with self._at_work() as context:
            context.store.set_fact(fact, value)

    def _add(self, list_name: ListName, name: str, body: Body) -> str:
        with self._at_work() as context:
            return add_to_list(context, list_name, name, body).list_id

    @contextmanager
    def _at_work(self) -> Iterator[RequestContext]:
        with self._company.lock, self._company.store.transaction():
            yield self._company.context()


def add_to_list(context: RequestContext, list_name: ListName, name: str, body: Body) -> ListElement:
    """Adds to any list, under the name rules of that list."""
    return add_element(context, list_name, {"Name": name, **body}, name_space(list_name))


def _quick_add(context: RequestContext, customer: str) -> None:
    if context.store.lists.named(customer, (ListName.CUSTOMER,)) is None:
        add_to_list(context, ListName.CUSTOMER, customer, {})


def _named(context: RequestContext, name: str, list_name: ListName) -> ListElement:
    element = context.store.lists.named(name, (list_name,))
    if element is None:
        raise KeyError(name)
    return element


def _save(context: RequestContext, element: ListElement) -> None:
    context.store.lists.save(
        replace(element, modified=context.stamp, edit_sequence=context.edit_sequence)
    )


def _txn(context: RequestContext, txn_id: str) -> Txn:
    txn = context.store.txns.get(txn_id)
    if txn is None:
        raise KeyError(txn_id)
    return txn


def _txn_id(answer: Answer) -> str:
    return (answer.recovery or {})["TxnID"]
