"""The log of a day: every order can be followed from Keap to QuickBooks, and nobody is named."""

import pytest

from qbwc_service.demo.keap import Fault, Line
from qbwc_service.staging.failures import SyncFailed
from tests.bookkeeper.shop_and_books import ShopAndBooks
from tests.logged import everything_logged, words


def test_an_order_is_followed_from_keap_to_its_txn_ids(business: ShopAndBooks) -> None:
    business.run()
    order = business.order()
    business.shop.pay(str(order), 10000)
    with everything_logged() as log:
        business.run()
    lines = log.of(f"acme/order/{order}")
    assert words(lines)[:2] == ["order: read from Keap", "order: a payment read from Keap"]
    assert words(lines)[-4:] == [
        "invoice: sent",
        "payment: sent",
        "invoice: in QuickBooks",
        "payment: in QuickBooks",
    ]
    made = business.world.books().payments[0].txn_id
    assert lines[-1].endswith(f" record={made}")


def test_at_its_most_talkative_it_names_nobody_and_shows_no_secret(business: ShopAndBooks) -> None:
    shop, world = business.shop, business.world
    shop.add_contact("Zacharias", "Quist", email="zq@example.net")
    with everything_logged() as log:
        business.run()
        whole = business.order()
        shop.pay(str(whole), 10000)
        business.order(Line("Nothing that QuickBooks has", 500))
        world.faults.drop_answer_at(3)
        business.run()
        business.run()
        world.human.delete_payment(world.books().payments[0].txn_id)
        world.clock.pass_time(days=2)
        business.run()
        business.keap.faults.add(Fault("unauthorized", times=9))
        with pytest.raises(SyncFailed):
            business.read()
    text = "\n".join(log.lines)
    assert "in QuickBooks" in text
    people = ("Ann", "Lee", "example.com", "Quist", "zq@")
    for said in (*people, business.keap.key, world.new.password, world.config.secret_key.hex()):
        assert said not in text, said
