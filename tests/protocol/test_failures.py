"""A service that fails: the Web Connector gets an answer, the log gets the place, no secret."""

import logging

import pytest

from qbwc_service.webconnector.soap.operations import INTERNAL_ERROR
from tests.protocol.exchange import desk, envelope, result

SAFE = {
    "serverVersion": ("server_version", [""]),
    "clientVersion": ("client_version", [""]),
    "authenticate": ("authenticate", ["", "none", "60"]),
    "sendRequestXML": ("send_request_xml", [""]),
    "receiveResponseXML": ("receive_response_xml", ["-1"]),
    "connectionError": ("connection_error", ["done"]),
    "getLastError": ("get_last_error", [INTERNAL_ERROR]),
    "closeConnection": ("close_connection", [INTERNAL_ERROR]),
}
PARAMETERS = "<strUserName>acme</strUserName><strPassword>hunter2</strPassword>"


def texts(answer) -> list[str]:
    element = result(answer)
    return [item.text or "" for item in element] or [element.text or ""]


@pytest.mark.parametrize("name", SAFE)
@pytest.mark.parametrize("wrong", [RuntimeError("boom"), None, b"bytes", 1.5, True, {}], ids=repr)
def test_an_exception_or_an_impossible_answer_becomes_the_safe_one(name, wrong):
    method, safe = SAFE[name]
    assert texts(desk(**{method: wrong}).post(envelope(name))) == safe


@pytest.mark.parametrize("wrong", [[], ["t"], ["t", None], ["t", "", "", "", ""], "tn"], ids=repr)
def test_authenticate_never_answers_an_array_that_the_web_connector_cannot_read(wrong):
    assert texts(desk(authenticate=wrong).post(envelope("authenticate"))) == SAFE["authenticate"][1]


@pytest.mark.parametrize(
    "right", [["t", ""], ["", "nvu"], ["", "none", "60"], ["t", "", "", "300"]]
)
def test_authenticate_answers_two_to_four_strings_as_they_are(right):
    assert texts(desk(authenticate=right).post(envelope("authenticate"))) == right


@pytest.mark.parametrize("number", [1, 99, 100, -1, -101])
def test_receive_response_xml_answers_the_number_as_it_is(number):
    answer = desk(receive_response_xml=number).post(envelope("receiveResponseXML"))
    assert result(answer).text == str(number)


def test_the_log_names_operation_connection_and_kinds_but_quotes_no_message(caplog):
    secret = ValueError("hunter2")
    secret.__cause__ = KeyError("hunter2")
    secret.__cause__.__context__ = OSError("hunter2")
    with caplog.at_level(logging.DEBUG):
        desk(authenticate=secret).post(envelope("authenticate", PARAMETERS))
    [record] = [entry for entry in caplog.records if entry.levelno >= logging.ERROR]
    first, *frames = record.getMessage().splitlines()
    assert (
        first == "authenticate of connection 'acme' failed: ValueError from KeyError from OSError"
    )
    assert any("in authenticate" in line for line in frames)
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        envelope("authenticate", PARAMETERS),
        envelope("authenticate", PARAMETERS)[:-9],
        envelope("authenticate", PARAMETERS + "<strPassword><hunter2/></strPassword>"),
        envelope("hunter2", PARAMETERS),
        envelope("authenticate", PARAMETERS, before="<!DOCTYPE hunter2>"),
    ],
)
def test_no_password_is_ever_logged_at_any_level(body, caplog):
    with caplog.at_level(logging.DEBUG):
        desk().post(body)
    assert "hunter2" not in caplog.text


def test_a_refused_request_is_logged_with_connection_address_and_reason(caplog):
    with caplog.at_level(logging.INFO):
        desk().post(b"")
    [record] = caplog.records
    assert record.getMessage() == (
        "A request for connection 'acme' from 192.0.2.7 was refused: "
        "'The request is not well-formed XML.'"
    )
