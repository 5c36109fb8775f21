"""The page of an order: what happened, in its order, and both panes as in the preview."""

import html
import re
from pathlib import Path

from qbwc_service.planning.order import PaymentKind
from tests.admin.office import bookkeeper
from tests.admin.site import Visitor
from tests.world import World, paid, product, sale

PAGE = "/c/acme/orders/101"


def words(visitor: Visitor) -> str:
    """What a person reads on the page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", visitor.page)).split())


def test_a_sent_order_tells_its_way_and_shows_the_form_it_became(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.keap_has(
        sale(101, product("HAMMER", 4999, 2)),
        payments=[
            paid(101, 9998, transaction_id="ch_77"),
            paid(101, -998, payment_id=7, kind=PaymentKind.REFUND, source_kind="Refund"),
        ],
    )
    world.update()
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    page = words(visitor)
    history = page.partition(" History ")[2]
    steps = (
        "service Matched: Invoice 101 for Ann Lee",
        "service Sent to QuickBooks: Customer Ann Lee",
        "QuickBooks Answered: Customer Ann Lee",
        "service Sent to QuickBooks: Invoice 101, Payment ch_77",
        "QuickBooks Answered: Invoice 101, Payment ch_77",
        "service Invoice 101 is in QuickBooks",
    )
    places = [history.index(step) for step in steps]
    assert places == sorted(places)
    assert "Keap total 99.98 = QuickBooks total 99.98 (match)" in page
    assert "Payment, Visa 23 Nov 2026 ch_77 99.98 Undeposited Funds" in page
    refunds = visitor.page.partition('id="refunds"')[2].partition("</section>")[0]
    assert "-9.98" in refunds
    assert "ch_77" not in refunds
    keap = "https://iq146.infusionsoft.com/Job/manageJob.jsp?view=edit&amp;ID=101"
    assert f'href="{keap}" rel="noopener noreferrer">Open in Keap</a>' in visitor.page
    world.close()


def test_what_stopped_an_order_stands_in_its_history_until_it_was_over(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.keap_has(sale(101, product("GOLD", 4999)))
    world.update()
    world.human.add_item("GOLD")
    world.clock.pass_time(minutes=10)
    world.update()
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    page = words(visitor)
    history = page.partition(" History ")[2]
    steps = (
        'service In the error log: QuickBooks has no item "GOLD"',
        'service Solved: QuickBooks has no item "GOLD"',
        "service Invoice 101 is in QuickBooks",
    )
    places = [history.index(step) for step in steps]
    assert places == sorted(places)
    world.close()


def test_an_order_whose_lines_do_not_come_to_its_total_shows_by_how_much(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.keap_has(sale(101, product("HAMMER", 1000), total=1001))
    world.update()
    visitor = bookkeeper(world)
    visitor.get(PAGE)
    page = words(visitor)
    assert "All lines together 10.00 In no line 0.01 Total 10.01" in page
    world.close()
