"""Payment method and deposit account, for the card brand, else for the type."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.matching.company import Company, ListEntry
from qbwc_service.matching.keys import name_key
from qbwc_service.matching.payment_methods import (
    match_deposit_account,
    match_payment_method,
    method_key,
)
from qbwc_service.planning.order import ReceivedPayment
from qbwc_service.planning.plan import Hold
from tests.matching.company_file import account, chosen_for, company_file, entry
from tests.world import paid

METHODS = {
    name: f"M-{name}"
    for name in ("American Express", "Cash", "Check", "E-Check", "MasterCard", "Visa")
}
BANK = entry("Bank:Checking", kind="Bank")
CLEARING = entry("Card Clearing", kind="OtherCurrentAsset")


def card(brand: str) -> ReceivedPayment:
    """As Keap tells of it: the brand, and CREDIT_CARD for its type."""
    return paid(7, 100, method=brand, source_kind="CREDIT_CARD")


def manual(kind: str) -> ReceivedPayment:
    return paid(7, 100, method=kind, source_kind=kind)


@pytest.mark.parametrize(
    ("payment", "method"),
    [
        (card("Visa"), "M-Visa"),
        (card("VISA"), "M-Visa"),
        (card("AMEX"), "M-American Express"),
        (card("AmericanExpress"), "M-American Express"),
        (card("Master Card"), "M-MasterCard"),
        (manual("CHECK"), "M-Check"),
        (manual("Cheque"), "M-Check"),
        (manual("CASH"), "M-Cash"),
        (manual("ACH"), "M-E-Check"),
        (card("Discover"), ""),
        (manual("CREDIT_CARD"), ""),
        (manual("Wire"), ""),
        (paid(7, 100, method="", source_kind=""), ""),
    ],
    ids=lambda value: value.method if isinstance(value, ReceivedPayment) else value,
)
def test_a_method_of_the_same_name_is_used_or_none(payment: ReceivedPayment, method: str) -> None:
    assert match_payment_method(payment, company_file(payment_methods=METHODS)) == method


def test_a_method_named_like_the_type_serves_the_brands_that_have_none() -> None:
    company = company_file(payment_methods={"Credit Card": "M-1", "Visa": "M-2"})
    assert match_payment_method(card("Visa"), company) == "M-2"
    assert match_payment_method(card("Discover"), company) == "M-1"


@pytest.mark.parametrize(
    "names", list(itertools.permutations(["Cheque", "CHECK!", "check"])), ids=" ".join
)
def test_the_closest_name_wins_in_whatever_order_the_list_comes(names: tuple[str, ...]) -> None:
    company = company_file(payment_methods={name: f"M-{name}" for name in names})
    assert match_payment_method(manual("Check"), company) == "M-check"
    assert match_payment_method(manual("Check."), company) == "M-check"
    assert match_payment_method(manual("Cheque"), company) == "M-Cheque"


WORDS = st.sampled_from(
    [
        "Visa",
        "VISA",
        "visa.",
        "Amex",
        "American Express",
        "AMERICANEXPRESS",
        "Check",
        "Cheque",
        "MC",
    ]
)


@given(st.lists(WORDS, unique=True), WORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_list_decides_nothing(
    names: list[str], words: str, random: Random
) -> None:
    shuffled = random.sample(names, len(names))
    found = {
        match_payment_method(
            manual(words), company_file(payment_methods={name_key(each): each for each in order})
        )
        for order in (names, shuffled, sorted(names))
    }
    assert len({name_key(each) for each in found}) == 1


def test_what_a_person_mapped_counts_before_the_name_and_the_brand_before_the_type() -> None:
    company = company_file(
        payment_methods=METHODS,
        methods=[
            chosen_for("CREDIT_CARD", "PaymentMethod", entry("Cards")),
            chosen_for("Amex", "PaymentMethod", entry("Amex direct")),
        ],
    )
    assert match_payment_method(card("Visa"), company) == "L-Cards"
    assert match_payment_method(card("AMERICAN EXPRESS"), company) == "L-Amex direct"
    assert match_payment_method(manual("Cash"), company) == "M-Cash"


@pytest.mark.parametrize("there", ["Cards", entry("Cards", is_active=False)])
def test_a_mapped_method_that_is_gone_holds_and_no_name_is_taken_instead(
    there: ListEntry | str,
) -> None:
    company = company_file(
        payment_methods=METHODS, methods=[chosen_for("Visa", "PaymentMethod", there)]
    )
    assert match_payment_method(card("Visa"), company) == Hold(
        "list-entry-not-in-quickbooks",
        {
            "setting": "payment method for Visa",
            "list": "payment method",
            "entry": "Cards",
            "order": "7",
        },
    )


def deposits() -> Company:
    return company_file(
        accounts=[account("Savings", kind="Bank"), account("Sales")],
        deposits=[
            chosen_for("CREDIT_CARD", "Account", CLEARING),
            chosen_for("Amex", "Account", BANK),
            chosen_for("PayPal", "Account", "PayPal"),
            chosen_for("Points", "Account", entry("Sales", kind="Income")),
        ],
    )


@pytest.mark.parametrize(
    ("payment", "setting", "list_id"),
    [
        (card("Visa"), "", "L-Card Clearing"),
        (card("Visa"), "Savings", "L-Card Clearing"),
        (card("AMEX"), "Savings", "L-Bank:Checking"),
        (manual("CASH"), "savings", "A-Savings"),
        (manual("CASH"), "", ""),
    ],
    ids=["type", "before the setting", "brand", "setting", "Undeposited Funds"],
)
def test_a_deposit_account_is_mapped_by_brand_then_type_then_that_of_the_settings(
    payment: ReceivedPayment, setting: str, list_id: str
) -> None:
    assert match_deposit_account(payment, deposits(), setting) == list_id


@pytest.mark.parametrize(
    ("payment", "setting", "cause", "purpose"),
    [
        (manual("PayPal"), "", "list-entry-not-in-quickbooks", "deposit account for PayPal"),
        (manual("Points"), "", "no-deposit-account", "deposit account for Points"),
        (manual("CASH"), "Gone", "account-not-in-quickbooks", "deposit_account"),
        (manual("CASH"), "Sales", "no-deposit-account", "deposit_account"),
    ],
    ids=["mapped, gone", "mapped, of another type", "setting, gone", "setting, of another type"],
)
def test_an_account_that_takes_no_deposit_holds(
    payment: ReceivedPayment, setting: str, cause: str, purpose: str
) -> None:
    found = match_deposit_account(payment, deposits(), setting)
    assert isinstance(found, Hold)
    assert (found.cause, found.details["setting"]) == (cause, purpose)


def test_an_account_whose_type_is_not_known_is_taken() -> None:
    company = company_file(deposits=[chosen_for("Cash", "Account", entry("Till"))])
    assert match_deposit_account(manual("Cash"), company, "") == "L-Till"


def test_keys_are_those_of_one_method_and_not_too_long() -> None:
    assert method_key("AMEX") == method_key("American_Express") == "american express"
    assert method_key(" -- ") == ""
    assert len(method_key("x" * 500)) == 200
