"""Our requests and the simulated Keap's answers against Keap's published OpenAPI document.

The document may not be redistributed: where it is not at hand, these tests are skipped.
"""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from keap import KeapClient
from qbwc_service.demo.keap import Account, Shop, SimulatedKeap
from qbwc_service.demo.keap.kinds_later import part_of_an_hour, words_nobody_knows
from qbwc_service.demo.keap.mix import KINDS
from qbwc_service.demo.keap.trade import Trade
from tests.keap.openapi import Document
from tests.keap.playing import AtWill
from tests.reference import REFERENCE, prism

DOCUMENT = REFERENCE / "keap" / "keap-v2-commerce-mockable.json"
PRISM = prism()
START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
START_SECONDS = 60

pytestmark = pytest.mark.skipif(not DOCUMENT.is_file(), reason=f"no {DOCUMENT}")

#: what each method of the client asks for, in every form that it has
CALLS: dict[str, list[Callable[[KeapClient], object]]] = {
    "orders": [
        lambda client: list(client.orders(ids=["20101", "20102"])),
        lambda client: list(client.orders(invoice_id="20077")),
        lambda client: list(client.orders(page_size=10)),
    ],
    "walk_orders": [
        lambda client: list(client.walk_orders()),
        lambda client: list(client.walk_orders(above=20110, modified_since=START, page_size=5)),
    ],
    "orders_by_change": [lambda client: list(client.orders_by_change(START))],
    "payments": [
        lambda client: list(client.payments(since=START)),
        lambda client: list(client.payments(order_ids=["20101", "20102"])),
        lambda client: next(client.payments(newest_first=True, page_size=1)),
    ],
    "walk_payments": [
        lambda client: list(client.walk_payments()),
        lambda client: list(client.walk_payments(above=28710, since=START, page_size=5)),
    ],
    "order_payments": [lambda client: list(client.order_payments("20101"))],
    "contacts": [lambda client: list(client.contacts(["4401", "4402", "4403"]))],
    "products": [lambda client: list(client.products(["61", "62"]))],
    "merchants": [lambda client: list(client.merchants())],
    "business_profile": [lambda client: client.business_profile()],
    "user_info": [lambda client: client.user_info()],
}
#: what the simulated Keap answers and our client does not ask for
OTHER_PATHS = (
    "/rest/v2/orders/20101",
    "/rest/v2/contacts/4401",
    "/rest/v2/products/61",
    "/rest/v2/sales/transactions",
    "/rest/v2/settings/applications:getConfiguration?fields=ECOMMERCE",
)


@dataclass
class Recording(httpx.BaseTransport):
    """Passes everything on, and keeps each request with the body of its answer."""

    wire: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    asked: list[tuple[httpx.Request, bytes]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.wire.handle_request(request)
        body = response.read()
        assert response.status_code == 200, (str(request.url), body)
        self.asked.append((request, body))
        return response

    def close(self) -> None:
        self.wire.close()


def shop_of_every_kind() -> Shop:
    """One order of each kind that the document has words for, and what becomes of it later."""
    moment = START
    shop = Shop(Account(feed_statuses="documented"), lambda: moment)
    trade = Trade(shop, seed=1, count=1000)
    for kind in KINDS:
        if kind not in {part_of_an_hour, words_nobody_knows}:
            kind(trade)
    while (due := trade.next_moment()) and due < START + timedelta(days=40):
        moment = due
        trade.happen_next()
    return shop


@pytest.fixture(scope="module")
def asked() -> Iterator[list[tuple[httpx.Request, bytes]]]:
    """Every request of every method, with its answer of the simulated Keap."""
    wire = Recording()
    with (
        SimulatedKeap(shop_of_every_kind()) as keap,
        KeapClient(keap.url, keap.key, transport=wire, pacer=AtWill()) as client,
    ):
        for calls in CALLS.values():
            for call in calls:
                call(client)
        with httpx.Client(transport=wire) as other:
            for path in OTHER_PATHS:
                other.get(keap.url + path, headers={"authorization": f"Bearer {keap.key}"})
        yield wire.asked


@pytest.fixture(scope="module")
def document() -> Document:
    return Document(DOCUMENT)


def path_of(request: httpx.Request) -> str:
    return request.url.path.removeprefix("/crm")


def test_every_method_of_the_client_is_called() -> None:
    methods = {
        name
        for name, member in vars(KeapClient).items()
        if callable(member) and not name.startswith("_")
    }
    assert methods - {"close"} == set(CALLS)


def test_the_document_allows_every_request(
    asked: list[tuple[httpx.Request, bytes]], document: Document
) -> None:
    wrong = {
        str(request.url): found
        for request, _ in asked
        if (found := document.wrong_in_request(request, path_of(request)))
    }
    assert wrong == {}
    assert len(asked) > len(CALLS) + len(OTHER_PATHS)


def test_the_simulated_keap_answers_as_the_document_promises(
    asked: list[tuple[httpx.Request, bytes]], document: Document
) -> None:
    wrong = {
        str(request.url): found[:3]
        for request, body in asked
        if (found := document.wrong_in_answer(request, path_of(request), body))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("orders?since=2026-11-02", "has no query parameter since"),
        ("orders?page_size=1001", "greater than the maximum"),
        ("orders?page_size=all", "is not of type 'integer'"),
        ("orders?filter=customer%3D%3D1", "no such filter"),
        ("orders?filter=ids%3E1", "no such operator"),
        ("orders?filter=modified_since_time%3D%3D2026-11-02", "not a String"),
        ("orders?filter=invoice_id%3D%3D1%2C2", "not a String"),
        ("orders?order_by=total%20asc", "no such order"),
        ("orders?order_by=id%20up", "no such order"),
        ("contacts?fields=id%2Cshoe_size", "no field shoe_size"),
        ("invoices", "has no GET /rest/v2/invoices"),
    ],
)
def test_what_the_document_does_not_know_is_found(
    document: Document, target: str, what: str
) -> None:
    request = httpx.Request("GET", f"https://api.keap.com/crm/rest/v2/{target}")
    try:
        found = "".join(document.wrong_in_request(request, path_of(request)))
    except AssertionError as error:
        found = str(error)
    assert what in found


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Prism, which plays the document and refuses what it does not allow."""
    if PRISM is None:
        pytest.skip("no Prism (npm install @stoplight/prism-cli@5; QBWC_PRISM=its path)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = tmp_path_factory.mktemp("prism") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PRISM, "mock", "-h", "127.0.0.1", "-p", port, str(DOCUMENT)],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _when_it_answers(process, f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _when_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return url
    raise AssertionError(f"Prism did not start: {log.read_text(errors='replace')[-2000:]}")


def test_the_mock_server_allows_every_request(
    asked: list[tuple[httpx.Request, bytes]], mock: str
) -> None:
    refused: dict[str, Any] = {}
    with httpx.Client(headers={"authorization": "Bearer x"}) as client:
        for request, _ in asked:
            target = request.url.raw_path.decode().removeprefix("/crm")
            answer = client.get(mock + target)
            if answer.status_code != 200:
                refused[target] = answer.text
    assert refused == {}


def test_the_mock_server_refuses_what_the_document_does_not_allow(mock: str) -> None:
    headers = {"authorization": "Bearer x"}
    answer = httpx.get(f"{mock}/rest/v2/orders?page_size=1001", headers=headers)
    assert answer.status_code in {400, 422}
