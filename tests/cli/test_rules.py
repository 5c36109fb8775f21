"""rules and rules-*: listed, added, moved, switched, tried on an order, kept in a file."""

import json

import pytest

from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import sources
from qbwc_service.ledger.stored_rules import load_rules, record_hits
from tests.cli.conftest import Shell
from tests.ledger_rows import add_entry, add_order, add_read_lists
from tests.world import TODAY, product, sale

IN_FORCE = "What is not sent yet follows it; what is in QuickBooks stays as it is.\n"


@pytest.fixture
def shop(shell: Shell, acme: dict[str, str], migrated: Database) -> Shell:
    """Order 1048 sells a hammer; QuickBooks has the class Online."""
    with migrated.writing("test") as db:
        connection = find_connection(db, acme["connection"])
        connection.settings = {"start_date": TODAY.isoformat(), "income_account": "Sales"}
        connection.currency = "USD"
        add_read_lists(db, connection.id, "Class", "Item", "Account", "Customer")
        add_entry(db, connection.id, "Class", "Online")
        add_entry(db, connection.id, "Item", "HAMMER", "Service")
        add_order(db, connection.id, 1048, sale=sources.stored(sale(1048, product("HAMMER"))))
    return shell


def add(shell: Shell, name: str, *more: str) -> str:
    outcome = shell("rules-add", "acme", "--name", name, "--if", "product is HAMMER", *more)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome.out


def listed(shell: Shell) -> list[tuple[int, str, bool]]:
    return [
        (each["number"], each["name"], each["on"])
        for each in shell("rules", "acme", "--json").document
    ]


def test_without_rules_the_list_says_so(shop: Shell) -> None:
    assert shop("rules", "acme").out == "There are no rules; all orders follow the settings.\n"
    assert listed(shop) == []


def test_a_rule_is_added_and_listed_with_its_hits(shop: Shell, migrated: Database) -> None:
    told = add(
        shop, "Shop", "--if", "total more than 500", "--set", "transaction=sales-receipt",
        "--set", "invoice_class=Online",
    )  # fmt: skip
    words = (
        "If a product is HAMMER and the total is more than 500.00, make a sales receipt and use "
        "the class Online"
    )
    assert told == f"Added: {words}. {IN_FORCE}"
    with migrated.writing("test") as db:
        connection = find_connection(db, "acme")
        record_hits(db, connection.id, {1: [load_rules(db, connection.id)[0].rule_id]}, utc_now())
    assert shop("rules", "acme").out.splitlines()[1] == f"1\tShop\ton\t1\t{words}"
    (document,) = shop("rules", "acme", "--json").document
    assert (document["hits"], document["by"], document["rule"]) == (1, "command line", words)
    assert document["then"] == [
        {"kind": "transaction", "value": "sales-receipt"},
        {"kind": "invoice_class", "value": "Online"},
    ]


def test_rules_are_moved_switched_and_deleted_by_their_numbers(shop: Shell) -> None:
    for name in ("1", "2", "3"):
        add(shop, name, "--hold")
    assert shop("rules-move", "acme", "3", "1").out == f'"3" is number 1 now. {IN_FORCE}'
    assert shop("rules-move", "acme", "1", "9").out == f'"3" is number 3 now. {IN_FORCE}'
    assert shop("rules-off", "acme", "2").out == f'"2" is off. {IN_FORCE}'
    assert shop("rules-remove", "acme", "1").out == f'Deleted: "1". {IN_FORCE}'
    assert listed(shop) == [(1, "2", False), (2, "3", True)]
    assert shop("rules-on", "acme", "1").out == f'"2" is on. {IN_FORCE}'
    assert listed(shop) == [(1, "2", True), (2, "3", True)]


@pytest.mark.parametrize("command", [("rules-move", "1"), ("rules-remove",), ("rules-on",)])
def test_a_number_that_no_rule_has_is_refused(shop: Shell, command: tuple[str, ...]) -> None:
    name, *place = command
    outcome = shop(name, "acme", "7", *place)
    assert (outcome.code, outcome.err) == (1, "There is no rule number 7. Nothing was changed.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--if", "product HAMMER", "--skip"), '"product HAMMER" is no condition: write one of'),
        (("--skip",), "A rule without a condition would change every order; add a condition"),
        (("--if", "state is AZ"), "A rule that does nothing is of no use; say what it is to do"),
        (("--if", "state is AZ", "--skip", "--hold"), "A rule that leaves an order out or holds"),
        (("--if", "state is AZ", "--set", "invoice_class="), "A rule cannot make invoice_class em"),
        (("--if", "state is AZ", "--set", "invoice_class=Onlin"), "QuickBooks has no active class"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_in_a_sentence(
    shop: Shell, arguments: tuple[str, ...], sentence: str
) -> None:
    outcome = shop("rules-add", "acme", "--name", "Shop", *arguments)
    assert outcome.code == 1
    assert outcome.err.startswith(sentence)
    assert outcome.err.endswith("Nothing was changed.\n")
    assert listed(shop) == []


def test_rules_are_tried_on_an_order(shop: Shell) -> None:
    add(shop, "Shop", "--set", "number_prefix=W-")
    told = shop("rules-test", "acme", "1048").out.splitlines()
    assert told[0] == "Order 1048\tWithout rules\tWith rules\tDiffers"
    assert "Number\t1048\tW-1048\tyes" in told
    assert told[-1] == "Rules that matched: Shop."
    document = shop("rules-test", "acme", "1048", "--json").document
    assert document["matched"] == ["Shop"]
    assert {"label": "Number", "before": "1048", "after": "W-1048"} in document["lines"]


def test_an_order_that_was_never_read_cannot_be_tried(shop: Shell) -> None:
    outcome = shop("rules-test", "acme", "7")
    assert (outcome.code, outcome.err) == (
        1,
        "Order 7 was not read from Keap; choose another one. Nothing was changed.\n",
    )


def test_rules_are_kept_in_a_file_and_taken_over(shop: Shell) -> None:
    add(shop, "Shop", "--skip")
    file = shop.folder / "rules.json"
    assert shop("rules-export", "acme", str(file)).out == f"Written to {file}: 1.\n"
    assert shop("connection", "add", "beta").code == 0
    assert shop("rules-import", "beta", str(file)).out == f"Taken over: 1. {IN_FORCE}"
    assert shop("rules-import", "beta", str(file)).code == 0
    assert [each["name"] for each in shop("rules", "beta", "--json").document] == ["Shop"]


def test_of_a_file_with_a_rule_that_cannot_be_used_none_is_taken(shop: Shell) -> None:
    add(shop, "Shop", "--set", "invoice_class=Online")
    file = shop.folder / "rules.json"
    shop("rules-export", "acme", str(file))
    document = json.loads(file.read_text(encoding="utf-8"))
    (rule,) = document["rules"]
    gone = [{"kind": "invoice_class", "value": "Gone"}]
    document["rules"] = [rule | {"name": "First"}, rule | {"name": "Second", "then": gone}]
    file.write_text(json.dumps(document), encoding="utf-8")
    outcome = shop("rules-import", "acme", str(file))
    assert outcome.code == 1
    assert outcome.err.startswith('QuickBooks has no active class "Gone"')
    assert [name for _, name, _ in listed(shop)] == ["Shop"]
