"""qbwc-service preview: what QuickBooks would get, for a person and for a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbwc_service.database import Database
from tests.cli.conftest import Shell
from tests.world import World, paid, product, sale


@pytest.fixture
def world(tmp_path: Path, shell: Shell, migrated: Database) -> Iterator[World]:
    """Two orders, of which one has a product that QuickBooks lacks."""
    made = World(tmp_path, shell.url)
    made.update()
    made.keap_has(
        sale(101, product("HAMMER", 4999, 2)), sale(102, product("CHAIR")), payments=[paid(101, 99)]
    )
    yield made
    made.close()


def test_the_form_is_told_with_its_reasons(shell: Shell, world: World) -> None:
    told = shell("preview", "acme", "101")
    assert told.code == 0
    for words in (
        "Invoice 101 for Ann Lee, dated 2026-11-23.",
        "New: no customer in QuickBooks has this e-mail address",
        "HAMMER",
        "Payment K1010: 0.99, 2026-11-23, Undeposited Funds",
        "Keap total 99.98 = QuickBooks total 99.98",
    ):
        assert words in told.out


def test_what_waits_says_why(shell: Shell, world: World) -> None:
    told = shell("preview", "acme", "102")
    assert told.code == 0
    assert 'Nothing would be sent of order 102. QuickBooks has no item "CHAIR".' in told.out


def test_a_script_reads_the_same(shell: Shell, world: World) -> None:
    document = shell("preview", "acme", "101", "--json").document
    assert (document["keap_total"], document["total"], document["match"]) == (
        *("99.98", "99.98"),
        True,
    )
    assert document["form"]["lines"] == [
        {
            "item": "HAMMER",
            "why": "Its SKU is the name of the item",
            "description": "Hammer product",
            "quantity": "2",
            "rate": "49.99",
            "amount": "99.98",
        }
    ]
    held = shell("preview", "acme", "102", "--json").document
    assert (held["waits_for"], held["form"]) == ("item-not-in-quickbooks", None)


def test_an_unknown_order_is_refused(shell: Shell, world: World) -> None:
    told = shell("preview", "acme", "999")
    assert (told.code, told.out) == (1, "")
    assert "Order 999 was not read from Keap, or it is in QuickBooks already." in told.err


def test_orders_are_approved_by_their_numbers(shell: Shell, world: World) -> None:
    world.set(approve_before_sending="yes")
    world.update()
    told = shell("approve", "acme", "--order", "101-102")
    assert told.out == (
        "Order 101 is approved.\n"
        "Order 102 was not changed: it waits for something else; settle that first.\n"
    )
    world.update()
    assert [each[0] for each in world.invoices()] == ["101"]


def test_approve_asks_for_something_to_approve(shell: Shell) -> None:
    assert shell("approve", "acme").code == 2
