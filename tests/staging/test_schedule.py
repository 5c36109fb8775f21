"""The job: who is due, when next, and that one connection's trouble is nobody else's."""

import logging
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from qbwc_service import settings
from qbwc_service.database import Database
from qbwc_service.ledger import leases
from qbwc_service.staging import due, schedule
from qbwc_service.staging.due import RETRY_AFTER, Claim, finish
from qbwc_service.staging.failures import SyncBusy
from qbwc_service.staging.next_time import Sharing, next_sync
from qbwc_service.staging.reading import Reading
from qbwc_service.staging.reading_lease import LEASE_TTL
from qbwc_service.staging.schedule import Read, Staging
from qbwc_service.staging.slices import Slice
from tests.staging.joined import NAME, NOON, START, Joined, SmallPages


def staging(joined: Joined, transport: httpx.BaseTransport | None = None) -> Staging:
    return Staging(
        joined.database, joined.secrecy, joined.config, clock=joined.clock, transport=transport
    )


def polls(joined: Joined) -> int:
    return sum("modified_since_time" in one for one in joined.keap.requests)


def test_a_new_connection_is_due_at_once_and_then_every_quarter_of_an_hour(joined: Joined) -> None:
    number = joined.order()
    job = staging(joined)
    job.run_due()
    assert set(joined.orders()) == {number}
    assert joined.connection().next_sync_at == joined.clock() + timedelta(minutes=15)
    joined.clock.forward(minutes=14, seconds=59)
    job.run_due()
    assert polls(joined) == 1
    joined.clock.forward(seconds=1)
    job.run_due()
    assert polls(joined) == 2


def test_the_number_of_minutes_is_a_setting(joined: Joined) -> None:
    joined.change_connection(settings={"sync_minutes": 60})
    staging(joined).run_due()
    assert joined.connection().next_sync_at == NOON + timedelta(minutes=60)


