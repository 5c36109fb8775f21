"""What QuickBooks refuses holds the order that it concerns, and never the others."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks import HResult, InProcessQuickBooks
from qbwc_service.demo.quickbooks.port import QuickBooksSession
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.models import KeapOrder, Posting
from qbwc_service.ledger.plan_orders import plan_orders
from qbwc_service.planning.order import Buyer, PaymentKind
from tests.webconnector.test_recovery import updates_until_quiet
from tests.world import World, paid, product, sale


class PickyQuickBooks(InProcessQuickBooks):
    """Refuses every message that contains a certain text, as if it could not be read."""

    word = "POISON"

    def process(self, ticket: str, text: str) -> str:
        if self.word in text:
            raise HResult(0x80040400)
        return super().process(ticket, text)

    def begin_session(self, company_file: str) -> QuickBooksSession:
        return super().begin_session(company_file)


def people(count: int) -> list[Buyer]:
    return [
        Buyer(str(n), f"Given{n}", f"Family{n}", email=f"p{n}@example.com") for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 7, 20])
def test_a_message_quickbooks_cannot_read_is_halved_until_the_bad_order_is_alone(
    world: World, count: int
) -> None:
    world.keap_has(
        *(sale(n + 1, product(price=1000), buyer=buyer) for n, buyer in enumerate(people(count)))
    )
    poisoned = sale(
        99, product("HAMMER", 500), buyer=Buyer("99", "Poi", "Son", email="x@example.com")
    )
    world.keap_has(poisoned)
    quickbooks = PickyQuickBooks(world.company)
    quickbooks.word = "Keap order 99"

    for _ in range(12):
        world.clock.pass_time(minutes=2)
        if world.web_connector(quickbooks=quickbooks).update().ended is Ended.NONE:
            break

    statuses = world.statuses()
    assert statuses.pop(99) == ("held", "message-unreadable")
    assert set(statuses.values()) == {("posted-payment-open", "")}
    assert len(world.invoices()) == count


class ForgetfulQuickBooks(InProcessQuickBooks):
    """Answers every InvoiceAdd with an internal error and saves nothing."""

    asked = 0

    def process(self, ticket: str, text: str) -> str:
        found = re.search(r'<InvoiceAddRq requestID="([^"]*)"', text)
        if found is None:
            return super().process(ticket, text)
        self.asked += 1
        return (
            '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><InvoiceAddRs '
            f'requestID="{found[1]}" statusCode="1000" statusSeverity="Error" '
            'statusMessage="There has been an internal error"/></QBXMLMsgsRs></QBXML>'
        )


def test_an_internal_error_is_looked_up_and_not_asked_in_circles(world: World) -> None:
    world.keap_has(sale(1))
    quickbooks = ForgetfulQuickBooks(world.company)

    result = world.web_connector(quickbooks=quickbooks).update()

    assert result.ended is Ended.DONE
    assert quickbooks.asked == 2
    assert world.update().ended is Ended.NONE

    world.clock.pass_time(minutes=10)
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def an_edited_order(world: World) -> None:
    world.set(edited_orders="update")
    world.keap_has(sale(1))
    world.update()
    world.clock.pass_time(minutes=5)
    world.keap_has(sale(1, product(price=2500)))


def a_credit(world: World) -> None:
    world.set(credit_item="Keap Credit")
    credit = paid(1, 500, kind=PaymentKind.CREDIT, source_kind="Credit")
    world.keap_has(sale(1), payments=[credit])


def an_undo(world: World) -> None:
    world.keap_has(sale(1))
    world.update()
    world.decide().undo(1)


def a_custom_field(world: World) -> None:
    world.human.define_field("Shop")
    world.set(custom_fields="Shop=title")
    world.keap_has(sale(1))


@pytest.mark.parametrize(
    ("day", "request_name", "after"),
    [
        (an_edited_order, "InvoiceMod", {"1": 25}),
        (a_credit, "ReceivePaymentAdd", {"1": 5}),
        (an_undo, "TxnDel", {}),
        (a_custom_field, "DataExtMod", {"1": 10}),
    ],
)
def test_a_change_that_quickbooks_fails_at_without_a_word_is_not_asked_in_circles(
    world: World, day: Callable[[World], None], request_name: str, after: dict[str, int]
) -> None:
    """It is read, and tried once more; from then on it is told, and comes after a pause."""
    day(world)
    asked: list[str] = []

    class Failing(InProcessQuickBooks):
        def process(self, ticket: str, text: str) -> str:
            found = re.search(rf'<{request_name}Rq requestID="([^"]*)"', text)
            if found is None:
                return super().process(ticket, text)
            asked.append(found[1])
            return (
                f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{request_name}Rs '
                f'requestID="{found[1]}" statusCode="1000" statusSeverity="Error" '
                'statusMessage="There has been an internal error"/></QBXMLMsgsRs></QBXML>'
            )

    world.clock.pass_time(minutes=1)
    world.web_connector(quickbooks=Failing(world.company)).update()

    assert len(asked) == 2
    assert world.errors() == ["no-answer-came"]
    assert world.statuses() == {1: ("will-retry", "no-answer-came")}

    world.clock.pass_time(minutes=10)
    updates_until_quiet(world)
    assert len(asked) == 2
    assert world.errors() == []
    assert {invoice.number: invoice.balance for invoice in world.books().invoices} == after


def test_a_refused_invoice_takes_its_payments_along(world: World) -> None:
    world.keap_has(sale(1), sale(2), payments=[paid(1, 1000), paid(2, 1000)])
    world.update()
    world.human.make_inactive("HAMMER", "ItemService")
    world.keap_has(sale(3), payments=[paid(3, 1000)])
    world.update()

    assert world.statuses()[3] == ("held", "item-inactive")
    assert world.payment_statuses()[30] == ("waiting", "")
    assert len(world.payments()) == 2


def test_a_record_that_our_own_schema_refuses_holds_itself_alone(world: World) -> None:
    world.update()
    world.keap_has(sale(1), sale(2, buyer=Buyer("9", "Zoe", "Zed", email="zoe@example.com")))
    with world.database.writing("test") as db:
        plan_orders(
            db, find_connection(db, "acme"), list(db.scalars(select(KeapOrder))), world.clock.now
        )
        invoice = db.scalars(select(Posting).where(Posting.order_id == 1)).one()
        invoice.payload = {**invoice.payload, "po_number": "x" * 26}

    world.update()

    assert world.statuses()[1] == ("held", "message-unreadable")
    assert world.invoices() == [("2", "Zoe Zed", "10.00")]
