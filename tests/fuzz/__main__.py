"""The long mode: `python -m tests.fuzz soap --minutes 30`, or `--all --jobs 2`, or `--list`.

Needs atheris (`pip install -e '.[test,fuzz]'`). Exit code 1 where anything was found: a defect, a
crash, a hang (an input of 60 s, or of 5 s of the processor), or memory that goes on growing (more
than 64 MB beyond the corpus after the first third of the run, and in a plain process as well).
"""

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

from tests.fuzz.running import run_all
from tests.fuzz.targets import ABOUT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help="names as --list tells them")
    parser.add_argument("--all", action="store_true", help="every target")
    parser.add_argument("--list", action="store_true", help="name the targets and stop")
    parser.add_argument("--minutes", type=float, default=30.0, help="for each target")
    parser.add_argument("--jobs", type=int, default=1, help="so many targets at a time")
    parser.add_argument("--folder", type=Path, help="keeps corpus, logs and findings; made new")
    chosen = parser.parse_args()
    if chosen.list:
        for name, about in ABOUT.items():
            print(f"{name:13} {about}")
        return 0
    names = list(ABOUT) if chosen.all else chosen.targets
    if not names or set(names) - set(ABOUT):
        parser.error(f"name some of {', '.join(ABOUT)}, or --all")
    if importlib.util.find_spec("atheris") is None:
        parser.error("atheris is not installed: pip install -e '.[test,fuzz]'")
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(
        f"{', '.join(names)}: {chosen.minutes:g} minutes each, {chosen.jobs} at a time, in {folder}"
    )
    good = True
    for outcome in run_all(names, folder, chosen.minutes, chosen.jobs):
        print(outcome.line(), flush=True)
        good &= outcome.is_good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
