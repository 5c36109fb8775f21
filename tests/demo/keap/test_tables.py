"""The sorted tables against the plainest way of doing the same."""

from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_service.demo.keap.filters import any_of, number, own_id, since
from qbwc_service.demo.keap.queries import ListRules, list_page
from qbwc_service.demo.keap.tables import EncodedLists, Table


class Row(msgspec.Struct, frozen=True):
    id: int
    body: bytes
    time: int
    tags: tuple[str, ...]


RULES = ListRules(
    {
        "id": number("id"),
        "ids": own_id(),
        "tags": any_of("tags", is_indexed=True),
        "since": since("time"),
    },
    {"id": "id", "time": "time"},
)
_SECONDS = 1_767_225_600  # 2026-01-01


def table_of(*records: dict[str, Any]) -> Table[Row]:
    table = Table(
        lambda key, record, body: Row(int(key), body, record["time"], tuple(record["tags"])),
        sorted_by={"id": lambda row: row.id, "time": lambda row: row.time},
        indexed_by={"tags": lambda row: row.tags},
    )
    for record in records:
        table[record["id"]] = record
    return table


def record(identity: int, time: int = 0, *tags: str) -> dict[str, Any]:
    return {"id": str(identity), "time": _SECONDS + time, "tags": list(tags)}


def ids(table: Table[Row], wanted: str = "", order_by: str = "id asc", **more: str) -> list[int]:
    parameters = {"filter": wanted, "order_by": order_by, **more}
    return [row.id for row in list_page("rows", table, RULES, parameters).rows]


def test_what_is_read_is_a_copy_until_it_is_put_back() -> None:
    table = table_of(record(1))
    table["1"]["time"] = 5
    assert table["1"] == record(1)
    table.change("1", time=_SECONDS + 5, note=Decimal("1.50"))
    assert table["1"] == {**record(1, 5), "note": Decimal("1.50")}


def test_a_changed_row_moves_and_is_found_under_its_new_keys_only() -> None:
    table = table_of(record(1, 0, "a"), record(2, 5, "a"))
    table["1"] = record(1, 9, "b")
    assert ids(table, order_by="time asc") == [2, 1]
    assert (ids(table, "tags==a"), ids(table, "tags==b")) == ([2], [1])


def test_a_row_that_is_gone_is_nowhere() -> None:
    table = table_of(record(1, 0, "a"), record(2, 0, "a"))
    del table["1"]
    assert (list(table), len(table), "1" in table) == (["2"], 1, False)
    assert ids(table, "tags==a") == ids(table, order_by="time desc") == [2]


records = st.dictionaries(
    st.integers(1, 30),
    st.tuples(st.integers(0, 6), st.sets(st.sampled_from("abc"))),
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(
    before=records,
    after=records,
    gone=st.sets(st.integers(1, 30)),
    above=st.integers(0, 30),
    time=st.integers(0, 6),
    tags=st.sets(st.sampled_from("abc"), max_size=2),
    order_by=st.sampled_from(("id asc", "id desc", "time asc", "time desc")),
    size=st.integers(1, 7),
)
def test_pages_are_those_of_sorting_and_filtering_everything(
    before: dict[int, tuple[int, set[str]]],
    after: dict[int, tuple[int, set[str]]],
    gone: set[int],
    above: int,
    time: int,
    tags: set[str],
    order_by: str,
    size: int,
) -> None:
    table = table_of(*(record(key, at, *names) for key, (at, names) in before.items()))
    for key, (at, names) in after.items():
        table[str(key)] = record(key, at, *names)
    for key in gone & {*before, *after}:
        del table[str(key)]
    clauses = [f"id>{above}", f"since==2026-01-01T00:00:0{time}.000Z"]
    clauses += [f"tags=={','.join(sorted(tags))}"] if tags else []
    left = {key: row for key, row in {**before, **after}.items() if key not in gone}
    wanted = [
        (key, at)
        for key, (at, names) in left.items()
        if key > above and at >= time and (not tags or tags & names)
    ]
    column, direction = order_by.split()
    wanted.sort(key=lambda row: row if column == "id" else (row[1], row[0]))
    if direction == "desc":
        wanted.reverse()
    assert _all_pages(table, ";".join(clauses), order_by, size) == [key for key, _ in wanted]


def _all_pages(table: Table[Row], wanted: str, order_by: str, size: int) -> list[int]:
    found: list[int] = []
    parameters = {"filter": wanted, "order_by": order_by, "page_size": str(size)}
    while True:
        page = list_page("rows", table, RULES, parameters)
        found += [row.id for row in page.rows]
        if not page.next_page_token:
            return found
        parameters["page_token"] = page.next_page_token


def test_a_big_table_is_read_in_order_and_not_as_a_whole() -> None:
    looked_at: list[int] = []

    class Watched(Row):
        @property
        def seen(self) -> int:
            looked_at.append(self.id)
            return self.id

    table = Table(
        lambda key, record, body: Watched(int(key), body, record["time"], ()),
        sorted_by={"id": lambda row: row.id, "time": lambda row: row.time},
    )
    for identity in range(1, 10_001):
        table[str(identity)] = record(identity, 0)
    rules = ListRules(RULES.filters | {"seen": number("seen")}, RULES.order_by)
    page = list_page("rows", table, rules, {"filter": "id>100;seen>100", "page_size": "50"})
    assert [row.id for row in page.rows] == list(range(101, 151))
    assert looked_at == list(range(101, 152))


def test_a_moment_between_two_seconds_takes_the_later() -> None:
    table = table_of(record(1, 1), record(2, 2))
    assert ids(table, "since==2026-01-01T00:00:01.001Z") == [2]
    assert ids(table, "since==2026-01-01T00:00:01.000Z") == [1, 2]


def test_lists_are_copies_too() -> None:
    lists = EncodedLists()
    lists["1"] = [{"amount": Decimal("1.10")}]
    lists["1"].append({})
    assert dict(lists) == {"1": [{"amount": Decimal("1.10")}]}
    del lists["1"]
    assert ("1" in lists, len(lists)) == (False, 0)
