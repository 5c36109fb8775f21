"""Builders: payment rows of one order, and what planning makes of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qbwc_service.matching.company import Company
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.numbers import Number
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.payments import plan_payments
from qbwc_service.planning.plan import (
    ListRef,
    PaymentDecision,
    PlannedOfRow,
    PlannedSale,
    SaleForm,
)
from qbwc_service.planning.settlement import Settlement
from tests.matching.company_file import company_file, settings
from tests.world import TODAY, paid, product, sale

CUSTOMER = ListRef(list_id="C-Ann Lee")


def credited(amount: int, payment_id: int, order_id: int = 7) -> ReceivedPayment:
    """A credit or adjustment of so many cents in Keap."""
    kind = PaymentKind.CREDIT
    return paid(order_id, amount, payment_id=payment_id, kind=kind, source_kind="Credit")


def refunded(amount: int, payment_id: int, order_id: int = 7, **more: Any) -> ReceivedPayment:
    """So many cents went back to the customer."""
    kind = PaymentKind.REFUND
    return paid(order_id, -amount, payment_id=payment_id, kind=kind, source_kind="Refund", **more)


def settlement(
    total: int = 10000,
    *,
    number: Number = Number("7", "7"),  # noqa: B008 - immutable
    form: SaleForm = SaleForm.INVOICE,
    company: Company | None = None,
    known: Circumstances = Circumstances(),  # noqa: B008 - immutable
    is_held: bool = False,
    refund_total: int | None = None,
    **chosen: Any,
) -> Settlement:
    """Order 7 over so many cents, whose form is planned (or held) and of which nothing is paid."""
    order = replace(sale(7, product(price=total)), refund_total=refund_total)
    planned = PlannedSale(number.short, CUSTOMER, TODAY, total, (), "memo", "", form=form)
    return Settlement(
        order=order,
        company=company or company_file(),
        settings=settings(**chosen),
        known=known,
        number=number,
        form=form,
        sale=None if is_held else planned,
        owed=total,
    )


def decisions(*rows: ReceivedPayment, **more: Any) -> tuple[PaymentDecision, ...]:
    """One a row: what came in before what went out."""
    return one_each(rows, plan_payments(rows, settlement(**more)))


def one_each(
    rows: Sequence[ReceivedPayment], found: tuple[PaymentDecision, ...]
) -> tuple[PaymentDecision, ...]:
    """The same, after a look that each row has its decision."""
    assert sorted(each.payment_id for each in found) == sorted(row.payment_id for row in rows)
    return found


def outcome(decision: PaymentDecision) -> str:
    """The amount of its first record, the cause of its hold, or why it is left out."""
    if decision.planned:
        return str(decision.planned[0].amount)
    if decision.in_sale:
        return "in the sale"
    return decision.hold.cause if decision.hold else f"skip {decision.skip}"


def records(*rows: ReceivedPayment, total: int = 10000, **chosen: Any) -> list[PlannedOfRow]:
    """All that becomes of these rows of order 7, whose lines are one product of that price."""
    known = chosen.pop("known", Circumstances())
    company = chosen.pop("company", None) or company_file()
    order = sale(7, product(price=total))
    plan = plan_order(order, rows, company, settings(**chosen), known)
    found = one_each(rows, plan.payments)
    return [each for decision in found for each in decision.planned]