def test_a_time_of_day_is_that_of_the_account(joined: Joined) -> None:
    joined.change_connection(settings={"sync_daily_at": "18:30"})
    staging(joined).run_due()
    assert joined.connection().next_sync_at == datetime(2026, 11, 2, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("values", [{"paused": True}, {"keap_key": ""}])
def test_paused_and_unconnected_ones_are_left_alone(joined: Joined, values: dict[str, Any]) -> None:
    joined.change_connection(**values)
    staging(joined).run_due()
    assert joined.keap.requests == []
    assert joined.connection().next_sync_at is None


def test_the_failure_of_one_stops_no_other(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    joined.change_connection(keap_key=joined.secrecy.encrypt("KeapAK-revoked"))
    joined.add_connection("other")
    staging(joined).run_due()
    assert joined.connection().last_sync_trouble == "keap-key-refused"
    assert joined.connection("other").last_sync_at == NOON
    assert joined.connection().next_sync_at == NOON + timedelta(minutes=15)
    assert [(record.levelname, record.__dict__["connection"]) for record in caplog.records] == [
        ("WARNING", NAME)
    ]


def test_our_own_mistake_stops_no_other_and_is_logged(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    joined.add_connection("other")
    joined.change_connection(settings={"start_date": "not a day"})
    staging(joined).run_due()
    assert joined.connection("other").last_sync_at == NOON
    assert "Keap was not read" in caplog.text
    assert joined.connection().next_sync_at == NOON + RETRY_AFTER


def test_after_trouble_a_daily_reading_is_tried_again_soon(joined: Joined) -> None:
    joined.change_connection(settings={"sync_daily_at": "18:30"})
    joined.trouble("unauthorized")
    staging(joined).run_due()
    assert joined.connection().next_sync_at == NOON + RETRY_AFTER


def test_keap_is_not_asked_before_it_wants_to_be(joined: Joined) -> None:
    joined.trouble("throttled", retry_after=7200)
    staging(joined).run_due()
    assert joined.connection().next_sync_at == NOON + timedelta(seconds=7200)


def test_a_connection_that_is_being_read_stays_due(joined: Joined) -> None:
    with joined.database.writing("test") as db:
        name = f"sync:{joined.connection().id}"
        assert leases.acquire(db, name, "pc7:1:a", NOON, timedelta(seconds=120))
    staging(joined).run_due()
    assert joined.connection().next_sync_at is None


def test_it_starts_reads_and_stops_without_a_word(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    asked = threading.Event()

    class Noting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked.set()
            return super().handle_request(request)

    job = staging(joined, Noting())
    job.start()
    assert asked.wait(10)
    job.stop()
    job.stop()
    assert caplog.records == []
    assert not [thread for thread in threading.enumerate() if "APScheduler" in thread.name]


def test_stopping_does_not_wait_for_a_keap_that_is_away(joined: Joined) -> None:
    job = staging(joined)
    asked = threading.Event()

    def away(request: httpx.Request) -> httpx.Response:
        asked.set()
        raise httpx.ConnectError("away", request=request)

    job = staging(joined, httpx.MockTransport(away))
    job.start()
    assert asked.wait(10)
    job.stop()
    assert joined.connection().last_sync_trouble == ""
    assert joined.connection().next_sync_at is None


def test_stopped_between_two_pages_nothing_is_half_done(joined: Joined) -> None:
    joined.order(paid=1000)
    job = staging(joined)

    class StopsAtPayments(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if "sales/payments" in request.url.path:
                job.stop()
            return super().handle_request(request)

    job = staging(joined, StopsAtPayments())
    job.run_due()
    assert (len(joined.orders()), joined.payments()) == (1, {})
    assert joined.connection().next_sync_at is None
    joined.sync()
    assert len(joined.payments()) == 1


def test_woken_it_looks_at_once(joined: Joined) -> None:
    asked = threading.Event()

    class Noting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked.set()
            return super().handle_request(request)

    looked = threading.Event()

    class Looking(Staging):
        def run_due(self) -> None:
            super().run_due()
            looked.set()

    joined.change_connection(next_sync_at=NOON + timedelta(days=1))
    job = Looking(
        joined.database, joined.secrecy, joined.config, clock=joined.clock, transport=Noting()
    )
    job.wake()
    job.start()
    assert looked.wait(10)
    assert not asked.is_set()
    joined.change_connection(next_sync_at=None)
    job.wake()
    # The next look by itself comes 15 seconds after the first.
    assert asked.wait(10)
    job.stop()
    with joined.database.reading() as db:
        assert leases.holder(db, leases.SCHEDULER) is None


def test_without_start_there_is_nothing_to_stop(joined: Joined, tmp_path: Path) -> None:
    staging(joined).stop()
    with joined.database.reading() as db:
        assert leases.holder(db, leases.SCHEDULER) is None


# -- by turns -------------------------------------------------------------------------------------


class Turns:
    """Takes the place of Keap: each connection has so many slices to read. Notes who had a turn."""

    def __init__(self, joined: Joined, **slices: int) -> None:
        self.left = slices
        self.had: list[str] = []
        self._joined = joined

    def __call__(self, name: str, piece: Slice) -> Reading:
        self._joined.clock.forward(seconds=20)
        self.had.append(name)
        self.left[name] -= 1
        return Reading(is_unfinished=self.left[name] > 0)


def by_turns(joined: Joined, read: Read, *, readers: int = 1) -> Staging:
    return Staging(
        joined.database,
        joined.secrecy,
        joined.config,
        clock=joined.clock,
        read=read,
        readers=readers,
    )


def test_a_long_reading_takes_turns_with_the_others(joined: Joined) -> None:
    for name in ("beta", "gamma"):
        joined.add_connection(name)
    turns = Turns(joined, acme=4, beta=2, gamma=1)
    by_turns(joined, turns).run_due()
    assert turns.had == ["acme", "beta", "gamma", "acme", "beta", "acme", "acme"]
    assert {joined.connection(name).next_sync_at for name in turns.left} == {
        NOON + timedelta(minutes=15, seconds=20 * turn) for turn in (3, 5, 7)
    }


def test_one_that_becomes_due_during_a_long_reading_does_not_wait_for_its_end(
    joined: Joined,
) -> None:
    joined.add_connection("beta")
    joined.change_connection("beta", next_sync_at=NOON + timedelta(seconds=30))
    turns = Turns(joined, acme=4, beta=1)
    by_turns(joined, turns).run_due()
    assert turns.had == ["acme", "acme", "beta", "acme", "acme"]


def test_one_that_is_asked_for_at_once_again_and_again_starves_no_other(joined: Joined) -> None:
    joined.add_connection("beta")
    joined.change_connection("beta", next_sync_at=NOON)
    had: list[str] = []

    def wished_for(name: str, piece: Slice) -> Reading:
        had.append(name)
        if name == NAME and len(had) < 4:
            joined.change_connection(next_sync_at=None)
        return Reading()

    by_turns(joined, wished_for).run_due()
    assert had[:2] == [NAME, "beta"]
    assert had.count(NAME) == 3


def test_a_reading_that_takes_longer_than_its_claim_is_not_begun_twice(joined: Joined) -> None:
    joined.add_connection("beta")
    had: list[str] = []
    beta_had_turns = threading.Event()

    def slow(name: str, piece: Slice) -> Reading:
        had.append(name)
        if name == NAME and had.count(NAME) == 1:
            joined.clock.forward(minutes=3)
            assert beta_had_turns.wait(20)
        if had.count("beta") == 3:
            beta_had_turns.set()
        return Reading(is_unfinished=name == "beta" and had.count("beta") < 3)

    by_turns(joined, slow, readers=2).run_due()
    assert sorted(had) == [NAME, "beta", "beta", "beta"]


def test_one_paused_between_two_of_its_turns_has_no_more(joined: Joined) -> None:
    def pauses(name: str, piece: Slice) -> Reading:
        joined.change_connection(paused=True)
        had.append(name)
        return Reading(is_unfinished=True)

    had: list[str] = []
    by_turns(joined, pauses).run_due()
    assert had == [NAME]


def test_a_slow_answer_of_keap_holds_up_no_other(joined: Joined) -> None:
    joined.add_connection("beta")
    other_was_read = threading.Event()

    def slow(name: str, piece: Slice) -> Reading:
        if name == NAME:
            assert other_was_read.wait(20)
        else:
            other_was_read.set()
        return Reading()

    by_turns(joined, slow, readers=2).run_due()
    assert joined.connection().next_sync_at == NOON + timedelta(minutes=15)


def test_nobody_has_two_turns_at_the_same_time(joined: Joined) -> None:
    joined.add_connection("beta")
    lock, reading, twice = threading.Lock(), set[str](), []
    left = {NAME: 5, "beta": 5}

    def noting(name: str, piece: Slice) -> Reading:
        with lock:
            twice.extend([name] if name in reading else [])
            reading.add(name)
            left[name] -= 1
        with lock:
            reading.discard(name)
        return Reading(is_unfinished=left[name] > 0)

    by_turns(joined, noting, readers=3).run_due()
    assert (twice, left) == ([], {NAME: 0, "beta": 0})


def test_two_schedulers_read_each_connection_once(joined: Joined) -> None:
    names = [NAME, *(f"c{number}" for number in range(8))]
    for name in names[1:]:
        joined.add_connection(name)
    had: list[str] = []
    both = threading.Barrier(2, timeout=20)

    def noting(name: str, piece: Slice) -> Reading:
        had.append(name)
        return Reading()

    def run() -> None:
        both.wait()
        by_turns(joined, noting, readers=2).run_due()

    crowd = [threading.Thread(target=run) for _ in range(2)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert sorted(had) == sorted(names)


def test_a_reading_whose_slice_is_spent_goes_on_in_the_next(joined: Joined) -> None:
    for _ in range(3):
        joined.order(paid=1000)
    part = joined.sync(piece=Slice(pages=1))
    assert (part.is_unfinished, len(joined.orders()), len(joined.payments())) == (True, 3, 0)
    assert joined.connection().last_sync_at is None
    whole = joined.sync(piece=Slice(pages=10))
    assert (whole.is_unfinished, len(joined.payments())) == (False, 3)
    assert joined.connection().last_sync_at == joined.clock()


def test_a_slice_ends_between_two_pages(joined: Joined) -> None:
    numbers = [joined.order(paid=1000) for _ in range(5)]
    part = joined.read(SmallPages, piece=Slice(pages=2))
    assert part.is_unfinished
    assert (set(joined.orders()), joined.payments()) == (set(numbers[:4]), {})
    assert not joined.read(SmallPages).is_unfinished
    assert (set(joined.orders()), len(joined.payments())) == (set(numbers), 5)


def test_a_database_that_is_away_for_a_while_does_not_end_the_job(joined: Joined) -> None:
    joined.order()
    job = staging(joined)
    kept, joined.database._sessions = joined.database._sessions, broken_sessions
    with pytest.raises(OperationalError):
        job.run_due()
    joined.database._sessions = kept
    job.run_due()
    assert len(joined.orders()) == 1


def test_what_cannot_be_written_down_is_logged_and_stops_no_other(
    joined: Joined, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    joined.add_connection("other")

    def fails_for_acme(database: Database, claimed: Claim, *rest: Any) -> None:
        if claimed.due.name == NAME:
            raise OperationalError("UPDATE", {}, Exception("disk I/O error"))
        finish(database, claimed, *rest)

    monkeypatch.setattr(due, "finish", fails_for_acme)
    staging(joined).run_due()
    assert "When Keap is read next was not written down" in caplog.text
    assert joined.connection("other").next_sync_at == NOON + timedelta(minutes=15)
    assert joined.connection().next_sync_at == NOON + LEASE_TTL


def test_one_read_by_another_process_is_asked_for_again_a_little_later(joined: Joined) -> None:
    had: list[str] = []

    def busy(name: str, piece: Slice) -> Reading:
        had.append(name)
        raise SyncBusy(name, "pc7:1:a", NOON)

    job = by_turns(joined, busy)
    job.run_due()
    job.run_due()
    assert had == [NAME]
    joined.clock.forward(seconds=15)
    job.run_due()
    assert had == [NAME, NAME]


def broken_sessions() -> Any:
    raise OperationalError("SELECT", {}, Exception("database is locked"))


# -- the clock change -----------------------------------------------------------------------------

NEW_YORK = ZoneInfo("America/New_York")


def daily(at: str) -> settings.Settings:
    stored = {"sync_daily_at": at, "start_date": START.isoformat()}
    return settings.effective(stored, account_time_zone="America/New_York", set_up_on=date.min)


def local(month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    moment = datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK, fold=fold)
    return moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "now", "expected"),
    [
        ("18:30", local(7, 1, 12), local(7, 1, 18, 30)),
        ("18:30", local(7, 1, 18, 30), local(7, 2, 18, 30)),
        ("18:30", local(7, 1, 23, 59), local(7, 2, 18, 30)),
        # Clocks go forward on 8 March: 02:30 does not exist and comes as 03:30.
        ("02:30", local(3, 7, 12), local(3, 8, 3, 30)),
        ("02:30", local(3, 8, 3, 30), local(3, 9, 2, 30)),
        ("18:30", local(3, 7, 18, 30), local(3, 8, 18, 30)),
        # Clocks go back on 1 November: 01:30 comes twice and counts once.
        ("01:30", local(10, 31, 12), local(11, 1, 1, 30)),
        ("01:30", local(11, 1, 1, 30), local(11, 2, 1, 30)),
        ("01:30", local(11, 1, 1, 30, fold=1), local(11, 2, 1, 30)),
        ("18:30", local(10, 31, 18, 30), local(11, 1, 18, 30)),
    ],
)
def test_a_time_of_day_comes_once_a_day_also_when_the_clocks_change(
    at: str, now: datetime, expected: datetime
) -> None:
    assert next_sync(daily(at), NEW_YORK, now, Sharing()) == expected


def test_a_job_that_shows_no_sign_of_life_for_ten_minutes_hangs(joined: Joined) -> None:
    job = staging(joined)
    job.run_due()
    joined.clock.forward(minutes=9, seconds=59)
    assert job.beats()
    joined.clock.forward(seconds=1)
    assert not job.beats()
    job.run_due()
    assert job.beats()


def test_only_the_reader_beats(joined: Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other thread waits for says nothing of the one that reads."""
    job = staging(joined)
    job.run_due()
    joined.clock.forward(minutes=10)
    monkeypatch.setattr(schedule, "look_after_hooks", lambda access, **_: access.sleep(0.0))
    job.look_after_hooks()
    assert not job.beats()
    job._access().sleep(0.0)
    assert job.beats()
