"""One order -> its plan. The default mode: an invoice, and a payment for each one received."""

from collections.abc import Sequence

from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_index import is_single
from qbwc_service.matching.customer_names import NAME_LIMIT, PERSON_NAME_LIMIT
from qbwc_service.matching.customer_question import CustomerMatch
from qbwc_service.matching.customers import match_customer
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.addresses import fit_address
from qbwc_service.planning.contact_details import contact_details, fit
from qbwc_service.planning.customer_updates import plan_customer_update
from qbwc_service.planning.lines import PlannedLines, plan_lines
from qbwc_service.planning.list_choices import ListChoices, list_choices
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import (
    Buyer,
    Circumstances,
    Override,
    PaymentKind,
    ReceivedPayment,
    SalesOrder,
)
from qbwc_service.planning.order_status import has_wanted_status
from qbwc_service.planning.paid import is_test_order, payments_add_up, sums_by_kind
from qbwc_service.planning.payments import hold_payments, plan_payments, undecided_payments
from qbwc_service.planning.plan import (
    Hold,
    ListRef,
    OrderPlan,
    PaymentDecision,
    PlannedCustomer,
    PlannedSale,
)
from qbwc_service.settings import Settings
from qbxml_builders.text import shorten, to_quickbooks

#: qbXML OSR: InvoiceAdd/RefNumber
NUMBER_LIMIT = 11


def plan_order(
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    company: Company,
    settings: Settings,
    circumstances: Circumstances = Circumstances(),  # noqa: B008 - immutable
) -> OrderPlan:
    """What to make of it in QuickBooks; pure, so the same input gives the same plan."""
    may_skip = not circumstances.is_sent and Override.SETTINGS not in circumstances.overrides
    skip = skip_by_settings(order, payments, settings) if may_skip else ""
    if skip:
        return OrderPlan(skip=skip, payments=undecided_payments(payments, settings))
    hold = _source_trouble(order, circumstances) or _order_trouble(order, company, settings)
    if hold:
        return _held(hold, order, payments, company, settings)
    hold = _paid_trouble(order, payments, circumstances)
    if hold:
        return OrderPlan(hold=hold, payments=hold_payments(hold, payments))
    return _plan_invoice(order, payments, company, settings)


def skip_by_settings(
    order: SalesOrder, payments: Sequence[ReceivedPayment], settings: Settings
) -> str:
    """The reason why settings leave the order out, or ""."""
    if order.came_from_quickbooks:
        return "came-from-quickbooks"
    if order.placed_on < settings.start_date:
        return "before-start-date"
    if order.total == 0:
        return "zero-total"
    if is_test_order(payments):
        return "test-order"
    wanted = has_wanted_status(order, payments, settings.order_status)
    return "" if wanted else "order-status"


def invoice_number(order: SalesOrder, settings: Settings) -> str:
    return f"{settings.number_prefix}{order.order_id}"


def _source_trouble(order: SalesOrder, circumstances: Circumstances) -> Hold | None:
    if circumstances.is_deleted and Override.DELETED not in circumstances.overrides:
        return Hold("deleted-in-keap", {"order": str(order.order_id)})
    return None


def _paid_trouble(
    order: SalesOrder, payments: Sequence[ReceivedPayment], circumstances: Circumstances
) -> Hold | None:
    accepted = Override.PAYMENT_SUM in circumstances.overrides
    if accepted or payments_add_up(order, payments):
        return None
    sums = sums_by_kind(payments)
    details = {
        "order": str(order.order_id),
        "paid": shown(order.total_paid or 0),
        "payments_total": shown(sums.get(PaymentKind.CASH, 0)),
    }
    return Hold("payments-do-not-add-up", details)


