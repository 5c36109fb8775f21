"""Accounts and payments: where Keap's kinds of payment and its taxes go."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from qbwc_service.admin.settings_view import KEEP
from qbwc_service.ledger import chosen_entries, mappings
from qbwc_service.ledger.models import Connection, Event, MappingKind, MirrorRecord
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.admin.site import NOW, Site, Visitor
from tests.ledger_rows import add_entry, add_mapping, add_read_lists

PAGE = "/c/acme/accounts"
LISTS = ("Account", "Item", "PaymentMethod", "Terms")


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """Somebody at a connection whose lists were read, with card payments and a cheque."""
    site.add_connection()
    with site.books() as books:
        db, acme = books.db, books.connection.id
        add_read_lists(db, acme, *LISTS)
        for name, kind in (
            ("Checking", "Bank"),
            ("Card Clearing", "OtherCurrentAsset"),
            ("Sales", "Income"),
            ("Receivables", "AccountsReceivable"),
        ):
            add_entry(db, acme, "Account", name, kind)
        for name in ("Visa", "Check", "Card <3>"):
            add_entry(db, acme, "PaymentMethod", name)
        add_entry(db, acme, "Terms", "Net 30")
        add_entry(db, acme, "Terms", "Net 15", is_active=False)
        add_entry(db, acme, "Item", "AZ Tax", "SalesTax")
        add_entry(db, acme, "Item", "Hammer", "Inventory")
        for number, (method, kind) in enumerate(
            [("VISA", "CREDIT_CARD"), ("VISA", "CREDIT_CARD"), ("Check", "CHECK")], 1
        ):
            books.loose_payment(received(number, method, kind))
        books.loose_payment(received(9, "Points", "ADJUSTMENT", PaymentKind.CREDIT))
    return site.bookkeeper()


def received(
    number: int, method: str, source_kind: str, kind: PaymentKind = PaymentKind.CASH
) -> ReceivedPayment:
    day = NOW.date()
    return ReceivedPayment(number, 12, kind, source_kind, "APPROVED", 5000, day, method, "", (12,))


def mapped(site: Site) -> list[tuple[str, str, str]]:
    with site.database.reading() as db:
        rows = mappings.of_connection(db, db.query(Connection).one())
        return [(row.kind.value, row.shown, row.full_name) for row in rows]


def select(page: str, name: str) -> tuple[list[str], str]:
    """The options of a select as they are read, and the chosen one."""
    _, _, rest = page.partition(f'<select id="{name}"')
    options = re.findall(r"<option([^>]*)>([^<]*)</option>", rest.partition("</select>")[0])
    chosen = next((text for attributes, text in options if "selected" in attributes), "")
    return [html.unescape(text) for _, text in options], html.unescape(chosen)


def test_each_payment_type_and_card_that_keap_uses_has_a_row(visitor: Visitor) -> None:
    assert visitor.get(PAGE).status_code == 200
    assert re.findall(r'name="words-\d" value="([^"]+)"', visitor.page) == [
        "CREDIT_CARD",
        "VISA",
        "Check",
    ]
    assert "(2 payments)" in visitor.page
    options, chosen = select(visitor.page, "method-1")
    assert (options, chosen) == (
        ["Not chosen: Visa", "Card <3>", "Check", "Visa"],
        "Not chosen: Visa",
    )
    assert select(visitor.page, "method-0")[1] == "Not chosen: no method"
    options, chosen = select(visitor.page, "deposit-1")
    assert options == ["Not chosen: Undeposited Funds", "Card Clearing", "Checking"]
    assert "Points" not in visitor.page


def test_method_and_account_of_a_card_are_saved_and_forgotten(visitor: Visitor, site: Site) -> None:
    form = {"words-0": "VISA", "method-0": "Card <3>", "deposit-0": "Card Clearing"}
    page = visitor.press(PAGE, f"{PAGE}/payments", form)
    assert "Saved. What is not sent yet follows it from now on." in page
    assert mapped(site) == [
        ("deposit-account", "VISA", "Card Clearing"),
        ("payment-method", "VISA", "Card <3>"),
    ]
    assert select(page, "method-1")[1] == "Card <3>"
    page = visitor.press(PAGE, f"{PAGE}/payments", form)
    assert "Nothing was changed: it was chosen so before." in page

    visitor.press(PAGE, f"{PAGE}/payments", form | {"method-0": ""})
    assert mapped(site) == [("deposit-account", "VISA", "Card Clearing")]
    with site.database.reading() as db:
        assert [(each.who, each.text) for each in db.query(Event).order_by(Event.id)] == [
            ("owner", 'Chosen as payment method for "VISA": Card <3>'),
            ("owner", 'Chosen as deposit account for "VISA": Card Clearing'),
            ("owner", 'No longer chosen as payment method for "VISA": Card <3>'),
        ]


def test_all_rows_are_saved_or_none(visitor: Visitor, site: Site) -> None:
    form = {
        "words-0": "VISA",
        "method-0": "Visa",
        "words-1": "CHECK",
        "deposit-1": "Sales",
    }
    page = visitor.press(PAGE, f"{PAGE}/payments", form)
    assert "Nothing was changed. The account &#34;Sales&#34; is of the type Income" in page
    assert mapped(site) == []


def test_what_is_gone_is_shown_and_does_not_keep_others_from_being_saved(
    visitor: Visitor, site: Site
) -> None:
    with site.books() as books:
        db, acme = books.db, books.connection.id
        add_mapping(db, acme, MappingKind.DEPOSIT_ACCOUNT, "visa", "Account", "Old Bank")
        db.flush()
        chosen_entries.check(db, books.connection, NOW)
    visitor.get("/c/acme")
    assert "QuickBooks has no active account &#34;Old Bank&#34; any more" in visitor.page
    visitor.get(PAGE)
    assert select(visitor.page, "deposit-1")[1] == "Old Bank (cannot be used now)"

    form = {"words-0": "VISA", "method-0": "Check", "deposit-0": KEEP}
    visitor.press(PAGE, f"{PAGE}/payments", form)
    assert mapped(site) == [
        ("deposit-account", "Visa", "Old Bank"),
        ("payment-method", "VISA", "Check"),
    ]
    visitor.press(PAGE, f"{PAGE}/payments", form | {"deposit-0": "Checking"})
    visitor.get("/c/acme")
    assert "Old Bank" not in visitor.page.partition("What people did here")[0]


def test_a_renamed_entry_is_shown_under_its_new_name(visitor: Visitor, site: Site) -> None:
    visitor.press(PAGE, f"{PAGE}/payments", {"words-0": "VISA", "method-0": "Visa"})
    with site.books() as books:
        row = books.db.query(MirrorRecord).filter_by(full_name="Visa").one()
        row.full_name, row.full_name_key = "Visa direct", "visa direct"
    visitor.get(PAGE)
    assert select(visitor.page, "method-1")[1] == "Visa direct"


def test_taxes_are_added_and_forgotten(visitor: Visitor, site: Site) -> None:
    visitor.get(PAGE)
    assert select(visitor.page, "item")[0] == ["AZ Tax (QuickBooks reckons)"]
    form = {"kind": "state", "value": "Arizona", "item": "AZ Tax"}
    page = visitor.press(PAGE, f"{PAGE}/taxes", form)
    assert mapped(site) == [("tax-item", "state Arizona", "AZ Tax")]
    assert 'value="state:AZ" aria-label="Forget state Arizona"' in page
    visitor.press(PAGE, f"{PAGE}/taxes/forget", {"tax": "state:AZ"})
    assert mapped(site) == []


def test_the_page_says_when_a_sales_tax_item_is_used(visitor: Visitor, site: Site) -> None:
    form = {"kind": "state", "value": "AZ", "item": "AZ Tax"}
    page = html.unescape(visitor.press(PAGE, f"{PAGE}/taxes", form))
    assert "the tax of an order is a line of its own with Keap's amount" in page
    assert 'else to the item "Keap Sales Tax"' in page
    assert "(not used now: the tax is a line, and this is a sales tax item)" in page
    assert 'href="/c/acme/settings#sales_tax"' in page

    with site.books() as books:
        books.connection.settings = books.connection.settings | {"sales_tax": "quickbooks"}
        db, acme = books.db, books.connection.id
        add_entry(db, acme, "Item", "Tax charge", "OtherCharge")
        add_mapping(db, acme, MappingKind.TAX_ITEM, "state:UT", "Item", "Tax charge")
    visitor.get(PAGE)
    page = html.unescape(visitor.page)
    assert "By your settings QuickBooks reckons the tax of an order" in page
    assert page.count("(not used now: QuickBooks reckons the tax, and this is no sales tax") == 1
    assert "the tax is a line, and" not in page
    assert select(visitor.page, "item")[0] == [
        "AZ Tax (QuickBooks reckons)",
        "Tax charge (as a line)",
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "rate", "value": "much", "item": "AZ Tax"}, "names no tax: write a rate"),
        ({"kind": "rate", "value": "8.25", "item": "Hammer"}, "is of the type Inventory"),
        ({"kind": "rate", "value": "8.25", "item": ""}, "QuickBooks has no active item"),
    ],
)
def test_a_tax_that_cannot_be_used_changes_nothing(
    visitor: Visitor, site: Site, form: dict[str, str], words: str
) -> None:
    page = visitor.press(PAGE, f"{PAGE}/taxes", form)
    assert "Nothing was changed." in page
    assert words in html.unescape(page)
    assert mapped(site) == []


def test_a_tax_of_no_kind_is_refused(visitor: Visitor) -> None:
    visitor.get(PAGE)
    assert visitor.post(f"{PAGE}/taxes", {"kind": "colour"}).status_code == 400


def test_before_the_first_update_the_page_says_so(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    assert "QuickBooks&#39; lists were not read yet." in html.unescape(visitor.page).replace(
        "'", "&#39;"
    )
    assert "No payment was read from Keap yet." in visitor.page
    visitor.get("/c/acme")
    assert 'href="/c/acme/accounts"' in visitor.page


def test_nobody_chooses_without_signing_in_or_without_the_pages_token(
    visitor: Visitor, site: Site
) -> None:
    assert site.visitor().get(PAGE).status_code == 302
    visitor.get(PAGE)
    visitor.page = ""
    answer = visitor.post(f"{PAGE}/payments", {"words-0": "VISA", "method-0": "Visa"})
    assert answer.status_code == 400
    assert mapped(site) == []


def test_the_page_takes_as_many_statements_for_many_payments(visitor: Visitor, site: Site) -> None:
    def statements() -> int:
        asked: list[str] = []

        def note(*what: object) -> None:
            asked.append(str(what[2]))

        event.listen(site.database.engine, "before_cursor_execute", note)
        visitor.get(PAGE)
        event.remove(site.database.engine, "before_cursor_execute", note)
        return len(asked)

    few = statements()
    with site.books() as books:
        for number in range(600):
            books.loose_payment(received(1000 + number, f"Brand {number % 150}", "CREDIT_CARD"))
            if number < 40:
                key = f"brand {number}"
                args = (MappingKind.PAYMENT_METHOD, key, "PaymentMethod", "Visa")
                add_mapping(books.db, books.connection.id, *args)
    site.now += timedelta(minutes=1)
    assert statements() == few
    assert len(re.findall(r'name="words-\d+"', visitor.page)) == 100
