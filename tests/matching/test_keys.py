"""Names compare as QuickBooks compares them."""

import pytest

from qbwc_service.matching.keys import email_keys, name_key


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
