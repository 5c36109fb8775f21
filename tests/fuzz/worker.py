"""One target under atheris, in a process of its own: `python -m tests.fuzz.worker TARGET FOLDER
SECONDS`. It runs until the time is up; a defect is written down and the run goes on.

libFuzzer writes its progress to standard error, where `running` reads it. What is measured here
goes to FOLDER/measures.json, again and again, so that a crash loses nothing.
"""

import gc
import hashlib
import json
import sys
import time
import traceback
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

import atheris

from tests.fuzz.memory import resident_kilobytes
from tests.fuzz.mutation import changed
from tests.fuzz.target import Run, Target

PACKAGES = ("keap", "qbxml_builders", "qwc", "qbwc_service")
_ROOT = Path(__file__).parents[2]


def _simulators() -> list[str]:
    """Modules whose coverage is no goal; atheris wants each by its full name."""
    files = (_ROOT / "qbwc_service" / "demo").rglob("*.py")
    names = (".".join(file.relative_to(_ROOT).with_suffix("").parts) for file in files)
    return [name.removesuffix(".__init__") for name in names]


with atheris.instrument_imports(
    include=list(PACKAGES), exclude=_simulators(), enable_loader_override=False
):
    from tests.fuzz.targets import target_named

    TARGET = target_named(sys.argv[1])

#: an input that takes so long has found a hang; libFuzzer ends the process there
HANG_SECONDS = 60
#: of the processor: the machine may be busy with other things
SLOW_SECONDS = 5.0
MOST_MEGABYTES = 1536
_MEASURED_EVERY = 5.0


class Worker:
    """Feeds the target, and notes what it costs."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target, self._folder = target, folder
        self._run: Run | None = None
        self._findings: dict[str, int] = {}
        self._memory: list[tuple[float, int, int]] = []
        self._began = self._measured = time.monotonic()
        self._executions = 0
        self._slowest = 0.0

    def feed(self, run: Run) -> Any:
        def one(data: bytes) -> None:
            began = time.process_time()
            try:
                run(data)
            except Exception as error:
                self._found(data, error)
            self._executions += 1
            took = time.process_time() - began
            if took > self._slowest:
                self._slowest = took
                (self._folder / "slowest").write_bytes(data)
                if took > SLOW_SECONDS:
                    self._keep(data, f"slow-{len(self._findings)}", f"{took:.1f} s")
            # libFuzzer ends the process where it stands: what is not written by then is lost.
            if self._executions == 1 or time.monotonic() - self._measured > _MEASURED_EVERY:
                self.measure()

        return one

    def mutate(self, data: bytes, longest: int, seed: int) -> bytes:
        """By turns as libFuzzer does it, and by words and tags."""
        random = Random(seed)
        if random.random() < 0.4:
            return bytes(atheris.Mutate(data, longest))
        return changed(data, longest, random, self._target.words)

    def measure(self) -> None:
        gc.collect()
        self._measured = time.monotonic()
        seconds = round(self._measured - self._began, 1)
        self._memory.append((seconds, self._executions, resident_kilobytes()))
        told = {
            "executions": self._executions,
            "slowest_seconds": round(self._slowest, 3),
            "memory": self._memory,
            "findings": self._findings,
        }
        (self._folder / "measures.json").write_text(json.dumps(told), encoding="utf-8")

    def _found(self, data: bytes, error: Exception) -> None:
        name = f"{type(error).__name__}-{_place(error.__traceback__)}"
        if name.startswith("Defect"):
            name += "-" + hashlib.sha256(_kind(str(error)).encode()).hexdigest()[:8]
        self._findings[name] = self._findings.get(name, 0) + 1
        if self._findings[name] == 1:
            self._keep(data, name, "".join(traceback.format_exception(error)))

    def _keep(self, data: bytes, name: str, why: str) -> None:
        (self._folder / f"{name}.input").write_bytes(data)
        (self._folder / f"{name}.txt").write_text(why, encoding="utf-8", errors="replace")
        self._findings.setdefault(name, 1)
        self.measure()


def _kind(told: str) -> str:
    """A message without its figures and quotations, so that one defect counts as one."""
    first = "".join(told.splitlines()[:1] + told.splitlines()[-1:])
    return "".join(letter for letter in first if not letter.isdigit())[:60]


def _place(trace: TracebackType | None) -> str:
    """The innermost line of ours."""
    frames = traceback.extract_tb(trace)
    ours = [
        f"{Path(frame.filename).relative_to(_ROOT).as_posix().replace('/', '.')}-{frame.lineno}"
        for frame in frames
        if Path(frame.filename).is_relative_to(_ROOT)
        and Path(frame.filename).relative_to(_ROOT).parts[0] in PACKAGES
    ]
    return ours[-1] if ours else "harness"


def main() -> None:
    folder, ends_at = Path(sys.argv[2]), float(sys.argv[3])
    worker = Worker(TARGET, folder)
    with TARGET.open(folder / "world") as run:
        worker.measure()
        # libFuzzer takes what is not above zero for "without end".
        seconds = max(1, round(ends_at - time.time()))
        options = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-max_len={TARGET.longest}",
            f"-timeout={HANG_SECONDS}",
            f"-rss_limit_mb={MOST_MEGABYTES}",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
            "-len_control=0",
            str(folder / "corpus"),
        ]
        atheris.Setup(options, worker.feed(run), custom_mutator=worker.mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
