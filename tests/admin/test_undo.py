"""Undo of one order: what the page shows first, what its buttons do, and what the order says."""

import pytest
from sqlalchemy import select

from qbwc_service.ledger import standing, states
from qbwc_service.ledger.models import Event, KeapOrder, Kind, OrderStatus, Posting
from qbwc_service.ledger.states import State
from tests.admin.site import Site, Visitor

ORDER = "/c/acme/orders/1048"
PAGE = f"{ORDER}/undo"
LOST = {"thing": "Invoice 1048", "order": "1048", "lost": "payment C9 of 40.00 is linked to it"}


@pytest.fixture
def acme(site: Site) -> Visitor:
    """Order 1048 with one payment is in QuickBooks, another payment waits."""
    site.add_connection()
    with site.books() as books:
        order = books.order(1048, customer="Elena Marsh")
        books.posted(books.invoice(order), "77A-1")
        books.posted(books.payment(order, 70, 5000, reference="ch_1"), "77B-1")
        books.payment(order, 71, 7000, reference="ch_2")
    return site.bookkeeper()


def undo(visitor: Visitor) -> str:
    return visitor.press(PAGE, PAGE, {"verb": "undo"})


def removals(site: Site) -> list[Posting]:
    with site.database.reading() as db:
        found = select(Posting).where(Posting.kind == Kind.REMOVAL).order_by(Posting.id)
        return list(db.scalars(found))


def status(site: Site) -> tuple[OrderStatus, str]:
    with site.database.reading() as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 1048)).one()
    return order.status, order.cause


def bring_removals_to(site: Site, state: State, cause: str = "") -> None:
    """As an update would leave them; what they were to delete is undone where they are done."""
    with site.database.writing("test") as db:
        found = {posting.id: posting for posting in db.scalars(select(Posting))}
        for removal in [each for each in found.values() if each.kind is Kind.REMOVAL]:
            match state:
                case State.HELD:
                    states.hold(removal, cause, LOST | {"reason": "It is in a deposit.",
                                "left": "It is there as before", "date": "2026-01-02",
                                "closing_date": "2026-06-30"})  # fmt: skip
                case State.SENT:
                    removal.state = State.SENT
                case _:
                    states.undo(found[removal.payload["posting_id"]])
                    states.post(removal, "x", edit_sequence="")
        standing.refresh(db, 1, [1048])


def buttons(page: str) -> list[str]:
    """What can be done about the order: buttons and links of its first card."""
    card = page.split('aria-label="What to do"')[1].split("</section>")[0]
    form = card.split('<form class="actions"')[-1].split("</form>")[0]
    found = [part.split("</")[0].split(">")[-1] for part in form.split("<") if "<" not in part]
    return [text for text in found if text.strip()]


# -- what it shows first ---------------------------------------------------------------------------


def test_the_order_leads_to_the_page_that_shows_what_it_would_do(acme: Visitor) -> None:
    acme.get(ORDER)
    assert f'href="{PAGE}"' in acme.page
    assert "Undo..." in buttons(acme.page)


def test_it_shows_what_is_deleted_in_order_what_stays_and_what_is_not_sent(
    site: Site, acme: Visitor
) -> None:
    acme.get(PAGE)
    going, waiting = acme.page.split("Not in QuickBooks yet, and will not be sent")
    assert going.index("Payment ch_1, 50.00 USD") < going.index("Invoice 1048, 120.00 USD")
    assert "Payment ch_2" in waiting
    assert "Payment ch_2" not in going
    assert removals(site) == []


