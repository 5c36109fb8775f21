"""Message sets: frozen before they are handed out, and one answer kept at a time."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import message_sets, standing, states
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    MessageSet,
    OrderStatus,
    Posting,
    UpdateSession,
)
from qbwc_service.ledger.states import State
from qbxml_builders.elements import Element, Request
from tests.ledger_rows import NOON, add_order, add_posting, add_session

LATER = NOON + timedelta(minutes=1)
READ = Request("r1", Element("CompanyQueryRq"))
WRITE = Request(
    "w1",
    Element("CustomerAddRq", (Element("CustomerAdd", (Element("Name", "Ann Lee"),)),)),
)


@pytest.fixture
def session(db: Session, acme: Connection) -> UpdateSession:
    return new_session(db, acme)


def new_session(db: Session, connection: Connection) -> UpdateSession:
    return add_session(db, connection.id, company_file="C:\\Books\\acme.qbw", phase="post")


def order_with_invoice(db: Session, connection: Connection, **changes: Any) -> Posting:
    add_order(db, connection.id, 7)
    add_posting(db, connection.id, 7, **changes)
    db.flush()
    return db.scalars(select(Posting)).one()


def ids_of(message_set: MessageSet) -> dict[str, str]:
    return dict(re.findall(r'(oldMessageSetID|newMessageSetID)="([^"]*)"', message_set.request))


def freeze(db: Session, session: UpdateSession, *requests: Request) -> MessageSet:
    return message_sets.freeze(db, session, requests, now=NOON)


def answered(message_set: MessageSet) -> None:
    message_set.sent_at = message_set.resolved_at = NOON


# -- freezing --------------------------------------------------------------------------------------


def test_a_set_that_writes_has_an_id_of_its_own(db: Session, session: UpdateSession) -> None:
    first, second = freeze(db, session, WRITE, READ), freeze(db, session, WRITE)
    for one in (first, second):
        assert one.writes
        assert ids_of(one) == {"newMessageSetID": one.new_message_set_id}
        assert re.fullmatch("[0-9a-f]{20}", one.new_message_set_id)
    assert first.new_message_set_id != second.new_message_set_id
    assert (first.phase, first.prepared_at, first.sent_at) == ("post", NOON, None)


def test_a_set_that_only_reads_names_no_set(db: Session, session: UpdateSession) -> None:
    answered(freeze(db, session, WRITE))
    read = freeze(db, session, READ)
    assert (read.writes, read.new_message_set_id, ids_of(read)) == (False, "", {})


def test_the_next_set_that_writes_lets_quickbooks_forget_the_last_answered_one(
    db: Session, session: UpdateSession, other: Connection
) -> None:
    oldest, last = freeze(db, session, WRITE), freeze(db, session, WRITE)
    answered(oldest)
    answered(last)
    answered(freeze(db, session, READ))
    answered(freeze(db, new_session(db, other), WRITE))
    freeze(db, session, WRITE).sent_at = NOON
    freeze(db, session, WRITE).resolved_at = NOON
    assert ids_of(freeze(db, session, WRITE))["oldMessageSetID"] == last.new_message_set_id


def test_its_postings_are_sent_with_it(
    db: Session, session: UpdateSession, acme: Connection
) -> None:
    posting = order_with_invoice(db, acme)
    frozen = message_sets.freeze(db, session, [WRITE], postings=[posting], now=NOON)
    assert (posting.state, posting.message_set_id) == (State.SENT, frozen.id)


def test_the_recovery_question_is_an_empty_set_that_names_the_lost_one_twice(
    db: Session, session: UpdateSession
) -> None:
    lost = freeze(db, session, WRITE)
    question = message_sets.freeze_recovery_question(db, session, lost, LATER)
    assert ids_of(question) == {
        "oldMessageSetID": lost.new_message_set_id,
        "newMessageSetID": lost.new_message_set_id,
    }
    assert "CustomerAdd" not in question.request
    assert (question.writes, question.new_message_set_id) == (False, "")


def test_handed_out_it_remembers_where_it_went_and_is_what_was_frozen(
    db: Session, session: UpdateSession
) -> None:
    frozen = freeze(db, session, WRITE)
    text = message_sets.hand_out(frozen, session, clock="2026-11-23T05:00:00", now=LATER)
    assert text == frozen.request
    assert (frozen.sent_at, frozen.remote_address, frozen.company_file, frozen.clock_before) == (
        LATER,
        "10.0.0.5",
        "C:\\Books\\acme.qbw",
        "2026-11-23T05:00:00",
    )


# -- finding ---------------------------------------------------------------------------------------


def test_the_newest_set_of_a_session_and_the_one_before(
    db: Session, session: UpdateSession, acme: Connection
) -> None:
    assert message_sets.newest_of(db, session.id) is None
    first = freeze(db, session, READ)
    freeze(db, new_session(db, acme), READ)
    second, third = freeze(db, session, READ), freeze(db, session, WRITE)
    assert message_sets.newest_of(db, session.id) is third
    assert message_sets.before(db, third) is second
    assert message_sets.before(db, second) is first
    assert message_sets.before(db, first) is None


# -- resolving -------------------------------------------------------------------------------------


def test_a_set_is_settled_when_no_posting_waits_for_it(
    db: Session, session: UpdateSession, acme: Connection
) -> None:
    posting = order_with_invoice(db, acme)
    frozen = message_sets.freeze(db, session, [WRITE], postings=[posting], now=NOON)
    assert not message_sets.resolve_if_settled(db, frozen, LATER)
    assert list(message_sets.postings_of(db, frozen)) == [posting]
    states.post(posting, "1A-2", edit_sequence="9")
    assert message_sets.resolve_if_settled(db, frozen, LATER)
    assert frozen.resolved_at == LATER
    assert message_sets.postings_of(db, frozen) == []


def test_a_settled_set_keeps_its_time(db: Session, session: UpdateSession) -> None:
    frozen = freeze(db, session, WRITE)
    message_sets.resolve_if_settled(db, frozen, NOON)
    assert message_sets.resolve_if_settled(db, frozen, LATER)
    assert frozen.resolved_at == NOON


def test_a_set_that_was_never_handed_out_is_taken_back(
    db: Session, session: UpdateSession, acme: Connection, other: Connection
) -> None:
    posting = order_with_invoice(db, acme)
    unsent = message_sets.freeze(db, session, [WRITE], postings=[posting], now=NOON)
    standing.refresh(db, acme.id, [7])
    sent = freeze(db, session, WRITE)
    sent.sent_at = NOON
    of_another = freeze(db, new_session(db, other), WRITE)
    message_sets.discard_unsent(db, acme.id, LATER)
    assert posting.state is State.READY
    assert db.scalars(select(KeapOrder.status)).one() is OrderStatus.READY
    assert (unsent.resolved_at, sent.resolved_at, of_another.resolved_at) == (LATER, None, None)


def test_what_was_handed_out_is_never_taken_back(
    db: Session, session: UpdateSession, acme: Connection
) -> None:
    posting = order_with_invoice(db, acme)
    frozen = message_sets.freeze(db, session, [WRITE], postings=[posting], now=NOON)
    message_sets.hand_out(frozen, session, clock="", now=NOON)
    message_sets.discard_unsent(db, acme.id, LATER)
    assert (posting.state, frozen.resolved_at) == (State.SENT, None)