def _order_trouble(order: SalesOrder, company: Company, settings: Settings) -> Hold | None:
    details = {"order": str(order.order_id)}
    number = invoice_number(order, settings)
    if order.is_draft:
        return Hold("draft-order", details)
    if company.home_currency and order.currency != company.home_currency:
        more = {"currency": order.currency, "home_currency": company.home_currency}
        return Hold("other-currency", details | more)
    if not order.buyer.contact_id:
        return Hold("no-customer", details)
    if len(number) > NUMBER_LIMIT:
        return Hold("number-too-long", details | {"number": number})
    holder = company.numbers.get(name_key(number), order.order_id)
    if holder != order.order_id:
        more = {"number": number, "other_order": str(holder)}
        return Hold("number-of-another-order", details | more)
    return None


def _plan_invoice(
    order: SalesOrder, payments: Sequence[ReceivedPayment], company: Company, settings: Settings
) -> OrderPlan:
    lines = plan_lines(order, company, settings)
    if isinstance(lines, Hold):
        return _held(lines, order, payments, company, settings)
    match = match_customer(order.buyer, company, settings, order.order_id)
    if match.hold:
        return _held(match.hold, order, payments, company, settings)
    makes_customer = bool(match.new_name)
    chosen = list_choices(order.order_id, company, settings, makes_customer=makes_customer)
    if isinstance(chosen, Hold):
        return _held(chosen, order, payments, company, settings)
    return OrderPlan(
        sale=_sale(order, match, lines, chosen, settings),
        customer=_new_customer(order.buyer, match, chosen) if match.new_name else None,
        customer_update=plan_customer_update(order, match, company, settings),
        items=lines.items,
        payments=_payments(order, payments, company, settings),
        notes=lines.notes,
    )


def _held(
    hold: Hold,
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    company: Company,
    settings: Settings,
) -> OrderPlan:
    return OrderPlan(hold=hold, payments=_payments(order, payments, company, settings))


def _payments(
    order: SalesOrder, payments: Sequence[ReceivedPayment], company: Company, settings: Settings
) -> tuple[PaymentDecision, ...]:
    return plan_payments(
        payments,
        order_total=order.total,
        number=invoice_number(order, settings),
        company=company,
        settings=settings,
    )


def _sale(
    order: SalesOrder,
    match: CustomerMatch,
    lines: PlannedLines,
    chosen: ListChoices,
    settings: Settings,
) -> PlannedSale:
    title = f", {to_quickbooks(order.title).text}" if order.title.strip() else ""
    memo = f"Keap order {order.order_id}, invoice {order.invoice_id or '-'}{title}"
    return PlannedSale(
        number=invoice_number(order, settings),
        customer=match.ref or ListRef(made_by=match.new_key),
        placed_on=order.placed_on,
        total=order.total,
        lines=lines.lines,
        memo=shorten(memo, 4095).text,
        po_number=f"Keap {order.order_id}",
        bill_to=fit_address(order.buyer.bill_to),
        ship_to=fit_address(order.ship_to),
        ar_account_list_id=chosen.ar_account,
        terms_list_id=chosen.terms,
        class_list_id=chosen.invoice_class,
        template_list_id=chosen.invoice_template,
        sales_rep_list_id=chosen.sales_rep,
        ship_method_list_id=chosen.ship_method,
        why=match.why,
    )


def _new_customer(buyer: Buyer, match: CustomerMatch, chosen: ListChoices) -> PlannedCustomer:
    if is_single(match.new_key):
        return PlannedCustomer(
            source_key=match.new_key,
            name=match.new_name,
            tax_code_list_id=chosen.customer_tax_code,
        )
    details = contact_details(buyer)
    return PlannedCustomer(
        source_key=match.new_key,
        name=match.new_name,
        company=fit(buyer.company, NAME_LIMIT),
        first_name=fit(buyer.first_name, PERSON_NAME_LIMIT),
        last_name=fit(buyer.last_name, PERSON_NAME_LIMIT),
        email=details.email,
        phone=details.phone,
        bill_to=details.bill_to,
        tax_code_list_id=chosen.customer_tax_code,
    )
