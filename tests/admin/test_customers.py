"""Choosing the customer of a contact: on the page of the order, and on the page Customers."""

import pytest
from sqlalchemy import select

from qbwc_service.ledger import mirror, states
from qbwc_service.ledger.models import KeapOrder, Mapping
from qbwc_service.planning.order import Buyer
from qbxml_builders.addresses import Address
from qbxml_builders.records import CustomerRecord
from tests.admin.site import Books, Site

ORDER = "/c/acme/orders/1048"
CUSTOMERS = "/c/acme/customers"
ELENA = Buyer("4417", "Elena", "Marsh", email="elena@marsh.example")


def customer(name: str, *, email: str = "", is_active: bool = True) -> CustomerRecord:
    when = "2026-11-20T08:00:00"
    return CustomerRecord(
        f"C-{name}", "1", when, when, name, name, is_active, "", "", "", "", email, "",
        Address(), "", "", None,
    )  # fmt: skip


def two_that_fit(site: Site) -> None:
    """Order 1048 is held because two customers have its e-mail address."""
    site.add_connection()
    with site.books() as books:
        mirror.store(
            books.db,
            books.connection.id,
            [customer("E. Marsh", email=ELENA.email), customer("Marsh Ltd", email=ELENA.email)],
        )
        hold(books, 1048)


def hold(books: Books, order_id: int, cause: str = "customers-fit-equally") -> None:
    order = books.order(order_id, customer="Elena Marsh", buyer=ELENA)
    details = {"order": str(order_id), "contact": "4417", "customer": "Elena Marsh"}
    states.hold(books.invoice(order), cause, details)


def chosen(site: Site) -> list[tuple[str, str, str, str]]:
    with site.database.reading() as db:
        return [
            (row.key, row.shown, row.list_id, row.made_by) for row in db.scalars(select(Mapping))
        ]


def waits(site: Site) -> dict[int, bool]:
    with site.database.reading() as db:
        return {order.keap_id: order.needs_plan for order in db.scalars(select(KeapOrder))}


def test_the_order_shows_who_may_be_meant(site: Site) -> None:
    two_that_fit(site)
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    assert "Which customer is Keap contact 4417?" in visitor.page
    assert "E. Marsh (elena@marsh.example)" in visitor.page
    assert "Marsh Ltd (elena@marsh.example)" in visitor.page
    assert "None of these: a new customer" in visitor.page
    assert "Choose the right one below" in visitor.page


def test_where_nobody_may_be_meant_the_order_offers_a_new_customer(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        hold(books, 1048)
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    assert ">A new customer</button>" in visitor.page
    assert "None of these" not in visitor.page


def test_where_the_name_is_taken_a_new_customer_is_not_offered(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        hold(books, 1048, "name-taken-by-other-kind")
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    assert "Use this one" in visitor.page
    assert 'value="new"' not in visitor.page


def test_one_choice_is_remembered_and_releases_every_order_of_the_contact(site: Site) -> None:
    two_that_fit(site)
    with site.books() as books:
        hold(books, 1049)
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    answer = visitor.post(
        CUSTOMERS, {"contact": "4417", "order": "1048", "list_id": "C-Marsh Ltd", "verb": "this"}
    )
    assert answer.headers["Location"].endswith(ORDER)
    assert chosen(site) == [("4417", "Elena Marsh", "C-Marsh Ltd", "owner")]
    assert waits(site) == {1048: True, 1049: True}
    visitor.get(CUSTOMERS)
    assert "Remembered for Keap contact 4417: Marsh Ltd." in visitor.page
    assert "Elena Marsh" in visitor.page


def test_none_of_these_makes_a_new_customer(site: Site) -> None:
    two_that_fit(site)
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    visitor.post(CUSTOMERS, {"contact": "4417", "order": "1048", "verb": "new"})
    assert chosen(site) == [("4417", "Elena Marsh", "", "owner")]


def test_any_customer_can_be_named(site: Site) -> None:
    two_that_fit(site)
    visitor = site.bookkeeper()
    visitor.get(CUSTOMERS)
    visitor.post(CUSTOMERS, {"contact": "4417", "full_name": " marsh LTD ", "verb": "named"})
    assert chosen(site) == [("4417", "Elena Marsh", "C-Marsh Ltd", "owner")]


def test_what_cannot_be_chosen_changes_nothing_and_says_why(site: Site) -> None:
    two_that_fit(site)
    with site.books() as books:
        mirror.store(books.db, books.connection.id, [customer("Old", is_active=False)])
    visitor = site.bookkeeper()
    visitor.get(CUSTOMERS)
    for form, reason in (
        ({"contact": "4417", "full_name": "Nobody", "verb": "named"}, "no customer with the full"),
        ({"contact": "4417", "full_name": "Old", "verb": "named"}, "is inactive in QuickBooks"),
        ({"contact": "4417", "list_id": "C-x", "verb": "this"}, "did not have that customer"),
        ({"contact": "9", "verb": "new"}, "No order of Keap contact 9 was read"),
    ):
        visitor.post(CUSTOMERS, form)
        visitor.get(CUSTOMERS)
        assert reason in visitor.page
        assert "Nothing was changed." in visitor.page
    assert chosen(site) == []


def test_a_choice_can_be_forgotten(site: Site) -> None:
    two_that_fit(site)
    visitor = site.bookkeeper()
    visitor.get(CUSTOMERS)
    visitor.post(CUSTOMERS, {"contact": "4417", "list_id": "C-Marsh Ltd", "verb": "this"})
    visitor.get(CUSTOMERS)
    visitor.post(CUSTOMERS, {"contact": "4417", "verb": "forget"})
    assert chosen(site) == []


def test_a_chosen_customer_that_is_gone_is_marked(site: Site) -> None:
    two_that_fit(site)
    visitor = site.bookkeeper()
    visitor.get(CUSTOMERS)
    visitor.post(CUSTOMERS, {"contact": "4417", "list_id": "C-Marsh Ltd", "verb": "this"})
    with site.books() as books:
        mirror.forget(books.db, books.connection.id, "Customer", ["C-Marsh Ltd"])
    visitor.get(CUSTOMERS)
    assert "no longer in QuickBooks" in visitor.page


def test_an_order_that_needs_no_choice_asks_for_none(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.invoice(books.order(1048))
    visitor = site.bookkeeper()
    visitor.get(ORDER)
    assert "Which customer is" not in visitor.page


@pytest.mark.parametrize(
    "form", [{"verb": "this"}, {"verb": "other", "list_id": "C-Marsh Ltd"}, {}]
)
def test_a_form_that_chooses_nothing_makes_no_choice(site: Site, form: dict[str, str]) -> None:
    two_that_fit(site)
    visitor = site.bookkeeper()
    visitor.get(CUSTOMERS)
    assert visitor.post(CUSTOMERS, {"contact": "4417"} | form).status_code == 400
    assert chosen(site) == []


def test_forgetting_what_was_never_chosen_says_so(site: Site) -> None:
    two_that_fit(site)
    visitor = site.bookkeeper()
    visitor.get(CUSTOMERS)
    visitor.post(CUSTOMERS, {"contact": "4417", "verb": "forget"})
    visitor.get(CUSTOMERS)
    assert "No customer was chosen for Keap contact 4417. Nothing was changed." in visitor.page
