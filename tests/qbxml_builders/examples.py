"""One request or more of every builder, with invented values, each field filled once."""

from datetime import date
from decimal import Decimal

from qbxml_builders import lists, transactions
from qbxml_builders.customers import (
    Address,
    CustomerAdd,
    CustomerMod,
    customer_add,
    customer_mod,
)
from qbxml_builders.elements import Request
from qbxml_builders.items import ItemAdd, ItemKind, item_add
from qbxml_builders.lists import ListName, Page
from qbxml_builders.refs import Ref
from qbxml_builders.session import company_query, host_query, preferences_query
from tests.qbxml_builders.txn_examples import every_transaction
from tests.qbxml_builders.values import ADDRESS, GUID, SINCE

PAGED = {
    "Customer": lists.customer_query,
    "Item": lists.item_query,
    "Vendor": lists.vendor_query,
    "Entity": lists.entity_query,
}
WHOLE = {"Employee": lists.employee_query, "OtherName": lists.other_name_query}
TXNS = {
    "Invoice": transactions.invoice_query,
    "SalesOrder": transactions.sales_order_query,
    "CreditMemo": transactions.credit_memo_query,
    "Check": transactions.check_query,
    "ReceivePayment": transactions.receive_payment_query,
    "SalesReceipt": transactions.sales_receipt_query,
    "ARRefundCreditCard": transactions.card_refund_query,
}
LINKED = ("Invoice", "SalesOrder", "CreditMemo", "Check")


def full_customer() -> CustomerAdd:
    return CustomerAdd(
        name="O'Neill, Zoë",
        parent=Ref(full_name="Harbour Shops"),
        company_name="O'Neill & Sons",
        first_name="Zoë",
        last_name="O'Neill",
        bill_address=ADDRESS,
        ship_address=Address(("Dock 4",)),
        phone="603 555 0100",
        alt_phone="603 555 0101",
        email="zoe@shop.example.com",
        contact="Zoë",
        customer_type=Ref(full_name="Retail"),
        terms=Ref(full_name="Net 30"),
        sales_rep=Ref(full_name="AB"),
        sales_tax_code=Ref(full_name="Tax"),
        account_number="77",
        notes="Rings twice",
        external_guid=GUID,
        currency=Ref(full_name="US Dollar"),
    )


def every_query() -> list[Request]:
    found = [host_query("h"), host_query("limits", capacity=True)]
    found += [company_query("c", owner_ids=(GUID,)), preferences_query("p")]
    for name in ListName:
        found.append(lists.list_query(f"all-{name}", name, fields=("ListID", "Name")))
        found.append(lists.list_query(f"since-{name}", name, modified_since=SINCE))
    for kind, query in {**PAGED, **WHOLE}.items():
        found.append(query(f"id-{kind}", list_ids=("1-2", "3-4")))
        found.append(query(f"name-{kind}", full_names=("A:B", "C"), fields=("ListID",)))
        found.append(query(f"since-{kind}", modified_since=SINCE))
    for kind, query in PAGED.items():
        found.append(query(f"first-{kind}", page=Page(500), fields=("ListID",)))
        found.append(query(f"next-{kind}", page=Page(500, "{1}"), modified_since=SINCE))
    found.append(lists.item_query("custom", fields=("DataExtRet",), owner_ids=("0", GUID)))
    for kind, find in TXNS.items():
        found.append(find(f"id-{kind}", txn_ids=("1-2",), linked_txns=kind in LINKED))
        found.append(find(f"number-{kind}", ref_numbers=("1", "2"), fields=("TxnID",)))
        found.append(find(f"since-{kind}", modified_since=SINCE, page=Page(25), line_items=True))
        found.append(
            find(
                f"narrow-{kind}", dates=(date(2026, 3, 1), date(2026, 3, 31)),
                customers=("1-2", "3-4"), ref_number_range=("100", "199"), page=Page(25, "{1}"),
                owner_ids=("0", GUID),
            )
        )  # fmt: skip
        found.append(find(f"whose-{kind}", modified_since=SINCE, customers=("1-2",)))
    found.append(lists.list_deleted_query("ld", ("Customer", "ItemService"), since=SINCE))
    found.append(lists.txn_deleted_query("td", tuple(TXNS)))
    return found


def every_write() -> list[Request]:
    items = [
        item_add(
            f"item-{kind}",
            ItemAdd(
                kind, "Guide", Ref(full_name="Sales"), "A guide", Decimal("9.5"),
                Ref(full_name="Tax"), GUID,
            ),
        )
        for kind in ItemKind
    ]  # fmt: skip
    return [
        customer_add("customer", full_customer()),
        customer_add("bare-customer", CustomerAdd("Bare")),
        customer_mod(
            "mod", CustomerMod("1-2", "1772000000", ADDRESS, "603 555 0100", "zoe@example.com")
        ),
        customer_mod("bare-mod", CustomerMod("1-2", "1772000000", phone="603 555 0100")),
        *items,
        item_add("bare-item", ItemAdd(ItemKind.SERVICE, "Bare", Ref(full_name="Sales"))),
        *every_transaction(),
    ]
