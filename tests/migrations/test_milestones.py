"""A database of each older version is upgraded, and the work goes on where it was left."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbwc_service import database_schema
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.demo.web_connector import Ended
from qbwc_service.demo.web_connector.outcome import UpdateResult
from qbwc_service.ledger.reports import status_report
from tests.databases import only_sqlite
from tests.migrations import milestones
from tests.migrations.milestones import Dump, Upgraded
from tests.migrations.schemas import shapes

#: what waits for nobody and nothing
_AT_REST = {
    "posted",
    "posted-payment-open",
    "held",
    "skipped-by-settings",
    "skipped-by-you",
    "undone",
}
_MOST_SESSIONS = 12
_NUMBER = re.compile(r"<RefNumber>([^<]*)</RefNumber>")
_ADDED = re.compile(
    r"<(InvoiceAdd|ReceivePaymentAdd|CustomerAdd|CreditMemoAdd) .*?</\1>", re.DOTALL
)


@pytest.fixture(params=milestones.names())
def dump(request: pytest.FixtureRequest) -> Dump:
    return milestones.dump_of(request.param)


@pytest.fixture
def upgraded(empty: Database, dump: Dump, tmp_path: Path) -> Iterator[Upgraded]:
    milestones.load(empty, dump)
    database_schema.upgrade(empty)
    world = Upgraded(tmp_path, empty, dump)
    yield world
    world.close()


def test_a_dump_has_what_an_upgrade_can_get_wrong(dump: Dump) -> None:
    orders = Counter(row["status"] for row in dump.tables["keap_order"])
    assert orders.keys() >= {"posted", "posted-payment-open", "sent", "held", "ready"}
    assert orders.keys() >= {"skipped-by-settings", "skipped-by-you"}
    states = Counter(row["state"] for row in dump.tables["posting"])
    assert states.keys() >= {"posted", "sent", "ready", "held"}
    sets = dump.tables["message_set"]
    assert any(row["answer"] for row in sets)
    assert [row["answer"] for row in sets if row["writes"] and not row["resolved_at"]] == [None]
    for table in (
        "keap_payment",
        "keap_contact",
        "event",
        "person",
        "mirror_record",
        "error_entry",
    ):
        assert dump.tables[table], table
    if dump.revision > "0010":
        assert dump.tables["audit_entry"]


@only_sqlite
def test_the_migrations_of_today_make_the_tables_of_then(dump: Dump, tmp_path: Path) -> None:
    then = Database(f"sqlite:///{tmp_path / 'then.db'}")
    today = Database(f"sqlite:///{tmp_path / 'today.db'}")
    try:
        milestones.load(then, dump)
        database_schema.upgrade(today, dump.revision)
        assert shapes(then) == shapes(today)
        database_schema.upgrade(then)
        database_schema.upgrade(today)
        assert shapes(then) == shapes(today)
    finally:
        then.close()
        today.close()


def test_the_work_goes_on_and_nothing_is_sent_twice(upgraded: Upgraded, dump: Dump) -> None:
    _check_counts(upgraded, dump)
    posted = {
        row["id"]: row["record_id"] for row in dump.tables["posting"] if row["state"] == "posted"
    }
    before = upgraded.books()
    sessions = _sessions(upgraded)
    after = upgraded.books()

    assert {status for status, _ in upgraded.statuses().values()} <= _AT_REST
    now = {each.id: each for each in upgraded.postings()}
    undone = {row["order_id"] for row in dump.tables["posting"] if row["kind"] == "removal"}
    for posting_id, record_id in posted.items():
        assert now[posting_id].record_id == record_id
        if now[posting_id].order_id not in undone:
            assert now[posting_id].state.value == "posted"
    assert "sent" not in {each.state.value for each in now.values()}

    numbers = Counter(invoice.number for invoice in after.invoices)
    assert numbers.most_common(1)[0][1] == 1
    there = {invoice.number for invoice in before.invoices}
    assert len(numbers) > len(there)
    sent = list(_sent(sessions))
    assert there.isdisjoint(number for kind, number in sent if kind == "InvoiceAdd")
    payments = Counter(
        (payment.ref_number, applied.invoice_number, payment.total)
        for payment in after.payments
        for applied in payment.applied
    )
    assert payments.most_common(1)[0][1] == 1
    paid = {payment.ref_number for payment in before.payments}
    assert paid.isdisjoint(number for kind, number in sent if kind == "ReceivePaymentAdd")
    names = Counter(customer.full_name for customer in after.customers)
    assert names.most_common(1)[0][1] == 1
    _check_sums(upgraded)


def _check_counts(world: Upgraded, dump: Dump) -> None:
    """The status of today shows what the version had counted."""
    with world.database.reading() as db:
        report = status_report(db, find_connection(db, world.name))
    for figures, rows, amount in (
        (report.orders, dump.tables["keap_order"], "total"),
        (report.payments, dump.tables["keap_payment"], "amount"),
    ):
        expected = {
            status: (len(some), sum(row[amount] for row in some))
            for status in {row["status"] for row in rows}
            if (some := [row for row in rows if row["status"] == status])
        }
        found = {str(key): (each.count, each.amount) for key, each in figures.items() if each.count}
        assert found == expected
    states = Counter(
        row["state"] for row in dump.tables["posting"] if row["kind"] != "customer-update"
    )
    assert {str(state): count for state, count in report.postings.items() if count} == states


def _check_sums(world: Upgraded) -> None:
    """Every order that is in QuickBooks is there with its total."""
    invoices = {invoice.number: invoice.total for invoice in world.books().invoices}
    for each in world.postings():
        if each.kind.value == "invoice" and each.state.value == "posted" and not each.cause:
            assert invoices[each.number] * 100 == each.amount, each.number


def _sessions(world: Upgraded) -> list[UpdateResult]:
    """Update after update, until there is nothing to write."""
    done = [world.update()]
    while done[-1].messages_with_writes:
        assert len(done) < _MOST_SESSIONS
        world.clock.pass_time(minutes=15)
        done.append(world.update())
    assert [error for each in done for error in each.errors] == []
    assert {each.ended for each in done} <= {Ended.DONE, Ended.NONE}
    return done


def _sent(sessions: list[UpdateResult]) -> Iterator[tuple[str, str]]:
    """Kind and number of all that was to be added."""
    for session in sessions:
        for exchange in session.exchanges:
            for added in _ADDED.finditer(exchange.request):
                for number in _NUMBER.findall(added.group())[:1]:
                    yield added.group(1), number
