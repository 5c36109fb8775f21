"""Every kind of order, and how often it comes in a realistic mix."""

from collections.abc import Callable

from qbwc_service.demo.keap import kinds as now
from qbwc_service.demo.keap import kinds_later as later
from qbwc_service.demo.keap import kinds_rare as rare
from qbwc_service.demo.keap.trade import Trade

Kind = Callable[[Trade], object]

#: every kind with its share
KINDS: dict[Kind, float] = {
    now.plain: 400,
    now.shipping_and_taxes: 120,
    now.coupon: 40,
    now.discount: 20,
    now.check_of_yesterday: 40,
    now.cash: 30,
    now.two_payments: 30,
    now.one_payment_for_two: 10,
    now.overpaid: 3,
    now.test_payment: 4,
    now.unknown_payment_type: 2,
    now.unpaid: 40,
    now.partly_paid: 20,
    now.paid_late: 30,
    now.plan_of_three: 20,
    now.draft: 6,
    now.declined_for_good: 10,
    now.failed_payment: 10,
    now.subscription_retried: 10,
    now.subscription: 6,
    later.refunded_in_part: 12,
    later.refunded: 12,
    later.refunded_twice: 3,
    later.refund_of_a_part: 2,
    later.voided: 6,
    later.charged_back: 3,
    later.adjusted: 6,
    later.credited: 6,
    later.payment_corrected: 8,
    later.payment_deleted: 3,
    later.order_edited: 12,
    later.order_deleted: 6,
    later.contact_merged: 3,
    later.backdated: 8,
    later.around_midnight: 12,
    later.night_of_the_clocks: 3,
    later.order_saved_late: 8,
    later.payment_saved_late: 8,
    later.zero_total: 12,
    later.without_lines: 3,
    later.many_lines: 0.5,
    later.part_of_an_hour: 5,
    later.canadian: 4,
    later.from_quickbooks: 6,
    later.words_nobody_knows: 2,
    later.off_by_a_cent: 3,
    rare.written_on: 10,
    rare.from_elsewhere: 10,
    rare.every_line: 4,
    rare.credit_and_cash: 4,
    rare.refund_of_two: 2,
    rare.paid_order_edited: 4,
    rare.paid_order_deleted: 2,
}
#: those that make two orders
PAIRS = frozenset(
    {
        now.one_payment_for_two,
        later.refund_of_a_part,
        later.order_saved_late,
        later.payment_saved_late,
        rare.refund_of_two,
    }
)
