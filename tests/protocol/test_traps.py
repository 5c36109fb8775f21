"""What no Web Connector sends: each is a plain SOAP fault, or is read the one sensible way."""

import pytest
from lxml import etree

from tests.protocol.exchange import ACME, HEAD, TAIL, desk, envelope, fault, result

TICKET = "<ticket>t</ticket>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
NOT_XML = "The request is not well-formed XML."
NO_DOCTYPE = "A DOCTYPE is not allowed."
NO_OPERATION = "The SOAP Body names no operation."
NO_SUCH_OPERATION = "There is no such operation."
NOT_SOAP = "The request is not a SOAP 1.1 envelope."
NOT_TEXT = "A parameter must be text, not elements."

REFUSED = {
    "no bytes": (b"", NOT_XML),
    "blanks": (b" \r\n", NOT_XML),
    "text": (b"hello", NOT_XML),
    "JSON": (b'{"ticket": "t"}', NOT_XML),
    "HTML": (b"<!doctype html><p>hello", NOT_XML),
    "XML of another kind": (b"<QBXML/>", NOT_SOAP),
    "SOAP 1.2": (
        envelope("getLastError", TICKET).replace(
            b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"
        ),
        NOT_SOAP,
    ),
    "cut short": (envelope("getLastError", TICKET)[:-20], NOT_XML),
    "something after the end": (envelope("getLastError", TICKET) + b"<x/>", NOT_XML),
    "Latin-1 bytes": (
        envelope("getLastError", "<ticket>é</ticket>").replace(b"\xc3", b""),
        NOT_XML,
    ),
    "UTF-16": (envelope("getLastError", TICKET).decode().encode("utf-16"), NOT_XML),
    "a NUL": (envelope("getLastError", "<ticket>t\0</ticket>"), NOT_XML),
    "a control character by number": (envelope("getLastError", "<ticket>&#1;</ticket>"), NOT_XML),
    "an unknown entity": (envelope("getLastError", "<ticket>&nbsp;</ticket>"), NOT_XML),
    "an unknown prefix": (envelope("getLastError", "<a:ticket>t</a:ticket>"), NOT_XML),
    "no Body": ((HEAD + TAIL).encode().replace(b"soap:Body", b"soap:Header"), NO_OPERATION),
    "an empty Body": ((HEAD + TAIL).encode(), NO_OPERATION),
    "a Body with text": (f"{HEAD}hello{TAIL}".encode(), NO_OPERATION),
    "an unknown operation": (envelope("dropTables"), NO_SUCH_OPERATION),
    "an interactive operation": (envelope("getInteractiveURL"), NO_SUCH_OPERATION),
    "an operation of another namespace": (
        envelope("getLastError").replace(b"developer.intuit.com", b"example.com"),
        NO_SUCH_OPERATION,
    ),
    "a fault": (f"{HEAD}<soap:Fault/>{TAIL}".encode(), NO_SUCH_OPERATION),
    "a DOCTYPE": (envelope("getLastError", TICKET, before="<!DOCTYPE x>"), NO_DOCTYPE),
    "an entity": (
        envelope("getLastError", "<ticket>a&x;b</ticket>", before='<!DOCTYPE x [<!ENTITY x "y">]>'),
        NO_DOCTYPE,
    ),
    "an entity from a file": (
        envelope(
            "getLastError",
            "<ticket>a&x;b</ticket>",
            before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        ),
        NO_DOCTYPE,
    ),
    "a billion laughs": (
        envelope(
            "getLastError",
            "<ticket>&l9;</ticket>",
            before=f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
        ),
        NO_DOCTYPE,
    ),
    "a billion laughs in an attribute": (
        envelope(
            "getLastError", '<ticket a="&l9;"/>', before=f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
        ),
        NO_DOCTYPE,
    ),
    "elements in a parameter": (envelope("getLastError", "<ticket>t<x/>u</ticket>"), NOT_TEXT),
    "elements 3000 deep": (envelope("getLastError", "<x>" * 3000 + "</x>" * 3000), NOT_XML),
    "elements 1000 deep": (envelope("getLastError", "<x>" * 1000 + "</x>" * 1000), NOT_TEXT),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_understood_is_a_fault_and_reaches_no_service(name):
    body, sentence = REFUSED[name]
    here = desk()
    answer = here.post(body)
    assert (answer.status, fault(answer)) == ("400 Bad Request", sentence)
    assert here.service.calls == []


READ = {
    "a byte order mark": (b"\xef\xbb\xbf" + envelope("getLastError", TICKET), "t"),
    "no XML declaration": (envelope("getLastError", TICKET).partition(b"?>")[2], "t"),
    "a declaration of another encoding, ASCII only": (
        envelope("getLastError", TICKET).replace(b'"utf-8"', b'"windows-1252"'),
        "t",
    ),
    "a SOAP header": (
        envelope("getLastError", TICKET).replace(
            b"<soap:Body>", b'<soap:Header><x soap:mustUnderstand="1"/></soap:Header><soap:Body>'
        ),
        "t",
    ),
    "CDATA": (envelope("getLastError", "<ticket><![CDATA[<t>&]]></ticket>"), "<t>&"),
    "a comment in the text": (envelope("getLastError", "<ticket>t<!-- x -->u</ticket>"), "tu"),
    "an instruction in the text": (envelope("getLastError", "<ticket>t<?x y?>u</ticket>"), "tu"),
    "blanks at both ends": (envelope("getLastError", "<ticket> t\n</ticket>"), " t\n"),
    "characters beyond the basic plane": (envelope("getLastError", "<ticket>🦁</ticket>"), "🦁"),
    "an unqualified parameter": (
        envelope("getLastError", '<ticket xmlns="">t</ticket>'),
        "t",
    ),
    "a parameter twice": (envelope("getLastError", "<ticket>t</ticket><ticket>u</ticket>"), "u"),
    "an unknown parameter": (envelope("getLastError", "<other>x</other>" + TICKET), "t"),
    "xsi:nil": (envelope("getLastError", '<ticket xsi:nil="true"/>'), ""),
    "xsi:nil with blanks": (envelope("getLastError", '<ticket xsi:nil=" true ">t</ticket>'), ""),
    "xsi:nil by number, with text": (
        envelope("getLastError", '<ticket xsi:nil="1">t</ticket>'),
        "",
    ),
    "xsi:nil that is false": (envelope("getLastError", '<ticket xsi:nil="false">t</ticket>'), "t"),
    "xsi:type": (envelope("getLastError", '<ticket xsi:type="xsd:string">t</ticket>'), "t"),
    "an unknown xsi:type": (envelope("getLastError", '<ticket xsi:type="a:b">t</ticket>'), "t"),
    "an href to nothing": (envelope("getLastError", '<ticket href="#x">t</ticket>'), "t"),
    "an href to another text": (
        envelope("getLastError", '<ticket href="#x"/><other id="x">secret</other>'),
        "",
    ),
    "an href in a circle": (
        envelope("getLastError", '<ticket id="a" href="#b"/><other id="b" href="#a"/>'),
        "",
    ),
    "a nil operation": (
        envelope("getLastError", TICKET).replace(b"<getLastError", b'<getLastError xsi:nil="true"'),
        "t",
    ),
    "a second operation": (
        envelope("getLastError", TICKET).replace(
            b"</soap:Body>", b"<closeConnection/></soap:Body>"
        ),
        "t",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_but_clear_is_read(name):
    body, ticket = READ[name]
    here = desk()
    answer = here.post(body)
    assert result(answer).text == "Order 1048 waits: it has no customer."
    assert here.service.calls == [("get_last_error", ACME, ticket)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13", 13),
        (" 13\n", 13),
        ("", 0),
        ("13,0", 0),
        ("13.0", 0),
        ("-1", 0),
        ("2147483647", 2147483647),
        ("2147483648", 0),
        ("1" + "0" * 20, 0),
        ("9" * 5000, 0),
        ("thirteen", 0),
    ],
)
def test_a_version_number_that_cannot_be_read_is_0(written, read):
    here = desk()
    here.post(envelope("sendRequestXML", f"<qbXMLMajorVers>{written}</qbXMLMajorVers>"))
    assert here.service.calls == [("send_request_xml", ACME, "", "", "", "", read, 0)]


def test_parameters_may_come_in_any_order():
    here = desk()
    here.post(envelope("authenticate", "<strPassword>p</strPassword><strUserName>u</strUserName>"))
    assert here.service.calls == [("authenticate", ACME, "u", "p")]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml",
        "text/xml;",
        'text/xml; charset="UTF-8"',
        "text/xml; charset=utf8",
        "application/soap+xml; charset=utf-8",
        "multipart/related; boundary=x",
        "text/xml; charset",
        "nonsense",
        "",
    ],
)
def test_the_content_type_does_not_matter(content_type):
    here = desk()
    here.post(envelope("getLastError", TICKET), content_type=content_type)
    assert here.service.calls == [("get_last_error", ACME, "t")]


