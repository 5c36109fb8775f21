"""There as posted, or what of it changed: by figures alone."""

from dataclasses import replace
from datetime import date

from qbwc_service.ledger.reconcile.verdicts import (
    Field,
    Meant,
    Shown,
    agree,
    agreed_from,
    changes,
    side_by_side,
)

DAY = date(2026, 11, 20)
THERE = Shown("100", "80-1", "Ann Lee", DAY, 10000, 0)
MEANT = Meant("100", DAY, 10000, ("80-1",), "Ann Lee", settled=10000)


def test_as_posted() -> None:
    assert changes(THERE, MEANT, None) == ()


def test_each_field_by_itself() -> None:
    found = {
        Field.CUSTOMER: replace(THERE, customer_list_id="80-2", customer_name="Bob Stone"),
        Field.NUMBER: replace(THERE, number="A-7"),
        Field.DATE: replace(THERE, day=date(2026, 11, 21)),
        Field.TOTAL: replace(THERE, total=12000, remaining=2000),
        Field.BALANCE: replace(THERE, remaining=4000),
    }
    assert {field: changes(each, MEANT, None) for field, each in found.items()} == {
        field: (field,) for field in Field
    }


def test_a_job_of_the_customer_counts_as_the_customer() -> None:
    job = replace(THERE, customer_list_id="80-9", customer_name="Ann Lee:Kitchen")
    assert changes(job, MEANT, None) == ()
    namesake = replace(THERE, customer_list_id="80-9", customer_name="Ann Lee-Stone")
    assert changes(namesake, MEANT, None) == (Field.CUSTOMER,)


def test_what_is_not_known_is_not_compared() -> None:
    other = replace(THERE, customer_list_id="80-2", day=None, remaining=None)
    assert changes(other, Meant("", None, 10000), None) == ()


def test_what_a_person_agreed_to_is_right_and_so_is_what_was_meant() -> None:
    edited = replace(THERE, total=12000, remaining=3000)
    agreed = agreed_from(agree(edited, 10000))
    assert changes(edited, MEANT, agreed) == ()
    assert changes(THERE, MEANT, agreed) == ()
    assert changes(replace(edited, total=13000), MEANT, agreed) == (Field.TOTAL,)


def test_a_payment_of_ours_that_comes_later_does_not_disturb_what_was_agreed() -> None:
    typed = replace(THERE, remaining=6000)
    agreed = agreed_from(agree(typed, 0))
    paid = replace(typed, remaining=1000)
    assert changes(paid, replace(MEANT, settled=5000), agreed) == ()


def test_a_payment_that_people_receive_is_no_change_but_one_of_ours_taken_away_is() -> None:
    owed = replace(MEANT, settled=4000)
    assert changes(replace(THERE, remaining=0), owed, None) == ()
    assert changes(replace(THERE, remaining=6000), owed, None) == ()
    assert changes(replace(THERE, remaining=6001), owed, None) == (Field.BALANCE,)
    agreed = agreed_from(agree(replace(THERE, remaining=8000), 4000))
    assert changes(replace(THERE, remaining=7000), owed, agreed) == ()
    assert changes(replace(THERE, remaining=8001), owed, agreed) == (Field.BALANCE,)


def test_of_what_somebody_else_made_only_what_was_agreed_counts() -> None:
    agreed = agreed_from(agree(THERE, None))
    other = Meant("7", None, 1)
    assert changes(THERE, other, agreed, linked=True) == ()
    moved = replace(THERE, customer_list_id="80-2", number="8")
    assert changes(moved, other, agreed, linked=True) == (Field.CUSTOMER, Field.NUMBER)


def test_both_sides_in_words() -> None:
    found = replace(THERE, number="", day=date(2026, 1, 2), total=12000, remaining=5000)
    sides = side_by_side(found, MEANT, None, changes(found, MEANT, None))
    assert sides == {
        "number": ("100", "none"),
        "date": ("20 Nov 2026", "2 Jan 2026"),
        "total": ("100.00", "120.00"),
        "open": ("20.00", "50.00"),
    }
