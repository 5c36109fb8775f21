"""status, orders and errors: the shapes that scripts read."""

from datetime import UTC, datetime, timedelta

import pytest

from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import KeapPace, Kind, OrderStatus, PaymentStatus
from qbwc_service.ledger.states import State
from tests.cli.conftest import Shell
from tests.ledger_rows import (
    NOON,
    add_error,
    add_order,
    add_payment,
    add_posting,
    add_unreadable,
)

NONE = {"count": 0, "amount": "0.00"}
NO_STATES = {state.value: 0 for state in State}
NO_OVERLAP = {"keap": None, "quickbooks": None, "overlaps": False, "prefix": ""}
NO_HOOKS = {
    "is_wanted": False,
    "how_often": "every 15 minutes",
    "is_paused": False,
    "verified": 0,
    "checked_at": None,
    "called_at": None,
    "trouble": "",
}
NO_CALLS = {"used": 0, "limit": None, "left": None, "shared_by": 1, "notes": []}
NO_OVERLAP = {"quickbooks": None, "keap": None, "overlaps": False, "prefix": ""}


@pytest.fixture
def books(migrated: Database, acme: dict[str, str], shell: Shell) -> None:
    """Two orders in QuickBooks, one held, one waiting; and another connection beside."""
    shell("connection", "add", "other")
    with migrated.writing("test") as db:
        connection = find_connection(db, "acme")
        connection.last_contact_at = NOON
        connection.last_sync_at = NOON + timedelta(minutes=5)
        connection.write_block = "company-file-moved"
        own, other = connection.id, find_connection(db, "other").id
        add_order(db, own, 101, status=OrderStatus.POSTED, total=11105)
        add_order(db, own, 102, status=OrderStatus.POSTED, total=100)
        add_order(db, own, 103, status=OrderStatus.HELD, cause="number-taken", total=2000)
        add_order(db, own, 104, total=123456, read_at=NOON - timedelta(days=2))
        add_order(db, other, 101, status=OrderStatus.NEW, total=5)
        add_payment(db, own, 7, 101, amount=11105, status=PaymentStatus.POSTED)
        add_posting(db, own, 101, state=State.POSTED, record_id="1-A", amount=11105)
        add_posting(db, own, 101, Kind.PAYMENT, State.POSTED, number="P7", record_id="1-B")
        details = {"number": "103"}
        add_posting(
            db, own, 103, state=State.HELD, amount=2000, cause="number-taken", details=details
        )
        add_posting(db, other, 101, state=State.POSTED, record_id="9-Z")
        add_unreadable(db, own, "105")
        add_unreadable(db, own, "106", readable_since=NOON)
        add_unreadable(db, other, "107")
        add_error(db, own, "number-taken", order_id=103, details=details)
        add_error(db, own, "keap-slow-down", solved_at=NOON, at=NOON - timedelta(hours=1))
        add_error(db, other, "keap-slow-down")


@pytest.mark.usefixtures("books")
def test_status_counts_and_adds_up_one_connection(shell: Shell) -> None:
    assert shell("status", "acme", "--json").document == {
        "connection": "acme",
        "orders": {
            **{status.value: NONE for status in OrderStatus},
            "posted": {"count": 2, "amount": "112.05"},
            "held": {"count": 1, "amount": "20.00"},
            "ready": {"count": 1, "amount": "1234.56"},
        },
        "payments": {
            **{status.value: NONE for status in PaymentStatus},
            "posted": {"count": 1, "amount": "111.05"},
        },
        "postings": {**NO_STATES, "posted": 2, "held": 1},
        "kinds": {
            "invoice": {**NO_STATES, "posted": 1, "held": 1},
            "payment": {**NO_STATES, "posted": 1},
        },
        "unreadable": 1,
        "last_contact": "2026-11-23T12:00:00+00:00",
        "last_sync": "2026-11-23T12:05:00+00:00",
        "oldest_waiting": "2026-11-21T12:00:00+00:00",
        "write_block": "company-file-moved",
        "draining_since": None,
        "number_overlap": NO_OVERLAP | {"keap": [102, 5104]},
        "keap_calls": NO_CALLS,
        "keap_hooks": NO_HOOKS,
        "last_sync_trouble": "",
    }


