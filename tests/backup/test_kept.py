"""Of the backups in a folder the newest stay; what is not ours is not touched."""

from datetime import UTC, datetime
from pathlib import Path

from qbwc_service.backup.kept import drop_older, name_for


def test_the_newest_stay_and_other_files_too(tmp_path: Path) -> None:
    days = [datetime(2026, 11, day, 3, 0, tzinfo=UTC) for day in (9, 10, 11, 12)]
    names = [name_for(day) for day in days]
    others = ["before-the-move.zip", f"{names[0]}.copy", "qbwc-service-notes.txt"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    assert [path.name for path in drop_older(tmp_path, 2)] == names[:2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[2:], *others])
    assert drop_older(tmp_path, 2) == []
