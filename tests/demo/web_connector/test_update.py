"""One update session after the other, call by call."""

import httpx
import pytest

from qbwc_service.demo.quickbooks import (
    Crash,
    HResult,
    InProcessQuickBooks,
    SimulatedCrash,
    read_books,
)
from qbwc_service.demo.web_connector import ConnectorCrashPoint, Ended, Faults, HcpFault
from tests.demo.quickbooks.talk import customer_add, message

from .scripted import OWNER_ID, ScriptedService, connector

ADD_ANN = message(customer_add("Ann"))
ADD_BOB = message(customer_add("Bob"))
QUERY = message("<CustomerQueryRq/>")
FAULT = httpx.Response(500, content=b"<x/>", headers={"Content-Type": "text/xml"})
HTML = httpx.Response(200, content=b"<html/>", headers={"Content-Type": "text/html"})


def two_messages(**more) -> ScriptedService:
    return ScriptedService(
        {"sendRequestXML": [ADD_ANN, QUERY, ADD_BOB], "receiveResponseXML": ["50", "100"], **more}
    )


def names(company) -> list[str]:
    return [one.full_name for one in read_books(company).customers]


def test_a_session_with_work_goes_the_documented_way(company):
    service = two_messages()
    result = connector(service, company).update()

    assert service.methods == [
        "serverVersion", "clientVersion", "authenticate",
        "sendRequestXML", "receiveResponseXML", "sendRequestXML", "receiveResponseXML",
        "closeConnection",
    ]  # fmt: skip
    assert (result.ended, result.status, result.errors) == (Ended.DONE, "OK", [])
    assert (result.round_trips, result.messages_with_writes) == (2, 1)
    assert [one.progress for one in result.exchanges] == [50, 100]
    assert names(company) == ["Ann"]


def test_the_service_is_told_who_calls_and_from_which_company(company):
    service = two_messages()
    connector(service, company).update()
    first, second = service.arguments("sendRequestXML")

    assert service.arguments("clientVersion") == [{"strVersion": "2.3.0.215"}]
    assert service.arguments("authenticate") == [
        {"strUserName": "acme", "strPassword": "secret & <x>"}
    ]
    assert {**first, "strHCPResponse": ""} == {
        "ticket": "ticket-1",
        "strHCPResponse": "",
        "strCompanyFileName": company.company_file,
        "qbXMLCountry": "US",
        "qbXMLMajorVers": "16",
        "qbXMLMinorVers": "0",
    }
    assert second == {**first, "strHCPResponse": ""}
    hcp = first["strHCPResponse"]
    assert [f'requestID="{n}"' in hcp for n in range(3)] == [True] * 3
    assert f"<OwnerID>{OWNER_ID}</OwnerID>" in hcp
    assert "<DataExtValue>{file}</DataExtValue>" in hcp
    received = service.arguments("receiveResponseXML")[0]
    assert received["response"].startswith('<?xml version="1.0" ?>\n<QBXML>')
    assert (received["hresult"], received["message"]) == ("", "")


def test_the_company_path_may_be_another_one(company):
    service = two_messages()
    connector(service, company, company_file=r"D:\copy.qbw").update()

    assert service.arguments("sendRequestXML")[0]["strCompanyFileName"] == r"D:\copy.qbw"


@pytest.mark.parametrize(
    ("answer", "ended", "status"),
    [
        (["", "nvu"], Ended.NVU, "QBWC1040: did not provide a valid username and/or password"),
        (["t", "none"], Ended.NONE, "No data exchange"),
        (["t", "NONE"], Ended.NONE, "No data exchange"),
        (["t", "busy"], Ended.BUSY, "Application Busy"),
        (["t", "", "30"], Ended.POSTPONED, "Update postponed by application"),
        (["t", "none", "30"], Ended.POSTPONED, "Update postponed by application"),
    ],
)
def test_without_work_the_connection_is_closed_and_quickbooks_left_alone(
    company, answer, ended, status
):
    service = two_messages(authenticate=[answer])
    result = connector(service, company).update()

    assert service.methods[-2:] == ["authenticate", "closeConnection"]
    assert (result.ended, result.status, names(company)) == (ended, status, [])


