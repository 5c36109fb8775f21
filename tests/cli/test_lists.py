"""lists NAME [LIST]: what can be chosen from QuickBooks."""

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from tests.cli.conftest import Shell
from tests.ledger_rows import add_entry, add_read_lists


@pytest.fixture
def books(acme: dict[str, str], migrated: Database) -> None:
    with migrated.writing("test") as db:
        acme_id = find_connection(db, acme["connection"]).id
        add_read_lists(db, acme_id, "Account", "Terms")
        add_entry(db, acme_id, "Terms", "Net 30")
        add_entry(db, acme_id, "Terms", "Net 15", is_active=False)
        add_entry(db, acme_id, "Account", "Bank:Checking", "Bank")


@pytest.mark.usefixtures("books")
def test_the_lists_are_told_with_their_counts(shell: Shell) -> None:
    assert shell("lists", "acme").out.splitlines() == [
        "List\tEntries\tActive\tRead",
        "Account\t1\t1\t2026-11-23 12:00 UTC",
        "Terms\t2\t1\t2026-11-23 12:00 UTC",
    ]
    assert shell("lists", "acme", "--json").document[1] == {
        "name": "Terms",
        "entries": 2,
        "active": 1,
        "read_at": "2026-11-23T12:00:00+00:00",
    }


@pytest.mark.usefixtures("books")
def test_the_entries_of_a_list_come_with_the_active_ones_first(shell: Shell) -> None:
    assert shell("lists", "acme", "terms").out.splitlines() == [
        "Name\tKind\tActive",
        "Net 30\t\tyes",
        "Net 15\t\tno",
    ]
    assert shell("lists", "acme", "Account", "--json").document == [
        {
            "list_id": "A-Bank:Checking",
            "full_name": "Bank:Checking",
            "is_active": True,
            "kind": "Bank",
        }
    ]


@pytest.mark.usefixtures("books")
def test_a_list_that_was_not_read_is_refused_with_those_that_were(shell: Shell) -> None:
    outcome = shell("lists", "acme", "Colours")
    assert (outcome.code, outcome.out) == (1, "")
    assert "these were: Account, Terms." in outcome.err


@pytest.mark.usefixtures("acme")
def test_before_the_first_update_there_is_none(shell: Shell) -> None:
    assert shell("lists", "acme").out == (
        "No list was read yet. They are read at the first update of the Web Connector.\n"
    )


@pytest.mark.usefixtures("books")
def test_set_refuses_what_a_list_that_was_read_does_not_have(shell: Shell) -> None:
    outcome = shell("set", "acme", "terms=Net 3")
    assert (outcome.code, outcome.err) == (
        1,
        'terms: QuickBooks has no active terms "Net 3". The nearest: Net 30.\n',
    )
    assert shell("set", "acme", "terms=net 30", "sales_rep=AL").code == 0
    assert shell("set", "acme", "deposit_account=Bank:Checking").code == 0
    assert "accounts receivable" in shell("set", "acme", "ar_account=Bank:Checking").err
