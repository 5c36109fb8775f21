"""What the simulated Keap answers to a request: no sockets in here."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from qbwc_service.demo.keap.faults import Fault, Faults
from qbwc_service.demo.keap.lists import CONTACTS, ORDER_PAYMENTS, ORDERS, PAYMENTS, PRODUCTS
from qbwc_service.demo.keap.queries import ListRules, QueryRefused, list_page
from qbwc_service.demo.keap.records import ShopError
from qbwc_service.demo.keap.shapes import Json, minor_units
from qbwc_service.demo.keap.shop import Shop

PREFIX = "/crm/rest/v2/"

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_SPOILT = {"orders": "total", "payments": "amount", "invoice_order_payments": "amount"}
_DAILY_LIMIT, _MINUTE_LIMIT = 30_000, 240


@dataclass(frozen=True, slots=True)
class Request:
    """One request, taken apart; `bearer` is the key it came with."""

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    bearer: str = ""
    body: bytes = b""
    #: the whole Authorization header
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What a token of a sign-in opens: which account, and until when."""

    tenant: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `is_cut` closes the connection half-way; `delay` is in seconds."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    delay: float = 0.0


def to_json(value: object) -> bytes:
    """JSON with Decimal as numbers."""
    return _ENCODER.encode(value)


def from_json(body: bytes) -> Any:
    """JSON with numbers that have a fraction as Decimal. Raises ValueError."""
    return _DECODER.decode(body)


