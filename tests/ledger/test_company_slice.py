"""The slice of the mirror and the ledger that a batch of orders may see."""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.company_slice import load_company
from qbwc_service.ledger.customer_slice import PLANNED_CUSTOMERS
from qbwc_service.ledger.models import (
    Connection,
    Kind,
    Mapping,
    MappingKind,
    MirrorKey,
    MirrorRecord,
)
from qbwc_service.ledger.rules import Rules
from qbwc_service.ledger.states import State
from qbwc_service.matching.company import Account, Company, Item
from qbwc_service.matching.customer_index import Customer, CustomerIndex
from qbwc_service.matching.keys import KeyKind, name_key
from qbwc_service.planning.order import SalesOrder
from tests.ledger_rows import NOON, add_entry, add_mapping, add_posting, add_read_lists
from tests.matching.company_file import settings
from tests.planning.test_rules import rule
from tests.world import product, sale


def add(db: Session, connection: Connection, list_name: str, full_name: str, **more: Any) -> None:
    """A record of our copy; "Tools:Hammer" is Hammer under Tools."""
    name = full_name.rsplit(":", maxsplit=1)[-1]
    db.add(
        MirrorRecord(
            connection_id=connection.id,
            list_name=list_name,
            list_id=f"{list_name}-{full_name}",
            name=name,
            full_name=full_name,
            name_key=name_key(name),
            full_name_key=name_key(full_name),
            **more,
        )
    )


def made(db: Session, connection: Connection, state: State = State.POSTED, **more: Any) -> None:
    """The customer posting of Ann's contact."""
    values = {
        "source_key": "4417",
        "number": "Ann Lee",
        "number_key": "ann lee",
        "record_id": "80000007-1" if state is State.POSTED else "",
    }
    values |= more
    values["payload"] = {
        "source_key": values["source_key"],
        "name": values["number"],
        "email": "ann@example.com",
    }
    add_posting(db, connection.id, 0, Kind.CUSTOMER, state, **values)


PLANNED_ANN = Customer("", "Ann Lee", email="ann@example.com", made_by="4417")


def found_by(
    db: Session, connection: Connection, list_name: str, list_id: str, kind: KeyKind, key: str
) -> None:
    """One more key that leads to that record."""
    db.add(
        MirrorKey(
            connection_id=connection.id, list_name=list_name, kind=kind, key=key, list_id=list_id
        )
    )


def choose(db: Session, connection: Connection, contact: str, list_id: str) -> None:
    db.add(
        Mapping(
            connection_id=connection.id,
            kind=MappingKind.CUSTOMER,
            key=contact,
            list_name="Customer",
            list_id=list_id,
            made_at=NOON,
        )
    )


def load(db: Session, connection: Connection, *orders: SalesOrder, **chosen: str) -> Company:
    db.flush()
    return load_company(db, connection, orders or (sale(7),), settings(**chosen))


def test_records_become_what_matching_reads(db: Session, acme: Connection) -> None:
    acme.currency = "USD"
    details = {"email": "a@example.com", "company": "Acme", "city": "Mesa", "currency": "CAD"}
    add(db, acme, "Customer", "Ann Lee", is_active=False, details=details)
    add(db, acme, "Vendor", "ann lee")
    add(db, acme, "Item", "Tools:Hammer", is_active=False)
    add(db, acme, "Account", "Income:Sales", details={"AccountType": "Income"})
    add(db, acme, "PaymentMethod", "Visa")
    assert load(db, acme) == Company(
        customers=CustomerIndex(
            [
                Customer(
                    *("Customer-Ann Lee", "Ann Lee", False, "a@example.com", "Acme", "Mesa", "CAD")
                )
            ]
        ),
        other_names={"ann lee": "vendor"},
        items_by_full_name={
            "tools:hammer": Item("Item-Tools:Hammer", "Hammer", "Tools:Hammer", is_active=False)
        },
        items_by_name={
            "hammer": (Item("Item-Tools:Hammer", "Hammer", "Tools:Hammer", is_active=False),)
        },
        accounts={
            "income:sales": Account("Account-Income:Sales", "Income:Sales", "Income"),
        },
        payment_methods={"visa": "PaymentMethod-Visa"},
        home_currency="USD",
    )


