import pytest

from qbxml_builders.addresses import Address
from qbxml_builders.text import (
    Cleaned,
    FittedAddress,
    Name,
    Shortened,
    address_lines,
    list_name,
    shorten,
    to_quickbooks,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Zoë Müller", Cleaned("Zoë Müller")),
        ("Zoe\u0308", Cleaned("Zoë")),
        ("“It’s” – a…", Cleaned('"It\'s" - a...')),
        ("  a \t b\u00a0\u2003c\r\nd ", Cleaned("a b c d")),
        ("a\x00b\x08c\x7f\x85d\u200be\ufefff", Cleaned("abc def")),
        ("½ € ™ ²", Cleaned("½ € ™ ²")),
        ("Łódź", Cleaned("Lódz", ("Ł", "ź"))),
        ("Иван Щукин", Cleaned("Ivan Shchukin", tuple("ИванЩуки"))),
        ("Ωμέγα", Cleaned("Omega", tuple("Ωμέγα"))),
        ("ﬁ②Ａ", Cleaned("fi2A", tuple("ﬁ②Ａ"))),
        ("张伟 😀", Cleaned("?? ?", ("张", "伟", "😀"))),
        ("\ud800x\uffff", Cleaned("x?", ("\uffff",))),
        ("", Cleaned("")),
    ],
)
def test_text_is_written_as_quickbooks_can_hold_it(text: str, cleaned: Cleaned) -> None:
    assert to_quickbooks(text) == cleaned


def test_line_breaks_stay_where_the_field_takes_them() -> None:
    text = "\n one  two\r\n\u2028three \rfour\n"
    assert to_quickbooks(text, keep_lines=True) == Cleaned("one two\n\nthree\nfour")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Shop: North", Name("Shop- North", cut=False)),
        ("n" * 20, Name("n" * 20, cut=False)),
        ("n" * 21, Name("n" * 12 + " (K4417)", cut=True)),
        ("nnnnnnnnnnn oooooooooo", Name("nnnnnnnnnnn (K4417)", cut=True)),
        ("李娜", Name("?? (K4417)", cut=False, changed=("李", "娜"))),
        ("李" * 20, Name("?" * 12 + " (K4417)", cut=True, changed=("李",))),
        ("Łoś", Name("Los", cut=False, changed=("Ł", "ś"))),
    ],
)
def test_a_list_name_keeps_its_identity_within_the_limit(text: str, name: Name) -> None:
    assert list_name(text, 20, " (K4417)") == name


def test_a_list_name_without_suffix_says_that_it_was_cut() -> None:
    assert list_name("n" * 21, 20) == Name("n" * 20, cut=True)


def test_a_suffix_that_fills_the_limit_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="leaves no room in 8 characters"):
        list_name("n", 8, " (K4417)")


def test_a_shortened_text_says_so() -> None:
    assert shorten("abc def", 4) == Shortened("abc", cut=True)
    assert shorten("abcd  ", 4) == Shortened("abcd", cut=False)


def test_an_address_that_fits_stays_as_it_is() -> None:
    assert address_lines(
        ["Ann Lee", "", " 1 High St "], city="Bath", state="", postal_code="BA1", country="UK"
    ) == FittedAddress(Address(("Ann Lee", "1 High St"), "Bath", "", "BA1", "UK"))


def test_a_long_line_is_broken_between_words() -> None:
    line = "The Association of Lighthouse Keepers and Friends"
    assert address_lines([line]).address.lines == (
        "The Association of Lighthouse Keepers and", "Friends",
    )  # fmt: skip


def test_a_part_too_long_for_its_field_moves_to_a_line() -> None:
    country = "United Kingdom of Great Britain and Northern Ireland"
    assert address_lines(["Ann"], city="Bath", country=country) == FittedAddress(
        Address(("Ann", "United Kingdom of Great Britain and", "Northern Ireland"), "Bath")
    )


def test_short_lines_are_joined_from_the_end_before_anything_is_cut() -> None:
    assert address_lines(["Ann", "Hut 1", "Yard 2", "Lane 3", "Park 4", "Gate 5"]) == FittedAddress(
        Address(("Ann", "Hut 1", "Yard 2", "Lane 3", "Park 4, Gate 5"))
    )


def test_what_finds_no_place_is_named() -> None:
    lines = [letter * 41 for letter in "abcdefg"]
    assert address_lines(lines) == FittedAddress(
        Address(tuple(lines[:5])), cut=(lines[5], lines[6])
    )
