"""The figures and sentences about Keap's calls."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select

from qbwc_service.ledger.models import Connection, KeapPace
from qbwc_service.staging.api_use import ApiUse, api_use, api_uses
from qbwc_service.staging.pace import tenant_row
from tests.staging.joined import NAME, NOON, Joined

NEW_YORK = ZoneInfo("America/New_York")
MIDNIGHT = datetime(2026, 11, 3, tzinfo=UTC)
ONLY_NEWS = (
    "Only new orders and payments are read until midnight UTC: 91 % of today's calls are used."
)


def use(joined: Joined, **columns: Any) -> ApiUse:
    """With a row of the key that holds these columns."""
    joined.change_connection(keap_pace="key|x")
    add(joined, "key|x", **columns)
    return found(joined)


def add(joined: Joined, key: str, **columns: Any) -> None:
    with joined.database.writing("test") as db:
        db.add(KeapPace(key=key, free_at=NOON, **columns))


def found(joined: Joined, per_second: float = 2.0) -> ApiUse:
    with joined.database.reading() as db:
        return api_use(db, joined.connection(), joined.clock(), per_second)


def day(left: int, limit: int = 30_000) -> dict[str, Any]:
    return {"day_limit": limit, "day_available": left, "day_ends_at": MIDNIGHT}


def test_before_the_first_call_there_is_nothing_to_tell(joined: Joined) -> None:
    assert (found(joined), found(joined).calls) == (ApiUse(used=0), "0")


def test_keaps_own_figures_count(joined: Joined) -> None:
    told = use(joined, **day(29_588), counted=7, counted_on=NOON.date())
    assert told.calls == "412 of 30,000 (29,588 left)"
    assert told.trouble(NEW_YORK, NOON) == ""


def test_without_them_our_own_count_of_today_does(joined: Joined) -> None:
    assert use(joined, counted=1234, counted_on=NOON.date()).calls == "1,234"
    joined.clock.forward(days=1)
    assert found(joined).calls == "0"


def test_figures_of_yesterday_are_over(joined: Joined) -> None:
    use(joined, **day(0))
    joined.clock.forward(hours=12)
    assert (found(joined).calls, found(joined).trouble(NEW_YORK, joined.clock())) == ("0", "")


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            day(2_700),
            ONLY_NEWS,
        ),
        (day(0), "Nothing is read until midnight UTC: all of today's calls are used."),
        (
            {"closed_until": NOON + timedelta(hours=2, minutes=5)},
            "Keap asks us to wait until 09:05.",
        ),
        (
            {"closed_until": NOON + timedelta(hours=20)},
            "Keap asks us to wait until 3 Nov, 03:00.",
        ),
        ({"slow_until": NOON + timedelta(minutes=1)}, "Keap asks us to slow down until 07:01."),
        ({"slow_until": NOON, "closed_until": NOON}, ""),
    ],
)
def test_what_holds_the_readings_up_is_one_sentence(
    joined: Joined, columns: dict[str, Any], sentence: str
) -> None:
    assert use(joined, **columns).trouble(NEW_YORK, NOON) == sentence


def test_an_account_that_is_low_under_a_client_id_that_is_not_is_told(joined: Joined) -> None:
    joined.change_connection(keap_tenant="ab103.infusionsoft.com")
    add(joined, tenant_row("ab103"), **day(10_000, 250_000))
    told = use(joined, **day(29_000))
    assert told.calls == "1,000 of 30,000 (29,000 left)"
    assert "96 % of today's calls are used" in told.trouble(NEW_YORK, NOON)


def test_the_account_of_another_is_not(joined: Joined) -> None:
    add(joined, tenant_row("cd204"), **day(0))
    assert use(joined, **day(29_000)).trouble(NEW_YORK, NOON) == ""


def test_many_under_one_limit_are_told_that_they_are_read_less_often(joined: Joined) -> None:
    joined.add_connection("other")
    for name in (NAME, "other"):
        joined.change_connection(name, keap_pace="key|x", settings={"sync_minutes": 5})
    told = use(joined, **day(470, 480))
    assert told.calls == "10 of 480 (470 left, shared by 2 connections)"
    assert told.stretch == (
        "Keap is read every 38 minutes, not every 5: 2 connections share 480 calls a day."
    )


@pytest.mark.parametrize("settings", [{"sync_minutes": 60}, {"sync_daily_at": "18:30"}])
def test_who_is_read_as_often_as_was_chosen_is_told_nothing(
    joined: Joined, settings: dict[str, Any]
) -> None:
    joined.change_connection(settings=settings)
    assert use(joined, **day(470, 480)).stretch == ""


def test_of_many_connections_each_has_its_own_figures(joined: Joined) -> None:
    for name in ("sharing", "signed-in", "new", "paused"):
        joined.add_connection(name)
    for name in (NAME, "sharing", "paused"):
        joined.change_connection(name, keap_pace="key|x", settings={"sync_minutes": 5})
    joined.change_connection("paused", paused=True)
    joined.change_connection("signed-in", keap_pace="client|y", keap_tenant="ab103")
    add(joined, "key|x", **day(470, 480))
    add(joined, "client|y", **day(29_000))
    add(joined, tenant_row("ab103"), **day(0))
    with joined.database.reading() as db:
        connections = db.scalars(select(Connection)).all()
        told = api_uses(db, connections, joined.clock(), 2.0)
        alone = {one.id: api_use(db, one, joined.clock(), 2.0) for one in connections}
    assert told == alone
    by_name = {one.name: told[one.id] for one in connections}
    assert by_name["sharing"].calls == "10 of 480 (470 left, shared by 2 connections)"
    assert by_name["signed-in"].used_up_until == MIDNIGHT
    assert by_name["new"] == ApiUse(used=0)


def test_many_connections_cost_no_more_queries_than_one(joined: Joined) -> None:
    add(joined, "key|x", **day(470, 480))
    joined.change_connection(keap_pace="key|x")
    for name in ("b", "c", "d"):
        joined.add_connection(name)
        joined.change_connection(name, keap_pace="key|x")
    asked: list[str] = []
    event.listen(
        joined.database.engine, "before_cursor_execute", lambda *about: asked.append(about[2])
    )
    with joined.database.reading() as db:
        connections = db.scalars(select(Connection)).all()
        for some in (connections[:1], connections):
            asked.clear()
            api_uses(db, some, joined.clock(), 2.0)
            assert len(asked) == 2


def test_of_no_connection_there_is_nothing_to_tell(joined: Joined) -> None:
    with joined.database.reading() as db:
        assert api_uses(db, [], joined.clock(), 2.0) == {}
