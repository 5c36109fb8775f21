"""What happens between two calls: orders that change, payments that arrive, people who act."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks import InProcessQuickBooks
from qbwc_service.demo.web_connector.hcp import hcp_request
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.models import KeapOrder, MessageSet, MirrorList
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.planning.order import Buyer
from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.mirrored_lists import lists_of
from qbwc_service.webconnector.phases import mirror
from tests.world import World, paid, product, sale


class Interrupted(InProcessQuickBooks):
    """Does something the first time that a message with that text passes, then goes on."""

    def __init__(self, world: World, text: str, act: Callable[[], None]) -> None:
        super().__init__(world.company)
        self._text = text
        self._act: Callable[[], None] | None = act

    def process(self, ticket: str, text: str) -> str:
        answer = super().process(ticket, text)
        if self._act and self._text in text:
            act, self._act = self._act, None
            act()
        return answer


def plan_everything(world: World) -> None:
    with world.database.writing("test") as db:
        orders = list(db.scalars(select(KeapOrder)))
        plan_orders(db, find_connection(db, "acme"), orders, world.clock.now)


def test_a_payment_that_arrives_while_its_order_is_looked_up_is_looked_up_too(
    world: World,
) -> None:
    world.keap_has(sale(1, product(price=10000)))
    world.update()
    (invoice,) = world.books().invoices
    world.human.type_payment("Ann Lee", "60.00", invoice=invoice.txn_id, number="K12")
    world.keap_has(payments=[paid(1, 4000, payment_id=11)])

    def another_payment() -> None:
        world.keap_has(payments=[paid(1, 6000, payment_id=12)])
        plan_everything(world)

    quickbooks = Interrupted(world, ":references:", another_payment)
    world.web_connector(quickbooks=quickbooks).update()
    world.clock.pass_time(minutes=2)
    world.update()

    assert world.payments() == [("K11", "40.00", "1"), ("K12", "60.00", "1")]


def test_an_edit_while_the_order_is_in_flight_is_shown(world: World) -> None:
    world.keap_has(sale(1, product(price=10000)))
    edit = Interrupted(world, "InvoiceAddRq", lambda: world.keap_has(sale(1, product(price=15000))))
    world.web_connector(quickbooks=edit).update()
    world.update()

    assert world.invoices() == [("1", "Ann Lee", "100.00")]
    assert world.statuses() == {1: ("held", "edited-after-sending")}


def test_lists_of_several_pages_are_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "PAGE", 3)
    for number in range(8):
        world.human.add_customer(f"Customer {number}")
    result = world.update()

    assert result.round_trips == 3
    with world.database.reading() as db:
        lists = db.scalars(select(MirrorList)).all()
        assert {each.list_name for each in lists if each.loaded_at} == {
            each.name for each in lists_of({})
        }


def test_an_answer_without_its_id_is_settled_by_looking(world: World) -> None:
    class Absent(InProcessQuickBooks):
        spoil = True

        def process(self, ticket: str, text: str) -> str:
            answer = super().process(ticket, text)
            if self.spoil and "InvoiceAddRq" in text:
                self.spoil = False
                return re.sub(r"<TxnID>[^<]*</TxnID>", "", answer)
            return answer

    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.web_connector(quickbooks=Absent(world.company)).update()
    world.clock.pass_time(minutes=2)
    world.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.payments() == [("K10", "10.00", "1")]
    assert world.statuses() == {1: ("posted", "")}


def test_records_of_each_others_orders_are_not_believed(world: World) -> None:
    class Swapping(InProcessQuickBooks):
        def process(self, ticket: str, text: str) -> str:
            answer = super().process(ticket, text)
            if "InvoiceAddRq" in text:
                one, other = re.findall(r"<InvoiceRet>.*?</InvoiceRet>", answer, re.DOTALL)
                return answer.replace(one, "-").replace(other, one).replace("-", other, 1)
            return answer

    world.keap_has(sale(1), sale(2))
    world.web_connector(quickbooks=Swapping(world.company)).update()
    world.clock.pass_time(minutes=2)
    world.update()
    by_number = {invoice.number: invoice.txn_id for invoice in world.books().invoices}
    flagged = {n for n, (status, _) in world.statuses().items() if status == "held"}

    for posting in world.postings():
        if posting.order_id and posting.order_id not in flagged:
            assert posting.record_id == by_number[posting.number]


def test_a_deleted_invoice_is_noticed_however_old(world: World) -> None:
    world.keap_has(*(sale(number) for number in range(1, 9)))
    world.update()
    first = next(i for i in world.books().invoices if i.number == "1")
    world.human.delete_invoice(first.txn_id)
    world.clock.pass_time(hours=13)
    world.update()

    assert world.statuses()[1] == ("held", "gone-from-quickbooks")
    assert world.errors() == ["gone-from-quickbooks"]


def test_requeueing_a_deleted_invoice_shows_the_payment_that_hangs_loose(world: World) -> None:
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.update()
    (invoice,) = world.books().invoices
    world.human.delete_invoice(invoice.txn_id)
    world.clock.pass_time(hours=13)
    world.update()
    world.decide().requeue(1)
    world.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.statuses() == {1: ("held", "payment-not-applied")}


def test_the_right_file_back_ends_the_stop_for_a_backup(world: World) -> None:
    backup = world.folder / "backup.db"
    now = world.folder / "now.db"
    world.human.backup(backup)
    world.keap_has(sale(1), sale(2))
    world.update()
    world.human.backup(now)
    world.human.restore(backup)
    world.keap_has(sale(3))
    world.update()
    assert world.connection().write_block == "company-file-restored"

    world.human.restore(now)
    world.clock.pass_time(hours=13)
    world.update()
    world.update()

    assert world.connection().write_block == ""
    assert [number for number, _, _ in world.invoices()] == ["1", "2", "3"]


def test_one_ready_order_behind_many_held_ones_goes_in_the_same_session(world: World) -> None:
    world.keap_has(*(sale(number, product(sku="SPADE")) for number in range(1, 301)))
    world.update()
    world.human.add_item("RAKE")
    world.keap_has(sale(999))
    world.update()

    assert world.invoices() == [("999", "Ann Lee", "10.00")]


def test_a_merged_customer_is_found_again_by_name(world: World) -> None:
    world.keap_has(sale(1))
    world.update()
    world.human.add_customer("Ann Lee Ltd", email="ann@example.com")
    world.human.merge_customers("Ann Lee", "Ann Lee Ltd")
    world.human.rename_customer("Ann Lee Ltd", "Ann Lee")
    world.keap_has(sale(2))
    world.update()
    world.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("2", "Ann Lee", "10.00")]


def test_an_inactive_customer_is_held_with_its_reason(world: World) -> None:
    world.keap_has(sale(1))
    world.update()
    world.human.make_inactive("Ann Lee")
    world.keap_has(sale(2))
    world.update()
    assert world.statuses()[2] == ("held", "customer-inactive")

    world.human.make_active("Ann Lee")
    world.clock.pass_time(hours=13)
    world.update()
    assert world.statuses()[2] == ("posted-payment-open", "")


def test_money_for_an_order_that_you_skipped_is_held(world: World) -> None:
    world.keap_has(sale(1))
    world.decide().skip(1)
    world.keap_has(payments=[paid(1, 1000)])
    plan_everything(world)

    assert world.payment_statuses() == {10: ("held", "payment-without-order")}


def test_an_update_that_has_nothing_more_says_so(world: World) -> None:
    world.keap_has(sale(1, buyer=Buyer("5", "Eve", "Fox")))

    assert world.update().ended is Ended.DONE
    assert world.update().ended is Ended.NONE


def test_a_session_that_dies_before_its_next_message_leaves_nothing_waiting(world: World) -> None:
    world.update()
    world.keap_has(sale(1))
    caller = Caller("acme", "10.0.0.5")
    ticket, _ = world.service.authenticate(caller, world.new.username, world.new.password)
    hcp = world.company.process(hcp_request(world.new.owner_id))
    while "InvoiceAddRq" not in world.prepared():
        request = world.service.send_request_xml(
            caller, ticket, hcp, world.company.company_file, "US", 16, 0
        )
        world.service.receive_response_xml(caller, ticket, world.company.process(request), "", "")

    assert world.statuses() == {1: ("sent", "")}
    assert world.update().ended is Ended.DONE
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


@pytest.mark.parametrize("left_out", ["since-invoice", "numbers", "deleted-txns"])
def test_a_check_that_is_answered_in_part_proves_nothing(world: World, left_out: str) -> None:
    class Short(InProcessQuickBooks):
        def process(self, ticket: str, text: str) -> str:
            answer = super().process(ticket, text)
            pattern = rf'<(\w+Rs) requestID="check:{left_out}[^>]*?(/>|>.*?</\1>)'
            return re.sub(pattern, "", answer, count=1, flags=re.DOTALL)

    world.update()
    world.keap_has(sale(1))
    world.faults.hresult_at(4, 0x80040402, message_was_run=False)
    world.update()
    assert world.statuses() == {1: ("sent", "")}

    result = world.web_connector(quickbooks=Short(world.company)).update()

    assert result.messages_with_writes == 0
    assert world.statuses() == {1: ("sent", "")}
    assert "check-refused" in world.errors()

    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert "check-refused" not in world.errors()


def test_a_session_that_was_stopped_hands_out_nothing_more(world: World) -> None:
    """A Web Connector closes it then; whoever goes on asking gets nothing, and no error."""
    world.keap_has(sale(1, product(price=10000)), payments=[paid(1, 10000)])
    world.faults.drop_answer_at(3)
    world.update()
    world.clock.pass_time(minutes=11)
    service, caller = world.service, Caller("acme", "10.0.0.5")

    ticket, _ = service.authenticate(caller, world.new.username, world.new.password)
    while "oldMessageSetID" not in service.send_request_xml(caller, ticket, "", "", "US", 13, 0):
        asked = world.prepared()
        answer = InProcessQuickBooks(world.company)
        session = answer.begin_session("")
        service.receive_response_xml(caller, ticket, answer.process(session.ticket, asked), "", "")
        answer.end_session(session.ticket)

    assert service.receive_response_xml(caller, ticket, "no answer at all", "", "") == -1
    assert service.send_request_xml(caller, ticket, "", "", "US", 13, 0) == ""
    assert "could not be read" in service.get_last_error(caller, ticket)
    service.close_connection(caller, ticket)
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "100.00")]


def test_an_error_code_of_any_length_ends_the_update_and_no_more(world: World) -> None:
    """As a fuzzer found it: PostgreSQL refuses a text that is longer than its column."""
    world.keap_has(sale(1))
    caller = Caller(world.name, "10.0.0.5")
    ticket, *_ = world.service.authenticate(
        caller, world.connection().user_name, world.new.password
    )
    assert world.service.send_request_xml(caller, ticket, "", "", "US", 13, 0)
    assert world.service.receive_response_xml(caller, ticket, "", "0x80040400" * 25, "no") == -1
    with world.database.reading() as db:
        stored = db.scalars(select(MessageSet.hresult).where(MessageSet.hresult != "")).one()
    assert len(stored) == 40
    assert world.update().errors == []
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
