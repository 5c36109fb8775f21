"""The page "Preview": what QuickBooks will get, beside Keap, before anything is sent."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from qbwc_service.ledger.models import KeapOrder
from qbwc_service.planning.order import LineKind
from tests.admin.office import bookkeeper
from tests.admin.site import Visitor
from tests.world import World, line, paid, product, sale

PAGE = "/c/acme/preview"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Orders wait for approval; QuickBooks' lists were read."""
    made = World(tmp_path)
    made.update()
    made.set(approve_before_sending="yes")
    yield made
    made.close()


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with database.reading() as db:
        return {
            table.name: sorted(map(repr, db.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def words(visitor: Visitor, address: str = PAGE) -> str:
    """The page as it is read aloud."""
    assert visitor.get(address).status_code == 200, visitor.page
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", visitor.page)).split())


def hash_of(world: World, order_id: int) -> str:
    with world.database.reading() as db:
        found = select(KeapOrder.content_hash).where(KeapOrder.keap_id == order_id)
        return db.scalars(found).one()


def test_it_shows_the_invoice_as_quickbooks_will_have_it(world: World) -> None:
    lines = (product("HAMMER", 4999, 2), line(LineKind.SHIPPING, 500))
    world.keap_has(sale(101, *lines), payments=[paid(101, 10498, transaction_id="ch_77")])
    shown = words(bookkeeper(world))
    for expected in (
        "Ann Lee New customer",
        "Bill to Ann Lee 1 Main St Phoenix, AZ 85004 USA",
        "Date 23 Nov 2026 Number 101",
        "P.O. no. Keap 101",
        "HAMMER Its SKU is the name of the item. Hammer product 2 49.99 99.98",
        "Keap Shipping Your settings name it for shipping.",
        "Total 104.98",
        "Payment, Visa 23 Nov 2026 ch_77 104.98 Undeposited Funds",
        "Keap total 104.98 = QuickBooks total 104.98 (match)",
        "ann@example.com will be made",
    ):
        assert expected in shown


def test_an_existing_customer_is_shown_beside_the_contact(world: World) -> None:
    world.human.add_customer("Ann Lee", email="ann@example.com")
    world.clock.pass_time(hours=13)
    world.update()
    world.keap_has(sale(101))
    shown = words(bookkeeper(world))
    assert "Ann Lee Found by e-mail It has the e-mail address of the order" in shown
    assert "E-mail ann@example.com ann@example.com" in shown


def test_looking_changes_nothing_at_all(world: World) -> None:
    world.keap_has(sale(101), sale(102, product("CHAIR")), payments=[paid(101, 1000)])
    visitor = bookkeeper(world)
    before = everything(world.database)
    words(visitor)
    words(visitor, f"{PAGE}?order=102")
    assert everything(world.database) == before


def test_it_is_what_is_sent(world: World) -> None:
    world.keap_has(
        sale(101, product("HAMMER", 333, 3), line(LineKind.TAX, 80)), payments=[paid(101, 1079)]
    )
    visitor = bookkeeper(world)
    shown = words(visitor)
    visitor.press(PAGE, PAGE, {"order": "101", "verb": "send"})
    world.update()
    (invoice,) = world.books().invoices
    assert f"Number {invoice.number}" in shown
    assert f"{invoice.customer} New customer" in shown
    assert f"QuickBooks total {invoice.total} (match)" in shown
    for each in invoice.lines:
        assert each.item in shown
        assert str(each.amount) in shown


def test_send_this_one_approves_it(world: World) -> None:
    world.keap_has(sale(101), sale(102))
    visitor = bookkeeper(world)
    told = visitor.press(PAGE, PAGE, {"order": "101", "verb": "send"})
    assert "Goes with the next update: order 101." in told
    world.update()
    assert [each[0] for each in world.invoices()] == ["101"]


def test_pressed_twice_it_is_sent_once(world: World) -> None:
    world.keap_has(sale(101))
    visitor = bookkeeper(world)
    visitor.press(PAGE, PAGE, {"order": "101", "verb": "send"})
    visitor.press(PAGE, PAGE, {"order": "101", "verb": "send"})
    world.update()
    assert [each[0] for each in world.invoices()] == ["101"]


def test_an_order_changed_since_the_page_was_opened_is_not_sent(world: World) -> None:
    world.keap_has(sale(101))
    visitor = bookkeeper(world)
    seen = hash_of(world, 101)
    world.keap_has(sale(101, product(price=2000)))
    told = visitor.press(PAGE, PAGE, {"order": "101", "verb": "send", "seen": seen})
    assert "it was changed in Keap since it was shown to you; look at it again" in told
    world.update()
    assert world.invoices() == []


def test_a_held_order_can_be_sent_from_here(world: World) -> None:
    world.keap_has(sale(101))
    visitor = bookkeeper(world)
    visitor.press(PAGE, PAGE, {"order": "101", "verb": "hold"})
    assert world.statuses()[101] == ("held", "held-by-you")
    visitor.press(PAGE, PAGE, {"order": "101", "verb": "send"})
    world.update()
    assert [each[0] for each in world.invoices()] == ["101"]


def test_what_cannot_be_sent_says_why_with_one_action(world: World) -> None:
    world.keap_has(sale(101, product("CHAIR", 1200)))
    visitor = bookkeeper(world)
    shown = words(visitor)
    assert 'Keap total 12.00: nothing would be sent. QuickBooks has no item "CHAIR"' in shown
    assert '<a class="button first" href="/c/acme/products">Choose the item</a>' in visitor.page
    assert 'value="send"' not in visitor.page


def test_lines_that_do_not_come_to_the_total_are_red(world: World) -> None:
    world.keap_has(sale(101, product(price=1000), total=1003))
    visitor = bookkeeper(world)
    assert "Keap total 10.03: nothing would be sent." in words(visitor)
    assert 'class="verdict alarm"' in visitor.page


def test_the_ten_newest_are_listed_with_what_they_are(world: World) -> None:
    world.keap_has(*(sale(number) for number in range(101, 113)))
    world.keap_has(sale(113, product("CHAIR")))
    shown = words(bookkeeper(world))
    listed = re.findall(r"(\d+) 10\.00 Ann Lee (Match|Needs you)", shown)
    assert listed == [("113", "Needs you"), *((str(n), "Match") for n in range(112, 103, -1))]


def test_what_is_sent_or_left_out_is_not_listed(world: World) -> None:
    world.set(approve_before_sending="no")
    world.keap_has(sale(101), sale(102, total=0), sale(103))
    world.update()
    world.decide().undo(103)
    assert "No order waits to be sent." in words(bookkeeper(world))


def test_an_order_in_quickbooks_is_shown_on_its_own_page(world: World) -> None:
    world.set(approve_before_sending="no")
    world.keap_has(sale(101))
    world.update()
    visitor = bookkeeper(world)
    response = visitor.get(f"{PAGE}?order=101")
    assert (response.status_code, response.location) == (302, "/c/acme/orders/101")
    response = visitor.get(f"{PAGE}?order=999")
    assert visitor.get(response.location).status_code == 404


def test_an_order_that_goes_by_itself_needs_no_button(world: World) -> None:
    world.set(approve_before_sending="no")
    world.keap_has(sale(101))
    visitor = bookkeeper(world)
    assert "It goes by itself with the next update" in words(visitor)
    assert 'value="send"' not in visitor.page


def test_the_technical_details_are_what_is_sent(world: World) -> None:
    world.keap_has(sale(101))
    visitor = bookkeeper(world)
    words(visitor)
    guid = re.search(r"InvoiceAdd .*?ExternalGUID&gt;([^&]+)&lt;", visitor.page, re.DOTALL)
    visitor.press(PAGE, PAGE, {"order": "101", "verb": "send"})
    world.update()
    posted = [each.external_guid for each in world.postings() if each.kind.is_sale]
    assert guid is not None
    assert [guid[1]] == posted


def test_before_the_switch_one_is_sent_for_a_trial(world: World) -> None:
    with world.database.writing("test") as db:
        find_connection(db, "acme").is_on = False
    world.keap_has(sale(101), sale(102))
    visitor = bookkeeper(world)
    assert "Sending is not switched on yet." in words(visitor)
    visitor.press(PAGE, PAGE, {"order": "101", "verb": "send"})
    world.update()
    assert [each[0] for each in world.invoices()] == ["101"]
    assert world.connection().trial_orders == [101]


def test_before_the_lists_are_read_the_page_says_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.keap_has(sale(101))
    assert "lists were not read yet" in words(bookkeeper(world))
    world.close()


@pytest.mark.parametrize("form", [{"verb": "undo", "order": "101"}, {"verb": "send"}])
def test_other_buttons_are_refused(world: World, form: dict[str, str]) -> None:
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    assert visitor.post(PAGE, form).status_code == 400


def test_the_statements_do_not_grow_with_the_orders(world: World) -> None:
    visitor = bookkeeper(world)
    counts = []
    for number in (1, 30):
        world.keap_has(*(sale(number * 100 + place) for place in range(number)))
        with counted(world.database) as count:
            words(visitor)
        counts.append(count[0])
    assert counts[1] <= counts[0] + 2


class counted:  # noqa: N801 - reads as a word
    """How many statements ran meanwhile."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._count = [0]

    def __enter__(self) -> list[int]:
        event.listen(self._engine, "before_cursor_execute", self._one_more)
        return self._count

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._one_more)

    def _one_more(self, *_: object) -> None:
        self._count[0] += 1
