"""Rules tried on one order: what it would become without them and with them. Nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, KeapOrder
from qbwc_service.ledger.plan_input import PlanInput, plan_input
from qbwc_service.messages import CATALOGUE, message
from qbwc_service.planning.plan import OrderPlan, PlannedPayment
from qbwc_service.planning.rule import ActionKind, Rule, RuleRefused
from qbwc_service.planning.ruled_orders import RuledPlan, plan_by_rules
from qbwc_service.settings import Settings

SENT = "Goes to QuickBooks"
#: what is shown of the settings, and what a person calls it
_SHOWN: Mapping[ActionKind, str] = {
    ActionKind.TRANSACTION: "Form",
    ActionKind.CLASS: "Class",
    ActionKind.TERMS: "Terms",
    ActionKind.TEMPLATE: "Template",
    ActionKind.SALES_REP: "Sales rep",
    ActionKind.SALES_TAX: "Sales tax",
}
_WORDS: Mapping[str, str] = {
    "invoice-and-payments": "Invoice and payments",
    "invoice": "Invoice only",
    "sales-receipt": "Sales receipt",
    "sales-order": "Sales order",
    "line": "A line of its own",
    "quickbooks": "Reckoned by QuickBooks",
}


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One thing about the order, without the rules and with them."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Trial:
    """`matched`: the names of the rules that matched, from the top down."""

    order_id: int
    matched: tuple[str, ...]
    lines: tuple[TrialLine, ...]


def try_rules(
    db: Session,
    connection: Connection,
    order_id: int,
    now: datetime,
    rules: Sequence[Rule] | None = None,
) -> Trial:
    """Plan the order twice, without rules and with these (None: with those that are on), as if
    nothing of it was sent. Raises RuleRefused where the order was never read."""
    order = db.scalars(
        select(KeapOrder).where(
            KeapOrder.connection_id == connection.id, KeapOrder.keap_id == order_id
        )
    ).first()
    if order is None:
        raise RuleRefused(f"Order {order_id} was not read from Keap; choose another one")
    read = plan_input(db, connection, order, now)
    tried = read.company.rules if rules is None else tuple(rules)
    before, after = _planned(read, ()), _planned(read, tried)
    lines = [
        TrialLine("What happens", _happens(before, read), _happens(after, read)),
        TrialLine("Number", _number(before.plan), _number(after.plan)),
        TrialLine("Deposit account", _deposit(before, read), _deposit(after, read)),
        *(
            TrialLine(label, _value(before.settings, kind), _value(after.settings, kind))
            for kind, label in _SHOWN.items()
        ),
    ]
    return Trial(order_id, tuple(rule.name for rule in after.matched), tuple(lines))


def _planned(read: PlanInput, rules: tuple[Rule, ...]) -> RuledPlan:
    company = replace(read.company, rules=rules)
    return plan_by_rules(read.sale, read.payments, company, read.settings, read.circumstances)


def _happens(ruled: RuledPlan, read: PlanInput) -> str:
    if ruled.plan.skip:
        return f"Left out: {_title(ruled.plan.skip, ruled, read, {})}"
    if ruled.plan.hold:
        return f"Held: {_title(ruled.plan.hold.cause, ruled, read, ruled.plan.hold.details)}"
    return SENT


def _title(cause: str, ruled: RuledPlan, read: PlanInput, more: dict[str, str]) -> str:
    details = {
        "order": str(read.sale.order_id),
        "start_date": str(read.settings.start_date),
        "order_status": read.settings.order_status,
        "rule": ruled.matched[-1].name if ruled.matched else "",
    }
    return message(cause, details | more).title if cause in CATALOGUE else cause


def _number(plan: OrderPlan) -> str:
    return plan.sale.number if plan.sale else ""


def _deposit(ruled: RuledPlan, read: PlanInput) -> str:
    """Where its payments go; while there are none, where the settings say."""
    names = {account.list_id: account.full_name for account in read.company.accounts.values()}
    planned = (each for decision in ruled.plan.payments for each in decision.planned)
    accounts = {
        each.deposit_account_list_id for each in planned if isinstance(each, PlannedPayment)
    }
    named = sorted(names.get(list_id, "") for list_id in accounts)
    return ", ".join(filter(None, named)) or ruled.settings.deposit_account


def _value(settings: Settings, kind: ActionKind) -> str:
    value = str(getattr(settings, kind.value))
    return _WORDS.get(value, value)
