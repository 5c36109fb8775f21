import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from keap import (
    KeapAnswerUnreadable,
    KeapAuthRefused,
    KeapClient,
    KeapError,
    KeapOtherTenant,
    Order,
    Pace,
    Page,
)
from keap.records import BusinessProfile, UserInfo
from tests.keap.playing import BASE, KEY, Playing, answer, order, page


def ids(pages: Iterator[Page[Any]]) -> list[list[str]]:
    return [[record.id for record in found.records] for found in pages]


NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


def test_changed_orders_are_walked_by_their_ids() -> None:
    keap = Playing(page("orders", order("1")))
    with keap.client() as client:
        assert ids(client.walk_orders(modified_since=NOVEMBER)) == [["1"]]
    [asked] = keap.asked
    assert asked == (
        "/crm/rest/v2/orders?filter=modified_since_time%3D%3D2026-11-01T00%3A00%3A00.000Z"
        "%3Bid%3E0&order_by=id%20asc&page_size=1000"
    )


def test_an_account_without_the_walk_is_asked_oldest_change_first() -> None:
    keap = Playing(page("orders", order("1")))
    with keap.client() as client:
        assert ids(client.orders_by_change(NOVEMBER)) == [["1"]]
    [asked] = keap.asked
    assert asked == (
        "/crm/rest/v2/orders?filter=modified_since_time%3D%3D2026-11-01T00%3A00%3A00.000Z"
        "&order_by=modification_time%20asc&page_size=1000"
    )


def test_a_walk_asks_for_each_page_by_the_last_id_and_never_by_a_token() -> None:
    keap = Playing(
        page("orders", order("1"), order("4"), token="next"),
        page("orders", order("7")),
    )
    with keap.client() as client:
        assert ids(client.walk_orders(page_size=2)) == [["1", "4"], ["7"]]
    filters = [dict(request.url.params)["filter"] for request in keap.requests]
    assert filters == ["id>0", "id>4"]
    assert all("page_token" not in asked for asked in keap.asked)


def test_a_full_page_without_a_token_is_not_taken_for_the_last() -> None:
    keap = Playing(page("orders", order("1"), order("4"), token=None), page("orders"))
    with keap.client() as client:
        assert ids(client.walk_orders(page_size=2)) == [["1", "4"]]
    assert len(keap.asked) == 2


def test_a_walk_passes_rows_that_cannot_be_read() -> None:
    keap = Playing(
        page("orders", order("1"), {"id": "4", "total": "x"}, token="next"), page("orders")
    )
    with keap.client() as client:
        assert ids(client.walk_orders()) == [["1"]]
    assert "id%3E4" in keap.asked[-1]


def test_a_walk_that_does_not_get_on_ends_as_an_error() -> None:
    keap = Playing(page("orders", order("1"), token="next"))
    with keap.client() as client:
        walk = client.walk_orders()
        next(walk)
        with pytest.raises(KeapAnswerUnreadable, match="no new ids"):
            next(walk)


def test_every_request_has_the_key_and_our_name() -> None:
    keap = Playing(page("orders"))
    with keap.client() as client:
        assert ids(client.orders()) == []
    headers = keap.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"] == "keap-reader/1.0"


def test_orders_above_an_id_and_of_a_page_size() -> None:
    keap = Playing(page("orders"))
    with keap.client() as client:
        assert ids(client.walk_orders(above=20117, page_size=50)) == []
    assert keap.asked == ["/crm/rest/v2/orders?filter=id%3E20117&order_by=id%20asc&page_size=50"]


def test_an_order_is_found_by_its_invoice() -> None:
    keap = Playing(page("orders", order("1")))
    with keap.client() as client:
        assert ids(client.orders(invoice_id="20093")) == [["1"]]
    assert dict(keap.requests[0].url.params)["filter"] == "invoice_id==20093"


def test_many_ids_are_asked_in_several_calls_each_once() -> None:
    keap = Playing(page("orders", order("1")))
    wanted = [str(number) for number in range(450)]
    with keap.client() as client:
        assert len(ids(client.orders(ids=wanted + wanted))) == 3
    asked = [dict(request.url.params)["filter"] for request in keap.requests]
    assert asked == [
        "ids==" + ",".join(wanted[start:stop]) for start, stop in ((0, 200), (200, 400), (400, 450))
    ]


def test_no_ids_at_all_ask_for_nothing() -> None:
    keap = Playing(page("orders", order("1")))
    with keap.client() as client:
        assert ids(client.orders(ids=[])) == []
        assert ids(client.payments(order_ids=())) == []
        assert ids(client.contacts([])) == []
        assert ids(client.products([])) == []
    assert keap.asked == []


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (
            {"since": NOVEMBER},
            "filter=since_time%3D%3D2026-11-01T00%3A00%3A00.000Z&order_by=id%20asc",
        ),
        ({"order_ids": ["9"]}, "filter=order_ids%3D%3D9&order_by=id%20asc"),
        ({}, "order_by=id%20asc&page_size=1000"),
        ({"newest_first": True, "page_size": 1}, "order_by=id%20desc&page_size=1"),
    ],
)
def test_payments_are_asked_by_id_whatever_the_filter(wanted: Any, text: str) -> None:
    keap = Playing(page("payments", {"id": "7", "amount": 1.5}))
    with keap.client() as client:
        assert ids(client.payments(**wanted)) == [["7"]]
    [asked] = keap.asked
    assert asked.startswith(f"/crm/rest/v2/sales/payments?{text}")


