"""sync: Keap is read now; numbers that it does not have are told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.demo.keap import DEFAULT_KEY, Account, Line, Shop, SimulatedKeap
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import KeapOrder, ManualSync, ManualSyncState
from qbwc_service.people import COMMAND_LINE
from tests.cli.conftest import Shell


@pytest.fixture
def shop() -> Shop:
    return Shop(Account())


@pytest.fixture
def keap(
    shell: Shell, shop: Shop, migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """A Keap with two orders and a connection that may read it; gives the order ids."""
    contact = shop.add_contact("Ann", "Lee", email="ann@example.com")
    orders = [shop.add_order(contact, [Line("Hammer", 1000)]) for _ in range(2)]
    key_file = shell.folder / "keap.key"
    key_file.write_text(DEFAULT_KEY)
    with SimulatedKeap(shop) as served:
        monkeypatch.setenv("KEAP_API_URL", served.url)
        monkeypatch.setenv("KEAP_CALLS_PER_SECOND", "0")
        shell("connection", "add", "acme", "--keap-key-file", str(key_file))
        yield orders


def test_everything_new_is_read_and_a_second_time_nothing_changes(
    shell: Shell, keap: list[str]
) -> None:
    first, second = (shell("sync", "acme", "--json") for _ in range(2))
    assert (first.code, second.code) == (0, 0)
    assert first.document == {
        "connection": "acme",
        "orders": 2,
        "payments": 0,
        "changed": 2,
        "unreadable": 0,
        "planned": 0,
        "read": [],
        "not_read": [],
        "numbers": [],
    }
    assert second.document["changed"] == 0
    found = shell("orders", "acme", "--json").document
    assert [str(order["keap_id"]) for order in found] == keap


def test_numbers_that_keap_does_not_have_are_told(shell: Shell, keap: list[str]) -> None:
    outcome = shell("sync", "acme", "--orders", f"{keap[0]},999999999")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out == (
        "Read from Keap: 1 orders, 0 payments. New or changed: 1.\n"
        f"{keap[0]}: Order {keap[0]} was read from Keap and is looked at with the next update.\n"
        "999999999: 999999999 was not found in Keap. Keap shows an order number on the printed "
        "invoice and an invoice number in View Orders.\n"
    )
    document = shell("sync", "acme", "--orders", f"#{keap[0]}; 9", "--json").document
    assert (document["read"], document["not_read"]) == ([int(keap[0])], [9])
    assert document["numbers"][0] == {
        "number": int(keap[0]),
        "matched": "order",
        "order": int(keap[0]),
        "outcome": "new",
        "cause": "",
        "text": f"Order {keap[0]} was read from Keap and is looked at with the next update.",
        "setting": "",
    }
    assert document["numbers"][1]["outcome"] == "not-found"


def test_a_number_that_fits_two_orders_is_told_with_the_command_for_each(
    shell: Shell, keap: list[str], shop: Shop
) -> None:
    shop.orders.change(keap[1], invoice_id=keap[0])
    outcome = shell("sync", "acme", "--orders", keap[0], "--even-if-skipped")
    assert outcome.code == 1
    assert f"{keap[0]} fits more than one order, so none was sent" in outcome.out
    assert f"To send one of them: --orders {keap[0]} --by order, or --by invoice" in outcome.out
    assert shell("orders", "acme", "--json").document == []
    document = shell("sync", "acme", "--orders", keap[0], "--by", "invoice", "--json").document
    assert [(one["matched"], one["order"]) for one in document["numbers"]] == [
        ("invoice", int(keap[1]))
    ]


def test_what_was_asked_for_is_on_the_page_as_well(
    shell: Shell, keap: list[str], migrated: Database
) -> None:
    shell("sync", "acme", "--orders", keap[0], "--even-if-skipped")
    with migrated.reading() as db:
        row = db.scalars(select(ManualSync)).one()
        order = db.scalars(select(KeapOrder)).one()
    assert (row.state, row.done, row.asked_by) == (ManualSyncState.DONE, 1, COMMAND_LINE)
    assert order.overrides == ["settings"]


def test_days_are_read_again(shell: Shell, keap: list[str]) -> None:
    document = shell("sync", "acme", "--from", "2020-01-01", "--json").document
    assert (document["orders"], document["read"]) == (len(keap), [])


@pytest.mark.usefixtures("keap")
def test_what_contradicts_itself_is_a_mistake_of_writing(shell: Shell) -> None:
    assert shell("sync", "acme", "--orders", "1", "--from", "2026-01-01").code == 2
    assert shell("sync", "acme", "--from", "2026-01-02", "--to", "2026-01-01").code == 2
    assert shell("sync", "acme", "--by", "order").code == 2
    assert shell("sync", "acme", "--even-if-skipped").code == 2
    assert shell("sync", "acme", "--orders", " , ").code == 2
    assert "Nothing was done." in shell("sync", "acme", "--orders", "1-x").err


@pytest.mark.usefixtures("acme")
def test_a_connection_without_a_key_says_where_to_give_it(shell: Shell) -> None:
    outcome = shell("sync", "acme")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "No Keap account is connected. There is neither a sign-in nor a key on file, so nothing "
        "can be read. On the connection page press Connect Keap. "
        'Here: "qbwc-service connection login acme", or "qbwc-service connection key acme '
        '--keap-key-file FILE".\n'
    )


@pytest.mark.usefixtures("keap")
def test_a_key_of_another_service_key_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = shell.folder / "other.key"
    other.write_text("ab" * 32)
    monkeypatch.setenv("QBWC_SECRET_KEY_FILE", str(other))
    outcome = shell("sync", "acme")
    assert (outcome.code, outcome.out) == (1, "")
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.usefixtures("keap")
def test_two_do_not_read_at_once(shell: Shell, migrated: Database) -> None:
    now = datetime.now(UTC)
    with migrated.writing("test") as db:
        name = f"sync:{find_connection(db, 'acme').id}"
        leases.acquire(db, name, "pc.example:77:x", now, timedelta(minutes=2))
    outcome = shell("sync", "acme", "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert "Keap is being read for acme already (process 77 on pc.example)." in outcome.err
