"""What rules make of an order: every field with every comparison, and the order of rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_service.planning.order import LineKind, PaymentKind, PostalAddress, SalesOrder
from qbwc_service.planning.plan import Hold
from qbwc_service.planning.rule import (
    COMPARISONS,
    Action,
    ActionKind,
    Comparison,
    Condition,
    Field,
    Rule,
    checked_rule,
    read_action,
    read_condition,
)
from qbwc_service.planning.rules import Applied, apply_rules, matches
from tests.matching.company_file import settings
from tests.world import ANN, line, paid, product, sale

ORDER = replace(
    sale(
        1048,
        product("HAMMER", 50000),
        product("NAIL-2", 2550),
        line(LineKind.SHIPPING, 0),
        buyer=replace(ANN, tags=("101", "205")),
    ),
    title="Spring Sale Zürich",
    source_status="SENT",
    source="CHECKOUT_FORM",
    order_type="Online",
    promo_code="SPRING10",
    total_paid=10000,
)
PAYMENTS = (
    paid(1048, 10000, method="Visa", source_kind="Credit Card"),
    paid(1048, 500, payment_id=2, kind=PaymentKind.REFUND, method="PayPal", source_kind="Refund"),
)


def rule(*conditions: str, name: str = "A rule", then: tuple[str, ...] = ("terms=Net 30",)) -> Rule:
    stops = [Action(ActionKind(each)) for each in then if each in {"skip", "hold"}]
    values = [read_action(each) for each in then if each not in {"skip", "hold"}]
    return checked_rule(name, [read_condition(text) for text in conditions], [*values, *stops])


def apply(*rules: Rule, order: SalesOrder = ORDER, may_stop: bool = True) -> Applied:
    return apply_rules(rules, order, PAYMENTS, settings(), may_stop=may_stop)


HELD = [
    "product is hammer",
    "product is Nail-2 product",
    "product is not SAW",
    "product contains ail",
    "product starts with ham",
    "product ends with -2",
    "order status is sent",
    "order status is not PAID",
    "order status contains en",
    "order status starts with s",
    "order status ends with t",
    "paid state is part paid",
    "paid state is not unpaid",
    "source is checkout_form",
    "source is ONLINE",
    "source is not API",
    "source contains out_",
    "source starts with check",
    "source ends with line",
    "total is 525.50",
    "total is not 525",
    "total more than 525.49",
    "total less than 525.51",
    "tag is 205",
    "tag is not 20",
    "tag contains 0",
    "tag starts with 20",
    "tag ends with 01",
    "payment method is VISA",
    "payment method is credit card",
    "payment method is not PayPal",
    "payment method contains red",
    "payment method starts with cred",
    "payment method ends with sa",
    "promo code is spring10",
    "promo code is not SPRING",
    "promo code contains ring",
    "promo code starts with s",
    "promo code ends with 10",
    "title is spring sale ZÜRICH",
    "title is not Spring Sale",
    "title contains sale",
    "title starts with spring",
    "title ends with zürich",
    "state is AZ",
    "state is Arizona",
    "state is US-AZ",
    "state is not CA",
    "state contains z",
    "state starts with a",
    "state ends with Z",
]
NOT_HELD = [
    "product is HAM",
    "product is Shipping",
    "product is not HAMMER",
    "product is not nail-2",
    "product contains saw",
    "product starts with ammer",
    "product ends with ham",
    "order status is SEN",
    "order status is not Sent",
    "order status contains paid",
    "order status starts with e",
    "order status ends with n",
    "paid state is unpaid",
    "paid state is paid",
    "paid state is not part paid",
    "source is FORM",
    "source is not online",
    "source contains api",
    "source starts with form",
    "source ends with check",
    "total is 525.51",
    "total is not 525.50",
    "total more than 525.50",
    "total less than 525.50",
    "tag is 20",
    "tag is not 101",
    "tag contains 9",
    "tag starts with 05",
    "tag ends with 10",
    "payment method is PayPal",
    "payment method is not visa",
    "payment method contains pal",
    "payment method starts with isa",
    "payment method ends with vis",
    "promo code is SPRING",
    "promo code is not spring10",
    "promo code contains x",
    "promo code starts with 10",
    "promo code ends with s",
    "title is Spring",
    "title is not SPRING SALE ZÜRICH",
    "title contains summer",
    "title starts with sale",
    "title ends with sale",
    "state is A",
    "state is not arizona",
    "state contains q",
    "state starts with z",
    "state ends with a",
]


@pytest.mark.parametrize("condition", HELD)
def test_a_condition_holds(condition: str) -> None:
    assert matches(rule(condition), ORDER, PAYMENTS)


@pytest.mark.parametrize("condition", NOT_HELD)
def test_a_condition_does_not_hold(condition: str) -> None:
    assert not matches(rule(condition), ORDER, PAYMENTS)


def test_every_field_is_tried_with_every_comparison_both_ways() -> None:
    every = {(field, each) for field in Field for each in COMPARISONS[field]}
    for tried in (HELD, NOT_HELD):
        read = [read_condition(text) for text in tried]
        assert {(each.field, each.comparison) for each in read} == every


@pytest.mark.parametrize("field", [field for field in Field if field is not Field.TOTAL])
def test_what_an_order_lacks_is_nothing_and_contains_nothing(field: Field) -> None:
    bare = replace(sale(7, line(LineKind.SHIPPING, 5), buyer=replace(ANN, bill_to=None)), title="")
    if field is Field.PAID_STATE:
        assert matches(rule("paid state is unpaid"), bare, [])
        return
    for comparison in COMPARISONS[field]:
        condition = Condition(field, comparison, "x")
        assert matches(Rule("", (condition,), ()), bare, []) is (comparison is Comparison.IS_NOT)


def test_the_state_is_that_of_the_ship_to_address_first() -> None:
    shipped = replace(ORDER, ship_to=PostalAddress(state="CA"))
    assert matches(rule("state is California"), shipped, [])
    assert not matches(rule("state is AZ"), shipped, [])


def test_the_paid_state_comes_from_the_payments_where_the_order_does_not_tell() -> None:
    silent = replace(ORDER, total_paid=None)
    assert matches(rule("paid state is part paid"), silent, PAYMENTS)
    assert matches(rule("paid state is unpaid"), silent, PAYMENTS[1:])


def test_all_conditions_have_to_hold() -> None:
    assert matches(rule("product is HAMMER", "state is AZ"), ORDER, PAYMENTS)
    assert not matches(rule("product is HAMMER", "state is CA"), ORDER, PAYMENTS)


# -- what they do ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in ActionKind if kind not in {"skip", "hold"}])
def test_a_rule_sets_that_setting_for_the_order_and_no_other(kind: ActionKind) -> None:
    value = {"transaction": "sales-receipt", "sales_tax": "quickbooks"}.get(kind, "New")
    applied = apply(rule("state is AZ", then=(f"{kind}={value}",)))
    assert applied.settings == replace(settings(), **{kind.value: value})
    assert applied.sets_deposit_account is (kind is ActionKind.DEPOSIT_ACCOUNT)


def test_the_first_rule_that_sets_something_wins_and_others_set_what_is_open() -> None:
    first = rule("state is AZ", name="1", then=("terms=Net 30",))
    second = rule("state is AZ", name="2", then=("terms=Net 60", "invoice_class=Online"))
    applied = apply(first, second)
    assert (applied.settings.terms, applied.settings.invoice_class) == ("Net 30", "Online")
    assert applied.matched == (first, second)
    assert apply(second, first).settings.terms == "Net 60"


def test_a_rule_that_skips_ends_the_walk() -> None:
    skip = rule("state is AZ", name="Out", then=("skip",))
    below = rule("state is AZ", then=("terms=Net 30",))
    applied = apply(skip, below)
    assert applied == Applied(settings(), (skip,), skip="skipped-by-rule")


def test_a_rule_that_holds_says_which_it_was() -> None:
    above = rule("state is AZ", then=("terms=Net 30",))
    hold = rule("state is AZ", name="Ask Bea", then=("hold",))
    applied = apply(above, hold, rule("state is AZ", then=("skip",)))
    assert applied.hold == Hold("held-by-rule", {"rule": "Ask Bea", "order": "1048"})
    assert (applied.matched, applied.skip) == ((above, hold), "")
    assert applied.settings.terms == "Net 30"


def test_what_can_no_longer_be_stopped_passes_rules_that_would() -> None:
    below = rule("state is AZ", then=("terms=Net 30",))
    for stop in ("skip", "hold"):
        applied = apply(rule("state is AZ", then=(stop,)), below, may_stop=False)
        assert (applied.skip, applied.hold, applied.matched) == ("", None, (below,))
        assert applied.settings.terms == "Net 30"


def test_no_rule_changes_nothing() -> None:
    assert apply() == Applied(settings())


# -- whatever the rules are ------------------------------------------------------------------------

texts = st.sampled_from(["HAMMER", "hammer", "AZ", "Visa", "205", "SENT", "nothing"])
conditions = st.one_of(
    st.builds(
        Condition,
        st.sampled_from([each for each in Field if each not in {"total", "paid state"}]),
        st.sampled_from(COMPARISONS[Field.PRODUCT]),
        texts,
    ),
    st.builds(
        Condition,
        st.just(Field.TOTAL),
        st.sampled_from(COMPARISONS[Field.TOTAL]),
        st.sampled_from(["0.00", "525.50", "1000.00"]),
    ),
)
actions = st.one_of(
    st.builds(Action, st.just(ActionKind.TERMS), st.sampled_from(["Net 30", "Net 60"])),
    st.builds(Action, st.just(ActionKind.CLASS), st.just("Online")),
    st.just(Action(ActionKind.SKIP)),
    st.just(Action(ActionKind.HOLD)),
)
rules = st.builds(
    Rule,
    st.sampled_from(["A", "B"]),
    st.lists(conditions, min_size=1, max_size=4).map(tuple),
    actions.map(lambda each: (each,)),
)


@given(st.lists(rules, max_size=6))
def test_rules_that_do_not_match_change_nothing(chosen: list[Rule]) -> None:
    matching = [each for each in chosen if matches(each, ORDER, PAYMENTS)]
    assert apply(*chosen) == apply(*matching)


@given(rules, st.data())
def test_the_order_of_conditions_is_irrelevant(chosen: Rule, data: st.DataObject) -> None:
    turned = replace(chosen, conditions=tuple(data.draw(st.permutations(chosen.conditions))))
    assert matches(chosen, ORDER, PAYMENTS) == matches(turned, ORDER, PAYMENTS)


@given(conditions.filter(lambda each: each.comparison is Comparison.IS))
def test_is_and_is_not_never_hold_together(condition: Condition) -> None:
    both = (condition, replace(condition, comparison=Comparison.IS_NOT))
    assert sum(matches(Rule("", (each,), ()), ORDER, PAYMENTS) for each in both) == 1


@given(st.lists(rules, max_size=6))
def test_skip_and_hold_are_the_last_rule_that_matched(chosen: list[Rule]) -> None:
    applied = apply(*chosen)
    stops = [each.actions[0].kind in {"skip", "hold"} for each in applied.matched]
    assert not any(stops[:-1])
    assert bool(applied.skip or applied.hold) is any(stops)
