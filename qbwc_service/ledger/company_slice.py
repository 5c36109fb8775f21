"""Loads the slice of mirror and ledger that a batch needs: a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.item_slice import ITEM_LIST as ITEM_LIST
from qbwc_service.ledger.item_slice import load_items
from qbwc_service.ledger.models import Connection, Kind, MirrorRecord, Posting
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.matching.company import Account, Company, Customer, PendingCustomer
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.order import SalesOrder
from qbwc_service.planning.orders import customer_name, invoice_number
from qbwc_service.settings import Settings

CUSTOMER_LIST = "Customer"
ACCOUNT_LIST = "Account"
PAYMENT_METHOD_LIST = "PaymentMethod"
#: lists that share the customers' name space, and what a person calls one record of them
OTHER_NAME_LISTS = {"Vendor": "vendor", "Employee": "employee", "OtherName": "other name"}

_LIVING = [state for state in State if state not in ENDED]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The keys that a batch of orders asks for."""

    names: frozenset[str]
    contacts: frozenset[str]
    numbers: frozenset[str]


def load_company(
    db: Session, connection: Connection, orders: Sequence[SalesOrder], settings: Settings
) -> Company:
    """What matching may look at for these orders, and nothing else of the company file."""
    wanted = _wanted(orders, settings)
    postings = _postings(db, connection.id, wanted)
    records = _records(db, connection.id, wanted)
    by_list: dict[str, list[MirrorRecord]] = {}
    for record in records:
        by_list.setdefault(record.list_name, []).append(record)
    lines = (line for order in orders for line in order.lines)
    items = load_items(db, connection.id, lines, settings)
    return Company(
        customers={
            record.full_name_key: _customer(record) for record in by_list.get(CUSTOMER_LIST, ())
        },
        customer_of_contact=_customers_of_contacts(postings),
        inactive_customers=_inactive(db, connection.id, postings),
        contact_of_name={
            name_key(posting.number): _pending(posting)
            for posting in postings
            if posting.kind is Kind.CUSTOMER
        },
        other_names={
            record.full_name_key: kind
            for name, kind in OTHER_NAME_LISTS.items()
            for record in by_list.get(name, ())
        },
        items_by_full_name=items.by_full_name,
        items_by_name=items.by_name,
        items_by_field=items.by_field,
        mapped_items=items.mapped,
        mapped_taxes=items.mapped_taxes,
        made_items=items.made,
        accounts={
            record.full_name_key: _account(record) for record in by_list.get(ACCOUNT_LIST, ())
        },
        payment_methods={
            record.name_key: record.list_id for record in by_list.get(PAYMENT_METHOD_LIST, ())
        },
        numbers={
            posting.number_key: posting.order_id
            for posting in postings
            if posting.kind is Kind.INVOICE and posting.order_id is not None
        },
        home_currency=connection.currency,
    )


def _wanted(orders: Sequence[SalesOrder], settings: Settings) -> _Wanted:
    return _Wanted(
        names=frozenset(name_key(customer_name(order.buyer)) for order in orders),
        contacts=frozenset(order.buyer.contact_id for order in orders),
        numbers=frozenset(name_key(invoice_number(order, settings)) for order in orders),
    )


def _records(db: Session, connection_id: int, wanted: _Wanted) -> Sequence[MirrorRecord]:
    names = sorted(wanted.names)
    people = [CUSTOMER_LIST, *OTHER_NAME_LISTS]
    choices: list[ColumnElement[bool]] = [
        MirrorRecord.list_name.in_(people) & MirrorRecord.full_name_key.in_(names),
        MirrorRecord.list_name.in_([ACCOUNT_LIST, PAYMENT_METHOD_LIST]),
    ]
    return db.scalars(
        select(MirrorRecord).where(MirrorRecord.connection_id == connection_id, or_(*choices))
    ).all()


def _postings(db: Session, connection_id: int, wanted: _Wanted) -> Sequence[Posting]:
    """Our own living customers of these contacts or names, and invoices of these numbers."""
    return db.scalars(
        select(Posting)
        .where(
            Posting.connection_id == connection_id,
            Posting.state.in_(_LIVING),
            or_(
                (Posting.kind == Kind.CUSTOMER) & Posting.source_key.in_(sorted(wanted.contacts)),
                (Posting.kind == Kind.CUSTOMER) & Posting.number_key.in_(sorted(wanted.names)),
                (Posting.kind == Kind.INVOICE) & Posting.number_key.in_(sorted(wanted.numbers)),
            ),
        )
        .order_by(Posting.id)
    ).all()


def _inactive(db: Session, connection_id: int, postings: Iterable[Posting]) -> frozenset[str]:
    """Which of the customers that our postings made or adopted are inactive in QuickBooks."""
    made = {posting.record_id for posting in postings if posting.kind is Kind.CUSTOMER} - {""}
    found = db.scalars(
        select(MirrorRecord.list_id).where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name == CUSTOMER_LIST,
            MirrorRecord.list_id.in_(sorted(made)),
            MirrorRecord.is_active.is_(False),
        )
    )
    return frozenset(found)


def _customers_of_contacts(postings: Iterable[Posting]) -> Mapping[str, PendingCustomer]:
    return {
        posting.source_key: _pending(posting)
        for posting in postings
        if posting.kind is Kind.CUSTOMER
    }


def _pending(posting: Posting) -> PendingCustomer:
    email = posting.payload.get("email", "")
    return PendingCustomer(posting.source_key, posting.record_id, email=email)


def _customer(record: MirrorRecord) -> Customer:
    details = record.details
    return Customer(
        record.list_id,
        record.full_name,
        record.is_active,
        email=details.get("email", ""),
        company=details.get("company", ""),
        city=details.get("city", ""),
        currency=details.get("currency", ""),
    )


def _account(record: MirrorRecord) -> Account:
    kind = record.details.get("AccountType", "")
    return Account(record.list_id, record.full_name, kind, record.is_active)
