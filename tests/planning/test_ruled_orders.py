"""One order planned under rules: settings for it alone, left out, held; and what goes before."""

from dataclasses import replace

from qbwc_service.matching.company import Company
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.order import Override, ReceivedPayment, SalesOrder
from qbwc_service.planning.orders import plan_order
from qbwc_service.planning.plan import Hold, PlannedPayment, SaleForm
from qbwc_service.planning.rule import Rule
from qbwc_service.planning.ruled_orders import RuledPlan, plan_by_rules
from tests.matching.company_file import account, chosen_for, company_file, entry, settings
from tests.planning.test_rules import rule
from tests.world import paid, product, sale

ORDER = sale(1048, product("HAMMER", 4999))
SKIP = rule("product is HAMMER", name="No hammers", then=("skip",))
HOLD = rule("product is HAMMER", name="Ask Bea", then=("hold",))
BANK = account("Checking", kind="Bank")


def plan(
    *rules: Rule,
    order: SalesOrder = ORDER,
    payments: tuple[ReceivedPayment, ...] = (),
    company: Company | None = None,
    circumstances: Circumstances = Circumstances(),  # noqa: B008 - immutable
) -> RuledPlan:
    known = replace(company or company_file(), rules=rules)
    return plan_by_rules(order, payments, known, settings(), circumstances)


def test_without_rules_it_is_the_plan_of_the_order() -> None:
    assert plan() == RuledPlan(plan_order(ORDER, [], company_file(), settings()), settings())


def test_a_rule_that_matches_changes_the_plan() -> None:
    books = company_file(lists={"Class": [entry("Online")]})
    prefixed = rule("product is HAMMER", then=("invoice_class=Online", "number_prefix=W-"))
    ruled = plan(prefixed, company=books)
    assert ruled.plan.sale is not None
    assert (ruled.plan.sale.number, ruled.plan.sale.class_list_id) == ("W-1048", "L-Online")
    assert (ruled.matched, ruled.settings.number_prefix) == ((prefixed,), "W-")


def test_an_entry_that_quickbooks_no_longer_has_holds_the_order() -> None:
    books = company_file(lists={"Class": []})
    ruled = plan(rule("product is HAMMER", then=("invoice_class=Online",)), company=books)
    assert ruled.plan.hold is not None
    assert ruled.plan.hold.cause == "list-entry-not-in-quickbooks"


def test_a_rule_leaves_the_order_out_and_its_payment_waits() -> None:
    ruled = plan(SKIP, payments=(paid(1048, 4999),))
    assert (ruled.plan.skip, ruled.plan.sale, ruled.plan.hold) == ("skipped-by-rule", None, None)
    assert [each.hold.cause for each in ruled.plan.payments if each.hold] == [
        "payment-without-order"
    ]
    assert ruled.matched == (SKIP,)


def test_a_rule_holds_the_order() -> None:
    ruled = plan(HOLD, payments=(paid(1048, 4999),))
    details = {"rule": "Ask Bea", "order": "1048"}
    assert ruled.plan.hold == Hold("held-by-rule", details)
    assert (ruled.plan.sale, ruled.plan.skip) == (None, "")
    assert [each.hold for each in ruled.plan.payments] == [ruled.plan.hold]


def test_what_settings_leave_out_no_rule_sees() -> None:
    ruled = plan(HOLD, order=replace(ORDER, came_from_quickbooks=True))
    assert (ruled.plan.skip, ruled.plan.hold, ruled.matched) == ("came-from-quickbooks", None, ())


def test_what_is_sent_or_wanted_whatever_the_settings_is_neither_left_out_nor_held() -> None:
    wanted = Circumstances(overrides=frozenset({Override.SETTINGS}))
    for known in (wanted, Circumstances(is_sent=True)):
        for stop in (SKIP, HOLD):
            ruled = plan(stop, circumstances=known)
            assert (ruled.plan.skip, ruled.plan.hold) == ("", None)
            assert ruled.plan.sale is not None


def test_a_deposit_account_of_a_rule_goes_before_that_of_the_payment_method() -> None:
    books = company_file(
        accounts=[account("Sales"), BANK],
        deposits=[chosen_for("Visa", "Account", entry("Card Clearing", kind="Bank"))],
    )
    to_bank = rule("product is HAMMER", then=("deposit_account=Checking",))
    other = rule("product is HAMMER", then=("number_prefix=W-",))
    assert deposits(plan(to_bank, payments=(paid(1048, 4999),), company=books)) == ["A-Checking"]
    assert deposits(plan(other, payments=(paid(1048, 4999),), company=books)) == ["L-Card Clearing"]


def deposits(ruled: RuledPlan) -> list[str]:
    planned = [each for decision in ruled.plan.payments for each in decision.planned]
    return [each.deposit_account_list_id for each in planned if isinstance(each, PlannedPayment)]


def test_what_waits_for_its_payment_by_a_rule_is_counted_for_that_rule() -> None:
    receipt = rule("product is HAMMER", then=("transaction=sales-receipt",))
    ruled = plan(receipt)
    assert (ruled.plan.skip, ruled.matched) == ("not-paid-yet", (receipt,))
    paid_now = plan(receipt, payments=(paid(1048, 4999),))
    assert paid_now.plan.sale is not None
    assert paid_now.plan.sale.form is SaleForm.SALES_RECEIPT


def test_an_order_keeps_the_form_that_it_was_sent_as() -> None:
    receipt = rule("paid state is paid", then=("transaction=sales-receipt",))
    sent = Circumstances(is_sent=True, form=SaleForm.INVOICE)
    ruled = plan(receipt, payments=(paid(1048, 4999),), circumstances=sent)
    assert ruled.plan.sale is not None
    assert ruled.plan.sale.form is SaleForm.INVOICE
    assert [each.in_sale for each in ruled.plan.payments] == [False]