class KeapApi:
    """The REST API v2 of one shop, and beside it /simulator/*, which real Keap does not have."""

    def __init__(
        self,
        shop: Shop,
        faults: Faults,
        key: str,
        access: Callable[[str], Access | None] = lambda token: None,
    ) -> None:
        """`key` is accepted, and so is an access token that `access` knows."""
        self._shop = shop
        self._faults = faults
        self._key = key
        self._access = access
        self._used = 0

    def answer(self, request: Request) -> Answer:
        """Whatever is asked gets an answer; nothing is raised."""
        if request.path.startswith("/simulator/"):
            return self._for_simulator(request)
        access = self._access(request.bearer)
        if access is not None and access.expires_at <= self._shop.clock():
            return self._unauthorized("Access Token expired", "access_token_expired")
        if access is None and (not self._key or request.bearer != self._key):
            return self._unauthorized()
        answer = self._counted(request)
        if access is None or access.tenant == self._shop.account.tenant:
            return answer
        return replace(answer, headers={**answer.headers, "x-keap-tenant-id": access.tenant})

    def _counted(self, request: Request) -> Answer:
        """The answer to somebody who may ask."""
        self._used += 1
        fault = self._faults.take(request.path)
        if fault is not None and fault.kind not in {"cut", "slow"}:
            return self._faulty(fault)
        with self._shop.lock:
            answer = self._of_api(request)
        if fault is None:
            return answer
        delay = fault.seconds if fault.kind == "slow" else 0.0
        return Answer(answer.status, answer.body, answer.headers, fault.kind == "cut", delay)

    # -- the API -------------------------------------------------------------------------------
    def _of_api(self, request: Request) -> Answer:
        if not request.path.startswith(PREFIX):
            return self._error(404, "Not Found", "NOT_FOUND")
        if request.method != "GET":
            return self._error(405, "Method Not Allowed", "METHOD_NOT_ALLOWED")
        steps = request.path.removeprefix(PREFIX).split("/")
        try:
            return self._route(steps, request)
        except QueryRefused as error:
            return self._error(400, str(error), "BAD_REQUEST")

    def _route(self, steps: list[str], request: Request) -> Answer:
        shop = self._shop
        match steps:
            case ["orders"]:
                return self._list("orders", shop.orders, ORDERS, request)
            case ["orders", order_id]:
                return self._one(shop.orders, order_id)
            case ["orders", order_id, "payments"]:
                return self._order_payments(order_id, request)
            case ["sales", "payments"]:
                return self._list("payments", shop.payments, PAYMENTS, request)
            case ["contacts"]:
                return self._contacts(request)
            case ["contacts", contact_id]:
                return self._one(shop.contacts, contact_id)
            case ["products"]:
                return self._list("products", shop.products, PRODUCTS, request)
            case ["products", product_id]:
                return self._one(shop.products, product_id)
            case ["businessProfile"]:
                return self._ok(self._business_profile())
            case ["oauth", "connect", "userinfo"]:
                return self._ok(self._user_info())
            case _:
                return self._error(404, "Not Found", "NOT_FOUND")

    def _list(
        self, name: str, rows: Mapping[str, Json], rules: ListRules, request: Request
    ) -> Answer:
        page = list_page(name, list(rows.values()), rules, request.parameters)
        return self._page(name, page, request)

    def _page(self, name: str, page: Json, request: Request) -> Answer:
        rows = page[name]
        if self._faults.take(request.path, has_records=bool(rows)):
            page = {**page, name: [{**rows[0], _SPOILT.get(name, "id"): ["spoilt"]}, *rows[1:]]}
        return self._ok(page)

    def _order_payments(self, order_id: str, request: Request) -> Answer:
        if order_id not in self._shop.orders:
            return self._error(404, f"Order {order_id} not found", "NOT_FOUND")
        rows = self._shop.order_payments[order_id]
        if self._shop.account.order_payments_in == "minor":
            rows = [{**row, "amount": minor_units(row["amount"])} for row in rows]
        name = "invoice_order_payments"
        page = list_page(name, rows, ORDER_PAYMENTS, request.parameters)
        return self._page(name, page, request)

    def _contacts(self, request: Request) -> Answer:
        rows = list(self._shop.contacts.values())
        page = list_page("contacts", rows, CONTACTS, request.parameters)
        wanted = [name for name in request.parameters.get("fields", "").split(",") if name]
        if wanted:
            page["contacts"] = [
                {name: contact[name] for name in wanted if name in contact}
                for contact in page["contacts"]
            ]
        return self._page("contacts", page, request)

    def _one(self, records: Mapping[str, Json], identity: str) -> Answer:
        if identity not in records:
            return self._error(404, f"{identity} not found", "NOT_FOUND")
        return self._ok(records[identity])

    def _business_profile(self) -> Json:
        account = self._shop.account
        return {
            "name": account.name,
            "email": "owner@acme.example",
            "time_zone": account.time_zone,
            "currency_code": account.currency,
            "language_tag": "en-US",
        }

    def _user_info(self) -> Json:
        return {
            "email": "owner@acme.example",
            "sub": "1",
            "id": "1",
            "keap_id": "owner@acme.example",
            "given_name": "Dana",
            "family_name": "Whitfield",
            "is_admin": True,
            "tenant_id": self._shop.account.tenant.partition(".")[0],
        }

    # -- answers -------------------------------------------------------------------------------
    def _ok(self, body: Json) -> Answer:
        return Answer(200, to_json(body), self._headers())

    def _error(self, status: int, message: str, word: str) -> Answer:
        body = {"code": status, "message": message, "status": word, "details": []}
        return Answer(status, to_json(body), self._headers())

    def _fault_body(self, text: str, code: str) -> bytes:
        return to_json({"fault": {"faultstring": text, "detail": {"errorcode": code}}})

    def _unauthorized(
        self, text: str = "Invalid Access Token", word: str = "invalid_access_token"
    ) -> Answer:
        empty = dict.fromkeys(self._headers(), "")
        return Answer(401, self._fault_body(text, f"keymanagement.service.{word}"), empty)

    def _faulty(self, fault: Fault) -> Answer:
        headers = dict(self._headers())
        if fault.retry_after is not None:
            headers["retry-after"] = str(fault.retry_after)
        match fault.kind:
            case "throttled":
                body = {"code": "429", "message": "Quota Exceeded", "status": "Request Throttled"}
                return Answer(429, to_json(body | {"details": None}), headers)
            case "throttled-by-gateway":
                code = "policies.ratelimit.SpikeArrestViolation"
                text = "Spike arrest violation. Allowed rate : MessageRate{...}"
                return Answer(429, self._fault_body(text, code), headers)
            case "bad-gateway":
                html = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
                return Answer(502, html, headers | {"content-type": "text/html"})
            case "unauthorized":
                return self._unauthorized()
            case "forbidden":
                return self._error(403, "Forbidden", "FORBIDDEN")
            case _:
                return self._error(500, "Internal Server Error", "INTERNAL")

    def _headers(self) -> dict[str, str]:
        used = str(self._used)
        limits = {
            "product-quota": (str(_DAILY_LIMIT), "day", str(_DAILY_LIMIT - self._used), used),
            "product-throttle": (str(_MINUTE_LIMIT), "minute", str(_MINUTE_LIMIT - 1), "1"),
            "tenant-throttle": ("10000|250000", "minute|day", "9999|249999", "1|1"),
        }
        headers = {
            f"x-keap-{family}-{name}": value
            for family, values in limits.items()
            for name, value in zip(("limit", "time-unit", "available", "used"), values, strict=True)
        }
        tenant = {"x-keap-tenant-id": self._shop.account.tenant}
        return headers | tenant | {"x-request-id": str(uuid.uuid4())}

    # -- the simulator -------------------------------------------------------------------------
    def _for_simulator(self, request: Request) -> Answer:
        routes: dict[tuple[str, str], Callable[[bytes], object]] = {
            ("GET", "/simulator/dump"): lambda _: self._shop.dump(),
            ("POST", "/simulator/act"): self._act,
            ("GET", "/simulator/faults"): lambda _: self._faults.pending,
            ("POST", "/simulator/faults"): self._add_fault,
            ("DELETE", "/simulator/faults"): lambda _: self._faults.clear(),
        }
        route = routes.get((request.method, request.path))
        if route is None:
            return Answer(404, to_json({"error": f"no {request.method} {request.path}"}))
        try:
            with self._shop.lock:
                return Answer(200, to_json(route(request.body)))
        except (ShopError, msgspec.MsgspecError) as error:
            return Answer(400, to_json({"error": str(error)}))

    def _act(self, body: bytes) -> Json:
        wanted = msgspec.json.decode(body, type=_Act)
        return {"result": self._shop.do(wanted.act, wanted.arguments)}

    def _add_fault(self, body: bytes) -> Json:
        fault = msgspec.json.decode(body, type=Fault)
        self._faults.add(fault)
        return {"result": fault.kind}


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`{"act": "pay", "arguments": {"order_id": "20101"}}`."""

    act: str
    arguments: dict[str, Any] = {}
