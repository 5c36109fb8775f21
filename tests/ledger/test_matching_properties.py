"""Matching over random company files in the database: the same data give the same choices, in
whatever order and batches they come, and never a record of another connection."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.connections import add_connection, find_connection
from qbwc_service.ledger import mirror, sources
from qbwc_service.ledger.models import KeapOrder, Kind, Posting
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.planning.order import Buyer, PostalAddress
from qbwc_service.secrecy import Secrecy
from qbxml_builders.records import CustomerRecord, ItemRecord
from tests.benchmarks.planning import customer_record, item_record
from tests.databases import new_database
from tests.ledger_rows import NOON, add_order
from tests.world import TODAY, product, sale

FIRST, LAST = ("Ann", "Bob", "Lee", "Zoë"), ("Lee", "Ann", "Ray", "O'Hara")
MAILS = ("", "", "a@x.example", "b@x.example", "A@x.example, b@x.example")
FIRMS = ("", "", "Acme Inc", "ACME, Inc.", "Jones & Co")
CITIES = ("", "Phoenix", "PHOENIX", "Mesa")
SKUS = ("HAMMER", "hammer", "Tools:Hammer", "NAIL", "Saw", "GOLD")
ORDERS = 25


def people(chance: random.Random, prefix: str) -> list[CustomerRecord]:
    """Customers of which many are alike; every ListID begins with the connection's prefix."""
    made: dict[str, CustomerRecord] = {}
    for number in range(20):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        name = chance.choice([f"{first} {last}", f"{last}, {first}", chance.choice(FIRMS) or first])
        base = replace(
            customer_record(number),
            list_id=f"{prefix}{number}", name=name, full_name=name,
            first_name=first, last_name=last, email=chance.choice(MAILS),
            company_name=chance.choice(FIRMS), is_active=chance.random() > 0.15,
        )  # fmt: skip
        address = replace(base.bill_address, city=chance.choice(CITIES))
        made.setdefault(name.casefold(), replace(base, bill_address=address))
    return list(made.values())


def goods(chance: random.Random, prefix: str) -> list[ItemRecord]:
    names = chance.sample(["HAMMER", "Tools:Hammer", "Rental:Hammer", "NAIL", "Saw"], 4)
    return [
        replace(
            item_record(place),
            list_id=f"{prefix}{place}", name=name.rsplit(":", maxsplit=1)[-1], full_name=name,
        )
        for place, name in enumerate(names)
    ]  # fmt: skip


def buyer(chance: random.Random, contact: int) -> Buyer:
    mail = chance.choice(("", "a@x.example", "B@x.example", "c@x.example"))
    where = PostalAddress(city=chance.choice(CITIES))
    first, last, firm = chance.choice(FIRST), chance.choice(LAST), chance.choice(FIRMS)
    return Buyer(str(contact), first, last, firm, mail, "", where)


class Books:
    """Two connections over the same Keap contacts, each with a company file of its own."""

    def __init__(self, folder: Path, seed: int) -> None:
        chance = random.Random(seed)
        self.database = new_database(folder)
        contacts = [buyer(chance, contact) for contact in range(1, 16)]
        sales = [
            sale(number, product(chance.choice(SKUS)), buyer=chance.choice(contacts))
            for number in range(1, ORDERS + 1)
        ]
        with self.database.writing("test") as db:
            for name in ("own", "other"):
                add_connection(
                    db, Secrecy(bytes(32)), name=name, keap_account="", keap_key="k",
                    company_file="", start_date=TODAY, clock=lambda: NOON,
                )  # fmt: skip
                connection = find_connection(db, name)
                mine = random.Random(f"{seed} {name}")
                for records in (people(mine, f"C-{name}-"), goods(mine, f"I-{name}-")):
                    mine.shuffle(records)
                    mirror.store(db, connection.id, records)
                for one in sales:
                    add_order(
                        db, connection.id, one.order_id, contact_id=one.buyer.contact_id,
                        sale=sources.stored(one), content_hash=sources.sale_hash(one),
                        needs_plan=True,
                    )  # fmt: skip

    def plan(self, name: str, batch: int) -> None:
        for start in range(1, ORDERS + 1, batch):
            with self.database.writing("test") as db:
                connection = find_connection(db, name)
                orders = db.scalars(
                    select(KeapOrder)
                    .where(
                        KeapOrder.connection_id == connection.id,
                        KeapOrder.keap_id.in_(range(start, start + batch)),
                    )
                    .order_by(KeapOrder.keap_id)
                ).all()
                plan_orders(db, connection, orders, NOON)

    def chosen(self, name: str) -> dict[int, tuple[str, str, str, tuple[str, ...]]]:
        """Cause, customer (ListID or who makes it) and items of each order."""
        with self.database.reading() as db:
            found = db.scalars(
                select(Posting).where(
                    Posting.connection_id == find_connection(db, name).id,
                    Posting.kind == Kind.INVOICE,
                )
            ).all()
        return {
            posting.order_id or 0: (
                posting.cause,
                posting.payload["customer"]["list_id"] if posting.payload else "",
                posting.payload["customer"]["made_by"] if posting.payload else "",
                tuple(line["item"]["list_id"] for line in posting.payload.get("lines", ())),
            )
            for posting in found
        }


@pytest.mark.parametrize("seed", range(25))
def test_batches_and_second_runs_choose_alike_and_never_across_connections(
    tmp_path: Path, seed: int
) -> None:
    books = Books(tmp_path, seed)
    books.plan("own", batch=ORDERS)
    at_once = books.chosen("own")
    books.plan("own", batch=4)
    assert books.chosen("own") == at_once

    (tmp_path / "again").mkdir()
    others = Books(tmp_path / "again", seed)
    others.plan("own", batch=1)
    assert others.chosen("own") == at_once
    books.plan("other", batch=7)
    ids = [
        (name, list_id)
        for name in ("own", "other")
        for _, customer, _, items in books.chosen(name).values()
        for list_id in (customer, *items)
        if list_id
    ]
    assert ids
    assert all(list_id[2:].startswith(f"{name}-") for name, list_id in ids)
    for each in (books, others):
        each.database.close()
