"""Contact details of customers: written where a setting asks for it, once, and never over anybody's
head; and nothing ever waits for them."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks import Crash, CrashPoint, InProcessQuickBooks
from qbwc_service.demo.quickbooks.records import ListName
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import queue
from qbwc_service.ledger.models import (
    ErrorEntry,
    Event,
    KeapOrder,
    Kind,
    MessageSet,
    MirrorRecord,
    Posting,
)
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.planning.order import PostalAddress
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import ANN, World, paid, sale

MOVED = replace(ANN, email="ann.lee@example.com", phone="480-555-0100")


class Meddling(InProcessQuickBooks):
    """Somebody does something in QuickBooks just before a customer is to be changed."""

    def __init__(self, world: World, meddle: Callable[[], None]) -> None:
        super().__init__(world.company)
        self._world = world
        self._meddle = meddle

    def process(self, ticket: str, text: str) -> str:
        if "CustomerModRq" in text:
            self._world.clock.pass_time(seconds=2)
            self._meddle()
        return super().process(ticket, text)


class Refusing(InProcessQuickBooks):
    """The QuickBooks user of the link may not change customers."""

    def process(self, ticket: str, text: str) -> str:
        found = re.search(
            r'<CustomerModRq requestID="([^"]+)">.*?</CustomerModRq>', text, re.DOTALL
        )
        if found is None:
            return super().process(ticket, text)
        answer = super().process(ticket, text.replace(found.group(), ""))
        refusal = (
            f'<CustomerModRs requestID="{found[1]}" statusCode="3260" statusSeverity="Error" '
            'statusMessage="Insufficient permission level to perform this action."/>'
        )
        return answer.replace("</QBXMLMsgsRs>", f"{refusal}</QBXMLMsgsRs>")


def choose(world: World, **settings: Any) -> None:
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        connection.settings = {**connection.settings, **settings}


def ann_is_known(world: World) -> None:
    """Her first order made her; from now on her details are kept up to date."""
    world.keap_has(sale(1))
    world.update()
    choose(world, update_customers="when-changed")
    world.clock.pass_time(minutes=1)


def plan(world: World, order_id: int) -> None:
    """As it is done whenever Keap was read: long before the next update."""
    with world.database.writing("test") as db:
        orders = db.scalars(select(KeapOrder).where(KeapOrder.keap_id == order_id)).all()
        plan_orders(db, find_connection(db, "acme"), orders, world.clock.now)


def customer(world: World, name: str = "Ann Lee") -> dict[str, Any]:
    """The fields of a customer in QuickBooks."""
    found = world.company.store.lists.named(name, (ListName.CUSTOMER,))
    assert found is not None
    return dict(found.body)


def reached_at(world: World) -> tuple[str, str]:
    fields = customer(world)
    return fields["Email"], fields["Phone"]


def messages(world: World) -> list[str]:
    """Every message that changes a customer."""
    with world.database.reading() as db:
        texts = db.scalars(select(MessageSet.request).order_by(MessageSet.id))
        return [text for text in texts if "<CustomerModRq" in text]


def updates(world: World) -> list[Posting]:
    return [each for each in world.postings() if each.kind is Kind.CUSTOMER_UPDATE]


def history(world: World, order_id: int) -> list[str]:
    with world.database.reading() as db:
        rows = db.scalars(select(Event).where(Event.order_id == order_id).order_by(Event.id))
        return [row.text for row in rows]


def told(world: World) -> list[dict[str, Any]]:
    with world.database.reading() as db:
        entries = select(ErrorEntry).where(ErrorEntry.message == "customer-not-updated")
        return [dict(entry.details) for entry in db.scalars(entries)]


def all_is_posted(world: World) -> bool:
    return set(world.statuses().values()) <= {("posted", ""), ("posted-payment-open", "")}


def a_day_later(world: World) -> None:
    world.clock.pass_time(hours=25)
    world.update()


def test_without_the_setting_nothing_is_written(world: World) -> None:
    ann_is_known(world)
    choose(world, update_customers="never")
    world.keap_has(sale(2, buyer=MOVED))
    world.update()

    assert reached_at(world) == ("ann@example.com", "602-555-0142")
    assert (messages(world), updates(world)) == ([], [])
    assert all_is_posted(world)


def test_what_changed_is_written_once_and_nothing_else(world: World) -> None:
    ann_is_known(world)
    before = customer(world)
    world.keap_has(sale(2, buyer=MOVED), sale(3, buyer=MOVED), payments=[paid(2, 1000)])
    world.update()

    assert customer(world) == before | {"Email": MOVED.email, "Phone": MOVED.phone}
    (text,) = messages(world)
    assert text.count("<CustomerModRq") == 1
    assert "<BillAddress>" not in text.partition("<CustomerModRq")[2].partition("</CustomerMod")[0]
    assert "Customer Ann Lee: e-mail and phone updated from Keap" in history(world, 2)
    assert all_is_posted(world)
    assert world.errors() == []


def test_a_second_update_writes_nothing(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    world.update()
    world.clock.pass_time(minutes=1)
    world.keap_has(sale(2, buyer=MOVED), sale(4, buyer=MOVED))
    world.update()
    a_day_later(world)

    assert len(messages(world)) == 1
    assert len(updates(world)) == 1
    assert world.update().ended is Ended.NONE


def test_it_goes_before_the_invoice_and_takes_no_message_of_its_own(world: World) -> None:
    world.keap_has(sale(1))
    world.update()
    world.clock.pass_time(minutes=1)
    world.keap_has(sale(2))
    usual = world.update().round_trips
    choose(world, update_customers="when-changed")
    world.clock.pass_time(minutes=1)
    world.keap_has(sale(3, buyer=MOVED))

    assert world.update().round_trips == usual
    assert "<InvoiceAddRq" not in messages(world)[0]


def test_a_new_address_is_written_whole(world: World) -> None:
    ann_is_known(world)
    mesa = PostalAddress("Ann Lee", "", ("9 Oak Ave",), "Mesa", "AZ", "85201", "USA")
    world.keap_has(sale(2, buyer=replace(ANN, bill_to=mesa)))
    world.update()

    address = customer(world)["BillAddress"]
    assert (address["Addr2"], address["City"]) == ("9 Oak Ave", "Mesa")
    assert "Customer Ann Lee: billing address updated from Keap" in history(world, 2)


def test_a_person_who_changes_it_again_is_not_overruled(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    world.update()
    world.clock.pass_time(minutes=1)
    world.human.edit_customer("Ann Lee", Phone="928-555-0199")
    world.keap_has(sale(3, buyer=MOVED))
    world.update()

    assert reached_at(world) == (MOVED.email, "928-555-0199")


def test_only_the_newest_of_two_changes_is_written(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    plan(world, 2)
    newest = replace(MOVED, phone="928-555-0199")
    world.keap_has(sale(3, buyer=newest))
    plan(world, 3)
    assert len(updates(world)) == 1
    world.update()

    assert reached_at(world) == (MOVED.email, "928-555-0199")
    assert messages(world)[0].count("<CustomerModRq") == len(messages(world)) == 1


def test_a_change_that_was_taken_back_is_not_written(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    plan(world, 2)
    world.keap_has(sale(3, buyer=ANN))
    plan(world, 3)
    world.update()

    assert (messages(world), updates(world)) == ([], [])


@pytest.mark.parametrize("memory", [1, 0])
@pytest.mark.parametrize("message", [1, 2, 3, 4, 5])
def test_a_lost_answer_does_not_write_twice(tmp_path: Path, message: int, memory: int) -> None:
    with closing(World(tmp_path, memory=memory)) as world:
        ann_is_known(world)
        world.keap_has(sale(2, buyer=MOVED), payments=[paid(2, 1000)])
        world.faults.drop_answer_at(message)
        world.update()
        updates_until_quiet(world)

        assert reached_at(world) == (MOVED.email, MOVED.phone)
        assert len(messages(world)) == 1
        assert [each.state.value for each in updates(world)] == ["posted"]
        assert len(world.invoices()) == 2
        assert world.statuses()[2] == ("posted", "")
        assert world.errors() == []


@pytest.mark.parametrize("request_number", [1, 2, 3, 4])
def test_what_was_not_applied_when_quickbooks_died_is_written_later(
    world: World, request_number: int
) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    world.company.crash = Crash(CrashPoint.REQUEST_APPLIED, request_number)
    world.update()
    world.company.crash = Crash()
    updates_until_quiet(world)
    a_day_later(world)

    assert reached_at(world) == (MOVED.email, MOVED.phone)
    assert [each.state.value for each in updates(world)] == ["posted"]
    assert len(world.invoices()) == 2


def test_a_session_that_breaks_before_it_was_run_writes_it_later(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    world.faults.hresult_at(3, 0x80040402, message_was_run=False)
    world.update()
    updates_until_quiet(world)
    a_day_later(world)

    assert reached_at(world) == (MOVED.email, MOVED.phone)
    assert len(messages(world)) == 2
    assert all_is_posted(world)


@pytest.mark.parametrize("fault", ["late_answer", "duplicate_receive"])
def test_an_answer_that_comes_late_or_twice_is_used_once(world: World, fault: str) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    getattr(world.faults, fault)(3)
    world.update()
    updates_until_quiet(world)

    assert len(messages(world)) == 1
    assert history(world, 2).count("Customer Ann Lee: e-mail and phone updated from Keap") == 1
    assert all_is_posted(world)


def test_a_check_that_quickbooks_refuses_keeps_nothing_waiting(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    world.faults.hresult_at(3, 0x80040402, message_was_run=False)
    world.update()
    world.human.forbid_reading("CustomerQuery")
    world.clock.pass_time(minutes=1)
    world.update()

    assert all_is_posted(world)
    with world.database.reading() as db:
        assert not queue.unresolved_sets(db, find_connection(db, "acme").id)


def test_a_persons_edit_in_between_wins(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    edit = Meddling(world, lambda: world.human.edit_customer("Ann Lee", Phone="928-555-0199"))
    world.web_connector(quickbooks=edit).update()
    assert world.statuses()[2] == ("posted-payment-open", "")
    assert len(messages(world)) == 1
    assert told(world) == []
    a_day_later(world)
    a_day_later(world)

    assert reached_at(world) == ("ann@example.com", "928-555-0199")
    assert len(messages(world)) == 1
    assert told(world) == [
        {
            "customer": "Ann Lee",
            "fields": "e-mail and phone",
            "order": "2",
            "reason": "Somebody has changed it in QuickBooks since",
        }
    ]
    assert all_is_posted(world)


def test_an_edit_of_something_else_is_kept_and_the_details_are_written(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    edit = Meddling(world, lambda: world.human.edit_customer("Ann Lee", Notes="Rings twice"))
    world.web_connector(quickbooks=edit).update()
    a_day_later(world)

    assert customer(world)["Notes"] == "Rings twice"
    assert reached_at(world) == (MOVED.email, MOVED.phone)
    assert told(world) == []


def test_after_three_tries_it_is_given_up(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    notes = iter("abcdefgh")
    edit = Meddling(world, lambda: world.human.edit_customer("Ann Lee", Notes=next(notes)))
    world.web_connector(quickbooks=edit).update()
    for _ in range(4):
        world.clock.pass_time(hours=25)
        world.web_connector(quickbooks=edit).update()

    assert len(messages(world)) == 3
    assert len(told(world)) == 1
    assert "out-of-date" in told(world)[0]["reason"]
    assert all_is_posted(world)


def test_a_person_who_was_faster_is_not_overruled(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    plan(world, 2)
    world.human.edit_customer("Ann Lee", Phone="928-555-0199")
    world.update()

    assert reached_at(world) == ("ann@example.com", "928-555-0199")
    assert messages(world) == []
    assert len(told(world)) == 1
    assert all_is_posted(world)


def test_nothing_is_written_or_told_where_a_person_wrote_the_same(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    plan(world, 2)
    world.human.edit_customer("Ann Lee", Phone="(480) 555-0100", Email=MOVED.email)
    world.update()

    assert messages(world) == told(world) == []
    assert customer(world)["Phone"] == "(480) 555-0100"


def test_what_waits_is_not_written_once_the_setting_is_off_again(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    plan(world, 2)
    choose(world, update_customers="never")
    world.update()

    assert messages(world) == []
    assert all_is_posted(world)


def test_a_refusal_holds_nothing_and_is_told(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED), payments=[paid(2, 1000)])
    world.web_connector(quickbooks=Refusing(world.company)).update()
    world.clock.pass_time(minutes=1)
    world.keap_has(sale(3, buyer=MOVED))
    world.update()

    (entry,) = told(world)
    assert entry["reason"] == "Insufficient permission level to perform this action"
    assert world.errors() == ["customer-not-updated"]
    assert len(messages(world)) == 1
    assert reached_at(world) == ("ann@example.com", "602-555-0142")
    assert world.statuses()[2] == ("posted", "")
    assert all_is_posted(world)


def test_one_that_is_merged_away_in_between_is_told(world: World) -> None:
    ann_is_known(world)
    world.human.add_customer("Anna Lee")
    world.keap_has(sale(2, buyer=MOVED))
    edit = Meddling(world, lambda: world.human.merge_customers("Ann Lee", "Anna Lee"))
    world.web_connector(quickbooks=edit).update()

    (entry,) = told(world)
    assert "cannot be found" in entry["reason"]
    assert [each.cause for each in updates(world)] == ["customer-not-updated"]


def test_a_message_that_cannot_be_read_does_not_hold_the_order(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    world.faults.hresult_at(3, 0x80040400, message_was_run=False)
    world.update()
    updates_until_quiet(world)

    assert all_is_posted(world)
    a_day_later(world)
    assert reached_at(world) == (MOVED.email, MOVED.phone)
    assert len(messages(world)) == 2


def test_a_merged_customer_is_not_written_to(world: World) -> None:
    ann_is_known(world)
    world.human.add_customer("Lee Family")
    world.human.merge_customers("Ann Lee", "Lee Family")
    world.keap_has(sale(2, buyer=MOVED))
    world.update()

    assert messages(world) == []
    assert customer(world, "Lee Family").get("Phone", "") == ""
    assert all_is_posted(world)


def test_one_that_waits_when_its_customer_goes_is_given_up(world: World) -> None:
    ann_is_known(world)
    world.keap_has(sale(2, buyer=MOVED))
    edit = Meddling(world, lambda: world.human.edit_customer("Ann Lee", Notes="a"))
    world.web_connector(quickbooks=edit).update()
    world.human.add_customer("Lee Family")
    world.human.merge_customers("Ann Lee", "Lee Family")
    a_day_later(world)

    assert len(messages(world)) == 1
    (entry,) = told(world)
    assert entry["reason"] == "QuickBooks no longer has this customer, or it is inactive there"


def test_customers_that_were_read_without_phones_are_left_alone(world: World) -> None:
    ann_is_known(world)
    world.clock.pass_time(hours=3)
    world.human.add_customer("Zoe Oak")
    world.clock.pass_time(hours=22)
    world.update()
    with world.database.writing("test") as db:
        for row in db.scalars(select(MirrorRecord).where(MirrorRecord.full_name == "Ann Lee")):
            row.details = {key: kept for key, kept in row.details.items() if key != "contact"}
    world.clock.pass_time(hours=3)
    world.keap_has(sale(2, buyer=MOVED))
    world.update()

    assert all_is_posted(world)
    assert messages(world) == []
