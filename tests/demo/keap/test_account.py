"""What Keap's documents leave open is played either way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.demo.keap import Account, Line, Shop, ShopError
from qbwc_service.demo.keap.api import from_json
from tests.demo.keap.asking import Asker, Clock


def shop_of(**options: Any) -> Shop:
    """Four orders of 10.00, one an hour."""
    clock = Clock()
    shop = Shop(Account(**options), clock)
    shop.add_contact("Dana", email="dana@example.com")
    for _ in range(4):
        shop.add_order("4401", [Line("Widget", 1000)])
        clock.now += timedelta(hours=1)
    return shop


def paid(shop: Shop, order_id: str) -> int:
    return int(shop.orders[order_id]["total_paid"]["amount"])


@pytest.mark.parametrize(("counts", "amount"), [(True, 1000), (False, 700)])
def test_credits_count_as_paid_or_not(counts: bool, amount: int) -> None:
    shop = shop_of(total_paid_counts_credits=counts)
    shop.pay("20101", 700)
    shop.credit("20101", 300)
    assert paid(shop, "20101") == amount


@pytest.mark.parametrize(("subtracts", "amount"), [(True, 600), (False, 1000)])
def test_refunds_lessen_what_is_paid_or_not(subtracts: bool, amount: int) -> None:
    shop = shop_of(total_paid_subtracts_refunds=subtracts)
    shop.refund(shop.pay("20101"), 400)
    assert paid(shop, "20101") == amount
    assert shop.orders["20101"]["refund_total"]["amount"] == 400


@pytest.mark.parametrize(
    ("marked", "statuses"),
    [("refund", ["APPROVED", "REFUNDED"]), ("both", ["REFUNDED", "REFUNDED"])],
)
def test_a_refund_marks_its_own_row_or_also_what_it_gives_back(
    marked: str, statuses: list[str]
) -> None:
    shop = shop_of(refunded_rows=marked)
    payment = shop.pay("20101")
    shop.refund(payment, 400)
    rows = shop.order_payments["20101"]
    assert [row["pay_status"] for row in rows] == statuses
    assert [row["amount"] for row in rows] == [Decimal("10.0"), Decimal("-4.0")]
    order = shop.orders["20101"]
    assert (paid(shop, "20101"), order["refund_total"]["amount"]) == (600, 400)
    assert shop.payments[payment]["status"] == "APPROVED"
    assert shop.refundable(payment, "20101") == 600


@pytest.mark.parametrize(
    ("links", "of_payment", "of_refund"),
    [("payment", "28702", "0"), ("refund", "0", "28701"), ("both", "28702", "28701")],
)
def test_the_payment_names_its_refund_or_the_other_way_round(
    links: str, of_payment: str, of_refund: str
) -> None:
    shop = shop_of(refund_links=links)
    payment = shop.pay("20101")
    back = shop.refund(payment, 400)
    named = [shop.payments[key]["refund_payment_id"] for key in (payment, back)]
    assert named == [of_payment, of_refund]


@pytest.mark.parametrize(
    ("statuses", "voided", "failed"),
    [("all", "VOIDED", "FAILED"), ("documented", "APPROVED", "NONE")],
)
def test_the_feed_tells_voids_and_failures_or_only_the_order_does(
    statuses: str, voided: str, failed: str
) -> None:
    shop = shop_of(feed_statuses=statuses)
    first, second = shop.pay("20101"), shop.pay("20102", status="FAILED")
    shop.void_payment(first)
    assert [shop.payments[key]["status"] for key in (first, second)] == [voided, failed]
    rows = [shop.order_payments[key][0]["pay_status"] for key in ("20101", "20102")]
    assert rows == ["VOIDED", "FAILED"]


@pytest.mark.parametrize(("column", "found"), [("payment_time", []), ("update_time", ["28701"])])
def test_since_means_the_time_of_payment_or_of_change(column: str, found: list[str]) -> None:
    shop = shop_of(payments_since=column)
    day = shop.clock().date() - timedelta(days=9)
    shop.pay("20101", kind="Check", day=day)
    wanted = "since_time==2026-11-02T00:00:00.000Z"
    assert Asker(shop).ids("sales/payments", filter=wanted) == found
    before = "until_time==2026-11-02T00:00:00.000Z"
    others = Asker(shop).ids("sales/payments", filter=before)
    assert sorted(found + others) == ["28701"]


@pytest.mark.parametrize(
    ("option", "path"), [("orders_by_id", "orders"), ("payments_by_id", "sales/payments")]
)
def test_the_filter_of_ids_may_be_refused(option: str, path: str) -> None:
    keap = Asker(shop_of(**{option: False}))
    assert keap.refusal(path, filter="id>1") == "Unrecognized filter: id"
    assert keap.get(path, filter="ids==20101,28701")


def test_tokens_that_count_rows_lose_one_where_another_is_deleted() -> None:
    shop = shop_of(page_tokens="offset")
    pages = Asker(shop).pages(
        "orders", "orders", lambda: shop.delete_order("20101"), page_size="2", order_by="id asc"
    )
    assert list(pages) == [["20101", "20102"], ["20104"]]


def test_tokens_that_count_rows_double_one_that_is_moved_on() -> None:
    shop = shop_of(page_tokens="offset")
    query = {"page_size": "2", "order_by": "modification_time desc"}
    pages = Asker(shop).pages(
        "orders", "orders", lambda: shop.edit_order("20101", title="x"), **query
    )
    assert next(pages) == ["20104", "20103"]
    assert next(pages) == ["20103", "20102"]


@pytest.mark.parametrize(("last_page", "tokens"), [("empty-token", [""]), ("no-token", [None])])
def test_the_last_page_has_an_empty_token_or_none(last_page: str, tokens: list[Any]) -> None:
    keap = Asker(shop_of(last_page=last_page))
    page = keap.get("orders", page_size="4")
    assert [page.get("next_page_token")] == tokens
    assert len(page["orders"]) == 4


@pytest.mark.parametrize("page_tokens", ["after-row", "offset"])
def test_the_last_page_may_have_a_token_that_leads_to_nothing(page_tokens: str) -> None:
    keap = Asker(shop_of(last_page="token", page_tokens=page_tokens))
    token = keap.get("orders", page_size="4")["next_page_token"]
    for _ in range(2):
        page = keap.get("orders", page_size="4", page_token=token)
        token = page["next_page_token"]
        assert page["orders"] == []
        assert token


@pytest.mark.parametrize(
    ("option", "header"), [("has_date_header", "date"), ("has_tenant_header", "x-keap-tenant-id")]
)
def test_headers_may_be_missing(option: str, header: str) -> None:
    shop = shop_of()
    assert header in Asker(shop).answer("orders").headers
    shop.account = replace(shop.account, **{option: False})
    assert header not in Asker(shop).answer("orders").headers


def test_the_date_is_that_of_the_shop() -> None:
    answer = Asker(shop_of()).answer("orders")
    assert answer.headers["date"] == "Mon, 02 Nov 2026 16:00:00 GMT"


def test_the_account_can_change_in_the_middle() -> None:
    shop = shop_of()
    keap = Asker(shop)
    assert shop.do("change_account", {"changes": {"tenant": "zz9.infusionsoft.com"}})
    assert keap.answer("orders").headers["x-keap-tenant-id"] == "zz9.infusionsoft.com"
    assert keap.get("oauth/connect/userinfo")["tenant_id"] == "zz9"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"tenants": "x"}, "no tenants"), ({"last_page": "x"}, "Invalid enum value 'x'")],
)
def test_an_account_that_there_cannot_be_is_refused(changes: Any, reason: str) -> None:
    shop = shop_of()
    with pytest.raises(ShopError, match=reason):
        shop.do("change_account", {"changes": changes})
    assert shop.account == Account()


def test_merchants_and_settings_are_told() -> None:
    keap = Asker(shop_of())
    merchants = keap.get("merchants")
    assert [(one["id"], one["is_test"]) for one in merchants["merchant_accounts"]] == [
        ("6", False),
        ("7", True),
    ]
    assert merchants["default_merchant_account_id"] == "6"
    assert keap.get("merchants", filter="id==7")["merchant_accounts"][0]["name"] == "Stripe (test)"
    path = "settings/applications:getConfiguration"
    assert "ecommerce" not in keap.get(path)
    shop = keap.get(path, fields="ECOMMERCE")["ecommerce"]
    assert (shop["currency"], "Check" in shop["payment_types"].split(",")) == ("USD", True)


def test_a_restored_shop_is_the_same_account() -> None:
    shop = shop_of(page_tokens="offset", last_page="no-token")
    shop.reserve("order")
    again = Shop.restored(from_json(shop.dump_json()))
    assert again.account == shop.account
    assert again.dump() == shop.dump()
