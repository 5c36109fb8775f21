"""QuickBooks with trouble at chosen messages of one session: the Web Connector's side of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from qbwc_service.demo.quickbooks import HResult, QuickBooksPort, QuickBooksSession

Happening = Callable[[], None]
Spoiling = Callable[[str], str]


@dataclass
class Interposed:
    """Messages count from 1, as in demo.web_connector.faults. The Web Connector's own first query
    is none of them."""

    inner: QuickBooksPort
    before: dict[int, Happening] = field(default_factory=dict)
    after: dict[int, Happening] = field(default_factory=dict)
    spoil: dict[int, Spoiling] = field(default_factory=dict)
    #: refuses so many sessions with this code
    refusals: list[HResult] = field(default_factory=list)
    count: int = -1
    answers: list[str] = field(default_factory=list)

    def begin_session(self, company_file: str) -> QuickBooksSession:
        if self.refusals:
            raise self.refusals.pop()
        return self.inner.begin_session(company_file)

    def process(self, ticket: str, text: str) -> str:
        self.count += 1
        number = self.count
        if happening := self.before.pop(number, None):
            happening()
        answer = self.inner.process(ticket, text)
        if happening := self.after.pop(number, None):
            happening()
        if number and (spoiling := self.spoil.pop(number, None)):
            answer = spoiling(answer)
        self.answers.append(answer)
        return answer

    def end_session(self, ticket: str) -> None:
        self.inner.end_session(ticket)

    def write_file_id(self, owner_id: str, file_id: str) -> None:
        self.inner.write_file_id(owner_id, file_id)
