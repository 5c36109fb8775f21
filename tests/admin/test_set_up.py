"""The set-up, step by step: what is done is read off the data, and it leaves off where one left."""

import html
import re
from datetime import date, timedelta

import pytest

from qbwc_service.demo.keap import SimulatedKeap
from qbwc_service.ledger import error_log, leases, set_up, states
from qbwc_service.ledger.models import (
    Connection,
    KeapOrder,
    MirrorList,
    MirrorRecord,
    OrderStatus,
    Reconciliation,
)
from qbwc_service.ledger.set_up import Question, Tick
from qbwc_service.planning.last_days import LastDays
from tests.admin.site import NOW, Site, Visitor

FILE = "C:\\Books\\Acme.qbw"
DAYS = LastDays(
    date(2026, 10, 25),
    date(2026, 11, 23),
    orders=214,
    paid=180,
    part_paid=9,
    unpaid=25,
    failed_charges=3,
    newest_order=4931,
    methods=(("Visa", 120), ("Wire", 3)),
    taxes=(("County tax", 40),),
)


def connection(site: Site, name: str = "acme") -> Connection:
    with site.database.reading() as db:
        return db.query(Connection).filter_by(name=name).one()


def change(site: Site, **columns: object) -> None:
    with site.database.writing("test") as db:
        for name, value in columns.items():
            setattr(db.query(Connection).one(), name, value)


def tick(site: Site, *ticks: Tick | Question) -> None:
    with site.database.writing("test") as db:
        set_up.tick(db, db.query(Connection).one(), *ticks)


def count_days(site: Site) -> None:
    with site.database.writing("test") as db:
        set_up.keep_last_days(db, db.query(Connection).one(), DAYS, NOW)


def lists(site: Site, **names: tuple[str, ...]) -> None:
    """Lists of QuickBooks, read to their end."""
    with site.database.writing("test") as db:
        acme = db.query(Connection).one().id
        for list_name, entries in names.items():
            db.add(MirrorList(connection_id=acme, list_name=list_name, loaded_at=NOW, read_at=NOW))
            for number, name in enumerate(entries, 1):
                key = name.lower()
                db.add(
                    MirrorRecord(
                        connection_id=acme,
                        list_name=list_name,
                        list_id=f"{list_name[:3]}-{number}",
                        name=name,
                        full_name=name,
                        name_key=key,
                        full_name_key=key,
                    )
                )


def connect_quickbooks(site: Site) -> None:
    """The Web Connector came in, named the company and brought the lists."""
    change(site, last_contact_at=NOW, company_name="Acme Ltd", company_file=FILE)
    with site.books() as books:
        books.message_set("<QBXML/>", None)
    lists(site, Customer=("Ada",), Item=("Hammer",), Account=("Sales", "Tax"))


def open_step(visitor: Visitor) -> str:
    """The step that the set-up leaves off at."""
    visitor.get("/c/acme/set-up")
    found = re.search(r'aria-current="step">([^<]+)<', visitor.page)
    return html.unescape(found[1]) if found else ""


def waiting_orders(site: Site, *orders: int) -> None:
    """Planned orders that wait for nothing but the switch."""
    with site.books() as books:
        for order in orders:
            invoice = books.invoice(books.order(order))
            states.hold(invoice, "not-switched-on", {"order": str(order)})


# -- welcome ---------------------------------------------------------------------------------------


def test_a_connection_is_added_not_yet_on_and_its_set_up_begins(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/")
    assert "There is no connection yet." in visitor.page
    form = {"name": "acme", "time_zone": "Europe/Berlin", "backed_up": "on"}
    visitor.press("/connections/add", "/connections/add", form)
    row = connection(site)
    assert (row.is_on, row.settings["time_zone"]) == (False, "Europe/Berlin")
    assert open_step(visitor) == "1. Connect Keap"
    visitor.get("/c/acme/set-up/quickbooks")
    assert "Make a back-up" not in visitor.page


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"name": "Acme Books"}, "use 1 to 40 small letters, digits and hyphens"),
        ({"name": "acme"}, "choose another name"),
        ({"name": "beta", "time_zone": "<b>"}, "is not a time zone like America/New_York"),
    ],
)
def test_what_cannot_be_added_is_told_and_what_was_typed_stays(
    site: Site, form: dict[str, str], problem: str
) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/connections/add")
    assert visitor.post("/connections/add", form | {"backed_up": "on"}).status_code == 422
    assert problem in html.unescape(visitor.page)
    assert 'name="backed_up" checked' in visitor.page
    assert "<b>" not in visitor.page
    with site.database.reading() as db:
        assert db.query(Connection).count() == 1