@pytest.mark.usefixtures("acme")
def test_status_of_a_new_connection_is_all_noughts(shell: Shell) -> None:
    assert shell("status", "acme", "--json").document == {
        "connection": "acme",
        "orders": {status.value: NONE for status in OrderStatus},
        "payments": {status.value: NONE for status in PaymentStatus},
        "postings": NO_STATES,
        "kinds": {},
        "unreadable": 0,
        "last_contact": None,
        "last_sync": None,
        "oldest_waiting": None,
        "write_block": "",
        "draining_since": None,
        "number_overlap": NO_OVERLAP,
        "keap_calls": NO_CALLS,
        "keap_hooks": NO_HOOKS,
        "last_sync_trouble": "",
    }


@pytest.mark.usefixtures("books")
def test_status_for_a_person_leaves_out_the_noughts(shell: Shell) -> None:
    assert shell("status", "acme").out == (
        "Orders\tCount\tAmount\n"
        "held\t1\t20.00\n"
        "ready\t1\t1,234.56\n"
        "posted\t2\t112.05\n"
        "Payments\tCount\tAmount\n"
        "posted\t1\t111.05\n"
        "Records\tWaiting\tHeld\tIn QuickBooks\n"
        "Invoice\t0\t1\t1\n"
        "Payment\t0\t0\t1\n"
        "Keap last read: 2026-11-23 12:05 UTC\n"
        "Web Connector last called: 2026-11-23 12:00 UTC\n"
        "Oldest waiting order read: 2026-11-21 12:00 UTC\n"
        "Records of Keap that cannot be read: 1\n"
        "Nothing is sent to QuickBooks: The company file is at a new place.\n"
        "Keap calls today: 0\n"
    )


@pytest.mark.usefixtures("acme")
def test_status_tells_the_calls_of_today_and_what_holds_the_readings_up(
    shell: Shell, migrated: Database
) -> None:
    now = utc_now()
    with migrated.writing("test") as db:
        find_connection(db, "acme").keap_pace = "key|x"
        db.add(
            KeapPace(
                key="key|x",
                free_at=now,
                day_limit=30_000,
                day_available=2_700,
                day_ends_at=datetime(2099, 1, 2, tzinfo=UTC),
            )
        )
    note = (
        "Only new orders and payments are read until midnight UTC: 91 % of today's calls are used."
    )
    document = shell("status", "acme", "--json").document
    assert document["keap_calls"] == {
        "used": 27_300,
        "limit": 30_000,
        "left": 2_700,
        "shared_by": 1,
        "notes": [note],
    }
    assert shell("status", "acme").out.endswith(
        f"Keap calls today: 27,300 of 30,000 (2,700 left)\n{note}\n"
    )


@pytest.mark.usefixtures("books")
def test_orders_come_with_their_postings(shell: Shell) -> None:
    posted, _, held, waiting = shell("orders", "acme", "--json").document
    assert posted == {
        "keap_id": 101,
        "number": "101",
        "status": "posted",
        "cause": "",
        "total": "111.05",
        "customer": "Ann Lee",
        "postings": [
            {
                "kind": "invoice",
                "state": "posted",
                "txn_id": "1-A",
                "ref_number": "101",
                "amount": "111.05",
                "error": "",
            },
            {
                "kind": "payment",
                "state": "posted",
                "txn_id": "1-B",
                "ref_number": "P7",
                "amount": "10.00",
                "error": "",
            },
        ],
    }
    assert (held["cause"], held["postings"][0]["error"]) == (
        "number-taken",
        "The number 103 is already used in QuickBooks",
    )
    assert (waiting["keap_id"], waiting["number"], waiting["postings"]) == (104, "", [])


