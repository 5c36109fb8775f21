"""Words and the readable forms of XML and JSON."""

import inspect
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qbwc_service.admin import setting_words, words
from qbwc_service.admin.technical import readable_json, readable_xml
from qbwc_service.ledger.kind_words import called
from qbwc_service.ledger.models import Kind, OrderStatus, PaymentStatus
from qbwc_service.ledger.states import State
from qbwc_service.messages import skips
from qbwc_service.planning import order_filter
from qbwc_service.planning.order import PaymentKind
from qbwc_service.planning.receipts import NOT_PAID_YET
from qbwc_service.settings import SETTINGS, THEMES
from qbwc_service.settings.zones import zone_named


def test_every_status_has_words() -> None:
    assert set(words.ORDER_STATUS) == set(OrderStatus)
    assert set(words.PAYMENT_STATUS) == set(PaymentStatus)
    assert set(words.POSTING_STATE) == set(State)


def test_every_kind_of_record_and_of_payment_row_has_words() -> None:
    assert all(called(kind)[0].isupper() for kind in Kind)
    assert set(words.PAYMENT_KIND) == set(PaymentKind)
    assert set(setting_words.SETTING_THEME) == set(THEMES)


def test_every_reason_to_leave_an_order_out_has_words() -> None:
    planned = inspect.getsource(order_filter)
    reasons = {entry.id for entry in skips.ENTRIES if f'"{entry.id}"' in planned} | {NOT_PAID_YET}
    assert len(reasons) > 9
    assert reasons <= set(words.SKIP_REASON)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(minutes=120), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_unit(length: timedelta, text: str) -> None:
    assert words.span(length) == text


def test_times_are_told_in_the_zone_of_the_connection() -> None:
    moment = datetime(2026, 11, 3, 2, 5, tzinfo=UTC)
    assert words.local_time(moment, ZoneInfo("America/New_York")) == "2 Nov 2026, 21:05"
    assert words.local_time(moment) == "3 Nov 2026, 02:05"
    assert words.local_time(None) == ""


@pytest.mark.parametrize("name", ["", "Nowhere/City", "../etc/passwd"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert zone_named(name) == ZoneInfo("UTC")


def test_a_setting_is_called_by_a_readable_name() -> None:
    assert setting_words.setting_label("income_account") == "Income account"
    assert setting_words.setting_label("no_sku") == "Line without SKU"


def test_a_choice_is_called_by_what_it_means_in_its_setting() -> None:
    assert setting_words.setting_choice("create", "missing_customer") == "Make the customer"
    assert setting_words.setting_choice("create", "missing_item") == "Create the item"
    written_out = {
        setting_words.setting_choice(choice, setting.name)
        for setting in SETTINGS
        for choice in setting.choices
    }
    assert not [text for text in written_out if text[0].islower() or "_" in text]


def test_a_message_calls_a_setting_as_the_page_does() -> None:
    details = {"account": "Sales", "setting": "deposit_account", "order": 1048}
    assert "(Deposit account)" in words.explained("no-deposit-account", details).why
    details["setting"] = "deposit account for Visa"
    assert "(deposit account for Visa)" in words.explained("no-deposit-account", details).why


def test_xml_is_indented_and_masked() -> None:
    assert readable_xml("<?xml version='1.0'?><?qbxml version='13.0'?><A><SSN>1</SSN></A>") == (
        "<?qbxml version='13.0'?>\n<A>\n  <SSN>*****</SSN>\n</A>\n"
    )


@pytest.mark.parametrize("text", ["", "<A>", "no xml", "<A>\0</A>"])
def test_what_is_no_xml_is_shown_as_it_is(text: str) -> None:
    assert readable_xml(text) == text


def test_the_declared_encoding_does_not_garble_names() -> None:
    assert readable_xml("<?xml version='1.0' encoding='ISO-8859-1'?><A>Bø</A>") == "<A>Bø</A>\n"


def test_entities_of_an_answer_are_not_resolved() -> None:
    text = '<!DOCTYPE A [<!ENTITY x SYSTEM "file:///etc/hostname">]><A>&x;</A>'
    assert "&x;" in readable_xml(text)


def test_a_long_text_is_cut_and_says_so() -> None:
    assert readable_xml("x" * 60_005) == "x" * 60_000 + "\n... 5 more characters are not shown here"


def test_json_keeps_its_numbers_and_loses_its_secrets() -> None:
    text = '{"total":12.10,"access_token":"a\\"b","card_number":4111}'
    assert readable_json(text) == (
        '{\n  "total": 12.10,\n  "access_token": "*****",\n  "card_number": "*****"\n}'
    )


def test_what_is_no_json_is_masked_all_the_same() -> None:
    assert readable_json('{"password": "p", ') == '{"password": "*****", '


def test_a_day_in_a_message_is_written_like_every_other_day() -> None:
    details = {"order": 7, "start_date": date(2026, 11, 1), "date": "2026-11-23", "sku": "2026-1-1"}
    assert words.explained("before-start-date", details).title == (
        "Order 7 is from before the start date 1 Nov 2026"
    )
    assert words.explained("closed-period", details).title == "23 Nov 2026 is in a closed period"
    assert words.explained("item-not-in-quickbooks", details).title == (
        'QuickBooks has no item "2026-1-1"'
    )


def test_a_month_is_written_with_its_name() -> None:
    assert words.month("2026-11") == "November 2026"
    assert words.month("someday") == "someday"
