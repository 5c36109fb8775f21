"""A rule as people write it: what is taken, what is refused and why, and how it reads."""

import pytest

from qbwc_service.planning.rule import (
    COMPARISONS,
    LIST_SETTING_OF,
    Action,
    ActionKind,
    Comparison,
    Condition,
    Field,
    Rule,
    RuleRefused,
    checked_rule,
    read_action,
    read_condition,
)
from qbwc_service.planning.rule_words import sentence

HAMMER = Condition(Field.PRODUCT, Comparison.IS, "HAMMER")
ONLINE = Action(ActionKind.CLASS, "Online")


def refusal(
    name: str = "Shop",
    conditions: tuple[Condition, ...] = (HAMMER,),
    actions: tuple[Action, ...] = (ONLINE,),
) -> str:
    with pytest.raises(RuleRefused) as refused:
        checked_rule(name, conditions, actions)
    assert str(refused.value) == f"{refused.value.reason}. Nothing was changed."
    return refused.value.reason


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("product is HAMMER", HAMMER),
        ("  Product  IS  HAMMER ", HAMMER),
        ("title is not so good", Condition(Field.TITLE, Comparison.IS_NOT, "so good")),
        ("title is nothing", Condition(Field.TITLE, Comparison.IS, "nothing")),
        ("total more than 500", Condition(Field.TOTAL, Comparison.MORE_THAN, "500")),
        ("total is less than 500", Condition(Field.TOTAL, Comparison.LESS_THAN, "500")),
        ("order status is SENT", Condition(Field.ORDER_STATUS, Comparison.IS, "SENT")),
        (
            "payment method starts with VI",
            Condition(Field.PAYMENT_METHOD, Comparison.STARTS_WITH, "VI"),
        ),
        ("promo code ends with 10", Condition(Field.PROMO_CODE, Comparison.ENDS_WITH, "10")),
        ("source contains API", Condition(Field.SOURCE, Comparison.CONTAINS, "API")),
    ],
)
def test_a_condition_is_read_from_words(text: str, condition: Condition) -> None:
    assert read_condition(text) == condition


@pytest.mark.parametrize("text", ["", "HAMMER", "colour is red", "product HAMMER", "productis X"])
def test_words_that_are_no_condition_are_told_how_to_write_one(text: str) -> None:
    with pytest.raises(RuleRefused, match="is no condition: write one of product, order status,"):
        read_condition(text)


def test_an_action_is_read_from_words() -> None:
    assert read_action("invoice_class = Online:Shop") == Action(ActionKind.CLASS, "Online:Shop")
    for text in ("Online", "colour=red", "skip=yes", "hold="):
        with pytest.raises(RuleRefused, match="sets nothing: write NAME=VALUE with one of"):
            read_action(text)


def test_values_are_kept_as_they_are_compared() -> None:
    rule = checked_rule(
        "  Big   shop ",
        [
            Condition(Field.TOTAL, Comparison.MORE_THAN, " 500 "),
            Condition(Field.TOTAL, Comparison.LESS_THAN, "1000.5"),
            Condition(Field.PAID_STATE, Comparison.IS, "Paid"),
            HAMMER,
            HAMMER,
        ],
        [Action(ActionKind.CLASS, " Online ")],
    )
    assert rule == Rule(
        "Big shop",
        (
            Condition(Field.TOTAL, Comparison.MORE_THAN, "500.00"),
            Condition(Field.TOTAL, Comparison.LESS_THAN, "1000.50"),
            Condition(Field.PAID_STATE, Comparison.IS, "paid in full"),
            HAMMER,
        ),
        (ONLINE,),
    )


@pytest.mark.parametrize("field", Field)
@pytest.mark.parametrize("comparison", Comparison)
def test_a_field_takes_only_its_comparisons(field: Field, comparison: Comparison) -> None:
    value = {Field.TOTAL: "5", Field.PAID_STATE: "unpaid"}.get(field, "x")
    condition = Condition(field, comparison, value)
    if comparison in COMPARISONS[field]:
        assert checked_rule("Shop", [condition], [ONLINE]).conditions[0].field is field
    else:
        assert refusal(conditions=(condition,)).startswith(f"The {field} cannot be compared by")


def test_numbers_compare_totals_only() -> None:
    numbers = {Comparison.MORE_THAN, Comparison.LESS_THAN}
    assert [field for field in Field if numbers & set(COMPARISONS[field])] == [Field.TOTAL]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\0b"])
def test_a_rule_needs_a_name(name: str) -> None:
    assert refusal(name=name).startswith("Give the rule a name of 1 to 60 ")