def test_what_stays_is_told_with_its_reason(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        order = books.order(1048)
        books.posted(books.invoice(order), "77A-1").linked = True
        books.posted(books.payment(order, 70, 5000, reference="ch_1"), "77B-1")
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "<li>Invoice 1048: we did not make it</li>" in visitor.page
    assert "<li>Payment ch_1, 50.00 USD</li>" in visitor.page


def test_keep_it_changes_nothing_and_leads_back(acme: Visitor) -> None:
    acme.get(PAGE)
    assert f'<a class="button" href="{ORDER}">Keep it</a>' in acme.page


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.READY, "nothing of it is in QuickBooks; Skip for good keeps it from being sent"),
        (State.SENT, "it was sent and its answer is not known yet"),
        (State.SKIPPED, "it is skipped, and nothing of it is in QuickBooks"),
    ],
)
def test_an_order_that_is_not_in_quickbooks_offers_no_undo_and_says_why(
    site: Site, state: State, why: str
) -> None:
    site.add_connection()
    with site.books() as books:
        invoice = books.invoice(books.order(1048))
        if state is not State.READY:
            invoice.state = state
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    assert f'href="{PAGE}"' not in visitor.page
    visitor.get(PAGE)
    assert why in visitor.page
    assert 'value="undo"' not in visitor.page
    page = visitor.press(PAGE, PAGE, {"verb": "undo"})
    assert f"Not changed: order 1048, because {why}" in page
    with site.database.reading() as db:
        assert db.scalars(select(Posting)).one().state is state


# -- what its buttons do ---------------------------------------------------------------------------


def test_undo_it_has_it_deleted_with_the_next_update(site: Site, acme: Visitor) -> None:
    page = undo(acme)
    assert "Being undone: order 1048. What we made for it is deleted" in page
    assert [removal.amount for removal in removals(site)] == [5000, 12000]
    assert status(site) == (OrderStatus.READY, "being-undone")


def test_an_order_that_is_being_undone_says_so(acme: Visitor) -> None:
    page = undo(acme)
    assert '<span class="chip busy">Being undone</span></h1>' in page
    assert "Being undone: it goes with the next update of the Web Connector" in page
    assert buttons(page)[:1] == ["Keep it in QuickBooks"]
    acme.get("/c/acme/orders")
    assert '<span class="chip busy">Being undone</span>' in acme.page


def test_pressed_twice_it_is_undone_once(site: Site, acme: Visitor) -> None:
    acme.get(PAGE)
    for _ in range(2):
        assert acme.client.post(PAGE, data=token(acme) | {"verb": "undo"}).status_code == 302
    assert len(removals(site)) == 2
    with site.database.reading() as db:
        told = [event.text for event in db.scalars(select(Event))]
    assert told == ["Undo: Payment ch_1, Invoice 1048 will be deleted"]


def token(visitor: Visitor) -> dict[str, str]:
    return {"csrf_token": visitor.page.split('name="csrf_token" value="')[1].split('"')[0]}


def test_while_it_is_being_undone_it_cannot_be_asked_for_again(acme: Visitor) -> None:
    undo(acme)
    acme.get(PAGE)
    assert 'value="undo"' not in acme.page
    assert 'value="keep"' in acme.page


def test_keep_it_in_quickbooks_ends_the_undo(site: Site, acme: Visitor) -> None:
    undo(acme)
    page = acme.press(ORDER, ORDER, {"verb": "keep"})
    assert "Kept in QuickBooks: order 1048." in page
    assert {removal.state for removal in removals(site)} == {State.SKIPPED}
    assert "Undo..." in buttons(page)


def test_keep_it_of_an_order_that_is_undone_meanwhile_changes_nothing(
    site: Site, acme: Visitor
) -> None:
    undo(acme)
    bring_removals_to(site, State.POSTED)
    page = acme.press(ORDER, ORDER, {"verb": "keep"})
    assert "Not changed: order 1048, because nothing of it waits to be deleted any more." in page
    assert status(site)[0] is OrderStatus.UNDONE


def test_an_order_whose_deletion_is_on_its_way_says_so(site: Site, acme: Visitor) -> None:
    undo(acme)
    bring_removals_to(site, State.SENT)
    acme.get(ORDER)
    assert "Being undone: QuickBooks was asked to delete it" in acme.page
    assert 'value="keep"' not in acme.page
    assert f'href="{PAGE}"' not in acme.page


