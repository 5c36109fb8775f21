"""A simulated QuickBooks company: real qbXML in and out, own arithmetic, state in SQLite.

It shares no code with the rest of the project, so that the two can contradict each other.
"""

from .books import Books, read_books
from .company import Company
from .crash import Crash, CrashPoint
from .errors import HResult, NotSupported, Refused, SimulatedCrash
from .human import Person
from .port import InProcessQuickBooks, QuickBooksPort, QuickBooksSession
from .seed import new_company

__all__ = [
    "Books",
    "Company",
    "Crash",
    "CrashPoint",
    "HResult",
    "InProcessQuickBooks",
    "NotSupported",
    "Person",
    "QuickBooksPort",
    "QuickBooksSession",
    "Refused",
    "SimulatedCrash",
    "new_company",
    "read_books",
]
