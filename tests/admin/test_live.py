"""What an open page asks for by itself; the navigation."""

import hashlib
from pathlib import Path

import pytest

from qbwc_service import admin
from qbwc_service.ledger import states
from tests.admin.site import Site, Visitor

BY_ITSELF = {"HX-Request": "true", "HX-Current-URL": "http://localhost/c/acme/orders?status=held"}
HTMX = Path(admin.__file__).parent / "static" / "htmx"


@pytest.fixture
def visitor(site: Site) -> Visitor:
    site.add_connection()
    return site.bookkeeper()


def test_htmx_is_the_file_that_was_published() -> None:
    found = hashlib.sha256((HTMX / "htmx.min.js").read_bytes()).hexdigest()
    assert f"{found}  htmx.min.js" in (HTMX / "README.md").read_text(encoding="utf-8")


def test_a_part_that_asks_after_the_sign_out_brings_the_whole_page_to_the_sign_in(
    visitor: Visitor,
) -> None:
    visitor.get("/")
    visitor.post("/sign-out")
    answer = visitor.client.get("/c/acme/needs-you/count", headers=BY_ITSELF)
    assert (answer.status_code, answer.get_data()) == (401, b"")
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/c/acme/orders?status%3Dheld"


@pytest.mark.parametrize("page", ["http://[", "", "//x", "http://localhost//evil.example"])
def test_any_text_may_stand_where_the_page_is_named(visitor: Visitor, page: str) -> None:
    visitor.get("/")
    visitor.post("/sign-out")
    answer = visitor.client.get("/c/acme", headers=BY_ITSELF | {"HX-Current-URL": page})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in?next=/")
    assert "next=//" not in answer.headers["HX-Redirect"]


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(visitor: Visitor) -> None:
    visitor.get("/c/acme")
    by_itself = visitor.client.get("/c/acme", headers=BY_ITSELF)
    by_a_person = visitor.client.get("/c/acme")
    assert "Set-Cookie" not in by_itself.headers
    assert by_a_person.headers["Set-Cookie"].startswith("session=")


def test_the_navigation_counts_what_needs_you(visitor: Visitor, site: Site) -> None:
    visitor.get("/c/acme/needs-you/count")
    assert visitor.page.strip().endswith('hx-swap="outerHTML"></span>')
    with site.books() as books:
        for number in (1048, 1049):
            states.hold(books.invoice(books.order(number)), "item-unknown", {"sku": "GOLD"})
    visitor.get("/c/acme/needs-you/count")
    assert '<span class="chip alarm">2</span>' in visitor.page
    visitor.get("/c/acme/products")
    assert '<span class="chip alarm">2</span>' in visitor.page


def test_the_count_of_an_unknown_connection_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/c/beta/needs-you/count").status_code == 404


def test_a_refused_form_does_not_ask_for_its_own_address_again(visitor: Visitor) -> None:
    visitor.get("/c/acme")
    assert 'hx-get="/c/acme"' in visitor.page
    assert visitor.post("/c/acme/settings", {"start_date": "someday"}).status_code == 422
    assert 'hx-get="/c/acme' not in visitor.page.replace("/c/acme/needs-you/count", "")
