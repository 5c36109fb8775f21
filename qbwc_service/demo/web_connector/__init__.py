"""A simulated QuickBooks Web Connector: the calls, the bytes and the temper of QBWC 2.3."""

from .connector import WebConnector
from .faults import ConnectorCrashPoint, Faults, HcpFault
from .outcome import Ended, Exchange, UpdateResult
from .qwc_file import QwcFile, QwcRefused
from .registration import add_application

__all__ = [
    "ConnectorCrashPoint",
    "Ended",
    "Exchange",
    "Faults",
    "HcpFault",
    "QwcFile",
    "QwcRefused",
    "UpdateResult",
    "WebConnector",
    "add_application",
]
