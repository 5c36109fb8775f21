"""The page "Products": what it shows, what its fields save, its file, and the unknown item."""

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import event, select

from qbwc_service.ledger.models import Event, KeapOrder, KeapProduct, MirrorRecord
from qbwc_service.ledger.models import Mapping as MappingRow
from qbwc_service.planning.order import Override
from tests.admin.site import Books, Site, Visitor
from tests.ledger.test_item_slice import mirrored
from tests.ledger.test_products import record
from tests.world import product, sale

PAGE = "/c/acme/products"
GOLD = replace(product(sku=""), name="Gold <Plan>")


@pytest.fixture
def shop(site: Site) -> Site:
    """HAMMER matches, SPADE does not, and "Gold <Plan>" of order 3, in QuickBooks, has no SKU."""
    site.add_connection()
    with site.books() as books:
        for name in ("HAMMER", "Tools:Spade"):
            mirrored(books.db, books.connection, name)
        _sold(books)
        books.posted(books.invoice(books.order(3)), "77A-1")
        books.invoice(books.order(4))
    return site


def _sold(books: Books) -> None:
    record(books.db, books.connection, sale(1, product("HAMMER"), product("SPADE")))
    record(books.db, books.connection, sale(2, product("SPADE")), sale(3, GOLD), sale(4, GOLD))


def row_id(site: Site, key: str) -> int:
    with site.database.reading() as db:
        return db.scalars(select(KeapProduct.id).where(KeapProduct.key == key)).one()


def chosen(site: Site) -> dict[str, str]:
    with site.database.reading() as db:
        return {row.key: row.full_name for row in db.scalars(select(MappingRow))}


def field(site: Site, key: str, text: str, was: str = "") -> dict[str, str]:
    """The two fields of one row, as a browser sends them."""
    number = row_id(site, key)
    return {f"item-{number}": text, f"was-{number}": was}


def upload(visitor: Visitor, text: str) -> int:
    visitor.get(PAGE)
    return visitor.post(
        f"{PAGE}/import", {"file": (io.BytesIO(text.encode()), "products.csv")}
    ).status_code


def test_without_products_the_page_says_so(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    assert visitor.get(PAGE).status_code == 200
    assert "No order that sells a product has been looked at yet." in visitor.page


def test_each_product_shows_orders_item_reason_and_state(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    for words in (
        "Gold &lt;Plan&gt;",
        "Its SKU is the name of the item.",
        "No item has this SKU as its name.",
        "It has no SKU in Keap.",
        "Needs match",
        "Goes to the unknown item",
        "Matched",
        "All (3)",
        "Needs match (2)",
        '<option value="Tools:Spade">',
    ):
        assert words in visitor.page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?show=needs-match", "SPADE", 'value="HAMMER" list'),
        ("?show=matched", "Hammer product", "Spade product"),
        ("?show=made", "No product matches", "Spade product"),
        ("?q=gold+%3C", "Gold &lt;Plan&gt;", "Spade product"),
        ("?q=spade", "Spade product", "Hammer product"),
        ("?items=spade", '<option value="Tools:Spade">', '<option value="HAMMER">'),
        ("?show=nonsense&q=%00", "Hammer product", "No product matches"),
    ],
)
def test_filters_show_some_of_them(shop: Site, query: str, there: str, gone: str) -> None:
    visitor = shop.bookkeeper()
    assert visitor.get(PAGE + query).status_code == 200
    assert there in visitor.page
    assert gone not in visitor.page


def test_a_chosen_item_is_saved_by_who_chose_it(shop: Site) -> None:
    form = field(shop, "sku:spade", " tools:spade ") | field(shop, "sku:hammer", "HAMMER", "HAMMER")
    page = shop.bookkeeper().press(PAGE, PAGE, form)
    assert "1 item chosen. Orders that are not sent yet follow from now on" in page
    assert "You chose this item." in page
    assert chosen(shop) == {"sku:spade": "Tools:Spade"}
    with shop.database.reading() as db:
        noted = db.scalars(select(Event).where(Event.text.contains("Chosen for"))).one()
    assert noted.who == "owner"


