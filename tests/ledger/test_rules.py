"""Rules in the ledger: changed by people, read by planning, counted; each connection its own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection, Event, KeapOrder, OrderStatus, RuleHit
from qbwc_service.ledger.rule_file import document_text, read_rules
from qbwc_service.ledger.rules import MOST_RULES, Rules
from qbwc_service.ledger.stored_rules import (
    hits,
    load_rules,
    matched_names,
    record_hits,
    rows_of_connection,
    skipping_rules,
)
from qbwc_service.planning.rule import Rule, RuleRefused
from tests.ledger_rows import NOON, add_entry, add_order, add_read_lists
from tests.planning.test_rules import rule

LATER = NOON + timedelta(minutes=1)
Change = Callable[[Rules, int], object]


def changes(db: Session, connection: Connection) -> Rules:
    return Rules(db, connection, "Bea", LATER)


def named(name: str, *then: str) -> Rule:
    return rule("product is HAMMER", name=name, then=then or ("number_prefix=W-",))


def add(db: Session, connection: Connection, *names: str) -> list[int]:
    return [changes(db, connection).add(named(name)).id for name in names]


def names(db: Session, connection: Connection) -> list[str]:
    return [row.name for row in rows_of_connection(db, connection.id)]


def notes(db: Session, connection: Connection) -> list[tuple[str, str]]:
    found = select(Event).where(Event.connection_id == connection.id).order_by(Event.id)
    return [(each.who, each.text) for each in db.scalars(found)]


# -- changes ---------------------------------------------------------------------------------------


def test_a_rule_is_loaded_as_it_was_added(db: Session, acme: Connection) -> None:
    added = changes(db, acme).add(named("Shop"))
    assert load_rules(db, acme.id) == (
        Rule("Shop", named("Shop").conditions, named("Shop").actions, added.id),
    )
    assert (added.made_by, added.made_at, added.is_on) == ("Bea", LATER, True)


def test_rules_of_another_connection_are_neither_loaded_nor_changed(
    db: Session, acme: Connection, other: Connection
) -> None:
    (theirs,) = add(db, other, "Theirs")
    assert load_rules(db, acme.id) == ()
    tries: list[Change] = [
        lambda rules, number: rules.remove(number),
        lambda rules, number: rules.move(number, 1),
        lambda rules, number: rules.switch(number, is_on=False),
        lambda rules, number: rules.change(number, named("Mine")),
        lambda rules, number: rules.place(number),
    ]
    for change in tries:
        with pytest.raises(RuleRefused, match="The rule is no longer there"):
            change(changes(db, acme), theirs)
    assert [each.name for each in load_rules(db, other.id)] == ["Theirs"]


def test_new_rules_come_last_and_move_to_any_place(db: Session, acme: Connection) -> None:
    _, second, third = add(db, acme, "1", "2", "3")
    rules = changes(db, acme)
    rules.move(third, 1)
    assert names(db, acme) == ["3", "1", "2"]
    rules.move(third, 2)
    assert names(db, acme) == ["1", "3", "2"]
    rules.move(second, 0)
    assert names(db, acme) == ["2", "1", "3"]
    rules.move(second, 9)
    assert names(db, acme) == ["1", "3", "2"]
    assert (rules.place(second), rules.numbered(3).id) == (3, second)
    add(db, acme, "4")
    assert names(db, acme) == ["1", "3", "2", "4"]


@pytest.mark.parametrize("number", [0, 3])
def test_a_number_that_no_rule_has_is_refused(db: Session, acme: Connection, number: int) -> None:
    add(db, acme, "1", "2")
    with pytest.raises(RuleRefused, match=f"There is no rule number {number}"):
        changes(db, acme).numbered(number)


def test_a_rule_that_is_off_is_not_loaded_and_keeps_its_place(
    db: Session, acme: Connection
) -> None:
    first, _ = add(db, acme, "1", "2")
    changes(db, acme).switch(first, is_on=False)
    assert [each.name for each in load_rules(db, acme.id)] == ["2"]
    changes(db, acme).switch(first, is_on=True)
    assert [each.name for each in load_rules(db, acme.id)] == ["1", "2"]


def test_a_changed_rule_keeps_place_and_number(db: Session, acme: Connection) -> None:
    first, _ = add(db, acme, "1", "2")
    changes(db, acme).change(first, named("One", "terms=Net 30"))
    changed = load_rules(db, acme.id)[0]
    assert (changed.name, changed.rule_id) == ("One", first)
    assert changed.actions == named("One", "terms=Net 30").actions


def test_every_change_leaves_a_line_of_history(db: Session, acme: Connection) -> None:
    first, second = add(db, acme, "1", "2")
    rules = changes(db, acme)
    rules.change(first, named("One"))
    rules.move(second, 1)
    rules.switch(first, is_on=False)
    rules.remove(first)
    db.flush()
    words = "If a product is HAMMER, put W- before the number"
    assert notes(db, acme) == [
        ("Bea", f'Rule "1" added: {words}'),
        ("Bea", f'Rule "2" added: {words}'),
        ("Bea", f'Rule "One" changed: {words}'),
        ("Bea", 'Rule "2" moved to place 1'),
        ("Bea", 'Rule "One" switched off'),
        ("Bea", f'Rule "One" deleted: {words}'),
    ]


def test_what_changes_nothing_is_no_change(db: Session, acme: Connection) -> None:
    first, _ = add(db, acme, "1", "2")
    db.flush()
    before = notes(db, acme)
    changes(db, acme).move(first, 1)
    changes(db, acme).switch(first, is_on=True)
    db.flush()
    assert notes(db, acme) == before


CHANGES: list[Change] = [
    lambda rules, number: rules.add(named("New")),
    lambda rules, number: rules.change(number, named("One")),
    lambda rules, number: rules.move(number, 2),
    lambda rules, number: rules.switch(number, is_on=False),
    lambda rules, number: rules.remove(number),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_has_what_is_not_sent_planned_again(
    db: Session, acme: Connection, other: Connection, change: Change
) -> None:
    first, _ = add(db, acme, "1", "2")
    acme.plans_stale_since = None
    for connection in (acme, other):
        add_order(db, connection.id, 1, status=OrderStatus.HELD, cause="held-by-rule")
        add_order(db, connection.id, 2, skip="skipped-by-rule")
        add_order(db, connection.id, 3, skip="zero-total")
    db.flush()
    change(changes(db, acme), first)
    assert (acme.plans_stale_since, other.plans_stale_since) == (LATER, None)
    planned = select(KeapOrder).where(KeapOrder.needs_plan)
    assert sorted((row.connection_id, row.keap_id) for row in db.scalars(planned)) == [
        (acme.id, 1),
        (acme.id, 2),
    ]


# -- refusals --------------------------------------------------------------------------------------


def test_two_rules_cannot_have_one_name(db: Session, acme: Connection, other: Connection) -> None:
    add(db, other, "Shop")
    first, _ = add(db, acme, "Shop", "Fair")
    with pytest.raises(RuleRefused, match='Another rule is called "FAIR"; choose another name'):
        changes(db, acme).change(first, named("FAIR"))
    with pytest.raises(RuleRefused, match="Another rule is called"):
        changes(db, acme).add(named("shop"))
    changes(db, acme).change(first, named("SHOP"))
    assert names(db, acme) == ["SHOP", "Fair"]


def test_a_name_that_quickbooks_does_not_have_is_refused(db: Session, acme: Connection) -> None:
    add_read_lists(db, acme.id, "Class", "Account")
    add_entry(db, acme.id, "Class", "Online")
    add_entry(db, acme.id, "Account", "Sales", "Income")
    db.flush()
    rules = changes(db, acme)
    with pytest.raises(RuleRefused) as refused:
        rules.add(named("Shop", "invoice_class=Onlin"))
    assert str(refused.value) == (
        'QuickBooks has no active class "Onlin". The nearest: Online. Nothing was changed.'
    )
    with pytest.raises(RuleRefused, match="this has to be bank or other current asset"):
        rules.add(named("Shop", "deposit_account=Sales"))
    assert names(db, acme) == []
    rules.add(named("Shop", "invoice_class=online", "terms=Never read"))
    assert names(db, acme) == ["Shop"]


def test_a_rule_whose_entry_is_gone_cannot_be_switched_on(db: Session, acme: Connection) -> None:
    rules = changes(db, acme)
    row = rules.add(named("Shop", "invoice_class=Online"))
    add_read_lists(db, acme.id, "Class")
    rules.switch(row.id, is_on=False)
    with pytest.raises(RuleRefused, match='QuickBooks has no active class "Online"'):
        rules.switch(row.id, is_on=True)


def test_there_is_an_end_to_rules(db: Session, acme: Connection) -> None:
    add(db, acme, *(str(number) for number in range(MOST_RULES)))
    with pytest.raises(RuleRefused, match=f"There are {MOST_RULES} rules already"):
        add(db, acme, "One more")


# -- hits ------------------------------------------------------------------------------------------


def test_a_hit_counts_once_however_often_its_order_is_planned(
    db: Session, acme: Connection, other: Connection
) -> None:
    first, second = add(db, acme, "1", "2")
    (theirs,) = add(db, other, "1")
    record_hits(db, other.id, {7: [theirs]}, NOON)
    record_hits(db, acme.id, {7: [first], 8: [first, second]}, NOON)
    record_hits(db, acme.id, {7: [first], 8: [first, second]}, NOON + timedelta(days=40))
    assert hits(db, acme.id, NOON) == {first: 2, second: 1}
    assert hits(db, other.id, NOON) == {theirs: 1}
    assert hits(db, acme.id, NOON + timedelta(seconds=1)) == {}


def test_a_hit_that_is_no_longer_so_is_forgotten(db: Session, acme: Connection) -> None:
    first, second = add(db, acme, "1", "2")
    record_hits(db, acme.id, {7: [first], 8: [first]}, NOON)
    record_hits(db, acme.id, {7: [second]}, NOON)
    assert hits(db, acme.id, NOON) == {first: 1, second: 1}
    record_hits(db, acme.id, {7: [], 8: []}, NOON)
    assert hits(db, acme.id, NOON) == {}


def test_a_deleted_rule_takes_its_hits_along(
    db: Session, acme: Connection, other: Connection
) -> None:
    first, second = add(db, acme, "1", "2")
    record_hits(db, acme.id, {7: [first, second]}, NOON)
    changes(db, acme).remove(first)
    assert [hit.rule_id for hit in db.scalars(select(RuleHit))] == [second]


def test_the_rules_of_an_order_are_named_from_the_top_down(db: Session, acme: Connection) -> None:
    first, second = add(db, acme, "1", "2")
    record_hits(db, acme.id, {7: [first, second], 8: [second]}, NOON)
    changes(db, acme).move(second, 1)
    assert matched_names(db, acme.id, [7, 8, 9]) == {7: ("2", "1"), 8: ("2",)}
    assert matched_names(db, acme.id, []) == {}


def test_the_rule_that_leaves_an_order_out_is_the_last_that_matched(
    db: Session, acme: Connection
) -> None:
    first, second = add(db, acme, "1", "2")
    add_order(db, acme.id, 7, skip="skipped-by-rule")
    add_order(db, acme.id, 8)
    db.flush()
    record_hits(db, acme.id, {7: [first, second], 8: [first]}, NOON)
    assert skipping_rules(db, acme.id, db.scalars(select(KeapOrder))) == {7: "2"}


@pytest.mark.parametrize("orders", [1, 200])
def test_three_statements_record_the_hits_of_a_batch(
    database: Database, db: Session, acme: Connection, orders: int
) -> None:
    first, second = add(db, acme, "1", "2")
    record_hits(db, acme.id, {order: [first] for order in range(orders)}, NOON)
    db.flush()
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
    record_hits(db, acme.id, {order: [second] for order in range(orders)}, NOON)
    assert len(asked) == 3
    assert len(load_rules(db, acme.id)) == 2
    assert len(asked) == 4


# -- the file --------------------------------------------------------------------------------------


def test_rules_are_taken_over_into_another_connection(
    db: Session, acme: Connection, other: Connection
) -> None:
    first, _ = add(db, acme, "1", "2")
    changes(db, acme).switch(first, is_on=False)
    add(db, other, "0", "2")
    changes(db, other).take(read_rules(document_text(rows_of_connection(db, acme.id)).encode()))
    assert [(row.name, row.is_on) for row in rows_of_connection(db, other.id)] == [
        ("0", True),
        ("2", True),
        ("1", False),
    ]


def test_a_file_reads_as_it_was_written(db: Session, acme: Connection) -> None:
    tricky = rule("title is not so", "total more than 5", name="Ü", then=("hold",))
    changes(db, acme).add(tricky)
    text = document_text(rows_of_connection(db, acme.id))
    assert read_rules(b"\xef\xbb\xbf" + text.encode()) == [(tricky, True)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is not one that was exported here"),
        (b"\xff", "The file is not one that was exported here"),
        (b"[]", "The file is not one that was exported here"),
        (
            b'{"rules": [{"name": "A", "if": [{"field": "colour"}], "then": []}]}',
            "The file is not one that was exported here",
        ),
        (b'{"rules": [{"name": "A", "if": [], "then": []}]}', "A rule without a condition"),
        (b" " * 1_000_001, "The file is too large"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(RuleRefused, match=reason):
        read_rules(data)
