"""Killed with SIGKILL at every named point, while orders and payments are in flight.

Every run ends with the same books as the run without a crash. The points of the service are the
two sides of each commit (send, raw answer, applied answer, staging pages); those of QuickBooks lie
before, between and after the requests of a message.
"""

import signal
from pathlib import Path

import pytest

from tests.faults.killed import Day, EndOfDay, a_day, make_template

pytestmark = pytest.mark.slow

SERVICE_POINTS = [
    "authenticate.before-commit:1",
    "authenticate.after-commit:1",
    "send.before-commit:1",
    "send.after-commit:1",
    "send.before-commit:3",
    "send.after-commit:3",
    "send.before-commit:4",
    "send.after-commit:4",
    "receive.raw.before-commit:2",
    "receive.raw.after-commit:2",
    "receive.raw.before-commit:3",
    "receive.raw.after-commit:3",
    "receive.raw.before-commit:4",
    "receive.raw.after-commit:4",
    "receive.apply.before-commit:2",
    "receive.apply.after-commit:2",
    "receive.apply.before-commit:3",
    "receive.apply.after-commit:3",
    "receive.apply.before-commit:4",
    "receive.apply.after-commit:4",
    "close.before-commit:1",
    "close.after-commit:1",
]
STAGING_POINTS = [
    f"staging.{page}.{side}-commit:1"
    for page in ("contacts-page", "orders-page", "payments-page")
    for side in ("before", "after")
]
QUICKBOOKS_POINTS = [
    "message-received:5",
    "request-applied:1",
    "request-applied:3",
    "request-applied:6",
    "request-applied:9",
    "request-applied:12",
    "set-run:1",
    "set-run:2",
    "memory-saved:1",
    "memory-saved:2",
    "before-answer:4",
    "before-answer:5",
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("template")
    return folder, make_template(folder)


@pytest.fixture(scope="module")
def undisturbed(template: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> EndOfDay:
    """How the day ends when nothing dies."""
    folder, password = template
    with a_day(folder, tmp_path_factory.mktemp("undisturbed"), password) as day:
        day.start_quickbooks()
        day.start_service()
        day.sync()
        day.until_quiet()
        return _end_after_another_round(day)


def _end_after_another_round(day: Day) -> EndOfDay:
    """Reading Keap again and another session must make nothing new."""
    day.sync()
    day.until_quiet()
    return day.end()


def test_a_day_without_a_crash(undisturbed: EndOfDay) -> None:
    assert len(undisturbed.invoices) == 6
    assert len(undisturbed.payments) == 5
    assert {status for _, status, _ in undisturbed.statuses} == {"posted", "posted-payment-open"}


@pytest.mark.parametrize("point", SERVICE_POINTS)
def test_the_service_is_killed(
    point: str, template: tuple[Path, str], undisturbed: EndOfDay, tmp_path: Path
) -> None:
    with a_day(template[0], tmp_path / "day", template[1]) as day:
        day.start_quickbooks()
        day.sync()
        day.start_service(crash_at=point)
        day.update()
        assert day.was_killed

        day.until_quiet()

        assert _end_after_another_round(day) == undisturbed


@pytest.mark.parametrize("point", STAGING_POINTS)
def test_the_reading_of_keap_is_killed(
    point: str, template: tuple[Path, str], undisturbed: EndOfDay, tmp_path: Path
) -> None:
    with a_day(template[0], tmp_path / "day", template[1]) as day:
        day.start_quickbooks()
        day.start_service()
        assert day.sync(crash_at=point) == -signal.SIGKILL
        day.free_lease()
        day.sync()
        day.until_quiet()

        assert _end_after_another_round(day) == undisturbed


@pytest.mark.parametrize("memory", [1, 0], ids=["answer-kept", "nothing-kept"])
@pytest.mark.parametrize("point", QUICKBOOKS_POINTS)
def test_quickbooks_is_killed(
    point: str, memory: int, template: tuple[Path, str], undisturbed: EndOfDay, tmp_path: Path
) -> None:
    with a_day(template[0], tmp_path / "day", template[1]) as day:
        day.start_quickbooks(crash_at=point, memory=memory)
        day.start_service()
        day.sync()
        day.update()
        assert day.was_killed

        day.until_quiet()

        assert _end_after_another_round(day) == undisturbed
