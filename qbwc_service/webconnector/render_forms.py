"""Planned transactions -> qbXML requests. Every reference is a ListID or TxnID, never a name."""

from dataclasses import dataclass
from typing import Any

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.plan import (
    PlannedLine,
    PlannedSale,
    RefundForm,
    SaleForm,
    credit_memo_from,
    credit_use_from,
    payment_from,
    planned_sale_from,
    refund_from,
)
from qbwc_service.webconnector.render import Surroundings, address, optional, request_id
from qbxml_builders.credit_memos import CreditMemoAdd, credit_memo_add
from qbxml_builders.elements import Request
from qbxml_builders.invoices import InvoiceAdd, invoice_add
from qbxml_builders.payments import Applied, Credit, ReceivePaymentAdd, receive_payment_add
from qbxml_builders.refs import Ref
from qbxml_builders.refunds import (
    CardRefundAdd,
    CheckRefundAdd,
    Refunded,
    card_refund_add,
    check_refund_add,
)
from qbxml_builders.sales_forms import Line
from qbxml_builders.sales_orders import SalesOrderAdd, sales_order_add
from qbxml_builders.sales_receipts import SalesReceiptAdd, sales_receipt_add


@dataclass(frozen=True, slots=True)
class Target:
    """The record that another pays, uses or refunds: in QuickBooks (`txn_id`) or in the same set
    (`macro`). Customer and A/R account are those that the form has now."""

    customer_list_id: str
    ar_account_list_id: str = ""
    txn_id: str = ""
    macro: str = ""


def macro_of(posting: Posting) -> str:
    return f"p{posting.id}"


def sale_request(posting: Posting, around: Surroundings) -> Request:
    """Raises ReferenceMissing while its customer or an item is not made yet."""
    planned = planned_sale_from(posting.payload)
    shared = _shared(posting, planned, around)
    macro = macro_of(posting)
    match planned.form:
        case SaleForm.INVOICE:
            invoice = InvoiceAdd(
                **shared,
                ar_account=optional(planned.ar_account_list_id),
                po_number=planned.po_number,
                terms=optional(planned.terms_list_id),
            )
            return invoice_add(request_id(posting), invoice, macro=macro)
        case SaleForm.SALES_RECEIPT:
            receipt = SalesReceiptAdd(
                **shared,
                payment_method=optional(planned.method_list_id),
                deposit_to=optional(planned.deposit_account_list_id),
            )
            return sales_receipt_add(request_id(posting), receipt, macro=macro)
        case SaleForm.SALES_ORDER:
            order = SalesOrderAdd(
                **shared,
                po_number=planned.po_number,
                terms=optional(planned.terms_list_id),
            )
            return sales_order_add(request_id(posting), order, macro=macro)


def payment_request(posting: Posting, invoice: Target) -> Request:
    planned = payment_from(posting.payload)
    amount = decimal_amount(planned.amount)
    applied = amount if planned.applied is None else decimal_amount(planned.applied)
    payment = ReceivePaymentAdd(
        customer=Ref(list_id=invoice.customer_list_id),
        txn_date=planned.paid_on,
        ref_number=planned.reference,
        total_amount=amount,
        applied=(Applied(applied, txn_id=invoice.txn_id, macro=invoice.macro),),
        ar_account=optional(invoice.ar_account_list_id),
        payment_method=optional(planned.method_list_id),
        deposit_to=optional(planned.deposit_account_list_id),
        memo=planned.memo,
        external_guid=posting.external_guid,
    )
    return receive_payment_add(request_id(posting), payment)


def credit_memo_request(posting: Posting, sale: Target, around: Surroundings) -> Request:
    """For the customer and the A/R account that the order's form has now; a form without such an
    account leaves it to the plan."""
    planned = credit_memo_from(posting.payload)
    memo = CreditMemoAdd(
        customer=Ref(list_id=sale.customer_list_id),
        txn_date=planned.placed_on,
        ref_number=planned.number,
        lines=_lines(planned.lines, around),
        class_ref=optional(planned.class_list_id),
        ar_account=optional(sale.ar_account_list_id or planned.ar_account_list_id),
        item_sales_tax=optional(planned.tax_item_list_id),
        memo=planned.memo,
        customer_sales_tax_code=around.code_of(is_taxed=bool(planned.tax_item_list_id)),
        external_guid=posting.external_guid,
    )
    return credit_memo_add(request_id(posting), memo, macro=macro_of(posting))


