"""R44-R47: chosen orders by their numbers, with commas between."""

from qbwc_service.order_numbers import read_order_numbers
from tests.admin.conftest import site
from tests.admin.site import Site
from tests.bookkeeper.shop_and_books import ShopAndBooks

__all__ = ["site"]
#: the simulated shop numbers its invoices from 20077 and its orders from 20101 on
APART = 24


def test_r44_the_orders_of_these_invoice_numbers_go_and_no_others(business: ShopAndBooks) -> None:
    first, second, third = (business.order() for _ in range(3))
    told = business.sync_manually(first - APART, third - APART)
    assert told == [("invoice", "new"), ("invoice", "new")]
    business.world.update()
    business.world.update()
    numbers = [invoice.number for invoice in business.world.books().invoices]
    assert numbers == [str(first), str(third)]
    assert str(second) not in numbers


def test_r45_the_number_may_be_that_of_the_order_or_that_of_the_invoice(
    business: ShopAndBooks,
) -> None:
    order_id = business.order()
    assert business.sync_manually(order_id) == [("order", "new")]
    assert business.sync_manually(order_id - APART)[0][0] == "invoice"


def test_r46_there_is_a_page_for_it(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert '<a href="/c/acme/sync">Manually sync</a>' in visitor.page
    visitor.get("/c/acme/sync")
    assert "<h1>Manually sync</h1>" in visitor.page


def test_r47_one_field_takes_all_numbers_with_commas_between() -> None:
    assert read_order_numbers(["4931, 4932,4940"]) == (4931, 4932, 4940)


def test_r47_each_number_is_answered_by_itself(business: ShopAndBooks) -> None:
    order_id = business.order()
    assert business.sync_manually(order_id, 99999) == [("order", "new"), ("", "not-found")]
