"""Backups in a folder: what they are called, and which of them stay."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from qbwc_service.private_files import PART

_NAME = re.compile(r"qbwc-service-\d{8}T\d{6}Z\.zip")
_PART = re.compile(PART)
#: no backup writes nothing for so long
_LEFT_AFTER = timedelta(days=1)


def name_for(made_at: datetime) -> str:
    """Names of later backups sort behind those of earlier ones. `made_at` in UTC."""
    return f"qbwc-service-{made_at:%Y%m%dT%H%M%SZ}.zip"


def drop_older(folder: Path, keep: int) -> list[Path]:
    """Deletes all but the newest so many backups that bear a name of ours; gives those deleted."""
    ours = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    gone = ours[:-keep]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def drop_left_over(folder: Path, now: datetime) -> list[Path]:
    """Deletes what backups left half written that were killed; gives those deleted."""
    before = (now - _LEFT_AFTER).timestamp()
    gone = sorted(
        path
        for path in folder.iterdir()
        if _PART.fullmatch(path.name) and path.is_file() and path.lstat().st_mtime < before
    )
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
