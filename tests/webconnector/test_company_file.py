"""The right company file, or nothing is sent."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks import (
    Company,
    InProcessQuickBooks,
    Person,
    QuickBooksPort,
    QuickBooksSession,
    new_company,
)
from qbwc_service.demo.quickbooks.books import read_books
from qbwc_service.demo.web_connector.faults import HcpFault
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import company_file
from tests.world import World, paid, sale


def test_the_first_update_learns_the_company_and_its_place(world: World) -> None:
    world.update()

    connection = world.connection()
    assert connection.company_name == "Blue Sky Demo"
    assert connection.company_file.endswith("Blue Sky Demo.qbw")


def test_another_company_gets_nothing(world: World, tmp_path: Path) -> None:
    world.update()
    world.keap_has(sale(1))
    with closing(
        new_company(tmp_path / "other.db", name="Beta LLC", items=("HAMMER",), clock=world.clock)
    ) as other:
        result = world.update(other)

    assert result.ended is Ended.ERROR
    assert result.status.startswith("Another company file is open in QuickBooks. ")
    assert "open is Beta LLC" in result.status
    assert world.errors() == ["wrong-company-file"]
    assert world.statuses()[1][0] in {"new", "ready"}


def test_a_malformed_first_response_does_not_stop_the_update(world: World) -> None:
    world.keap_has(sale(1))
    world.faults.hcp = HcpFault.MALFORMED

    assert world.update().errors == []
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_a_missing_first_response_is_asked_for(world: World) -> None:
    world.keap_has(sale(1))
    world.faults.hcp = HcpFault.MISSING

    assert world.update().errors == []
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_comma_decimals_in_the_first_response_are_read(world: World) -> None:
    world.keap_has(sale(1))
    world.faults.hcp = HcpFault.COMMA_DECIMAL

    assert world.update().errors == []
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


@dataclass
class WithoutPreferences:
    """A QuickBooks whose answers lack the preferences, so many times."""

    inner: QuickBooksPort
    times: int

    def begin_session(self, company_file: str) -> QuickBooksSession:
        return self.inner.begin_session(company_file)

    def process(self, ticket: str, text: str) -> str:
        root = etree.fromstring(self.inner.process(ticket, text).encode())
        for preferences in root.findall(".//PreferencesQueryRs"):
            if self.times:
                self.times -= 1
                preferences.getparent().remove(preferences)
        return '<?xml version="1.0" ?>\n' + etree.tostring(root).decode()

    def end_session(self, ticket: str) -> None:
        self.inner.end_session(ticket)

    def write_file_id(self, owner_id: str, file_id: str) -> None:
        self.inner.write_file_id(owner_id, file_id)


@pytest.mark.parametrize("times", [1, 2])
def test_preferences_that_are_missing_in_an_answer_are_asked_for_again(
    world: World, times: int
) -> None:
    """Sales tax is on in this company: sent as if it were off, QuickBooks would add 0.83."""
    world.keap_has(sale(1))
    quickbooks = WithoutPreferences(InProcessQuickBooks(world.company), times)

    assert world.web_connector(quickbooks=quickbooks).update().errors == []
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_nothing_is_sent_while_quickbooks_does_not_tell_its_preferences(world: World) -> None:
    world.keap_has(sale(1))
    world.human.forbid_reading("PreferencesQuery")

    assert "QuickBooks did not tell its preferences" in world.update().errors[0]
    assert world.invoices() == []
    assert world.errors() == ["preferences-unknown"]

    world.human.forbid_reading("")
    world.clock.pass_time(minutes=10)
    assert world.update().errors == []
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.errors() == []


def test_a_moved_file_is_read_but_not_written_until_the_owner_confirms(world: World) -> None:
    world.update()
    world.human.move_company_file(r"D:\Books\Blue Sky Demo.qbw")
    world.keap_has(sale(1))
    world.update()

    assert world.connection().write_block == "company-file-moved"
    assert world.invoices() == []

    with world.database.writing("test") as db:
        assert company_file.confirm_new_place(
            db, find_connection(db, "acme"), "Olga", world.clock.now
        )
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_a_restored_backup_is_noticed_before_anything_is_written(
    world: World, tmp_path: Path
) -> None:
    Person(world.company).backup(tmp_path / "backup.db")
    world.keap_has(sale(1), sale(2), payments=[paid(1, 1000)])
    world.update()
    Person(world.company).restore(tmp_path / "backup.db")
    world.keap_has(sale(3))
    world.update()

    assert world.connection().write_block == "company-file-restored"
    assert world.invoices() == []

    with world.database.writing("test") as db:
        assert company_file.confirm_restored(
            db, find_connection(db, "acme"), "Olga", world.clock.now
        )
    assert world.statuses()[1] == ("held", "gone-from-quickbooks")
    world.update()
    assert world.invoices() == [("3", "Ann Lee", "10.00")]

    world.decide().requeue(1)
    world.decide().requeue(2)
    world.update()
    assert [number for number, _, _ in world.invoices()] == ["1", "2", "3"]
    assert world.payments() == [("K10", "10.00", "1")]


def test_one_record_that_somebody_deleted_is_told_and_the_rest_goes_on(world: World) -> None:
    world.keap_has(sale(1), sale(2))
    world.update()
    first = next(i for i in world.books().invoices if i.number == "1")
    world.human.delete_invoice(first.txn_id)
    world.keap_has(sale(3))
    world.update()

    assert world.statuses()[1] == ("held", "gone-from-quickbooks")
    assert [number for number, _, _ in world.invoices()] == ["2", "3"]


# -- moved, rebuilt, copied, replaced: the ledger stays -----------------------------------------

NEW_PLACE = r"D:\Books\Blue Sky Demo.qbw"


def confirm_new_place(world: World) -> None:
    with world.database.writing("test") as db:
        assert company_file.confirm_new_place(
            db, find_connection(db, "acme"), "Olga", world.clock.now
        )


def take_the_open_one(world: World) -> None:
    with world.database.writing("test") as db:
        company_file.take_the_open_one(db, find_connection(db, "acme"), "Olga", world.clock.now)


def test_a_moved_file_without_our_mark_is_known_by_what_we_made(world: World) -> None:
    """Rebuilt or condensed: the FileID is gone. It is asked about, not refused."""
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.update()
    world.human.lose_private_data()
    world.human.move_company_file(NEW_PLACE)
    world.keap_has(sale(2))

    result = world.update()
    assert (result.ended, result.messages_with_writes) == (Ended.DONE, 0)
    assert world.connection().write_block == "company-file-moved"

    confirm_new_place(world)
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("2", "Ann Lee", "10.00")]
    assert world.payments() == [("K10", "10.00", "1")]
    assert world.connection().company_file == NEW_PLACE
    assert world.errors() == []


def test_the_company_was_renamed_in_a_file_without_our_mark(world: World, tmp_path: Path) -> None:
    world.keap_has(sale(1))
    world.update()
    world.human.lose_private_data()
    world.human.rename_company("Blue Sky Demo Inc")
    world.keap_has(sale(2))
    world.update()

    assert world.connection().company_name == "Blue Sky Demo Inc"
    assert [number for number, _, _ in world.invoices()] == ["1", "2"]


def test_an_unmarked_file_elsewhere_to_which_nothing_was_sent_is_taken_on_a_persons_word(
    world: World,
) -> None:
    world.update()
    world.human.lose_private_data()
    world.human.move_company_file(NEW_PLACE)
    world.keap_has(sale(1))
    assert world.update().ended is Ended.ERROR
    assert world.errors() == ["wrong-company-file"]

    take_the_open_one(world)
    world.update()
    assert world.connection().company_file == NEW_PLACE
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.errors() == []


def test_a_file_to_be_taken_is_learned_though_nothing_is_to_be_sent(world: World) -> None:
    world.update()
    assert world.update().ended is Ended.NONE
    take_the_open_one(world)

    assert world.update().ended is Ended.DONE
    assert world.connection().company_name == "Blue Sky Demo"
    assert world.update().ended is Ended.NONE


def test_the_file_of_another_link_is_not_taken_on_a_persons_word(world: World) -> None:
    world.update()
    world.company.write_file_id(
        world.new.owner_id, "{" + "0" * 8 + "-0000-0000-0000-" + "0" * 12 + "}"
    )
    take_the_open_one(world)
    world.keap_has(sale(1))

    assert world.update().ended is Ended.ERROR
    assert world.invoices() == []


def test_an_empty_file_that_is_taken_by_mistake_gets_nothing(world: World, tmp_path: Path) -> None:
    world.keap_has(sale(1), sale(2))
    world.update()
    take_the_open_one(world)
    world.keap_has(sale(3))
    with closing(
        new_company(
            tmp_path / "empty.db", name="Blue Sky 2027", items=("HAMMER",), clock=world.clock
        )
    ) as empty:
        result = world.update(empty)

    assert result.messages_with_writes == 0
    assert world.connection().write_block == "company-file-restored"
    assert {status for status, _ in world.statuses().values()} <= {
        "posted-payment-open",
        "new",
        "ready",
    }


def test_a_copy_that_is_the_real_file_from_now_on_keeps_the_ledger(
    world: World, tmp_path: Path
) -> None:
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.update()
    world.human.backup(tmp_path / "copy.db")
    with closing(Company(tmp_path / "copy.db", clock=world.clock)) as copy:
        Person(copy).move_company_file(NEW_PLACE)
        world.keap_has(sale(2))
        assert world.update(copy).messages_with_writes == 0
        confirm_new_place(world)
        world.update(copy)

        assert [invoice.number for invoice in read_books(copy).invoices] == ["1", "2"]
        assert [payment.ref_number for payment in read_books(copy).payments] == ["K10"]


def test_the_old_file_that_is_opened_again_is_asked_about(world: World, tmp_path: Path) -> None:
    world.human.backup(tmp_path / "copy.db")
    world.update()
    with closing(Company(tmp_path / "copy.db", clock=world.clock)) as copy:
        Person(copy).move_company_file(NEW_PLACE)
        world.keap_has(sale(1), sale(2))
        world.update(copy)
        confirm_new_place(world)
        world.update(copy)
        world.keap_has(sale(3))

        assert world.update().messages_with_writes == 0
        assert world.connection().write_block == "company-file-restored"
