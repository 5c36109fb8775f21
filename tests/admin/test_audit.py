"""The audit: who did what, when and from where."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from qbwc_service.ledger import audit
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import AuditEntry, Connection, Role
from tests.admin.site import KEAP_KEY, NOW, PASSWORD, Site, Visitor

PAGE = "/audit"


def entries(site: Site) -> list[tuple[str, str, str]]:
    """Who, what, and what came of it, oldest first, without the sign-ins."""
    with site.database.reading() as db:
        rows = db.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [
            (row.who, row.what, " ".join(row.details.get("result", [])))
            for row in rows
            if "igned in" not in row.what
        ]


def rows(page: str) -> list[str]:
    """What the lines say, newest first."""
    return [part.partition("<")[0] for part in page.split('data-label="What">')[1:]]


def write(site: Site, number: int, who: str = "bea", **about: object) -> None:
    """So many entries, a minute apart."""
    with site.database.writing("test") as db:
        found = db.scalars(select(Connection.id)).first()
        made = [
            {
                "at": NOW + timedelta(minutes=each),
                "who": who,
                "connection_id": found,
                "what": f"Act {each}",
                "details": {},
                "address": "",
            }
            | about
            for each in range(number)
        ]
        db.execute(rows_of(AuditEntry), made)


def test_a_press_is_one_entry_with_what_came_of_it_and_from_where(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        for number in (1048, 1049):
            books.invoice(books.order(number))
    visitor = site.bookkeeper()
    form = {"order": ["1048", "1049"], "verb": "hold"}
    visitor.press("/c/acme/orders", "/c/acme/orders", form)
    ((who, what, result),) = entries(site)
    assert (who, what) == ("owner", "Decision about orders")
    assert result.startswith("Held: ")
    visitor.get(PAGE)
    assert rows(visitor.page)[:2] == ["Decision about orders", "Signed in"]
    assert "192.0.2.1" in visitor.page
    assert '<dt>order</dt><dd class="path">1048, 1049</dd>' in visitor.page
    assert '<dt>verb</dt><dd class="path">hold</dd>' in visitor.page


def test_a_press_that_was_refused_is_no_change_and_no_entry(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.press("/c/acme/orders", "/c/acme/orders", {"verb": "hold"})
    visitor.get("/c/acme/password")
    assert visitor.post("/c/acme/company-file", {"answer": "maybe"}).status_code == 400
    viewer = site.signed_in("vic", Role.VIEWER)
    viewer.get("/c/acme")
    assert viewer.post("/c/acme/pause").status_code == 403
    assert entries(site) == []


def test_what_only_shows_what_would_be_done_is_no_entry(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.posted(books.invoice(books.order(1048)), "77A-1")
    visitor = site.bookkeeper()
    form = {"order": ["1048"], "verb": "undo"}
    page = visitor.press("/c/acme/orders", "/c/acme/orders", form)
    assert "Undo" in page
    visitor.get("/c/acme/rules")
    test = {"verb": "test", "name": "Big", "field-0": "total", "comparison-0": "more than"}
    visitor.post("/c/acme/rules", test | {"value-0": "1", "then": "hold", "order": "1048"})
    assert entries(site) == []


def test_no_secret_gets_into_the_audit(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.press(
        "/c/acme/keap", "/c/acme/keap/key", {"keap_account": "iq146", "keap_key": "SeCrEt"}
    )
    visitor.get("/c/acme/password")
    visitor.post("/c/acme/password")
    made = visitor.page.split('class="secret">')[1].partition("<")[0]
    visitor.get("/my-password")
    own = {"old": PASSWORD, "password": "another password", "again": "another password"}
    assert visitor.post("/my-password", own).status_code == 302
    with site.database.reading() as db:
        kept = str(db.execute(text("SELECT * FROM audit_entry")).all())
    assert [what for _, what, _ in entries(site)] == [
        "Keap key saved", "New Web Connector password", "Own password changed: owner",
    ]  # fmt: skip
    for secret in ("SeCrEt", made, PASSWORD, "another password", KEAP_KEY):
        assert secret not in kept
    visitor.get(PAGE)
    assert "(not shown)" in visitor.page


def test_sign_ins_and_what_was_refused_are_told_without_what_a_stranger_typed(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/")
    visitor.post("/sign-out")
    stranger = site.visitor("198.51.100.7")
    stranger.sign_in("owner", "wrong")
    stranger.sign_in("my-password-in-the-wrong-field", "x")
    with site.database.reading() as db:
        found = [(row.who, row.what, row.address) for row in db.scalars(select(AuditEntry))]
    assert found == [
        ("owner", "Signed in", "192.0.2.1"),
        ("owner", "Signed out", "192.0.2.1"),
        ("owner", "Sign-in refused", "198.51.100.7"),
        ("nobody we know", "Sign-in refused", "198.51.100.7"),
    ]


def test_a_new_connection_is_in_the_audit_as_its_own(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.press("/connections/add", "/connections/add", {"name": "acme", "start_date": ""})
    visitor.get(f"{PAGE}?connection=acme")
    assert rows(visitor.page) == ["Connection added"]


def test_it_is_filtered_by_person_connection_and_day(site: Site) -> None:
    site.add_connection(time_zone="America/New_York")
    site.add_connection("other")
    visitor = site.bookkeeper()
    write(site, 1, "bea", what="Hers")
    write(site, 1, "cy", what="His", connection_id=None)
    early = datetime(2026, 11, 22, 4, 59, tzinfo=UTC)
    write(site, 1, "bea", what="The day before, in New York", at=early)
    for query, shown in (
        ("who=bea", ["Hers", "The day before, in New York"]),
        ("connection=acme", ["Hers", "The day before, in New York"]),
        ("connection=acme&from=2026-11-22", ["Hers"]),
        ("connection=acme&to=2026-11-21", ["The day before, in New York"]),
        ("who=cy&connection=acme", []),
        ("who=cy&from=nonsense", ["His"]),
        ("connection=other", []),
    ):
        visitor.get(f"{PAGE}?{query}")
        assert rows(visitor.page) == shown, query
    assert "Nobody did anything that fits" in visitor.page


def test_the_first_day_that_there_is_can_be_asked_for(site: Site) -> None:
    site.add_connection(time_zone="Asia/Tokyo")
    visitor = site.bookkeeper()
    for page in ("/audit", "/audit/audit.csv"):
        assert visitor.get(f"{page}?connection=acme&from=0001-01-01").status_code == 200
        assert visitor.get(f"{page}?connection=acme&to=9999-12-31").status_code == 200


def test_older_entries_are_a_page_further_and_none_is_left_out(site: Site) -> None:
    site.add_connection()
    write(site, 120, at=NOW)
    visitor = site.bookkeeper()
    seen: list[str] = []
    address = f"{PAGE}?who=bea"
    while address:
        visitor.get(address)
        seen += rows(visitor.page)
        _, _, rest = visitor.page.partition('rel="next" href="')
        address = rest.partition('"')[0].replace("&amp;", "&")
    assert seen == [f"Act {number}" for number in reversed(range(120))]


def test_the_file_has_all_of_the_filter_and_no_formula(site: Site) -> None:
    site.add_connection()
    write(site, 1200, at=NOW)
    write(site, 1, "cy", what="=HYPERLINK()")
    visitor = site.bookkeeper()
    answer = visitor.get(f"{PAGE}/audit.csv?who=bea")
    table = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert table[0] == ["When", "Who", "Connection", "What", "What came of it", "Asked for", "From"]
    assert len(table) == 1201
    assert table[1][1:4] == ["bea", "acme", "Act 1199"]
    visitor.get(f"{PAGE}/audit.csv?who=cy")
    assert "'=HYPERLINK()" in visitor.page


def test_whoever_is_no_owner_sees_their_connections_and_no_sign_ins(site: Site) -> None:
    site.add_connection()
    site.add_connection("other")
    owner = site.bookkeeper()
    owner.press("/c/acme", "/c/acme/pause")
    owner.press("/c/other", "/c/other/pause")
    viewer = site.signed_in("vic", Role.VIEWER, connections=["other"])
    viewer.get(PAGE)
    assert rows(viewer.page) == ["Paused"]
    assert ">other</td>" in viewer.page


def test_a_change_counts_although_the_audit_cannot_be_written(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/c/acme")

    def broken(*_: object, **__: object) -> None:
        from qbwc_service.database import DatabaseBusy

        raise DatabaseBusy("audit")

    monkeypatch.setattr(audit, "record", broken)
    assert visitor.post("/c/acme/pause").status_code == 302
    assert "not in the audit: Paused, by owner" in caplog.text


def test_what_is_too_long_to_read_is_cut(site: Site) -> None:
    kept = audit.asked_for(
        [("order", [str(number) for number in range(200)]), ("memo", ["x" * 900]), ("a", [" "])]
    )
    assert len(kept["order"]) == 51
    assert kept["order"][-1] == "and 150 more"
    assert len(kept["memo"]) == 204
    assert "a" not in kept


@pytest.mark.parametrize(
    "query", ["", "who=bea", "connection=acme", "from=2026-11-23&to=2026-11-24"]
)
def test_a_page_reads_by_index_and_takes_as_many_statements(
    site: Site, visitor_of: Visitor, query: str
) -> None:
    asked: list[tuple[str, object]] = []

    def note(*what: object) -> None:
        asked.append((str(what[2]), what[3]))

    event.listen(site.database.engine, "before_cursor_execute", note)
    visitor_of.get(f"{PAGE}?{query}")
    event.remove(site.database.engine, "before_cursor_execute", note)
    assert len(asked) <= 8
    if not site.database.is_sqlite:
        return
    (found,) = [each for each in asked if "FROM audit_entry" in each[0]]
    with site.database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {found[0]}", found[1])  # type: ignore[arg-type]
        steps = " ".join(str(row) for row in plan)
    assert "USING INDEX ix_audit_entry_" in steps
    assert "TEMP B-TREE" not in steps


@pytest.fixture
def visitor_of(site: Site) -> Visitor:
    site.add_connection()
    write(site, 300)
    return site.bookkeeper()


def test_an_entry_says_who_even_where_the_name_is_long(site: Site) -> None:
    with site.database.writing("test") as db:
        audit.record(db, Author("x" * 99, NOW, "y" * 99), "Tried")
    with site.database.reading() as db:
        assert len(db.scalars(select(AuditEntry)).one().who) == 80
