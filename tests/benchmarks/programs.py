"""The service and the simulators as processes of their own, so that each one's cost is its own."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qbwc_service.demo.programs import Program, free_port

PROC = Path("/proc")


class Service:
    """`qbwc-service up` on a socket; what it has used by now (Linux: /proc)."""

    def __init__(self, url: str, process_id: int) -> None:
        self.url = url
        self._proc = PROC / str(process_id)

    def cpu_seconds(self) -> float:
        """User and system time of all its threads."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """What of it is in memory now."""
        pages = int((self._proc / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def service(
    folder: Path, environment: Mapping[str, str], url: str, *options: str
) -> Iterator[Service]:
    """Started at that address of this machine (`service_address` made it), and ended."""
    port = url.rpartition(":")[2]
    program = Program(
        "the service",
        ["qbwc_service", "up", "--port", port, *options],
        log=folder / "service.log",
        environment=environment,
    )
    try:
        program.wait_for(f"{url}/healthz")
        yield Service(url, program.process.pid)
    finally:
        program.stop()


def service_address() -> str:
    """An address that nobody listens at yet."""
    return f"http://localhost:{free_port(0)}"


@contextmanager
def quickbooks(folder: Path, *options: str) -> Iterator[str]:
    """A simulated QuickBooks, its company file in that folder; gives its address."""
    arguments = ["qbwc_service.demo.quickbooks", "--company", str(folder / "company.db"), *options]
    program = Program("QuickBooks", arguments, log=folder / "quickbooks.log")
    try:
        yield program.first_line()["url"]
    finally:
        program.stop()


class WebConnector:
    """The simulated Web Connector of one connection, as a program."""

    def __init__(self, folder: Path, file: bytes, password: str, quickbooks_url: str) -> None:
        self._folder = folder
        (folder / "bench.qwc").write_bytes(file)
        (folder / "password").write_text(password, encoding="utf-8")
        self._quickbooks_url = quickbooks_url

    def update(self) -> dict[str, Any]:
        """One update session; what the program says of it. Raises ProgramFailed."""
        program = Program(
            "the Web Connector",
            [
                "qbwc_service.demo.web_connector",
                "--once",
                "--qwc",
                str(self._folder / "bench.qwc"),
                "--password-file",
                str(self._folder / "password"),
                "--quickbooks",
                self._quickbooks_url,
            ],
            log=self._folder / "web_connector.log",
        )
        try:
            assert program.process.stdout is not None
            told: dict[str, Any] = json.loads(program.process.stdout.readline() or "{}")
            return told
        finally:
            program.stop()
