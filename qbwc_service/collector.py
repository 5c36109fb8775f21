"""How Python collects its garbage in this service."""

import gc


def collect_seldom() -> None:
    """For a process that reads pages of a thousand records: each of them lives until its page is
    written, and the usual setting looks through all of them a hundred times a page for nothing."""
    gc.set_threshold(100_000, 20, 50)
