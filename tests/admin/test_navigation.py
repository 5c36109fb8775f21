"""The navigation: every page that there is, in its group."""

import re

from qbwc_service.admin.navigation import NAVIGATION
from qbwc_service.ledger.models import Role
from tests.admin.site import Site


def _menu(page: str) -> str:
    return page.partition('<nav class="menu"')[2].partition("</nav>")[0]


def _offered(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', _menu(page))


def test_every_page_is_in_the_menu_or_reached_through_one_that_is(site: Site) -> None:
    listed = [page for pages in NAVIGATION.values() for page in pages]
    within = {page.endpoint.partition(".")[0] for page in listed}
    within |= {part for page in listed for part in page.parts}
    without_menu = {"sign_in", "own_password", "joining"}
    assert set(site.app.blueprints) == within | without_menu


def test_without_a_connection_only_what_needs_none_is_offered(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/")
    assert _offered(visitor.page) == ["/", "/users", "/audit", "/help"]


def test_of_a_connection_its_pages_are_offered_in_their_groups(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders")
    groups = re.findall(r"<h2[^>]*>([^<]+)</h2>", _menu(visitor.page))
    assert groups == ["Every day", "Put right", "Set-up", "All connections"]
    offered = _offered(visitor.page)
    assert offered[:3] == ["/c/acme/home", "/c/acme/needs-you", "/c/acme/orders"]
    for address in offered:
        assert visitor.get(address).status_code == 200, address


def test_the_open_page_is_marked_and_so_is_the_one_that_leads_to_it(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.order(1048)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/orders")
    assert '<a href="/c/acme/orders" aria-current="page">' in _menu(visitor.page)
    visitor.get("/c/acme/orders/1048")
    assert '<a href="/c/acme/orders" aria-current="true">' in _menu(visitor.page)
    assert _menu(visitor.page).count("aria-current") == 1


def test_a_page_that_the_reader_may_not_open_is_left_out(site: Site) -> None:
    listed = [page.endpoint for pages in NAVIGATION.values() for page in pages]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(site.app.view_functions)
    site.add_connection()
    viewer = site.signed_in("vic", Role.VIEWER)
    viewer.get("/c/acme")
    left_out = {"/users", "/c/acme/set-up"}
    assert not left_out & set(_offered(viewer.page))
    assert len(_offered(viewer.page)) == len(listed) - len(left_out)


def test_who_is_not_signed_in_is_offered_nothing(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/sign-in")
    assert _offered(visitor.page) == []
