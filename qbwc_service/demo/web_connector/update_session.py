"""One update session, in the order of calls of QBWC 2.3 (Programmer's Guide, chapters 2 and 10)."""

from collections.abc import Callable
from typing import Final, NoReturn

from qbwc_service.demo.quickbooks import Crash, HResult, QuickBooksPort, QuickBooksSession

from .faults import ConnectorCrashPoint, Delivery, Faults
from .hcp import HostFacts, hcp_request, spoiled
from .outcome import Ended, Exchange, UpdateResult
from .qwc_file import QwcFile
from .soap import SoapClient, SoapFailed

CLIENT_VERSION: Final = "2.3.0.215"
_NO_OP: Final = "NoOp"
_NO_OPS: Final = 3
_NO_OP_SECONDS: Final = 5.0
_CONNECTION_ERRORS: Final = 4
_NO_QUICKBOOKS: Final = "Error connecting to QuickBooks"
_CODES: Final = {
    "serverVersion": "QBWC1036",
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}
_REFUSALS: Final = {
    "nvu": (Ended.NVU, "QBWC1040: did not provide a valid username and/or password"),
    "none": (Ended.NONE, "No data exchange"),
    "busy": (Ended.BUSY, "Application Busy"),
}


class _Over(Exception):
    """The session is over."""

    def __init__(self, ended: Ended) -> None:
        self.ended = ended
        super().__init__(ended)