def test_a_lower_limit_for_the_schedule_is_no_delay(company):
    service = two_messages(authenticate=[["t", "", "", "300"]])

    assert connector(service, company).update().ended is Ended.DONE


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"authenticate": [["only"]]}, "QBWC1012: Index was outside the bounds"),
        ({"authenticate": [None]}, "QBWC1012"),
        ({"authenticate": [FAULT]}, "QBWC1012: HTTP 500"),
        ({"clientVersion": [HTML]}, "QBWC1036: Client found response content type"),
        ({"clientVersion": ["E:too old"]}, "QBWC1037: E:too old"),
        ({"clientVersion": ["O:2.0"]}, "QBWC1037: O:2.0"),
        ({"clientVersion": ["hello"]}, "QBWC1046: hello"),
        ({"sendRequestXML": [None]}, "QBWC1041: Object reference not set"),
        ({"sendRequestXML": [FAULT]}, "QBWC1041"),
        ({"receiveResponseXML": [HTML]}, "QBWC1042"),
        ({"receiveResponseXML": ["50.5"]}, "QBWC1042: not an integer"),
        ({"receiveResponseXML": ["-1"], "getLastError": [FAULT]}, "QBWC1043"),
        ({"closeConnection": [FAULT]}, "QBWC1044"),
    ],
)
def test_a_failing_call_ends_the_session_with_its_code(company, script, error):
    result = connector(two_messages(**script), company).update()

    assert result.ended is Ended.ERROR
    assert result.errors[0].startswith(error)


def test_a_warning_about_the_version_and_a_missing_server_version_do_not_stop(company):
    service = two_messages(clientVersion=["W:old"], serverVersion=[FAULT])
    result = connector(service, company).update()

    assert result.ended is Ended.DONE
    assert result.errors == ["serverVersion: HTTP 500: no fault text"]


def test_a_negative_answer_asks_for_the_last_error_and_closes(company):
    service = two_messages(receiveResponseXML=["-101"])
    result = connector(service, company).update()

    assert service.methods[-3:] == ["receiveResponseXML", "getLastError", "closeConnection"]
    assert (result.ended, result.status) == (Ended.ERROR, "something went wrong")


def test_an_empty_request_asks_for_the_last_error_and_closes(company):
    service = ScriptedService({"sendRequestXML": [""]})
    result = connector(service, company).update()

    assert service.methods[-3:] == ["sendRequestXML", "getLastError", "closeConnection"]
    assert (result.ended, result.round_trips) == (Ended.ERROR, 0)


