"""Names compare as QuickBooks compares them."""

from collections.abc import Callable

import pytest

from qbwc_service.matching.keys import (
    KeyKind,
    customer_keys,
    email_keys,
    name_key,
    product_key,
    search_key,
    tax_key,
)


@pytest.mark.parametrize(
    "same",
    ["Ann Lee", "ann LEE", "  Ann   Lee ", "Ann\tLee", "Ann\xa0Lee"],
)
def test_case_and_blanks_do_not_tell_names_apart(same: str) -> None:
    assert name_key(same) == "ann lee"


def test_an_accent_is_the_same_however_it_is_written() -> None:
    assert name_key("José") == name_key("Jose\u0301") != name_key("Jose")


def test_e_mails_compare_without_case_and_outer_blanks() -> None:
    assert email_keys(" Ann@Example.COM ") == ("ann@example.com",)


def test_what_a_person_searches_for_is_cut_to_what_an_index_holds() -> None:
    assert search_key("  Ann  LEE ") == "ann lee"
    assert search_key("x" * 100) == "x" * 80
    assert search_key("x" * 79 + " yz") == "x" * 79


def test_a_customer_is_found_by_e_mail_person_and_company() -> None:
    found = customer_keys(
        "Acme Inc", first_name="Ann", last_name="Lee", company="Acme", email="Ann@Acme.example"
    )
    assert {kind for kind, _ in found} == {KeyKind.EMAIL, KeyKind.PERSON, KeyKind.COMPANY}
    assert (KeyKind.EMAIL, "ann@acme.example") in found


@pytest.mark.parametrize("key", [lambda text: product_key(text, ""), tax_key])
def test_keys_of_long_texts_fit_and_stay_apart(key: Callable[[str], str]) -> None:
    first, second = key("a" * 400 + "b"), key("a" * 400 + "c")
    assert first != second
    assert len(first) == len(second) == 120
    assert key("Hammer") == key("HAMMER ")
