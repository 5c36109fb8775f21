"""The life of a posting: every step that is drawn is possible, every other one is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from qbwc_service.ledger import states
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.states import ENDED, IllegalTransition, State
from tests.ledger_rows import NOON

LATER = NOON + timedelta(minutes=5)
Step = Callable[[Posting], None]
STEPS: dict[str, Step] = {
    "send": lambda posting: states.send(posting, 3),
    "post": lambda posting: states.post(posting, "1A-2", edit_sequence="9"),
    "release": states.release,
    "retry": lambda posting: states.retry(posting, "quickbooks-busy", {"a": "b"}, LATER),
    "retry_later": lambda posting: states.retry_later(posting, LATER),
    "hold": lambda posting: states.hold(posting, "number-taken", {"a": "b"}),
    "skip": states.skip,
    "lose": lambda posting: states.lose(posting, "gone-from-quickbooks"),
    "undo": states.undo,
    "flag": lambda posting: states.flag(posting, "total-differs", {"a": "b"}),
    "settle": states.settle,
}
#: from each state, what each possible step leads to
LIFE: dict[State, dict[str, State]] = {
    State.READY: {
        "send": State.SENT,
        "post": State.POSTED,
        "retry": State.READY,
        "retry_later": State.READY,
        "hold": State.HELD,
        "skip": State.SKIPPED,
    },
    State.SENT: {
        "post": State.POSTED,
        "release": State.READY,
        "retry": State.READY,
        "hold": State.HELD,
    },
    State.POSTED: {
        "lose": State.GONE,
        "undo": State.UNDONE,
        "flag": State.POSTED,
        "settle": State.POSTED,
    },
    State.HELD: {
        "post": State.POSTED,
        "release": State.READY,
        "hold": State.HELD,
        "skip": State.SKIPPED,
    },
    State.SKIPPED: {"release": State.READY, "hold": State.HELD},
    State.GONE: {"undo": State.UNDONE},
    State.UNDONE: {},
}


def posting(state: State = State.READY, **changes: Any) -> Posting:
    values: dict[str, Any] = {
        "id": 1,
        "kind": Kind.INVOICE,
        "state": state,
        "cause": "",
        "details": {},
        "attempts": 0,
        "not_before": None,
        "message_set_id": None,
        "record_id": "1A-2" if state in {State.POSTED, *ENDED} else "",
        "edit_sequence": "",
        "planned_hash": "",
        "linked": False,
    }
    return Posting(**(values | changes))


def look(of: Posting) -> dict[str, object]:
    names = (
        *("state", "cause", "details", "attempts", "not_before", "message_set_id"),
        *("record_id", "edit_sequence", "planned_hash", "linked"),
    )
    return {name: getattr(of, name) for name in names}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_leads_where_it_is_drawn_or_is_refused_and_changes_nothing(
    state: State, step: str
) -> None:
    one = posting(state)
    before = look(one)
    if step in LIFE[state]:
        STEPS[step](one)
        assert one.state is LIFE[state][step]
    else:
        with pytest.raises(IllegalTransition):
            STEPS[step](one)
        assert look(one) == before


def test_a_refusal_names_the_posting_and_both_states() -> None:
    with pytest.raises(IllegalTransition, match="posting 1 cannot go from posted to sent") as no:
        states.send(posting(State.POSTED), 3)
    assert (no.value.posting, no.value.old, no.value.new) == (1, State.POSTED, State.SENT)


def test_sending_remembers_the_set() -> None:
    one = posting(cause="quickbooks-busy", details={"a": "b"}, not_before=LATER, attempts=2)
    states.send(one, 3)
    assert look(one) == look(posting(State.SENT, message_set_id=3, attempts=2))


def test_posted_means_that_the_record_is_named() -> None:
    one = posting(State.SENT, message_set_id=3)
    with pytest.raises(ValueError, match="TxnID or ListID is stored"):
        states.post(one, "", edit_sequence="9")
    assert one.state is State.SENT
    states.post(one, "1A-2", edit_sequence="9", linked=True)
    assert look(one) == look(
        posting(State.POSTED, message_set_id=3, record_id="1A-2", edit_sequence="9", linked=True)
    )


def test_what_is_tried_again_says_why_when_and_how_often() -> None:
    one = posting(State.SENT, attempts=1)
    states.retry(one, "quickbooks-busy", {"a": "b"}, LATER)
    assert look(one) == look(
        posting(cause="quickbooks-busy", details={"a": "b"}, not_before=LATER, attempts=2)
    )


def test_waiting_for_a_look_up_is_no_try() -> None:
    one = posting()
    states.retry_later(one, LATER)
    assert look(one) == look(posting(not_before=LATER))


def test_a_second_hold_replaces_the_first() -> None:
    one = posting(State.HELD, cause="no-lines", details={"x": "y"}, not_before=LATER)
    states.hold(one, "number-taken", {"a": "b"})
    assert look(one) == look(posting(State.HELD, cause="number-taken", details={"a": "b"}))


@pytest.mark.parametrize("step", ["release", "skip"])
def test_released_or_skipped_it_has_no_trouble_any_more(step: str) -> None:
    one = posting(State.HELD, cause="no-lines", details={"x": "y"})
    STEPS[step](one)
    assert (one.cause, one.details) == ("", {})


def test_a_lost_record_keeps_its_id() -> None:
    one = posting(State.POSTED)
    states.lose(one, "gone-from-quickbooks")
    assert look(one) == look(posting(State.GONE, cause="gone-from-quickbooks"))


def test_a_difference_is_told_and_settled() -> None:
    one = posting(State.POSTED)
    states.flag(one, "total-differs", {"a": "b"})
    assert look(one) == look(posting(State.POSTED, cause="total-differs", details={"a": "b"}))
    states.settle(one)
    assert look(one) == look(posting(State.POSTED))


def test_details_are_copied() -> None:
    details = {"a": "b"}
    one, two, three = posting(), posting(), posting(State.POSTED)
    states.hold(one, "no-lines", details)
    states.retry(two, "quickbooks-busy", details, LATER)
    states.flag(three, "total-differs", details)
    details["a"] = "changed"
    assert [each.details for each in (one, two, three)] == [{"a": "b"}] * 3


class Life(RuleBasedStateMachine):
    """Any sequence of steps, each of which happens as drawn or is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.posting = posting()

    @rule(step=st.sampled_from(sorted(STEPS)))
    def take(self, step: str) -> None:
        before = self.posting.state
        kept = look(self.posting)
        try:
            STEPS[step](self.posting)
        except IllegalTransition:
            assert step not in LIFE[before]
            assert look(self.posting) == kept
        else:
            assert self.posting.state is LIFE[before][step]
            if before is State.SENT and self.posting.state is State.READY:
                assert step in {"release", "retry"}

    @invariant()
    def posted_means_that_the_record_is_named(self) -> None:
        if self.posting.state in {State.POSTED, *ENDED}:
            assert self.posting.record_id == "1A-2"

    @invariant()
    def held_means_that_a_cause_is_told(self) -> None:
        if self.posting.state in {State.HELD, State.GONE}:
            assert self.posting.cause

    @invariant()
    def sent_means_that_the_set_is_named(self) -> None:
        if self.posting.state is State.SENT:
            assert self.posting.message_set_id == 3
            assert self.posting.cause == ""


def test_no_sequence_of_steps_leaves_the_drawn_paths() -> None:
    run_state_machine_as_test(Life)


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
def test_what_is_in_quickbooks_never_waits_to_be_sent_again(steps: list[str]) -> None:
    one = posting()
    was_posted = False
    for step in steps:
        try:
            STEPS[step](one)
        except IllegalTransition:
            continue
        was_posted = was_posted or one.state is State.POSTED
        assert not (was_posted and one.state in {State.READY, State.SENT, State.HELD})
