"""The eight calls of the Web Connector as plain typed methods.

The SOAP adapter knows this protocol and nothing behind it; the session knows nothing of SOAP.
Source: QuickBooks Web Connector Programmer's Guide 2.0, chapter 10.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the connection named in the URL ("" where the URL names none) and from where."""

    connection: str
    remote_address: str


class WebConnectorService(Protocol):
    """What the Web Connector may ask for. No method raises for a state that can happen."""

    def server_version(self, caller: Caller) -> str: ...

    def client_version(self, caller: Caller, version: str) -> str:
        """ "" to go on, or text that starts with "W:", "E:" or "O:" (guide p. 66)."""

    def authenticate(self, caller: Caller, user_name: str, password: str) -> list[str]:
        """Two to four strings: ticket; nvu, none, busy, "" or a path; seconds; seconds (p. 62)."""

    def send_request_xml(
        self,
        caller: Caller,
        ticket: str,
        hcp_response: str,
        company_file_name: str,
        country: str,
        major_version: int,
        minor_version: int,
    ) -> str:
        """The next qbXML message, or "" when there is none (then getLastError is called)."""

    def receive_response_xml(
        self, caller: Caller, ticket: str, response: str, hresult: str, message: str
    ) -> int:
        """1..99 to go on, 100 when done, negative to stop (then getLastError is called)."""

    def connection_error(self, caller: Caller, ticket: str, hresult: str, message: str) -> str:
        """ "done" to stop, "" to retry with the open file, or a path to retry with."""

    def get_last_error(self, caller: Caller, ticket: str) -> str:
        """One sentence for the Status column; never empty."""

    def close_connection(self, caller: Caller, ticket: str) -> str:
        """One sentence for the Status column; answers any ticket, also an unknown one."""
