"""Of the backups in a folder the newest stay; what is not ours is not touched."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qbwc_service.backup.archive import ArchiveWriter
from qbwc_service.backup.kept import drop_left_over, drop_older, name_for
from qbwc_service.clock import utc_now
from tests.backup.conftest import Made, back_up
from tests.databases import Engine


def test_the_newest_stay_and_other_files_too(tmp_path: Path) -> None:
    days = [datetime(2026, 11, day, 3, 0, tzinfo=UTC) for day in (9, 10, 11, 12)]
    names = [name_for(day) for day in days]
    others = ["before-the-move.zip", f"{names[0]}.copy", "qbwc-service-notes.txt"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    assert [path.name for path in drop_older(tmp_path, 2)] == names[:2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[2:], *others])
    assert drop_older(tmp_path, 2) == []


def test_what_a_killed_backup_left_goes_after_a_day(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        os.link(next(folder.glob(".a.zip.*")), left)
        raise KeyboardInterrupt

    folder = tmp_path / "backups"
    folder.mkdir()
    left = folder / ".a.zip.0123abcd.part"
    others = [folder / name for name in ("a.zip.part", ".bashrc", "film.0123abcd.part")]
    for other in others:
        other.touch()
        os.utime(other, (0, 0))
    monkeypatch.setattr(ArchiveWriter, "write_manifest", killed)
    with pytest.raises(KeyboardInterrupt):
        back_up(made(Engine.SQLITE, "here"), folder / "a.zip")
    assert drop_left_over(folder, utc_now()) == []
    assert drop_left_over(folder, utc_now() + timedelta(hours=25)) == [left]
    assert sorted(folder.iterdir()) == sorted(others)
