"""What people do in QuickBooks' lists between two updates, and what can happen to the reading."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_service.demo.quickbooks import InProcessQuickBooks, NotSupported, Person
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.models import ErrorEntry, MirrorRecord, UpdateSession
from qbwc_service.webconnector import mirrored_lists
from qbwc_service.webconnector.phases import mirror
from tests.world import World, product, sale


def records(world: World, list_name: str) -> dict[str, bool]:
    """Full name of everything mirrored of that list, and whether it is active."""
    with world.database.reading() as db:
        rows = db.scalars(select(MirrorRecord).where(MirrorRecord.list_name == list_name))
        return {row.full_name: row.is_active for row in rows}


def details(world: World, list_name: str, full_name: str) -> dict[str, Any]:
    with world.database.reading() as db:
        row = db.scalars(
            select(MirrorRecord).where(
                MirrorRecord.list_name == list_name, MirrorRecord.full_name == full_name
            )
        ).one()
        return dict(row.details)


def later(world: World) -> int:
    """The next reading of the lists, a day later; how many messages it took."""
    world.clock.pass_time(hours=25)
    result = world.update()
    assert result.errors == []
    return result.round_trips


class Recording(InProcessQuickBooks):
    """Keeps the messages, and lets a test change an answer."""

    def __init__(self, world: World, change: Callable[[int, str, str], str] | None = None) -> None:
        super().__init__(world.company)
        self.sent: list[str] = []
        self._change = change

    def process(self, ticket: str, text: str) -> str:
        self.sent.append(text)
        answer = super().process(ticket, text)
        return self._change(len(self.sent), text, answer) if self._change else answer


#: the list as we call it, the one as a person adds to it, and what makes a new member
LISTS: list[tuple[str, str, dict[str, Any]]] = [
    ("Customer", "Customer", {}),
    ("Vendor", "Vendor", {}),
    ("Employee", "Employee", {}),
    ("OtherName", "OtherName", {}),
    ("Item", "ItemService", {"SalesOrPurchase": {"AccountRef": {"FullName": "Sales"}}}),
    ("Item", "ItemInventory", {"IncomeAccountRef": {"FullName": "Sales"}}),
    ("Item", "ItemSalesTax", {"TaxRate": "3.0"}),
    ("Account", "Account", {"AccountType": "Bank"}),
    ("Terms", "StandardTerms", {"StdDueDays": "7"}),
    ("Terms", "DateDrivenTerms", {"DayOfMonthDue": "1"}),
    ("Class", "Class", {}),
    ("PaymentMethod", "PaymentMethod", {"PaymentMethodType": "Other"}),
    ("SalesTaxCode", "SalesTaxCode", {"IsTaxable": "true"}),
    ("Template", "Template", {"TemplateType": "Invoice"}),
    ("SalesRep", "SalesRep", {"SalesRepEntityRef": {"FullName": "Sam Seller"}}),
    ("ShipMethod", "ShipMethod", {}),
    ("Currency", "Currency", {"CurrencyCode": "CHF"}),
]
each_list = pytest.mark.parametrize(
    ("name", "kind", "body"), LISTS, ids=[kind for _, kind, _ in LISTS]
)


@each_list
def test_what_a_person_does_in_a_list_is_seen_at_the_next_update(
    world: World, name: str, kind: str, body: dict[str, Any]
) -> None:
    world.human.switch("multi-currency", on=True)
    world.human.add(kind, "XA", body)
    world.human.add(kind, "XB", body)
    world.human.add(kind, "XC", body)
    world.human.add(kind, "XD", body)
    world.update()
    assert {"XA", "XB", "XC", "XD"} <= set(records(world, name))

    world.clock.pass_time(hours=1)
    world.human.rename(kind, "XA", "YA")
    world.human.make_inactive("XB", kind)
    world.human.delete(kind, "XC")
    world.human.merge(kind, "XD", "YA")
    world.human.add(kind, "XE", body)
    assert later(world) == 1

    found = {full: active for full, active in records(world, name).items() if full[0] in "XY"}
    assert found == {"YA": True, "XB": False, "XE": True}


def test_no_list_is_forgotten_here() -> None:
    assert {name for name, _, _ in LISTS} == set(mirrored_lists.BY_NAME)


def test_everything_that_is_kept_of_the_lists_arrives(world: World) -> None:
    world.human.add(
        "ItemService", "Tools", {"SalesOrPurchase": {"AccountRef": {"FullName": "Sales"}}}
    )
    world.human.add(
        "ItemService",
        "Rake",
        {
            "ParentRef": {"FullName": "Tools"},
            "SalesOrPurchase": {"AccountRef": {"FullName": "Sales"}},
        },
    )
    world.update()

    assert "Tools:Rake" in records(world, "Item")
    assert details(world, "Item", "Stock sample") == {
        "kind": "Inventory",
        "part_number": "SAMPLE-16",
        "barcode": "4006381333931",
        "custom_fields": {"Shop SKU": "SMP"},
    }
    assert details(world, "Item", "State Sales Tax") == {"kind": "SalesTax", "tax_rate": "8.25"}
    group = details(world, "Item", "State and City Sales Tax")
    assert (group["kind"], len(group["tax_items"])) == ("SalesTaxGroup", 2)
    assert details(world, "SalesTaxCode", "Non") == {"IsTaxable": "false"}
    assert details(world, "SalesRep", "SS")["SalesRepEntityRef"] == "Sam Seller"
    assert details(world, "Terms", "15th of the month")["DayOfMonthDue"] == "15"
    assert details(world, "Account", "Sales") == {"AccountType": "Income"}
    assert details(world, "Template", "Web Invoice") == {"TemplateType": "Invoice"}


def test_a_renamed_parent_renames_its_jobs_even_where_they_do_not_come(world: World) -> None:
    parent = world.human.add_customer("Ann")
    world.human.add("Customer", "Roof", {"ParentRef": {"ListID": parent}})
    world.update()
    world.human.rename_customer("Ann", "Anna")

    def without_the_job(_number: int, _text: str, answer: str) -> str:
        return re.sub(r"<CustomerRet>(?:(?!</CustomerRet>).)*Roof.*?</CustomerRet>", "", answer,
                      flags=re.DOTALL)  # fmt: skip

    world.clock.pass_time(hours=25)
    world.web_connector(quickbooks=Recording(world, without_the_job)).update()

    assert set(records(world, "Customer")) == {"Anna", "Anna:Roof"}


def test_a_reading_without_news_is_one_message_and_plans_nothing_again(world: World) -> None:
    world.keap_has(sale(1))
    world.update()
    later(world)
    planned = world.connection().plans_stale_since
    world.human.make_active("Sales", "Account")  # saved again, with nothing changed

    assert later(world) == 3  # our newest records, the lists, and what we posted is compared
    assert world.connection().plans_stale_since == planned


def test_names_that_one_import_wrote_are_not_read_at_every_update(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "PAGE", 20)
    for number in range(50):
        world.human.add_customer(f"Customer {number}")
    world.clock.pass_time(hours=1)
    assert world.update().round_trips == 3
    world.clock.pass_time(hours=13)
    assert world.update().round_trips == 3  # written within the overlap before they were read
    world.clock.pass_time(hours=40)
    world.human.rename_customer("Customer 7", "Renamed")
    world.update()
    assert "Renamed" in records(world, "Customer")
    assert later(world) == 1
    world.human.rename_customer("Customer 8", "Another")
    assert later(world) == 1
    assert "Another" in records(world, "Customer")


def test_a_list_in_which_nothing_happens_is_followed_by_what_happens_elsewhere(
    world: World,
) -> None:
    world.human.add_customer("Ann")
    world.update()
    world.clock.pass_time(hours=20)
    world.human.add_vendor("Nails Inc")
    for _ in range(2):
        later(world)
    quickbooks = Recording(world)
    world.clock.pass_time(hours=13)
    world.web_connector(quickbooks=quickbooks).update()

    sent = quickbooks.sent[-1]
    asked = re.findall(r"<FromModifiedDate>(.*?)</FromModifiedDate>", sent)
    assert min(asked) >= "2026-11-24T09:00:00"


# -- what QuickBooks refuses -----------------------------------------------------------------------


def test_currencies_are_asked_for_only_where_there_are_several(world: World) -> None:
    quickbooks = Recording(world)
    world.web_connector(quickbooks=quickbooks).update()
    assert "CurrencyQueryRq" not in "".join(quickbooks.sent)
    assert world.errors() == []

    world.human.switch("multi-currency", on=True)
    later(world)
    assert set(records(world, "Currency")) == {"US Dollar", "Euro"}
    assert world.update().ended is Ended.NONE


def test_a_refused_list_is_told_once_and_blocks_nothing(world: World) -> None:
    world.human.forbid_reading("ClassQuery")
    world.keap_has(sale(1))
    quickbooks = Recording(world)
    result = world.web_connector(quickbooks=quickbooks).update()

    assert result.ended is Ended.DONE
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert len([text for text in quickbooks.sent if "ClassQueryRq" in text]) == 1
    assert world.errors() == ["list-not-readable"]
    with world.database.reading() as db:
        entry = db.scalars(select(ErrorEntry)).one()
        assert entry.details["lists"] == "classes"

    world.clock.pass_time(hours=1)
    world.keap_has(sale(2))
    again = Recording(world)
    world.web_connector(quickbooks=again).update()
    assert "ClassQueryRq" not in "".join(again.sent)
    assert world.errors() == ["list-not-readable"]

    world.human.forbid_reading("")
    later(world)
    assert world.errors() == []
    assert set(records(world, "Class")) == {"Online", "Shop"}


def test_a_needed_list_that_is_refused_is_asked_for_at_every_update(world: World) -> None:
    world.human.forbid_reading("ItemQuery")
    world.keap_has(sale(1))
    assert world.update().ended is Ended.DONE
    assert (world.invoices(), world.errors()) == ([], ["list-not-readable"])

    world.human.forbid_reading("")
    world.clock.pass_time(minutes=1)
    world.update()
    assert (world.invoices(), world.errors()) == ([("1", "Ann Lee", "10.00")], [])


def test_deletions_that_could_not_be_asked_for_are_asked_for_again(world: World) -> None:
    world.human.add("Class", "Old")
    world.update()
    world.clock.pass_time(hours=1)
    world.human.delete("Class", "Old")
    world.clock.pass_time(hours=1)

    def refused(_number: int, _text: str, answer: str) -> str:
        return re.sub(
            r'<ListDeletedQueryRs requestID="deleted:lists"[^>]*>.*?</ListDeletedQueryRs>',
            '<ListDeletedQueryRs requestID="deleted:lists" statusCode="1010" '
            'statusSeverity="Error" statusMessage="Not now"/>',
            answer,
            flags=re.DOTALL,
        )

    world.keap_has(sale(1))
    world.web_connector(quickbooks=Recording(world, refused)).update()
    assert "Old" in records(world, "Class")
    world.clock.pass_time(days=3)
    later(world)
    assert "Old" not in records(world, "Class")


# -- a reading that is cut -------------------------------------------------------------------------


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "PAGE", 3)


@pytest.mark.usefixtures("small_pages")
def test_a_lost_iterator_begins_anew_without_harm(world: World) -> None:
    names = {f"Customer {number}" for number in range(8)}
    for name in sorted(names):
        world.human.add_customer(name)

    def lose_it(number: int, _text: str, answer: str) -> str:
        if number == 2:
            world.company.begin_session()
        return answer

    result = world.web_connector(quickbooks=Recording(world, lose_it)).update()

    assert (result.ended, result.errors, world.errors()) == (Ended.DONE, [], [])
    assert set(records(world, "Customer")) == names
    assert result.round_trips == 5  # twice the first page, once the two others, and the one lost


@pytest.mark.usefixtures("small_pages")
def test_an_iterator_that_is_lost_again_and_again_ends(world: World) -> None:
    for number in range(8):
        world.human.add_customer(f"Customer {number}")

    def lose_it(_number: int, _text: str, answer: str) -> str:
        world.company.begin_session()
        return answer

    result = world.web_connector(quickbooks=Recording(world, lose_it)).update()
    assert result.ended is Ended.DONE
    assert world.errors() == ["list-not-readable"]
    world.clock.pass_time(hours=13)
    world.update()
    assert (len(records(world, "Customer")), world.errors()) == (8, [])


@contextmanager
def quickbooks_that_dies(world: World, at: int) -> Iterator[InProcessQuickBooks]:
    def die(number: int, _text: str, answer: str) -> str:
        if number == at:
            raise NotSupported("the power is gone")
        return answer

    yield Recording(world, die)


@pytest.mark.usefixtures("small_pages")
def test_a_first_load_that_is_cut_starts_over_and_doubles_nothing(world: World) -> None:
    for number in range(8):
        world.human.add_customer(f"Customer {number}")
    with quickbooks_that_dies(world, 3) as quickbooks, pytest.raises(NotSupported):
        world.web_connector(quickbooks=quickbooks).update()
    half = set(records(world, "Customer"))
    assert 0 < len(half) < 8
    assert world.invoices() == []

    # Long ago for QuickBooks' list of deletions, which is asked only from the load on.
    world.human.delete_customer("Customer 0")
    world.clock.pass_time(hours=9)
    world.human.add_customer("Customer 8")
    world.keap_has(sale(1))
    world.update()

    assert sorted(records(world, "Customer"))[-8:] == [f"Customer {n}" for n in range(1, 9)]
    assert "Customer 0" not in records(world, "Customer")
    later(world)
    assert set(records(world, "Customer")) == {
        "Ann Lee",
        *(f"Customer {number}" for number in range(1, 9)),
    }


@pytest.mark.usefixtures("small_pages")
def test_a_list_that_was_not_read_for_long_is_read_from_its_start(world: World) -> None:
    world.human.add_customer("Old")
    world.human.add_customer("New")
    world.update()
    world.human.delete_customer("Old")
    world.clock.pass_time(days=100)
    quickbooks = Recording(world)
    world.web_connector(quickbooks=quickbooks).update()

    assert set(records(world, "Customer")) == {"New"}
    assert "<ListDeletedQueryRq" not in "".join(quickbooks.sent)


def test_a_page_that_comes_after_its_session_is_not_believed(world: World) -> None:
    world.human.add_customer("Ann")
    world.update()

    def ended(_number: int, _text: str, answer: str) -> str:
        with world.database.writing("test") as db:
            for session in db.scalars(select(UpdateSession)):
                session.ended_at = session.ended_at or world.clock.now
        return answer

    world.human.add_customer("Bea")
    world.clock.pass_time(hours=25)
    world.web_connector(quickbooks=Recording(world, ended)).update()
    assert set(records(world, "Customer")) == {"Ann"}
    world.update()
    assert set(records(world, "Customer")) == {"Ann", "Bea"}


def test_held_orders_go_after_a_first_load_that_was_cut(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.keap_has(sale(1, product(sku="SPADE")))
    world.update()
    assert world.statuses() == {1: ("held", "item-not-in-quickbooks")}
    world.human.add_item("SPADE")
    for number in range(3):
        world.human.add_item(f"Z{number}")
    with world.database.writing("test") as db:
        mirror.mirror.load_afresh(db, world.connection().id)
    monkeypatch.setattr(mirror, "PAGE", 6)
    with quickbooks_that_dies(world, 4) as quickbooks, pytest.raises(NotSupported):
        world.web_connector(quickbooks=quickbooks).update()
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


# -- nearly full -----------------------------------------------------------------------------------


def fill(person: Person, first: int, last: int) -> None:
    for number in range(first, last + 1):
        person.add_customer(f"Customer {number:03}")


def test_it_warns_when_the_names_are_nearly_full_and_stops_when_they_are_not(world: World) -> None:
    world.human.set_capacity("Entity", 100)
    fill(world.human, 1, 91)  # and two vendors, one employee: 94
    world.update()
    assert world.errors() == []
    assert world.connection().quickbooks["list_capacity"] == {"Entity": 100, "Item": 14500}

    fill(world.human, 92, 92)
    later(world)
    assert world.errors() == ["list-nearly-full"]
    with world.database.reading() as db:
        entry = db.scalars(select(ErrorEntry)).one()
    assert entry.details["filled"].startswith("95 of at most 100 names (customers, vendors")
    assert "missing_customer to single-customer" in entry.details["advice"]

    world.human.delete_customer("Customer 001")
    later(world)
    assert world.errors() == []


def test_it_warns_of_both_lists_in_one_entry(world: World) -> None:
    world.human.set_capacity("Entity", 3)
    world.human.set_capacity("Item", 8)
    world.update()
    with world.database.reading() as db:
        entry = db.scalars(select(ErrorEntry)).one()
    names = "names (customers, vendors, employees and other names)"
    assert entry.message == "list-nearly-full"
    assert entry.details["filled"] == f"3 of at most 3 {names} and 8 of at most 8 items"


def test_an_update_knows_how_much_it_read(world: World) -> None:
    world.update()
    with world.database.reading() as db:
        counts = db.scalars(select(UpdateSession.read_counts)).one()
    assert counts["items"] == len(records(world, "Item")) > 0
    assert counts["vendors"] == len(records(world, "Vendor")) > 0