def test_an_emptied_field_takes_the_choice_back(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.press(PAGE, PAGE, field(shop, "sku:spade", "Tools:Spade"))
    page = visitor.press(PAGE, PAGE, field(shop, "sku:spade", "", "Tools:Spade"))
    assert "1 choice taken back" in page
    assert chosen(shop) == {}


def test_a_choice_whose_item_is_gone_is_shown_and_can_be_taken_back(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.press(PAGE, PAGE, field(shop, "sku:spade", "Tools:Spade"))
    with shop.books() as books:
        spade = select(MirrorRecord).where(MirrorRecord.full_name == "Tools:Spade")
        books.db.delete(books.db.scalars(spade).one())
        books.db.flush()
        record(books.db, books.connection, sale(2, product("SPADE")))
    visitor.get(PAGE)
    assert 'value="Tools:Spade" list="offered"' in visitor.page


def test_one_field_that_cannot_be_used_saves_none(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    form = field(shop, "sku:spade", "Tools:Spde") | field(shop, "name:gold <plan>", "HAMMER")
    assert visitor.post(PAGE, form).status_code == 422
    assert "Did you mean Tools:Spade? Nothing was changed." in visitor.page
    assert 'value="Tools:Spde"' in visitor.page
    assert chosen(shop) == {}


def test_products_of_another_connection_are_neither_shown_nor_changed(shop: Site) -> None:
    shop.add_connection("beta")
    visitor = shop.bookkeeper()
    visitor.get("/c/beta/products")
    assert "Spade product" not in visitor.page
    visitor.post("/c/beta/products", field(shop, "sku:spade", ""))
    number = row_id(shop, "sku:spade")
    assert visitor.get(f"/c/beta/products/{number}/unknown").status_code == 404
    assert chosen(shop) == {}


def test_the_file_goes_out_without_formulas_and_comes_back(shop: Site) -> None:
    with shop.books() as books:
        record(books.db, books.connection, sale(9, product("=1+1")))
    visitor = shop.bookkeeper()
    visitor.get(f"{PAGE}/products.csv")
    rows = list(csv.DictReader(io.StringIO(visitor.page.removeprefix("\ufeff"))))
    assert [row["SKU"] for row in rows] == ["", "'=1+1", "HAMMER", "SPADE"]
    assert upload(visitor, visitor.page) == 302
    assert chosen(shop) == {}

    text = "\ufeffSKU;QuickBooks item\r\n'=1+1;HAMMER\r\nSPADE;Tools:Spade\r\n"
    assert upload(visitor, text) == 302
    assert chosen(shop) == {"sku:=1+1": "HAMMER", "sku:spade": "Tools:Spade"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SKU,QuickBooks item\nSPADE,Tools:Spade\nX,<b>\n", "Line 3: QuickBooks had no item"),
        ("a,b\n", "The first line has to name the columns"),
        ("\0", "This is not a CSV file."),
        ("", "The first line has to name the columns"),
    ],
)
def test_a_file_with_anything_wrong_changes_nothing(shop: Site, text: str, told: str) -> None:
    visitor = shop.bookkeeper()
    assert upload(visitor, text) == 422
    assert told in visitor.page
    assert "<b>" not in visitor.page
    assert chosen(shop) == {}


# -- the unknown item ------------------------------------------------------------------------------


def test_after_a_choice_the_orders_with_the_unknown_item_are_offered(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    assert "used unknown_do_not_delete for this product" not in visitor.page
    page = visitor.press(PAGE, PAGE, field(shop, "name:gold <plan>", "HAMMER"))
    assert "2 orders used unknown_do_not_delete for this product" in page
    with shop.database.reading() as db:
        orders = db.scalars(select(KeapOrder).order_by(KeapOrder.keap_id))
        assert {order.keap_id: order.needs_plan for order in orders} == {3: False, 4: True}


def test_they_are_listed_with_their_invoices_and_the_honest_steps(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.press(PAGE, PAGE, field(shop, "name:gold <plan>", "HAMMER"))
    visitor.get(f"{PAGE}/{row_id(shop, 'name:gold <plan>')}/unknown")
    for words in (
        "this service deletes and changes nothing",
        'value="3" aria-label="Order 3"',
        "Send again once deleted",
        "Not in QuickBooks",
    ):
        assert words in visitor.page
    assert 'aria-label="Order 4"' not in visitor.page


def test_sending_again_is_remembered_for_what_is_there(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.press(PAGE, PAGE, field(shop, "name:gold <plan>", "HAMMER"))
    address = f"{PAGE}/{row_id(shop, 'name:gold <plan>')}/unknown"
    page = visitor.press(address, address, {"verb": "again", "order": ["3", "4"]})
    assert "Remembered for 1 order." in page
    assert "Not changed: order 4, because its invoice is not in QuickBooks." in page
    assert "Is sent again once you have deleted its invoice" in page
    with shop.database.reading() as db:
        order = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == 3)).one()
    assert order.overrides == [Override.SEND_AGAIN]


def test_what_was_corrected_in_quickbooks_is_no_longer_listed(shop: Site) -> None:
    visitor = shop.bookkeeper()
    address = f"{PAGE}/{row_id(shop, 'name:gold <plan>')}/unknown"
    page = visitor.press(address, address, {"verb": "corrected", "order": ["3", "4"]})
    assert "Marked as corrected in QuickBooks: 2 orders." in page
    assert "No order has unknown_do_not_delete for this product any more." in page


@pytest.mark.parametrize("form", [{"verb": "delete", "order": "3"}, {"order": "3"}])
def test_nothing_else_can_be_asked_for(shop: Site, form: dict[str, str]) -> None:
    visitor = shop.bookkeeper()
    address = f"{PAGE}/{row_id(shop, 'name:gold <plan>')}/unknown"
    visitor.get(address)
    assert visitor.post(address, form).status_code == 400


def test_a_page_costs_the_same_however_many_products_there_are(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    asked: list[str] = []
    event.listen(site.database.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))

    def cost() -> int:
        asked.clear()
        visitor.get(PAGE)
        return len(asked)

    with site.books() as books:
        record(books.db, books.connection, sale(1, product("S0")))
    one = cost()
    with site.books() as books:
        many = (product(f"S{number:03}") for number in range(120))
        record(books.db, books.connection, sale(2, *many))
    assert cost() == one
    assert visitor.page.count('name="was-') == 50
    visitor.get(visitor.page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    assert "First products" in visitor.page
    assert "S099" not in visitor.page
    assert "S049" in visitor.page
