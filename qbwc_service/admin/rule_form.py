"""The form of a rule: what was typed into it, as a rule; a rule, as what is typed into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from qbwc_service.admin.setting_words import SETTING_CHOICE
from qbwc_service.ledger.list_entries import entries_of
from qbwc_service.planning.rule import (
    LIST_SETTING_OF,
    MOST_PARTS,
    STOPS,
    Action,
    ActionKind,
    Comparison,
    Condition,
    Field,
    Rule,
    RuleRefused,
    checked_rule,
)
from qbwc_service.settings import SETTINGS

#: lines for conditions in an empty form
_LINES = 4
#: what the form sets, and what a person calls it
LABELS: Mapping[ActionKind, str] = {
    ActionKind.TRANSACTION: "Make",
    ActionKind.CLASS: "Class",
    ActionKind.DEPOSIT_ACCOUNT: "Deposit account",
    ActionKind.PREFIX: "Prefix of the number",
    ActionKind.TERMS: "Terms",
    ActionKind.TEMPLATE: "Template",
    ActionKind.SALES_REP: "Sales rep",
    ActionKind.SALES_TAX: "Sales tax",
}
_CHOICES = {setting.name: setting.choices for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ActionField:
    """One setting of the form; `choices`: the only values, `offered`: those that are there."""

    name: str
    label: str
    value: str
    choices: tuple[Choice, ...] = ()
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What stands in the form. `rule_id` is 0 for a new rule; `then` is "", skip or hold."""

    name: str = ""
    conditions: tuple[tuple[str, str, str], ...] = ()
    then: str = ""
    values: Mapping[str, str] | None = None
    rule_id: int = 0

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """The conditions, with empty lines for more."""
        empty = (Field.PRODUCT.value, Comparison.IS.value, "")
        more = max(_LINES - len(self.conditions), 1)
        return [*self.conditions, *[empty] * min(more, MOST_PARTS - len(self.conditions))]

    def rule(self) -> Rule:
        """Raises RuleRefused."""
        try:
            conditions = [
                Condition(Field(field), Comparison(comparison), value)
                for field, comparison, value in self.conditions
            ]
        except ValueError as error:
            raise RuleRefused("Choose field and comparison from the lists") from error
        actions = [
            Action(kind, self.values[kind])
            for kind in LABELS
            if self.values and self.values.get(kind)
        ]
        if self.then in STOPS:
            actions.append(Action(ActionKind(self.then)))
        return replace(checked_rule(self.name, conditions, actions), rule_id=self.rule_id)


def form_of(rule: Rule) -> RuleForm:
    values = {each.kind.value: each.value for each in rule.actions if each.kind not in STOPS}
    stop = next((each.kind.value for each in rule.actions if each.kind in STOPS), "")
    conditions = tuple(
        (each.field.value, each.comparison.value, each.value) for each in rule.conditions
    )
    return RuleForm(rule.name, conditions, stop, values, rule.rule_id)


def typed_form(typed: Mapping[str, str], rule_id: int) -> RuleForm:
    """Lines without a value are left out."""
    conditions = []
    for line in range(MOST_PARTS):
        value = typed.get(f"value-{line}", "").strip()
        if value:
            field, comparison = typed.get(f"field-{line}", ""), typed.get(f"comparison-{line}", "")
            conditions.append((field, comparison, value))
    values = {kind.value: typed.get(kind, "").strip() for kind in LABELS}
    return RuleForm(
        typed.get("name", "").strip(), tuple(conditions), typed.get("then", ""), values, rule_id
    )


def action_fields(db: Session, connection_id: int, form: RuleForm) -> list[ActionField]:
    """What can be set, with what there is to choose from."""
    values = form.values or {}
    return [
        ActionField(
            kind.value,
            label,
            values.get(kind, ""),
            tuple(Choice(each, SETTING_CHOICE.get(each, each)) for each in _CHOICES[kind]),
            tuple(_offered(db, connection_id, kind)),
        )
        for kind, label in LABELS.items()
    ]


def _offered(db: Session, connection_id: int, kind: ActionKind) -> Sequence[str]:
    setting = LIST_SETTING_OF.get(kind)
    if setting is None:
        return ()
    found = entries_of(db, connection_id, setting.list_name, setting.entry_kinds, only_active=True)
    return [entry.full_name for entry in found]
