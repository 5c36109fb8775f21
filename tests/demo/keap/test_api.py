import json
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.demo.keap import Account, Fault, FaultKind, Line, Mix, Shop
from qbwc_service.demo.keap.api import PREFIX, Request, from_json
from tests.demo.keap.asking import KEY, Asker, Clock


@pytest.fixture
def shop() -> Shop:
    shop = Shop(clock=Clock())
    contact = shop.add_contact("Dana", "Whitfield")
    shop.add_product("Widget", 100)
    for _ in range(2):
        shop.pay(shop.add_order(contact, [Line("Widget", 11105)]))
    return shop


@pytest.fixture
def keap(shop: Shop) -> Asker:
    return Asker(shop)


def simulator(keap: Asker, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    content = b"" if body is None else json.dumps(body).encode()
    answer = keap.api.answer(Request(method, f"/simulator/{path}", body=content))
    return answer.status, from_json(answer.body)


@pytest.mark.parametrize("path", ["orders", "nowhere", "oauth/connect/userinfo"])
@pytest.mark.parametrize("bearer", ["", "wrong", KEY.lower()])
def test_without_the_key_the_gateway_refuses_whatever_is_asked(
    keap: Asker, path: str, bearer: str
) -> None:
    answer = keap.api.answer(Request("GET", PREFIX + path, {}, bearer))
    assert answer.status == 401
    assert from_json(answer.body) == {
        "fault": {
            "faultstring": "Invalid Access Token",
            "detail": {"errorcode": "keymanagement.service.invalid_access_token"},
        }
    }
    assert answer.headers["x-keap-tenant-id"] == ""


def test_a_simulated_keap_without_a_key_accepts_nothing(shop: Shop) -> None:
    keap = Asker(shop)
    keap.api._key = ""
    assert keap.api.answer(Request("GET", PREFIX + "orders", {}, "")).status == 401


def test_single_records_are_given_by_id(keap: Asker, shop: Shop) -> None:
    assert keap.get("orders/20101") == shop.orders["20101"]
    assert keap.get("contacts/4401") == shop.contacts["4401"]
    assert keap.get("products/61") == shop.products["61"]


@pytest.mark.parametrize("path", ["orders/9", "contacts/9", "products/9", "orders/20101/x", ""])
def test_what_is_not_there_is_404(keap: Asker, path: str) -> None:
    assert keap.answer(path).status == 404


def test_nothing_can_be_written(keap: Asker) -> None:
    answer = keap.api.answer(Request("POST", PREFIX + "orders", {}, KEY))
    assert (answer.status, from_json(answer.body)["status"]) == (405, "METHOD_NOT_ALLOWED")


def test_the_account_is_described(keap: Asker) -> None:
    profile, user = keap.get("businessProfile"), keap.get("oauth/connect/userinfo")
    assert (profile["time_zone"], profile["currency_code"]) == ("America/New_York", "USD")
    assert (user["tenant_id"], user["is_admin"]) == ("ab103", True)


def test_payment_amounts_are_json_numbers_in_major_units(keap: Asker) -> None:
    assert b'"amount":111.05,' in keap.answer("sales/payments").body
    assert b'"amount":111.05,' in keap.answer("orders/20101/payments").body


def test_order_payments_in_minor_units_are_a_choice(keap: Asker, shop: Shop) -> None:
    shop.account = Account(order_payments_in="minor")
    [row] = keap.get("orders/20101/payments")["invoice_order_payments"]
    assert row["amount"] == 11105
    assert keap.get("sales/payments")["payments"][0]["amount"] == Decimal("111.05")


def test_headers_tell_tenant_and_limits_and_count_the_calls(keap: Asker) -> None:
    keap.answer("orders")
    headers = keap.answer("orders").headers
    assert headers["x-keap-tenant-id"] == "ab103.infusionsoft.com"
    assert headers["x-keap-product-quota-available"] == "29998"
    assert headers["x-keap-product-quota-used"] == "2"
    assert headers["x-keap-tenant-throttle-limit"] == "10000|250000"
    assert headers["x-keap-tenant-throttle-time-unit"] == "minute|day"


@pytest.mark.parametrize(
    ("kind", "status", "part"),
    [
        ("throttled", 429, b'"Quota Exceeded"'),
        ("throttled-by-gateway", 429, b'"policies.ratelimit.SpikeArrestViolation"'),
        ("server-error", 500, b'"INTERNAL"'),
        ("bad-gateway", 502, b"<html>"),
        ("unavailable", 503, b"<html>"),
        ("html-page", 200, b"<html>"),
        ("unauthorized", 401, b'"fault"'),
        ("forbidden", 403, b'"FORBIDDEN"'),
    ],
)
def test_faults_happen_as_often_as_told(
    keap: Asker, kind: FaultKind, status: int, part: bytes
) -> None:
    keap.faults.add(Fault(kind, times=2))
    answers = [keap.answer("orders") for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert part in answers[0].body
    assert "retry-after" not in answers[0].headers
    is_page = answers[0].headers.get("content-type") == "text/html"
    assert is_page is (part == b"<html>")


def test_a_fault_may_tell_when_to_come_back(keap: Asker) -> None:
    keap.faults.add(Fault("throttled", retry_after=7200))
    assert keap.answer("orders").headers["retry-after"] == "7200"


def test_a_fault_may_be_for_some_paths_only(keap: Asker) -> None:
    keap.faults.add(Fault("server-error", path="sales/"))
    assert [keap.answer(path).status for path in ("orders", "sales/payments", "orders")] == [
        200,
        500,
        200,
    ]


def test_cut_and_slow_answers_are_right_but_for_that(keap: Asker) -> None:
    whole = keap.answer("orders")
    keap.faults.add(Fault("cut"))
    keap.faults.add(Fault("slow", seconds=7))
    cut, slow = keap.answer("orders"), keap.answer("orders")
    assert (cut.body, cut.is_cut, cut.delay) == (whole.body, True, 0)
    assert (slow.body, slow.is_cut, slow.delay) == (whole.body, False, 7)


def test_a_truncated_answer_is_half_the_json_as_if_it_were_all(keap: Asker) -> None:
    whole = keap.answer("orders")
    keap.faults.add(Fault("truncated"))
    half = keap.answer("orders")
    assert (half.status, half.is_cut) == (200, False)
    assert half.body == whole.body[: len(whole.body) // 2]


def test_every_third_answer_goes_wrong_until_that_is_ended(keap: Asker) -> None:
    keap.faults.mix(Mix(every=3, kinds=("server-error",), path="orders"))
    keap.answer("contacts")
    assert [keap.answer("orders").status for _ in range(6)] == [200, 200, 500, 200, 200, 500]
    keap.faults.clear()
    assert [keap.answer("orders").status for _ in range(3)] == [200, 200, 200]


def test_a_share_of_the_answers_goes_wrong_as_the_seed_says(keap: Asker) -> None:
    def played(seed: int) -> list[int]:
        mix = {"percent": 30.0, "seed": seed, "kinds": ["server-error", "unavailable"]}
        assert simulator(keap, "POST", "mix", mix)[0] == 200
        return [keap.answer("orders").status for _ in range(200)]

    first = played(1)
    assert set(first) == {200, 500, 503}
    assert 30 < len([status for status in first if status != 200]) < 90
    assert played(1) == first
    assert played(2) != first


def test_what_went_wrong_is_counted_by_kind(keap: Asker) -> None:
    keap.faults.add(Fault("throttled", times=2))
    keap.faults.mix(Mix(every=2, kinds=("cut",)))
    for _ in range(6):
        keap.answer("orders")
    keap.faults.clear()
    assert simulator(keap, "GET", "happened") == (200, {"throttled": 2, "cut": 2})


@pytest.mark.parametrize(
    ("path", "name", "field"),
    [
        ("orders", "orders", "total"),
        ("sales/payments", "payments", "amount"),
        ("orders/20101/payments", "invoice_order_payments", "amount"),
        ("contacts", "contacts", "id"),
    ],
)
def test_a_broken_record_is_the_first_of_a_list_that_has_one(
    keap: Asker, path: str, name: str, field: str
) -> None:
    whole = keap.get(path)[name]
    keap.faults.add(Fault("broken-record"))
    assert keap.get(path, filter="ids==9" if path == "orders" else "")
    if path == "orders":
        assert keap.faults.pending == (Fault("broken-record"),)
        broken = keap.get(path)[name]
        assert broken == [{**whole[0], field: ["spoilt"]}, *whole[1:]]
    assert keap.get(path)[name] == whole
    assert keap.faults.pending == ()


def test_faults_are_set_seen_and_cleared_over_http(keap: Asker) -> None:
    fault = {"kind": "throttled", "times": 3, "retry_after": 1, "path": "orders"}
    assert simulator(keap, "POST", "faults", fault) == (200, {"result": "throttled"})
    assert keap.answer("orders").status == 429
    shown = [{**fault, "times": 2, "seconds": Decimal("1.0")}]
    status, pending = simulator(keap, "GET", "faults")
    assert (status, pending) == (200, [{**shown[0], "seconds": 1}])
    assert simulator(keap, "DELETE", "faults") == (200, None)
    assert keap.answer("orders").status == 200


def test_acts_are_done_over_http(keap: Asker, shop: Shop) -> None:
    act = {"act": "edit_order", "arguments": {"order_id": "20101", "title": "New"}}
    assert simulator(keap, "POST", "act", act) == (200, {"result": "20101"})
    assert shop.orders["20101"]["title"] == "New"


def test_people_trade_while_others_read_a_step_before_every_call(keap: Asker) -> None:
    day = {"orders": 8, "steps": 4, "seed": 1, "late_by": 1}
    assert simulator(keap, "POST", "trade", day) == (200, {"placed": 0, "changed": 0, "deleted": 0})
    keap.api.answer(Request("GET", PREFIX + "orders", {}, "wrong key"))
    assert [len(keap.ids("orders")) for _ in range(2)] == [4, 5]
    assert simulator(keap, "GET", "trade")[1]["placed"] == 3
    assert simulator(keap, "DELETE", "trade")[1]["placed"] == 3
    assert [len(keap.ids("orders")) for _ in range(2)] == [5, 5]


def test_a_day_of_trade_comes_to_its_end(keap: Asker) -> None:
    simulator(keap, "POST", "trade", {"orders": 6, "steps": 2})
    assert [len(keap.ids("orders")) for _ in range(3)] == [5, 8, 8]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("POST", "trade", {"orders": 3, "steps": 0}, 400, "Expected `int` >= 1"),
        ("POST", "act", {"act": "burn"}, 400, "no such act: burn"),
        ("POST", "act", {"act": "pay", "arguments": {"order_id": "9"}}, 400, "no such order: 9"),
        ("POST", "act", {"do": "pay"}, 400, "Object"),
        ("POST", "act", None, 400, "Input data was truncated"),
        ("POST", "faults", {"kind": "flood"}, 400, "Invalid enum value 'flood'"),
        ("GET", "act", None, 404, "no GET /simulator/act"),
        ("GET", "secrets", None, 404, "no GET /simulator/secrets"),
    ],
)
def test_what_the_simulator_does_not_understand_it_says(
    keap: Asker, method: str, path: str, body: Any, status: int, reason: str
) -> None:
    found, answer = simulator(keap, method, path, body)
    assert found == status
    assert answer["error"].startswith(reason)


def test_the_whole_shop_can_be_dumped(keap: Asker, shop: Shop) -> None:
    assert simulator(keap, "GET", "dump") == (200, shop.dump())