@pytest.mark.parametrize("charset", ["bogus", "iso-8859-1", "utf-16", "utf-7", "utf-8\x00", "é"])
def test_a_charset_other_than_utf_8_is_a_fault(charset):
    here = desk()
    answer = here.post(
        envelope("getLastError", TICKET), content_type=f'text/xml; charset="{charset}"'
    )
    assert (answer.status, fault(answer)) == ("400 Bad Request", "The request must be UTF-8.")
    assert here.service.calls == []


@pytest.mark.parametrize(
    "megabytes", [11, pytest.param(63, marks=pytest.mark.slow)], ids=lambda size: f"{size} MiB"
)
def test_a_text_of_many_megabytes_arrives_whole(megabytes):
    sent = "é" * (megabytes * 2**19)
    here = desk()
    answer = here.post(envelope("receiveResponseXML", f"<response>{sent}</response>"))
    assert result(answer).text == "42"
    [(_, _, _, response, _, _)] = here.service.calls
    assert response == sent


TOO_MANY = {
    "elements": b"<a/>" * 300_000,
    "elements inside each other": b"<a>" * 400_000,
    "attributes": b"<a " + b" ".join(b'a%d=""' % number for number in range(150_000)) + b"/>",
    "an attribute without end": b"<a b='" + b"x" * 1_100_000,
    "comments": b"<!---->" * 200_000,
    "instructions": b"<?a?>" * 300_000,
}


