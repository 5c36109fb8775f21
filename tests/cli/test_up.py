"""up: a real process on a real port, from first start to SIGTERM."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Shell


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """The process, its port and what it said until it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "qbwc_service", "up", "--port", "0", *options],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl-C stops"):
                break
        port = re.search(r"^Listening on 127\.0\.0\.1 port (\d+)\.", said, re.MULTILINE)
        assert port is not None, said
        yield process, int(port[1]), said
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        process.stdout.close()


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM does not exist there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_start_makes_the_tables_serves_and_stops_cleanly(
    shell: Shell, number: signal.Signals
) -> None:
    with serving() as (process, port, said):
        assert re.search(r"^Password: \S{16}$", said, re.MULTILINE)
        assert f"Set QBWC_PUBLIC_URL=http://localhost:{port} here" in said
        assert "connection add my-books" in said
        site = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{site}/healthz").text == "ok\n"
        assert httpx.get(f"{site}/qbwc/acme?wsdl").status_code == 200
        assert shell("connection", "add", "acme").code == 0
        process.send_signal(number)
        rest = process.communicate(timeout=30)[0]
    assert process.returncode == 0
    assert "Traceback" not in rest
    assert "ERROR" not in rest
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{site}/healthz")


@pytest.mark.usefixtures("acme")
def test_a_later_start_tells_neither_password_nor_first_steps(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("a password of mine")
    monkeypatch.setenv("QBWC_ADMIN_PASSWORD_FILE", str(tmp_path / "password"))
    with serving("--no-scheduler") as (_process, _port, said):
        assert "Password" not in said
        assert "a password of mine" not in said
        assert "connection add" not in said
        assert 'Keap is read only when you run "qbwc-service sync NAME".' in said


def test_a_port_that_is_taken_is_one_sentence(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = shell("up", "--port", str(port))
    assert ended.code == 1
    assert ended.err == f"Cannot listen on 127.0.0.1 port {port}: Address already in use.\n"
