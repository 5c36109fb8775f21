"""What the simulated Keap answers to a request: no sockets in here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

import msgspec

from qbwc_service.demo.keap import hooks, lists
from qbwc_service.demo.keap.answers import LATE, Answer, Answers, spoilt
from qbwc_service.demo.keap.encoding import from_json, to_json
from qbwc_service.demo.keap.faults import Fault, Faults, Mix
from qbwc_service.demo.keap.filters import QueryRefused
from qbwc_service.demo.keap.hooks import HookRules, Hooks
from qbwc_service.demo.keap.profile import business_profile, configuration, user_info
from qbwc_service.demo.keap.queries import ListRules, list_page
from qbwc_service.demo.keap.quota import DEFAULT_LIMITS, Limits
from qbwc_service.demo.keap.records import ShopError
from qbwc_service.demo.keap.rows import merchant_table, order_payment_table
from qbwc_service.demo.keap.shop import Shop
from qbwc_service.demo.keap.tables import Table
from qbwc_service.demo.keap.trade_day import Traded, Trading, day_of_trade
from qbwc_service.demo.keap.values import Json, minor_units

PREFIX = "/crm/rest/v2/"

_SPOILT = {"orders": "total", "payments": "amount", "invoice_order_payments": "amount"}


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
    #: given back to have a subscription verified
    hook_secret: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What a token of a sign-in opens: which account, and until when."""

    tenant: str
    expires_at: datetime


