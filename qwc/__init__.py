"""The .qwc file, by which the Web Connector on the QuickBooks PC learns of a web service."""

from qwc.document import build, read
from qwc.file import AuthFlags, PersonalDataPref, QBType, QwcFile, Style, UnattendedModePref
from qwc.problems import Problem, QwcInvalid, check

__all__ = [
    "AuthFlags",
    "PersonalDataPref",
    "Problem",
    "QBType",
    "QwcFile",
    "QwcInvalid",
    "Style",
    "UnattendedModePref",
    "build",
    "check",
    "read",
]