def test_payments_are_walked_from_an_id_on() -> None:
    keap = Playing(page("payments", {"id": "28771", "amount": 1.5}))
    with keap.client() as client:
        assert ids(client.walk_payments(above=28770)) == [["28771"]]
        assert ids(client.walk_payments(above=5, since=NOVEMBER)) == [["28771"]]
    filters = [dict(request.url.params)["filter"] for request in keap.requests]
    assert filters == ["id>28770", "since_time==2026-11-01T00:00:00.000Z;id>5"]


def test_merchant_accounts_in_test_mode_are_told() -> None:
    keap = Playing(page("merchant_accounts", {"id": 6}, {"id": "7", "is_test": True}))
    with keap.client() as client:
        [found] = client.merchants()
    assert [(one.id, one.is_test) for one in found.records] == [("6", False), ("7", True)]
    assert keap.asked == ["/crm/rest/v2/merchants?order_by=id%20asc&page_size=1000"]


def test_calls_are_counted_by_kind() -> None:
    keap = Playing(page("orders"))
    with keap.client() as client:
        list(client.orders())
        list(client.walk_orders())
        keap.answers = [page("invoice_order_payments")]
        list(client.order_payments("20117"))
        assert client.calls == {"orders": 2, "orders/*/payments": 1}


def test_an_answer_of_another_account_is_never_used() -> None:
    keap = Playing(page("orders", order("1"), x_keap_tenant_id="zz9.infusionsoft.com"))
    with keap.client(tenant="ab103.infusionsoft.com") as client:
        with pytest.raises(KeapOtherTenant) as refused:
            list(client.orders())
        assert (refused.value.tenant, refused.value.pinned) == (
            "zz9.infusionsoft.com",
            "ab103.infusionsoft.com",
        )
        assert client.tenant == "ab103.infusionsoft.com"


def test_the_first_account_that_answers_is_the_one() -> None:
    keap = Playing(
        page("orders", order("1"), token="2", x_keap_tenant_id="AB103.infusionsoft.com"),
        page("orders", order("2"), x_keap_tenant_id="zz9.infusionsoft.com"),
    )
    with keap.client() as client, pytest.raises(KeapOtherTenant):
        list(client.orders())


def test_the_account_is_the_same_with_and_without_its_domain() -> None:
    keap = Playing(page("orders", order("1"), x_keap_tenant_id="ab103.infusionsoft.com"))
    with keap.client(tenant="AB103") as client:
        assert ids(client.orders()) == [["1"]]


def test_keaps_own_clock_is_told() -> None:
    keap = Playing(
        page("orders", date="Mon, 02 Nov 2026 12:00:07 GMT"), page("orders", date="yesterday")
    )
    with keap.client() as client:
        list(client.orders())
        assert client.answered_at == datetime(2026, 11, 2, 12, 0, 7, tzinfo=UTC)
        list(client.orders())
        assert client.answered_at is None


