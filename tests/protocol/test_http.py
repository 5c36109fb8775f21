"""Methods, addresses, sizes and encodings of HTTP in front of the SOAP edge."""

import gzip

import pytest

from tests.protocol.exchange import ACME, MOUNT, desk, envelope, fault, result

BODY = envelope("getLastError", "<ticket>t</ticket>")
# As servers hand over a chunked body: no length, a stream that ends.
CHUNKED = {
    "CONTENT_LENGTH": "",
    "HTTP_TRANSFER_ENCODING": "chunked",
    "wsgi.input_terminated": True,
}
PAGE = """\
This address is for the QuickBooks Web Connector, not for a browser.

Load the .qwc file of this connection in the Web Connector; it calls here by itself.
How the connection is doing: {}
"""


@pytest.mark.parametrize(
    ("path", "connection"),
    [
        ("/acme", "acme"),
        ("/acme/", "acme"),
        ("", ""),
        ("/", ""),
        ("/caf%C3%A9", "café"),
        ("/%ff", "\ufffd"),
        ("/acme/more", "acme/more"),
        ("/..%2facme", "../acme"),
    ],
)
def test_the_path_names_the_connection(path, connection):
    here = desk()
    here.post(BODY, path)
    [(_, caller, _)] = here.service.calls
    assert (caller.connection, caller.remote_address) == (connection, ACME.remote_address)


@pytest.mark.parametrize(
    ("path", "support"),
    [
        ("/acme", "https://sync.example.com/support/acme"),
        ("/acme/", "https://sync.example.com/support/acme"),
        ("/acme?x=wsdl", "https://sync.example.com/support/acme"),
        ("/a%3Cb%3E%0Ac", "https://sync.example.com/support/a%3Cb%3E%0Ac"),
        ("", "https://sync.example.com/"),
    ],
)
def test_get_answers_a_page_that_links_to_the_support_page(path, support):
    answer = desk().client.get(MOUNT + path, headers={"Host": "evil.example"})
    assert (answer.status, answer.content_type) == ("200 OK", "text/plain; charset=utf-8")
    assert answer.text == PAGE.format(support)


@pytest.mark.parametrize("query", ["", "?wsdl"])
def test_head_answers_the_headers_of_get(query):
    client = desk().client
    read = client.get(f"{MOUNT}/acme{query}")
    head = client.head(f"{MOUNT}/acme{query}")
    assert (head.status, head.headers, head.data) == ("200 OK", read.headers, b"")
    assert head.content_length == len(read.data)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "post", "X"])
def test_other_methods_are_405_and_say_what_is_allowed(method):
    here = desk()
    environ = {"REQUEST_METHOD": method}
    answer = here.client.open(f"{MOUNT}/acme", data=BODY, environ_overrides=environ)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert here.service.calls == []


def test_a_body_of_just_the_greatest_length_is_read():
    assert result(desk(max_body_bytes=len(BODY)).post(BODY)).text is not None


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("too_many", [1, 2, 100])
def test_a_longer_body_is_413_with_a_fault(chunked, too_many):
    limit = len(BODY) - too_many
    here = desk(max_body_bytes=limit)
    answer = here.post(BODY, environ=CHUNKED if chunked else None)
    assert answer.status == "413 Content Too Large"
    assert fault(answer) == f"The request is longer than {limit} bytes."
    assert here.service.calls == []


def test_a_chunked_body_is_read_to_its_end():
    here = desk()
    here.post(BODY, environ=CHUNKED)
    assert here.service.calls == [("get_last_error", ACME, "t")]


@pytest.mark.parametrize("length", ["abc", "-1", "", "1e3"])
def test_a_length_that_is_no_number_is_a_fault(length):
    here = desk()
    answer = here.post(BODY, environ={"CONTENT_LENGTH": length})
    assert (answer.status_code, fault(answer)) == (400, "The request is not well-formed XML.")
    assert here.service.calls == []


def test_a_body_that_ends_early_is_a_fault():
    answer = desk().post(BODY, environ={"CONTENT_LENGTH": str(len(BODY) + 1)})
    assert (answer.status_code, fault(answer)) == (400, "The request ended early.")


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "br", "gzip, identity"])
def test_a_compressed_body_is_415_with_a_fault(encoding):
    here = desk()
    answer = here.post(gzip.compress(BODY), headers={"Content-Encoding": encoding})
    assert answer.status == "415 Unsupported Media Type"
    assert fault(answer) == "A compressed request is not accepted."
    assert here.service.calls == []


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_said_to_be_uncompressed_is_read(encoding):
    here = desk()
    here.post(BODY, headers={"Content-Encoding": encoding})
    assert here.service.calls == [("get_last_error", ACME, "t")]
