"""The simulated Keap calls whoever subscribed, and gives up on who does not answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from qbwc_service.demo.keap import Line, Shop, SimulatedKeap
from tests.reference import REFERENCE

SAMPLE = REFERENCE / "keap" / "samples" / "rest_hook_delivery.json"


class Listening(ThreadingHTTPServer):
    """Answers every call with `status`; secrets go back unless `is_deaf`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status = 200
        self.is_deaf = False
        self.bodies: list[dict[str, Any]] = []
        self.heard = threading.Condition()
        self.url = f"http://127.0.0.1:{self.server_port}/h"

    def wait_for(self, number: int) -> None:
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.bodies) >= number, 60)


class _Answer(BaseHTTPRequestHandler):
    server: Listening

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        secret = self.headers.get("X-Hook-Secret", "")
        self.send_response(200 if secret else self.server.status)
        if secret and not self.server.is_deaf:
            self.send_header("X-Hook-Secret", secret)
        self.send_header("content-length", "0")
        self.end_headers()
        if not secret:
            with self.server.heard:
                self.server.bodies.append(json.loads(body))
                self.server.heard.notify_all()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nobody reads it."""


@pytest.fixture
def listening() -> Iterator[Listening]:
    server = Listening()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def keap() -> Iterator[SimulatedKeap]:
    with SimulatedKeap(Shop()) as made:
        yield made


def ask(keap: SimulatedKeap, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {keap.key}"} | more.pop("headers", {})
    address = f"{keap.url}/rest/v1/hooks{path}"
    return httpx.request(method, address, headers=headers, trust_env=False, timeout=60, **more)


def subscribe(keap: SimulatedKeap, url: str, event: str = "order.add") -> dict[str, Any]:
    made = ask(keap, "POST", "", json={"eventKey": event, "hookUrl": url})
    return dict(made.json())


def place_order(keap: SimulatedKeap) -> str:
    ann = keap.shop.add_contact("Ann", "Lee")
    return keap.shop.add_order(ann, [Line("Hammer", 1000)])


def test_who_gives_the_secret_back_is_called_with_the_id_of_what_changed(
    keap: SimulatedKeap, listening: Listening
) -> None:
    assert subscribe(keap, listening.url)["status"] == "Verified"
    number = place_order(keap)
    listening.wait_for(1)
    [body] = listening.bodies
    assert (body["event_key"], body["object_keys"][0]["id"]) == ("order.add", number)
    if SAMPLE.is_file():
        assert set(body) == set(json.loads(Path(SAMPLE).read_bytes()))


def test_who_does_not_is_not_called_until_the_secret_comes_otherwise(
    keap: SimulatedKeap, listening: Listening
) -> None:
    listening.is_deaf = True
    made = subscribe(keap, listening.url)
    assert made["status"] == "Unverified"
    place_order(keap)
    kept = keap.hooks.subscriptions[made["key"]]
    wrong = ask(keap, "POST", f"/{made['key']}/delayedVerify", headers={"X-Hook-Secret": "x"})
    assert wrong.json()["status"] == "Unverified"
    right = ask(
        keap, "POST", f"/{made['key']}/delayedVerify", headers={"X-Hook-Secret": kept.secret}
    )
    assert right.json()["status"] == "Verified"
    number = place_order(keap)
    listening.wait_for(1)
    assert [body["object_keys"][0]["id"] for body in listening.bodies] == [number]


@pytest.mark.parametrize(("status", "tries"), [(500, 4), (404, 4), (410, 1)])
def test_who_refuses_is_given_up(
    keap: SimulatedKeap, listening: Listening, status: int, tries: int
) -> None:
    made = subscribe(keap, listening.url)
    listening.status = status
    place_order(keap)
    listening.wait_for(tries)
    keap.hooks.stop()
    assert len(listening.bodies) == tries
    assert ask(keap, "GET", f"/{made['key']}").json()["status"] == "Inactive"
    keap.hooks.start()
    listening.status = 200
    assert ask(keap, "POST", f"/{made['key']}/verify").json()["status"] == "Verified"


def test_over_http_it_can_be_told_to_lose_calls_and_to_give_up(
    keap: SimulatedKeap, listening: Listening
) -> None:
    made = subscribe(keap, listening.url)
    place = keap.url.removesuffix("/crm") + "/simulator/hooks"
    told = httpx.post(place, json={"is_silent": True}, trust_env=False)
    assert told.json() == {"handshake": "immediate", "attempts": 4, "is_silent": True}
    place_order(keap)
    httpx.post(place, json={"is_silent": False}, trust_env=False)
    number = place_order(keap)
    listening.wait_for(1)
    assert [body["object_keys"][0]["id"] for body in listening.bodies] == [number]
    assert httpx.delete(place, trust_env=False).status_code == 200
    assert ask(keap, "GET", f"/{made['key']}").json()["status"] == "Inactive"


def test_what_is_no_subscription_is_refused(keap: SimulatedKeap) -> None:
    assert ask(keap, "POST", "", content=b"{").status_code == 400
    assert ask(keap, "GET", "/99").status_code == 404
    assert httpx.get(f"{keap.url}/rest/v1/hooks", trust_env=False).status_code == 401
