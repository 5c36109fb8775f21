"""What a .qwc file says, as a value. Source: Web Connector Programmer's Guide p. 35-39."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import STRICT, IntFlag, StrEnum
from types import MappingProxyType
from typing import Final


class AuthFlags(IntFlag, boundary=STRICT):
    """Editions of QuickBooks that may be used; none set means all of them."""

    SIMPLE_START = 0x1
    PRO = 0x2
    PREMIER = 0x4
    ENTERPRISE = 0x8


class PersonalDataPref(StrEnum):
    """Whether access to personal data (social security and card numbers) is asked for."""

    NOT_NEEDED = "pdpNotNeeded"
    OPTIONAL = "pdpOptional"
    REQUIRED = "pdpRequired"


class QBType(StrEnum):
    """Financial software (every desktop edition) or point of sale."""

    FINANCIAL_SOFTWARE = "QBFS"
    POINT_OF_SALE = "QBPOS"


class Style(StrEnum):
    """How SOAP messages are written; a document/literal service is DOCUMENT."""

    DOCUMENT = "Document"
    DOC_WRAPPED = "DocWrapped"
    RPC = "RPC"


class UnattendedModePref(StrEnum):
    """Whether permission to run while QuickBooks is closed is asked for."""

    REQUIRED = "umpRequired"
    OPTIONAL = "umpOptional"


@dataclass(frozen=True, slots=True, kw_only=True)
class QwcFile:
    """One application entry of the Web Connector. The password is never part of it.

    `owner_id` is one GUID for the product, `file_id` one for each connection, both in braces.
    `cert_url`, `app_unique_name` and `app_display_name` are left out of the file where empty.
    """

    app_name: str
    app_url: str
    app_description: str
    app_support: str
    user_name: str
    owner_id: str
    file_id: str
    run_every_minutes: int
    app_id: str = ""
    app_unique_name: str = ""
    app_display_name: str = ""
    cert_url: str = ""
    auth_flags: AuthFlags = AuthFlags.PRO | AuthFlags.PREMIER | AuthFlags.ENTERPRISE
    is_read_only: bool = False
    notify: bool = False
    personal_data_pref: PersonalDataPref = PersonalDataPref.NOT_NEEDED
    qb_type: QBType = QBType.FINANCIAL_SOFTWARE
    style: Style = Style.DOCUMENT
    unattended_mode_pref: UnattendedModePref = UnattendedModePref.OPTIONAL


# In the order of the file that build() writes.
ELEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "app_name": "AppName",
        "app_id": "AppID",
        "app_url": "AppURL",
        "app_description": "AppDescription",
        "app_support": "AppSupport",
        "app_unique_name": "AppUniqueName",
        "app_display_name": "AppDisplayName",
        "cert_url": "CertURL",
        "user_name": "UserName",
        "owner_id": "OwnerID",
        "file_id": "FileID",
        "qb_type": "QBType",
        "notify": "Notify",
        "run_every_minutes": "Scheduler/RunEveryNMinutes",
        "is_read_only": "IsReadOnly",
        "personal_data_pref": "PersonalDataPref",
        "unattended_mode_pref": "UnattendedModePref",
        "auth_flags": "AuthFlags",
        "style": "Style",
    }
)
