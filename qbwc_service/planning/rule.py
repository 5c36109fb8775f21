"""One rule of a connection, as a person writes it: if all of its conditions hold, its actions go.
Values and their checks; pure.

    Exception
      RuleRefused    a rule cannot be used; the text says why, and nothing was changed
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from qbwc_service.planning.order_status import PaidState
from qbwc_service.settings import LIST_SETTINGS, SETTINGS, Setting, SettingError, read

LONGEST_NAME = 60
LONGEST_VALUE = 200
MOST_PARTS = 20


class RuleRefused(Exception):
    """`reason` is a sentence without its full stop."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}. Nothing was changed.")


class Field(StrEnum):
    """What of an order a condition looks at; the values are what people write."""

    PRODUCT = "product"
    ORDER_STATUS = "order status"
    PAID_STATE = "paid state"
    SOURCE = "source"
    TOTAL = "total"
    TAG = "tag"
    PAYMENT_METHOD = "payment method"
    PROMO_CODE = "promo code"
    TITLE = "title"
    STATE = "state"


class Comparison(StrEnum):
    IS = "is"
    IS_NOT = "is not"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    MORE_THAN = "more than"
    LESS_THAN = "less than"


class ActionKind(StrEnum):
    """What a rule does: sets one of the settings for the order (the values are their names), or
    keeps it from being sent."""

    TRANSACTION = "transaction"
    CLASS = "invoice_class"
    DEPOSIT_ACCOUNT = "deposit_account"
    PREFIX = "number_prefix"
    TERMS = "terms"
    TEMPLATE = "invoice_template"
    SALES_REP = "sales_rep"
    SALES_TAX = "sales_tax"
    SKIP = "skip"
    HOLD = "hold"


#: after one of these no later rule is looked at
STOPS = frozenset({ActionKind.SKIP, ActionKind.HOLD})

_ONE_OF = (Comparison.IS, Comparison.IS_NOT)
_TEXT = (*_ONE_OF, Comparison.CONTAINS, Comparison.STARTS_WITH, Comparison.ENDS_WITH)
_NUMBER = (*_ONE_OF, Comparison.MORE_THAN, Comparison.LESS_THAN)
#: which comparisons a field takes; a field that is not named takes those of texts
COMPARISONS: Mapping[Field, tuple[Comparison, ...]] = {
    each: {Field.TOTAL: _NUMBER, Field.PAID_STATE: _ONE_OF}.get(each, _TEXT) for each in Field
}
#: the entry of a QuickBooks list that an action names
LIST_SETTING_OF: Mapping[ActionKind, Setting] = {
    ActionKind(setting.name): setting
    for setting in LIST_SETTINGS
    if setting.name in set(ActionKind)
}
_SETTING_OF = {setting.name: setting for setting in SETTINGS}
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_PAID = "paid"


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is checked: an amount like 500.00, a word of PaidState, or any text."""

    field: Field
    comparison: Comparison
    value: str


@dataclass(frozen=True, slots=True)
class Action:
    """`value` is that of the setting; "" to skip or hold."""

    kind: ActionKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """If all conditions hold, all actions go. `rule_id` is 0 while it is not stored."""

    name: str
    conditions: tuple[Condition, ...]
    actions: tuple[Action, ...]
    rule_id: int = 0

    def value(self, kind: ActionKind) -> str | None:
        """What it sets; None where it does not."""
        return next((each.value for each in self.actions if each.kind is kind), None)

    def named_entries(self) -> list[tuple[Setting, str]]:
        """The entries of QuickBooks' lists that it names, each by the setting that it is for."""
        return [
            (LIST_SETTING_OF[each.kind], each.value)
            for each in self.actions
            if each.kind in LIST_SETTING_OF
        ]


