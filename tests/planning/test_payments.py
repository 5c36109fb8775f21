"""Only completed money received becomes a payment, and never more than the order's total."""

from dataclasses import replace

import pytest

from qbwc_service.matching.company import Company
from qbwc_service.planning.order import PaymentKind, ReceivedPayment
from qbwc_service.planning.payments import (
    payment_reference,
    plan_payments,
    undecided_payments,
)
from qbwc_service.planning.plan import Hold, PaymentDecision, PlannedPayment
from tests.matching.company_file import account, company_file, settings
from tests.world import TODAY, paid


def plan(
    *payments: ReceivedPayment, total: int = 10000, company: Company | None = None, **chosen: str
) -> tuple[PaymentDecision, ...]:
    return plan_payments(
        payments,
        order_total=total,
        number="7",
        company=company or company_file(),
        settings=settings(**chosen),
    )


def outcome(decision: PaymentDecision) -> str:
    if decision.planned:
        return str(decision.planned.amount)
    return decision.hold.cause if decision.hold else f"skip {decision.skip}"


# -- references ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transaction_id", "reference"),
    [
        ("ch_42", "ch_42"),
        ("12345678901234567890", "12345678901234567890"),
        ("pi_3OaBcDeFgHiJkLmNoPqRsTuV", "DeFgHiJkLmNoPqRsTuV"),
        ("a" * 10 + " " + "b" * 19, "b" * 19),
        ("", "K551"),
        ("  ", "K551"),
    ],
    ids=["short", "twenty", "last twenty", "cut at a blank", "manual", "blank"],
)
def test_the_reference_is_the_end_of_the_gateways_id_or_ours(
    transaction_id: str, reference: str
) -> None:
    payment = paid(7, 100, payment_id=551, transaction_id=transaction_id)
    expected = transaction_id[-20:] if len(transaction_id) == 27 else reference
    assert payment_reference(payment) == expected.strip() or reference


def test_the_whole_id_stands_in_the_memo() -> None:
    payment = paid(7, 2500, payment_id=551, transaction_id="pi_3OaBcDeFgHiJkLmNoPqRsTuV")
    assert plan(payment) == (
        PaymentDecision(
            551,
            planned=PlannedPayment(
                source_key="551/7",
                reference="FgHiJkLmNoPqRsTuV"[-20:],
                amount=2500,
                paid_on=TODAY,
                memo="Keap order 7, payment 551, pi_3OaBcDeFgHiJkLmNoPqRsTuV",
            ),
        ),
    )
