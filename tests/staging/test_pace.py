"""One pace for all processes, on both databases."""

import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from keap import KeapPutOff, Pace, Quota, QuotaWindow
from qbwc_service.database import Database
from qbwc_service.ledger.models import KeapPace
from qbwc_service.staging.pace import Identity, SharedPace, tenant_row
from tests.staging.joined import NOON

PACE = Pace(per_second=2, burst=3)
KEY = Identity.of_key("KeapAK-secret")
PROCESSES, TAKES, RATE = 3, 40, 20.0


def shared(database: Database, identity: Identity = KEY, pace: Pace = PACE) -> SharedPace:
    return SharedPace(database, identity, pace)


def quota(*, day: int | None = None, account: int | None = None) -> Quota:
    """What is left of 1,000 calls a day of the key, and of 5,000 of the account."""
    windows = []
    if day is not None:
        windows.append(QuotaWindow("product-quota", "day", 1000, day, None))
    if account is not None:
        windows.append(QuotaWindow("tenant-throttle", "day", 5000, account, None))
    return Quota(tuple(windows))


def rows(database: Database) -> dict[str, KeapPace]:
    with database.reading() as db:
        return {row.key: row for row in db.scalars(select(KeapPace))}


def later(**units: float) -> datetime:
    return NOON + timedelta(**units)


def test_all_that_ask_with_one_key_take_from_one_pace(database: Database) -> None:
    one, other = shared(database), shared(database)
    assert [pace.take(NOON) for pace in (one, other, one, other, one)] == [0, 0, 0, 0.5, 1.0]


def test_another_key_has_a_pace_of_its_own(database: Database) -> None:
    busy, other = shared(database), shared(database, Identity.of_key("another"))
    assert [busy.take(NOON) for _ in range(5)][-1] == 1.0
    assert other.take(NOON) == 0


def test_the_key_itself_is_not_in_the_database(database: Database) -> None:
    shared(database).take(NOON)
    (name,) = rows(database)
    assert name == KEY.row
    assert "KeapAK" not in name


def test_a_key_is_the_same_with_and_without_spaces_around_it() -> None:
    assert Identity.of_key(" KeapAK-secret\n") == KEY


def test_calls_are_counted_by_the_day_in_utc(database: Database) -> None:
    pace = shared(database)
    for _ in range(3):
        pace.take(NOON)
    assert rows(database)[KEY.row].counted == 3
    pace.take(later(hours=12))
    row = rows(database)[KEY.row]
    assert (row.counted_on, row.counted) == (later(hours=12).date(), 1)


def test_what_an_answer_said_is_written_with_the_next_call(database: Database) -> None:
    pace = shared(database)
    pace.take(NOON)
    pace.told(quota(day=700), NOON)
    assert rows(database)[KEY.row].day_available is None
    pace.take(NOON)
    assert rows(database)[KEY.row].day_available == 699


def test_what_the_last_answer_said_is_written_at_the_end(database: Database) -> None:
    pace = shared(database)
    pace.take(NOON)
    pace.told(quota(day=700), NOON)
    pace.settle(NOON)
    assert rows(database)[KEY.row].day_available == 700


def test_an_answer_that_says_nothing_does_not_hide_the_one_before(database: Database) -> None:
    pace = shared(database)
    pace.take(NOON)
    pace.told(quota(day=700), NOON)
    pace.told(Quota(), NOON)
    pace.settle(NOON)
    assert rows(database)[KEY.row].day_available == 700


def test_the_time_that_keap_names_to_one_holds_for_all(database: Database) -> None:
    one, other = shared(database), shared(database)
    one.take(NOON)
    one.slow_down(NOON, 30.0)
    assert other.take(later(seconds=10)) == 20
    one.slow_down(NOON, 7200.0)
    with pytest.raises(KeapPutOff) as caught:
        other.take(NOON)
    assert caught.value.until == later(hours=2)


def test_after_a_429_all_have_half_the_pace_for_a_minute(database: Database) -> None:
    one, other = shared(database), shared(database)
    one.slow_down(NOON, None)
    assert [other.take(NOON), one.take(NOON)] == [1, 2]
    assert other.take(later(seconds=60)) == 0


