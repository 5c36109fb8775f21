"""What is asked of the C library is understood where it is glibc, and harmless elsewhere."""

import platform
from types import SimpleNamespace

import pytest

from qbwc_service import collector


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_shares_its_heaps() -> None:
    assert collector.share_heaps()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector.ctypes, "CDLL", lambda _name: SimpleNamespace())
    assert not collector.share_heaps()