@pytest.mark.usefixtures("acme")
def test_records_of_every_kind_come_with_their_order_and_are_counted(
    shell: Shell, migrated: Database
) -> None:
    with migrated.writing("test") as db:
        own = find_connection(db, "acme").id
        add_order(db, own, 101, status=OrderStatus.POSTED)
        for place, kind in enumerate((Kind.SALES_RECEIPT, Kind.CREDIT_MEMO, Kind.CARD_REFUND)):
            add_posting(db, own, 101, kind, number=f"101-{place}")
    (order,) = shell("orders", "acme", "--json").document
    assert order["number"] == "101-0"
    assert [(each["kind"], each["ref_number"]) for each in order["postings"]] == [
        ("sales-receipt", "101-0"),
        ("credit-memo", "101-1"),
        ("card-refund", "101-2"),
    ]
    assert list(shell("status", "acme", "--json").document["kinds"]) == [
        "sales-receipt",
        "credit-memo",
        "card-refund",
    ]
    assert "Credit memo\t1\t0\t0\n" in shell("status", "acme").out


@pytest.mark.usefixtures("books")
def test_orders_of_one_status(shell: Shell) -> None:
    found = shell("orders", "acme", "--status", "held", "--json").document
    assert [(order["keap_id"], len(order["postings"])) for order in found] == [(103, 1)]
    assert shell("orders", "acme", "--status", "undone", "--json").document == []
    assert shell("orders", "acme", "--status", "undone").out == "There is no such order.\n"
    assert shell("orders", "acme", "--status", "held").out == (
        "Order\tCustomer\tTotal\tStatus\tIn QuickBooks\tNote\n"
        "103\tAnn Lee\t20.00\theld\t103\tThe number 103 is already used in QuickBooks\n"
    )


@pytest.mark.usefixtures("books")
def test_errors_say_what_why_and_what_to_do(shell: Shell) -> None:
    first, second = shell("errors", "acme", "--json").document
    assert first == {
        "id": first["id"],
        "when": "2026-11-23T12:00:00+00:00",
        "order": 103,
        "message": "number-taken",
        "what": "The number 103 is already used in QuickBooks",
        "why": "QuickBooks has 103 for ..., ..., .... Order ... was not posted.",
        "what_to_do": "If it is the same sale, link it. If not, post it with a prefix of its "
        "own, or skip it.",
        "times": 1,
        "solved": None,
    }
    assert (second["order"], second["message"], second["solved"]) == (
        None,
        "keap-slow-down",
        "2026-11-23T12:00:00+00:00",
    )
    assert shell("errors", "acme", "--open", "--json").document == [first]


@pytest.mark.usefixtures("acme")
def test_an_empty_error_log_says_so(shell: Shell) -> None:
    assert shell("errors", "acme").out == "The error log is empty.\n"
    assert shell("errors", "acme", "--json").document == []


@pytest.mark.usefixtures("books")
def test_status_says_how_the_calls_from_keap_go(shell: Shell) -> None:
    assert shell("set", "acme", "keap_hooks=yes").code == 0
    told = "On; Keap is told at the next look."
    assert f"Calls from Keap: {told}\n" in shell("status", "acme").out
    assert f"Calls from Keap\t{told}\n" in shell("connection", "show", "acme").out


@pytest.mark.usefixtures("acme")
def test_trouble_with_keap_is_told(shell: Shell, migrated: Database) -> None:
    assert "Trouble with Keap" not in shell("status", "acme").out
    with migrated.writing("test") as db:
        find_connection(db, "acme").last_sync_trouble = "Keap does not answer."
    assert "Trouble with Keap: Keap does not answer.\n" in shell("status", "acme").out
    assert shell("status", "acme", "--json").document["last_sync_trouble"] == (
        "Keap does not answer."
    )
