"""Which company file it is, and what a person says when that is in doubt."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import company_file, error_log, mirror
from qbwc_service.ledger.models import (
    Connection,
    ErrorEntry,
    Event,
    KeapOrder,
    Kind,
    OrderStatus,
    Posting,
)
from qbwc_service.ledger.states import State
from tests.ledger.test_mirror import ANN, HAMMER
from tests.ledger_rows import NOON, add_order, add_posting

OLD, NEW = "C:\\Books\\acme.qbw", "D:\\Books\\acme.qbw"


def posted(db: Session, connection: Connection, order_id: int, record_id: str) -> None:
    add_order(db, connection.id, order_id, status=OrderStatus.POSTED)
    add_posting(db, connection.id, order_id, state=State.POSTED, record_id=record_id)
    db.flush()


def list_posting(db: Session, connection: Connection, kind: Kind, **changes: Any) -> None:
    """A customer or item that we made."""
    values = {"state": State.POSTED, "record_id": "C-1", "source_key": "4417"} | changes
    add_posting(db, connection.id, 0, kind, **(values | {"number": "Ann Lee"}))
    db.flush()
    made = db.scalars(select(Posting).where(Posting.record_id == values["record_id"])).all()
    for posting in made:
        posting.order_id = None


def lives(db: Session) -> list[tuple[int | None, State, str]]:
    found = db.scalars(select(Posting).order_by(Posting.id))
    return [(one.order_id, one.state, one.cause) for one in found]


def open_entries(db: Session) -> list[str]:
    return list(db.scalars(select(ErrorEntry.message).where(ErrorEntry.solved_at.is_(None))))


# -- a new place -----------------------------------------------------------------------------------


def test_same_file_at_a_new_place_goes_on_there(db: Session, acme: Connection) -> None:
    acme.company_file = OLD
    company_file.block(acme, company_file.MOVED, {"expected": OLD, "found": NEW})
    error_log.tell(db, acme.id, company_file.MOVED, {}, now=NOON)
    error_log.tell(db, acme.id, "keap-not-answering", {}, now=NOON)
    assert company_file.confirm_new_place(db, acme, "Bea", NOON)
    db.flush()
    assert (acme.company_file, acme.write_block, acme.write_block_details) == (NEW, "", {})
    assert open_entries(db) == ["keap-not-answering"]
    assert [(line.who, line.text) for line in db.scalars(select(Event))] == [
        ("Bea", f"Same company file, new place: {NEW}")
    ]


@pytest.mark.parametrize("block", ["", company_file.RESTORED])
def test_a_new_place_is_confirmed_only_where_it_was_asked(
    db: Session, acme: Connection, block: str
) -> None:
    acme.company_file, acme.write_block = OLD, block
    assert not company_file.confirm_new_place(db, acme, "Bea", NOON)
    assert (acme.company_file, acme.write_block) == (OLD, block)


# -- a restored backup -----------------------------------------------------------------------------


def test_what_a_restored_backup_lacks_is_gone_and_waits_for_a_word(
    db: Session, acme: Connection, other: Connection
) -> None:
    for connection in (acme, other):
        posted(db, connection, 7, "1A-7")
        posted(db, connection, 8, "1A-8")
    mirror.store(db, acme.id, [ANN, HAMMER])
    mirror.state_of(db, acme.id, "Customer").loaded_at = NOON
    company_file.block(acme, company_file.RESTORED, {"record_ids": ["1A-8"]})
    error_log.tell(db, acme.id, company_file.RESTORED, {}, now=NOON)
    assert company_file.confirm_restored(db, acme, "Bea", NOON)
    db.flush()
    gone = "gone-from-quickbooks"
    assert lives(db) == [
        (7, State.POSTED, ""),
        (8, State.GONE, gone),
        (7, State.POSTED, ""),
        (8, State.POSTED, ""),
    ]
    status = select(KeapOrder.status, KeapOrder.cause).where(
        KeapOrder.connection_id == acme.id, KeapOrder.keap_id == 8
    )
    assert db.execute(status).one() == (OrderStatus.HELD, gone)
    assert (acme.write_block, open_entries(db)) == ("", [gone])
    told = select(ErrorEntry.details).where(ErrorEntry.message == gone)
    assert db.scalars(told).all() == [{"thing": "Invoice 8", "order": "8"}]
    assert not mirror.is_loaded(db, acme.id, ["Customer"])
    assert db.scalars(select(Event.text)).all() == ["The company file is a restored backup"]


@pytest.mark.parametrize("block", ["", company_file.MOVED])
def test_nothing_is_lost_where_nobody_asked(db: Session, acme: Connection, block: str) -> None:
    posted(db, acme, 7, "1A-7")
    acme.write_block = block
    acme.write_block_details = {"record_ids": ["1A-7"]}
    assert not company_file.confirm_restored(db, acme, "Bea", NOON)
    assert lives(db) == [(7, State.POSTED, "")]


def test_only_what_is_in_quickbooks_can_be_lost(db: Session, acme: Connection) -> None:
    posted(db, acme, 7, "1A-7")
    add_posting(db, acme.id, 8, state=State.UNDONE, record_id="1A-8")
    company_file.lose_records(db, acme, ["1A-7", "1A-8"])
    assert [each[1] for each in lives(db)] == [State.GONE, State.UNDONE]


def test_a_deleted_list_member_is_ours_only_in_its_own_list(db: Session, acme: Connection) -> None:
    list_posting(db, acme, Kind.CUSTOMER, record_id="X-1")
    assert not company_file.lose_records(db, acme, ["X-1"], "Item")
    assert not company_file.lose_records(db, acme, ["X-1"], "Vendor")
    assert len(company_file.lose_records(db, acme, ["X-1"], "Customer")) == 1


# -- lists read from the start ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "list_name", "record_id", "state"),
    [
        (Kind.CUSTOMER, "Customer", "C-1", State.POSTED),
        (Kind.CUSTOMER, "Customer", "C-9", State.GONE),
        (Kind.ITEM, "Item", "I-1", State.POSTED),
        (Kind.ITEM, "Item", "I-9", State.GONE),
        (Kind.ITEM, "Item", "C-1", State.GONE),
        (Kind.ITEM, "Customer", "I-9", State.POSTED),
        (Kind.ITEM, "Account", "I-9", State.POSTED),
    ],
)
def test_what_we_made_and_a_list_read_afresh_lacks_is_gone(
    db: Session, acme: Connection, kind: Kind, list_name: str, record_id: str, state: State
) -> None:
    mirror.store(db, acme.id, [ANN, HAMMER])
    list_posting(db, acme, kind, record_id=record_id)
    company_file.lose_unmirrored(db, acme, list_name)
    assert [each[1] for each in lives(db)] == [state]


def test_a_list_that_was_emptied_loses_all_that_we_made_a_few_at_a_time(
    db: Session, acme: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "AT_ONCE", 2)
    for number in range(5):
        list_posting(db, acme, Kind.CUSTOMER, record_id=f"C-{number}", source_key=str(number))
    mirror.store(db, acme.id, [ANN])
    company_file.lose_unmirrored(db, acme, "Customer")
    assert [each[1] for each in lives(db)] == [
        State.GONE, State.POSTED, State.GONE, State.GONE, State.GONE,
    ]  # fmt: skip


def test_the_lists_of_another_company_file_do_not_count(
    db: Session, acme: Connection, other: Connection
) -> None:
    mirror.store(db, other.id, [ANN])
    list_posting(db, acme, Kind.CUSTOMER)
    list_posting(db, other, Kind.CUSTOMER)
    company_file.lose_unmirrored(db, acme, "Customer")
    assert [each[1] for each in lives(db)] == [State.GONE, State.POSTED]
