"""The log tells the way of an order to its TxnID, under one trace."""

import re
from collections.abc import Iterator

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.database import once_committed
from qbwc_service.ledger import trail
from qbwc_service.ledger.models import Kind, Posting
from tests.logged import Kept, everything_logged, words
from tests.world import World, paid, product, sale


@pytest.fixture
def log() -> Iterator[Kept]:
    with everything_logged() as kept:
        yield kept


def test_an_order_and_its_payment_are_followed_to_their_txn_ids(world: World, log: Kept) -> None:
    world.keap_has(sale(101), payments=[paid(101, 1000)])
    world.update()
    lines = log.of("acme/order/101")
    assert words(lines) == [
        "order: planned",
        "invoice: sent",
        "payment: sent",
        "invoice: in QuickBooks",
        "payment: in QuickBooks",
    ]
    made = world.books()
    assert lines[-2].endswith(f"record={made.invoices[0].txn_id}")
    assert lines[-1].endswith(f"record={made.payments[0].txn_id}")
    assert re.fullmatch(
        r".* trace=\S+ connection=acme set=\d+ order=101 posting=\d+ record=\S+", lines[-1]
    )


def test_the_customer_of_a_new_contact_bears_the_contacts_trace(world: World, log: Kept) -> None:
    world.keap_has(sale(101))
    world.update()
    assert words(log.of("acme/contact/4417")) == ["customer: sent", "customer: in QuickBooks"]


def test_a_hold_is_told_with_its_cause_and_once(world: World, log: Kept) -> None:
    world.keap_has(sale(101, product("NOWHERE")))
    world.set(missing_item="hold")
    world.update()
    world.clock.pass_time(minutes=20)
    world.keap_has(sale(101, product("NOWHERE"), product("NOWHERE")))
    world.update()
    told = [line for line in words(log.of("acme/order/101")) if line != "order: planned"]
    assert told == ["invoice: held, item-not-in-quickbooks"]


def test_updates_and_their_messages_are_told(world: World, log: Kept) -> None:
    world.keap_has(sale(101))
    world.update()
    began, *_, ended = [line for line in log.lines if "update: " in line]
    assert "INFO qbwc_service.ledger.trail: update: began connection=acme session=" in began
    assert re.search(r"update: ended, \d+ posted, 0 held, \d+ messages connection=acme", ended)
    messages = [line for line in log.lines if "message of phase post: " in line]
    assert [re.sub(r".*post: (.*) connection=.*", r"\1", line) for line in messages[:3]] == [
        "prepared",
        "handed out",
        "answered",
    ]


def test_nothing_of_a_transaction_that_is_rolled_back_is_told(world: World, log: Kept) -> None:
    told: list[str] = []

    def broken_off() -> None:
        with world.database.writing("test") as db:
            connection = find_connection(db, "acme")
            trail.orders(db, connection.id, [101], "read from Keap")
            once_committed(db, lambda: told.append("it is on the disk"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    with world.database.writing("test") as db:
        once_committed(db, lambda: told.append("the next one is"))
        assert told == []
    assert told == ["the next one is"]
    assert not [line for line in log.lines if "order/101" in line]


def test_nothing_of_a_savepoint_that_is_rolled_back_is_told(world: World) -> None:
    told: list[str] = []
    with world.database.writing("test") as db:
        once_committed(db, lambda: told.append("before"))
        with db.begin_nested() as kept:
            once_committed(db, lambda: told.append("kept"))
            kept.commit()
        with db.begin_nested() as given_up:
            once_committed(db, lambda: told.append("given up"))
            with db.begin_nested():
                once_committed(db, lambda: told.append("inside of what is given up"))
            given_up.rollback()
        once_committed(db, lambda: told.append("after"))
    assert told == ["before", "kept", "after"]


def test_an_act_that_fails_stops_neither_the_others_nor_whoever_committed(
    world: World, log: Kept
) -> None:
    told: list[str] = []
    with world.database.writing("test") as db:
        once_committed(db, lambda: told.append(str(1 // 0)))
        once_committed(db, lambda: told.append("the other"))
    assert told == ["the other"]
    assert any("what follows a transaction failed" in line for line in log.lines)


def test_a_connection_that_is_not_at_hand_is_asked_for_its_name(world: World, log: Kept) -> None:
    with world.database.writing("test") as db:
        trail.orders(db, 1, [101, 102], "read from Keap")
    assert words(log.of("acme/order/101")) == ["order: read from Keap"]
    assert words(log.of("acme/order/102")) == ["order: read from Keap"]


def test_a_posting_of_no_session_is_told_nowhere(log: Kept) -> None:
    trail.outcome(Posting(connection_id=1, kind=Kind.INVOICE, source_key="101"), "in QuickBooks")
    assert log.lines == []
