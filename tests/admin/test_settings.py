"""The page Settings: all of them, searchable; choices of QuickBooks' lists; who changed what."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import event, select

from qbwc_service.admin.settings_view import KEEP
from qbwc_service.admin.surroundings import Surroundings
from qbwc_service.ledger.models import AuditEntry, Connection, Event, KeapOrder, Role
from qbwc_service.ledger.queue import needs_plan
from qbwc_service.settings import SETTINGS
from tests.admin.site import NOW, Site, Visitor
from tests.ledger_rows import add_entry, add_read_lists

PAGE = "/c/acme/settings"


@pytest.fixture
def with_lists(site: Site) -> Visitor:
    """Somebody at a connection whose accounts and terms were read, and not its sales reps."""
    site.add_connection()
    with site.books() as books:
        db, acme = books.db, books.connection.id
        add_read_lists(db, acme, "Account", "Terms")
        add_entry(db, acme, "Account", "Sales", "Income")
        add_entry(db, acme, "Account", "Receivables", "AccountsReceivable")
        add_entry(db, acme, "Terms", "Net 30")
        add_entry(db, acme, "Terms", "Net 15", is_active=False)
    return site.bookkeeper()


def _connection(site: Site) -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).one()


def _events(site: Site) -> list[tuple[str, str]]:
    with site.database.reading() as db:
        return [(event.who, event.text) for event in db.query(Event).order_by(Event.id)]


def _select(page: str, name: str) -> tuple[list[str], str]:
    """The options of a select as they are read, and the chosen one."""
    _, _, rest = page.partition(f'<select id="{name}"')
    options = re.findall(r"<option([^>]*)>([^<]*)</option>", rest.partition("</select>")[0])
    chosen = next((text for attributes, text in options if "selected" in attributes), "")
    return [html.unescape(text) for _, text in options], html.unescape(chosen)


def _fields(page: str) -> dict[str, str]:
    """What a browser would send if nothing was touched."""
    form: dict[str, str] = {}
    body = page.partition('<form class="card" id="settings"')[2].partition("</form>")[0]
    for tag in re.findall(r"<(?:input|select)[^>]*>", body):
        name = re.search(r' name="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or " checked" in tag):
            form[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'(?s)<select id="([^"]+)".*?>(.*?)</select>', body):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        form[name] = html.unescape(chosen[1]) if chosen else ""
    return form


def _shown(page: str) -> list[str]:
    return re.findall(r'<div class="setting">\s*<input type="hidden" name="was-([a-z_]+)"', page)


def test_settings_are_saved_together_and_noted(site: Site) -> None:
    site.add_connection()
    form = {"start_date": "2026-10-01", "sync_minutes": "30", "number_prefix": "K-"}
    page = site.bookkeeper().press(PAGE, PAGE, form)
    assert "Settings saved." in page
    assert _connection(site).settings == {
        "start_date": "2026-10-01",
        "sync_minutes": 30,
        "number_prefix": "K-",
    }
    assert _events(site) == [
        (
            "owner",
            "Settings changed: number_prefix = K-, start_date = 2026-10-01, sync_minutes = 30",
        )
    ]


def test_one_bad_setting_saves_none_and_keeps_what_was_typed(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    form = {"sync_minutes": "0", "number_prefix": "<K>"}
    assert visitor.post(PAGE, form).status_code == 422
    assert "write a whole number of minutes from 1 to 1440" in visitor.page
    assert 'value="&lt;K&gt;"' in visitor.page
    assert _connection(site).settings == {"start_date": "2026-11-01"}


def _setting(page: str, name: str) -> str:
    """The part of the form that is about this setting."""
    (found,) = (part for part in page.split('<div class="setting">')[1:] if f'"{name}"' in part)
    return html.unescape(found)


def test_the_settings_stand_under_their_themes(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    themes = re.findall(r"<h2>([^<]+)</h2>", visitor.page.partition('id="settings"')[2])
    assert themes == [
        "When Keap is read",
        "The form",
        "Customers",
        "Items",
        "Payments and refunds",
        "Alerts and quiet hours",
    ]
    form = visitor.page.partition('id="settings"')[2]
    names = re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', form)
    assert {setting.name for setting in SETTINGS} <= set(names)
    for setting in SETTINGS:
        assert setting.meaning in html.unescape(visitor.page)


def test_what_an_order_becomes_is_chosen_in_words_the_usual_first(site: Site) -> None:
    site.add_connection(settings={"start_date": "2026-11-01", "transaction": "sales-receipt"})
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    part = _setting(visitor.page, "transaction")
    assert "An order becomes" in part
    assert re.findall(r'<option value="([^"]*)"( selected)?>([^<]+)<', part) == [
        ("", "", "Invoices and payments if paid (default)"),
        ("invoice", "", "Invoices only"),
        ("sales-receipt", " selected", "Sales receipts, once paid in full"),
        ("sales-order", "", "Sales orders"),
    ]


def test_yes_and_no_are_two_buttons_and_the_default_is_kept_as_such(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    part = _setting(visitor.page, "shipping_taxed")
    buttons = re.findall(r'<input type="radio"[^>]*value="([^"]*)"( checked)?> ([^<]+)<', part)
    assert buttons == [("yes", "", "Yes"), ("", " checked", "No (default)")]
    form = {"shipping_taxed": "yes", "to_be_printed": ""}
    page = visitor.press(PAGE, PAGE, form)
    assert re.search(r'value="yes" checked> Yes', _setting(page, "shipping_taxed"))
    assert _connection(site).settings == {"start_date": "2026-11-01", "shipping_taxed": "yes"}


def test_the_invoice_number_as_reference_is_refused_with_the_reason(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(PAGE)
    part = _setting(visitor.page, "payment_reference")
    assert '<option value="invoice-id" disabled>Invoice number of Keap (not possible)</op' in part
    reason = "an invoice can have several payments, and each needs a reference of its own"
    assert f"Invoice number of Keap: not possible, because {reason}" in part
    assert visitor.post(PAGE, {"payment_reference": "invoice-id"}).status_code == 422
    refused = _setting(visitor.page, "payment_reference").partition("notice refused")[2]
    assert reason in refused
    assert "payment_reference" not in _connection(site).settings


def test_changed_settings_plan_what_is_not_sent_again(site: Site) -> None:
    site.add_connection()
    earlier = NOW - timedelta(hours=1)
    with site.books() as books:
        books.invoice(books.order(1048, planned_at=earlier))
    with site.database.reading() as db:
        (order,) = db.scalars(select(KeapOrder)).all()
        assert not needs_plan(_connection(site), order)

    site.bookkeeper().press(PAGE, PAGE, {"number_prefix": "K"})

    assert needs_plan(_connection(site), order)


def test_settings_are_chosen_from_the_lists_that_were_read(with_lists: Visitor, site: Site) -> None:
    with_lists.get(PAGE)
    assert _select(with_lists.page, "terms")[0] == ["Not chosen", "Net 30"]
    assert _select(with_lists.page, "ar_account")[0] == ["Not chosen", "Receivables"]
    assert '<input id="sales_rep" name="sales_rep"' in with_lists.page
    form = {"terms": "Net 30", "ar_account": "Receivables", "sales_rep": "AL"}
    page = with_lists.press(PAGE, PAGE, form)
    assert "Settings saved. Orders that are not sent yet follow them from now on." in page
    assert _connection(site).settings == {"start_date": "2026-11-01"} | form
    assert _select(page, "terms")[1] == "Net 30"


def test_a_setting_that_quickbooks_does_not_have_saves_none(
    with_lists: Visitor, site: Site
) -> None:
    with_lists.get(PAGE)
    answer = with_lists.post(PAGE, {"terms": "Net 15", "ar_account": "Receivables"})
    assert answer.status_code == 422
    assert "QuickBooks has no active terms" in with_lists.page
    assert _connection(site).settings == {"start_date": "2026-11-01"}


def test_a_setting_that_is_gone_stays_until_another_is_chosen(
    with_lists: Visitor, site: Site
) -> None:
    with site.books() as books:
        books.connection.settings = {"terms": "Net 45"}
    with_lists.get(PAGE)
    assert _select(with_lists.page, "terms")[1] == "Net 45 (cannot be used now)"
    with_lists.press(PAGE, PAGE, {"terms": KEEP, "ar_account": "Receivables"})
    assert _connection(site).settings == {"terms": "Net 45", "ar_account": "Receivables"}
    with_lists.press(PAGE, PAGE, {"terms": ""})
    assert _connection(site).settings == {"ar_account": "Receivables"}


def test_a_page_that_was_only_looked_at_changes_nothing(with_lists: Visitor, site: Site) -> None:
    with site.books() as books:
        books.connection.settings = {
            "terms": "net 30", "ar_account": "Gone", "transaction": "invoice", "memo": "Order",
            "drafts": "hold", "shipping_taxed": "yes",
        }  # fmt: skip
    before = _connection(site).settings
    with_lists.get(PAGE)
    form = _fields(with_lists.page)
    assert {setting.name for setting in SETTINGS} <= set(form)
    with_lists.press(PAGE, PAGE, form)
    assert _connection(site).settings == before
    assert _events(site) == []


def test_a_stale_page_does_not_write_over_what_a_colleague_changed(site: Site) -> None:
    site.add_connection()
    mine, theirs = site.bookkeeper(), site.signed_in("bea", Role.BOOKKEEPER)
    mine.get(PAGE)
    form = _fields(mine.page)
    theirs.press(PAGE, PAGE, {"number_prefix": "B-", "memo": "Theirs"})

    assert mine.post(PAGE, form | {"number_prefix": "A-"}).status_code == 422
    assert "it is &#34;B-&#34; now" in mine.page
    assert _connection(site).settings["number_prefix"] == "B-"
    mine.press(PAGE, PAGE, form | {"sync_minutes": "30"})
    assert _connection(site).settings == {
        "start_date": "2026-11-01", "number_prefix": "B-", "memo": "Theirs", "sync_minutes": 30,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("shipping tax", "shipping_taxed"),
        ("cheque", "refunds"),
        ("ar_account", "ar_account"),
        ("MEMO", "memo"),
    ],
)
def test_a_setting_is_found_by_name_meaning_or_choice(site: Site, words: str, first: str) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(f"{PAGE}?q={words}")
    assert first in _shown(visitor.page)
    assert 0 < len(_shown(visitor.page)) < len(SETTINGS) / 2
    page = visitor.press(f"{PAGE}?q={words}", f"{PAGE}?q={words}", {"number_prefix": "K-"})
    assert len(_shown(page)) < len(SETTINGS) / 2


def test_a_search_for_nothing_that_is_there_says_so(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get(f"{PAGE}?q=zebra")
    assert "No setting fits." in visitor.page


def test_what_was_changed_is_marked_and_told_by_whom(site: Site) -> None:
    site.add_connection()
    bea = site.signed_in("bea", Role.BOOKKEEPER)
    bea.press(PAGE, PAGE, {"transaction": "sales-receipt"})
    bea.press(PAGE, PAGE, {"transaction": "sales-order"})
    bea.get(f"{PAGE}?show=changed")
    assert _shown(bea.page) == ["transaction"]
    part = _setting(bea.page, "transaction")
    assert '<span class="chip busy">changed</span>' in part
    assert "bea changed it on" in part
    assert "before: Sales receipts, once paid in full." in part


def test_a_change_is_in_the_audit_with_before_and_after(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.press(PAGE, PAGE, {"number_prefix": "K-"})
    with site.database.reading() as db:
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.what == "Settings changed"))
    assert (entry.who, entry.address) == ("owner", "192.0.2.1")
    assert entry.details == {"changes": {"number_prefix": [None, "K-"]}}


def test_a_viewer_reads_the_settings_and_cannot_touch_them(site: Site) -> None:
    site.add_connection()
    viewer = site.signed_in("vic", Role.VIEWER)
    assert viewer.get(PAGE).status_code == 200
    assert "Save settings" not in viewer.page
    body = viewer.page.partition('<form class="card" id="settings"')[2].partition("</form>")[0]
    fields = re.findall(r'<(?:input|select)[^>]* id="[^>]*>|<fieldset[^>]*>', body)
    assert fields
    assert all(" disabled" in field for field in fields)


def test_the_page_takes_as_many_statements_with_long_lists(with_lists: Visitor, site: Site) -> None:
    def statements() -> int:
        asked: list[str] = []

        def note(*what: object) -> None:
            asked.append(str(what[2]))

        event.listen(site.database.engine, "before_cursor_execute", note)
        with_lists.get(PAGE)
        event.remove(site.database.engine, "before_cursor_execute", note)
        return len(asked)

    few = statements()
    with site.books() as books:
        for number in range(300):
            add_entry(books.db, books.connection.id, "Account", f"Sales {number}", "Income")
    for number in range(3):
        with_lists.press(PAGE, PAGE, {"number_prefix": f"K{number}"})
    assert statements() == few
    assert "Sales 299" in with_lists.page


def test_calls_of_keap_are_refused_where_keap_cannot_reach_us(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    here = cast("Surroundings", site.app.extensions["qbwc_admin"])
    config = replace(here.config, keap_api_url="https://api.keap.com/crm")
    replace(here, config=replace(config, public_url="http://localhost:8000")).join(site.app)
    visitor.get(PAGE)
    assert visitor.post(PAGE, {"keap_hooks": "yes"}).status_code == 422
    assert "Keap cannot reach http://localhost:8000" in visitor.page
    replace(here, config=config).join(site.app)
    visitor.get(PAGE)
    assert visitor.post(PAGE, {"keap_hooks": "yes"}).status_code == 302
    visitor.get("/c/acme")
    assert "<dt>Calls from Keap</dt><dd>On; Keap is told at the next look.</dd>" in visitor.page
