"""One order -> its plan: left out, held, or a form of QuickBooks with its payments."""

from collections.abc import Sequence

from qbwc_service.matching.company import Company
from qbwc_service.matching.customers import match_customer
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.customer_updates import plan_customer_update
from qbwc_service.planning.lines import plan_lines
from qbwc_service.planning.list_choices import list_choices
from qbwc_service.planning.money import shown
from qbwc_service.planning.numbers import Number, full_number, sale_number
from qbwc_service.planning.order import (
    Override,
    PaymentKind,
    ReceivedPayment,
    SalesOrder,
)
from qbwc_service.planning.order_filter import skip_by_settings
from qbwc_service.planning.paid import payments_add_up, sums_by_kind
from qbwc_service.planning.payment_rows import (
    hold_payments,
    skip_payments,
    undecided_payments,
)
from qbwc_service.planning.payments import plan_payments
from qbwc_service.planning.plan import Hold, OrderPlan, PlannedSale, SaleForm
from qbwc_service.planning.receipts import NOT_PAID_YET, receipt_payment
from qbwc_service.planning.sales import has_email, new_customer, planned_sale
from qbwc_service.planning.settlement import Settlement
from qbwc_service.settings import Settings

_FORMS = {
    "invoice-and-payments": SaleForm.INVOICE,
    "invoice": SaleForm.INVOICE,
    "sales-receipt": SaleForm.SALES_RECEIPT,
    "sales-order": SaleForm.SALES_ORDER,
}


def plan_order(
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    company: Company,
    settings: Settings,
    known: Circumstances = Circumstances(),  # noqa: B008 - immutable
) -> OrderPlan:
    """What to make of it in QuickBooks; pure, so the same input gives the same plan."""
    may_skip = not known.is_sent and Override.SETTINGS not in known.overrides
    skip = skip_by_settings(order, payments, settings) if may_skip else ""
    if skip:
        return OrderPlan(skip=skip, payments=undecided_payments(payments, settings))
    return _Planning(order, payments, company, settings, known).plan()


class _Planning:
    """One order that settings do not leave out."""

    def __init__(
        self,
        order: SalesOrder,
        payments: Sequence[ReceivedPayment],
        company: Company,
        settings: Settings,
        known: Circumstances,
    ) -> None:
        self._order = order
        self._payments = payments
        self._company = company
        self._settings = settings
        self._known = known
        self._form = known.form or _FORMS[settings.transaction]

    def plan(self) -> OrderPlan:
        hold = self._source_trouble() or self._order_trouble()
        number = sale_number(
            self._order, self._company.numbers, self._settings, self._known.own_prefix
        )
        if hold is None and isinstance(number, Hold):
            hold = number
        if hold:
            return self._held(hold)
        if hold := self._paid_trouble():
            return OrderPlan(hold=hold, payments=hold_payments(hold, self._payments))
        return self._plan_sale(number) if isinstance(number, Number) else self._held(number)

    # -- why it waits -----------------------------------------------------------------------------

    def _source_trouble(self) -> Hold | None:
        if self._known.is_deleted and Override.DELETED not in self._known.overrides:
            return Hold("deleted-in-keap", {"order": str(self._order.order_id)})
        return None

    def _order_trouble(self) -> Hold | None:
        order = self._order
        details = {"order": str(order.order_id)}
        if order.is_draft and self._settings.drafts == "hold":
            return Hold("draft-order", details)
        home = self._company.home_currency
        if home and order.currency != home:
            more = {"currency": order.currency, "home_currency": home}
            return Hold("other-currency", details | more)
        return None if order.buyer.contact_id else Hold("no-customer", details)

    def _paid_trouble(self) -> Hold | None:
        accepted = Override.PAYMENT_SUM in self._known.overrides
        if accepted or payments_add_up(self._order, self._payments):
            return None
        sums = sums_by_kind(self._payments)
        details = {
            "order": str(self._order.order_id),
            "paid": shown(self._order.total_paid or 0),
            "payments_total": shown(sums.get(PaymentKind.CASH, 0)),
        }
        return Hold("payments-do-not-add-up", details)

    # -- the form ---------------------------------------------------------------------------------

    def _plan_sale(self, number: Number) -> OrderPlan:
        order, company, settings = self._order, self._company, self._settings
        paid = None
        if self._form is SaleForm.SALES_RECEIPT:
            paid = receipt_payment(order, self._payments, company, settings)
            if paid == NOT_PAID_YET and not self._known.is_sent:
                left = skip_payments(NOT_PAID_YET, self._payments)
                return OrderPlan(skip=NOT_PAID_YET, payments=left)
            if isinstance(paid, Hold):
                return self._held(paid)
        lines = plan_lines(order, company, settings)
        if isinstance(lines, Hold):
            return self._held(lines)
        match = match_customer(order.buyer, company, settings, order.order_id)
        if match.hold:
            return self._held(match.hold)
        chosen = list_choices(
            order.order_id,
            company,
            settings,
            form=self._form,
            makes_customer=bool(match.new_name),
        )
        if isinstance(chosen, Hold):
            return self._held(chosen)
        if self._known.awaited and not self._known.is_sent:
            return self._held(Hold(self._known.awaited, {"order": str(order.order_id)}))
        sale = planned_sale(
            order,
            self._payments,
            settings,
            self._known,
            form=self._form,
            number=number,
            match=match,
            lines=lines,
            chosen=chosen,
            paid=paid if isinstance(paid, tuple) else ("", ""),
            has_email=has_email(order.buyer, match, company),
        )
        return OrderPlan(
            sale=sale,
            customer=new_customer(order.buyer, match, chosen) if match.new_name else None,
            customer_update=plan_customer_update(order, match, company, settings),
            items=lines.items,
            payments=plan_payments(self._payments, self._settlement(number, sale)),
            notes=lines.notes,
            may_update=settings.edited_orders == "update" and not self._known.awaited,
        )

    def _held(self, hold: Hold) -> OrderPlan:
        full = full_number(self._order, self._settings, self._known.own_prefix)
        so_far = self._settlement(Number(full, full), None)
        so_far.held = hold
        return OrderPlan(hold=hold, payments=plan_payments(self._payments, so_far))

    def _settlement(self, number: Number, planned: PlannedSale | None) -> Settlement:
        sent = self._known.sale
        if sent is not None:
            number = Number(sent.number, sent.full_number or sent.number)
        return Settlement(
            order=self._order,
            company=self._company,
            settings=self._settings,
            known=self._known,
            number=number,
            form=self._form,
            sale=sent or planned,
            owed=self._order.total,
        )
