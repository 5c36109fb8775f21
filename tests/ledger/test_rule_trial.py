"""Rules tried on an order that was read: before and after, and nothing is changed."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from qbwc_service.connections import find_connection
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.rule_trial import Trial, try_rules
from qbwc_service.ledger.rules import Rules
from qbwc_service.planning.rule import RuleRefused
from tests.ledger_rows import NOON
from tests.planning.test_rules import rule
from tests.world import World, paid, product, sale


@pytest.fixture
def db(world: World) -> Iterator[Session]:
    """Lists were read; orders 1048 (paid) and 1049, of 0.00, were too."""
    world.update()
    world.keap_has(sale(1048, product("HAMMER", 4999)), payments=[paid(1048, 4999)])
    world.keap_has(sale(1049, product("HAMMER", 0)))
    with world.database.writing("test") as db:
        yield db


@pytest.fixture
def acme(db: Session) -> Connection:
    return find_connection(db, "acme")


def add(db: Session, acme: Connection, world: World, *then: str, name: str = "Shop") -> None:
    Rules(db, acme, "Bea", world.clock.now).add(rule("product is HAMMER", name=name, then=then))


def differing(trial: Trial) -> dict[str, tuple[str, str]]:
    return {line.label: (line.before, line.after) for line in trial.lines if line.differs}


def test_without_rules_nothing_differs(db: Session, acme: Connection) -> None:
    trial = try_rules(db, acme, 1048, NOON)
    assert (trial.order_id, trial.matched, differing(trial)) == (1048, (), {})
    lines = {line.label: line.before for line in trial.lines}
    assert lines["What happens"] == "Goes to QuickBooks"
    assert lines["Number"] == "1048"
    assert lines["Form"] == "Invoice and payments"


def test_what_the_rules_set_stands_beside_what_the_settings_say(
    db: Session, acme: Connection, world: World
) -> None:
    add(db, acme, world, "number_prefix=W-", "transaction=sales-receipt", "sales_tax=quickbooks")
    trial = try_rules(db, acme, 1048, NOON)
    assert trial.matched == ("Shop",)
    assert differing(trial)["Number"] == ("1048", "W-1048")
    assert differing(trial)["Form"] == ("Invoice and payments", "Sales receipt")
    assert differing(trial)["Sales tax"] == ("A line of its own", "Reckoned by QuickBooks")


def test_the_deposit_account_is_that_of_the_payments(
    db: Session, acme: Connection, world: World
) -> None:
    add(db, acme, world, "deposit_account=Checking")
    assert differing(try_rules(db, acme, 1048, NOON)) == {"Deposit account": ("", "Checking")}


@pytest.mark.parametrize(
    ("then", "after"),
    [
        ("skip", 'Left out: Order 1048 is left out by the rule "Shop"'),
        ("hold", 'Held: Order 1048 is held by the rule "Shop"'),
    ],
)
def test_a_stop_says_which_rule_it_was(
    db: Session, acme: Connection, world: World, then: str, after: str
) -> None:
    add(db, acme, world, then)
    assert differing(try_rules(db, acme, 1048, NOON)) == {
        "What happens": ("Goes to QuickBooks", after),
        "Number": ("1048", ""),
    }


def test_what_settings_leave_out_no_rule_brings_back(
    db: Session, acme: Connection, world: World
) -> None:
    add(db, acme, world, "number_prefix=W-")
    trial = try_rules(db, acme, 1049, NOON)
    assert (trial.matched, differing(trial)) == ((), {})
    assert trial.lines[0].after == "Left out: Order 1049 has a total of 0.00"


def test_a_rule_can_be_tried_before_it_is_saved(db: Session, acme: Connection) -> None:
    trial = try_rules(db, acme, 1048, NOON, [rule("product is HAMMER", then=("number_prefix=X-",))])
    assert differing(trial) == {"Number": ("1048", "X-1048")}


def test_an_order_that_is_in_quickbooks_is_tried_as_if_it_were_not(world: World) -> None:
    world.keap_has(sale(1048, product("HAMMER", 4999)))
    world.update()
    world.update()
    assert world.statuses()[1048][0] == "posted-payment-open"
    with world.database.writing("test") as db:
        acme = find_connection(db, "acme")
        add(db, acme, world, "hold")
        assert differing(try_rules(db, acme, 1048, NOON))["Number"] == ("1048", "")


def test_trying_changes_nothing(db: Session, acme: Connection, world: World) -> None:
    add(db, acme, world, "hold")
    db.flush()
    try_rules(db, acme, 1048, NOON)
    assert not db.new
    assert not db.dirty
    assert not db.deleted


def test_an_order_that_was_never_read_cannot_be_tried(db: Session, acme: Connection) -> None:
    with pytest.raises(RuleRefused, match="Order 7 was not read from Keap"):
        try_rules(db, acme, 7, NOON)
