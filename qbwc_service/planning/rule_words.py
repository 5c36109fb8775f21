"""A rule as a sentence: If a product is HAMMER, make a sales receipt. Pure."""

from collections.abc import Mapping, Sequence

from qbwc_service.planning.order_status import PaidState
from qbwc_service.planning.rule import Action, ActionKind, Comparison, Condition, Field, Rule

#: of these an order has several
_SEVERAL = frozenset({Field.PRODUCT, Field.TAG, Field.PAYMENT_METHOD})
_COMPARED: Mapping[Comparison, str] = {
    Comparison.MORE_THAN: "is more than",
    Comparison.LESS_THAN: "is less than",
}
_TRANSACTION: Mapping[str, str] = {
    "invoice-and-payments": "make an invoice and its payments",
    "invoice": "make an invoice only, without payments",
    "sales-receipt": "make a sales receipt",
    "sales-order": "make a sales order",
}
_SALES_TAX: Mapping[str, str] = {
    "line": "put the sales tax on a line of its own",
    "quickbooks": "let QuickBooks reckon the sales tax",
}
_DONE: Mapping[ActionKind, str] = {
    ActionKind.CLASS: "use the class {}",
    ActionKind.DEPOSIT_ACCOUNT: "deposit payments to {}",
    ActionKind.PREFIX: "put {} before the number",
    ActionKind.TERMS: "use the terms {}",
    ActionKind.TEMPLATE: "use the template {}",
    ActionKind.SALES_REP: "use the sales rep {}",
    ActionKind.SKIP: "leave the order out",
    ActionKind.HOLD: "hold the order",
}


def sentence(rule: Rule) -> str:
    conditions = " and ".join(condition_words(each) for each in rule.conditions)
    return f"If {conditions}, {_listed([action_words(each) for each in rule.actions])}"


def condition_words(condition: Condition) -> str:
    """A product is HAMMER, the total is more than 500.00."""
    field, comparison = condition.field, condition.comparison
    if field is Field.PAID_STATE:
        negation = "not " if comparison is Comparison.IS_NOT else ""
        return f"the order is {negation}{PaidState(condition.value)}"
    if field in _SEVERAL and comparison is Comparison.IS_NOT:
        return f"no {field} is {condition.value}"
    article = "a" if field in _SEVERAL else "the"
    return f"{article} {field} {_COMPARED.get(comparison, comparison)} {condition.value}"


def action_words(action: Action) -> str:
    """Use the class Online, make a sales receipt, hold the order."""
    match action.kind:
        case ActionKind.TRANSACTION:
            return _TRANSACTION[action.value]
        case ActionKind.SALES_TAX:
            return _SALES_TAX[action.value]
        case _:
            return _DONE[action.kind].format(action.value)


def _listed(words: Sequence[str]) -> str:
    *front, last = words
    return f"{', '.join(front)} and {last}" if front else last
