"""The tables of an export, and what each column means.

Amounts have two decimals ("111.05"), times are UTC (ISO 8601), dates are days of the Keap account.
What is empty in the service is empty (CSV) or null (JSON).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from qbwc_service.export import rows
from qbwc_service.ledger.models import Connection

#: lists and mappings are JSON in a cell of CSV
Value = str | int | bool | Decimal | date | list[Any] | dict[str, Any] | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """One file of an export: its name, what a row is, its columns with their meaning, its rows."""

    name: str
    is_about: str
    columns: Mapping[str, str]
    rows: Callable[[Session, Connection], Iterator[Row]]


_ID = "Keap's id of the order"
_CAUSE = "why it waits: an id of the Help page"
_IN_WORDS = "the same in words"

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "orders",
        "One order of Keap as it was read last. Counts and totals by status are those of `status`.",
        {
            "order": _ID,
            "keap_invoice": "Keap's number of its invoice",
            "title": "its title in Keap",
            "date": "its day",
            "contact": "Keap's id of its contact",
            "customer": "the name of the contact",
            "currency": "currency of its amounts",
            "total": "what it comes to",
            "paid": "what Keap says is paid; empty where Keap does not tell",
            "status": "where it stands: one of ten",
            "cause": _CAUSE,
            "why": _IN_WORDS,
            "about": "what the cause is about: a SKU, a contact, an account",
            "left_out_by": "why settings or a rule leave it out",
            "changed_in_keap_at": "when it was changed in Keap",
            "read_at": "when it was read from Keap",
            "planned_at": "when it was planned last",
            "deleted_in_keap_at": "since when Keap does not have it any more",
        },
        rows.orders,
    ),
    Table(
        "payments",
        "The part of a payment, credit or refund of Keap that belongs to one order. Counts and "
        "amounts by status are those of `status`.",
        {
            "payment": "Keap's id of the payment or refund",
            "order": f"{_ID}; 0 where it names none",
            "date": "its day",
            "kind": "what it is: cash, credit, refund ...",
            "amount": "this order's part",
            "method": "card or payment type",
            "gateway": "who took the money",
            "transaction": "the bank's transaction number",
            "status": "where it stands: one of nine",
            "cause": _CAUSE,
            "why": _IN_WORDS,
            "left_out_by": "why settings leave it out",
            "approved_at": "when a person approved this refund",
            "read_at": "when it was read from Keap",
        },
        rows.payments,
    ),
    Table(
        "postings",
        "One record that was made in QuickBooks, or is to be: by kind and state they are those of "
        "`status`, beside updates of customers.",
        {
            "posting": "our number of it",
            "kind": "invoice, payment, customer ...",
            "state": "ready, sent, posted, held ...",
            "order": f"{_ID}; empty for customers and items",
            "source": "what of Keap it is made from",
            "generation": "1, and one more each time it was made anew",
            "number": "RefNumber, or the name of a customer or item",
            "txn_id": "QuickBooks' TxnID or ListID; empty until it is there",
            "amount": "what it comes to",
            "guid": "the ExternalGUID that the record bears",
            "linked": "QuickBooks had it already",
            "cause": _CAUSE,
            "why": _IN_WORDS,
            "planned_at": "when it was first planned",
            "posted_at": "when QuickBooks had it",
        },
        rows.postings,
    ),
    Table(
        "holds",
        "What waits for a person: an order, or a payment or refund.",
        {
            "order": _ID,
            "payment": "Keap's id of the payment; empty where the order waits",
            "amount": "total of the order, or amount of the payment",
            "cause": _CAUSE,
            "about": "what the cause is about",
            "what": "what happened",
            "why": "why",
            "what_to_do": "what releases it",
        },
        rows.holds,
    ),
    Table(
        "contacts",
        "A contact of Keap whose orders were read.",
        {
            "contact": "Keap's id of the contact",
            "first_name": "first name",
            "last_name": "last name",
            "company": "company",
            "email": "e-mail address",
            "phone": "phone number",
            "customer_list_id": "QuickBooks' ListID of the customer that its orders go to",
            "read_at": "when it was read from Keap",
        },
        rows.contacts,
    ),
    Table(
        "products",
        "A product that orders sell, and the item of QuickBooks that its lines go to.",
        {
            "sku": "its SKU; empty where it has none",
            "name": "its name in Keap",
            "state": "needs-match, matched, to-unknown or made-by-us",
            "item": "the item of QuickBooks; empty while it needs a match",
            "why": "how the item was found, or why there is none",
        },
        rows.products,
    ),
    Table(
        "mappings",
        "What a person chose from QuickBooks' lists for something of Keap.",
        {
            "kind": "customer, item, payment-method, deposit-account or tax-item",
            "for": "what of Keap",
            "key": "how it is found",
            "list": "QuickBooks' list",
            "entry": "what the entry was called when it was chosen; empty: a new one is made",
            "list_id": "its ListID",
            "by": "who chose it",
            "at": "when",
        },
        rows.mappings,
    ),
    Table(
        "rules",
        "A rule, from the top down.",
        {
            "position": "1 is the first",
            "name": "its name",
            "on": "whether it is switched on",
            "sentence": "what it does, in words",
            "if": "its conditions",
            "then": "its actions",
            "by": "who made it",
            "at": "when",
        },
        rows.rules,
    ),
    Table(
        "settings",
        "A setting of the connection.",
        {
            "setting": "its name",
            "value": "its value",
            "default": "its value where nobody changes it",
            "meaning": "what it does",
        },
        rows.settings,
    ),
    Table(
        "history",
        "Something that happened to an order or to the connection, whoever caused it.",
        {
            "at": "when",
            "order": f"{_ID}; empty where it is about the connection",
            "who": "who did it",
            "text": "what happened",
        },
        rows.history,
    ),
    Table(
        "audit",
        "What a person did on a page or by a command; of all that, what concerns this connection.",
        {
            "at": "when",
            "who": "who did it",
            "what": "what it was",
            "details": "what was asked for, and what came of it",
            "address": "where the browser was; empty for a command",
        },
        rows.audit,
    ),
    Table(
        "errors",
        "An entry of the error log.",
        {
            "at": "when it was told last",
            "order": f"{_ID}; empty where it is about the connection",
            "message": "an id of the Help page",
            "what": "what happened",
            "why": "why",
            "what_to_do": "what to do",
            "times": "how often it was told",
            "solved_at": "when it was over; empty while it is open",
        },
        rows.errors,
    ),
    Table(
        "unreadable",
        "A record of Keap that could not be read. `status` counts those that still cannot.",
        {
            "resource": "order, payment ...",
            "record": "Keap's id, where that could be read",
            "reason": "why it could not be read",
            "read_at": "when that was",
            "readable_since": "since when it can be read",
        },
        rows.unreadable,
    ),
    Table(
        "updates",
        "A run of the Web Connector.",
        {
            "began_at": "when it began",
            "ended_at": "when it ended",
            "company_file": "the company file that was open",
            "messages": "how many messages it carried",
            "posted": "how many records were made",
            "held": "how many were held",
            "result": "what the Web Connector showed",
        },
        rows.updates,
    ),
)
