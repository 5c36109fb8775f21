"""The activity page: what happened, what to do about it, page after page."""

import html
import re
from datetime import timedelta

import pytest

from qbwc_service.ledger.models import ErrorEntry, Event
from tests.admin.site import NOW, Site, Visitor

PAGE = "/c/acme/activity"


def rows(visitor: Visitor) -> list[list[str]]:
    table = visitor.page.partition("What happened, newest first")[2].partition("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [[_plain(cell) for cell in re.split(r"</t[dh]>", row)[:-1]] for row in found]


def _plain(cell: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split())


@pytest.fixture
def acme(site: Site) -> Visitor:
    site.add_connection()
    with site.books() as books:
        books.order(7)
        here = {"connection_id": books.connection.id}
        books.db.add_all(
            [
                Event(**here, order_id=7, at=NOW, who="service", text="Read from Keap"),
                Event(**here, order_id=None, at=NOW + timedelta(1), who="Bea", text="Paused"),
                ErrorEntry(
                    **here, order_id=7, at=NOW + timedelta(2), message="item-not-in-quickbooks",
                    details={"order": "7", "sku": "BED-4"},
                ),
                ErrorEntry(
                    **here, order_id=8, at=NOW + timedelta(3), message="quickbooks-busy",
                    details={"thing": "Invoice 8"}, solved_at=NOW + timedelta(4),
                ),
            ]
        )  # fmt: skip
    return site.bookkeeper()


def test_what_happened_is_told_newest_first(acme: Visitor) -> None:
    assert acme.get(PAGE).status_code == 200
    told = [[row[1], row[2], row[3]] for row in rows(acme) if "Connection added" not in row[3]]
    assert told[0][:2] == ["Warning, solved", "8"]
    assert told[1] == ["Error", "7", 'QuickBooks has no item "BED-4"']
    assert told[2:] == [["Info", "", "Bea Paused"], ["Info", "7", "Read from Keap"]]


def test_what_is_open_says_what_to_do_and_what_is_solved_does_not(acme: Visitor) -> None:
    acme.get(PAGE)
    first, second = rows(acme)[:2]
    assert first[4] == ""
    assert second[4]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("error", ["Error"]),
        ("warning", ["Warning, solved"]),
        ("info", ["Info", "Info"]),
        ("nonsense", ["Warning, solved", "Error", "Info", "Info"]),
    ],
)
def test_one_level_alone(acme: Visitor, level: str, expected: list[str]) -> None:
    acme.get(f"{PAGE}?level={level}")
    assert [row[1] for row in rows(acme)] == expected


def test_pages_follow_each_other_although_all_happened_at_once(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        here = {"connection_id": books.connection.id, "at": NOW}
        for number in range(1, 81):
            books.db.add(Event(**here, order_id=number, who="service", text="Read"))
            books.db.add(
                ErrorEntry(**here, order_id=number, message="item-not-in-quickbooks", details={})
            )
    visitor = site.bookkeeper()
    seen: list[tuple[str, str]] = []
    address = PAGE
    while address:
        visitor.get(address)
        seen += [(row[1], row[2]) for row in rows(visitor)]
        found = visitor.page.split('rel="next" href="')
        address = html.unescape(found[1].split('"')[0]) if len(found) > 1 else ""
    expected = [("Error", str(number)) for number in range(80, 0, -1)]
    assert seen == expected + [("Info", str(number)) for number in range(80, 0, -1)]


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "2026-11-23~0~1",
        "2026-11-23T10:00:00+00:00~a~1",
        "0001-01-01T00:00:00+14:00~0~1",
        "9999-12-31T23:59:59-14:00~0~1",
    ],
)
def test_a_place_that_no_page_of_ours_names_is_the_beginning(acme: Visitor, after: str) -> None:
    assert acme.get(f"{PAGE}?after={after.replace('+', '%2B')}").status_code == 200
    assert len(rows(acme)) == 4


def test_another_connection_has_an_activity_of_its_own(site: Site, acme: Visitor) -> None:
    site.add_connection("beta")
    acme.get("/c/beta/activity")
    assert "Nothing has happened yet." in acme.page
