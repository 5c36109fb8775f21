"""One order -> its plan under the rules of the connection. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qbwc_service.matching.company import Company
from qbwc_service.planning.order import Circumstances, Override, ReceivedPayment, SalesOrder
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.payments import undecided_payments
from qbwc_service.planning.plan import OrderPlan
from qbwc_service.planning.rule import Rule
from qbwc_service.planning.rules import Applied, apply_rules
from qbwc_service.settings import Settings


@dataclass(frozen=True, slots=True)
class RuledPlan:
    """A plan with the settings that it was made by, and the rules that matched."""

    plan: OrderPlan
    settings: Settings
    matched: tuple[Rule, ...] = ()


def plan_by_rules(
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    company: Company,
    settings: Settings,
    circumstances: Circumstances = Circumstances(),  # noqa: B008 - immutable
) -> RuledPlan:
    """`plan_order` with what the rules of the company set; what settings leave out, none sees."""
    may_stop = not circumstances.is_sent and Override.SETTINGS not in circumstances.overrides
    applied = apply_rules(company.rules, order, payments, settings, may_stop=may_stop)
    seen = _seen(company, applied)
    plan = plan_order(order, payments, seen, applied.settings, circumstances)
    if plan.skip:
        return RuledPlan(plan, settings)
    if applied.skip:
        undecided = undecided_payments(payments, settings)
        plan = OrderPlan(skip=applied.skip, payments=undecided)
    if applied.hold:
        plan = OrderPlan(hold=applied.hold, payments=plan.payments)
    return RuledPlan(plan, applied.settings, applied.matched)


def _seen(company: Company, applied: Applied) -> Company:
    """The rules have had their say; a deposit account of theirs goes before those of methods."""
    if applied.sets_deposit_account:
        company = replace(company, deposit_of_payment={})
    return replace(company, rules=())
