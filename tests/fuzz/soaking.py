"""Whether memory grows where the fuzzer is not.

    python -m tests.fuzz.soaking TARGET FOLDER SECONDS

libFuzzer keeps something of the inputs that it has seen. Here the inputs of FOLDER/corpus are
changed and fed in a plain process, which prints its resident megabytes after a third of the time
and at the end.
"""

import contextlib
import gc
import json
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.fuzz.memory import resident_kilobytes
from tests.fuzz.mutation import changed
from tests.fuzz.target import Defect
from tests.fuzz.targets import target_named


def main() -> None:
    target, folder, seconds = target_named(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    inputs = [file.read_bytes() for file in sorted((folder / "corpus").iterdir())]
    dice, began, megabytes = Random(1), time.monotonic(), []
    with tempfile.TemporaryDirectory() as place, target.open(Path(place)) as run:
        for until in (seconds / 3, seconds):
            while time.monotonic() - began < until:
                with contextlib.suppress(Defect):
                    run(changed(dice.choice(inputs), target.longest, dice, target.words))
            gc.collect()
            megabytes.append(resident_kilobytes() / 1024)
    print(json.dumps(megabytes))


if __name__ == "__main__":
    main()
