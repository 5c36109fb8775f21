"""A database that is as it was before, after every input."""

import sqlite3
from pathlib import Path


class Snapshots:
    """Copies of a SQLite database, kept in memory, that can be put back into its file."""

    def __init__(self, file: Path) -> None:
        self._file = sqlite3.connect(file, isolation_level=None, timeout=10)
        self._kept: list[sqlite3.Connection] = []
        self._seen = (-1, -1)

    def take(self) -> int:
        """The number of a copy of what is there now."""
        copy = sqlite3.connect(":memory:")
        self._file.backup(copy)
        self._kept.append(copy)
        return len(self._kept) - 1

    def put_back(self, number: int) -> None:
        """Costs nothing where nobody has written since."""
        if self._seen != (number, self._version()):
            self._kept[number].backup(self._file)
            self._seen = (number, self._version())

    def was_written(self) -> bool:
        """Whether somebody else wrote since `put_back`."""
        return self._seen[1] != self._version()

    def close(self) -> None:
        for copy in self._kept:
            copy.close()
        self._file.close()

    def _version(self) -> int:
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])