def test_only_the_names_and_skus_of_the_batch_are_loaded(db: Session, acme: Connection) -> None:
    for name in ("Ann Lee", "Bob Ray"):
        add(db, acme, "Customer", name)
    for name in ("HAMMER", "Old:Hammer", "SAW", "Keap Fee", "My Freight", "Keap Shipping"):
        add(db, acme, "Item", name)
    company = load(db, acme, sale(7, product("hammer")), shipping_item="my freight")
    assert [each.full_name for each in company.customers] == ["Ann Lee"]
    assert set(company.items_by_full_name) == {"hammer", "old:hammer", "keap fee", "my freight"}
    assert len(company.items_by_name["hammer"]) == 2


@pytest.mark.parametrize(
    ("list_name", "kind"),
    [("Vendor", "vendor"), ("Employee", "employee"), ("OtherName", "other name")],
)
def test_who_shares_the_name_space_is_called_by_its_kind(
    db: Session, acme: Connection, list_name: str, kind: str
) -> None:
    add(db, acme, list_name, "Ann Lee")
    assert load(db, acme).other_names == {"ann lee": kind}


def test_nothing_of_another_connection_is_seen(
    db: Session, acme: Connection, other: Connection
) -> None:
    add(db, other, "Customer", "Ann Lee")
    add(db, other, "Item", "HAMMER")
    add(db, other, "Account", "Sales")
    made(db, other)
    add_posting(db, other.id, 5, number_key="7")
    assert load(db, acme) == Company()


@pytest.mark.parametrize("state", [State.READY, State.SENT, State.HELD, State.SKIPPED])
def test_a_customer_that_we_are_to_make_is_known_by_its_contact(
    db: Session, acme: Connection, state: State
) -> None:
    made(db, acme, state)
    company = load(db, acme)
    assert list(company.customers) == [PLANNED_ANN]
    assert company.customer_of_contact == {}


def test_a_customer_that_we_made_is_remembered_whatever_it_is_called(
    db: Session, acme: Connection
) -> None:
    made(db, acme, number="A. Lee", number_key="a. lee", record_id="Customer-A. Leigh")
    add(db, acme, "Customer", "A. Leigh")
    company = load(db, acme)
    assert company.customer_of_contact == {"4417": "Customer-A. Leigh"}
    remembered = company.customers.of_list_id("Customer-A. Leigh")
    assert remembered is not None
    assert remembered.contacts == {"4417"}


def test_a_namesake_that_another_contact_makes_is_seen(db: Session, acme: Connection) -> None:
    made(db, acme, State.READY, source_key="99")
    assert [each.made_by for each in load(db, acme).customers] == ["99"]


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (KeyKind.EMAIL, "ann@example.com"),
        (KeyKind.PERSON, "ann lee"),
        (KeyKind.PERSON, "lee ann"),
    ],
)
def test_a_customer_is_found_by_what_it_is_found_by(
    db: Session, acme: Connection, kind: KeyKind, key: str
) -> None:
    add(db, acme, "Customer", "A. L. of Mesa")
    add(db, acme, "Customer", "Somebody")
    found_by(db, acme, "Customer", "Customer-A. L. of Mesa", kind, key)
    assert [each.full_name for each in load(db, acme).customers] == ["A. L. of Mesa"]


def test_a_planned_customer_is_found_so_too(db: Session, acme: Connection) -> None:
    made(db, acme, State.READY, source_key="99", number="A.", number_key="a.")
    found_by(db, acme, PLANNED_CUSTOMERS, "99", KeyKind.EMAIL, "ann@example.com")
    assert [each.made_by for each in load(db, acme).customers] == ["99"]


