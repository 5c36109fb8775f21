"""The Host, Company and Preferences queries that the Web Connector runs by itself."""

import re
from dataclasses import dataclass
from typing import Final, Self

from lxml import etree

from .faults import HcpFault

_DECIMAL: Final = re.compile(r"(<(?:AnnualInterestRate|MinFinanceCharge)>\d+)\.")


def hcp_request(owner_id: str) -> str:
    """One message with requestIDs 0, 1, 2, in a version that every QuickBooks takes."""
    return (
        '<?xml version="1.0"?><?qbxml version="2.0"?><QBXML>'
        '<QBXMLMsgsRq onError="continueOnError"><HostQueryRq requestID="0"/>'
        f'<CompanyQueryRq requestID="1"><OwnerID>{owner_id}</OwnerID></CompanyQueryRq>'
        '<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
    )


def spoiled(response: str, fault: HcpFault) -> str:
    """The HCP text as it reaches the service under a fault."""
    match fault:
        case HcpFault.MISSING:
            return ""
        case HcpFault.MALFORMED:
            return response[: len(response) // 2]
        case HcpFault.COMMA_DECIMAL:
            return _DECIMAL.sub(r"\1,", response)
        case HcpFault.NONE:
            return response


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What every sendRequestXML tells of QuickBooks: its country and highest qbXML version."""

    country: str
    major: int
    minor: int

    @classmethod
    def of(cls, hcp_response: str) -> Self:
        root = etree.fromstring(hcp_response.encode())
        versions = [e.text or "0" for e in root.iterfind(".//SupportedQBXMLVersion")]
        major, minor = max(
            (int(major), int(minor or 0))
            for major, _, minor in (version.partition(".") for version in versions)
        )
        return cls(root.findtext(".//Country") or "US", major, minor)
