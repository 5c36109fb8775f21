"""Custom fields of forms: filled behind the form, and never in anybody's way."""

from dataclasses import replace

import pytest

from qbwc_service.demo.quickbooks.custom_fields import custom_field
from qbwc_service.ledger.models import Kind
from qbwc_service.planning.order import SalesOrder
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import World, paid, product, sale


def order_with_fields(order_id: int = 100, *, where: str = "Online") -> SalesOrder:
    return replace(sale(order_id, product(price=10000)), custom_fields={"12": where})


def asked_for(world: World, *defined: str, fields: str = "Shop=custom:12, Source=title") -> None:
    for name in defined:
        world.human.define_field(name)
    world.set(custom_fields=fields)


def fields(world: World) -> dict[str, str]:
    books = world.books()
    (form,) = (*books.invoices, *books.sales_receipts)
    return dict(form.custom_fields)


def fill_by_hand(world: World, name: str, value: str) -> None:
    """A person writes into the field of the only invoice."""
    (invoice,) = world.books().invoices
    store = world.company.store
    txn = store.txns.get(invoice.txn_id)
    assert txn is not None
    txn.body["DataExtRet"] = [custom_field(name, value)]
    store.txns.save(replace(txn, edit_sequence="1"))


BOTH = {"Shop": "Online", "Source": "Order 100"}


@pytest.mark.parametrize("form", ["invoice-and-payments", "sales-receipt"])
def test_the_fields_are_filled_once_the_form_is_there(world: World, form: str) -> None:
    world.set(transaction=form)
    asked_for(world, "Shop", "Source")
    world.keap_has(order_with_fields(), payments=[paid(100, 10000)])
    world.update()
    assert fields(world) == BOTH
    assert world.statuses() == {100: ("posted", "")}


def test_a_field_that_quickbooks_does_not_know_is_told_and_holds_nothing(world: World) -> None:
    asked_for(world, "Shop")
    world.keap_has(order_with_fields(), payments=[paid(100, 10000)])
    world.update()
    assert fields(world) == {"Shop": "Online"}
    assert world.statuses() == {100: ("posted", "")}
    assert world.errors() == ["custom-field-refused"]


def test_a_refused_field_is_sent_alone_when_the_order_is_requeued(world: World) -> None:
    asked_for(world, "Shop")
    world.keap_has(order_with_fields())
    world.update()
    world.human.define_field("Source")
    world.decide().requeue(100)
    world.update()
    assert fields(world) == BOTH
    assert world.errors() == []


def test_what_somebody_wrote_into_a_field_meanwhile_stays(world: World) -> None:
    asked_for(world, fields="Shop=custom:12")
    world.keap_has(order_with_fields())
    world.update()
    world.human.define_field("Shop")
    fill_by_hand(world, "Shop", "By phone")
    world.decide().requeue(100)
    updates_until_quiet(world)
    assert fields(world) == {"Shop": "By phone"}


def test_sales_orders_have_no_such_fields_here_and_that_is_told(world: World) -> None:
    world.set(transaction="sales-order")
    asked_for(world, "Shop", fields="Shop=custom:12")
    world.keap_has(order_with_fields())
    world.update()
    assert len(world.books().sales_orders) == 1
    assert world.statuses() == {100: ("posted", "")}
    assert world.errors() == ["custom-field-refused"]


@pytest.mark.parametrize("message", [3, 4, 5, 6])
def test_a_lost_answer_fills_each_field_once(world: World, message: int) -> None:
    asked_for(world, "Shop", "Source")
    world.keap_has(order_with_fields())
    world.faults.drop_answer_at(message)
    world.update()
    updates_until_quiet(world)
    assert fields(world) == BOTH
    assert world.statuses() == {100: ("posted-payment-open", "")}


@pytest.mark.parametrize("was_run", [True, False], ids=["run", "not-run"])
@pytest.mark.parametrize("message", [4, 5, 6])
def test_a_session_that_breaks_is_settled_by_reading_the_form(
    world: World, message: int, *, was_run: bool
) -> None:
    asked_for(world, "Shop", "Source")
    world.keap_has(order_with_fields())
    world.faults.hresult_at(message, 0x80040402, message_was_run=was_run)
    world.update()
    updates_until_quiet(world)
    assert fields(world) == BOTH


def test_filled_fields_are_no_edit_of_somebody_else(world: World) -> None:
    asked_for(world, "Shop", "Source")
    world.set(edited_orders="update")
    world.keap_has(order_with_fields())
    world.update()
    world.clock.pass_time(minutes=5)
    world.keap_has(replace(order_with_fields(), lines=(product("NAIL", 700),), total=700))
    world.update()
    assert [each.total for each in world.books().invoices] == [7]
    assert world.statuses() == {100: ("posted-payment-open", "")}


def test_an_order_that_is_undone_and_requeued_gets_its_fields_again(world: World) -> None:
    asked_for(world, "Shop", "Source")
    world.keap_has(order_with_fields())
    world.update()
    world.decide().undo(100)
    world.update()
    world.decide().requeue(100)
    updates_until_quiet(world)
    assert fields(world) == BOTH
    made = [each.generation for each in world.postings() if each.kind is Kind.CUSTOM_FIELDS]
    assert made == [1, 2]
