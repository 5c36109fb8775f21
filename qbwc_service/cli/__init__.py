"""The command line. Its commands and options are stable: scripts rely on them."""

from qbwc_service.cli.entry import main

__all__ = ["main"]
