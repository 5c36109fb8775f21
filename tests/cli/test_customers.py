"""needs-you, customers, choose-customer."""

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import mirror
from qbwc_service.ledger.models import OrderStatus
from qbwc_service.ledger.states import State
from tests.admin.test_customers import customer
from tests.cli.conftest import Shell
from tests.ledger_rows import add_order, add_posting

FIT = "customers-fit-equally"


@pytest.fixture(autouse=True)
def books(migrated: Database, acme: dict[str, str]) -> None:
    """101 and 102 of contact 4417 are held, because two customers fit."""
    with migrated.writing("test") as db:
        own = find_connection(db, "acme").id
        details = {"contact": "4417", "customer": "Ann Lee", "choices": "Ann; A. Lee"}
        for order_id in (101, 102):
            held = {"status": OrderStatus.HELD, "cause": FIT, "subject": "4417"}
            add_order(db, own, order_id, contact_id="4417", **held)
            add_posting(db, own, order_id, state=State.HELD, cause=FIT, details=details)
        mirror.store(db, own, [customer("Ann"), customer("Old", is_active=False)])


def test_what_waits_is_one_line_a_cause(shell: Shell) -> None:
    [group] = shell("needs-you", "acme", "--json").document
    assert (group["cause"], group["subject"], group["orders"]) == (FIT, "4417", 2)
    assert "Ann; A. Lee" in group["why"]
    assert "Ann Lee" in shell("needs-you", "acme").out


def test_a_customer_is_chosen_listed_and_forgotten(shell: Shell) -> None:
    assert shell("choose-customer", "acme", "4417", "ann").out == (
        "Keap contact 4417 is the customer Ann.\n"
    )
    [row] = shell("customers", "acme", "--json").document
    assert (row["contact"], row["name"], row["customer"]) == ("4417", "Ann Lee", "Ann")
    assert row["in_quickbooks"]
    assert "Ann Lee" in shell("customers", "acme").out
    assert shell("choose-customer", "acme", "4417", "--forget").code == 0
    assert shell("customers", "acme").out == "Nothing was chosen.\n"


def test_a_new_customer_can_be_chosen(shell: Shell) -> None:
    assert shell("choose-customer", "acme", "4417", "--new").out == (
        "Keap contact 4417 gets a new customer.\n"
    )
    assert shell("customers", "acme", "--json").document[0]["customer"] == "a new customer"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("4417",), "Give the customer's full name"),
        (("4417", "Ann", "--new"), "Give the customer's full name"),
        (("4417", "Nobody"), 'no customer with the full name "Nobody"'),
        (("4417", "Old"), "inactive"),
        (("9", "Ann"), "No order of Keap contact 9 was read"),
        (("4417", "--forget"), "No customer was chosen"),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_words(
    shell: Shell, arguments: tuple[str, ...], reason: str
) -> None:
    outcome = shell("choose-customer", "acme", *arguments)
    assert outcome.code != 0
    assert reason in outcome.err
    assert "Nothing was changed." in outcome.err
    assert shell("customers", "acme").out == "Nothing was chosen.\n"
