"""What the Web Connector calls: an exchange, a large answer, the log-in."""

from collections.abc import Iterator
from typing import Final

import httpx

from qbwc_service.demo.web_connector.soap import SoapClient, SoapFailed
from qbwc_service.doctor.finding import Finding, good, ill, weak
from qwc import QwcFile

#: a page of a list of customers may have as much
_LARGE: Final = 3 * 1024 * 1024
_NOBODY: Final = "nobody"
_NO_TICKET: Final = "00000000-0000-0000-0000-000000000000"


def examine_calls(file: QwcFile, http: httpx.Client, password: str) -> Iterator[Finding]:
    """Up to the first thing that is ill. Without a password the log-in is left out."""
    soap = SoapClient(file.app_url, http)
    first = _exchange(soap)
    yield first
    if first.is_ill:
        return
    yield _large_answer(soap)
    yield _stranger(soap)
    if password:
        yield _log_in(soap, file.user_name, password)
    else:
        yield weak(
            "log-in",
            "The log-in was not tried: no password was given.",
            "Name the file that holds it with --password-file.",
        )


def _exchange(soap: SoapClient) -> Finding:
    try:
        soap.call("clientVersion", {"strVersion": "2.3.0.207"})
    except SoapFailed as failed:
        return ill(
            "calls",
            f"A call of the Web Connector is not answered: {failed.reason}",
            "Let the proxy pass POST below /qbwc to the service, body and Content-Type unchanged.",
        )
    return good("calls", "A call of the Web Connector is answered.")


def _large_answer(soap: SoapClient) -> Finding:
    arguments = {
        "ticket": _NO_TICKET,
        "response": " " * _LARGE,
        "hresult": "",
        "message": "",
    }
    try:
        soap.call("receiveResponseXML", arguments)
    except SoapFailed as failed:
        return ill(
            "large-answers",
            "A large answer of QuickBooks does not come through: lists of customers could not be "
            f"read. {failed.reason}",
            "Let the proxy take bodies of 65 MB (nginx: client_max_body_size 65m).",
        )
    return good("large-answers", "Large answers of QuickBooks come through.")


def _stranger(soap: SoapClient) -> Finding:
    try:
        answer = _authenticate(soap, _NOBODY, _NOBODY)
    except SoapFailed as failed:
        return _log_in_failed(failed)
    if answer[1:2] == ("nvu",):
        return good("strangers", "A wrong password is refused.")
    return ill("strangers", "A wrong password is not refused.", "Take the service off the net.")


def _log_in(soap: SoapClient, user_name: str, password: str) -> Finding:
    try:
        answer = _authenticate(soap, user_name, password)
        if len(answer) > 1 and answer[1] not in ("nvu", "none", "busy"):
            soap.call("closeConnection", {"ticket": answer[0]})
    except SoapFailed as failed:
        return _log_in_failed(failed)
    if len(answer) < 2:
        return ill("log-in", "The log-in has no result.", "See the log of the service.")
    match answer[1]:
        case "nvu":
            return ill(
                "log-in",
                "The password is not that of this connection.",
                "Make a new one on the page Connection, and enter it in the Web Connector.",
                1012,
            )
        case "busy":
            return weak(
                "log-in",
                "The password is right, but an update is running on another computer.",
                "Run this again when it has ended.",
            )
        case _:
            return good("log-in", "The password is right.")


def _authenticate(soap: SoapClient, user_name: str, password: str) -> tuple[str, ...]:
    arguments = {"strUserName": user_name, "strPassword": password}
    return soap.call_for_list("authenticate", arguments)


def _log_in_failed(failed: SoapFailed) -> Finding:
    return ill("log-in", f"The log-in failed: {failed.reason}", "See the log of the service.")
