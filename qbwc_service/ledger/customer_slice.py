"""Loads the customers that a batch of orders may fit: a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as TextMapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, and_, select, union_all
from sqlalchemy.orm import Session

from qbwc_service.ledger import contact_customers
from qbwc_service.ledger.columns import any_of
from qbwc_service.ledger.currencies import currency_codes, home_currency
from qbwc_service.ledger.models import (
    Connection,
    Kind,
    Mapping,
    MappingKind,
    MirrorKey,
    MirrorRecord,
    Posting,
)
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.matching.customer_index import (
    SINGLE_CUSTOMER,
    Customer,
    CustomerIndex,
    single_key,
)
from qbwc_service.matching.customer_names import (
    buyer_company,
    buyer_person,
    buyer_swapped,
    customer_name,
    name_apart,
)
from qbwc_service.matching.keys import KeyKind, customer_keys, email_keys, loose_key, name_key
from qbwc_service.planning.order import Buyer
from qbwc_service.planning.plan import (
    ContactDetails,
    PlannedAddress,
    PlannedCustomer,
    customer_from,
)
from qbwc_service.settings import Settings
from qbxml_builders.addresses import Address

CUSTOMER_LIST = "Customer"
#: the customers that our own postings will make, by their source keys (MirrorKey.list_name)
PLANNED_CUSTOMERS = "planned customers"
#: lists that share the customers' name space, and what a person calls one record of them
OTHER_NAME_LISTS = {"Vendor": "vendor", "Employee": "employee", "OtherName": "other name"}

_LIVING = [state for state in State if state not in ENDED]
_CUSTOMER_KEYS = (KeyKind.EMAIL, KeyKind.PERSON, KeyKind.COMPANY)
_Keys = frozenset[tuple[KeyKind, str]]


@dataclass(frozen=True, slots=True)
class CustomerSlice:
    """What `matching.company.Company` needs of customers."""

    customers: CustomerIndex
    chosen_customers: dict[str, str]
    customer_of_contact: dict[str, str]
    other_names: dict[str, str]
    #: of the company file, in three letters
    home_currency: str


def load_customers(
    db: Session, connection: Connection, buyers: Sequence[Buyer], settings: Settings
) -> CustomerSlice:
    """All that may decide which customer these contacts are, and nothing else."""
    contacts = {buyer.contact_id for buyer in buyers}
    names = _names(buyers, settings)
    chosen = _chosen(db, connection.id, contacts)
    keys = _keys(buyers, settings)
    single = single_key(settings.single_customer)
    postings = _postings(db, connection.id, {*contacts, single}, names, keys)
    went = contact_customers.went_to(db, connection.id, contacts=contacts)
    settled = contact_customers.with_sales(db, connection.id, went)
    remembered = {contact: went[contact] for contact in settled} | {
        posting.source_key: posting.record_id
        for posting in postings
        if posting.record_id and posting.source_key in contacts
    }
    wanted = frozenset({*chosen.values(), *remembered.values()}) - {""}
    records = _records(db, connection.id, names, keys, wanted)
    people = [record for record in records if record.list_name == CUSTOMER_LIST]
    ids = [record.list_id for record in people]
    owners = _owners(db, connection.id, ids)
    codes = currency_codes(db, connection)
    customers = CustomerIndex(_customer(record, owners[record.list_id], codes) for record in people)
    visitors = contact_customers.went_to(db, connection.id, list_ids=ids)
    for contact, list_id in (visitors | went).items():
        customers.goes_to(contact, list_id)
    for posting in postings:
        if not posting.record_id and posting.payload:
            customers.add(pending_customer(customer_from(posting.payload)))
    other_names = {
        record.full_name_key: OTHER_NAME_LISTS[record.list_name]
        for record in records
        if record.list_name in OTHER_NAME_LISTS
    }
    home = home_currency(connection, codes)
    return CustomerSlice(customers, chosen, remembered, other_names, home)


def pending_customer(planned: PlannedCustomer) -> Customer:
    """As a customer that the next order may fit, although QuickBooks does not have it yet."""
    return Customer(
        list_id="",
        full_name=planned.name,
        email=planned.email,
        company=planned.company,
        city=planned.bill_to.city if planned.bill_to else "",
        first_name=planned.first_name,
        last_name=planned.last_name,
        made_by=planned.source_key,
    )


def contact_stored(phone: str, bill_address: Address) -> dict[str, Any]:
    """As the mirror keeps them. Never empty: what is not there was asked for."""
    where = {
        "lines": list(bill_address.lines),
        "city": bill_address.city,
        "state": bill_address.state,
        "postal_code": bill_address.postal_code,
        "country": bill_address.country,
    }
    return {"phone": phone} | {part: value for part, value in where.items() if value}


def contact_details_of(details: TextMapping[str, Any]) -> ContactDetails | None:
    """How QuickBooks has it, from the details that the mirror keeps of a customer; None where they
    were kept before phones were asked for."""
    if "contact" not in details:
        return None
    where = dict(details["contact"])
    phone = where.pop("phone")
    bill_to = PlannedAddress(tuple(where.pop("lines", ())), **where) if where else None
    return ContactDetails(details.get("email", ""), phone, bill_to)


def planned_customer_keys(planned: PlannedCustomer) -> frozenset[tuple[KeyKind, str]]:
    return customer_keys(
        planned.name,
        first_name=planned.first_name,
        last_name=planned.last_name,
        company=planned.company,
        email=planned.email,
    )


def _names(buyers: Iterable[Buyer], settings: Settings) -> frozenset[str]:
    """Every name that these contacts may bear in QuickBooks."""
    names = {settings.single_customer}
    for buyer in buyers:
        name = customer_name(buyer, settings.customer_name)
        names |= {name, name_apart(name, buyer.contact_id)}
    return frozenset(name_key(name) for name in names)


def _keys(buyers: Iterable[Buyer], settings: Settings) -> _Keys:
    found: set[tuple[KeyKind, str]] = set()
    for buyer in buyers:
        found |= {(KeyKind.EMAIL, key) for key in email_keys(buyer.email)}
        persons = [buyer_person(buyer), buyer_swapped(buyer)]
        if settings.customer_name == "email":
            persons.append(loose_key(buyer.email))
        found |= {(KeyKind.PERSON, key) for key in persons}
        found.add((KeyKind.COMPANY, buyer_company(buyer)))
    return frozenset(pair for pair in found if pair[1])


def _chosen(db: Session, connection_id: int, contacts: Collection[str]) -> dict[str, str]:
    found = db.execute(
        select(Mapping.key, Mapping.list_id).where(
            Mapping.connection_id == connection_id,
            Mapping.kind == MappingKind.CUSTOMER,
            Mapping.key.in_(sorted(contacts)),
        )
    )
    return {row.key: row.list_id for row in found}


def _postings(
    db: Session,
    connection_id: int,
    contacts: Collection[str],
    names: Collection[str],
    keys: _Keys,
) -> Sequence[Posting]:
    """Our own living customers of these contacts, and those still to be made whom they may be."""
    is_customer = and_(Posting.connection_id == connection_id, Posting.kind == Kind.CUSTOMER)
    planned = _found_by(connection_id, PLANNED_CUSTOMERS, keys)
    wanted = any_of(
        Posting.id,
        is_customer & Posting.source_key.in_(sorted(contacts)),
        is_customer & Posting.number_key.in_(sorted(names)),
        is_customer & Posting.source_key.in_(planned),
    )
    return db.scalars(
        select(Posting).where(wanted, Posting.state.in_(_LIVING)).order_by(Posting.id)
    ).all()


def _records(
    db: Session,
    connection_id: int,
    names: Collection[str],
    keys: _Keys,
    list_ids: Collection[str],
) -> Sequence[MirrorRecord]:
    """Customers by name, key or ListID with the heads of their families, and the other names."""
    of_list = {
        name: and_(MirrorRecord.connection_id == connection_id, MirrorRecord.list_name == name)
        for name in (CUSTOMER_LIST, *OTHER_NAME_LISTS)
    }
    is_customer = of_list[CUSTOMER_LIST]
    by_key = _found_by(connection_id, CUSTOMER_LIST, keys)
    wanted = any_of(
        MirrorRecord.id,
        *(each & MirrorRecord.full_name_key.in_(sorted(names)) for each in of_list.values()),
        is_customer & MirrorRecord.list_id.in_(by_key),
        is_customer & MirrorRecord.list_id.in_(sorted(list_ids)),
    )
    found = db.scalars(select(MirrorRecord).where(wanted)).all()
    known = {record.full_name_key for record in found if record.list_name == CUSTOMER_LIST}
    missing = {name.partition(":")[0] for name in known} - known
    if not missing:
        return found
    heads = is_customer & MirrorRecord.full_name_key.in_(sorted(missing))
    return [*found, *db.scalars(select(MirrorRecord).where(heads))]


def _found_by(connection_id: int, list_name: str, keys: _Keys) -> CompoundSelect[str]:
    """The ids of the records of that list that one of the keys leads to.

    A SELECT for each kind: with OR between them SQLite reads the whole list.
    """
    by_kind: dict[KeyKind, list[str]] = {kind: [] for kind in _CUSTOMER_KEYS}
    for kind, key in sorted(keys):
        by_kind[kind].append(key)
    return union_all(
        *(
            select(MirrorKey.list_id).where(
                MirrorKey.connection_id == connection_id,
                MirrorKey.list_name == list_name,
                MirrorKey.kind == kind,
                MirrorKey.key.in_(found),
            )
            for kind, found in by_kind.items()
        )
    )


def _owners(db: Session, connection_id: int, list_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """The contacts that these customers are known to be, by our ledger or by a person."""
    owners: dict[str, set[str]] = defaultdict(set)
    made = select(Posting.record_id, Posting.source_key).where(
        Posting.connection_id == connection_id,
        Posting.kind == Kind.CUSTOMER,
        Posting.state.in_(_LIVING),
        Posting.record_id.in_(sorted(list_ids)),
        Posting.source_key.not_like(f"{SINGLE_CUSTOMER}%"),
    )
    chosen = select(Mapping.list_id, Mapping.key).where(
        Mapping.connection_id == connection_id,
        Mapping.kind == MappingKind.CUSTOMER,
        Mapping.list_name == CUSTOMER_LIST,
        Mapping.list_id.in_(sorted(list_ids)),
    )
    for query in (made, chosen):
        for list_id, contact in db.execute(query):
            owners[list_id].add(contact)
    return defaultdict(frozenset, {key: frozenset(found) for key, found in owners.items()})


def _customer(record: MirrorRecord, contacts: frozenset[str], codes: dict[str, str]) -> Customer:
    details = record.details
    currency = details.get("currency", "")
    return Customer(
        record.list_id,
        record.full_name,
        record.is_active,
        email=details.get("email", ""),
        company=details.get("company", ""),
        city=details.get("city", ""),
        currency=codes.get(name_key(currency), currency),
        first_name=details.get("first", ""),
        last_name=details.get("last", ""),
        contacts=contacts,
        contact_details=contact_details_of(details),
    )
