"""A new connection from the form to the last step."""

import pytest

from qbwc_service.ledger.models import Connection, MirrorRecord
from tests.admin.site import NOW, Site

ACCOUNTS = {"income_account": "Sales", "tax_account": "Sales Tax Payable"}


def connection(site: Site, name: str = "acme") -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).filter_by(name=name).one()


def open_step(page: str) -> str:
    """The heading of the step that is open; "" when all are done."""
    _, _, rest = page.partition('aria-current="step"')
    return rest.partition("<h2>")[2].partition(" <")[0]


def test_a_connection_is_added_and_its_set_up_begins(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/")
    assert "<h1>My connections</h1>" in visitor.page
    assert "There is no connection yet." in visitor.page
    form = {
        "name": "acme",
        "keap_account": "https://IQ146.infusionsoft.com/x",
        "start_date": "2026-10-01",
    }
    page = visitor.press("/connections/add", "/connections/add", form)
    row = connection(site)
    assert (row.keap_account, row.settings) == ("iq146", {"start_date": "2026-10-01"})
    assert open_step(page) == "1. Connect Keap"


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"name": "Acme Books"}, "use 1 to 40 small letters, digits and hyphens"),
        ({"name": ""}, "use 1 to 40 small letters, digits and hyphens"),
        ({"name": "acme"}, "choose another name"),
        ({"name": "beta", "keap_account": "<b>!"}, "is not a Keap account"),
        ({"name": "beta", "start_date": "soon"}, "Write a day like 2026-10-31."),
    ],
)
def test_what_cannot_be_added_is_told_and_what_was_typed_stays(
    site: Site, form: dict[str, str], problem: str
) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/connections/add")
    assert visitor.post("/connections/add", form).status_code == 422
    assert problem in visitor.page
    assert "<b>!" not in visitor.page
    with site.database.reading() as db:
        assert db.query(Connection).count() == 1


def test_the_open_step_is_the_first_that_is_not_done(site: Site) -> None:
    site.add_connection(keap_key="")
    visitor = site.bookkeeper()

    def step(**columns: object) -> str:
        with site.database.writing("test") as db:
            for name, value in columns.items():
                setattr(db.query(Connection).one(), name, value)
        visitor.get("/c/acme/set-up")
        return open_step(visitor.page)

    assert step() == "1. Connect Keap"
    assert step(keap_key=site.secrecy.encrypt("k")) == "2. Connect QuickBooks"
    assert "/c/acme/qwc" in visitor.page
    assert "Waiting for its first call." in visitor.page
    refused = "Refused: the password was wrong."
    assert step(last_contact_at=NOW, last_contact_result=refused) == "2. Connect QuickBooks"
    assert refused in visitor.page
    assert step(company_file="C:\\Acme.qbw") == "2. Connect QuickBooks"
    with site.books() as books:
        books.message_set("<QBXML/>", None)
    assert step() == "3. Choose the accounts for new items"
    assert step(settings=ACCOUNTS) == ""
    assert "All three steps are done." in visitor.page


def test_the_accounts_are_chosen_among_those_of_the_company_file(site: Site) -> None:
    site.add_connection(last_contact_at=NOW)
    with site.books() as books:
        books.message_set("<QBXML/>", None)
    with site.database.writing("test") as db:
        acme = db.query(Connection).one().id
        for number, name in enumerate(("Sales", "Old"), 1):
            db.add(
                MirrorRecord(
                    connection_id=acme,
                    list_name="Account",
                    list_id=f"8-{number}",
                    name=name,
                    full_name=name,
                    name_key=name.lower(),
                    full_name_key=name.lower(),
                    is_active=name == "Sales",
                )
            )
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up")
    assert '<option value="Sales">' in visitor.page
    assert '<option value="Old">' not in visitor.page
    page = visitor.press("/c/acme/set-up", "/c/acme/set-up/accounts", ACCOUNTS)
    assert "The accounts are saved." in page
    assert connection(site).settings == {"start_date": "2026-11-01"} | ACCOUNTS


def test_one_account_alone_is_not_saved(site: Site) -> None:
    site.add_connection()
    with site.books() as books:
        books.message_set("<QBXML/>", None)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up")
    form = {"income_account": "<Sales>"}
    assert visitor.post("/c/acme/set-up/accounts", form).status_code == 422
    assert "Choose an account." in visitor.page
    assert "&lt;Sales&gt;" in visitor.page
    assert connection(site).settings == {"start_date": "2026-11-01"}


def test_without_a_client_id_nothing_leads_to_keap(site: Site) -> None:
    site.add_connection(keap_key="")
    visitor = site.bookkeeper()
    visitor.get("/c/acme/keap")
    ask = "/c/acme/keap/sign-in"
    assert '"Sign in with Keap" is not offered' in visitor.page
    assert "keys.developer.keap.com" in visitor.page
    assert "https://sync.example.com/keap/callback" in visitor.page
    assert ask not in visitor.page
    assert visitor.get(ask).location == "/c/acme/keap"
    visitor.get("/c/acme/keap")
    assert visitor.post(ask).location == "/c/acme/keap"
    visitor.get("/c/acme/set-up")
    assert '"Sign in with Keap" is not offered' in visitor.page
