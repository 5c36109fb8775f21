import csv

import pytest

from qbxml_builders import hresults, statuses
from qbxml_builders.hresults import Effect, Fixer
from qbxml_builders.statuses import Reaction, Status, classify, hresult
from tests.qbxml_builders.reference import QBXML, needs_reference


@pytest.mark.parametrize(
    ("code", "reaction"),
    [
        (0, Reaction.DONE), (530, Reaction.DONE), (570, Reaction.DONE),
        (1, Reaction.EMPTY), (500, Reaction.EMPTY),
        (1010, Reaction.RETRY), (3175, Reaction.RETRY), (3231, Reaction.RETRY),
        (9100, Reaction.PARTNER), (9199, Reaction.PARTNER),
        (3000, Reaction.PERSON), (3120, Reaction.PERSON), (3210, Reaction.PERSON),
        (3140, Reaction.SETUP), (3250, Reaction.SETUP), (3260, Reaction.SETUP),
        (3045, Reaction.DEFECT), (3070, Reaction.DEFECT), (3090, Reaction.DEFECT),
        (3100, Reaction.NAME_TAKEN), (3200, Reaction.STALE), (3171, Reaction.CLOSED_PERIOD),
        (3391, Reaction.ITERATOR_LOST), (510, Reaction.UNKNOWN_OUTCOME),
        (1000, Reaction.UNKNOWN_OUTCOME), (600, Reaction.UNKNOWN_OUTCOME),
        (9001, Reaction.UNKNOWN_OUTCOME), (9002, Reaction.UNKNOWN_OUTCOME),
        (3160, Reaction.PERSON), (3161, Reaction.CLOSED_PERIOD), (3162, Reaction.PERSON),
        (3185, Reaction.PERSON), (3121, Reaction.SETUP), (3351, Reaction.SETUP),
    ],
)  # fmt: skip
def test_a_code_has_its_reaction(code: int, reaction: Reaction) -> None:
    assert classify(code, "").reaction is reaction


@pytest.mark.parametrize("code", [3160, 3170, 3180, 3185])
def test_the_catch_all_codes_are_told_apart_by_their_text(code: int) -> None:
    locked = "QuickBooks error message: This list has been Modified by another user."
    in_use = "The transaction could not be locked.  It is in use by another user."
    closed = "The date is before the closing date of the company."
    linked = "It is linked to another transaction."
    credit = "The credit limit for the name on this transaction has been exceeded."
    assert classify(code, locked).reaction is Reaction.RETRY
    assert classify(code, in_use).reaction is Reaction.RETRY
    assert classify(code, closed).reaction is Reaction.CLOSED_PERIOD
    assert classify(code, credit).reaction is Reaction.PERSON
    assert classify(code, linked).reaction is Reaction.PERSON


def test_a_refund_of_more_than_is_left_explains_itself() -> None:
    status = classify(3210, 'The "RefundAmount" field has an invalid value "9.00".')
    assert status.reaction is Reaction.PERSON
    assert "or refunded than is left" in status.meaning
    assert "refund" in status.advice


def test_other_codes_are_never_judged_by_their_text() -> None:
    assert classify(3140, "modified by another user").reaction is Reaction.SETUP


@pytest.mark.parametrize(
    ("code", "reaction"),
    [
        (499, Reaction.DONE), (999, Reaction.DONE), (1001, Reaction.PERSON),
        (2000, Reaction.DEFECT), (3999, Reaction.PERSON), (9099, Reaction.PERSON),
        (9200, Reaction.PERSON),
    ],
)  # fmt: skip
def test_a_code_that_nobody_described_is_judged_by_its_range(code: int, reaction: Reaction) -> None:
    assert classify(code, "").reaction is reaction


def test_a_status_explains_itself() -> None:
    assert classify(3250, "") == Status(
        3250,
        "The feature is off, or not in this edition.",
        Reaction.SETUP,
        "Turn it on in QuickBooks, or turn the option off here.",
    )


def test_a_person_is_never_left_without_advice() -> None:
    waiting = {Reaction.PERSON, Reaction.SETUP, Reaction.DEFECT, Reaction.CLOSED_PERIOD}
    silent = [s.code for s in statuses.KNOWN.values() if s.reaction in waiting and not s.advice]
    assert silent == []


def test_no_code_is_described_twice() -> None:
    rows = [row for table in statuses.TABLE.values() for row in table]
    assert len(rows) == len(statuses.KNOWN)
    numbers = [number for table in hresults.TABLE.values() for number in table]
    assert len(numbers) == len(hresults.KNOWN)


@pytest.mark.parametrize("text", ["0x80040400", "80040400", " 0X80040400 ", "0x80040400\n"])
def test_an_hresult_is_read_however_it_is_written(text: str) -> None:
    found = hresult(text)
    assert (found.code, found.effect, found.fixer) == (
        "0x80040400", Effect.NOTHING_RAN, Fixer.PROGRAM,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["0x8004042d", "8004042D"])
def test_letter_case_does_not_matter(text: str) -> None:
    assert hresult(text).code == "0x8004042D"


def test_only_codes_that_refuse_the_whole_set_say_that_nothing_ran() -> None:
    certain = {code for code, row in hresults.KNOWN.items() if row.effect is Effect.NOTHING_RAN}
    assert certain == {"0x80040400", "0x80040413", "0x80040423", "0x80040428"}


@pytest.mark.parametrize("text", ["", "0x8004FFFF", "QBWC1041", "-2147220480", "0x8004040"])
def test_an_unknown_hresult_may_have_run_anything(text: str) -> None:
    found = hresult(text)
    assert (found.code, found.effect, found.fixer) == (text, Effect.UNKNOWN, Fixer.USER)


@needs_reference
def test_every_listed_status_code_is_covered() -> None:
    with (QBXML / "status_codes.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["code"] for row in csv.DictReader(file)}
    codes = {int(code) for code in listed if code.isdigit()}
    described = {code for code in codes if code in statuses.KNOWN or 2000 <= code < 3000}
    assert codes - described == set()
    assert listed - set(map(str, codes)) == {"9100-9199"}


@needs_reference
def test_every_listed_hresult_is_covered() -> None:
    with (QBXML / "hresults.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["hresult"] for row in csv.DictReader(file)}
    codes = {f"0x{code[2:].upper()}" for code in listed if code.startswith("0x")}
    assert codes == set(hresults.KNOWN)
