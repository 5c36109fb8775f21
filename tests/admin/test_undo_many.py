"""Undo of ticked orders and of all that one update posted."""

import pytest
from sqlalchemy import select

from qbwc_service.admin import undo_rows
from qbwc_service.ledger import standing, states
from qbwc_service.ledger.models import KeapOrder, Kind, Posting
from qbwc_service.ledger.states import State
from tests.admin.site import Site, Visitor

ORDERS = "/c/acme/orders"
#: the first update posted order 1 and the second orders 2 and 3 and a payment of 1
FIRST, SECOND, THIRD = (f"/c/acme/updates/{number}/undo" for number in (1, 2, 3))


@pytest.fixture
def acme(site: Site) -> Visitor:
    site.add_connection()
    with site.books() as books:
        first = books.message_set("<QBXML>1</QBXML>", "<QBXML/>").id
        second = books.message_set("<QBXML>2</QBXML>", "<QBXML/>").id
        books.message_set("<QBXML>3</QBXML>", "<QBXML/>")
        orders = [books.order(number, customer=f"Customer {number}") for number in (1, 2, 3)]
        made = [books.posted(books.invoice(order), f"7{order.keap_id}-1") for order in orders]
        payment = books.posted(books.payment(orders[0], 70, 5000, reference="ch_1"), "79-1")
        for posting, carried in zip([*made, payment], [first, second, second, second], strict=True):
            posting.message_set_id = carried
        books.invoice(books.order(4, customer="Customer 4"))
    return site.bookkeeper()


def going(site: Site) -> list[str]:
    """What is to be deleted, by number."""
    with site.database.reading() as db:
        found = select(Posting).where(Posting.kind == Kind.REMOVAL, Posting.state == State.READY)
        return sorted(posting.number for posting in db.scalars(found))


def all_of_it(visitor: Visitor) -> dict[str, list[str]]:
    """What the form of the page sends."""
    parts = visitor.page.split('<input type="hidden" name="order" value="')[1:]
    return {"order": [part.split('"')[0] for part in parts]}


def press(visitor: Visitor, page: str) -> str:
    visitor.get(page)
    return visitor.press(page, page, all_of_it(visitor))


def hold_one(site: Site, order_id: int) -> None:
    with site.database.writing("test") as db:
        removal = db.scalars(
            select(Posting).where(Posting.kind == Kind.REMOVAL, Posting.order_id == order_id)
        ).one()
        states.hold(removal, "undo-refused", {"thing": "Invoice 2", "order": "2",
                    "reason": "It is in a deposit.", "left": "It is there as before"})  # fmt: skip
        standing.refresh(db, removal.connection_id, [order_id])


# -- an update -------------------------------------------------------------------------------------


def test_updates_that_left_something_in_quickbooks_can_be_undone(acme: Visitor) -> None:
    acme.get("/c/acme")
    assert f'href="{FIRST}"' in acme.page
    assert f'href="{SECOND}"' in acme.page
    assert f'href="{THIRD}"' not in acme.page


def test_what_we_did_not_make_is_nothing_to_undo(site: Site, acme: Visitor) -> None:
    with site.database.writing("test") as db:
        for posting in db.scalars(select(Posting).where(Posting.order_id == 1)):
            posting.linked = True
    acme.get("/c/acme")
    assert f'href="{FIRST}"' not in acme.page


def test_it_shows_each_order_with_what_is_deleted_and_counts_them(
    site: Site, acme: Visitor
) -> None:
    acme.get(SECOND)
    for words in (
        "Undo the update of 23 Nov 2026, 15:30?",
        "3 orders to undo",
        "3 records are deleted in QuickBooks",
        "Payment ch_1, 50.00",
        "Invoice 1 stays: it was made by another update",
        "Invoice 2, 120.00",
        "Customer 3",
    ):
        assert words in acme.page
    assert "Invoice 1, 120.00" not in acme.page
    assert going(site) == []


def test_all_of_it_is_what_this_update_posted_and_nothing_else(site: Site, acme: Visitor) -> None:
    page = press(acme, SECOND)
    assert "Being undone: 3 orders." in page
    assert going(site) == ["2", "3", "ch_1"]
    assert page.count(">Being undone</span>") == 3
    assert '<button class="first">' not in page


def test_the_form_of_an_order_takes_what_another_update_added_to_it(
    site: Site, acme: Visitor
) -> None:
    press(acme, FIRST)
    assert going(site) == ["1", "ch_1"]


