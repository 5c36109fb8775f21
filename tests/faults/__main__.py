"""Random histories until so many update sessions had a fault in them. By hand:

    python -m tests.faults --sessions 10000 --seed 1 [--database postgresql] [--jobs 2]
    python -m tests.faults --replay SEED [--database postgresql]

Prints what was made, held and broken, and of each history that failed its seed and its story. The
exit code is 1 where anything was lost, doubled or wrong. Each job makes a database of its own on
the server that QBWC_TEST_POSTGRES names, and drops it.
"""

import argparse
import logging
import multiprocessing
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import one_on_postgresql
from tests.faults.history import STEPS, History
from tests.faults.judged import Complaint
from tests.faults.model import Tally

#: messages of one history in so many are checked against the schemas
CHECKED = 8
#: kinds of complaints in the words of the summary
_NAMES = {"lost": "lost", "doubled": "doubled", "balance": "wrong balances"}


@dataclass
class Outcome:
    """One history."""

    seed: int
    tally: Tally
    complaints: list[Complaint] = field(default_factory=list)
    story: list[str] = field(default_factory=list)


def played(folder: Path, seed: int, database_url: str, steps: int = STEPS) -> Outcome:
    """Plays one history in that folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    history = History(folder, seed, database_url)
    complaints = []
    try:
        complaints = history.play(steps)
        history.close(checking=seed % CHECKED == 0)
    except Exception:
        complaints.append(Complaint("broke off", traceback.format_exc()))
        history.close(checking=False)
    scene = history.scene
    return Outcome(seed, scene.tally, complaints, scene.story)


@contextmanager
def _place(chosen: argparse.Namespace) -> Iterator[tuple[Path, str]]:
    """A folder, in memory where the machine offers that, and the address of a database."""
    memory = Path("/dev/shm")
    within = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="qbwc-faults-", dir=within) as folder:
        if chosen.database == "postgresql":
            with one_on_postgresql() as url:
                yield Path(folder) / "history", url
        else:
            yield Path(folder) / "history", ""


def _work(
    chosen: argparse.Namespace, number: int, results: "multiprocessing.Queue[Outcome]"
) -> None:
    """Every n-th seed, until the parent has enough and ends this."""
    logging.disable(logging.CRITICAL)
    with _place(chosen) as (folder, url):
        seed = chosen.seed + number
        while not chosen.stop.is_set():
            results.put(played(folder, seed, url))
            seed += chosen.jobs


def _outcomes(chosen: argparse.Namespace) -> Iterator[Outcome]:
    context = multiprocessing.get_context("fork")
    chosen.stop = context.Event()
    results: multiprocessing.Queue[Outcome] = context.Queue()
    workers = [
        context.Process(target=_work, args=(chosen, number, results), daemon=False)
        for number in range(chosen.jobs)
    ]
    for worker in workers:
        worker.start()
    try:
        while True:
            yield results.get(timeout=600)
    finally:
        chosen.stop.set()
        while any(worker.is_alive() for worker in workers):
            try:
                results.get(timeout=0.2)
            except Exception:
                continue
        for worker in workers:
            worker.join()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--sessions", type=int, default=10_000, help="with a fault in them")
    parser.add_argument("--seed", type=int, default=1, help="the first")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--replay", type=int, metavar="SEED")
    chosen = parser.parse_args(arguments)
    if chosen.replay is not None:
        return _replay(chosen)
    began, told_at, sum_ = time.monotonic(), time.monotonic(), Tally()
    failed: list[Outcome] = []
    for outcome in _outcomes(chosen):
        sum_.add(outcome.tally)
        if outcome.complaints:
            failed.append(outcome)
            print(f"seed {outcome.seed}: {_kinds(outcome)}")
        enough = sum_.faulty_sessions >= chosen.sessions
        if enough or time.monotonic() - told_at > 20:
            told_at = time.monotonic()
            _progress(sum_, failed, told_at - began)
        if enough:
            break
    _summary(chosen, sum_, failed, time.monotonic() - began)
    return 1 if failed else 0


def _replay(chosen: argparse.Namespace) -> int:
    logging.disable(logging.CRITICAL)
    with _place(chosen) as (folder, url):
        outcome = played(folder, chosen.replay, url)
    _tell(outcome)
    return 1 if outcome.complaints else 0


def _tell(outcome: Outcome) -> None:
    print(f"\n== history {outcome.seed} ==")
    for line in outcome.story:
        print(f"  {line}")
    for complaint in outcome.complaints:
        print(f"  >> {complaint.kind}: {complaint.text}")


def _kinds(outcome: Outcome) -> str:
    kinds = Counter(complaint.kind for complaint in outcome.complaints)
    first = outcome.complaints[0].text.strip().splitlines()[-1]
    return f"{dict(kinds)} {first[:140]}"


def _progress(sum_: Tally, failed: Sequence[Outcome], seconds: float) -> None:
    print(
        f"{sum_.faulty_sessions:>6} faulty of {sum_.sessions} sessions in {sum_.histories} "
        f"histories, {len(failed)} failed, {seconds:.0f} s, {sum_.sessions / seconds:.1f} a second",
        flush=True,
    )


def _summary(
    chosen: argparse.Namespace, sum_: Tally, failed: Sequence[Outcome], seconds: float
) -> None:
    for outcome in failed[:20]:
        _tell(outcome)
    tables = {
        "faults in sessions": sum_.faults,
        "what people did": sum_.acts,
        "made": sum_.made,
        "orders by status": sum_.statuses,
        "orders held by cause": sum_.held,
    }
    for title, counts in tables.items():
        print(f"\n{title}")
        for name, count in counts.most_common():
            print(f"{count:>9}  {name}")
    print(f"\n{chosen.database}, seeds from {chosen.seed}, {chosen.jobs} jobs, {seconds:.0f} s")
    print(f"{sum_.histories} histories, {sum_.sessions} sessions")
    print(f"{sum_.faulty_sessions} sessions with faults")
    counted = Counter(each.kind for outcome in failed for each in outcome.complaints)
    print(", ".join(f"{name} {counted.pop(kind, 0)}" for kind, name in _NAMES.items()))
    if counted:
        print("also: " + ", ".join(f"{kind} {count}" for kind, count in counted.items()))
    print(f"failed histories: {[outcome.seed for outcome in failed]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
