"""The entry that a setting names, or that a person mapped."""

from qbwc_service.matching.list_entries import named_entry, still_there
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import LIST_SETTINGS
from tests.matching.company_file import chosen_for, company_file, entry

TERMS = next(setting for setting in LIST_SETTINGS if setting.name == "terms")
NET_30 = entry("Net 30")


def test_an_entry_is_found_in_any_case_and_nothing_where_nothing_is_chosen() -> None:
    company = company_file(lists={"Terms": [NET_30]})
    assert named_entry(TERMS, " net  30", company, order_id=7) == NET_30
    assert named_entry(TERMS, "", company, order_id=7) is None


def test_an_entry_that_is_not_there_is_a_hold_with_setting_list_and_entry() -> None:
    hold = Hold(
        "list-entry-not-in-quickbooks",
        {"setting": "terms", "list": "terms", "entry": "Net 60", "order": "7"},
    )
    for entries in ([], [NET_30], [entry("Net 60", is_active=False)]):
        company = company_file(lists={"Terms": entries})
        assert named_entry(TERMS, "Net 60", company, order_id=7) == hold


def test_a_list_that_was_never_read_has_no_say() -> None:
    company = company_file(lists={"Class": [entry("Online")]})
    assert named_entry(TERMS, "Net 60", company, order_id=7) is None


def test_a_mapped_entry_counts_under_its_new_name() -> None:
    renamed = entry("Visa/MC")
    assert still_there(chosen_for("Visa", "PaymentMethod", renamed), "x", order_id=7) == renamed


def test_a_mapped_entry_that_is_gone_or_inactive_is_a_hold() -> None:
    details = {"setting": "it", "list": "payment method", "entry": "Card", "order": "7"}
    for there in ("Card", entry("Card", is_active=False)):
        found = still_there(chosen_for("Visa", "PaymentMethod", there), "it", order_id=7)
        assert found == Hold("list-entry-not-in-quickbooks", details)