def test_an_undone_order_says_how_to_send_it_anew(site: Site, acme: Visitor) -> None:
    undo(acme)
    bring_removals_to(site, State.POSTED)
    acme.get(ORDER)
    assert "To send it anew, press Requeue" in acme.page
    assert buttons(acme.page)[:1] == ["Requeue"]


def test_an_invoice_that_was_voided_for_a_refund_is_told_as_void(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        states.undo(books.posted(books.invoice(books.order(1048)), "77A-1"))
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    assert "Its invoice is void in QuickBooks, because the order was refunded" in visitor.page


# -- what stops it ---------------------------------------------------------------------------------


def test_what_would_be_lost_is_shown_with_undo_even_so_and_keep_it(
    site: Site, acme: Visitor
) -> None:
    undo(acme)
    bring_removals_to(site, State.HELD, "undo-would-lose")
    acme.get(ORDER)
    assert "payment C9 of 40.00 is linked to it" in acme.page
    assert buttons(acme.page)[:3] == ["Undo again...", "Undo even so...", "Keep it in QuickBooks"]
    acme.get(f"{PAGE}?even-so=yes")
    assert "payment C9 of 40.00 is linked to it" in acme.page
    assert 'value="undo-even-so"' in acme.page
    assert 'value="undo"' not in acme.page
    page = acme.press(f"{PAGE}?even-so=yes", PAGE, {"verb": "undo-even-so"})
    assert "Being undone even so: order 1048." in page
    assert [removal.payload["even_so"] for removal in removals(site)] == [True, True]
    assert status(site) == (OrderStatus.READY, "being-undone")


@pytest.mark.parametrize("cause", ["undo-refused", "undo-in-closed-period"])
def test_what_quickbooks_refuses_can_only_be_tried_again_or_kept(
    site: Site, acme: Visitor, cause: str
) -> None:
    undo(acme)
    bring_removals_to(site, State.HELD, cause)
    acme.get(f"{PAGE}?even-so=yes")
    assert 'value="undo-even-so"' not in acme.page
    acme.get(ORDER)
    assert buttons(acme.page)[:2] == ["Undo again...", "Keep it in QuickBooks"]
    undo(acme)
    assert status(site) == (OrderStatus.READY, "being-undone")


def test_asked_again_without_even_so_it_stays_even_so(site: Site, acme: Visitor) -> None:
    undo(acme)
    bring_removals_to(site, State.HELD, "undo-would-lose")
    for verb in ("undo-even-so", "undo"):
        acme.press(PAGE, PAGE, {"verb": verb})
    assert [removal.payload["even_so"] for removal in removals(site)] == [True, True]


# -- who and what ----------------------------------------------------------------------------------


def test_an_order_of_another_connection_is_not_found_and_not_changed(
    site: Site, acme: Visitor
) -> None:
    site.add_connection("beta")
    acme.get(ORDER)
    assert acme.get("/c/beta/orders/1048/undo").status_code == 404
    acme.get(ORDER)
    assert acme.post("/c/beta/orders/1048/undo", {"verb": "undo"}).status_code == 404
    assert removals(site) == []


def test_who_has_not_signed_in_sees_and_changes_nothing(site: Site, acme: Visitor) -> None:
    stranger = site.visitor()
    assert stranger.get(PAGE).status_code == 302
    assert "Elena Marsh" not in stranger.page
    stranger.get("/sign-in")
    assert stranger.post(PAGE, {"verb": "undo"}).status_code == 302
    assert removals(site) == []


@pytest.mark.parametrize("verb", ["", "skip", "delete"])
def test_a_form_that_the_page_does_not_make_is_refused(acme: Visitor, verb: str) -> None:
    acme.get(PAGE)
    assert acme.post(PAGE, {"verb": verb}).status_code == 400


def test_the_page_of_the_order_undoes_nothing_that_was_not_shown_first(
    site: Site, acme: Visitor
) -> None:
    acme.get(ORDER)
    assert acme.post(ORDER, {"verb": "undo"}).status_code == 400
    assert removals(site) == []