@pytest.mark.parametrize("request_text", ["", "NoOp"])
def test_no_op_is_a_pause_of_five_seconds_at_most_three_times(company, request_text):
    naps: list[float] = []
    service = ScriptedService({"sendRequestXML": [request_text], "getLastError": ["NoOp"]})
    result = connector(service, company, sleep=naps.append).update()

    assert naps == [5.0, 5.0, 5.0]
    assert (result.ended, result.status) == (Ended.ERROR, "NoOp")
    assert [bool(one["strHCPResponse"]) for one in service.arguments("sendRequestXML")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_after_a_no_op_the_work_goes_on(company):
    service = two_messages(sendRequestXML=["NoOp", ADD_ANN, QUERY], getLastError=["NoOp"])

    assert connector(service, company, sleep=lambda _seconds: None).update().ended is Ended.DONE


def test_a_refused_message_is_reported_by_its_hresult(company):
    service = ScriptedService({"sendRequestXML": ["<QBXML/>"]})
    connector(service, company).update()

    assert service.arguments("receiveResponseXML") == [
        {
            "ticket": "ticket-1",
            "response": "",
            "hresult": "0x80040400",
            "message": "QuickBooks found an error when parsing the provided XML text stream.",
        }
    ]


class ShutQuickBooks(InProcessQuickBooks):
    """Notes each company file it was asked for and opens only the right one."""

    def __init__(self, company, opens: str) -> None:
        super().__init__(company)
        self.opens = opens
        self.asked: list[str] = []

    def begin_session(self, company_file: str):
        self.asked.append(company_file)
        if company_file != self.opens:
            raise HResult(0x80040408, "Could not start QuickBooks.")
        return super().begin_session("")


def test_quickbooks_that_does_not_open_is_tried_twice_and_told(company):
    quickbooks = ShutQuickBooks(company, opens="never")
    service = two_messages()
    result = connector(service, company, quickbooks=quickbooks).update()

    assert quickbooks.asked == ["", ""]
    assert service.arguments("connectionError") == [
        {
            "ticket": "ticket-1",
            "hresult": "0x80040408",
            "message": "Could not start QuickBooks.",
        }
    ]
    assert service.methods[-1] == "connectionError"
    assert result.ended is Ended.NO_QUICKBOOKS


def test_the_service_may_name_another_path_or_the_open_file(company):
    quickbooks = ShutQuickBooks(company, opens=r"C:\second.qbw")
    service = two_messages(
        authenticate=[["t", r"C:\first.qbw"]], connectionError=["", r"C:\second.qbw"]
    )
    result = connector(service, company, quickbooks=quickbooks).update()

    assert quickbooks.asked == [r"C:\first.qbw"] * 2 + ["", ""] + [r"C:\second.qbw"]
    assert result.ended is Ended.DONE


def test_a_service_that_never_gives_up_is_given_up_on(company):
    quickbooks = ShutQuickBooks(company, opens="never")
    service = two_messages(connectionError=[""])
    result = connector(service, company, quickbooks=quickbooks).update()

    assert (len(quickbooks.asked), result.ended) == (8, Ended.NO_QUICKBOOKS)


# Faults.


def run_with(company, faults: Faults, service: ScriptedService):
    return connector(service, company, faults=faults).update()


def test_a_dropped_answer_was_run_and_never_told(company):
    faults, service = Faults(), two_messages()
    faults.drop_answer_at(1)
    result = run_with(company, faults, service)

    assert (result.ended, service.methods[-1], names(company)) == (
        Ended.DROPPED,
        "sendRequestXML",
        ["Ann"],
    )
    assert run_with(company, faults, two_messages()).ended is Ended.DONE


def test_a_close_may_come_before_the_answer(company):
    faults, service = Faults(), two_messages()
    faults.close_before_receive(1)
    result = run_with(company, faults, service)

    assert service.methods[-2:] == ["sendRequestXML", "closeConnection"]
    assert (result.ended, names(company)) == (Ended.CLOSED, ["Ann"])


def test_an_answer_may_come_twice(company):
    faults = Faults()
    service = two_messages(receiveResponseXML=["50", "50", "100"])
    faults.duplicate_receive(1)
    result = run_with(company, faults, service)
    first, second, _ = service.arguments("receiveResponseXML")

    assert first == second
    assert (result.ended, result.round_trips, names(company)) == (Ended.DONE, 2, ["Ann"])


def test_a_late_answer_comes_under_its_old_ticket_after_the_next_sign_in(company):
    faults = Faults()
    faults.late_answer(1)
    first = two_messages()
    assert run_with(company, faults, first).ended is Ended.DROPPED

    second = two_messages(authenticate=[["ticket-2", ""]], receiveResponseXML=["-1", "50", "100"])
    result = run_with(company, faults, second)

    assert second.methods[2:5] == ["authenticate", "receiveResponseXML", "sendRequestXML"]
    late = second.arguments("receiveResponseXML")[0]
    assert (late["ticket"], "CustomerAddRs" in late["response"]) == ("ticket-1", True)
    assert result.ended is Ended.DONE


@pytest.mark.parametrize(("was_run", "customers"), [(True, ["Ann"]), (False, [])])
def test_an_hresult_on_command_hides_whether_the_message_was_run(company, was_run, customers):
    faults, service = Faults(), two_messages(sendRequestXML=[ADD_ANN, QUERY])
    faults.hresult_at(1, 0x80040402, "Unexpected error.", message_was_run=was_run)
    run_with(company, faults, service)

    received = service.arguments("receiveResponseXML")[0]
    assert (received["response"], received["hresult"], received["message"]) == (
        "",
        "0x80040402",
        "Unexpected error.",
    )
    assert names(company) == customers


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (HcpFault.MISSING, lambda hcp: hcp == ""),
        (HcpFault.MALFORMED, lambda hcp: hcp.startswith("<?xml") and "</QBXML>" not in hcp),
        (HcpFault.COMMA_DECIMAL, lambda hcp: "<AnnualInterestRate>0,0</" in hcp),
    ],
)
def test_the_first_answer_of_quickbooks_may_be_spoiled(company, fault, expected):
    faults, service = Faults(), two_messages()
    faults.hcp = fault
    run_with(company, faults, service)

    assert expected(service.arguments("sendRequestXML")[0]["strHCPResponse"])


@pytest.mark.parametrize(
    ("point", "customers", "last_call"),
    [
        ("before-send", [], "authenticate"),
        ("after-send", [], "sendRequestXML"),
        ("after-run", ["Ann"], "sendRequestXML"),
        ("after-receive", ["Ann"], "receiveResponseXML"),
    ],
)
def test_the_web_connector_may_die_at_any_point(company, point, customers, last_call):
    service = two_messages()
    crash = Crash.parse(f"{point}:1", ConnectorCrashPoint)

    with pytest.raises(SimulatedCrash):
        connector(service, company, crash=crash).update()
    assert (names(company), service.methods[-1]) == (customers, last_call)


def test_a_quickbooks_that_cannot_tell_who_it_is_ends_the_session(company):
    class Mute(InProcessQuickBooks):
        def process(self, ticket: str, text: str) -> str:
            raise HResult(0x80040414)

    result = connector(two_messages(), company, quickbooks=Mute(company)).update()

    assert (result.ended, result.status[:8]) == (Ended.ERROR, "QBWC1014")
