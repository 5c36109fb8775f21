"""The page "Rules": its sentences, buttons and form, the test on an order, the file."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from qbwc_service.ledger.models import Event, OrderStatus
from qbwc_service.ledger.models import Rule as RuleRow
from qbwc_service.ledger.rules import Rules
from qbwc_service.ledger.stored_rules import record_hits
from tests.admin.site import NOW, Site, Visitor
from tests.ledger_rows import add_entry, add_read_lists
from tests.planning.test_rules import rule

PAGE = "/c/acme/rules"


@pytest.fixture
def shop(site: Site) -> Site:
    """Two rules; order 1048 sells GOLD; QuickBooks has the class Online."""
    site.add_connection(currency="USD")
    with site.books() as books:
        add_read_lists(books.db, books.connection.id, "Class")
        add_entry(books.db, books.connection.id, "Class", "Online <b>")
        add_entry(books.db, books.connection.id, "Item", "GOLD", "Service")
        books.order(1048)
        books.db.flush()
        rules = Rules(books.db, books.connection, "owner", NOW)
        rules.add(rule("product is GOLD", name="Gold <i>", then=("number_prefix=G-",)))
        rules.add(rule("total more than 100", name="Big", then=("hold",)))
    return site


def stored(site: Site) -> list[tuple[str, bool]]:
    with site.database.reading() as db:
        rows = db.scalars(select(RuleRow).order_by(RuleRow.connection_id, RuleRow.position))
        return [(row.name, row.is_on) for row in rows]


def rule_id(site: Site, name: str) -> str:
    with site.database.reading() as db:
        return str(db.scalars(select(RuleRow.id).where(RuleRow.name == name)).one())


def press(site: Site, visitor: Visitor, name: str, verb: str) -> str:
    return visitor.press(PAGE, f"{PAGE}/order", {"rule": rule_id(site, name), "verb": verb})


def typed(*values: tuple[str, str, str], **more: str) -> dict[str, str]:
    form = {"name": "Web", "verb": "save", "then": ""}
    for line, (field, comparison, value) in enumerate(values):
        form |= {f"field-{line}": field, f"comparison-{line}": comparison, f"value-{line}": value}
    return form | more


WEB = ("source", "is", "ONLINE")


def test_without_rules_the_page_says_so(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    assert visitor.get(PAGE).status_code == 200
    assert "There are no rules yet: all orders follow the settings." in visitor.page
    assert 'aria-current="page">Rules</a>' in visitor.page


def test_rules_stand_in_sentences_with_the_orders_of_thirty_days(shop: Site) -> None:
    with shop.books() as books:
        gold = int(rule_id(shop, "Gold <i>"))
        record_hits(books.db, books.connection.id, {1: [gold], 2: [gold]}, NOW)
        old = NOW - timedelta(days=31)
        record_hits(books.db, books.connection.id, {3: [gold]}, old)
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    assert "Gold &lt;i&gt;" in visitor.page
    assert "If a product is GOLD, put G- before the number." in visitor.page
    assert "If the total is more than 100.00, hold the order." in visitor.page
    assert '<td class="number" data-label="Orders in 30 days">2</td>' in visitor.page
    assert '<option value="Online &lt;b&gt;">' in visitor.page


def test_the_buttons_move_switch_and_delete(shop: Site) -> None:
    visitor = shop.bookkeeper()
    assert "&#34;Big&#34; is number 1 now. What is not sent" in press(shop, visitor, "Big", "up")
    assert stored(shop) == [("Big", True), ("Gold <i>", True)]
    press(shop, visitor, "Big", "down")
    press(shop, visitor, "Big", "off")
    assert stored(shop) == [("Gold <i>", True), ("Big", False)]
    press(shop, visitor, "Big", "on")
    assert "Deleted: &#34;Gold &lt;i&gt;&#34;." in press(shop, visitor, "Gold <i>", "delete")
    assert stored(shop) == [("Big", True)]
    with shop.database.reading() as db:
        assert {each.who for each in db.scalars(select(Event))} == {"owner"}


def test_a_button_that_there_is_not_is_a_bad_request(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    form = {"rule": rule_id(shop, "Big"), "verb": "explode"}
    assert visitor.post(f"{PAGE}/order", form).status_code == 400


def test_a_rule_of_another_connection_is_not_touched(shop: Site) -> None:
    shop.add_connection("beta")
    visitor = shop.bookkeeper()
    form = {"rule": rule_id(shop, "Big"), "verb": "delete"}
    page = visitor.press("/c/beta/rules", "/c/beta/rules/order", form)
    assert "The rule is no longer there; somebody has deleted it. Nothing was changed." in page
    assert len(stored(shop)) == 2


def test_the_form_adds_a_rule(shop: Site) -> None:
    visitor = shop.bookkeeper()
    form = typed(WEB, ("product", "is", " "), transaction="sales-receipt", terms="Net 30")
    page = visitor.press(PAGE, PAGE, form)
    words = "If the source is ONLINE, make a sales receipt and use the terms Net 30"
    assert f"Saved: {words}. What is not sent yet follows from now on" in page
    assert stored(shop)[-1] == ("Web", True)


def test_the_form_changes_the_rule_that_stands_in_it(shop: Site) -> None:
    visitor = shop.bookkeeper()
    number = rule_id(shop, "Gold <i>")
    visitor.get(f"{PAGE}?edit={number}")
    for words in ("Change a rule", 'value="Gold &lt;i&gt;"', 'value="GOLD"', 'value="G-"'):
        assert words in visitor.page
    visitor.press(PAGE, PAGE, typed(WEB, rule=number, then="skip"))
    assert stored(shop) == [("Web", True), ("Big", True)]
    visitor.get(f"{PAGE}?edit={number}")
    assert '<option value="skip" selected>' in visitor.page


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        (typed(terms="Net 30"), "A rule without a condition would change every order"),
        (typed(WEB), "A rule that does nothing is of no use"),
        (typed(("total", "contains", "5"), then="hold"), "The total cannot be compared by"),
        (typed(("colour", "is", "5"), then="hold"), "Choose field and comparison from the lists"),
        (typed(WEB, then="hold", name="big"), "Another rule is called &#34;big&#34;"),
        (typed(WEB, invoice_class="Onlin"), "QuickBooks has no active class &#34;Onlin&#34;"),
        (typed(WEB, then="hold", terms="Net 30"), "A rule that leaves an order out or holds it"),
        (typed(WEB, then="hold", verb="test"), "Write the number of the order to test on"),
    ],
)
def test_what_cannot_be_used_stays_in_the_form_with_the_reason(
    shop: Site, form: dict[str, str], problem: str
) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    assert visitor.post(PAGE, form).status_code == 422
    assert problem in visitor.page
    assert f'value="{form["name"]}"' in visitor.page
    assert len(stored(shop)) == 2


def test_the_test_shows_before_and_after_side_by_side(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(f"{PAGE}?order=1048")
    assert "Order 1048 matches: Gold &lt;i&gt;, Big." in visitor.page
    assert "Before: without rules" in visitor.page
    assert "Held: Order 1048 is held by the rule &#34;Big&#34;" in visitor.page


def test_a_typed_rule_is_tried_before_it_is_saved(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    new = typed(("title", "is", "Web order"), then="skip", verb="test", order="1048")
    assert visitor.post(PAGE, new).status_code == 200
    assert "Order 1048 matches: Gold &lt;i&gt;, Big." in visitor.page
    in_place = new | {"rule": rule_id(shop, "Gold <i>")}
    visitor.post(PAGE, in_place)
    assert "Order 1048 matches: Web." in visitor.page
    assert "is left out by the rule &#34;Web&#34;" in visitor.page
    assert 'value="Web"' in visitor.page
    assert stored(shop) == [("Gold <i>", True), ("Big", True)]


@pytest.mark.parametrize(
    ("order", "problem"),
    [("x", "Write the number of an order"), ("7", "Order 7 was not read from Keap")],
)
def test_an_order_that_there_is_not_cannot_be_tried(shop: Site, order: str, problem: str) -> None:
    visitor = shop.bookkeeper()
    assert visitor.get(f"{PAGE}?order={order}").status_code == 200
    assert problem in visitor.page


def test_rules_are_exported_and_taken_over(shop: Site) -> None:
    shop.add_connection("beta")
    visitor = shop.bookkeeper()
    answer = visitor.client.get(f"{PAGE}/rules.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-rules.json"'
    file = {"file": (io.BytesIO(answer.get_data()), "rules.json")}
    assert "Taken over: 2." in visitor.press("/c/beta/rules", "/c/beta/rules/import", file)
    assert stored(shop) == [("Gold <i>", True), ("Big", True)] * 2


def test_a_file_that_cannot_be_used_changes_nothing(shop: Site) -> None:
    visitor = shop.bookkeeper()
    visitor.get(PAGE)
    for content in (b"{}", b"[" * 50_000, b'{"x":' + b"[" * 50_000):
        file = {"file": (io.BytesIO(content), "rules.json")}
        assert visitor.post(f"{PAGE}/import", file).status_code == 422
        assert "The file is not one that was exported here" in visitor.page


def test_pages_of_an_order_name_the_rule_that_leaves_it_out(shop: Site) -> None:
    with shop.books() as books:
        books.order(1050, skip="skipped-by-rule")
        big = int(rule_id(shop, "Big"))
        record_hits(books.db, books.connection.id, {1050: [big]}, NOW)
    visitor = shop.bookkeeper()
    for page in ("/c/acme/orders", "/c/acme/orders/1050"):
        visitor.get(page)
        assert "Order 1050 is left out by the rule &#34;Big&#34;" in visitor.page
    visitor.get(f"/c/acme/orders?status={OrderStatus.SKIPPED_BY_SETTINGS}")
    assert "left out by a rule" in visitor.page
