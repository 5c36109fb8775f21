"""The demo's programs: each a real process on a real socket, ended by its own id."""

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

#: much more than a busy machine needs
_START_SECONDS = 240.0


class ProgramFailed(Exception):
    """A program of the demo ended, or did not say that it is ready; `output` is what it printed."""

    def __init__(self, name: str, output: str) -> None:
        self.name = name
        self.output = output
        said = output.strip()[-500:] or (
            f"it was not ready after {_START_SECONDS:.0f} seconds and said nothing. Try again when "
            "this computer is less busy"
        )
        super().__init__(f"{name} did not start: {said}")


class Program:
    """A running program. `stop()` ends it; a second stop does nothing."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(  # noqa: S603 - our own modules, no shell # nosec B603
                [sys.executable, "-m", *arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                text=True,
            )

    def first_line(self) -> dict[str, Any]:
        """The JSON line with which the program says that it is ready; raises ProgramFailed."""
        stream = self.process.stdout
        if stream is None:
            raise ProgramFailed(self.name, "")
        ready, _, _ = select.select([stream], [], [], _START_SECONDS)
        line = stream.readline() if ready else ""
        try:
            found: dict[str, Any] = json.loads(line)
        except ValueError as error:
            self.stop()
            raise ProgramFailed(self.name, line + self.log.read_text(errors="replace")) from error
        return found

    def wait_for(self, url: str) -> None:
        """Until that address answers; raises ProgramFailed."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                httpx.get(url, timeout=2.0, trust_env=False)
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise ProgramFailed(self.name, self.log.read_text(errors="replace"))

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10.0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def run(
    arguments: Sequence[str], *, environment: Mapping[str, str], timeout: float = 600.0
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; raises ProgramFailed where it ends with an error."""
    done = subprocess.run(  # noqa: S603 - our own modules, no shell # nosec B603
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=timeout,
    )
    if done.returncode:
        raise ProgramFailed(" ".join(arguments[:3]), done.stdout + done.stderr)
    return done


def free_port(wanted: int) -> int:
    """That port of this machine, or any free one where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            taken: int = probe.getsockname()[1]
            return taken
    raise ProgramFailed("the service", "no port is free")