def test_with_a_job_comes_the_customer_whose_job_it_is(db: Session, acme: Connection) -> None:
    add(db, acme, "Customer", "Acme Inc")
    add(db, acme, "Customer", "Acme Inc:Roof")
    found_by(db, acme, "Customer", "Customer-Acme Inc:Roof", KeyKind.EMAIL, "ann@example.com")
    assert [each.full_name for each in load(db, acme).customers] == ["Acme Inc", "Acme Inc:Roof"]


def test_what_a_person_chose_comes_with_its_customer(db: Session, acme: Connection) -> None:
    add(db, acme, "Customer", "Acme Inc")
    choose(db, acme, "4417", "Customer-Acme Inc")
    company = load(db, acme)
    assert company.chosen_customers == {"4417": "Customer-Acme Inc"}
    assert [each.contacts for each in company.customers] == [{"4417"}]


def test_currencies_are_told_by_their_codes(db: Session, acme: Connection) -> None:
    acme.currency = "USD"
    acme.quickbooks = {"home_currency_name": "US Dollar"}
    add(db, acme, "Customer", "Ann Lee", details={"currency": "US Dollar"})
    add(db, acme, "Customer", "Ann Lee (K4417)", details={"currency": "Canadian Dollar"})
    add(db, acme, "Currency", "Canadian Dollar", details={"CurrencyCode": "CAD"})
    assert [each.currency for each in load(db, acme).customers] == ["USD", "CAD"]


@pytest.mark.parametrize("state", [State.GONE, State.UNDONE])
def test_what_quickbooks_no_longer_has_is_not_remembered(
    db: Session, acme: Connection, state: State
) -> None:
    made(db, acme, state, record_id="80000007-1")
    add_posting(db, acme.id, 5, state=state, number_key="7")
    assert load(db, acme) == Company()


def test_a_number_of_ours_is_seen_with_its_prefix(db: Session, acme: Connection) -> None:
    add_posting(db, acme.id, 5, number_key="k-7")
    add_posting(db, acme.id, 6, number_key="7")
    add_posting(db, acme.id, 5, Kind.PAYMENT, number_key="k-7")
    assert load(db, acme, number_prefix="K-").numbers == {"k-7": 5}


def test_numbers_with_the_prefix_of_a_rule_are_looked_for_too(
    db: Session, acme: Connection
) -> None:
    for number, order in (("7", 4), ("w-7", 5), ("x-7", 6)):
        add_posting(db, acme.id, order, number_key=number)
    Rules(db, acme, "Bea", NOON).add(rule("state is AZ", then=("number_prefix=W-",)))
    company = load(db, acme)
    assert company.numbers == {"7": 4, "w-7": 5}
    assert [each.name for each in company.rules] == ["A rule"]


def test_many_orders_take_as_many_statements_as_one(
    database: Database, db: Session, acme: Connection
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
    load(db, acme, sale(1, product("S1")))
    for_one = len(asked)
    load(db, acme, *(sale(number, product(f"S{number}")) for number in range(1, 60)))
    assert len(asked) == 2 * for_one
    assert for_one <= 18


def test_taxes_are_loaded_where_a_rule_has_quickbooks_reckon_them(
    db: Session, acme: Connection
) -> None:
    add_entry(db, acme.id, "Item", "AZ Tax", "SalesTax")
    add_read_lists(db, acme.id, "Item")
    record = db.scalars(select(MirrorRecord).where(MirrorRecord.full_name == "AZ Tax")).one()
    record.details = {**record.details, "rate": "8.6"}
    add_mapping(db, acme.id, MappingKind.TAX_ITEM, "state:AZ", "Item", "AZ Tax")
    assert load(db, acme).tax_rates == {}
    reckoned = rule("state is AZ", then=("sales_tax=quickbooks",))
    Rules(db, acme, "Bea", NOON).add(reckoned)
    assert list(load(db, acme).tax_rates) == ["I-AZ Tax"]
