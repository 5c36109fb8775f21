from datetime import UTC, datetime, timedelta, timezone

import pytest

from keap.filters import Filter, instant_text, query_text


def test_clauses_are_joined_by_semicolons_in_their_order() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    wanted = Filter().equal("modified_since_time", moment).above("id", 7).one_of("ids", ["1", "2"])
    assert str(wanted) == "modified_since_time==2026-11-01T00:00:00.000Z;id>7;ids==1,2"


def test_a_filter_is_not_changed_by_what_is_built_on_it() -> None:
    first = Filter().equal("contact_id", "5")
    first.above("id", 7)
    assert first == Filter(("contact_id==5",))


def test_times_are_written_in_utc_with_milliseconds() -> None:
    phoenix = timezone(timedelta(hours=-7))
    moment = datetime(2026, 11, 1, 17, 30, 1, 999_999, tzinfo=phoenix)
    assert instant_text(moment) == "2026-11-02T00:30:01.999Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        instant_text(datetime(2026, 11, 1))  # noqa: DTZ001


@pytest.mark.parametrize("ids", [[], ["1,2"], [""], ["1;paid==true"]])
def test_ids_that_would_change_the_meaning_are_refused(ids: list[str]) -> None:
    with pytest.raises(ValueError, match=r"ids|semicolon"):
        Filter().one_of("ids", ids)


def test_a_query_is_encoded_with_percent_20_and_without_empty_parameters() -> None:
    parameters = {"filter": "id>7;ids==1,2", "fields": "", "order_by": "id asc"}
    assert query_text(parameters) == "filter=id%3E7%3Bids%3D%3D1%2C2&order_by=id%20asc"
