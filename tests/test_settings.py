"""Every setting: its default, what it takes, and what it says to what it does not take."""

from dataclasses import fields
from datetime import date
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from qbwc_service.settings import SETTINGS, SettingError, Settings, changed, effective
from qbwc_service.settings.choices import AlertTopic
from qbwc_service.settings.setting import Setting

SET_UP_ON = date(2026, 11, 23)


def in_force(stored: dict[str, Any], zone: str = "America/Phoenix") -> Settings:
    return effective(stored, account_time_zone=zone, set_up_on=SET_UP_ON)


def test_a_new_connection_has_the_defaults() -> None:
    assert in_force({}) == Settings(
        start_date=SET_UP_ON,
        sync_minutes=15,
        sync_daily_at="",
        keap_hooks="no",
        wait_for_payment_minutes=5,
        manual_payment_hours=20,
        time_zone="America/Phoenix",
        order_status="",
        order_products="",
        order_sources="",
        order_min_total="",
        order_max_total="",
        drafts="hold",
        zero_orders="skip",
        transaction="invoice-and-payments",
        number_source="order-id",
        number_prefix="",
        number_suffix="",
        customer_match="email-then-name",
        customer_name="first-last",
        missing_customer="create",
        single_customer="Web Store",
        name_taken="add-number",
        update_customers="never",
        item_match="name",
        item_match_field="",
        missing_item="hold",
        no_sku="unknown-item",
        unknown_item="unknown_do_not_delete",
        new_item_type="service",
        income_account="",
        tax_account="",
        shipping_item="Keap Shipping",
        tax_item="Keap Sales Tax",
        discount_item="Keap Discount",
        finance_charge_item="Keap Finance Charge",
        tip_item="Keap Tip",
        fee_item="Keap Fee",
        rounding_item="Keap Rounding",
        credit_item="",
        refund_item="",
        deposit_account="",
        ar_account="",
        terms="",
        invoice_class="",
        invoice_template="",
        sales_rep="",
        ship_method="",
        customer_tax_code="",
        sale_date="order",
        closed_period="hold",
        memo="Keap order {order}, invoice {invoice}, {title}",
        po_number="Keap {order}",
        other_field="",
        custom_fields="",
        due_date="terms",
        to_be_printed="no",
        to_be_emailed="no",
        sales_tax="line",
        sales_tax_fallback="no",
        shipping_taxed="no",
        discounts_untaxed="yes",
        rounding_line="no",
        edited_orders="hold",
        approve_before_sending="no",
        payment_reference="transaction-id",
        overpayments="hold",
        refunds="credit-memo",
        refund_account="",
        refunds_to_approve=10,
        refund_unpaid="credit-memo",
        alert_emails="",
        alert_kinds="",
        alert_webhook="",
        daily_digest="yes",
        digest_at="07:00",
        quiet_hours="",
    )


def test_what_is_stored_counts_before_the_defaults_and_before_keap() -> None:
    stored = {"start_date": "2026-01-02", "time_zone": "Europe/Berlin", "sync_minutes": 5}
    chosen = in_force(stored)
    assert (chosen.start_date, chosen.time_zone, chosen.sync_minutes) == (
        date(2026, 1, 2),
        "Europe/Berlin",
        5,
    )


def test_a_time_zone_that_nobody_knows_yet_is_utc() -> None:
    assert in_force({}, zone="").time_zone == "UTC"


def test_a_stored_setting_of_another_version_is_left_alone() -> None:
    assert in_force({"colour": "red"}) == in_force({})


