"""Runs workers for so long, starts one again that died, and tells in one line how it went."""

import contextlib
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FOUND = Path(__file__).parent / "found"
#: after the first third of the run, beyond what libFuzzer's own corpus takes
MOST_GROWTH_MEGABYTES = 64
#: more than that is looked at without the fuzzer, for so long, and is a leak from this on
_SOAK_SECONDS, MOST_SOAKED_MEGABYTES = 90, 8
_STARTS_AGAIN = 20
#: for the start of the simulators, and for the last input
_GRACE_SECONDS = 180
_PROGRESS = re.compile(r"^#(\d+)\s+(INITED|\S+).* cov: (\d+) .*corp: (\d+)/", re.MULTILINE)


@dataclass
class Outcome:
    """What a target's run came to."""

    name: str
    minutes: float = 0.0
    executions: int = 0
    coverage: tuple[int, int] = (0, 0)
    corpus: tuple[int, int] = (0, 0)
    memory: tuple[float, float] = (0.0, 0.0)
    slowest_seconds: float = 0.0
    leak: str = ""
    findings: dict[str, int] = field(default_factory=dict)
    starts: int = 0

    @property
    def is_good(self) -> bool:
        return self.executions > 0 and not self.findings and not self.leak

    def line(self) -> str:
        found = ", ".join(f"{name} ({times} x)" for name, times in sorted(self.findings.items()))
        return (
            f"{self.name:13} {'ok' if self.is_good else 'BAD':3} {self.minutes:5.1f} min "
            f"{self.executions:>9,} executions  coverage {self.coverage[0]} -> {self.coverage[1]}  "
            f"corpus {self.corpus[0]} -> {self.corpus[1]}  "
            f"memory {self.memory[0]:.0f} -> {self.memory[1]:.0f} MB  "
            f"slowest {self.slowest_seconds:.2f} s  findings: {found or 'none'}"
            + (f"  LEAK: {self.leak}" if self.leak else "")
        )


class Running:
    """One target in a folder: its corpus, its worker's log, what was found."""

    def __init__(self, name: str, folder: Path, minutes: float) -> None:
        self.name, self._folder, self._seconds = name, folder, minutes * 60
        self.outcome = Outcome(name)
        self._corpus = folder / "corpus"
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "log"
        self._seed()
        self._began = self._leg_began = time.monotonic()
        self._start()

    def is_over(self) -> bool:
        """Whether the time is up; a worker that died before is started again."""
        assert self._process is not None
        code = self._process.poll()
        if code is None:
            late = time.monotonic() - self._leg_began > self._left() + _GRACE_SECONDS
            if not late:
                return False
            self._process.kill()
            self._process.wait()
            self.outcome.findings["stuck"] = 1
        self._gather(code)
        if self._remaining() < 5 or self.outcome.starts > _STARTS_AGAIN:
            self.outcome.minutes = (time.monotonic() - self._began) / 60
            return True
        self._start()
        return False

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    def _seed(self) -> None:
        self._corpus.mkdir(parents=True, exist_ok=True)
        known = [FOUND / self.name] if (FOUND / self.name).is_dir() else []
        for file in (file for place in known for file in sorted(place.iterdir())):
            shutil.copy(file, self._corpus / f"found-{file.name}")
        subprocess.run(
            [sys.executable, "-m", "tests.fuzz.seeding", self.name, str(self._folder)], check=True
        )

    def _start(self) -> None:
        self.outcome.starts += 1
        self._leg_began = time.monotonic()
        self._leg = self._folder / f"leg-{self.outcome.starts}"
        self._leg.mkdir()
        (self._leg / "corpus").symlink_to(self._corpus)
        self._leg_seconds = self._remaining()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.fuzz.worker"),
                    *(self.name, str(self._leg), str(time.time() + self._leg_seconds)),
                ],
                stdout=log,
                stderr=log,
            )

    def _remaining(self) -> float:
        return self._seconds - (time.monotonic() - self._began)

    def _left(self) -> float:
        return self._leg_seconds

    def _gather(self, code: int | None) -> None:
        """Add up what this leg measured and found."""
        told = {"executions": 0, "slowest_seconds": 0.0, "memory": [], "findings": {}}
        with contextlib.suppress(OSError, ValueError):
            told = json.loads((self._leg / "measures.json").read_text(encoding="utf-8"))
        outcome = self.outcome
        outcome.executions += told["executions"]
        outcome.slowest_seconds = max(outcome.slowest_seconds, told["slowest_seconds"])
        for name, times in told["findings"].items():
            outcome.findings[name] = outcome.findings.get(name, 0) + times
        for file in self._leg.glob("*-*"):
            kind = file.name.partition("-")[0]
            if file.is_file() and kind in {"crash", "timeout", "oom"}:
                outcome.findings[file.name[:20]] = 1
        if code not in (0, None) and not outcome.findings:
            outcome.findings[f"the worker ended with {code}"] = 1
        self._read_log()
        self._judge_memory(told["memory"])

    def _read_log(self) -> None:
        lines = _PROGRESS.findall(self._log.read_text(encoding="utf-8", errors="replace"))
        begun = next((line for line in lines if line[1] == "INITED"), None)
        if begun and lines:
            self.outcome.coverage = int(begun[2]), int(lines[-1][2])
            self.outcome.corpus = int(begun[3]), int(lines[-1][3])

    def _judge_memory(self, samples: Sequence[tuple[float, int, int]]) -> None:
        """Growth that goes on after the first third of the run is a leak."""
        kilobytes = [sample[2] for sample in samples]
        warm = kilobytes[len(kilobytes) // 3 :]
        if not warm:
            return
        parts = [warm[place * len(warm) // 4 : (place + 1) * len(warm) // 4] for place in range(4)]
        medians = [statistics.median(part) / 1024 for part in parts if part]
        self.outcome.memory = medians[0], medians[-1]
        own = sum(file.stat().st_size for file in self._corpus.iterdir()) / 2**20
        growth = medians[-1] - medians[0]
        is_steady = medians == sorted(medians) and len(medians) == 4
        if is_steady and growth > MOST_GROWTH_MEGABYTES + own:
            self._soak()

    def _soak(self) -> None:
        """The fuzzer itself may be what grows."""
        told = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.soaking"),
                *(self.name, str(self._folder), str(_SOAK_SECONDS)),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        early, late = json.loads(told.stdout.splitlines()[-1])
        if late - early > MOST_SOAKED_MEGABYTES:
            self.outcome.leak = f"{late - early:.0f} MB in {_SOAK_SECONDS * 2 // 3} s alone"


def run_all(names: Sequence[str], folder: Path, minutes: float, jobs: int) -> Iterator[Outcome]:
    """So many at a time; each outcome as it comes."""
    waiting, running = list(names), []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                name = waiting.pop(0)
                running.append(Running(name, folder / name, minutes))
            time.sleep(1)
            for one in [one for one in running if one.is_over()]:
                running.remove(one)
                yield one.outcome
    finally:
        for one in running:
            one.stop()
