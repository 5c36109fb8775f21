"""REST hooks of the simulated Keap (v1): subscriptions, the handshake, and the calls.

What Keap's documents leave open can be played either way: see `HookRules`.
"""

import queue
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

import httpx
import msgspec

from qbwc_service.demo.keap.encoding import to_json
from qbwc_service.demo.keap.values import Json, time_text

#: what stands in an address before the subscriptions
PREFIX = "/crm/rest/v1/hooks"
SECRET_HEADER = "X-Hook-Secret"  # noqa: S105 - its name
_ANSWER_WITHIN = 30.0

#: what Keap tells after each act
EVENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "add_contact": ("contact.add",),
        "edit_contact": ("contact.edit",),
        "add_product": ("product.add",),
        "add_order": ("order.add", "invoice.add"),
        "edit_order": ("order.edit", "invoice.edit"),
        "delete_order": ("order.delete", "invoice.delete"),
        "pay": ("invoice.payment.add",),
        "pay_several": ("invoice.payment.add",),
        "credit": ("invoice.payment.add",),
        "refund": ("invoice.payment.add",),
        "refund_several": ("invoice.payment.add",),
        "void_payment": ("invoice.payment.edit",),
        "edit_payment": ("invoice.payment.edit",),
        "delete_payment": ("invoice.payment.delete",),
    }
)
EVENT_KEYS = sorted({key for keys in EVENTS.values() for key in keys})


@dataclass(frozen=True, slots=True)
class HookRules:
    """How this Keap goes about its hooks.

    handshake: whether an answer with the secret verifies ("immediate"), or only the secret given
        back by delayedVerify ("delayed").
    attempts: how often a call is tried before the subscription goes inactive.
    is_silent: whether calls are lost on their way; nobody is told.
    """

    handshake: Literal["immediate", "delayed"] = "immediate"
    attempts: int = 4
    is_silent: bool = False


@dataclass(slots=True)
class Subscription:
    """One event, one address."""

    key: str
    event_key: str
    hook_url: str
    status: Literal["Unverified", "Verified", "Inactive"] = "Unverified"
    secret: str = ""

    def shown(self) -> Json:
        """As the API tells it."""
        return {
            "key": self.key,
            "eventKey": self.event_key,
            "hookUrl": self.hook_url,
            "status": self.status,
        }


class _Wanted(msgspec.Struct, frozen=True, rename="camel"):
    event_key: str
    hook_url: str


@dataclass
class Hooks:
    """The subscriptions of one account; calls go out in a thread between `start` and `stop`."""

    rules: HookRules = field(default_factory=HookRules)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    #: event keys of the calls that were answered well
    delivered: list[str] = field(default_factory=list)
    _waiting: "queue.Queue[tuple[str, Json] | None]" = field(default_factory=queue.Queue)
    _thread: threading.Thread | None = None
    #: made at the first call, because that takes a while
    _http: httpx.Client | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next_key: int = 1

    def start(self) -> None:
        """Calls go out from now on."""
        self._thread = threading.Thread(target=self._deliver_all, name="simulated Keap's hooks")
        self._thread.start()

    def stop(self) -> None:
        """Returns when the call that is under way has ended; those that wait are forgotten."""
        if self._thread is not None:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put(None)
            self._thread.join()
            self._thread = None
        if self._http is not None:
            self._http.close()
            self._http = None

    def deactivate(self) -> None:
        """Every subscription goes inactive, as after a long outage of the other side."""
        for one in self.subscriptions.values():
            one.status = "Inactive"

    # -- the API ----------------------------------------------------------------------------------
    def answer(self, method: str, path: str, body: bytes, secret: str) -> tuple[int, object]:
        """Status and body. Raises msgspec.MsgspecError for a body that is no subscription."""
        match (method, path.removeprefix(PREFIX).strip("/").split("/")):
            case ("GET", [""]):
                return 200, [one.shown() for one in self.subscriptions.values()]
            case ("POST", [""]):
                return 200, self._create(msgspec.json.decode(body, type=_Wanted)).shown()
            case ("GET", ["event_keys"]):
                return 200, EVENT_KEYS
            case (_, [key, *_]) if key not in self.subscriptions:
                return 404, None
            case ("GET", [key]):
                return 200, self.subscriptions[key].shown()
            case ("DELETE", [key]):
                del self.subscriptions[key]
                return 204, None
            case ("POST", [key, "verify"]):
                self._shake_hands(self.subscriptions[key])
                return 200, self.subscriptions[key].shown()
            case ("POST", [key, "delayedVerify"]):
                found = self.subscriptions[key]
                if found.secret and found.secret == secret:
                    found.status = "Verified"
                return 200, found.shown()
            case _:
                return 405, None

    def _create(self, wanted: _Wanted) -> Subscription:
        with self._lock:
            key = str(self._next_key)
            self._next_key += 1
        made = Subscription(key, wanted.event_key, wanted.hook_url)
        self.subscriptions[key] = made
        self._shake_hands(made)
        return made

    def _shake_hands(self, one: Subscription) -> None:
        """Send a secret, and see whether it comes back."""
        one.secret = secrets.token_hex(16)
        answer = self._post(one.hook_url, b"", {SECRET_HEADER: one.secret})
        echoed = answer is not None and answer.headers.get(SECRET_HEADER) == one.secret
        is_good = answer is not None and answer.status_code == httpx.codes.OK and echoed
        if is_good and self.rules.handshake == "immediate":
            one.status = "Verified"

    # -- the calls --------------------------------------------------------------------------------
    def heard(self, act: str, outcome: object, moment: datetime) -> None:
        """Somebody did something in the shop; `outcome` is the id of what changed."""
        if self.rules.is_silent or not self.subscriptions or self._thread is None:
            return
        for event in EVENTS.get(act, ()):
            thing = {"id": outcome, "apiUrl": "", "timestamp": time_text(moment)}
            body = {"event_key": event, "object_type": event.split(".")[0], "object_keys": [thing]}
            self._waiting.put((event, body))

    def _deliver_all(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            event, body = waiting
            for one in list(self.subscriptions.values()):
                if one.event_key == event and one.status == "Verified":
                    self._deliver(one, to_json(body))

    def _deliver(self, one: Subscription, body: bytes) -> None:
        for _ in range(self.rules.attempts):
            answer = self._post(one.hook_url, body, {"content-type": "application/json"})
            if answer is not None and 200 <= answer.status_code < 400:
                self.delivered.append(one.event_key)
                return
            if answer is not None and answer.status_code == httpx.codes.GONE:
                break
        one.status = "Inactive"

    def _post(self, address: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response | None:
        """None where nobody answers in time."""
        if self._http is None:
            self._http = httpx.Client(timeout=_ANSWER_WITHIN, trust_env=False)
        try:
            return self._http.post(address, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
