"""Files that name people: readable by their owner alone from the first byte on, whole or not there.

Windows knows no such modes; there the folder's rights decide.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

#: what `beside` calls a file: what a killed process left is known by it
PART: Final = r"\..+\.[0-9a-f]{8}\.part"


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name next to the target, which nobody can foresee; what bears it in the end is deleted.

    Close the file before you give it the target's name: Windows renames no open file.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def created(path: Path) -> IO[bytes]:
    """A new file, open for writing and reading. Raises FileExistsError, for a link too."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "w+b")
