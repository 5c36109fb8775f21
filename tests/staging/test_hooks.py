"""Keap calls when something changes: subscriptions come and go, and a call only brings a reading
forward."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qbwc_service.demo.keap.hooks import Subscription
from qbwc_service.ledger import hooks
from qbwc_service.ledger.models import HooksState
from qbwc_service.public_address import check_hooks_setting, why_keap_cannot_call
from qbwc_service.settings import SettingError
from qbwc_service.staging import hook_upkeep
from qbwc_service.staging.hook_subscriptions import EVENTS
from qbwc_service.staging.hook_upkeep import MESSAGE
from qbwc_service.staging.reading import Reading
from qbwc_service.staging.schedule import Staging
from tests.staging.called import Called, called
from tests.staging.joined import NOON, Joined

ALL = sorted((event, "Verified") for event in EVENTS)
OTHERS = Subscription("x1", "order.add", "https://example.com/keap/hooks/abc", "Inactive")


@pytest.fixture
def site(joined: Joined) -> Iterator[Called]:
    with called(joined) as made:
        yield made


def staging(joined: Joined) -> Staging:
    return Staging(joined.database, joined.secrecy, joined.config, clock=joined.clock)


def read_once(joined: Joined) -> None:
    """A regular reading that is over; the next one comes in a quarter of an hour."""
    staging(joined).run_due()
    assert joined.connection().next_sync_at == joined.clock() + timedelta(minutes=15)


def changes_of(site: Called) -> list[str]:
    """What was asked of Keap beside reading."""
    return [one for one in site.joined.keap.requests if one.split()[0] in {"POST", "DELETE"}]


# -- subscriptions --------------------------------------------------------------------------------


def test_every_event_gets_one_verified_subscription_and_looking_again_changes_nothing(
    site: Called,
) -> None:
    site.look_after()
    assert sorted(site.subscriptions()) == ALL
    row = site.row()
    assert row is not None
    assert (row.state, row.verified, row.trouble) == (HooksState.ON, len(EVENTS), "")
    assert row.token != site.token()
    assert (row.handshake_secret, row.handshake_until) == ("", None)
    before = len(site.joined.keap.requests)
    site.look_after()
    assert len(site.joined.keap.requests) == before
    site.joined.clock.forward(hours=1)
    site.look_after()
    assert site.joined.keap.requests[before:] == ["GET /crm/rest/v1/hooks"]


def test_nothing_is_asked_where_nobody_wants_calls(site: Called) -> None:
    site.switch("no")
    site.look_after()
    assert site.joined.keap.requests == []
    assert site.row() is None


def test_a_keap_that_wants_its_secret_back_gets_it(site: Called) -> None:
    site.joined.keap.hooks.rules = replace(site.joined.keap.hooks.rules, handshake="delayed")
    site.look_after()
    assert sorted(site.subscriptions()) == ALL
    row = site.row()
    assert row is not None
    assert row.handshake_secret == ""


def test_what_keap_gave_up_is_woken_within_the_hour(site: Called) -> None:
    site.look_after()
    site.joined.keap.hooks.deactivate()
    site.joined.clock.forward(minutes=59)
    site.look_after()
    assert ("order.add", "Inactive") in site.subscriptions()
    site.joined.clock.forward(minutes=1)
    site.look_after()
    assert sorted(site.subscriptions()) == ALL


def test_what_somebody_deleted_in_keap_is_made_again(site: Called) -> None:
    site.look_after()
    site.joined.keap.hooks.subscriptions.clear()
    site.joined.clock.forward(hours=1)
    site.look_after()
    assert sorted(site.subscriptions()) == ALL


def test_strays_of_ours_end_and_those_of_others_are_left_alone(site: Called) -> None:
    kept = site.joined.keap.hooks.subscriptions
    site.look_after()
    mine = site.address()
    moved = f"https://before.example.com/keap/hooks/{site.token()}"
    kept |= {
        "x1": OTHERS,
        "x2": Subscription("x2", "order.add", site.address("0" * 40), "Verified"),
        "x3": Subscription("x3", "order.add", moved, "Verified"),
        "x4": Subscription("x4", "order.add", mine, "Inactive"),
        "x5": Subscription("x5", "task.add", mine, "Verified"),
        "x6": Subscription("x6", "order.add", mine + "0", "Verified"),
    }
    site.joined.clock.forward(hours=1)
    site.look_after()
    assert sorted(site.subscriptions()) == sorted([*ALL, ("order.add", "Inactive")])
    assert kept["x1"] is OTHERS


def test_two_connections_on_one_account_leave_each_other_alone(site: Called) -> None:
    site.joined.add_connection("other")
    site.switch("yes", "other")
    site.look_after()
    site.joined.clock.forward(hours=1)
    site.look_after()
    assert sorted(site.subscriptions()) == sorted([*ALL, *ALL])
    site.switch("no")
    site.look_after()
    assert {one.hook_url for one in site.joined.keap.hooks.subscriptions.values()} == {
        site.address(site.token("other"))
    }


@pytest.mark.parametrize("how", ["off", "paused"])
def test_switched_off_or_paused_its_subscriptions_end_at_once(site: Called, how: str) -> None:
    site.look_after()
    site.joined.keap.hooks.subscriptions["x1"] = OTHERS
    if how == "off":
        site.switch("no")
    else:
        site.joined.change_connection(paused=True)
    site.look_after()
    assert site.subscriptions() == [("order.add", "Inactive")]
    row = site.row()
    assert row is not None
    assert (row.state, row.verified) == (HooksState.OFF, 0)
    before = len(site.joined.keap.requests)
    site.joined.clock.forward(days=1)
    site.look_after()
    assert len(site.joined.keap.requests) == before
    site.switch("yes")
    site.joined.change_connection(paused=False)
    site.look_after()
    assert sorted(site.subscriptions()) == sorted([*ALL, ("order.add", "Inactive")])


def test_disconnected_the_next_call_tells_keap_to_end(site: Called) -> None:
    site.look_after()
    read_once(site.joined)
    site.joined.change_connection(keap_key="")
    site.look_after()
    assert site.call().status_code == 410
    assert site.joined.connection().next_sync_at == NOON + timedelta(minutes=15)


def test_ending_that_fails_is_tried_again(site: Called) -> None:
    site.look_after()
    site.switch("no")
    site.joined.trouble("forbidden", path="/hooks", times=1)
    site.look_after()
    row = site.row()
    assert row is not None
    assert (row.state, row.trouble) == (HooksState.ENDING, "")
    assert site.joined.open_errors() == []
    site.joined.clock.forward(minutes=10)
    site.look_after()
    assert site.subscriptions() == []


# -- trouble --------------------------------------------------------------------------------------


def shown(site: Called) -> hooks.Shown:
    with site.joined.database.reading() as db:
        return hooks.shown(db, site.joined.connection())


def test_trouble_is_told_once_disturbs_no_reading_and_is_over_when_it_is_over(
    site: Called,
) -> None:
    site.joined.trouble("forbidden", path="/hooks")
    number = site.joined.order()
    site.look_after()
    site.joined.clock.forward(minutes=10)
    site.look_after()
    assert site.joined.open_errors() == [(MESSAGE, None)]
    assert shown(site).sentence == (
        "On, but Keap does not call. Keap does not allow calls to an API key; Sign in with Keap "
        "may be allowed them. It is read every 15 minutes as before."
    )
    staging(site.joined).run_due()
    assert set(site.joined.orders()) == {number}
    assert site.joined.open_errors() == [(MESSAGE, None)]
    site.joined.keap.faults.clear()
    site.joined.clock.forward(minutes=10)
    site.look_after()
    assert site.joined.open_errors() == []
    assert shown(site).sentence == f"On: Keap calls at {len(EVENTS)} kinds of change."


def test_a_service_that_keap_cannot_reach_is_told_so_after_one_try(site: Called) -> None:
    site.joined.config = replace(site.joined.config, public_url="http://127.0.0.1:9")
    site.look_after()
    assert "Keap could not reach this service at http://127.0.0.1:9." in shown(site).sentence
    assert len([one for one in changes_of(site) if one == "POST /crm/rest/v1/hooks"]) == 1
    with site.joined.database.reading() as db:
        [entry] = db.execute(hooks.select(hooks.KeapHooks.trouble)).scalars()
    assert site.token() not in entry


def test_fewer_calls_than_keap_offers_are_trouble_and_what_works_goes_on(
    site: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    keap = site.joined.keap.hooks
    shake_hands = keap._shake_hands

    def at_one_alone(one: Subscription) -> None:
        if one.event_key == EVENTS[0]:
            shake_hands(one)

    with monkeypatch.context() as broken:
        broken.setattr(keap, "_shake_hands", at_one_alone)
        site.look_after()
    assert site.joined.open_errors() == [(MESSAGE, None)]
    assert shown(site).sentence == (
        "On, but Keap calls at some changes only. Keap calls at 1 of the 9 kinds of change it was "
        "asked. It is read every 15 minutes as before."
    )
    row = site.row()
    assert row is not None
    assert (row.state, row.verified) == (HooksState.ON, 1)
    assert site.call().status_code == 200
    site.joined.clock.forward(minutes=10)
    site.look_after()
    assert site.joined.open_errors() == []
    assert sorted(site.subscriptions()) == ALL


@pytest.mark.parametrize("meanwhile", ["checked", "switched off"])
def test_what_another_did_or_switched_off_since_we_looked_counts(
    site: Called, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    looked = hook_upkeep._due
    stale = looked(site.joined.hasty)
    assert [each.is_wanted for each in stale] == [True]
    if meanwhile == "checked":
        site.look_after()
    else:
        site.switch("no")
    before = len(site.joined.keap.requests)
    monkeypatch.setattr(
        hook_upkeep, "_due", lambda access, only=None: looked(access, only) if only else stale
    )
    site.look_after()
    assert len(site.joined.keap.requests) == before


def test_the_trouble_of_one_stops_no_other(site: Called) -> None:
    site.joined.add_connection("other", "KeapAK-revoked")
    site.switch("yes", "other")
    site.look_after()
    assert sorted(site.subscriptions()) == ALL
    other = site.row("other")
    assert other is not None
    assert "Invalid Access Token" in other.trouble


def test_where_keap_is_short_of_calls_this_waits_and_nothing_is_wrong(site: Called) -> None:
    site.joined.trouble("throttled", path="/hooks", retry_after=7200, times=1)
    site.look_after()
    row = site.row()
    assert row is not None
    assert (row.check_at, row.trouble) == (NOON + timedelta(seconds=7200), "")
    assert site.joined.open_errors() == []
    site.joined.clock.forward(seconds=7200)
    site.look_after()
    assert sorted(site.subscriptions()) == ALL


@pytest.mark.parametrize(
    ("keap", "ours", "is_reached"),
    [
        ("https://api.keap.com/crm", "https://sync.example.com", True),
        ("https://api.keap.com/crm", "http://sync.example.com", False),
        ("https://api.keap.com/crm", "https://localhost:8000", False),
        ("https://api.keap.com/crm", "https://192.168.1.7", False),
        ("https://api.keap.com/crm", "https://office", False),
        ("https://api.keap.com/crm", "https://office.local", False),
        ("https://api.keap.com/crm", "https://8.8.8.8", True),
        ("http://127.0.0.1:8201/crm", "http://localhost:8000", True),
    ],
)
def test_keap_has_to_reach_us(joined: Joined, keap: str, ours: str, is_reached: bool) -> None:
    config = replace(joined.config, keap_api_url=keap, public_url=ours)
    assert (why_keap_cannot_call(config) == "") is is_reached
    wanted = {"keap_hooks": "yes"}
    check_hooks_setting(config, wanted, wanted)
    if not is_reached:
        with pytest.raises(SettingError, match="https://"):
            check_hooks_setting(config, {}, wanted)


# -- calls ----------------------------------------------------------------------------------------


def test_a_call_brings_the_next_reading_forward(site: Called) -> None:
    site.look_after()
    read_once(site.joined)
    assert site.call().status_code == 200
    assert site.joined.connection().next_sync_at == NOON + hooks.SOON
    assert site.wakes == [hooks.SOON]
    assert shown(site).called_at == NOON


def test_a_thousand_calls_are_one_reading(site: Called) -> None:
    site.look_after()
    read_once(site.joined)
    before = len(site.joined.asked("orders"))
    body = b'{"event_key":"order.edit"}'
    address = site.address()
    for _ in range(1000):
        assert site.http.post(address, content=body).status_code == 200
    job = staging(site.joined)
    for _ in range(3):
        site.joined.clock.forward(seconds=6)
        job.run_due()
    assert len(site.joined.asked("orders")) == before + 1
    assert len(site.wakes) == 1


def test_a_flood_that_does_not_end_is_one_reading_a_minute(site: Called) -> None:
    site.look_after()
    read_once(site.joined)
    before = len(site.joined.asked("orders"))
    job = staging(site.joined)
    for _ in range(60):
        site.call()
        site.joined.clock.forward(seconds=10)
        job.run_due()
    assert 9 <= len(site.joined.asked("orders")) - before <= 11


class CallsMeanwhile:
    """Takes the place of Keap's answers: calls come while it is read."""

    def __init__(self, site: Called) -> None:
        self.site = site
        self.readings = 0

    def __call__(self, *_: Any) -> Reading:
        self.readings += 1
        self.site.call()
        self.site.joined.clock.forward(seconds=50)
        return Reading()


