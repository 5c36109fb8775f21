"""On real sockets, and with the client that the product uses."""

import contextlib
import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from keap import KeapAuthRefused, KeapClient, KeapError, KeapServerError, Money, ProductStub
from qbwc_service.demo.keap import Fault, Line, Shop, SimulatedKeap, bulk_shop
from qbwc_service.demo.keap.faults import TROUBLE
from tests.demo.keap.asking import NOON, Clock


def client_of(keap: SimulatedKeap, key: str | None = None) -> KeapClient:
    return KeapClient(keap.url, key or keap.key, sleep=lambda seconds: None)


def call(method: str, url: str, body: Any = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=content, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def test_the_client_reads_a_whole_shop() -> None:
    shop = bulk_shop(25)
    with SimulatedKeap(shop) as keap, client_of(keap) as client:
        orders = [order for page in client.orders(page_size=10) for order in page.records]
        payments = [row for page in client.payments(page_size=10) for row in page.records]
        [contacts] = client.contacts([order.contact.id for order in orders])
        assert [order.id for order in orders] == list(shop.orders)
        assert [row.id for row in payments] == list(shop.payments)
        assert [row.id for row in contacts.records] == list(shop.contacts)
        assert sum(order.total.minor for order in orders) == sum(
            int(row.amount * 100) for row in payments
        )
        assert client.business_profile().time_zone == "America/New_York"
        assert client.user_info().given_name
        assert client.tenant == "ab103.infusionsoft.com"
        assert keap.requests[0] == "GET /crm/rest/v2/orders?order_by=id%20asc&page_size=10"


@pytest.mark.parametrize("kind", ["cut", "throttled", "bad-gateway", "unavailable", "server-error"])
def test_the_client_gets_over_faults(kind: Any) -> None:
    with SimulatedKeap(bulk_shop(3)) as keap, client_of(keap) as client:
        keap.faults.add(Fault(kind, times=3))
        assert [len(page.records) for page in client.orders()] == [3]
        assert len(keap.requests) == 4


def test_the_client_gives_up_after_six() -> None:
    with SimulatedKeap(bulk_shop(1)) as keap, client_of(keap) as client:
        keap.faults.add(Fault("server-error", times=6))
        with pytest.raises(KeapServerError):
            list(client.orders())
        assert [len(page.records) for page in client.orders()] == [1]


def test_the_client_sets_a_broken_record_apart() -> None:
    with SimulatedKeap(bulk_shop(3)) as keap, client_of(keap) as client:
        keap.faults.add(Fault("broken-record"))
        [page] = client.orders()
        assert [order.id for order in page.records] == ["20102", "20103"]
        assert [bad.record_id for bad in page.unreadable] == ["20101"]


def test_another_key_is_refused() -> None:
    with SimulatedKeap(bulk_shop(1)) as keap, client_of(keap, "another") as client:
        with pytest.raises(KeapAuthRefused):
            list(client.orders())
        assert client.tenant == ""


def test_another_process_can_act_and_look() -> None:
    changed: list[Shop] = []
    shop = Shop(clock=Clock())
    with SimulatedKeap(shop, after=changed.append) as keap:
        root = keap.url.removesuffix("/crm")
        act = {"act": "add_contact", "arguments": {"given_name": "Zoë"}}
        assert call("POST", f"{root}/simulator/act", act) == {"result": "4401"}
        assert call("GET", f"{root}/simulator/dump")["contacts"][0]["given_name"] == "Zoë"
        with pytest.raises(urllib.error.HTTPError) as caught:
            call("POST", f"{root}/simulator/act", {"act": "burn"})
        caught.value.close()
        assert caught.value.code == 400
    assert changed == [shop, shop]


def test_a_connection_serves_many_requests_and_does_not_hold_up_the_end() -> None:
    keap = SimulatedKeap(bulk_shop(1))
    address = urlsplit(keap.start())
    connection = http.client.HTTPConnection(str(address.hostname), address.port or 0, timeout=10)
    connection.connect()
    wire = connection.sock
    for _ in range(2):
        connection.request("GET", "/simulator/faults")
        assert connection.getresponse().read() == b"[]"
    assert connection.sock is wire
    # It waits for the next request: a stop that waited for it would take ten seconds.
    stopping = threading.Thread(target=keap.stop)
    stopping.start()
    stopping.join(timeout=5)
    assert not stopping.is_alive()
    assert wire.recv(1) == b""
    connection.close()


def test_a_client_that_is_killed_between_two_requests_is_no_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with SimulatedKeap(bulk_shop(1)) as keap:
        address = urlsplit(keap.url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as client:
            client.sendall(b"GET /simulator/faults HTTP/1.1\r\nHost: keap\r\n\r\n")
            assert client.recv(100)
            # A reset in place of a good-bye, as the death of a process gives.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert capfd.readouterr().err == ""


def test_the_date_of_an_answer_is_that_of_the_shop() -> None:
    with SimulatedKeap(Shop(clock=Clock())) as keap, client_of(keap) as client:
        list(client.orders())
        assert client.answered_at == NOON


def test_it_can_be_stopped_twice_and_started_again() -> None:
    keap = SimulatedKeap(bulk_shop(1))
    for _ in range(2):
        with keap, client_of(keap) as client:
            assert len(list(client.orders())) == 1
        keap.stop()
    with pytest.raises(RuntimeError, match="not started"):
        _ = keap.url


def start(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    program = [sys.executable, "-m", "qbwc_service.demo.keap", *arguments]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout
    return process, json.loads(process.stdout.readline())


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_program_keeps_its_state_in_a_file(tmp_path: Path) -> None:
    state = tmp_path / "keap.json"
    process, said = start("--orders", "5", "--state", str(state), "--key", "k")
    try:
        assert (said["key"], len(json.loads(state.read_bytes())["orders"])) == ("k", 5)
        root = said["url"].removesuffix("/crm")
        lines = [{"name": "Widget", "price_minor": 100}]
        arguments = {"contact_id": "4401", "lines": lines}
        call("POST", f"{root}/simulator/act", {"act": "add_order", "arguments": arguments})
    finally:
        end(process)
    process, said = start("--state", str(state), "--key", "k")
    try:
        with KeapClient(said["url"], "k") as client:
            [page] = client.orders()
    finally:
        end(process)
    assert [order.id for order in page.records] == [f"2010{digit}" for digit in range(1, 7)]
    assert page.records[-1].total.minor == 100


@pytest.mark.parametrize(
    ("option", "count"), [(["--bulk", "3"], 3), (["--full", "9"], 9), (["--empty"], 0)]
)
def test_the_program_can_start_with_other_shops(option: list[str], count: int) -> None:
    process, said = start(*option)
    try:
        root = said["url"].removesuffix("/crm")
        assert len(call("GET", f"{root}/simulator/dump")["orders"]) == count
    finally:
        end(process)


def test_the_program_can_be_told_to_answer_wrongly_now_and_then() -> None:
    process, said = start("--orders", "1", "--faults", "100", "--slow", "0.1", "--seed", "3")
    root = said["url"].removesuffix("/crm")
    try:
        with KeapClient(
            said["url"], said["key"], sleep=lambda seconds: None, max_attempts=100
        ) as client:
            for _ in range(30):
                with contextlib.suppress(KeapError):
                    list(client.orders())
        happened = call("GET", f"{root}/simulator/happened")
        assert set(happened) == set(TROUBLE)
        call("DELETE", f"{root}/simulator/faults")
        with KeapClient(said["url"], said["key"]) as client:
            assert len(list(client.orders())) == 1
    finally:
        end(process)


@pytest.mark.parametrize("percent", ["101", "-1", "some"])
def test_a_share_of_faults_is_in_per_cent(percent: str) -> None:
    program = [sys.executable, "-m", "qbwc_service.demo.keap", "--faults", percent]
    done = subprocess.run(program, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--faults: write per cent, from 0 to 100" in done.stderr


def test_it_shares_no_code_with_what_it_tests() -> None:
    check = (
        "import sys, qbwc_service.demo.keap.__main__;"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " {'keap', 'qbxml_builders', 'qwc'} or name.startswith(('qbwc_service.planning',"
        " 'qbwc_service.matching', 'qbwc_service.staging'))])"
    )
    found = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_lines_of_an_order_survive_the_way_through_http() -> None:
    shop = Shop(clock=Clock())
    product = shop.add_product("Widget", 4999, sku="WDG-001")
    contact = shop.add_contact("Анна", "🦊")
    lines = [Line("Widget", 4999, 2, product_id=product), Line("Tax", 812, kind="TAX")]
    shop.add_order(contact, lines, title="Заказ 🎁")
    with SimulatedKeap(shop) as keap, client_of(keap) as client:
        [page] = client.orders()
    [order] = page.records
    assert (order.title, order.contact.given_name, order.contact.family_name) == (
        "Заказ 🎁",
        "Анна",
        "🦊",
    )
    assert [(item.item_type, item.quantity, item.price_per_unit) for item in order.order_items] == [
        ("PRODUCT", Decimal(2), Money(4999, "USD")),
        ("TAX", Decimal(1), Money(812, "USD")),
    ]
    assert [item.product for item in order.order_items] == [
        ProductStub(product, "Widget", "WDG-001", True),
        None,
    ]
    assert order.total.minor == 2 * 4999 + 812
