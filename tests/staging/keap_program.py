"""A simulated Keap in a process of its own, and what is asked of the simulation itself."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

#: no limit is ever reached
WITHOUT_LIMITS = ("--per-minute", "1000000", "--per-day", "100000000")


class KeapProgram:
    """Where it is, the key that opens it, and what it can be told."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key
        self._simulator = url.removesuffix("/crm") + "/simulator"

    def dump(self) -> bytes:
        """All its records."""
        return self._asked("GET", "dump").content

    def act(self, name: str, **arguments: object) -> None:
        """Something that people do in the shop, by its name."""
        self._asked("POST", "act", {"act": name, "arguments": arguments})

    def trade(self, **day: int) -> None:
        """A day of trade goes on from now on, a step before every call."""
        self._asked("POST", "trade", day)

    def end_trade(self) -> dict[str, int]:
        """Nobody does anything any more; gives how many orders were placed, changed, deleted."""
        traded: dict[str, int] = self._asked("DELETE", "trade").json()
        return traded

    def end_faults(self) -> dict[str, int]:
        """All answers are right from now on; gives how many were not, by kind."""
        self._asked("DELETE", "faults")
        happened: dict[str, int] = self._asked("GET", "happened").json()
        return happened

    def _asked(self, method: str, path: str, body: Any = None) -> httpx.Response:
        address = f"{self._simulator}/{path}"
        answer = httpx.request(method, address, json=body, timeout=600, trust_env=False)
        answer.raise_for_status()
        return answer


@contextmanager
def keap_program(*options: str) -> Iterator[KeapProgram]:
    """Started with these options, and ended."""
    command = [sys.executable, "-m", "qbwc_service.demo.keap", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield KeapProgram(told["url"], told["key"])
    finally:
        process.terminate()
        process.wait(timeout=60)
        process.stdout.close()