class Renewed:
    """Has another token after the first one was refused."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def token(self) -> str:
        return self.tokens[0]

    def renew(self, refused: str) -> bool:
        assert refused == self.tokens[0]
        del self.tokens[0]
        return bool(self.tokens)

    def refusal(self, refused: str, error: KeapAuthRefused) -> KeapError:
        return error


def test_a_refused_token_is_renewed_once_and_the_call_made_again() -> None:
    keap = Playing(answer(401, {}), page("orders", order("1")))
    with keap.client(auth=Renewed("old", "new")) as client:
        assert ids(client.orders()) == [["1"]]
    sent = [request.headers["authorization"] for request in keap.requests]
    assert sent == ["Bearer old", "Bearer new"]


def test_a_second_refusal_is_the_end() -> None:
    keap = Playing(answer(401, {}))
    auth = Renewed("old", "new", "newer")
    with keap.client(auth=auth) as client, pytest.raises(KeapAuthRefused):
        list(client.orders())
    assert len(keap.requests) == 2


def test_payments_of_an_order_are_asked_under_it() -> None:
    keap = Playing(page("invoice_order_payments", {"id": "33101", "amount": 111.05}))
    with keap.client() as client:
        assert ids(client.order_payments("20117/../x")) == [["33101"]]
    [asked] = keap.asked
    assert asked == (
        "/crm/rest/v2/orders/20117%2F..%2Fx/payments"
        "?order_by=last_updated_time%20asc&page_size=1000"
    )


def test_contacts_are_asked_by_ids_and_fields() -> None:
    keap = Playing(page("contacts", {"id": "4417"}))
    with keap.client() as client:
        assert ids(client.contacts(["4417", "4502"], fields=("id", "company"))) == [["4417"]]
    [asked] = keap.asked
    assert asked == (
        "/crm/rest/v2/contacts?filter=ids%3D%3D4417%2C4502&order_by=id%20asc"
        "&fields=id%2Ccompany&page_size=1000"
    )


def test_products_are_asked_by_ids() -> None:
    keap = Playing(page("products", {"id": "61"}))
    with keap.client() as client:
        assert ids(client.products(["61"])) == [["61"]]
    assert keap.asked == ["/crm/rest/v2/products?filter=product_ids%3D%3D61&page_size=1000"]


def test_the_business_profile_gives_zone_and_currency() -> None:
    keap = Playing(answer(200, '{"time_zone":"America/Phoenix","currency_code":"USD"}'))
    with keap.client() as client:
        assert client.business_profile() == BusinessProfile(
            time_zone="America/Phoenix",
            currency_code="USD",
            raw=b'{"time_zone":"America/Phoenix","currency_code":"USD"}',
        )
    assert keap.asked == ["/crm/rest/v2/businessProfile"]


def test_user_info_tells_whose_key_it_is() -> None:
    keap = Playing(answer(200, '{"id":5,"tenant_id":"ab103"}'))
    with keap.client() as client:
        assert client.user_info() == UserInfo(
            id="5",
            tenant_id="ab103",
            raw=b'{"id":5,"tenant_id":"ab103"}',
        )
    assert keap.asked == ["/crm/rest/v2/oauth/connect/userinfo"]


def test_pages_follow_the_token_until_there_is_none() -> None:
    keap = Playing(
        page("orders", order("1"), token="a b&c"),
        page("orders", order("2"), token=None),
    )
    with keap.client() as client:
        assert ids(client.orders()) == [["1"], ["2"]]
    assert keap.asked[1].endswith("&page_size=1000&page_token=a%20b%26c")


def test_pages_end_at_an_empty_page_even_with_a_token() -> None:
    keap = Playing(page("orders", order("1"), token="a"), page("orders", token="b"))
    with keap.client() as client:
        assert ids(client.orders()) == [["1"]]
    assert len(keap.asked) == 2


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_pages_end_at_a_token_that_was_seen(tokens: list[str]) -> None:
    answers = [page("orders", order(str(n)), token=token) for n, token in enumerate(tokens)]
    keap = Playing(*answers)
    with keap.client() as client:
        found = list(itertools.islice(client.orders(), 10))
    assert len(found) == len(tokens)


def test_a_page_of_nothing_but_broken_records_is_no_empty_page() -> None:
    keap = Playing(page("orders", "broken", token="a"), page("orders", order("2")))
    with keap.client() as client:
        assert [(len(p.records), len(p.unreadable)) for p in client.orders()] == [(0, 1), (1, 0)]


def test_the_tenant_and_the_quota_are_those_of_the_newest_answer() -> None:
    keap = Playing(
        page("orders", order("1"), token="a", x_keap_tenant_id="ab103.infusionsoft.com"),
        answer(401, "", x_keap_tenant_id="", x_keap_tenant_throttle_limit="|"),
    )
    with keap.client() as client:
        assert (client.tenant, client.quota) == ("", None)
        pages = client.orders()
        next(pages)
        assert client.tenant == "ab103.infusionsoft.com"
        with pytest.raises(Exception, match="401"):
            next(pages)
        assert client.tenant == "ab103.infusionsoft.com"
        assert client.quota is not None
        assert client.quota.windows == ()


def test_the_client_keeps_its_pace() -> None:
    keap = Playing(page("orders"))
    with keap.client(pace=Pace(per_second=2, burst=2)) as client:
        for _ in range(4):
            list(client.orders())
    assert keap.sleeps == [0.5, 0.5]


def test_after_a_429_the_pace_is_halved() -> None:
    keap = Playing(answer(429, "", retry_after="3"), page("orders"))
    with keap.client(pace=Pace(per_second=2, burst=5)) as client:
        for _ in range(3):
            list(client.orders())
    assert keap.sleeps == [3.0, 1.0, 1.0]


@pytest.mark.parametrize("key", ["", "  ", "two words", "Schlüssel", "a\nb"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ValueError, match="one word of ASCII") as caught:
        KeapClient(BASE, key)
    assert not key.strip() or key not in str(caught.value)


def test_a_key_pasted_with_a_line_end_is_taken() -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": request.headers["authorization"]})

    with KeapClient(BASE + "/", f" {KEY}\n", transport=httpx.MockTransport(echo)) as client:
        assert client.user_info().id == f"Bearer {KEY}"


def test_a_closed_client_asks_no_more() -> None:
    client = Playing(page("orders")).client()
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        next(client.orders())


def test_records_come_with_their_json() -> None:
    keap = Playing(answer(200, b'{"orders":[{"id": 1, "total":{"amount":5.0}}]}'))
    with keap.client() as client:
        [found] = client.orders()
    assert [type(record) for record in found.records] == [Order]
    assert found.records[0].raw == b'{"id": 1, "total":{"amount":5.0}}'
