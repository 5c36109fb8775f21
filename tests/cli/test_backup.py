"""backup and restore: what they say, what they refuse, and what scripts read."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from qbwc_service.config import make_key_file
from qbwc_service.database import Database
from tests.cli.conftest import Shell
from tests.databases import empty_url

pytestmark = pytest.mark.usefixtures("acme")


def test_a_backup_is_told_and_restored_on_another_machine(
    shell: Shell, migrated: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "move.zip"
    made = shell("backup", str(path))
    assert (made.code, made.err) == (0, "")
    assert made.out.startswith(f"Wrote {path}: 1 connection (acme) with 0 orders, ")
    assert f"keep a copy of {tmp_path / 'secret.key'}, in another place." in made.out

    checked = shell("restore", str(path), "--check")
    assert (checked.code, checked.out.splitlines()[1:]) == (
        0,
        ["It is whole. Nothing was changed."],
    )

    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("QBWC_DATABASE_URL", empty_url(other))
    restored = shell("restore", str(path))
    assert (restored.code, restored.err) == (0, "")
    assert "Restored: " in restored.out
    assert "secret key" not in restored.out
    assert "acme" in shell("connection", "list").out
    (newest, *_) = shell("audit", "--json").document
    assert newest["what"] == "Database restored from a backup"


def test_another_secret_key_is_told_plainly(
    shell: Shell, migrated: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shell("backup", str(tmp_path / "move.zip"))
    make_key_file(tmp_path / "other.key")
    monkeypatch.setenv("QBWC_SECRET_KEY_FILE", str(tmp_path / "other.key"))
    checked = shell("restore", str(tmp_path / "move.zip"), "--check")
    assert "It needs another secret key" in checked.out
    document = shell("restore", str(tmp_path / "move.zip"), "--check", "--json").document
    assert len(document["missing_keys"]) == 1
    assert document["restored"] is False


def test_what_is_there_is_replaced_only_when_told_to(
    shell: Shell, migrated: Database, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    shell("backup", str(path))
    migrated.close()
    refused = shell("restore", str(path))
    assert refused.code == 1
    assert (
        "has something in it: 1 connection (acme) with 0 orders. Nothing was changed."
        in refused.err
    )
    replaced = shell("restore", str(path), "--replace")
    assert replaced.code == 0
    assert (
        "This replaces what is in the database: 1 connection (acme) with 0 orders." in replaced.out
    )


def test_a_folder_gets_one_file_a_backup_and_keeps_the_newest(
    shell: Shell, migrated: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / "qbwc-service-20251101T030000Z.zip"
    old.touch()
    left = folder / ".qbwc-service-20251101T030000Z.zip.0123abcd.part"
    left.touch()
    os.utime(left, (0, 0))
    document = shell("backup", str(folder), "--keep", "1", "--json").document
    assert document["deleted"] == [str(left), str(old)]
    assert [str(path) for path in folder.iterdir()] == [document["file"]]
    assert document["rows"]["connection"] == 1
    refused = shell("backup", str(tmp_path / "a.zip"), "--keep", "1")
    assert (refused.code, "--keep needs a folder" in refused.err) == (2, True)


@pytest.mark.parametrize("content", [b"", b"PK nonsense"])
def test_a_file_that_is_no_backup_is_refused_in_a_sentence(
    shell: Shell, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(content)
    outcome = shell("restore", str(path))
    assert outcome.code == 1
    assert outcome.err.strip() == (
        f"{path} cannot be used: it is damaged, cut short, or no backup. Nothing was changed."
    )


def test_a_database_without_tables_is_not_backed_up(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    url = empty_url(other)
    if url.startswith("sqlite:"):
        Path(url.removeprefix("sqlite:///")).touch()
    monkeypatch.setenv("QBWC_DATABASE_URL", url)
    outcome = shell("backup", str(tmp_path / "a.zip"))
    assert (outcome.code, outcome.err.strip()) == (
        *(1, "The database has no tables yet: there is nothing to back up."),
    )


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_database_that_a_command_makes_is_its_owners_alone(
    shell: Shell, migrated: Database, tmp_path: Path
) -> None:
    """A first start and a restore, as processes of somebody whose files all may read."""
    shell("backup", str(tmp_path / "a.zip"))
    for name, command in (("first", ["migrate"]), ("put-back", ["restore", "a.zip"])):
        made = subprocess.run(
            [sys.executable, "-m", "qbwc_service", *command],
            cwd=tmp_path,
            env=os.environ | {"QBWC_DATABASE_URL": f"sqlite:///{tmp_path / name}"},
            umask=0o022,
            capture_output=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_support_file_of_a_command_is_its_owners_alone(
    shell: Shell, migrated: Database, tmp_path: Path
) -> None:
    path = tmp_path / "support.zip"
    made = subprocess.run(
        [sys.executable, "-m", "qbwc_service", "support-file", "acme", "-o", str(path)],
        umask=0o022,
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
