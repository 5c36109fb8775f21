"""For any text and any bytes: an envelope that can be read, and never a 5xx."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbwc_service.webconnector.soap.answers import text
from tests.protocol.exchange import GOLDEN, desk, envelope, fault, result

ANY_TEXT = st.text(st.characters(exclude_categories=()))
GOOD = [path.read_bytes() for path in sorted(GOLDEN.glob("*.request.xml"))]
SNIPPETS = [b"<", b">", b"/>", b"&", b"&x;", b"<!--", b"]]>", b"\xff", b"\0", b" xsi:nil='1'", b":"]


def cleaned(value: str) -> str:
    return "".join(
        character
        for character in value
        if character in "\t\n\r"
        or (
            (ord(character) >= 0x20 and not 0xD800 <= ord(character) <= 0xDFFF)
            and ord(character) not in (0xFFFE, 0xFFFF)
        )
    )


@given(ANY_TEXT)
def test_text_keeps_exactly_what_xml_can_carry(value):
    assert text(value) == cleaned(value)


def test_text_keeps_the_limits_of_every_range():
    limits = "\t\n\r \ud7ff\ue000\ufffd\U00010000\U0010ffff"
    refused = "\0\x08\x0b\x0c\x0e\x1f\ud800\udfff\ufffe\uffff"
    assert text(limits + refused) == limits


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from(["sendRequestXML", "getLastError", "closeConnection"]))
def test_any_text_that_the_service_returns_arrives_cleaned(value, name):
    answers = dict.fromkeys(("send_request_xml", "get_last_error", "close_connection"), value)
    assert (result(desk(**answers).post(envelope(name))).text or "") == cleaned(value)


@settings(deadline=None)
@given(st.lists(ANY_TEXT, min_size=2, max_size=4))
def test_any_strings_of_authenticate_arrive_cleaned(values):
    element = result(desk(authenticate=values).post(envelope("authenticate")))
    assert [item.text or "" for item in element] == [cleaned(value) for value in values]


@st.composite
def damaged_requests(draw) -> bytes:
    body = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 40)))
        body[start:end] = draw(st.sampled_from(SNIPPETS) | st.binary(max_size=8))
    return bytes(body)


@settings(deadline=None, max_examples=300)
@given(
    st.binary() | damaged_requests(),
    st.sampled_from(["text/xml; charset=utf-8", "text/xml", ""])
    | st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"])),
    st.sampled_from([None, "", "0", "x", "-5"]),
)
def test_any_request_is_answered_with_an_operation_or_a_fault(body, content_type, length):
    environ = {"CONTENT_TYPE": content_type}
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    answer = desk().post(body, environ=environ)
    assert answer.status_code in (200, 400)
    assert answer.content_type == "text/xml; charset=utf-8"
    if answer.status_code == 200:
        assert etree.QName(result(answer)).localname.endswith("Result")
    else:
        assert fault(answer)


@settings(deadline=None)
@given(st.binary(max_size=40), st.binary(max_size=20))
def test_any_path_and_query_are_answered(path, query):
    environ = {
        "PATH_INFO": "/qbwc/" + path.decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
    }
    assert desk().client.get("/qbwc/x", environ_overrides=environ).status_code == 200
