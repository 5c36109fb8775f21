"""Readings of Keap that are killed at random moments and started again, until they come through."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import reader
from tests.staging.installation import Installation

_LONGEST_RUN = 900.0


@dataclass
class Hunt:
    """How the runs of the reader ended so far."""

    killed: int = 0
    #: by the message that told why
    broken_off: Counter[str] = field(default_factory=Counter)
    came_through: int = 0


class Hunter:
    """Starts the reader, kills it whenever it has run for so many seconds, starts it again.

    A run that ends by itself leaves what is left of its time to the next one: short runs are
    killed as well.
    """

    def __init__(
        self,
        installation: Installation,
        log: Path,
        *,
        seed: int,
        every: tuple[float, float],
        patience: float,
    ) -> None:
        self.hunt = Hunt()
        self._installation = installation
        self._log = log
        self._chance = random.Random(seed)
        self._every = every
        self._patience = patience
        self._left = self._chance.uniform(*every)

    def read(self, times: int = 1, *, days_later: int = 0, most_kills: int) -> None:
        """Until the reader has come through so many times more; after `most_kills` it may."""
        wanted = self.hunt.came_through + times
        last_kill = self.hunt.killed + most_kills
        while self.hunt.came_through < wanted:
            self._run(days_later, is_killed=self.hunt.killed < last_kill)

    def read_undisturbed(self, *, days_later: int = 0) -> None:
        """Once, without a kill; it has to come through."""
        process = self._started(days_later)
        if process.wait(timeout=_LONGEST_RUN) != 0:
            raise AssertionError(f"{self._said(process)} {self._log.read_text()}")
        self._said(process)

    def _run(self, days_later: int, *, is_killed: bool) -> None:
        process = self._started(days_later)
        began = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=self._left if is_killed else _LONGEST_RUN)
        self._left = max(0.0, self._left - (time.monotonic() - began))
        # It may have ended by itself in the last moment; then this does nothing.
        process.kill()
        code, said = process.wait(), self._said(process)
        if code == 0:
            self.hunt.came_through += 1
        elif code == reader.FAILED:
            self.hunt.broken_off[json.loads(said)["failed"]] += 1
        elif code == -signal.SIGKILL:
            self.hunt.killed += 1
            self._left = self._chance.uniform(*self._every)
            self._installation.free_lease()
        else:
            raise AssertionError(f"exit code {code}: {self._log.read_text()}")

    def _started(self, days_later: int) -> subprocess.Popen[str]:
        """A reader that begins to read just now."""
        command = [sys.executable, "-m", "tests.faults.reader"]
        command += ["--patience", str(self._patience), "--days-later", str(days_later)]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **self._installation.environment},
            )
        assert process.stdout is not None
        process.stdout.readline()
        return process

    @staticmethod
    def _said(process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        said = process.stdout.read()
        process.stdout.close()
        return said