# -- the steps -------------------------------------------------------------------------------------


def test_the_set_up_leaves_off_at_the_first_step_that_is_not_done(site: Site) -> None:
    site.add_connection(is_on=False, keap_key="")
    visitor = site.bookkeeper()
    assert open_step(visitor) == "1. Connect Keap"
    change(site, keap_key=site.secrecy.encrypt("k"))
    assert open_step(visitor) == "2. Connect QuickBooks"
    connect_quickbooks(site)
    assert open_step(visitor) == "2. Connect QuickBooks", "nobody said that it is the right company"
    form = {"answer": "yes", "company_file": FILE}
    visitor.press("/c/acme/set-up", "/c/acme/set-up/company", form)
    assert open_step(visitor) == "3. Six questions"
    tick(site, *Question)
    assert open_step(visitor) == "4. Match products"
    visitor.press("/c/acme/set-up", "/c/acme/set-up/seen/products")
    assert open_step(visitor) == "5. Preview"
    visitor.press("/c/acme/set-up", "/c/acme/set-up/seen/preview")
    assert open_step(visitor) == "6. Send three"
    change(site, is_on=True)
    assert open_step(visitor) == "7. Switch on"
    assert "It is switched on" in visitor.page


def test_a_step_or_question_that_there_is_not_is_not_found(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    for address in ("nothing", "settings/nothing"):
        assert visitor.get(f"/c/acme/set-up/{address}").status_code == 404
    visitor.get("/c/acme/set-up")
    assert visitor.post("/c/acme/set-up/seen/keap").status_code == 404


def test_the_last_30_days_are_counted_in_keap_and_shown_at_the_first_step(
    keap_site: Site, keap: SimulatedKeap
) -> None:
    shop = keap.shop
    ann = shop.add_contact("Ann", "Lee", email="ann@example.com")
    shop.add_order(ann, [], on=NOW - timedelta(days=9))
    keap_site.add_connection(is_on=False, keap_key=keap_site.secrecy.encrypt(keap.key))
    visitor = keap_site.bookkeeper()
    page = visitor.press("/c/acme/set-up/keap", "/c/acme/set-up/last-days", {"back": "keap"})
    assert "1 order in the last 30 days" in page
    assert "This is the right account: go on" in page


def test_keap_that_does_not_answer_leaves_the_set_up_as_it_was(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    page = visitor.press("/c/acme/set-up/keap", "/c/acme/set-up/last-days", {"back": "keap"})
    assert "Your last 30 days could not be read." in page
    assert "Go on without counting" in page


# -- step 2 ----------------------------------------------------------------------------------------


def checks(visitor: Visitor) -> dict[str, str]:
    """The lines of the live list, and how each stands."""
    visitor.get("/c/acme/set-up/quickbooks")
    lines = re.findall(
        r'<li class="(\w+)"><span class="hidden">[^<]*</span>([^<]+)</li>', visitor.page
    )
    return {html.unescape(text): mark for mark, text in lines}


def test_auto_run_is_ticked_only_after_the_first_orders_were_looked_at(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up/quickbooks")
    assert "Update Selected" in visitor.page
    assert "Auto-Run" not in visitor.page


def test_the_list_turns_green_as_the_web_connector_calls(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    assert checks(visitor)["Download the connection file"] == "waiting"
    file = visitor.post("/c/acme/set-up/file")
    assert file.headers["Content-Disposition"] == 'attachment; filename="keap-acme.qwc"'
    assert "<QBWCXML>" in visitor.page
    visitor.get("/c/acme/password")
    # There is none yet that could be refused.
    assert ("<h1>Make the password</h1>" in visitor.page, "is refused" in visitor.page) == (1, 0)
    visitor.post("/c/acme/password")
    visitor.get("/c/acme/password")
    assert "Make a new password?" in visitor.page
    site.now = NOW + timedelta(minutes=3)
    found = checks(visitor)
    assert found["Connection file downloaded"] == "done"
    assert found["Password made"] == "done"
    assert found["Waiting for the Web Connector to call (3 minutes)"] == "waiting"
    assert found["Lists read"] == "later"

    change(site, last_contact_at=NOW)
    with site.database.writing("test") as db:
        acme = db.query(Connection).one().id
        error_log.tell(db, acme, "web-connector-password", {"user": "acme"}, now=NOW)
    wrong = "It called, but the password was wrong. Make a new password and paste it again."
    assert checks(visitor)[wrong] == "trouble"

    with site.database.writing("test") as db:
        error_log.solve(db, acme, now=NOW, messages=["web-connector-password"])
    connect_quickbooks(site)
    assert set(checks(visitor).values()) == {"done"}
    assert "Lists read: Customers 1, Items 1, Accounts 2" in checks(visitor)
    assert "Is this the right company?" in visitor.page


def test_yes_is_kept_for_this_file_and_has_its_numbers_read(site: Site) -> None:
    site.add_connection(is_on=False)
    connect_quickbooks(site)
    visitor = site.bookkeeper()
    form = {"answer": "yes", "company_file": FILE}
    page = visitor.press("/c/acme/set-up", "/c/acme/set-up/company", form)
    assert "Go on to the six questions" in page
    with site.database.reading() as db:
        assert db.query(Reconciliation).count() == 1
    change(site, company_file="D:\\Other.qbw")
    assert open_step(visitor) == "2. Connect QuickBooks"


def test_no_stops_and_the_file_that_is_open_next_is_taken(site: Site) -> None:
    site.add_connection(is_on=False)
    connect_quickbooks(site)
    visitor = site.bookkeeper()
    form = {"answer": "no", "company_file": FILE}
    page = visitor.press("/c/acme/set-up", "/c/acme/set-up/company", form)
    assert "Nothing was sent to that company" in page
    row = connection(site)
    assert (row.paused, row.company_file, row.company_name) == (True, "", "")
    with site.database.reading() as db:
        assert db.query(MirrorList).count() == 0
    visitor.press("/c/acme/set-up/quickbooks", "/c/acme/set-up/go-on")
    assert not connection(site).paused


def test_an_answer_about_another_file_than_the_one_shown_changes_nothing(site: Site) -> None:
    site.add_connection(is_on=False)
    connect_quickbooks(site)
    visitor = site.bookkeeper()
    form = {"answer": "no", "company_file": "D:\\Earlier.qbw"}
    page = visitor.press("/c/acme/set-up", "/c/acme/set-up/company", form)
    assert "please look once more" in page
    assert not connection(site).paused


def test_the_ticks_about_the_computer_stay(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    page = "/c/acme/set-up/quickbooks"
    address = "/c/acme/set-up/this-computer"
    visitor.press(page, address, {"tick": ["no-sleep", "one-computer", "looks-right"]})
    assert re.findall(r'value="([\w-]+)" checked', visitor.page) == ["no-sleep", "one-computer"]
    visitor.press(page, address, {"tick": ["no-sleep"]})
    assert re.findall(r'value="([\w-]+)" checked', visitor.page) == ["no-sleep"]


# -- step 3 ----------------------------------------------------------------------------------------


def test_a_question_shows_the_figures_and_the_recommended_answer(site: Site) -> None:
    site.add_connection(is_on=False)
    count_days(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up/settings/form")
    told = "In the last 30 days you had 214 orders: 180 paid in full, 9 part paid, 25 unpaid."
    assert told in visitor.page
    assert "3 charges failed; a failed charge is never sent." in visitor.page
    assert 'value="" checked> <span>An invoice, and a payment once it is paid (recommended)' in (
        visitor.page
    )


def test_pro_has_no_sales_orders(site: Site) -> None:
    site.add_connection(is_on=False, quickbooks={"product": "QuickBooks Pro 2023"})
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up/settings/form")
    assert "Not possible: QuickBooks Pro 2023 has no sales orders." in visitor.page
    assert 'value="sales-order" disabled' in visitor.page


def test_the_answers_are_the_settings_and_lead_from_one_question_to_the_next(site: Site) -> None:
    site.add_connection(is_on=False)
    lists(site, Account=("Sales", "Tax", "Bank"), PaymentMethod=("Visa", "Wire"), Item=("County",))
    count_days(site)
    visitor = site.bookkeeper()
    at = "/c/acme/set-up/settings"

    def answer(question: str, **form: object) -> str:
        visitor.get(f"{at}/{question}")
        response = visitor.post(f"{at}/{question}", form)
        assert response.status_code == 302, visitor.page
        return str(response.location).rpartition("/")[2]

    assert answer("form", transaction="invoice") == "which-orders"
    which = {"start_date": "2026-11-20", "drafts": "skip", "zero_orders": ""}
    ticked = ["paid in full", "unpaid"]
    assert answer("which-orders", order_status=ticked, **which) == "customer"
    one = {"customer_match": "single-customer", "missing_customer": "", "single_customer": "Web"}
    assert answer("customer", **one) == "payments"
    paid = {"words-0": "Wire", "method-0": "Wire", "deposit-0": "Bank"}
    assert answer("payments", income_account="Sales", **paid) == "tax"
    assert answer("tax", tax_account="Tax", shipping_item="Keap Shipping") == "numbers"
    assert answer("numbers", number_source="", number_prefix="KP-") == "settings"

    stored = dict(connection(site).settings)
    assert stored == {
        "start_date": "2026-11-20",
        "transaction": "invoice",
        "drafts": "skip",
        "order_status": "paid in full, unpaid",
        "customer_match": "single-customer",
        "single_customer": "Web",
        "income_account": "Sales",
        "tax_account": "Tax",
        "number_prefix": "KP-",
    }
    visitor.get("/c/acme/set-up/settings")
    assert "All six are answered." in visitor.page
    visitor.get("/c/acme/set-up/settings/payments")
    assert '<option value="Wire" selected>' in visitor.page


def test_what_cannot_be_saved_says_why_and_the_question_stays_open(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    for question, form, problem in (
        ("which-orders", {"start_date": "2026-11-20"}, "Tick at least one"),
        ("which-orders", {"start_date": "", "order_status": "unpaid"}, "Choose the first day."),
        ("payments", {"income_account": ""}, "Choose an account."),
        ("numbers", {"number_prefix": "TOO-LONG-"}, "at most 6 characters"),
    ):
        visitor.get(f"/c/acme/set-up/settings/{question}")
        assert visitor.post(f"/c/acme/set-up/settings/{question}", form).status_code == 422
        assert problem in visitor.page
    assert connection(site).settings == {"start_date": "2026-11-01"}
    visitor.get("/c/acme/set-up/settings")
    assert "Begin" in visitor.page


def test_the_number_is_shown_with_the_prefix_that_is_typed_and_nothing_is_saved(site: Site) -> None:
    site.add_connection(is_on=False)
    count_days(site)
    visitor = site.bookkeeper()
    address = "/c/acme/set-up/settings/numbers"
    visitor.get(f"{address}?number_prefix=KP-&number_source=")
    assert "KP-4931 (7 of 11 characters)" in visitor.page
    visitor.post(address, {"show": "1", "number_prefix": "SHOP--", "number_source": ""})
    assert "SHOP--4931 (10 of 11 characters)" in visitor.page
    assert "number_prefix" not in connection(site).settings


# -- steps 6 and 7 ---------------------------------------------------------------------------------


def test_the_chosen_orders_go_and_no_other(site: Site) -> None:
    site.add_connection(is_on=False)
    waiting_orders(site, *range(101, 115))
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up/send-three")
    offered = re.findall(r'name="order" value="(\d+)"[^>]*?( checked)?>', visitor.page)
    assert [number for number, _ in offered] == [str(number) for number in range(114, 104, -1)]
    assert [number for number, ticked in offered if ticked] == ["114", "113", "112"]
    form = {"order": ["114", "112"]}
    page = visitor.press("/c/acme/set-up/send-three", "/c/acme/set-up/send-three", form)
    assert "In the Web Connector press Update Selected" in page
    assert "0 of 2 orders in QuickBooks so far." in page
    assert connection(site).trial_orders == [114, 112]
    with site.database.reading() as db:
        planned = db.query(KeapOrder).filter_by(needs_plan=True)
        assert sorted(order.keap_id for order in planned) == [112, 114]


def test_without_a_tick_nothing_is_sent(site: Site) -> None:
    site.add_connection(is_on=False)
    waiting_orders(site, 101)
    visitor = site.bookkeeper()
    page = visitor.press("/c/acme/set-up/send-three", "/c/acme/set-up/send-three", {})
    assert "Tick the orders to send; three are enough. Nothing was sent." in page
    assert connection(site).trial_orders == []


def test_why_there_is_no_order_to_choose_is_told(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up/send-three")
    assert "Keap has not been read yet." in visitor.page
    change(site, last_sync_at=NOW)
    visitor.get("/c/acme/set-up/send-three")
    assert "has no order from your start date on" in visitor.page
    with site.books() as books:
        states.hold(books.invoice(books.order(7)), "no-item", {"order": "7"})
    visitor.get("/c/acme/set-up/send-three")
    assert "1 order needs you first" in visitor.page


def test_keap_is_read_at_once_where_somebody_reads_it(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor, woken = site.bookkeeper(), site.woken
    pressed = ("/c/acme/set-up/send-three", "/c/acme/set-up/read", {"back": "send-three"})
    assert "tell whoever runs it" in visitor.press(*pressed)
    assert site.woken == woken
    with site.database.writing("test") as db:
        leases.acquire(db, leases.SCHEDULER, "the job", NOW, timedelta(minutes=1))
    assert "Keap is being read." in visitor.press(*pressed)
    assert site.woken == woken + 1


def arrived(site: Site) -> None:
    """Order 101 of the trial is in QuickBooks."""
    with site.books() as books:
        order = books.order(101)
        books.posted(books.invoice(order), "T-1")
        books.connection.trial_orders = [101]


def test_it_is_switched_on_only_with_the_tick(site: Site) -> None:
    site.add_connection(is_on=False)
    arrived(site)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up/switch-on")
    assert "They look right" in visitor.page
    page = visitor.press("/c/acme/set-up/switch-on", "/c/acme/set-up/switch-on", {})
    assert "Nothing was switched on" in page
    assert not connection(site).is_on
    form = {"looks_right": "on", "alert_emails": "bea"}
    page = visitor.press("/c/acme/set-up/switch-on", "/c/acme/set-up/switch-on", form)
    assert "Nothing was switched on" in page
    assert not connection(site).is_on
    form = {"looks_right": "on", "alert_emails": "bea@example.com"}
    page = visitor.press("/c/acme/set-up/switch-on", "/c/acme/set-up/switch-on", form)
    assert "tick Auto-Run there" in page
    assert connection(site).is_on
    assert connection(site).settings["alert_emails"] == "bea@example.com"


def test_a_shop_without_an_order_can_be_switched_on_all_the_same(site: Site) -> None:
    site.add_connection(is_on=False)
    visitor = site.bookkeeper()
    visitor.get("/c/acme/set-up/switch-on")
    assert "I switch on without having looked at one" in visitor.page
    waiting_orders(site, 101)
    visitor.get("/c/acme/set-up/switch-on")
    assert "They look right" not in visitor.page
    assert "without having looked" not in visitor.page


def test_the_trial_is_undone(site: Site) -> None:
    site.add_connection(is_on=False)
    arrived(site)
    visitor = site.bookkeeper()
    page = visitor.press("/c/acme/set-up/send-three", "/c/acme/set-up/undo-three", {})
    assert "1 order taken back." in page
    assert connection(site).trial_orders == []
    with site.database.reading() as db:
        order = db.query(KeapOrder).one()
        assert (order.status, order.cause) == (OrderStatus.READY, "being-undone")
    page = visitor.press("/c/acme/set-up/send-three", "/c/acme/set-up/undo-three", {})
    assert "taken back" not in page


# -- Keap's own pages ------------------------------------------------------------------------------


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
