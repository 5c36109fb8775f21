"""Subscriptions to what happens in Keap: what is asked, what is understood, what is tried again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from keap import (
    Hook,
    HookStatus,
    KeapAnswerUnreadable,
    KeapAuthRefused,
    KeapClient,
    KeapNotFound,
    KeapServerError,
)
from keap.hooks import Hooks
from qbwc_service.demo.keap import Shop, SimulatedKeap
from tests.keap.openapi import Document
from tests.keap.playing import AtWill, Playing, answer
from tests.reference import REFERENCE

DOCUMENT = REFERENCE / "keap" / "keap-v1-commerce-mockable.json"
#: nobody listens there: the handshake fails
NOWHERE = "http://127.0.0.1:9/keap/hooks/t"
A_HOOK = {"key": "7", "eventKey": "order.add", "hookUrl": NOWHERE, "status": "Verified"}

CALLS: dict[str, Callable[[Hooks], object]] = {
    "event_keys": lambda hooks: hooks.event_keys(),
    "create": lambda hooks: hooks.create("order.add", NOWHERE),
    "all": lambda hooks: hooks.all(),
    "verify": lambda hooks: hooks.verify("1"),
    "confirm": lambda hooks: hooks.confirm("1", "a-secret"),
    "delete": lambda hooks: hooks.delete("1"),
}


@dataclass
class Recording(httpx.BaseTransport):
    """Passes everything on, and keeps each request with the body of its answer."""

    wire: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    asked: list[tuple[httpx.Request, bytes]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.wire.handle_request(request)
        self.asked.append((request, response.read()))
        return response

    def close(self) -> None:
        self.wire.close()


@pytest.fixture(scope="module")
def asked() -> Iterator[list[tuple[httpx.Request, bytes]]]:
    """The request of every method, with its answer of the simulated Keap."""
    wire = Recording()
    with (
        SimulatedKeap(Shop()) as keap,
        KeapClient(keap.url, keap.key, transport=wire, pacer=AtWill()) as client,
    ):
        for call in CALLS.values():
            call(client.hooks)
        yield wire.asked


def test_every_method_is_called() -> None:
    methods = {name for name, one in vars(Hooks).items() if callable(one) and name[0] != "_"}
    assert methods == set(CALLS)


@pytest.mark.skipif(not DOCUMENT.is_file(), reason=f"no {DOCUMENT}")
def test_requests_and_answers_are_as_keaps_document_has_them(
    asked: list[tuple[httpx.Request, bytes]],
) -> None:
    document = Document(DOCUMENT)
    wrong = {}
    for request, body in asked:
        path = request.url.path.removeprefix("/crm/rest")
        found = document.wrong_in_request(request, path)
        found += document.wrong_in_answer(request, path, body)
        wrong |= {f"{request.method} {path}": found} if found else {}
    assert wrong == {}
    assert len(asked) == len(CALLS)


@pytest.mark.skipif(not DOCUMENT.is_file(), reason=f"no {DOCUMENT}")
def test_what_the_document_does_not_know_is_found() -> None:
    document = Document(DOCUMENT)
    strange = httpx.Request("POST", "http://x/v1/hooks", json={"eventKey": 1, "url": "x"})
    found = "".join(document.wrong_in_request(strange, "/v1/hooks"))
    assert "is not of type 'string'" in found
    assert "'url' was unexpected" in found
    bare = httpx.Request("POST", "http://x/v1/hooks/1/delayedVerify")
    assert document.wrong_in_request(bare, "/v1/hooks/1/delayedVerify") == [
        "no header X-Hook-Secret"
    ]


def test_a_subscription_is_read_as_keap_tells_it() -> None:
    keap = Playing(answer(200, [A_HOOK]))
    with keap.client() as client:
        assert client.hooks.all() == (Hook("7", "order.add", NOWHERE, HookStatus.VERIFIED),)
    assert keap.asked == ["/crm/rest/v1/hooks"]


def test_what_keap_leaves_open_costs_no_other_subscription() -> None:
    odd = {"key": 8, "eventKey": None, "hookUrl": NOWHERE, "status": "Paused"}
    keap = Playing(answer(200, [odd, {"eventKey": "order.add"}, A_HOOK]))
    with keap.client() as client:
        first, second = client.hooks.all()
    assert (first.key, first.event_key, first.status) == ("8", "", HookStatus.OTHER)
    assert second.is_verified


@pytest.mark.parametrize("body", ["", "<html>", {}, [1], {"status": "Verified"}])
def test_an_answer_that_names_no_subscription_is_said_so(body: object) -> None:
    keap = Playing(answer(200, body))
    with keap.client() as client, pytest.raises(KeapAnswerUnreadable) as raised:
        client.hooks.create("order.add", NOWHERE)
    assert raised.value.request == "POST /rest/v1/hooks"


def test_what_changes_something_is_sent_once() -> None:
    keap = Playing(answer(500, ""))
    with keap.client() as client, pytest.raises(KeapServerError):
        client.hooks.create("order.add", NOWHERE)
    assert len(keap.asked) == 1


class Renewed:
    """A token that can be renewed once."""

    def __init__(self) -> None:
        self.tokens = ["first", "second"]

    def token(self) -> str:
        return self.tokens[0]

    def renew(self, refused: str) -> bool:
        self.tokens.remove(refused)
        return bool(self.tokens)

    def refusal(self, refused: str, error: KeapAuthRefused) -> KeapAuthRefused:
        return error


def test_with_a_renewed_token_it_is_sent_again() -> None:
    keap = Playing(answer(401, ""), answer(200, A_HOOK))
    with keap.client(auth=Renewed()) as client:
        assert client.hooks.verify("7").is_verified
    tokens = [request.headers["authorization"] for request in keap.requests]
    assert tokens == ["Bearer first", "Bearer second"]


def test_a_refused_key_is_a_refused_key() -> None:
    with Playing(answer(401, "")).client() as client, pytest.raises(KeapAuthRefused):
        client.hooks.delete("7")


def test_the_secret_is_given_back_as_a_header() -> None:
    keap = Playing(answer(200, A_HOOK))
    with keap.client() as client:
        client.hooks.confirm("a/b", "the-secret")
    [request] = keap.requests
    assert request.headers["x-hook-secret"] == "the-secret"
    assert keap.asked == ["/crm/rest/v1/hooks/a%2Fb/delayedVerify"]


def test_deleting_what_is_not_there_says_so() -> None:
    with Playing(answer(404, "")).client() as client, pytest.raises(KeapNotFound):
        client.hooks.delete("7")
    with Playing(answer(204, "")).client() as client:
        client.hooks.delete("7")
