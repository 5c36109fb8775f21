import httpx
import pytest

from qbwc_service.demo.web_connector.soap import SoapClient, SoapFailed, envelope

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = "</soap:Body></soap:Envelope>"


def test_a_call_without_parameters_is_the_captured_one():
    assert envelope("serverVersion", {}).decode() == (
        f'{HEAD}<serverVersion xmlns="http://developer.intuit.com/" />{TAIL}'
    )


def test_payloads_are_escaped_text_and_empty_values_close_themselves():
    arguments = {"ticket": "t", "response": '<a b="1">é & \r\n</a>', "hresult": "", "message": ""}

    assert envelope("receiveResponseXML", arguments).decode() == (
        f'{HEAD}<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>t</ticket>'
        '<response>&lt;a b="1"&gt;é &amp; &#xD;\n&lt;/a&gt;</response><hresult /><message />'
        f"</receiveResponseXML>{TAIL}"
    )


def call(response: httpx.Response) -> str | None:
    with httpx.Client(transport=httpx.MockTransport(lambda _request: response)) as http:
        return SoapClient("http://localhost/q", http).call("getLastError", {"ticket": "t"})


def answer(body: str, status: int = 200, kind: str = "text/xml; charset=utf-8") -> httpx.Response:
    return httpx.Response(status, content=body.encode(), headers={"Content-Type": kind})


NAMESPACED = '<getLastErrorResponse xmlns="http://developer.intuit.com/">'


def test_the_headers_are_those_of_dot_net():
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(f"{HEAD}{NAMESPACED}</getLastErrorResponse>{TAIL}")

    with httpx.Client(transport=httpx.MockTransport(note)) as http:
        result = SoapClient("http://localhost/q", http).call("getLastError", {"ticket": "t"})

    assert result is None
    assert dict(seen[0].headers) == {
        "host": "localhost",
        "user-agent": "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol "
        "4.0.30319.42000)",
        "content-type": "text/xml; charset=utf-8",
        "soapaction": '"http://developer.intuit.com/getLastError"',
        "expect": "100-continue",
        "content-length": str(len(seen[0].content)),
    }


def test_a_result_is_unescaped_once():
    body = (
        f"{NAMESPACED}<getLastErrorResult>&lt;&amp;amp;</getLastErrorResult></getLastErrorResponse>"
    )

    assert call(answer(HEAD + body + TAIL)) == "<&amp;"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (answer("<html></html>", kind="text/html"), "content type of 'text/html'"),
        (answer("<html></html>", 502, "text/html"), "HTTP 502"),
        (answer(HEAD), "not well-formed"),
        (answer(f"{HEAD}{TAIL}"), "not a response of this method"),
        (answer(HEAD + "<getLastErrorResponse/>" + TAIL), "not a response of this method"),
        (
            answer(
                f"{HEAD}<soap:Fault><faultcode>soap:Server</faultcode><faultstring>boom"
                f"</faultstring></soap:Fault>{TAIL}",
                500,
            ),
            "HTTP 500: boom",
        ),
    ],
)
def test_what_dot_net_would_throw_at_fails_the_call(response, reason):
    with pytest.raises(SoapFailed, match=reason) as failure:
        call(response)

    assert failure.value.method == "getLastError"
