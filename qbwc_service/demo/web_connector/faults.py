"""What can go wrong between QuickBooks and the service, on command. Messages count from 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ConnectorCrashPoint(StrEnum):
    """Where the Web Connector can die while it carries one message."""

    BEFORE_SEND = "before-send"
    AFTER_SEND = "after-send"
    AFTER_RUN = "after-run"
    AFTER_RECEIVE = "after-receive"


class HcpFault(StrEnum):
    """What is wrong with the first strHCPResponse."""

    NONE = "none"
    MISSING = "missing"
    MALFORMED = "malformed"
    COMMA_DECIMAL = "comma-decimal"


class Delivery(StrEnum):
    """What happens to the answer of a message that QuickBooks ran."""

    NORMAL = "normal"
    DROPPED = "dropped"
    CLOSED_BEFORE = "closed-before"
    TWICE = "twice"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class ReportedHResult:
    """An hresult in the place of an answer; `message_was_run` is what the service cannot know."""

    code: int
    text: str
    message_was_run: bool


class Faults:
    """Each fault strikes once, at the n-th message of the session that reaches it."""

    def __init__(self) -> None:
        self.hcp = HcpFault.NONE
        self._deliveries: dict[int, Delivery] = {}
        self._hresults: dict[int, ReportedHResult] = {}
        self._late_answer: Mapping[str, str] | None = None

    def drop_answer_at(self, message: int) -> None:
        """QuickBooks runs it; the answer is never delivered and the session dies."""
        self._deliveries[message] = Delivery.DROPPED

    def close_before_receive(self, message: int) -> None:
        """QuickBooks runs it; then closeConnection is called, without receiveResponseXML."""
        self._deliveries[message] = Delivery.CLOSED_BEFORE

    def duplicate_receive(self, message: int) -> None:
        """The same answer is posted twice."""
        self._deliveries[message] = Delivery.TWICE

    def late_answer(self, message: int) -> None:
        """The session dies; the answer comes, under its old ticket, after a new one began."""
        self._deliveries[message] = Delivery.LATE

    def hresult_at(
        self, message: int, code: int, text: str = "Error", *, message_was_run: bool = False
    ) -> None:
        """The service is told an hresult, whether QuickBooks ran the message or not."""
        self._hresults[message] = ReportedHResult(code, text, message_was_run)

    def take_delivery(self, message: int) -> Delivery:
        return self._deliveries.pop(message, Delivery.NORMAL)

    def take_hresult(self, message: int) -> ReportedHResult | None:
        return self._hresults.pop(message, None)

    def keep_late_answer(self, arguments: Mapping[str, str]) -> None:
        self._late_answer = arguments

    def take_late_answer(self) -> Mapping[str, str] | None:
        """The arguments of a receiveResponseXML that is still to be called, once."""
        late, self._late_answer = self._late_answer, None
        return late