class KeapApi:
    """The REST API v2 of one shop and the hooks of v1, and beside them /simulator/*, which real
    Keap does not have."""

    def __init__(
        self,
        shop: Shop,
        faults: Faults,
        key: str,
        limits: Limits = DEFAULT_LIMITS,
        access: Callable[[str], Access | None] = lambda token: None,
        subscriptions: Hooks | None = None,
    ) -> None:
        """`key` is accepted, and so is an access token that `access` knows."""
        self._hooks = subscriptions or Hooks()
        self._shop = shop
        self._faults = faults
        self._key = key
        self._access = access
        self._answers = Answers(shop, limits)
        self._trading = Trading()

    def answer(self, request: Request) -> Answer:
        """Whatever is asked gets an answer; nothing is raised."""
        if request.path.startswith("/simulator/"):
            return self._for_simulator(request)
        access = self._access(request.bearer)
        if access is not None and access.expires_at <= self._shop.clock():
            return self._answers.unauthorized("Access Token expired", "access_token_expired")
        if access is None and not self._accepts(request.bearer):
            return self._answers.unauthorized()
        answer = self._counted(request)
        if access is None or access.tenant == self._shop.account.tenant:
            return answer
        return replace(answer, headers={**answer.headers, "x-keap-tenant-id": access.tenant})

    def _counted(self, request: Request) -> Answer:
        """The answer to somebody who may ask."""
        with self._shop.lock:
            self._trading.go_on()
            if refusal := self._answers.refusal():
                return refusal
            fault = self._faults.take(request.path)
            if fault is not None and fault.kind not in LATE:
                return self._answers.faulty(fault)
            is_of_hooks = request.path.startswith(hooks.PREFIX)
            answer = None if is_of_hooks else self._of_api(request)
        # Whoever is called back may want to read the shop meanwhile.
        answer = answer or self._of_hooks(request)
        return answer if fault is None else spoilt(answer, fault)

    def _accepts(self, bearer: str) -> bool:
        """Whether a request with this key or token is let in."""
        return bool(self._key) and bearer == self._key

    # -- the API -------------------------------------------------------------------------------
    def _of_api(self, request: Request) -> Answer:
        if not request.path.startswith(PREFIX):
            return self._answers.error(404, "Not Found", "NOT_FOUND")
        if request.method != "GET":
            return self._answers.error(405, "Method Not Allowed", "METHOD_NOT_ALLOWED")
        steps = request.path.removeprefix(PREFIX).split("/")
        try:
            return self._list(steps, request) or self._single(steps, request)
        except QueryRefused as error:
            return self._answers.error(400, str(error), "BAD_REQUEST")

    def _of_hooks(self, request: Request) -> Answer:
        try:
            status, body = self._hooks.answer(
                request.method, request.path, request.body, request.hook_secret
            )
        except msgspec.MsgspecError as error:
            return self._answers.error(400, str(error), "BAD_REQUEST")
        if status >= 400:
            return self._answers.error(status, f"No {request.method} there", "NOT_FOUND")
        answer = self._answers.ok(to_json(body))
        return replace(answer, status=status, body=b"" if body is None else answer.body)

    def _list(self, steps: list[str], request: Request) -> Answer | None:
        shop = self._shop
        match steps:
            case ["orders"]:
                return self._page("orders", shop.orders, lists.orders_of(shop.account), request)
            case ["orders", order_id, "payments"]:
                return self._order_payments(order_id, request)
            case ["sales", "payments"]:
                rules = lists.payments_of(shop.account)
                return self._page("payments", shop.payments, rules, request)
            case ["sales", "transactions"]:
                return self._page("transactions", shop.transactions, lists.TRANSACTIONS, request)
            case ["contacts"]:
                return self._page("contacts", shop.contacts, lists.CONTACTS, request)
            case ["products"]:
                return self._page("products", shop.products, lists.PRODUCTS, request)
            case ["merchants"]:
                table = merchant_table(shop.merchants)
                more = {"default_merchant_account_id": shop.merchants[0]["id"]}
                return self._page("merchant_accounts", table, lists.MERCHANTS, request, more)
            case _:
                return None

    def _single(self, steps: list[str], request: Request) -> Answer:
        shop = self._shop
        match steps:
            case ["orders", order_id]:
                return self._record(shop.orders, order_id)
            case ["contacts", contact_id]:
                return self._record(shop.contacts, contact_id)
            case ["products", product_id]:
                return self._record(shop.products, product_id)
            case ["businessProfile"]:
                return self._answers.ok(business_profile(shop.account))
            case ["settings", "applications:getConfiguration"]:
                fields = _names(request.parameters.get("fields", ""))
                return self._answers.ok(configuration(shop.account, fields))
            case ["oauth", "connect", "userinfo"]:
                return self._answers.ok(user_info(shop.account))
            case _:
                return self._answers.error(404, "Not Found", "NOT_FOUND")

    def _record(self, records: Table[Any], identity: str) -> Answer:
        if identity not in records:
            return self._answers.error(404, f"{identity} not found", "NOT_FOUND")
        return self._answers.ok(records.row(identity).body)

    def _order_payments(self, order_id: str, request: Request) -> Answer:
        if order_id not in self._shop.orders:
            return self._answers.error(404, f"Order {order_id} not found", "NOT_FOUND")
        rows = self._shop.order_payments[order_id]
        if self._shop.account.order_payments_in == "minor":
            rows = [{**row, "amount": minor_units(row["amount"])} for row in rows]
        table = order_payment_table(rows)
        return self._page("invoice_order_payments", table, lists.ORDER_PAYMENTS, request)

    def _page(
        self,
        name: str,
        table: Table[Any],
        rules: ListRules,
        request: Request,
        more: Mapping[str, str] = {},
    ) -> Answer:
        account = self._shop.account
        found = list_page(name, table, rules, request.parameters, account.page_tokens)
        bodies: Iterable[bytes] = [row.body for row in found.rows]
        wanted = _names(request.parameters.get("fields", ""))
        if wanted and name == "contacts":
            bodies = [_only(body, wanted) for body in bodies]
        if self._faults.take(request.path, has_records=bool(found.rows)):
            first, *others = bodies
            broken = {**from_json(first), _SPOILT.get(name, "id"): ["spoilt"]}
            bodies = [to_json(broken), *others]
        page: dict[str, Any] = {name: [msgspec.Raw(body) for body in bodies], **more}
        token = found.next_page_token
        if token or account.last_page == "empty-token":
            page["next_page_token"] = token
        elif account.last_page == "token":
            page["next_page_token"] = found.end_token
        return self._answers.ok(page)

    # -- the simulator -------------------------------------------------------------------------
    def _for_simulator(self, request: Request) -> Answer:
        routes: dict[tuple[str, str], Callable[[bytes], object]] = {
            ("GET", "/simulator/dump"): lambda _: msgspec.Raw(self._shop.dump_json()),
            ("POST", "/simulator/act"): self._act,
            ("GET", "/simulator/faults"): lambda _: self._faults.pending,
            ("POST", "/simulator/faults"): self._add_fault,
            ("DELETE", "/simulator/faults"): lambda _: self._faults.clear(),
            ("POST", "/simulator/mix"): self._mix,
            ("POST", "/simulator/hooks"): self._change_hooks,
            ("DELETE", "/simulator/hooks"): lambda _: self._hooks.deactivate(),
            ("GET", "/simulator/happened"): lambda _: self._faults.happened,
            ("GET", "/simulator/trade"): lambda _: self._trading.traded,
            ("POST", "/simulator/trade"): self._begin_trade,
            ("DELETE", "/simulator/trade"): self._end_trade,
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

    def _mix(self, body: bytes) -> Json:
        mix = msgspec.json.decode(body, type=Mix)
        self._faults.mix(mix)
        return {"result": mix.kinds}

    def _change_hooks(self, body: bytes) -> HookRules:
        changes = msgspec.json.decode(body, type=dict[str, Any])
        self._hooks.rules = msgspec.convert({**asdict(self._hooks.rules), **changes}, HookRules)
        return self._hooks.rules

    def _begin_trade(self, body: bytes) -> Traded:
        wanted = msgspec.json.decode(body, type=_Trade)
        self._trading.begin(
            day_of_trade(
                self._shop,
                wanted.orders,
                steps=wanted.steps,
                seed=wanted.seed,
                late_by=wanted.late_by,
            )
        )
        return self._trading.traded

    def _end_trade(self, _body: bytes) -> Traded:
        self._trading.end()
        return self._trading.traded


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`{"act": "pay", "arguments": {"order_id": "20101"}}`."""

    act: str
    arguments: dict[str, Any] = {}


class _Trade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day of trade: one step before each call from now on. See `day_of_trade`."""

    orders: Annotated[int, msgspec.Meta(ge=0)] = 2000
    steps: Annotated[int, msgspec.Meta(ge=1)] = 288
    seed: int = 1
    late_by: Annotated[int, msgspec.Meta(ge=1)] = 2


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _only(body: bytes, wanted: Iterable[str]) -> bytes:
    record = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return to_json({name: record[name] for name in wanted if name in record})
