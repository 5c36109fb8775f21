"""The same acts and faults in whatever order hypothesis likes best; it shrinks what fails.

The random histories are long and weighted; these are short and hunt for the odd sequence.
"""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults import keap_acts
from tests.faults.history import ACTS, Act, History
from tests.faults.session_faults import FAULTS, Fault


class AnyOrder(RuleBasedStateMachine):
    """Each example is a history of its own, judged at its end."""

    def __init__(self) -> None:
        super().__init__()
        # One place, so that all examples share one engine and its compiled statements.
        self._folder = Path(tempfile.gettempdir()) / f"qbwc-any-order-{os.getpid()}"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._history: History | None = None

    @initialize(seed=st.integers(0, 10_000))
    def begin(self, seed: int) -> None:
        self._history = History(self._folder, seed)
        keap_acts.new_orders(self._history.scene)

    @rule(fault=st.sampled_from(list(FAULTS)))
    def session(self, fault: Fault) -> None:
        assert self._history is not None
        self._history.faulty_session(fault)
        self._history.pass_time()

    @rule(act=st.sampled_from(list(ACTS)))
    def act(self, act: Act) -> None:
        assert self._history is not None
        act(self._history.scene)
        self._history.pass_time()

    def teardown(self) -> None:
        if self._history is None:
            return
        try:
            found = self._history.end()
            told = "\n".join(self._history.scene.story)
            assert not found, "\n".join([told, *(f">> {c.kind}: {c.text}" for c in found)])
        finally:
            self._history.close()
            shutil.rmtree(self._folder)


def test_in_any_order_the_books_are_right() -> None:
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=6,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