def test_the_list_of_settings_is_complete_and_each_is_explained() -> None:
    assert [setting.name for setting in SETTINGS] == [field.name for field in fields(Settings)]
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("start_date", "2026-11-01", "2026-11-01"),
        ("start_date", " 20261101 ", "2026-11-01"),
        ("sync_minutes", "1", 1),
        ("sync_minutes", "1440", 1440),
        ("sync_daily_at", "00:00", "00:00"),
        ("sync_daily_at", "23:59", "23:59"),
        ("time_zone", "America/New_York", "America/New_York"),
        ("number_prefix", "ABC-12", "ABC-12"),
        ("order_status", " paid in full,, Sent ,  paid  IN full", "paid IN full, Sent"),
        ("no_sku", "hold", "hold"),
        ("no_sku", "create", "create"),
        ("item_match", "custom-field", "custom-field"),
        ("item_match_field", "Läger-Code", "Läger-Code"),
        ("no_sku", "unknown-item", "unknown-item"),
        ("tax_item", "x" * 31, "x" * 31),
        ("income_account", "Umsatzerlöse:Läden", "Umsatzerlöse:Läden"),
        ("alert_emails", "bea@example.com,a.b+c@x-y.example", "bea@example.com, a.b+c@x-y.example"),
        ("alert_kinds", "sign-in,needs-you", "sign-in, needs-you"),
        ("alert_webhook", "https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("alert_webhook", "http://localhost:9000/a", "http://localhost:9000/a"),
        ("quiet_hours", "22:00 - 06:00", "22:00-06:00"),
    ],
)
def test_a_value_that_fits_is_stored_by_its_type(name: str, text: str, value: object) -> None:
    assert changed({"fee_item": "Fee"}, name, text) == {"fee_item": "Fee", name: value}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("alert_emails", "bea", "'bea' is not an e-mail address like bea@example.com"),
        (
            "alert_emails",
            "a@b.c\r\nBcc:x@y.z",
            "'a@b.c Bcc:x@y.z' is not an e-mail address like bea@example.com",
        ),
        ("alert_emails", ",".join(f"a{n}@b.c" for n in range(11)), "at most 10 addresses"),
        (
            "alert_kinds",
            "weather",
            f"write some of {', '.join(get_args(AlertTopic))}, with commas between",
        ),
        (
            "alert_webhook",
            "example.com",
            "'example.com' is not a web address like https://example.com/alerts",
        ),
        ("alert_webhook", "http://example.com", "write an address that begins with https://"),
        (
            "alert_webhook",
            "https://a:b@example.com",
            "'https://a:b@example.com' is not a web address like https://example.com/alerts",
        ),
        (
            "alert_webhook",
            "file:///etc/passwd",
            "'file:///etc/passwd' is not a web address like https://example.com/alerts",
        ),
        ("quiet_hours", "22-6", "'22-6' is not a part of the day like 22:00-06:00"),
        ("quiet_hours", "06:00-06:00", "'06:00-06:00' is not a part of the day like 22:00-06:00"),
        ("order_status", "x" * 41, "at most 20 words of 40 characters"),
        ("order_status", ",".join("abcdefghijklmnopqrstu"), "at most 20 words of 40 characters"),
        ("order_status", "a\x00b", "use letters, digits and signs"),
        ("start_date", "11/23/2026", "'11/23/2026' is not a date like 2026-11-23"),
        ("start_date", "2026-02-30", "'2026-02-30' is not a date like 2026-11-23"),
        ("sync_minutes", "0", "write a whole number of minutes from 1 to 1440"),
        ("sync_minutes", "1441", "write a whole number of minutes from 1 to 1440"),
        ("sync_minutes", "1.5", "write a whole number of minutes from 1 to 1440"),
        ("sync_minutes", "-5", "write a whole number of minutes from 1 to 1440"),
        ("sync_daily_at", "24:00", "'24:00' is not a time like 18:30"),
        ("sync_daily_at", "7:30", "'7:30' is not a time like 18:30"),
        ("sync_daily_at", "18:60", "'18:60' is not a time like 18:30"),
        ("time_zone", "Phoenix", "'Phoenix' is not a time zone like America/New_York"),
        ("time_zone", "America", "'America' is not a time zone like America/New_York"),
        ("time_zone", "../etc", "'../etc' is not a time zone like America/New_York"),
        ("number_prefix", "ABC-123", "at most 6 characters, so that the number still fits"),
        ("number_prefix", "Ä-", "use plain letters, digits and signs"),
        ("no_sku", "guess", "write unknown-item, hold or create"),
        ("missing_item", "guess", "write hold, unknown-item or create"),
        ("item_match", "sku", "write name, part-number, barcode or custom-field"),
        ("item_match_field", "x" * 32, "QuickBooks allows 31 characters in its name"),
        ("new_item_type", "inventory", "write service or non-inventory"),
        ("tip_item", "x" * 32, "QuickBooks allows 31 characters in an item name"),
        ("unknown_item", "x" * 32, "QuickBooks allows 31 characters in an item name"),
        ("shipping_item", "a\tb", "use plain letters, digits and signs"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_does(
    name: str, text: str, reason: str
) -> None:
    with pytest.raises(SettingError) as refused:
        changed({}, name, text)
    assert (refused.value.name, refused.value.reason) == (name, reason)
    assert str(refused.value) == f"{name}: {reason}"


def test_nothing_goes_back_to_the_default_and_touches_no_other() -> None:
    stored = {"sync_minutes": 5, "fee_item": "Fee"}
    assert changed(stored, "sync_minutes", "  ") == {"fee_item": "Fee"}
    assert stored == {"sync_minutes": 5, "fee_item": "Fee"}


def test_a_setting_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(SettingError, match="colour: there is no such setting; these exist: ") as no:
        changed({}, "colour", "red")
    assert all(setting.name in no.value.reason for setting in SETTINGS)


def test_every_stored_zone_can_be_used() -> None:
    assert ZoneInfo(in_force(changed({}, "time_zone", "Asia/Kolkata")).time_zone).key == (
        "Asia/Kolkata"
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_what_no_list_could_have_as_a_name_is_refused_before_any_list_was_read(
    setting: Setting,
) -> None:
    """Whatever its kind: nothing that is longer than any name, or has a line end in it."""
    for text in ("x" * 15_000, "Sales\nIncome\0"):
        with pytest.raises(SettingError):
            changed({}, setting.name, text)