def test_a_call_during_a_reading_is_followed_by_another(site: Called) -> None:
    site.look_after()
    meanwhile = CallsMeanwhile(site)
    job = Staging(
        site.joined.database,
        site.joined.secrecy,
        site.joined.config,
        clock=site.joined.clock,
        read=meanwhile,
    )
    job.run_due()
    # The call in the first reading is followed by a second at once: it is the first of all.
    assert meanwhile.readings == 2
    # The one in the second, which began after 50 seconds, by a third a minute after that.
    assert site.joined.connection().next_sync_at == NOON + timedelta(seconds=110)
    site.joined.clock.forward(seconds=9)
    job.run_due()
    assert meanwhile.readings == 2
    site.joined.clock.forward(seconds=1)
    job.run_due()
    assert meanwhile.readings == 3


def test_after_trouble_the_next_try_keeps_its_time(site: Called) -> None:
    site.look_after()
    site.joined.trouble("throttled", path="/orders", retry_after=7200)
    staging(site.joined).run_due()
    site.call()
    assert site.joined.connection().next_sync_at == NOON + timedelta(seconds=7200)


def test_a_call_is_never_later_than_what_is_due_anyhow(site: Called) -> None:
    site.look_after()
    site.joined.change_connection(next_sync_at=NOON + timedelta(seconds=1))
    site.call()
    assert site.joined.connection().next_sync_at == NOON + timedelta(seconds=1)
    site.joined.change_connection(next_sync_at=None)
    site.call()
    assert site.joined.connection().next_sync_at is None


