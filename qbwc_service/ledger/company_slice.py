"""Loads the slice of mirror and ledger that a batch needs: a constant number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.chosen_slice import load_chosen
from qbwc_service.ledger.customer_slice import load_customers
from qbwc_service.ledger.item_slice import ITEM_LIST as ITEM_LIST
from qbwc_service.ledger.item_slice import load_items
from qbwc_service.ledger.models import SALES, Connection, MirrorRecord, Posting
from qbwc_service.ledger.states import ENDED, State
from qbwc_service.ledger.stored_rules import load_rules
from qbwc_service.ledger.tax_slice import load_taxes
from qbwc_service.matching.company import Account, Company
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.numbers import candidates
from qbwc_service.planning.order import SalesOrder
from qbwc_service.planning.rule import ActionKind, Rule
from qbwc_service.settings import Settings

ACCOUNT_LIST = "Account"
PAYMENT_METHOD_LIST = "PaymentMethod"

_LIVING = [state for state in State if state not in ENDED]


def load_company(
    db: Session,
    connection: Connection,
    orders: Sequence[SalesOrder],
    settings: Settings,
    own_prefixes: Mapping[int, str] = MappingProxyType({}),
) -> Company:
    """What matching may look at for these orders, and nothing else of the company file.

    `own_prefixes`: of the orders that a person gave one, by order id.
    """
    lines = (line for order in orders for line in order.lines)
    items = load_items(db, connection.id, lines, settings)
    people = load_customers(db, connection, [order.buyer for order in orders], settings)
    rules = load_rules(db, connection.id)
    chosen = load_chosen(db, connection.id, settings, rules)
    taxes = load_taxes(db, connection.id, chosen.item_of_tax, orders, _taxed(settings, rules))
    return Company(
        customers=people.customers,
        chosen_customers=people.chosen_customers,
        customer_of_contact=people.customer_of_contact,
        other_names=people.other_names,
        items_by_full_name=items.by_full_name,
        items_by_name=items.by_name,
        items_by_field=items.by_field,
        mapped_items=items.mapped,
        mapped_taxes=items.mapped_taxes,
        made_items=items.made,
        accounts={
            record.full_name_key: _account(record)
            for record in _list(db, connection.id, ACCOUNT_LIST)
        },
        payment_methods={
            record.name_key: record.list_id
            for record in _list(db, connection.id, PAYMENT_METHOD_LIST)
            if record.is_active
        },
        lists=chosen.lists,
        method_of_payment=chosen.method_of_payment,
        deposit_of_payment=chosen.deposit_of_payment,
        item_of_tax=chosen.item_of_tax,
        tax_rates=taxes.rates,
        tax_groups=taxes.groups,
        numbers=_numbers(db, connection.id, orders, _prefixed(settings, rules), own_prefixes),
        home_currency=people.home_currency,
        country=connection.quickbooks.get("country", ""),
        sales_tax_is_on=bool(connection.quickbooks.get("sales_tax", True)),
        rules=rules,
    )


def _list(db: Session, connection_id: int, list_name: str) -> Sequence[MirrorRecord]:
    """A short list, whole."""
    return db.scalars(
        select(MirrorRecord).where(
            MirrorRecord.connection_id == connection_id, MirrorRecord.list_name == list_name
        )
    ).all()


def _taxed(settings: Settings, rules: Sequence[Rule]) -> Settings:
    """The settings; where a rule has QuickBooks reckon the tax, as if it did so for all."""
    values = {rule.value(ActionKind.SALES_TAX) for rule in rules}
    return replace(settings, sales_tax="quickbooks") if "quickbooks" in values else settings


def _prefixed(settings: Settings, rules: Sequence[Rule]) -> list[Settings]:
    """The settings, with each prefix that an order may get."""
    prefixes = (rule.value(ActionKind.PREFIX) for rule in rules)
    others = dict.fromkeys(prefix for prefix in prefixes if prefix is not None)
    return [settings, *(replace(settings, number_prefix=prefix) for prefix in others)]


def _numbers(
    db: Session,
    connection_id: int,
    orders: Sequence[SalesOrder],
    possible: Sequence[Settings],
    own_prefixes: Mapping[int, str],
) -> dict[str, int]:
    """Which order has one of these numbers on a living form of ours."""
    numbers = {
        name_key(number)
        for order in orders
        for each in possible
        for number in candidates(order, each, own_prefixes.get(order.order_id, ""))
    }
    found = db.execute(
        select(Posting.number_key, Posting.order_id)
        .where(
            Posting.connection_id == connection_id,
            Posting.state.in_(_LIVING),
            Posting.kind.in_(SALES),
            Posting.number_key.in_(sorted(numbers)),
        )
        .order_by(Posting.id)
    )
    return {number: order_id for number, order_id in found if order_id is not None}


def _account(record: MirrorRecord) -> Account:
    kind = record.details.get("AccountType", "")
    return Account(record.list_id, record.full_name, kind, record.is_active)
