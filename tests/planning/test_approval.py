"""Whose word an order waits for before anything of it goes."""

import pytest

from qbwc_service.planning.approval import APPROVAL, AWAITING, SWITCH, word_awaited


@pytest.mark.parametrize(
    ("is_on", "wants_approval", "is_approved", "waits_for"),
    [
        (True, False, False, ""),
        (True, True, False, APPROVAL),
        (True, True, True, ""),
        (False, False, False, SWITCH),
        (False, True, False, SWITCH),
        (False, False, True, ""),
        (False, True, True, ""),
    ],
)
def test_an_order_waits_for_the_switch_then_for_approval_and_an_approved_one_for_nothing(
    *, is_on: bool, wants_approval: bool, is_approved: bool, waits_for: str
) -> None:
    found = word_awaited(is_on=is_on, wants_approval=wants_approval, is_approved=is_approved)
    assert found == waits_for
    assert found in {"", *AWAITING}