class UpdateSession:
    """Runs once; what happened is in the UpdateResult."""

    def __init__(
        self,
        qwc: QwcFile,
        password: str,
        quickbooks: QuickBooksPort,
        soap: SoapClient,
        company_file: str,
        faults: Faults,
        crash: Crash,
        sleep: Callable[[float], None],
    ) -> None:
        self._qwc = qwc
        self._password = password
        self._quickbooks = quickbooks
        self._soap = soap
        self._company_file = company_file
        self._faults = faults
        self._crash = crash
        self._sleep = sleep
        self._result = UpdateResult()
        self._no_ops = 0

    def run(self) -> UpdateResult:
        """The whole session."""
        try:
            self._greet()
            company_file = self._authenticate()
            self._deliver_late_answer()
            session = self._begin_session(company_file)
            try:
                self._carry_messages(session)
            finally:
                self._quickbooks.end_session(session.ticket)
        except _Over as over:
            self._result.ended = over.ended
        except SoapFailed as failure:
            self._result.ended = Ended.ERROR
            self._result.errors.append(f"{_CODES[failure.method]}: {failure.reason}")
        return self._result

    # Before QuickBooks is touched.

    def _greet(self) -> None:
        """serverVersion is optional; clientVersion may stop the update (guide p. 66)."""
        try:
            self._soap.call("serverVersion", {})
        except SoapFailed as failure:
            self._result.errors.append(f"serverVersion: {failure.reason}")
        answer = self._soap.call("clientVersion", {"strVersion": CLIENT_VERSION}) or ""
        if not answer or answer.startswith("W:"):
            return
        known = answer.startswith(("E:", "O:"))
        self._stop(Ended.ERROR, f"{'QBWC1037' if known else 'QBWC1046'}: {answer}")

    def _authenticate(self) -> str:
        """Returns the company file to open, "" for the open one (guide p. 62)."""
        answer = self._soap.call_for_list(
            "authenticate", {"strUserName": self._qwc.user_name, "strPassword": self._password}
        )
        self._result.authenticate = answer
        if len(answer) < 2:
            raise SoapFailed("authenticate", "Index was outside the bounds of the array.")
        self._result.ticket = answer[0]
        work = answer[1]
        if len(answer) > 2 and answer[2].isdecimal() and int(answer[2]) > 0:
            self._close()
            self._stop(Ended.POSTPONED, "Update postponed by application")
        if work.lower() in _REFUSALS:
            self._close()
            ended, text = _REFUSALS[work.lower()]
            self._stop(ended, text)
        return work

    def _deliver_late_answer(self) -> None:
        """An answer of a session that died comes now, under its old ticket."""
        if (late := self._faults.take_late_answer()) is not None:
            self._soap.call("receiveResponseXML", late)

    def _begin_session(self, company_file: str) -> QuickBooksSession:
        """Two tries; then connectionError is asked what to do, a few times at most (p. 51)."""
        for _ in range(_CONNECTION_ERRORS):
            try:
                return self._begin_in_two_tries(company_file)
            except HResult as refusal:
                company_file = self._after_connection_error(refusal)
        return self._stop(Ended.NO_QUICKBOOKS, _NO_QUICKBOOKS)

    def _after_connection_error(self, refusal: HResult) -> str:
        """The company file to try next, as connectionError answers; "done" ends the session."""
        self._result.errors.append(f"QBWC1013: {refusal.text} {refusal.message}")
        answer = self._call("connectionError", hresult=refusal.text, message=refusal.message)
        if answer.lower() == "done":
            self._stop(Ended.NO_QUICKBOOKS, _NO_QUICKBOOKS)
        return answer

    def _begin_in_two_tries(self, company_file: str) -> QuickBooksSession:
        try:
            return self._quickbooks.begin_session(company_file)
        except HResult:
            return self._quickbooks.begin_session(company_file)

    # The messages.

    def _carry_messages(self, session: QuickBooksSession) -> None:
        hcp = self._read_hcp(session)
        facts = HostFacts.of(hcp)
        first = spoiled(hcp, self._faults.hcp)
        while True:
            request = self._next_request(session, facts, first)
            first = ""
            if self._carry(session, request) == 100:
                self._result.status = self._close()
                return

    def _read_hcp(self, session: QuickBooksSession) -> str:
        try:
            return self._quickbooks.process(session.ticket, hcp_request(self._qwc.owner_id))
        except HResult as refusal:
            self._stop(Ended.ERROR, f"QBWC1014: {refusal.text} {refusal.message}")

    def _next_request(self, session: QuickBooksSession, facts: HostFacts, hcp: str) -> str:
        """The next message; NoOp, from either method, is a pause (guide p. 80)."""
        while True:
            self._crash.passing(ConnectorCrashPoint.BEFORE_SEND)
            request = self._soap.call(
                "sendRequestXML",
                {
                    "ticket": self._result.ticket,
                    "strHCPResponse": hcp,
                    "strCompanyFileName": self._company_file or session.company_file,
                    "qbXMLCountry": facts.country,
                    "qbXMLMajorVers": str(facts.major),
                    "qbXMLMinorVers": str(facts.minor),
                },
            )
            if request is None:
                raise SoapFailed("sendRequestXML", "Object reference not set to an instance")
            if request not in {"", _NO_OP}:
                self._no_ops = 0
                return request
            self._pause_or_stop(self._last_error())
            hcp = ""

    def _pause_or_stop(self, last_error: str) -> None:
        self._no_ops += 1
        if last_error == _NO_OP and self._no_ops <= _NO_OPS:
            self._sleep(_NO_OP_SECONDS)
            return
        self._close()
        self._stop(Ended.ERROR, last_error)

    def _carry(self, session: QuickBooksSession, request: str) -> int:
        """Runs one message and delivers its answer; returns the progress, never negative."""
        number = self._result.round_trips + 1
        self._crash.passing(ConnectorCrashPoint.AFTER_SEND)
        response, hresult, text = self._run(session, request, number)
        self._crash.passing(ConnectorCrashPoint.AFTER_RUN)
        delivery = self._faults.take_delivery(number)
        answer = {
            "ticket": self._result.ticket,
            "response": response,
            "hresult": hresult,
            "message": text,
        }
        if delivery in {Delivery.DROPPED, Delivery.LATE, Delivery.CLOSED_BEFORE}:
            self._result.exchanges.append(Exchange(request, response, hresult, None))
            self._lose(answer, delivery)
        if delivery is Delivery.TWICE:
            self._receive(answer)
        progress = self._receive(answer)
        self._result.exchanges.append(Exchange(request, response, hresult, progress))
        self._crash.passing(ConnectorCrashPoint.AFTER_RECEIVE)
        if progress < 0:
            error = self._last_error()
            self._close()
            self._stop(Ended.ERROR, error)
        return progress

    def _run(self, session: QuickBooksSession, request: str, number: int) -> tuple[str, str, str]:
        """Response, hresult and message, as receiveResponseXML gets them."""
        reported = self._faults.take_hresult(number)
        try:
            if reported is None:
                return self._quickbooks.process(session.ticket, request), "", ""
            if reported.message_was_run:
                self._quickbooks.process(session.ticket, request)
        except HResult as refusal:
            return "", refusal.text, refusal.message
        return "", f"0x{reported.code:08X}", reported.text

    def _lose(self, answer: dict[str, str], delivery: Delivery) -> NoReturn:
        if delivery is Delivery.CLOSED_BEFORE:
            self._close()
            raise _Over(Ended.CLOSED)
        if delivery is Delivery.LATE:
            self._faults.keep_late_answer(answer)
        raise _Over(Ended.DROPPED)

    def _receive(self, answer: dict[str, str]) -> int:
        progress = self._soap.call("receiveResponseXML", answer)
        try:
            return int(progress or "")
        except ValueError as error:
            raise SoapFailed("receiveResponseXML", f"not an integer: {progress!r}") from error

    # Small calls.

    def _call(self, method: str, **arguments: str) -> str:
        return self._soap.call(method, {"ticket": self._result.ticket, **arguments}) or ""

    def _last_error(self) -> str:
        return self._call("getLastError")

    def _close(self) -> str:
        return self._call("closeConnection")

    def _stop(self, ended: Ended, text: str) -> NoReturn:
        self._result.status = text
        if ended not in {Ended.NONE, Ended.BUSY, Ended.POSTPONED}:
            self._result.errors.append(text)
        raise _Over(ended)
