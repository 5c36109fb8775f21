"""How Python collects its garbage in this service."""

import gc


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
    few that it reads."""
    gc.collect()
