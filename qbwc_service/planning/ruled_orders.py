"""One order -> its plan under the rules of the connection. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qbwc_service.matching.company import Company
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import Override, ReceivedPayment, SalesOrder
from qbwc_service.planning.order_filter import skip_by_settings
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.payment_rows import hold_payments, undecided_payments
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
    known: Circumstances = Circumstances(),  # noqa: B008 - immutable
) -> RuledPlan:
    """`plan_order` with what the rules of the company set; what settings leave out, none sees."""
    may_stop = not known.is_sent and Override.SETTINGS not in known.overrides
    if may_stop and (skip := skip_by_settings(order, payments, settings)):
        undecided = undecided_payments(payments, settings)
        return RuledPlan(OrderPlan(skip=skip, payments=undecided), settings)
    applied = apply_rules(company.rules, order, payments, settings, may_stop=may_stop)
    plan = _plan(order, payments, _seen(company, applied), applied, known)
    return RuledPlan(plan, applied.settings, applied.matched)


def _plan(
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    company: Company,
    applied: Applied,
    known: Circumstances,
) -> OrderPlan:
    if applied.skip:
        undecided = undecided_payments(payments, applied.settings)
        return OrderPlan(skip=applied.skip, payments=undecided)
    if applied.hold:
        return OrderPlan(hold=applied.hold, payments=hold_payments(applied.hold, payments))
    return plan_order(order, payments, company, applied.settings, known)


def _seen(company: Company, applied: Applied) -> Company:
    """The rules have had their say; a deposit account of theirs goes before those of methods."""
    if applied.sets_deposit_account:
        company = replace(company, deposit_of_payment={})
    return replace(company, rules=())
