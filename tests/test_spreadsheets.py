"""Spreadsheet files: what is written is read again as it was, and nothing in them is a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.spreadsheets import SpreadsheetUnreadable, as_meant, defused, lines_of, read_rows


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "  =x", "＝x"])
def test_a_formula_is_defused_and_read_as_it_was_meant(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert as_meant(defused(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x;=1+1", "x;'=1+1"),
        ("x\t @a", "x\t '@a"),
        ("Ann\n=1", "Ann\n'=1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("a;'=1", "a;''=1"),
        ("a; b", "a; b"),
        ("a-b=c", "a-b=c"),
    ],
)
def test_nor_is_one_where_semicolons_stand_between_cells(text: str, written: str) -> None:
    assert defused(text) == written
    assert as_meant(written) == text


@pytest.mark.parametrize("text", ["O'Neil", "'quoted'", "'", "", "plain", "1048", "a=b"])
def test_an_apostrophe_of_a_person_stays(text: str) -> None:
    assert as_meant(text) == text
    assert defused(text) == text


@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff\r"), max_size=8
        ).filter(lambda text: not text.startswith("'")),
        min_size=2,
        max_size=4,
    )
)
def test_a_file_of_ours_is_read_as_it_was_written(cells: list[str]) -> None:
    text = "".join(lines_of(["one", "two"], [cells]))
    assert text.startswith("\ufeff")
    assert read_rows(text.encode())[1] == cells


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_excel_may_write_other_marks_between_the_cells(between: str) -> None:
    text = f'SKU{between}QuickBooks item\r\n"A, B"{between}Saw\r\n'
    assert read_rows(text.encode()) == [["SKU", "QuickBooks item"], ["A, B", "Saw"]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Säge".encode("utf-16"), "Save it as CSV UTF-8"),
        (b"PK\x03\x04\0", "This is not a CSV file"),
        (b'a,b\n"open', "This is not a CSV file"),
    ],
)
def test_what_is_no_table_of_text_says_so(content: bytes, reason: str) -> None:
    with pytest.raises(SpreadsheetUnreadable, match=reason):
        read_rows(content)
