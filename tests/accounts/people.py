"""What people do in QuickBooks while orders go there."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from tests.world import World


def _add_customer(world: World, name: str, email: str) -> None:
    world.human.add_customer(name, email=email)


def _retire_customer(world: World, name: str) -> None:
    world.human.make_inactive(name)


def _add_vendor(world: World, name: str) -> None:
    world.human.add_vendor(name)


def _type_form(world: World, form: str, number: str) -> None:
    lines = [("Counter sale", "10.00")]
    typing = {
        "invoice": world.human.type_invoice,
        "sales-receipt": world.human.type_sales_receipt,
        "sales-order": world.human.type_sales_order,
    }
    typing[form]("Walk-in Customer", lines, number=number, on="2026-11-20")


def _type_payment(world: World, order_id: str, cents: str) -> None:
    words = f"Keap order {order_id},"
    invoice = next(each for each in world.books().invoices if each.memo.startswith(words))
    amount = str(Decimal(cents).scaleb(-2))
    world.human.type_payment(
        invoice.customer, amount, number="by hand", on="2026-11-23", invoice=invoice.txn_id
    )


ACTS: Mapping[str, Callable[..., None]] = {
    "add customer": _add_customer,
    "retire customer": _retire_customer,
    "add vendor": _add_vendor,
    "type form": _type_form,
    "type payment": _type_payment,
}
