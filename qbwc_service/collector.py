"""How this service keeps its memory small: what Python collects, and what the C library keeps."""

import ctypes
import gc

#: glibc, malloc.h
_M_ARENA_MAX = -8


def share_heaps() -> bool:
    """For a process with many threads, before they start: two heaps for all of them. glibc gives
    each thread one of its own, which stays as big as the biggest answer that it ever read; Python
    runs one thread at a time anyway. False where another C library is at work, which has its way.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, 2))


def collect_seldom() -> None:
    """For a process that reads pages of a thousand records: each of them lives until its page is
    written, and the usual setting looks through all of them a hundred times a page for nothing."""
    gc.set_threshold(100_000, 20, 50)


def collect_recent() -> None:
    """What recent calls left behind in circles. After `collect_seldom` a hundred answers of a
    megabyte would be kept for the few thousand small objects that hold them."""
    gc.collect(0)


def collect_all() -> None:
    """What long work left behind in circles. After `collect_seldom` Python looks for what has lived
    for a while only after a hundred million objects: a first load would grow by a page for each
    few that it reads. What is free then goes back to the system, if the C library can do that."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
