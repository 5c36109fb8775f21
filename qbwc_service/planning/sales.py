"""The form of an order and the customer that is made for it: every field, once nothing holds it."""

from collections.abc import Sequence
from datetime import date

from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_index import is_single
from qbwc_service.matching.customer_names import NAME_LIMIT, PERSON_NAME_LIMIT
from qbwc_service.matching.customer_question import CustomerMatch
from qbwc_service.planning.addresses import fit_address
from qbwc_service.planning.circumstances import Circumstances
from qbwc_service.planning.contact_details import contact_details, fit
from qbwc_service.planning.form_texts import custom_field_values, memo, other, po_number
from qbwc_service.planning.lines import PlannedLines
from qbwc_service.planning.list_choices import ListChoices
from qbwc_service.planning.numbers import Number
from qbwc_service.planning.order import Buyer, PaymentKind, ReceivedPayment, SalesOrder
from qbwc_service.planning.plan import ListRef, PlannedCustomer, PlannedSale, SaleForm
from qbwc_service.settings import Settings


def planned_sale(
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    settings: Settings,
    known: Circumstances,
    *,
    form: SaleForm,
    number: Number,
    match: CustomerMatch,
    lines: PlannedLines,
    chosen: ListChoices,
    paid: tuple[str, str],
    has_email: bool,
) -> PlannedSale:
    """`paid`: ListIDs of the payment method and the deposit account of a sales receipt.
    `has_email`: of the customer in QuickBooks, which refuses to e-mail a form without."""
    method, account = paid
    return PlannedSale(
        number=number.short,
        customer=match.ref or ListRef(made_by=match.new_key),
        placed_on=sale_day(order, payments, settings, known.today),
        total=order.total,
        lines=lines.lines,
        memo=memo(order, settings, number),
        po_number=po_number(order, settings),
        bill_to=fit_address(order.buyer.bill_to),
        ship_to=fit_address(order.ship_to),
        ar_account_list_id=chosen.ar_account,
        terms_list_id=chosen.terms,
        class_list_id=chosen.invoice_class,
        template_list_id=chosen.invoice_template,
        sales_rep_list_id=chosen.sales_rep,
        ship_method_list_id=chosen.ship_method,
        why=match.why,
        form=form,
        full_number=number.full if number.is_cut else "",
        tax=lines.tax.tax,
        tax_item_list_id=lines.tax.item_list_id,
        other=other(order, settings),
        due_on=order.due_on if settings.due_date == "keap" else None,
        is_to_be_printed=settings.to_be_printed == "yes",
        is_to_be_emailed=settings.to_be_emailed == "yes" and has_email,
        method_list_id=method,
        deposit_account_list_id=account,
        custom_fields=custom_field_values(order, settings),
    )


def sale_day(
    order: SalesOrder,
    payments: Sequence[ReceivedPayment],
    settings: Settings,
    today: date | None,
) -> date:
    """The date of the form: of the order, of the payment that completed it, or of the sync."""
    if settings.sale_date == "sync" and today is not None:
        return today
    if settings.sale_date == "payment":
        cash = [row for row in payments if row.kind is PaymentKind.CASH and row.amount > 0]
        if cash and sum(row.amount for row in cash) >= order.total:
            return max(row.paid_on for row in cash)
    return order.placed_on


def has_email(buyer: Buyer, match: CustomerMatch, company: Company) -> bool:
    """Whether the customer that the form goes to has an e-mail address in QuickBooks."""
    if match.new_name:
        return not is_single(match.new_key) and bool(contact_details(buyer).email)
    ref = match.ref or ListRef()
    if ref.list_id:
        there = company.customers.of_list_id(ref.list_id)
        return there is not None and bool(there.email.strip())
    return any(each.email.strip() for each in company.customers if each.made_by == ref.made_by)


def new_customer(buyer: Buyer, match: CustomerMatch, chosen: ListChoices) -> PlannedCustomer:
    """The customer that QuickBooks does not have yet."""
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
