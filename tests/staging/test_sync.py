"""A reading from the outside: alone, told when it fails, over numbers and over days."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_service.connections import ConnectionUnknown
from qbwc_service.demo.keap import Line
from qbwc_service.demo.keap.faults import FaultKind
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Lease
from qbwc_service.staging.failures import SyncBusy, SyncFailed
from qbwc_service.staging.reading import Reading
from tests.staging.joined import HAMMER, NAME, NOON, START, Joined, other_tenant


def failure(joined: Joined, name: str = NAME) -> SyncFailed:
    with pytest.raises(SyncFailed) as caught:
        joined.sync(name)
    return caught.value


def lease_names(joined: Joined) -> list[str]:
    with joined.database.reading() as db:
        return list(db.scalars(select(Lease.name)))


def test_a_sync_reads_and_gives_the_lease_back(joined: Joined) -> None:
    joined.order(paid=1000)
    assert joined.sync() == Reading(orders=1, payments=1, changed=2)
    assert joined.connection().last_sync_at == joined.clock()
    assert lease_names(joined) == []


def test_the_account_is_learned_at_the_first_sync(joined: Joined) -> None:
    joined.sync()
    connection = joined.connection()
    assert (connection.keap_tenant, connection.time_zone, connection.currency) == (
        "ab103.infusionsoft.com",
        "America/New_York",
        "USD",
    )


def test_the_key_of_another_account_stops_before_anything_is_written(joined: Joined) -> None:
    joined.sync()
    other_tenant(joined, "zz9.infusionsoft.com")
    joined.order()
    failed = failure(joined)
    assert (failed.message, failed.details) == (
        "keap-other-account",
        {"tenant": "zz9.infusionsoft.com", "pinned": "ab103.infusionsoft.com"},
    )
    assert joined.orders() == {}
    assert joined.connection().keap_tenant == "ab103.infusionsoft.com"


@pytest.mark.parametrize(
    ("fault", "path", "message"),
    [
        ("unauthorized", "", "keap-key-refused"),
        ("forbidden", "sales/payments", "keap-permission-missing"),
        ("server-error", "orders", "keap-not-answering"),
        ("bad-gateway", "orders", "keap-not-answering"),
        ("cut", "contacts", "keap-not-answering"),
        ("throttled", "orders", "keap-slow-down"),
        ("throttled-by-gateway", "orders", "keap-slow-down"),
    ],
)
def test_trouble_is_shown_until_keap_is_read_again(
    joined: Joined, fault: FaultKind, path: str, message: str
) -> None:
    joined.order(paid=1000)
    joined.trouble(fault, path=path)
    assert failure(joined).message == message
    assert joined.open_errors() == [(message, None)]
    assert joined.connection().last_sync_trouble == message
    assert joined.connection().last_sync_at is None
    assert lease_names(joined) == []
    joined.keap.faults.clear()
    joined.sync()
    assert joined.open_errors() == []
    assert joined.connection().last_sync_trouble == ""
    assert len(joined.orders()) == len(joined.payments()) == 1


def test_what_was_read_before_the_trouble_is_kept(joined: Joined) -> None:
    number = joined.order(paid=1000)
    joined.trouble("forbidden", path="sales/payments")
    failure(joined)
    assert set(joined.orders()) == {number}


def test_new_trouble_takes_the_place_of_the_old(joined: Joined) -> None:
    joined.trouble("server-error")
    failure(joined)
    joined.keap.faults.clear()
    joined.trouble("unauthorized")
    failure(joined)
    assert joined.open_errors() == [("keap-key-refused", None)]


def test_a_failure_says_what_to_do_in_one_sentence_after_the_other(joined: Joined) -> None:
    joined.change_connection(keap_key="")
    assert str(failure(joined)) == (
        "No Keap account is connected. There is neither a sign-in nor a key on file, so nothing "
        "can be read. On the connection page press Connect Keap."
    )


def test_a_key_that_no_header_can_carry_is_refused_without_asking(joined: Joined) -> None:
    joined.add_connection("other", "two words")
    assert failure(joined, "other").message == "keap-key-refused"
    assert joined.keap.requests == []


def test_a_key_of_another_service_key_has_to_be_entered_again(joined: Joined) -> None:
    joined.change_connection(keap_key="gAAAAA-not-ours")
    assert failure(joined).message == "secret-key-changed"


def test_the_key_is_in_no_failure(joined: Joined) -> None:
    joined.trouble("unauthorized")
    failed = failure(joined)
    assert joined.keap.key not in f"{failed!r} {failed} {failed.__cause__!r}"


def test_a_time_zone_without_rules_can_be_chosen_in_the_settings(joined: Joined) -> None:
    joined.shop.account = type(joined.shop.account)(time_zone="Eastern-ish")
    assert failure(joined).message == "keap-refused-request"
    assert joined.connection().keap_tenant == ""
    joined.change_connection(settings={"time_zone": "UTC", "start_date": START.isoformat()})
    joined.sync()


def test_an_unknown_connection_is_refused(joined: Joined) -> None:
    with pytest.raises(ConnectionUnknown):
        joined.sync("nobody")


def test_nul_characters_in_texts_of_keap_stop_nothing(joined: Joined) -> None:
    joined.load_mirror()
    product = joined.shop.add_product("Ham\0mer", 1000, sku="HAM\0MER")
    ann = joined.shop.add_contact("An\0n", "Lee\0", email="ann@example.com")
    line = Line("Ham\0mer", 1000, product_id=product)
    number = int(joined.shop.add_order(ann, [line], title="a \0 title"))
    joined.shop.pay(str(number), 1000, transaction_id="bank\0a")
    reading = joined.sync()
    assert (reading.unreadable, reading.planned) == (0, 1)
    assert set(joined.orders()) == {number}


# -- alone ----------------------------------------------------------------------------------------


def hold_lease(joined: Joined, **ago: int) -> None:
    with joined.database.writing("test") as db:
        taken_at = joined.clock() - timedelta(**ago)
        name = f"sync:{joined.connection().id}"
        assert leases.acquire(db, name, "pc7:4711:abc", taken_at, timedelta(seconds=120))


def test_two_readings_of_one_connection_never_run_at_once(joined: Joined) -> None:
    hold_lease(joined, seconds=60)
    with pytest.raises(SyncBusy) as caught:
        joined.sync()
    assert (caught.value.owner, caught.value.until) == (
        "pc7:4711:abc",
        NOON + timedelta(seconds=60),
    )
    assert "process 4711 on pc7" in str(caught.value)
    assert joined.keap.requests == []
    assert len(lease_names(joined)) == 1


def test_the_lease_of_a_reader_that_died_is_taken_over(joined: Joined) -> None:
    hold_lease(joined, seconds=120)
    joined.sync()


def test_another_connection_is_read_meanwhile(joined: Joined) -> None:
    joined.add_connection("other")
    hold_lease(joined)
    joined.sync("other")


def test_whoever_lost_the_lease_writes_no_further_page(joined: Joined) -> None:
    joined.order(paid=1000)

    def lose_it(resource: str, _count: int) -> None:
        if resource == "orders":
            joined.clock.forward(seconds=121)
            hold_lease(joined)

    with pytest.raises(SyncBusy):
        joined.sync(progress=lose_it)
    assert joined.payments() == {}
    assert len(lease_names(joined)) == 1


def test_progress_is_told_page_by_page(joined: Joined) -> None:
    joined.load_mirror()
    joined.order(paid=1000)
    told: list[tuple[str, int]] = []
    joined.sync(progress=lambda resource, count: told.append((resource, count)))
    assert told == [("orders", 1), ("contacts", 1), ("payments", 1), ("planned", 1)]


# -- by number and by day -------------------------------------------------------------------------


def test_asking_for_a_number_reads_its_contact_again(joined: Joined) -> None:
    number = joined.order()
    joined.sync()
    joined.shop.edit_contact(joined.ann, family_name="Li")
    joined.sync_by_hand(numbers=(number,))
    assert joined.orders()[number].customer_name == "Ann Li"


def test_reading_by_number_or_day_moves_no_watermark(joined: Joined) -> None:
    number = joined.order(paid=500)
    joined.sync_by_hand(numbers=(number,))
    joined.sync_by_hand(first=START, last=START + timedelta(days=9))
    connection = joined.connection()
    assert (connection.orders_watermark, connection.payments_watermark) == (None, 0)
    assert connection.last_sync_at is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"first": date(2026, 11, 5), "last": date(2026, 11, 5)}, {"fifth"}),
        ({"first": date(2026, 11, 5)}, {"fifth", "sixth"}),
        ({"last": date(2026, 11, 4)}, {"fourth"}),
    ],
)
def test_days_are_read_again_by_the_clock_of_the_account(
    joined: Joined, days: dict[str, Any], expected: set[str]
) -> None:
    for day, title in ((4, "fourth"), (5, "fifth"), (6, "sixth")):
        # 23:30 in New York, which is the next day in UTC.
        joined.clock.now = NOON.replace(day=day + 1, hour=4, minute=29)
        joined.order(title=title)
    joined.sync_by_hand(**days)
    assert {order.title for order in joined.orders().values()} == expected


def test_reading_everything_twice_and_by_number_changes_nothing(joined: Joined) -> None:
    number = joined.order(HAMMER, Line("Saw", 250), paid=500)
    joined.sync()
    before = joined.everything()
    joined.sync()
    joined.sync_by_hand(numbers=(number,))
    after = joined.everything()
    after.pop("manual_sync"), before.pop("manual_sync")
    assert after == before
