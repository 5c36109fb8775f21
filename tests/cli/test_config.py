"""config: the effective values, and every fault at once."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "service.env"
    monkeypatch.setenv("QBWC_CONFIG_FILE", str(path))
    monkeypatch.delenv("QBWC_DATABASE_URL")
    return path


def test_values_come_with_their_place_and_no_secret(shell: Shell, file: Path) -> None:
    file.write_text("QBWC_DATABASE_URL=postgresql://qbwc:s3cret@db/qbwc\n", encoding="utf-8")
    shown = shell("config")
    assert (shown.code, shown.err) == (0, "")
    lines = shown.out.splitlines()
    assert lines[0] == "Variable\tValue\tFrom"
    assert f"QBWC_DATABASE_URL\tpostgresql://qbwc:***@db/qbwc\t{file}, line 1" in lines
    assert "QBWC_TRUSTED_PROXIES\t0\tdefault" in lines
    document = shell("config", "--json").document
    assert document["is_well"] is True
    assert document["file"] == str(file)
    assert document["variables"][1] == {
        "name": "QBWC_DATABASE_URL",
        "value": "postgresql://qbwc:***@db/qbwc",
        "place": f"{file}, line 1",
        "type": "address of a database",
        "meaning": "`sqlite:////path/to/service.db` or `postgresql+psycopg://user@host/name`.",
    }
    assert "s3cret" not in shown.out + str(document)


def test_a_check_of_what_can_be_used_says_so(shell: Shell, file: Path) -> None:
    file.write_text("QBWC_LOG_LEVEL=ERROR\n", encoding="utf-8")
    done = shell("config", "--check")
    assert (done.code, done.err) == (0, "")
    assert done.out == ("Nothing is wrong with the configuration. The database was not asked.\n")


def test_a_check_tells_all_faults_at_once(
    shell: Shell, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = tmp_path / "password"
    password.write_text("short", encoding="utf-8")
    file.write_text(
        f"QBWC_DATABASE_POOL=0\nQBWC_PUBLC_URL=x\nQBWC_ADMIN_PASSWORD_FILE={password}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("QBWC_LOG_LEVEL", "LOUD")
    monkeypatch.setenv("QBWC_LOG_LEVLE", "LOUD")
    done = shell("config", "--check")
    assert (done.code, done.out) == (1, "")
    assert sorted(done.err.splitlines()) == sorted(
        [
            (
                "QBWC_LOG_LEVLE in the environment: there is no such variable "
                "(did you mean QBWC_LOG_LEVEL?)"
            ),
            (
                f"QBWC_PUBLC_URL in {file}, line 2: there is no such variable "
                "(did you mean QBWC_PUBLIC_URL?)"
            ),
            f"QBWC_DATABASE_POOL in {file}, line 1: write a whole number from 1 to 500",
            "QBWC_LOG_LEVEL in the environment: write DEBUG, INFO, WARNING or ERROR",
            (
                f"QBWC_ADMIN_PASSWORD_FILE in {file}, line 3: {password} must hold at least "
                "8 characters"
            ),
        ]
    )
    document = shell("config", "--check", "--json").document
    assert (document["is_well"], document["variables"]) == (False, [])
    assert len(document["faults"]) == 4
    assert document["warnings"] == [done.err.splitlines()[0]]


def test_what_the_first_start_makes_is_not_made_by_looking(
    shell: Shell, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("", encoding="utf-8")
    monkeypatch.delenv("QBWC_SECRET_KEY_FILE")
    for name in ("user_data_dir", "user_config_dir"):
        monkeypatch.setattr(
            f"qbwc_service.config.variables.platformdirs.{name}",
            lambda app, appauthor: str(tmp_path / "folder" / app),
        )
    assert shell("config").code == 0
    assert shell("config", "--check").code == 0
    assert not (tmp_path / "folder").exists()