@pytest.mark.parametrize("name", TOO_MANY)
def test_a_request_of_nothing_but_tags_is_refused_before_a_tree_is_made_of_it(name):
    here = desk()
    answer = here.post(envelope("getLastError").replace(b"></getLastError", b">" + TOO_MANY[name]))
    assert answer.status == "413 Content Too Large"
    assert fault(answer) == "The request has too many elements."
    assert here.service.calls == []


def test_a_tag_has_room_for_every_attribute_that_anybody_writes():
    attributes = " ".join(f'a{number}="{number}"' for number in range(5_000))
    here = desk()
    here.post(envelope("getLastError", f"<ticket {attributes}>t</ticket>" + " " * 1_100_000))
    assert here.service.calls == [("get_last_error", ACME, "t")]


def test_huge_requests_are_read_one_at_a_time_and_never_lose_their_turn():
    here = desk()
    bad = envelope("receiveResponseXML", f"<response>{'x' * 9_000_000}</response>")[:-9]
    for _ in range(2):
        assert here.post(bad).status_code == 400
    good = bad + envelope("receiveResponseXML")[-9:]
    assert here.post(good).status_code == 200
    [(_, _, _, response, _, _)] = here.service.calls
    assert len(response) == 9_000_000


def test_an_answer_of_many_megabytes_is_sent_whole():
    sent = "<&" * 3_000_000
    answer = desk(send_request_xml=sent).post(envelope("sendRequestXML"))
    tree = etree.fromstring(answer.data, etree.XMLParser(huge_tree=True))
    assert tree[0][0][0].text == sent
