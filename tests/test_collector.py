"""What is asked of the C library is understood where it is glibc, and harmless elsewhere."""

import os
import platform
from pathlib import Path
from types import SimpleNamespace

import pytest

from qbwc_service import collector


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_shares_its_heaps() -> None:
    assert collector.share_heaps()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector.ctypes, "CDLL", lambda _name: SimpleNamespace())
    assert not collector.share_heaps()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_what_is_free_goes_back_to_the_system() -> None:
    """A page of records is many small pieces, which glibc would keep for the next one."""
    pieces = [bytes(2000) for _ in range(50_000)]
    kept = pieces[::500]
    before = _resident()
    del pieces
    collector.collect_all()
    assert _resident() < before - 50 * 1024 * 1024
    assert len(kept) == 100


def test_without_that_function_only_python_collects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector.ctypes, "CDLL", lambda _name: SimpleNamespace())
    collector.collect_all()


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
