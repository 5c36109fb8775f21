"""How much memory this process has."""

from pathlib import Path


def resident_kilobytes() -> int:
    """Resident memory (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4