def test_when_the_day_is_low_news_go_on_and_the_rest_is_put_off(database: Database) -> None:
    one, other = shared(database), shared(database)
    one.told(quota(day=99), NOON)
    with one.extra(), pytest.raises(KeapPutOff):
        one.take(NOON)
    assert [one.take(NOON), other.take(NOON)] == [0, 30]


def test_being_put_off_counts_no_call_and_keeps_what_was_told(database: Database) -> None:
    pace = shared(database)
    pace.told(quota(day=0), NOON)
    with pytest.raises(KeapPutOff):
        pace.take(NOON)
    row = rows(database)[KEY.row]
    assert (row.counted, row.day_available) == (0, 0)


def test_after_the_extra_calls_the_next_one_is_news_again(database: Database) -> None:
    pace = shared(database)
    with pace.extra():
        pace.take(NOON)
    pace.told(quota(day=99), NOON)
    assert pace.take(later(seconds=60)) == 0


# -- one client id, many accounts ----------------------------------------------------------------

ONE, OTHER = (Identity.of_client("our-client", tenant) for tenant in ("ab103", "cd204"))


def test_all_accounts_of_a_client_id_take_from_one_pace(database: Database) -> None:
    one, other = shared(database, ONE), shared(database, OTHER)
    assert [pace.take(NOON) for pace in (one, other, one, other)] == [0, 0, 0, 0.5]
    assert {name.partition("|")[0] for name in rows(database)} == {"client", "tenant"}
    assert rows(database)[ONE.row].counted == 4


def test_an_account_that_is_used_up_stops_no_other(database: Database) -> None:
    one, other = shared(database, ONE), shared(database, OTHER)
    one.told(quota(day=900, account=0), NOON)
    with pytest.raises(KeapPutOff):
        one.take(NOON)
    assert other.take(NOON) == 0
    assert rows(database)[ONE.row].counted == 1


def test_a_client_id_that_is_used_up_stops_all(database: Database) -> None:
    one, other = shared(database, ONE), shared(database, OTHER)
    one.told(quota(day=0, account=900), NOON)
    one.settle(NOON)
    with pytest.raises(KeapPutOff):
        other.take(NOON)


def test_a_refusal_for_an_account_that_is_used_up_is_its_own(database: Database) -> None:
    one, other = shared(database, ONE), shared(database, OTHER)
    one.told(quota(day=900, account=0), NOON)
    one.slow_down(NOON, 7200.0)
    assert other.take(NOON) == 0
    assert rows(database)[ONE.tenant_row].closed_until == later(hours=2)


def test_any_other_refusal_is_for_all_of_the_client_id(database: Database) -> None:
    one, other = shared(database, ONE), shared(database, OTHER)
    one.told(quota(day=900, account=900), NOON)
    one.slow_down(NOON, 7200.0)
    with pytest.raises(KeapPutOff):
        other.take(NOON)


def test_an_account_is_the_same_by_its_name_and_by_its_address() -> None:
    assert tenant_row("ab103") == tenant_row("AB103.infusionsoft.com") == ONE.tenant_row


def test_before_the_account_is_known_the_client_id_alone_counts(database: Database) -> None:
    assert shared(database, Identity.of_client("our-client", "")).take(NOON) == 0
    assert set(rows(database)) == {ONE.row}


# -- processes -----------------------------------------------------------------------------------


def test_processes_that_take_at_the_same_time_keep_to_one_pace(database: Database) -> None:
    """All at once, the first call of the key included; its row is made by whoever is first."""
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.staging.taking", url, "k", str(RATE), str(TAKES)]
    crowd = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    outcomes = [process.communicate(timeout=90) for process in crowd]
    assert [error for _, error in outcomes] == [""] * PROCESSES
    calls = sorted(float(moment) for out, _ in outcomes for moment in out.split())
    assert len(calls) == PROCESSES * TAKES
    for first, begin in enumerate(calls):
        for last in range(first, len(calls)):
            assert last - first + 1 <= Pace().burst + RATE * (calls[last] - begin) + 0.01
    assert rows(database)[Identity.of_key("k").row].counted == PROCESSES * TAKES
