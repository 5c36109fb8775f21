"""The WSDL: equal to Intuit's in everything that a client is built from."""

import io
from collections.abc import Iterator

import pytest
import zeep
from lxml import etree
from werkzeug.test import Client

from qbwc_service.webconnector.soap import MOUNT
from tests.protocol.exchange import INTUIT, desk, intuit_wsdl

SOAP_BINDING = "{http://schemas.xmlsoap.org/wsdl/soap/}"
SOAP_12_BINDING = "{http://schemas.xmlsoap.org/wsdl/soap12/}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"

OPERATIONS = {
    "authenticate": (
        "strUserName: xsd:string, strPassword: xsd:string",
        f"authenticateResult: {INTUIT}ArrayOfString",
    ),
    "clientVersion": ("strVersion: xsd:string", "clientVersionResult: xsd:string"),
    "closeConnection": ("ticket: xsd:string", "closeConnectionResult: xsd:string"),
    "connectionError": (
        "ticket: xsd:string, hresult: xsd:string, message: xsd:string",
        "connectionErrorResult: xsd:string",
    ),
    "getLastError": ("ticket: xsd:string", "getLastErrorResult: xsd:string"),
    "receiveResponseXML": (
        "ticket: xsd:string, response: xsd:string, hresult: xsd:string, message: xsd:string",
        "receiveResponseXMLResult: xsd:int",
    ),
    "sendRequestXML": (
        (
            "ticket: xsd:string, strHCPResponse: xsd:string, strCompanyFileName: xsd:string, "
            "qbXMLCountry: xsd:string, qbXMLMajorVers: xsd:int, qbXMLMinorVers: xsd:int"
        ),
        "sendRequestXMLResult: xsd:string",
    ),
    "serverVersion": ("", "serverVersionResult: xsd:string"),
}


def our_wsdl(path: str = "/acme", **built) -> bytes:
    return desk(**built).client.get(f"{MOUNT}{path}?wsdl").data


def contract(element: etree._Element, of: str) -> Iterator[object]:
    """What an element says, without prefixes, documentation, SOAP 1.2 and the service's name."""
    if element.tag == WSDL + "documentation" or element.tag.startswith(SOAP_12_BINDING):
        return
    plain = {name: _qualified(element, name, text, of) for name, text in element.items()}
    below = [part for child in element.iterchildren(etree.Element) for part in contract(child, of)]
    yield element.tag, plain, below


def _qualified(element: etree._Element, name: str, text: str, of: str) -> str:
    prefix, colon, local = text.partition(":")
    if name in ("type", "element", "message", "binding") and colon:
        text = f"{{{element.nsmap[prefix]}}}{local}"
    return text.replace(of, "QBWebConnectorSvc")


def parts(document: bytes, of: str) -> dict[str, object]:
    root = etree.fromstring(document)
    for second in root.xpath("//*[contains(@name, 'Soap12')]"):
        second.getparent().remove(second)
    for address in root.iter(SOAP_BINDING + "address"):
        address.attrib.clear()
    return {
        kind: [part for child in root.iter(WSDL + kind) for part in contract(child, of)]
        for kind in ("types", "message", "portType", "binding", "service")
    }


def test_schema_messages_binding_and_service_equal_intuits():
    expected = parts(intuit_wsdl().read_bytes(), "TroubleshootWebServiceFS")
    assert parts(our_wsdl(), "QBWebConnectorSvc") == expected


def test_a_client_built_from_it_has_the_eight_operations_and_the_names():
    client = zeep.Client(io.BytesIO(our_wsdl()))
    [(service_name, service)] = client.wsdl.services.items()
    [(port_name, port)] = service.ports.items()
    assert {
        name: (operation.input.signature(), operation.output.body.signature())
        for name, operation in port.binding.all().items()
    } == {
        name: (given, f"{INTUIT}{name}Response({answer})")
        for name, (given, answer) in OPERATIONS.items()
    }
    assert (service_name, port_name) == ("QBWebConnectorSvc", "QBWebConnectorSvcSoap")
    assert port.binding.name == f"{INTUIT}QBWebConnectorSvcSoap"
    assert {name: operation.soapaction for name, operation in port.binding.all().items()} == {
        name: f"http://developer.intuit.com/{name}" for name in OPERATIONS
    }


@pytest.mark.parametrize(
    ("public_url", "path", "address"),
    [
        ("https://sync.example.com", "/acme", "https://sync.example.com/qbwc/acme"),
        ("https://sync.example.com/", "/acme/", "https://sync.example.com/qbwc/acme"),
        ("https://sync.example.com/keap", "", "https://sync.example.com/keap/qbwc"),
        ('https://x.example/?a&b<"', "/a&<\">'é", None),
    ],
)
def test_the_address_is_the_public_one_of_the_connection(public_url, path, address):
    root = etree.fromstring(our_wsdl(path, public_url=public_url))
    [found] = root.iter(SOAP_BINDING + "address")
    expected = address or 'https://x.example/?a&b<"/qbwc/a%26%3C%22%3E%27%C3%A9'
    assert found.get("location") == expected


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl", "wsdl=1"])
def test_it_is_served_for_any_case_of_wsdl_whatever_the_host_header_says(query):
    client: Client = desk().client
    answer = client.get(f"{MOUNT}/acme?{query}", headers={"Host": "evil.example:81"})
    assert (answer.status, answer.content_type) == ("200 OK", "text/xml; charset=utf-8")
    assert answer.data == our_wsdl()
    assert b"evil" not in answer.data


def test_the_declaration_comes_first():
    assert our_wsdl().startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<definitions ')
