"""qbwc-service doctor: what a person and a script read."""

from pathlib import Path

import pytest

from qbwc_service.database import Database
from tests.cli.conftest import Shell
from tests.doctor.hospital import Hospital, answers


def test_a_sound_service(shell: Shell, tmp_path: Path) -> None:
    with Hospital(tmp_path).written() as files:
        done = shell(
            *("doctor", "--qwc", str(files.qwc), "--trust", str(files.trusted)),
            *("--password-file", str(files.password)),
        )
    assert done.code == 0, done.out
    assert "good   The password is right.\n" in done.out
    assert done.out.endswith("The Web Connector can work with this service.\n")


def test_what_is_wrong_comes_with_its_code_and_what_to_do(shell: Shell, tmp_path: Path) -> None:
    hospital = Hospital(tmp_path)
    hospital.proxy = answers("404 Not Found", below="/support")
    with hospital.written() as files:
        arguments = ("doctor", "--qwc", str(files.qwc), "--trust", str(files.trusted))
        done, document = shell(*arguments), shell(*arguments, "--json").document
    assert done.code == 1
    assert (
        "answers 404. (QBWC1004)\n       Let the proxy pass everything below /support" in done.out
    )
    assert document["is_well"] is False
    assert document["findings"][-1]["check"] == "support"
    assert document["findings"][-1]["code"] == 1004


def test_a_connection_of_this_service_is_named(
    shell: Shell, migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_PUBLIC_URL", "http://localhost:9")
    shell("connection", "add", "acme")
    done = shell("doctor", "acme")
    assert done.code == 1
    assert "Nothing answers at localhost, port 9." in done.out


def test_either_a_name_or_a_file(shell: Shell) -> None:
    assert shell("doctor").code == 2