def checked_rule(name: str, conditions: Iterable[Condition], actions: Sequence[Action]) -> Rule:
    """The rule with its values as they are compared and set. Raises RuleRefused."""
    shown = " ".join(name.split())
    if not shown or len(shown) > LONGEST_NAME or not shown.isprintable():
        raise RuleRefused(f"Give the rule a name of 1 to {LONGEST_NAME} letters, digits and signs")
    # The same condition twice says no more than once.
    wanted = tuple(dict.fromkeys(_checked_condition(each) for each in conditions))
    if not wanted:
        raise RuleRefused("A rule without a condition would change every order; add a condition")
    done = tuple(_checked_action(each) for each in actions)
    _check_together(wanted, done)
    return Rule(shown, wanted, done)


def read_condition(text: str) -> Condition:
    """From "product is HAMMER", "total more than 500". Raises RuleRefused."""
    written = " ".join(text.split())
    field = _leading(written, Field)
    rest = written[len(field) :].strip() if field else ""
    # "is more than" reads better than "more than".
    compared = re.sub("^is (?=(more|less) than )", "", rest, flags=re.IGNORECASE)
    comparison = _leading(compared, Comparison)
    if not field or not comparison:
        raise RuleRefused(
            f'"{text}" is no condition: write one of {", ".join(Field)}; then one of '
            f"{', '.join(Comparison)}; then the value, as in: total more than 500"
        )
    value = compared[len(comparison) :].strip()
    return Condition(Field(field), Comparison(comparison), value)


def read_action(text: str) -> Action:
    """From "transaction=sales-receipt". Raises RuleRefused."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or name not in set(ActionKind) - STOPS:
        known = ", ".join(kind for kind in ActionKind if kind not in STOPS)
        raise RuleRefused(f'"{text}" sets nothing: write NAME=VALUE with one of {known}')
    return Action(ActionKind(name), value)


def _leading(text: str, words: Iterable[str]) -> str:
    """The longest of these that the text begins with, as a word."""
    fitting = [word for word in words if f"{text.casefold()} ".startswith(f"{word} ")]
    return max(fitting, key=len, default="")


def _checked_condition(condition: Condition) -> Condition:
    field, comparison, value = condition.field, condition.comparison, condition.value.strip()
    if comparison not in COMPARISONS[field]:
        known = ", ".join(COMPARISONS[field])
        raise RuleRefused(f'The {field} cannot be compared by "{comparison}"; it takes: {known}')
    if not value or len(value) > LONGEST_VALUE or not value.isprintable():
        raise RuleRefused(f"Say what the {field} is compared with, in 1 to {LONGEST_VALUE} letters")
    if field is Field.TOTAL:
        if not _AMOUNT.fullmatch(value):
            raise RuleRefused(f'"{value}" is not an amount like 500 or 500.00')
        value = f"{Decimal(value):.2f}"
    if field is Field.PAID_STATE:
        value = value.casefold()
        value = PaidState.IN_FULL.value if value == _PAID else value
        if value not in set(PaidState):
            raise RuleRefused(f"The paid state is one of {', '.join(PaidState)}")
    return Condition(field, comparison, value)


def _checked_action(action: Action) -> Action:
    if action.kind in STOPS:
        return Action(action.kind)
    value = action.value.strip()
    if not value:
        raise RuleRefused(f"A rule cannot make {action.kind} empty; say what it is to be")
    if len(value) > LONGEST_VALUE or not value.isprintable():
        raise RuleRefused(f"{action.kind} takes up to {LONGEST_VALUE} letters, digits and signs")
    try:
        read(_SETTING_OF[action.kind], value)
    except SettingError as error:
        raise RuleRefused(str(error)) from error
    return Action(action.kind, value)


def _check_together(conditions: Sequence[Condition], actions: Sequence[Action]) -> None:
    kinds = [action.kind for action in actions]
    if not kinds:
        raise RuleRefused("A rule that does nothing is of no use; say what it is to do")
    if len(kinds) > 1 and STOPS & set(kinds):
        raise RuleRefused("A rule that leaves an order out or holds it can do nothing else")
    if len(set(kinds)) < len(kinds):
        twice = next(kind for kind in kinds if kinds.count(kind) > 1)
        raise RuleRefused(f"The rule sets {twice} twice; say it once")
    if len(conditions) > MOST_PARTS:
        raise RuleRefused(f"A rule has at most {MOST_PARTS} conditions; make two rules of it")