def credit_use_request(posting: Posting, invoice: Target, memo: Posting) -> Request:
    """A payment of 0.00 that applies the credit memo to the invoice."""
    planned = credit_use_from(posting.payload)
    credit = Credit(decimal_amount(planned.amount), credit_txn_id=memo.record_id)
    payment = ReceivePaymentAdd(
        customer=Ref(list_id=invoice.customer_list_id),
        txn_date=planned.placed_on,
        ref_number="",
        total_amount=decimal_amount(0),
        applied=(Applied(None, txn_id=invoice.txn_id, credits=(credit,)),),
        ar_account=optional(invoice.ar_account_list_id),
        external_guid=posting.external_guid,
    )
    return receive_payment_add(request_id(posting), payment)


def refund_request(posting: Posting, memo: Target) -> Request:
    """The card refund or cheque that uses up the credit memo (`memo` is its target)."""
    planned = refund_from(posting.payload)
    amount = decimal_amount(planned.amount)
    refunded = (Refunded(amount, txn_id=memo.txn_id, macro=memo.macro),)
    customer = Ref(list_id=memo.customer_list_id)
    if planned.form is RefundForm.CARD:
        card = CardRefundAdd(
            customer=customer,
            txn_date=planned.paid_on,
            ref_number=planned.number,
            refunded=refunded,
            refund_from=optional(planned.account_list_id),
            ar_account=optional(memo.ar_account_list_id),
            payment_method=optional(planned.method_list_id),
            memo=planned.memo,
            external_guid=posting.external_guid,
        )
        return card_refund_add(request_id(posting), card)
    check = CheckRefundAdd(
        bank_account=Ref(list_id=planned.account_list_id),
        customer=customer,
        ar_account=Ref(list_id=memo.ar_account_list_id),
        txn_date=planned.paid_on,
        ref_number=planned.number,
        total=amount,
        refunded=refunded,
        memo=planned.memo,
        external_guid=posting.external_guid,
        is_to_be_printed=True,
    )
    return check_refund_add(request_id(posting), check)


def made_by_keys(posting: Posting) -> tuple[str, tuple[str, ...]]:
    """The source keys of the customer ("" if it exists) and of the items that a record needs."""
    if not posting.payload:
        return "", ()
    if posting.kind.is_sale or posting.kind is Kind.SALE_UPDATE:
        planned = planned_sale_from(posting.payload)
        return planned.customer.made_by, _made_items(planned.lines)
    if posting.kind is Kind.CREDIT_MEMO:
        return "", _made_items(credit_memo_from(posting.payload).lines)
    return "", ()


def _made_items(lines: tuple[PlannedLine, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.item.made_by for line in lines if line.item.made_by))


def _shared(posting: Posting, planned: PlannedSale, around: Surroundings) -> dict[str, Any]:
    return {
        "customer": around.ref(planned.customer),
        "txn_date": planned.placed_on,
        "ref_number": planned.number,
        "lines": _lines(planned.lines, around),
        "class_ref": optional(planned.class_list_id),
        "template": optional(planned.template_list_id),
        "bill_address": address(planned.bill_to),
        "ship_address": address(planned.ship_to),
        "due_date": planned.due_on,
        "sales_rep": optional(planned.sales_rep_list_id),
        "ship_method": optional(planned.ship_method_list_id),
        "item_sales_tax": optional(planned.tax_item_list_id),
        "memo": planned.memo,
        "customer_sales_tax_code": around.code_of(is_taxed=bool(planned.tax_item_list_id)),
        "other": planned.other,
        "is_to_be_printed": planned.is_to_be_printed,
        "is_to_be_emailed": planned.is_to_be_emailed,
        "external_guid": posting.external_guid,
    }


def _lines(lines: tuple[PlannedLine, ...], around: Surroundings) -> tuple[Line, ...]:
    return tuple(line_of(line, around) for line in lines)


def line_of(line: PlannedLine, around: Surroundings) -> Line:
    """The line as a form takes it; raises ReferenceMissing while its item is not made yet."""
    return Line(
        item=around.ref(line.item),
        description=line.description,
        quantity=line.quantity,
        rate=line.rate,
        amount=None if line.rate is not None else line.amount,
        sales_tax_code=around.code_of(is_taxed=line.is_taxed),
    )
