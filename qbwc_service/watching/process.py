"""Figures of this process. What the system does not tell is left out."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from qbwc_service.watching.exposition import Sample
from qbwc_service.watching.meanings import Metric

_STATM = Path("/proc/self/statm")
#: this is imported while the process starts
_BEGAN = time.time()


def process_figures() -> Iterator[Sample]:
    """Processor time, memory (Linux) and the start."""
    yield Sample(Metric.CPU, time.process_time())
    if (memory := _resident_bytes()) is not None:
        yield Sample(Metric.MEMORY, memory)
    yield Sample(Metric.STARTED, _BEGAN)


def _resident_bytes() -> int | None:
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