def test_each_order_tells_why_it_was_not_undone(site: Site, acme: Visitor) -> None:
    with site.database.writing("test") as db:
        db.scalars(select(Posting).where(Posting.order_id == 3)).one().linked = True
    press(acme, SECOND)
    hold_one(site, 2)
    acme.get(SECOND)
    for words in (
        "it was linked, and what we did not make is never deleted",
        "QuickBooks did not delete Invoice 2",
        "1 order that cannot be undone; 1 order not undone, with the reason below; 1 order being",
    ):
        assert words in acme.page


def test_what_is_undone_already_is_told_and_not_done_again(site: Site, acme: Visitor) -> None:
    with site.database.writing("test") as db:
        states.undo(db.scalars(select(Posting).where(Posting.order_id == 2)).one())
        standing.refresh(db, 1, [2])
    acme.get(SECOND)
    assert "2 orders to undo; 1 order undone" in acme.page
    assert all_of_it(acme) == {"order": ["1", "3"]}


def test_an_order_that_the_update_did_not_post_is_left_alone(site: Site, acme: Visitor) -> None:
    page = acme.press(FIRST, FIRST, {"order": ["2"]})
    assert "Not changed: 1 order, because nothing that this update posted for it" in page
    assert going(site) == []


def test_pressed_twice_it_is_undone_once(site: Site, acme: Visitor) -> None:
    acme.get(SECOND)
    form = all_of_it(acme)
    for _ in range(2):
        acme.press(SECOND, SECOND, form)
    assert going(site) == ["2", "3", "ch_1"]


def test_very_many_orders_are_undone_by_several_presses(
    site: Site, acme: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_rows, "AT_ONCE", 2)
    acme.get(SECOND)
    assert "These are the first 2 orders; 1 order more can be undone after them." in acme.page
    press(acme, SECOND)
    press(acme, SECOND)
    assert going(site) == ["2", "3", "ch_1"]


def test_an_update_that_posted_nothing_says_so(acme: Visitor) -> None:
    acme.get(THIRD)
    assert "Nothing that this update posted is in QuickBooks any more." in acme.page


def test_an_update_of_another_connection_is_not_found_and_not_changed(
    site: Site, acme: Visitor
) -> None:
    site.add_connection("beta")
    assert acme.get("/c/beta/updates/1/undo").status_code == 404
    acme.get("/c/acme")
    assert acme.post("/c/beta/updates/1/undo", {"order": ["1"]}).status_code == 404
    assert going(site) == []


# -- ticked orders ---------------------------------------------------------------------------------


def ticked(visitor: Visitor, *numbers: str) -> str:
    """The address of the page that shows what undoing them would do."""
    visitor.get(ORDERS)
    answer = visitor.post(ORDERS, {"verb": "undo", "order": list(numbers)})
    assert answer.status_code == 302
    return str(answer.location)


def test_ticked_orders_are_shown_before_anything_is_undone(site: Site, acme: Visitor) -> None:
    acme.get(ticked(acme, "1", "3", "4"))
    assert "Undo 3 orders?" in acme.page
    assert "nothing of it is in QuickBooks; Skip for good keeps it from being sent" in acme.page
    assert all_of_it(acme) == {"order": ["1", "3"]}
    assert going(site) == []


def test_ticked_orders_are_undone_as_a_whole(site: Site, acme: Visitor) -> None:
    page = press(acme, ticked(acme, "1", "3", "4"))
    assert going(site) == ["1", "3", "ch_1"]
    assert "Undo 3 orders" in page
    with site.database.reading() as db:
        waiting = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 4)).one()
    assert waiting.status == "ready"


def test_ticked_orders_of_another_connection_are_not_shown(site: Site, acme: Visitor) -> None:
    site.add_connection("beta")
    assert acme.get("/c/beta/orders/undo?order=1&order=2").status_code == 404
    acme.get(ORDERS)
    acme.post("/c/beta/orders/undo", {"order": ["1"]})
    assert going(site) == []


@pytest.mark.parametrize("order", [[], ["x"], ["1"] * 51])
def test_a_form_that_the_page_does_not_make_is_refused(acme: Visitor, order: list[str]) -> None:
    acme.get(ORDERS)
    assert acme.post(f"{ORDERS}/undo", {"order": order}).status_code == 400


@pytest.mark.parametrize("order", [[], ["x"], ["1"] * 201])
def test_so_it_is_for_an_update(acme: Visitor, order: list[str]) -> None:
    acme.get(ORDERS)
    assert acme.post(SECOND, {"order": order}).status_code == 400


def test_who_has_not_signed_in_sees_and_changes_nothing(site: Site, acme: Visitor) -> None:
    stranger = site.visitor()
    for page in (f"{ORDERS}/undo?order=1", SECOND):
        assert stranger.get(page).status_code == 302
        stranger.get("/sign-in")
        assert stranger.post(page, {"order": ["1"]}).status_code == 302
    assert going(site) == []
