"""Readers of transactions: from the fields of a Ret element to a record."""

from collections.abc import Iterator
from decimal import Decimal

from qbxml_builders import txn_records
from qbxml_builders.custom_fields import extra_fields
from qbxml_builders.fields import Fields

SALES: dict[str, txn_records.SaleKind] = {
    "SalesReceiptRet": "SalesReceipt",
    "SalesOrderRet": "SalesOrder",
    "CreditMemoRet": "CreditMemo",
}


def invoice(_tag: str, fields: Fields) -> txn_records.InvoiceRecord:
    """InvoiceRet."""
    subtotal, tax = fields.number("Subtotal"), fields.number("SalesTaxTotal")
    return txn_records.InvoiceRecord(
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        customer_list_id=fields.ref_id("CustomerRef"),
        customer_full_name=fields.ref_name("CustomerRef"),
        ar_account_list_id=fields.ref_id("ARAccountRef"),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        po_number=fields.text("PONumber"),
        subtotal=subtotal,
        sales_tax_total=tax,
        total=None if subtotal is None else subtotal + (tax or Decimal(0)),
        balance_remaining=fields.number("BalanceRemaining"),
        is_paid=fields.switch("IsPaid"),
        memo=fields.text("Memo"),
        other=fields.text("Other"),
        external_guid=fields.text("ExternalGUID"),
        currency=fields.ref_name("CurrencyRef"),
        is_pending=fields.switch("IsPending"),
        due_date=fields.day("DueDate"),
        lines=tuple(_lines("Invoice", fields)),
        linked=tuple(_linked(fields)),
        ext=tuple(extra_fields(fields)),
    )


def sale(tag: str, fields: Fields) -> txn_records.SaleRecord:
    """SalesReceiptRet, SalesOrderRet or CreditMemoRet."""
    kind = SALES[tag]
    return txn_records.SaleRecord(
        kind=kind,
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        customer_list_id=fields.ref_id("CustomerRef"),
        customer_full_name=fields.ref_name("CustomerRef"),
        ar_account_list_id=fields.ref_id("ARAccountRef"),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        po_number=fields.text("PONumber"),
        subtotal=fields.number("Subtotal"),
        sales_tax_total=fields.number("SalesTaxTotal"),
        total=fields.number("TotalAmount"),
        credit_remaining=fields.number("CreditRemaining"),
        memo=fields.text("Memo"),
        other=fields.text("Other"),
        external_guid=fields.text("ExternalGUID"),
        currency=fields.ref_name("CurrencyRef"),
        is_pending=fields.switch("IsPending"),
        due_date=fields.day("DueDate"),
        deposit_account_list_id=fields.ref_id("DepositToAccountRef"),
        lines=tuple(_lines(kind, fields)),
        linked=tuple(_linked(fields)),
        ext=tuple(extra_fields(fields)),
    )


def _lines(form: str, fields: Fields) -> Iterator[txn_records.LineRecord]:
    for child in fields.each(f"{form}LineRet", f"{form}LineGroupRet"):
        if "ItemGroupRef" in child:
            group = child.text("TxnLineID")
            yield from (_line(member, group) for member in child.each(f"{form}LineRet"))
        else:
            yield _line(child)


def _line(fields: Fields, group_line_id: str = "") -> txn_records.LineRecord:
    return txn_records.LineRecord(
        txn_line_id=fields.text("TxnLineID"),
        item_list_id=fields.ref_id("ItemRef"),
        description=fields.text("Desc"),
        quantity=fields.number("Quantity"),
        rate=fields.number("Rate"),
        amount=fields.number("Amount"),
        sales_tax_code=fields.ref_name("SalesTaxCodeRef"),
        class_list_id=fields.ref_id("ClassRef"),
        group_line_id=group_line_id,
    )


def _linked(fields: Fields) -> Iterator[txn_records.LinkedTxn]:
    for child in fields.each("LinkedTxn"):
        yield txn_records.LinkedTxn(
            txn_id=child.text("TxnID"),
            txn_type=child.text("TxnType"),
            txn_date=child.day("TxnDate"),
            ref_number=child.text("RefNumber"),
            amount=child.number("Amount"),
        )


def payment(_tag: str, fields: Fields) -> txn_records.PaymentRecord:
    """ReceivePaymentRet."""
    return txn_records.PaymentRecord(
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        customer_list_id=fields.ref_id("CustomerRef"),
        customer_full_name=fields.ref_name("CustomerRef"),
        ar_account_list_id=fields.ref_id("ARAccountRef"),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        total_amount=fields.number("TotalAmount"),
        unused_payment=fields.number("UnusedPayment"),
        deposit_account_list_id=fields.ref_id("DepositToAccountRef"),
        memo=fields.text("Memo"),
        external_guid=fields.text("ExternalGUID"),
        currency=fields.ref_name("CurrencyRef"),
        applied=tuple(
            _applied(child, "Amount", "BalanceRemaining")
            for child in fields.each("AppliedToTxnRet")
        ),
    )


def card_refund(_tag: str, fields: Fields) -> txn_records.RefundRecord:
    """ARRefundCreditCardRet."""
    applied = (
        _applied(child, "RefundAmount", "CreditRemaining")
        for child in fields.each("RefundAppliedToTxnRet")
    )
    return _refund(
        fields, "ARRefundCreditCard", "CustomerRef", "RefundFromAccountRef", "TotalAmount",
        tuple(applied),
    )  # fmt: skip


def check(_tag: str, fields: Fields) -> txn_records.RefundRecord:
    """CheckRet."""
    applied = (_applied(child, "Amount", "") for child in fields.each("LinkedTxn"))
    return _refund(fields, "Check", "PayeeEntityRef", "AccountRef", "Amount", tuple(applied))


def _refund(
    fields: Fields,
    kind: txn_records.RefundKind,
    payee: str,
    account: str,
    total: str,
    applied: tuple[txn_records.AppliedTxn, ...],
) -> txn_records.RefundRecord:
    return txn_records.RefundRecord(
        kind=kind,
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        customer_list_id=fields.ref_id(payee),
        customer_full_name=fields.ref_name(payee),
        account_list_id=fields.ref_id(account),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        total=fields.number(total),
        memo=fields.text("Memo"),
        external_guid=fields.text("ExternalGUID"),
        currency=fields.ref_name("CurrencyRef"),
        applied=applied,
    )


def _applied(fields: Fields, amount: str, remaining: str) -> txn_records.AppliedTxn:
    return txn_records.AppliedTxn(
        txn_id=fields.text("TxnID"),
        txn_type=fields.text("TxnType"),
        ref_number=fields.text("RefNumber"),
        amount=fields.number(amount),
        balance_remaining=fields.number(remaining),
        linked=tuple(_linked(fields)),
    )


def removed(how: txn_records.Removal, fields: Fields) -> txn_records.RemovedRecord:
    """TxnDelRs or TxnVoidRs."""
    return txn_records.RemovedRecord(
        how=how,
        type=fields.text(f"Txn{how}Type"),
        txn_id=fields.text("TxnID"),
        time=fields.first_of("TimeDeleted", "TimeModified"),
        ref_number=fields.text("RefNumber"),
    )
