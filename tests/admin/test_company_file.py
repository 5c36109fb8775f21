"""The page for a company file that was moved, restored, rebuilt or replaced; and the drain."""

from qbwc_service.ledger import drain
from qbwc_service.ledger.models import Connection, Event
from tests.admin.site import NOW, Site

MOVED = {"expected": "C:\\Old\\Acme.qbw", "found": "D:\\New\\Acme.qbw"}


def _connection(site: Site) -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).filter_by(name="acme").one()


def test_the_page_tells_what_to_do_in_every_case(site: Site) -> None:
    site.add_connection(company_file="C:\\Books\\Acme.qbw", company_name="Acme Inc")
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert "/c/acme/company-file" in visitor.page
    assert visitor.get("/c/acme/company-file").status_code == 200
    for words in (
        "C:\\Books\\Acme.qbw",
        "The file was moved or renamed, or is on a new computer",
        "A backup was restored",
        "It is the right file, but is taken for another",
        "It is a copy, for a test or for the accountant",
        "You began a new, empty company file",
    ):
        assert words in visitor.page


def test_the_open_question_is_answered_there_too(site: Site) -> None:
    site.add_connection(write_block="company-file-moved", write_block_details=MOVED)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/company-file")
    assert "It is the same company: confirm the new place" in visitor.page
    visitor.press("/c/acme/company-file", "/c/acme/company-file", {"answer": "same-file"})
    assert _connection(site).write_block == ""
    assert _connection(site).company_file == MOVED["found"]


def test_the_file_that_is_open_next_is_taken_on_a_persons_word(site: Site) -> None:
    site.add_connection(company_file="C:\\Books\\Acme.qbw", company_name="Acme Inc")
    visitor = site.bookkeeper()
    page = visitor.press("/c/acme/company-file", "/c/acme/company-file/open-one", {})
    assert "Nothing that was sent before is sent again." in page
    assert (_connection(site).company_file, _connection(site).company_name) == ("", "")
    with site.database.reading() as db:
        told = [event.text for event in db.query(Event).order_by(Event.id)]
    assert told[-1] == "The company file that is open at the next update is to be taken"


def test_links_that_share_the_file_are_named(site: Site) -> None:
    site.add_connection()
    site.add_connection("beta")
    with site.database.writing("test") as db:
        acme, beta = db.query(Connection).order_by(Connection.name)
        acme.shared_with = [beta.id]
    visitor = site.bookkeeper()
    visitor.get("/c/acme/company-file")
    assert "<dd>beta</dd>" in visitor.page
    assert "One link at a time sends to the file." in visitor.page


def test_a_drain_is_shown_and_ended_on_the_first_page(site: Site) -> None:
    site.add_connection()
    with site.database.writing("test") as db:
        drain.begin(db, "command line", NOW)
    visitor = site.bookkeeper()
    visitor.get("/")
    assert "No update of the Web Connector begins." in visitor.page
    assert "Updates begin again." in visitor.press("/", "/drain/end", {})
    visitor.get("/")
    assert "No update of the Web Connector begins." not in visitor.page