def test_a_rule_without_conditions_is_refused() -> None:
    assert refusal(conditions=()).startswith("A rule without a condition would change every order")


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Condition(Field.PRODUCT, Comparison.IS, " "), "Say what the product is compared with"),
        (Condition(Field.TITLE, Comparison.IS, "x" * 201), "Say what the title is compared with"),
        (Condition(Field.TOTAL, Comparison.IS, "much"), '"much" is not an amount like 500'),
        (Condition(Field.TOTAL, Comparison.IS, "-5"), '"-5" is not an amount'),
        (Condition(Field.PAID_STATE, Comparison.IS, "SENT"), "The paid state is one of paid in"),
    ],
)
def test_a_value_that_cannot_be_compared_is_refused(condition: Condition, reason: str) -> None:
    assert refusal(conditions=(condition,)).startswith(reason)


@pytest.mark.parametrize("kind", [kind for kind in ActionKind if kind not in {"skip", "hold"}])
def test_an_action_that_would_empty_a_setting_is_refused(kind: ActionKind) -> None:
    assert refusal(actions=(Action(kind, " "),)).startswith(f"A rule cannot make {kind} empty")


@pytest.mark.parametrize(
    ("actions", "reason"),
    [
        ((), "A rule that does nothing is of no use"),
        ((Action(ActionKind.SKIP), ONLINE), "A rule that leaves an order out or holds it can do"),
        ((Action(ActionKind.SKIP), Action(ActionKind.HOLD)), "A rule that leaves an order out or"),
        ((ONLINE, Action(ActionKind.CLASS, "Shop")), "The rule sets invoice_class twice"),
        ((Action(ActionKind.TRANSACTION, "gift"),), "transaction: write invoice-and-payments, "),
        ((Action(ActionKind.PREFIX, "SEVENXX"),), "number_prefix: at most 6 characters"),
        ((Action(ActionKind.CLASS, "x" * 201),), "invoice_class takes up to 200 letters"),
    ],
)
def test_actions_that_cannot_be_done_are_refused(actions: tuple[Action, ...], reason: str) -> None:
    assert refusal(actions=actions).startswith(reason)


def test_too_many_conditions_are_refused() -> None:
    many = tuple(Condition(Field.TITLE, Comparison.IS, str(number)) for number in range(21))
    assert refusal(conditions=many) == "A rule has at most 20 conditions; make two rules of it"


def test_what_a_rule_names_of_quickbooks_lists() -> None:
    rule = Rule("Shop", (HAMMER,), (ONLINE, Action(ActionKind.PREFIX, "W-")))
    assert [(setting.name, value) for setting, value in rule.named_entries()] == [
        ("invoice_class", "Online")
    ]
    assert {kind.value for kind in LIST_SETTING_OF} == {
        *("invoice_class", "deposit_account", "terms", "invoice_template", "sales_rep"),
    }
    assert (rule.value(ActionKind.PREFIX), rule.value(ActionKind.TERMS)) == ("W-", None)


@pytest.mark.parametrize(
    ("conditions", "actions", "words"),
    [
        (
            ("product is HAMMER", "total more than 500.00"),
            ("transaction=sales-receipt", "invoice_class=Online"),
            (
                "If a product is HAMMER and the total is more than 500.00, make a sales receipt "
                "and use the class Online"
            ),
        ),
        (
            ("product is not HAMMER", "paid state is not unpaid", "total less than 5.00"),
            ("deposit_account=Checking", "number_prefix=W-", "terms=Net 30"),
            (
                "If no product is HAMMER and the order is not unpaid and the total is less than "
                "5.00, deposit payments to Checking, put W- before the number and use the terms "
                "Net 30"
            ),
        ),
        (
            ("paid state is part paid", "title is not Gift", "tag contains 4"),
            ("invoice_template=Web", "sales_rep=AL", "sales_tax=line"),
            (
                "If the order is part paid and the title is not Gift and a tag contains 4, use the "
                "template Web, use the sales rep AL and put the sales tax on a line of its own"
            ),
        ),
        (("state is AZ",), ("transaction=sales-order",), "If the state is AZ, make a sales order"),
    ],
)
def test_a_rule_reads_as_a_sentence(
    conditions: tuple[str, ...], actions: tuple[str, ...], words: str
) -> None:
    read = map(read_condition, conditions), list(map(read_action, actions))
    assert sentence(checked_rule("Shop", *read)) == words


def test_a_rule_that_stops_reads_as_a_sentence() -> None:
    for kind, words in ((ActionKind.SKIP, "leave the order out"), (ActionKind.HOLD, "hold the")):
        assert words in sentence(Rule("Shop", (HAMMER,), (Action(kind),)))
