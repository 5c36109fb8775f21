"""Backups in a folder: what they are called, and which of them stay."""

import re
from datetime import datetime
from pathlib import Path

_NAME = re.compile(r"qbwc-service-\d{8}T\d{6}Z\.zip")


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
