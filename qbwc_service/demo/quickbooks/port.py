"""QuickBooks as the Web Connector meets it: sessions, messages and the FileID."""

import uuid
from dataclasses import dataclass
from typing import Protocol

from .company import Company
from .errors import NO_SESSION, SERVER_DIED, WRONG_FILE_OPEN, HResult, SimulatedCrash


@dataclass(frozen=True, slots=True)
class QuickBooksSession:
    """An open session: its ticket, and the path of the company file that is open."""

    ticket: str
    company_file: str


class QuickBooksPort(Protocol):
    """The calls of the request processor that the Web Connector makes; all may raise HResult."""

    def begin_session(self, company_file: str) -> QuickBooksSession:
        """Opens a session with that file, or with the file that is open for ""."""

    def process(self, ticket: str, text: str) -> str:
        """Runs one qbXML message."""

    def end_session(self, ticket: str) -> None:
        """Ends a session; one that is not open is no error."""

    def write_file_id(self, owner_id: str, file_id: str) -> None:
        """Writes the FileID of an application into the company file, once (guide p. 37)."""


class InProcessQuickBooks:
    """A company in the same process. Set `refusal` and no session begins any more.

    A SimulatedCrash of the company is HResult 0x80040402: that is all a caller sees of it.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self.refusal: HResult | None = None
        self._ticket = ""

    def begin_session(self, company_file: str) -> QuickBooksSession:
        if self.refusal is not None:
            raise self.refusal
        open_file = self.company.company_file
        if company_file and company_file.casefold() != open_file.casefold():
            raise HResult(WRONG_FILE_OPEN, detail=company_file)
        self.company.begin_session()
        self._ticket = str(uuid.uuid4())
        return QuickBooksSession(self._ticket, open_file)

    def process(self, ticket: str, text: str) -> str:
        if not ticket or ticket != self._ticket:
            raise HResult(NO_SESSION)
        try:
            return self.company.process(text)
        except SimulatedCrash as crash:
            self._ticket = ""
            self.company.end_session()
            raise HResult(SERVER_DIED, detail=crash.point) from crash

    def end_session(self, ticket: str) -> None:
        if ticket == self._ticket:
            self._ticket = ""
            self.company.end_session()

    def write_file_id(self, owner_id: str, file_id: str) -> None:
        self.company.write_file_id(owner_id, file_id)
