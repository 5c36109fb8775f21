"""Ten thousand orders: the report, the cut-over and a page of a reading stay within one call's time
(two seconds for the Web Connector; the limits here leave room for a slow machine)."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from qbwc_service.connections import find_connection
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import (
    KeapOrder,
    Kind,
    OrderStatus,
    Posting,
    QuickbooksTxn,
    Reconciliation,
)
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.reconcile.linking import linkable
from qbwc_service.ledger.reconcile.number_overlap import number_overlap
from qbwc_service.ledger.reconciling_report import Part, reconciling_report
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.ledger.states import State
from tests.world import World

ORDERS = 10_000
FIRST = date(2026, 11, 1)
DAYS = (FIRST, FIRST + timedelta(days=29))
LIMIT = 5.0


@pytest.fixture
def full(world: World) -> World:
    """Half of the orders posted, half typed by hand; QuickBooks shows all of them."""
    at = world.clock.now - timedelta(days=2)
    orders, postings, txns = [], [], []
    with world.database.writing("test") as db:
        own = find_connection(db, "acme").id
        for order_id in range(1, ORDERS + 1):
            day, is_posted = FIRST + timedelta(days=order_id % 20), order_id % 2 == 0
            orders.append({
                "connection_id": own, "keap_id": order_id, "order_date": day, "total": 1000,
                "customer_name": "Ann Lee", "currency": "USD", "raw": "{}", "sale": {},
                "content_hash": "a", "read_at": at, "next_try_at": AT_ONCE, "needs_plan": False,
                "has_work": False, "invoice_id": "", "title": "", "contact_id": "", "cause": "",
                "subject": "", "skip": "", "is_checked": True, "overrides": [],
                "status": OrderStatus.POSTED if is_posted else OrderStatus.HELD,
            })  # fmt: skip
            if is_posted:
                postings.append({
                    "connection_id": own, "kind": Kind.INVOICE, "source_key": str(order_id),
                    "generation": 1, "external_guid": "", "order_id": order_id, "amount": 1000,
                    "state": State.POSTED, "number": str(order_id), "record_id": f"{order_id:X}-9",
                    "created_at": at, "posted_at": at, "cause": "", "details": {}, "attempts": 0,
                    "number_key": str(order_id), "planned_hash": "", "edit_sequence": "1",
                    "linked": False, "agreed": {}, "payload": {"placed_on": day.isoformat()},
                })  # fmt: skip
            txns.append({
                "connection_id": own, "kind": Kind.INVOICE, "txn_id": f"{order_id:X}-9",
                "ref_number": str(order_id), "number_key": str(order_id), "customer_list_id": "",
                "customer_name": "Ann Lee", "txn_date": day, "total": 1000, "remaining": 1000,
                "edit_sequence": "1", "external_guid": "", "memo": "", "seen_in": 0,
            })  # fmt: skip
        db.execute(rows_of(KeapOrder), orders)
        db.execute(rows_of(Posting), postings)
        db.execute(rows_of(QuickbooksTxn), txns)
    return world


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@pytest.mark.slow
def test_the_report_and_the_cut_over_of_ten_thousand_orders(full: World) -> None:
    with full.database.reading() as db:
        acme = find_connection(db, "acme")
        report = reconciling_report(db, acme, DAYS)
        assert report.sections[Part.ORDERS].keap.count == ORDERS
        assert len(linkable(db, acme)) == ORDERS // 2
        assert seconds(lambda: reconciling_report(db, acme, DAYS)) < LIMIT
        assert seconds(lambda: linkable(db, acme)) < LIMIT
        assert seconds(lambda: number_overlap(db, acme, effective_settings(acme))) < LIMIT


@pytest.mark.slow
def test_no_call_of_a_reading_takes_long(full: World) -> None:
    """QuickBooks has nothing of it: five thousand are asked for by their ids, and none is lost."""
    with full.database.writing("test") as db:
        # As if a person had linked them, so that no session has looked for its newest ones before.
        db.execute(update(Posting).values(linked=True))
        runs.ask(db, find_connection(db, "acme"), who="Bea", now=full.clock.now, days=DAYS)
    took = seconds(full.update)
    with full.database.reading() as db:
        run = db.scalars(select(Reconciliation)).one()
    assert (run.gone, full.connection().write_block) == (ORDERS // 2, "company-file-restored")
    assert took < 2 * (ORDERS // 2 // 250 + 4)
