"""up: a real process on a real port, from first start to SIGTERM."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

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
        assert 'set my-books income_account="Sales" tax_account="Sales Tax Payable"' in said
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
        assert 'Keap is read by "qbwc-service stage" or "qbwc-service sync NAME", not here.' in said


def test_a_port_that_is_taken_is_one_sentence(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = shell("up", "--port", str(port))
    assert ended.code == 1
    # On a slow machine the log tells how long the tables took before.
    told = [line for line in ended.err.splitlines() if "The transaction schema.migrate" not in line]
    sentence = f"Cannot listen on 127.0.0.1 port {port}: Address already in use."
    advice = "Stop the other program there, or choose another port with --port."
    assert told == [f"{sentence} {advice}"]


_SLOW_SERVICE = """
import sys, time
from pathlib import Path
from threading import Thread
from qbwc_service import server
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy

folder = Path(sys.argv[1])

def slow(environ, start_response):
    (folder / "begun").touch()
    while not (folder / "go-on").exists():
        time.sleep(0.05)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"done"]

server.create_app = lambda *args, **more: slow
config = Config.from_environment()
server.serve(
    config, Database(config.database_url), Secrecy(bytes(32)), host="127.0.0.1", port=0,
    read_keap=False, started=lambda port: print(port, flush=True),
)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM does not exist there")
def test_a_call_that_runs_when_the_service_is_stopped_is_still_answered(
    shell: Shell, tmp_path: Path
) -> None:
    """Longer than waitress waits by itself, which is five seconds."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW_SERVICE, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        answers: list[str] = []
        call = Thread(
            target=lambda: answers.append(
                httpx.get(f"http://127.0.0.1:{port}/", timeout=60, trust_env=False).text
            )
        )
        call.start()
        wait_until((tmp_path / "begun").exists)
        process.send_signal(signal.SIGTERM)
        time.sleep(6)
        (tmp_path / "go-on").touch()
        call.join(30)
        assert answers == ["done"]
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(600):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within 30 seconds")
