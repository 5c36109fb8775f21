"""What is to be told, given what was told before. Pure.

An alert is told when something is wrong that was not wrong when it was told last, and once more
when all is well again; in between there is silence. Kinds that come and go are told at most once an
hour, so that a flood is one mail.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from qbwc_service.alerts.seen import Seen
from qbwc_service.ledger.models import SERVICE_ITSELF, AlertKind

AT_MOST_EVERY = timedelta(hours=1)
#: so many late at once, and more than half of all, are one alarm
MANY = 5

Place = tuple[int, AlertKind]


class Telling(Enum):
    """Whether somebody hears of it."""

    WRONG = auto()
    OVER = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last of one kind (empty: that all is well), and when."""

    names: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What is stored as told from now on, and what is told."""

    connection_id: int
    kind: AlertKind
    names: frozenset[str]
    telling: Telling


def decide(
    seen: Sequence[Seen], told: Mapping[Place, Told], now: datetime, watched_since: datetime
) -> list[Step]:
    """All that changes with this look; an empty list while everything is as it was told."""
    silent, watched = many_silent(seen, now, watched_since)
    is_alarm = silent > MANY and silent * 2 > watched
    place = SERVICE_ITSELF, AlertKind.MANY_SILENT
    alarm = frozenset({"many"} if is_alarm else ())
    steps = [*_step(*place, alarm, told.get(place), now)]
    for one in seen:
        for kind, names in one.wrong(now, watched_since).items():
            place = one.connection_id, kind
            if kind not in one.topics:
                continue
            if kind is AlertKind.NO_CONTACT and is_alarm and names:
                continue
            steps += _step(*place, names, told.get(place), now)
    return steps


def many_silent(seen: Sequence[Seen], now: datetime, watched_since: datetime) -> tuple[int, int]:
    """How many Web Connectors are late, of how many that should call now."""
    calling = [one for one in seen if one.calls is not None]
    return sum(one.is_late(now, watched_since) for one in calling), len(calling)


def _step(
    connection_id: int, kind: AlertKind, wrong: frozenset[str], told: Told | None, now: datetime
) -> Iterator[Step]:
    before = told.names if told is not None else frozenset()
    may_tell = told is None or now - told.at >= AT_MOST_EVERY
    if wrong - before:
        if may_tell:
            yield Step(connection_id, kind, wrong, Telling.WRONG)
    elif before and not wrong:
        if may_tell or kind is not AlertKind.NEEDS_YOU:
            yield Step(connection_id, kind, wrong, Telling.OVER)
    elif wrong != before:
        # Less is wrong than was told: no news, but what comes back later is.
        yield Step(connection_id, kind, wrong, Telling.NOTHING)