GOOD = b'{"event_key":"order.add","object_type":"order","object_keys":[]}'


@pytest.mark.parametrize(
    ("method", "body", "headers", "status"),
    [
        ("POST", b"", {}, 400),
        ("POST", b"{", {}, 400),
        ("POST", b"[" * 100_000, {}, 400),
        ("POST", b"\xff\xfe", {}, 400),
        ("POST", b'{"event_key":7}', {}, 400),
        (
            "POST",
            b"event_key=order.add",
            {"content-type": "application/x-www-form-urlencoded"},
            400,
        ),
        ("POST", b"--x", {"content-type": "multipart/form-data; boundary=x"}, 400),
        ("POST", b'{"event_key":"task.add"}', {}, 200),
        ("POST", b" " * 300_000, {}, 413),
        ("POST", b"", {"X-Hook-Secret": "s" * 501}, 400),
        ("POST", b"", {"X-Hook-Secret": "one"}, 200),
        ("GET", b"", {}, 404),
        ("HEAD", b"", {}, 404),
        ("PUT", GOOD, {}, 404),
        ("DELETE", b"", {}, 404),
        ("OPTIONS", b"", {}, 404),
    ],
)
def test_what_is_no_call_changes_nothing(
    site: Called, method: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    site.look_after()
    read_once(site.joined)
    before = site.joined.everything()
    answer = site.http.request(method, site.address(), content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("x-hook-secret") == (
        headers.get("X-Hook-Secret") if status == 200 else None
    )
    assert site.joined.everything() == before
    assert site.wakes == []


@pytest.mark.parametrize("token", ["0" * 40, "x", "%00", "a" * 5000, "%ff"])
def test_an_unknown_token_is_a_page_that_there_is_not(site: Called, token: str) -> None:
    site.look_after()
    before = site.joined.everything()
    missing = site.http.get(site.joined.config.address("/no/such/page"))
    for headers in ({}, {"X-Hook-Secret": "s"}):
        answer = site.http.post(site.address(token), content=GOOD, headers=headers)
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert "x-hook-secret" not in answer.headers
    assert site.joined.everything() == before


def test_a_batch_of_a_thousand_changes_is_taken(site: Called) -> None:
    site.look_after()
    read_once(site.joined)
    one = b'{"id":20117,"apiUrl":"https://api.infusionsoft.com/crm/rest/v1/orders/20117",'
    one += b'"timestamp":"2026-11-02T22:41:46Z"}'
    body = b'{"event_key":"order.edit","object_keys":[' + b",".join([one] * 1000) + b"]}"
    answer = site.http.post(site.address(), content=body)
    assert answer.status_code == 200
    assert site.joined.connection().next_sync_at == NOON + hooks.SOON


# -- end to end -----------------------------------------------------------------------------------


def test_an_order_in_keap_is_here_without_waiting_for_the_poll(site: Called) -> None:
    site.look_after()
    read_once(site.joined)
    number = site.joined.order()
    assert site.woken.wait(60)
    site.joined.clock.forward(seconds=hooks.SOON.total_seconds())
    staging(site.joined).run_due()
    assert set(site.joined.orders()) == {number}


def test_the_job_looks_after_the_pause_that_it_is_told(site: Called) -> None:
    looked = threading.Semaphore(0)

    class Looking(Staging):
        def run_due(self) -> None:
            super().run_due()
            looked.release()

    joined = site.joined
    site.switch("no")
    job = Looking(joined.database, joined.secrecy, joined.config, clock=joined.clock)
    job.wake_after(timedelta())
    job.start()
    assert looked.acquire(timeout=60)
    number = joined.order()
    joined.change_connection(next_sync_at=joined.clock())
    job.wake_after(timedelta(milliseconds=10))
    # A later one does not put it off.
    job.wake_after(timedelta(hours=1))
    assert looked.acquire(timeout=60)
    job.stop()
    assert set(joined.orders()) == {number}


def test_calls_that_are_lost_cost_nothing_but_time(site: Called) -> None:
    site.look_after()
    read_once(site.joined)
    site.joined.keap.hooks.rules = replace(site.joined.keap.hooks.rules, is_silent=True)
    number = site.joined.order()
    job = staging(site.joined)
    job.run_due()
    assert site.joined.orders() == {}
    site.joined.clock.forward(minutes=15)
    job.run_due()
    assert set(site.joined.orders()) == {number}
