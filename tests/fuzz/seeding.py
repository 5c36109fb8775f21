"""Writes a target's seeds into FOLDER/corpus: `python -m tests.fuzz.seeding TARGET FOLDER`.

In a process of its own, so that nothing of the product is imported where workers are started.
"""

import hashlib
import sys
from pathlib import Path

from tests.fuzz.targets import target_named


def main() -> None:
    target, folder = target_named(sys.argv[1]), Path(sys.argv[2])
    for seed in target.seeds(folder / "seeds"):
        if len(seed) <= target.longest:
            name = hashlib.sha256(seed).hexdigest()[:16]
            (folder / "corpus" / f"seed-{name}").write_bytes(seed)


if __name__ == "__main__":
    main()
