"""What a bookkeeper types in an example and reads in the books. Keap's amounts are in cents."""

from decimal import Decimal

from qbwc_service.connections import find_connection
from qbwc_service.ledger.choices import Choices
from qbwc_service.ledger.models import MappingKind
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from tests.world import World, paid


def refunded(order_id: int, amount: int, payment_id: int) -> ReceivedPayment:
    """So many cents went back to the customer."""
    kind = PaymentKind.REFUND
    return paid(order_id, -amount, payment_id=payment_id, kind=kind, source_kind="Refund")


def failed(order_id: int, amount: int, payment_id: int) -> ReceivedPayment:
    """The card was declined."""
    kind = PaymentKind.NOT_COMPLETED
    return paid(order_id, amount, payment_id=payment_id, kind=kind, source_status="FAILED")


def balances(world: World) -> dict[str, Decimal]:
    """What is still due, by invoice number."""
    return {invoice.number: invoice.balance for invoice in world.books().invoices}


def references(world: World) -> list[str]:
    """The reference numbers of the payments in QuickBooks."""
    return [payment.ref_number for payment in world.books().payments]


def choose_account(world: World, words: str, account: str) -> None:
    """A person chooses where payments of this type or card are deposited."""
    with world.database.writing("test") as db:
        choices = Choices(db, find_connection(db, "acme"), "Bea", world.clock.now)
        choices.map_payment(words, MappingKind.DEPOSIT_ACCOUNT, account)


def choose_tax_item(world: World, tax: str, item: str) -> None:
    """A person chooses the sales tax item of a tax: "label:Tax", "state:AZ", "rate:8.25"."""
    with world.database.writing("test") as db:
        Choices(db, find_connection(db, "acme"), "Bea", world.clock.now).map_tax(tax, item)
