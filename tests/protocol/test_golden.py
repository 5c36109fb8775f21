"""Every operation as the Web Connector's .NET client writes it, answered byte for byte as stored.

REGENERATE_GOLDEN=1 writes the answers afresh; read the difference before it is committed.
"""

import os

import pytest

from tests.protocol.exchange import ACME, GOLDEN, desk

TICKET = "57f3b9b1-86f1"
PATH = r"C:\Users\Public\Documents\Intuit\QuickBooks\Company Files\Example & Co.qbw"
HCP = """\
<?xml version="1.0" ?>
<QBXML>
<QBXMLMsgsRs>
<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
<HostRet>
<ProductName>QuickBooks Desktop Pro</ProductName>
<MajorVersion>34.0</MajorVersion>
</HostRet>
</HostQueryRs>
</QBXMLMsgsRs>
</QBXML>
"""
RESPONSE = """\
<?xml version="1.0" ?>
<QBXML>
<QBXMLMsgsRs>
<CustomerAddRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
<CustomerRet>
<Name>Müller &amp; Söhne</Name>
</CustomerRet>
</CustomerAddRs>
</QBXMLMsgsRs>
</QBXML>
"""
NOT_PARSED = "QuickBooks found an error when parsing the provided XML text stream."
OTHER_FILE = (
    "A QuickBooks company data file is already open and it is different from the one requested."
)

CALLS = {
    "serverVersion": ("server_version", ACME),
    "serverVersion-extra": ("server_version", ACME),
    "clientVersion": ("client_version", ACME, "2.3.0.215"),
    "clientVersion-missing": ("client_version", ACME, ""),
    "authenticate": ("authenticate", ACME, "acme-7f3c", "a<b&c d"),
    "authenticate-empty": ("authenticate", ACME, "", ""),
    "authenticate-self-closed": ("authenticate", ACME, "", ""),
    "authenticate-missing": ("authenticate", ACME, "acme-7f3c", ""),
    "authenticate-nil": ("authenticate", ACME, "acme-7f3c", ""),
    "sendRequestXML-first": ("send_request_xml", ACME, TICKET, HCP, PATH, "US", 13, 0),
    "sendRequestXML-later": ("send_request_xml", ACME, TICKET, "", PATH, "US", 13, 0),
    "sendRequestXML-extra": ("send_request_xml", ACME, TICKET, "", "", "US", 13, 0),
    "receiveResponseXML": ("receive_response_xml", ACME, TICKET, RESPONSE, "", ""),
    "receiveResponseXML-carriage-return": (
        "receive_response_xml",
        ACME,
        TICKET,
        RESPONSE.replace("\n", "\r\n"),
        "",
        "",
    ),
    "receiveResponseXML-hresult": (
        "receive_response_xml",
        ACME,
        TICKET,
        "",
        "0x80040400",
        NOT_PARSED,
    ),
    "receiveResponseXML-missing": ("receive_response_xml", ACME, TICKET, RESPONSE, "", ""),
    "connectionError": ("connection_error", ACME, TICKET, "0x8004040A", OTHER_FILE),
    "getLastError": ("get_last_error", ACME, TICKET),
    "closeConnection": ("close_connection", ACME, TICKET),
    "closeConnection-self-closed": ("close_connection", ACME, ""),
}


def test_every_stored_request_is_tried():
    stored = {path.name.removesuffix(".request.xml") for path in GOLDEN.glob("*.request.xml")}
    assert stored == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_stored_request_is_understood_and_answered_byte_for_byte(name):
    here = desk()
    action = f'"http://developer.intuit.com/{name.partition("-")[0]}"'
    request = (GOLDEN / f"{name}.request.xml").read_bytes()
    answer = here.post(request, headers={"SOAPAction": action})
    expected = GOLDEN / f"{name}.response.xml"
    if os.environ.get("REGENERATE_GOLDEN"):
        expected.write_bytes(answer.data)
    assert here.service.calls == [CALLS[name]]
    assert (answer.status, answer.content_type) == ("200 OK", "text/xml; charset=utf-8")
    assert answer.data == expected.read_bytes()


@pytest.mark.parametrize("action", [None, "", "closeConnection", '"http://example.com/other"'])
def test_the_body_alone_says_which_operation_is_called(action):
    here = desk()
    headers = {} if action is None else {"SOAPAction": action}
    here.post((GOLDEN / "getLastError.request.xml").read_bytes(), headers=headers)
    assert here.service.calls == [("get_last_error", ACME, TICKET)]
