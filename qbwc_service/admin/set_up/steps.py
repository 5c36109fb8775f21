"""The seven steps of the set-up, and how far a connection is: read off the data every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.set_up import Progress, Question, Tick


class Stage(StrEnum):
    """The steps, in their order; the values are parts of addresses."""

    KEAP = "keap"
    QUICKBOOKS = "quickbooks"
    SETTINGS = "settings"
    PRODUCTS = "products"
    PREVIEW = "preview"
    THREE = "send-three"
    ON = "switch-on"


TITLES: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        Stage.KEAP: "Connect Keap",
        Stage.QUICKBOOKS: "Connect QuickBooks",
        Stage.SETTINGS: "Six questions",
        Stage.PRODUCTS: "Match products",
        Stage.PREVIEW: "Preview",
        Stage.THREE: "Send three",
        Stage.ON: "Switch on",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `number` from 1. `is_open`: the first that is not done."""

    stage: Stage
    number: int
    is_done: bool
    is_open: bool

    @property
    def title(self) -> str:
        return TITLES[self.stage]


@dataclass(frozen=True, slots=True)
class Reached:
    """What the other parts of the set-up know."""

    keap_is_connected: bool
    quickbooks_is_connected: bool
    trial_has_arrived: bool


def steps_of(connection: Connection, progress: Progress, reached: Reached) -> tuple[Step, ...]:
    """Of a connection that is on, only the two that can break are looked at once more."""
    on = connection.is_on
    seen = progress.ticks
    done = {
        Stage.KEAP: reached.keap_is_connected,
        Stage.QUICKBOOKS: reached.quickbooks_is_connected,
        Stage.SETTINGS: on or progress.answered == frozenset(Question),
        Stage.PRODUCTS: on or Tick.PRODUCTS_SEEN in seen,
        Stage.PREVIEW: on or Tick.PREVIEW_SEEN in seen or bool(connection.trial_orders),
        Stage.THREE: on or reached.trial_has_arrived,
        Stage.ON: on,
    }
    first = next((stage for stage in Stage if not done[stage]), None)
    return tuple(
        Step(stage, number, done[stage], stage is first) for number, stage in enumerate(Stage, 1)
    )


def open_stage(steps: tuple[Step, ...]) -> Stage:
    """Where the person left off; the last step where all are done."""
    return next((step.stage for step in steps if step.is_open), Stage.ON)


def after(stage: Stage) -> Stage:
    """The step that follows; the last one follows itself."""
    stages = list(Stage)
    return stages[min(stages.index(stage) + 1, len(stages) - 1)]
