"""A job that looks again and again, in a thread of its own (APScheduler)."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

_JOB = "look"


class Repeated:
    """Runs `look` at once and every so many seconds, from `start` until `stop`; never twice at a
    time. `owner` is the name of the logger of the job that it belongs to."""

    def __init__(self, look: Callable[[], object], *, seconds: float, owner: str) -> None:
        self._look = look
        self._seconds = seconds
        self._owner = owner
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        own_log = logging.getLogger(f"{self._owner}.apscheduler")
        # A look that takes longer than its pause is no news.
        own_log.setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(timezone=UTC, logger=own_log)
        scheduler.add_job(
            self._look,
            "interval",
            id=_JOB,
            seconds=self._seconds,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        scheduler.start()
        self._scheduler = scheduler

    def hasten(self, pause: timedelta = timedelta()) -> None:
        """Look at once, or after `pause` unless it looks before, where it runs."""
        scheduler = self._scheduler
        if scheduler is None:
            return
        at = datetime.now(UTC) + pause
        job = scheduler.get_job(_JOB)
        if job is not None and job.next_run_time is not None and job.next_run_time <= at:
            return
        # One that stops has no job any more.
        with suppress(JobLookupError):
            scheduler.modify_job(_JOB, next_run_time=at)

    def stop(self) -> bool:
        """Return when the look that goes on has ended; False where nothing ran."""
        if self._scheduler is None:
            return False
        # Without the pause a run that is due just now is logged as an error.
        self._scheduler.pause()
        self._scheduler.shutdown(wait=True)
        self._scheduler = None
        return True
