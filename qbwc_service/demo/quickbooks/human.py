"""What a person does in QuickBooks, seen by programs only through later queries."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

from .body import Body
from .context import RequestContext
from .custom_fields import field_fact
from .desk import named
from .errors import Refused
from .list_queries import FORBIDDEN
from .lists import add_element, rename_element, with_address_blocks
from .other_sales_forms import EDITION
from .records import ListElement, ListName, name_space
from .txn_desk import TxnDesk
from .txn_rules import touch


class Person(TxnDesk):
    """Somebody at the keyboard of the QuickBooks computer.

    Customers are named by full name, transactions by TxnID; what does not exist is a KeyError, and
    what QuickBooks does not allow is Refused, as in a request.
    """

    # Lists.

    def add(self, list_name: str, name: str, body: Body | None = None) -> str:
        """A member of any list, with the elements of its Ret; returns the ListID."""
        return self._add(ListName(list_name), name, body or {})

    def rename(self, list_name: str, name: str, new_name: str) -> None:
        with self._at_work() as context:
            rename_element(context, named(context, name, ListName(list_name)), new_name)

    def merge(self, list_name: str, name: str, into: str) -> None:
        """All of `name` goes over to `into`, and its ListID is gone for good."""
        with self._at_work() as context:
            gone = named(context, name, ListName(list_name))
            stays = named(context, into, ListName(list_name))
            for txn in context.store.txns.of_customer(gone.list_id):
                context.store.txns.save(replace(txn, customer_id=stays.list_id))
                touch(context, txn.txn_id)
            for below in context.store.lists.children(gone.list_id):
                moved = f"{stays.full_name}:{below.name}"
                taken_over = replace(below, parent_id=stays.list_id, full_name=moved)
                rename_element(context, taken_over, below.name)
            context.store.lists.delete(gone, context.now)
            _save(context, stays)

    def delete(self, list_name: str, name: str) -> None:
        """A member that nothing uses."""
        with self._at_work() as context:
            gone = named(context, name, ListName(list_name))
            context.store.lists.delete(gone, context.now)

    def rename_customer(self, name: str, new_name: str) -> None:
        self.rename(ListName.CUSTOMER, name, new_name)

    def edit_customer(self, name: str, **fields: str | Body) -> None:
        """Changes fields of CustomerRet: Phone="..." or BillAddress={"City": ...}, whole."""
        with self._at_work() as context:
            customer = named(context, name, ListName.CUSTOMER)
            _save(context, replace(customer, body=with_address_blocks({**customer.body, **fields})))

    def merge_customers(self, name: str, into: str) -> None:
        self.merge(ListName.CUSTOMER, name, into)

    def make_inactive(self, name: str, list_name: str = ListName.CUSTOMER) -> None:
        with self._at_work() as context:
            element = named(context, name, ListName(list_name))
            _save(context, replace(element, is_active=False))

    def make_active(self, name: str, list_name: str = ListName.CUSTOMER) -> None:
        with self._at_work() as context:
            element = named(context, name, ListName(list_name))
            _save(context, replace(element, is_active=True))

    def delete_customer(self, name: str) -> None:
        """Only one without transactions: else Refused(3160)."""
        with self._at_work() as context:
            customer = named(context, name, ListName.CUSTOMER)
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

    # The company.

    def set_closing_date(self, on: str) -> None:
        """ "" takes it away."""
        self._set("closing date", on)

    def set_dividing_date(self, on: str) -> None:
        """An accountant's copy exists: what is on or before that date belongs to the accountant."""
        self._set("dividing date", on)

    def change_edition(self, edition: Literal["Pro", "Premier", "Enterprise"]) -> None:
        """Another edition of QuickBooks opens the file; Pro has no sales orders."""
        self._set(EDITION, edition)

    def switch(self, preference: str, *, on: bool) -> None:
        """Turns "sales tax", "class tracking" or "multi-currency" on or off."""
        self._set(preference, "on" if on else "off")

    def define_field(self, name: str) -> None:
        """A custom field of customers, which sales forms then have too."""
        self._set(field_fact(name), name)

    def set_capacity(self, list_name: str, most: int) -> None:
        """Another edition: so many members a list may have ("Entity" are all names together)."""
        self._set(f"capacity of {list_name}", str(most))

    def forbid_reading(self, query: str) -> None:
        """The QuickBooks user of the link may not make that query any more; "" allows all."""
        self._set(FORBIDDEN, query)

    def move_company_file(self, windows_path: str) -> None:
        """Save as: the same company under another path."""
        self._set("company file", windows_path)

    def rename_company(self, name: str) -> None:
        self._set("company name", name)

    def open_for_many(self) -> None:
        """Switch to multi-user mode: other computers may have the file open too."""
        self._set("file mode", "MultiUser")

    def lose_private_data(self) -> None:
        """Rebuilt, or condensed by a tool: what programs wrote for themselves is not in it."""
        with self._at_work() as context:
            context.store.connection.execute("DELETE FROM data_ext")

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


def add_to_list(context: RequestContext, list_name: ListName, name: str, body: Body) -> ListElement:
    """Adds to any list, under the name rules of that list."""
    return add_element(context, list_name, {"Name": name, **body}, name_space(list_name))


def _save(context: RequestContext, element: ListElement) -> None:
    context.store.lists.save(
        replace(element, modified=context.stamp, edit_sequence=context.edit_sequence)
    )
