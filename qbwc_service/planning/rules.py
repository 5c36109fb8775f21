"""What the rules of a connection make of one order: other settings for it, a skip or a hold. Pure.

Rules are looked at from the top down, and each sees the order as it came from Keap, never what a
rule above it has set. The first rule that sets something wins: a rule further down can set what is
still open, and no more. A rule that skips or holds ends the walk.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qbwc_service.matching.keys import name_key
from qbwc_service.matching.tax_items import state_key, tax_state
from qbwc_service.planning.money import minor_units
from qbwc_service.planning.order import LineKind, PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.order_status import paid_state
from qbwc_service.planning.plan import Hold
from qbwc_service.planning.rule import (
    STOPS,
    ActionKind,
    Comparison,
    Condition,
    Field,
    Rule,
)
from qbwc_service.settings import Settings

#: causes of the message catalogue
SKIPPED = "skipped-by-rule"
HELD = "held-by-rule"


@dataclass(frozen=True, slots=True)
class Applied:
    """What the rules say of one order. At most one of `skip` and `hold` is set."""

    #: those of the connection, with what the rules set for this order
    settings: Settings
    #: the rules that matched, from the top down
    matched: tuple[Rule, ...] = ()
    skip: str = ""
    hold: Hold | None = None

    @property
    def sets_deposit_account(self) -> bool:
        """A rule about this order goes before the account of a payment method."""
        return any(rule.value(ActionKind.DEPOSIT_ACCOUNT) is not None for rule in self.matched)


def apply_rules(
    rules: Sequence[Rule],
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    settings: Settings,
    *,
    may_stop: bool = True,
) -> Applied:
    """`may_stop`: the order can still be left out or held. If not, rules that would are passed
    over: it was sent, or a person wants it sent whatever the settings say."""
    found: dict[str, str] = {}
    matched: list[Rule] = []
    for rule in rules:
        stops = STOPS & {action.kind for action in rule.actions}
        if (stops and not may_stop) or not matches(rule, order, payments):
            continue
        matched.append(rule)
        if stops:
            return _stopped(rule, order, settings, matched, found)
        found = {action.kind.value: action.value for action in rule.actions} | found
    return Applied(_changed(settings, found), tuple(matched))


def matches(rule: Rule, order: SalesOrder, payments: Sequence[ReceivedPayment]) -> bool:
    """Whether all of its conditions hold."""
    return all(_holds(condition, order, payments) for condition in rule.conditions)


def _stopped(
    rule: Rule,
    order: SalesOrder,
    settings: Settings,
    matched: Sequence[Rule],
    found: Mapping[str, str],
) -> Applied:
    result = Applied(_changed(settings, found), tuple(matched))
    if rule.value(ActionKind.SKIP) is not None:
        return replace(result, skip=SKIPPED)
    return replace(result, hold=Hold(HELD, {"rule": rule.name, "order": str(order.order_id)}))


def _changed(settings: Settings, found: Mapping[str, str]) -> Settings:
    # The values were checked as those of the settings when the rule was made.
    return replace(settings, **found)  # type: ignore[arg-type]


def _holds(condition: Condition, order: SalesOrder, payments: Sequence[ReceivedPayment]) -> bool:
    if condition.field is Field.TOTAL:
        return _compared(condition.comparison, order.total, minor_units(Decimal(condition.value)))
    if condition.comparison is Comparison.IS_NOT:
        # Of several products, tags or payment methods none may be it.
        return not _holds(replace(condition, comparison=Comparison.IS), order, payments)
    key = state_key if _is_whole_state(condition) else name_key
    fits = _FITS[condition.comparison]
    wanted = key(condition.value)
    texts = _TEXTS[condition.field](order, payments)
    return bool(wanted) and any(fits(key(text), wanted) for text in texts if text.strip())


def _compared(comparison: Comparison, total: int, amount: int) -> bool:
    match comparison:
        case Comparison.MORE_THAN:
            return total > amount
        case Comparison.LESS_THAN:
            return total < amount
        case Comparison.IS_NOT:
            return total != amount
        case _:
            return total == amount


def _is_whole_state(condition: Condition) -> bool:
    """Arizona and AZ are one state, but neither contains the other."""
    return condition.field is Field.STATE and condition.comparison is Comparison.IS


_FITS: Mapping[Comparison, Callable[[str, str], bool]] = {
    Comparison.IS: lambda text, wanted: text == wanted,
    Comparison.CONTAINS: lambda text, wanted: wanted in text,
    Comparison.STARTS_WITH: lambda text, wanted: text.startswith(wanted),
    Comparison.ENDS_WITH: lambda text, wanted: text.endswith(wanted),
}


def _products(order: SalesOrder, payments: Sequence[ReceivedPayment]) -> tuple[str, ...]:
    lines = [line for line in order.lines if line.kind is LineKind.PRODUCT]
    return tuple(text for line in lines for text in (line.sku, line.name))


def _methods(order: SalesOrder, payments: Sequence[ReceivedPayment]) -> tuple[str, ...]:
    """The card brand and the payment type of all money received."""
    cash = [each for each in payments if each.kind is PaymentKind.CASH]
    return tuple(text for each in cash for text in (each.method, each.source_kind))


_TEXTS: Mapping[Field, Callable[[SalesOrder, Sequence[ReceivedPayment]], tuple[str, ...]]] = {
    Field.PRODUCT: _products,
    Field.ORDER_STATUS: lambda order, payments: (order.source_status,),
    Field.PAID_STATE: lambda order, payments: (paid_state(order, payments),),
    Field.SOURCE: lambda order, payments: (order.source, order.order_type),
    Field.TAG: lambda order, payments: order.buyer.tags,
    Field.PAYMENT_METHOD: _methods,
    Field.PROMO_CODE: lambda order, payments: (order.promo_code,),
    Field.TITLE: lambda order, payments: (order.title,),
    Field.STATE: lambda order, payments: (tax_state(order),),
}
