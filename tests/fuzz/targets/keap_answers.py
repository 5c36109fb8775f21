"""Whatever Keap or its gateway answers: pages, records, refusals, headers, tokens.

status, header lines, an empty line, the body; NEXT; the next answer
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from keap import Contact, KeapClient, KeapError, Order, OrderPayment, Payment
from keap.oauth import Client, TokenEndpoint
from qbwc_service.staging import from_keap
from qbwc_service.staging.usable import RecordUnusable
from tests.fuzz.keap_traffic import answers_of_demo
from tests.fuzz.target import NEXT, Run, Target, demand, parts
from tests.fuzz.words import KEAP_WORDS
from tests.keap.playing import BASE, KEY, NOON, AtWill

_ZONE = ZoneInfo("America/Phoenix")
_MOST = 4
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_MOST_PAGES = 6


@contextmanager
def _open(_folder: Path) -> Iterator[Run]:
    yield _run


def _run(data: bytes) -> None:
    answers = [read_answer(part) for part in parts(data, _MOST)]
    for ask in _CALLS:
        queue = iter(answers)

        def answer(_request: httpx.Request, queue: Any = queue) -> httpx.Response:
            status, headers, body = next(queue, (200, [], b"{}"))
            return httpx.Response(status, headers=headers, content=body)

        client = KeapClient(
            BASE,
            KEY,
            transport=httpx.MockTransport(answer),
            sleep=_no_wait,
            now=lambda: NOON,
            random=lambda: 0.0,
            max_attempts=2,
            pacer=AtWill(),
        )
        with client:
            try:
                ask(client)
            except KeapError as error:
                demand(KEY not in f"{error}{error!r}", "the key is in the error")
        demand(client.quota is None or client.quota.is_low in (True, False), "no quota")
    _ask_for_tokens(answers[0])


def read_answer(part: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    head, _, body = part.partition(b"\n\n")
    status, *lines = head.decode("latin-1").split("\n")
    number = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 200
    pairs = (line.partition(":") for line in lines[:20])
    # What a body is wrapped in is httpx's to undo, and a length that is wrong is the socket's.
    headers = [
        (name.strip().encode(), value.strip().encode("latin-1"))
        for name, colon, value in pairs
        if colon and _is_name(name) and name.strip().lower() not in _OF_THE_WIRE
    ]
    return max(number, 200), headers, body


def _is_name(text: str) -> bool:
    bare = text.strip().replace("-", "")
    return bare.isascii() and bare.isalnum()


def _no_wait(seconds: float) -> None:
    demand(0 <= seconds <= 121, f"a wait of {seconds} seconds")


def _ask_for_tokens(answer: tuple[int, list[tuple[bytes, bytes]], bytes]) -> None:
    status, headers, body = answer
    endpoint = TokenEndpoint(
        "https://keap.example/token",
        Client("id", "a-secret"),
        transport=httpx.MockTransport(
            lambda _request: httpx.Response(status, headers=headers, content=body)
        ),
        now=lambda: NOON,
    )
    try:
        tokens = endpoint.refresh("r")
    except KeapError as error:
        demand("a-secret" not in str(error), "the secret is in the error")
    else:
        demand(tokens.access_token and tokens.expires_at > NOON, "tokens without a life")


def _stage(stage: Callable[[Any], object]) -> Callable[[Any], None]:
    def staged(record: Any) -> None:
        try:
            stage(record)
        except RecordUnusable as error:
            demand(error.reason, "no reason")

    return staged


def _order(record: Order) -> None:
    from_keap.sales_order(record, zone=_ZONE, account_currency="USD")
    from_keap.made_at(record.raw.decode("utf-8", "replace"))


def _payment(record: Payment) -> None:
    from_keap.received_payments(record, zone=_ZONE, test_merchants=("1",))


def _part(record: OrderPayment) -> None:
    from_keap.order_part(record, 101)


def _contact(record: Contact) -> None:
    from_keap.buyer(record)


def _pages(ask: Callable[[KeapClient], Any], stage: Callable[[Any], object] = repr) -> Any:
    def walk(client: KeapClient) -> None:
        for place, page in enumerate(ask(client)):
            demand(place < _MOST_PAGES, "the list never ends")
            demand(page.highest_id >= 0, "a negative id")
            for record in page.records:
                _stage(stage)(record)
            for broken in page.unreadable:
                demand(broken.reason, "no reason")

    return walk


_CALLS: tuple[Callable[[KeapClient], object], ...] = (
    _pages(lambda client: client.walk_orders(), _order),
    _pages(lambda client: client.orders(ids=["101"]), _order),
    _pages(lambda client: client.walk_payments(), _payment),
    _pages(lambda client: client.payments(ids=["1"]), _payment),
    _pages(lambda client: client.order_payments("101"), _part),
    _pages(lambda client: client.contacts(["7"]), _contact),
    _pages(lambda client: client.products(["7"])),
    _pages(lambda client: client.merchants()),
    lambda client: client.business_profile(),
    lambda client: client.user_info(),
)


def _seeds(folder: Path) -> Iterator[bytes]:
    for _, head, body in answers_of_demo(folder):
        yield head + b"\n\n" + body
    yield b'401\n\n{"fault":{"faultstring":"Invalid","detail":{"errorcode":"keymanagement"}}}'
    yield b"429\nretry-after: 7\n\n" + NEXT + b"200\n\n{}"
    yield b"503\nretry-after: Mon, 02 Nov 2026 12:00:09 GMT\n\n<html><body>down</body></html>"
    yield b'400\n\n{"error":"invalid_grant","error_description":"gone"}'
    yield b'200\n\n{"access_token":"a","refresh_token":"b","expires_in":"86400"}'
    yield b"200\nx-keap-tenant-id: other.infusionsoft.com\nx-keap-product-quota-limit: 1|2\n\n{}"


TARGET = Target("keap_answers", _open, _seeds, KEAP_WORDS)
