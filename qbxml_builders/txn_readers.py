"""Readers of transactions: from the fields of a Ret element to a record."""

from collections.abc import Iterator
from decimal import Decimal

from qbxml_builders import records
from qbxml_builders.fields import Fields


def invoice(_tag: str, fields: Fields) -> records.Record:
    """InvoiceRet."""
    subtotal, tax = fields.number("Subtotal"), fields.number("SalesTaxTotal")
    return records.InvoiceRecord(
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        txn_number=fields.text("TxnNumber"),
        customer_list_id=fields.ref_id("CustomerRef"),
        customer_full_name=fields.ref_name("CustomerRef"),
        ar_account_list_id=fields.ref_id("ARAccountRef"),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        po_number=fields.text("PONumber"),
        subtotal=subtotal,
        sales_tax_total=tax,
        total=None if subtotal is None else subtotal + (tax or Decimal(0)),
        applied_amount=fields.number("AppliedAmount"),
        balance_remaining=fields.number("BalanceRemaining"),
        is_paid=fields.switch("IsPaid"),
        memo=fields.text("Memo"),
        other=fields.text("Other"),
        external_guid=fields.text("ExternalGUID"),
        currency=fields.ref_name("CurrencyRef"),
        lines=tuple(_lines(fields)),
        linked=tuple(map(_linked, fields.each("LinkedTxn"))),
    )


def _lines(fields: Fields) -> Iterator[records.LineRecord]:
    for child in fields.each("InvoiceLineRet", "InvoiceLineGroupRet"):
        if "ItemGroupRef" in child:
            yield from map(_line, child.each("InvoiceLineRet"))
        else:
            yield _line(child)


def _line(fields: Fields) -> records.LineRecord:
    return records.LineRecord(
        txn_line_id=fields.text("TxnLineID"),
        item_list_id=fields.ref_id("ItemRef"),
        item_full_name=fields.ref_name("ItemRef"),
        description=fields.text("Desc"),
        quantity=fields.number("Quantity"),
        rate=fields.number("Rate"),
        amount=fields.number("Amount"),
        sales_tax_code=fields.ref_name("SalesTaxCodeRef"),
    )


def _linked(fields: Fields) -> records.LinkedTxn:
    return records.LinkedTxn(
        txn_id=fields.text("TxnID"),
        txn_type=fields.text("TxnType"),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        amount=fields.number("Amount"),
    )


def payment(_tag: str, fields: Fields) -> records.Record:
    """ReceivePaymentRet."""
    return records.PaymentRecord(
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        txn_number=fields.text("TxnNumber"),
        customer_list_id=fields.ref_id("CustomerRef"),
        customer_full_name=fields.ref_name("CustomerRef"),
        ar_account_list_id=fields.ref_id("ARAccountRef"),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        total_amount=fields.number("TotalAmount"),
        unused_payment=fields.number("UnusedPayment"),
        memo=fields.text("Memo"),
        external_guid=fields.text("ExternalGUID"),
        currency=fields.ref_name("CurrencyRef"),
        applied=tuple(map(_applied, fields.each("AppliedToTxnRet"))),
    )


def _applied(fields: Fields) -> records.AppliedTxn:
    return records.AppliedTxn(
        txn_id=fields.text("TxnID"),
        txn_type=fields.text("TxnType"),
        ref_number=fields.text("RefNumber"),
        amount=fields.number("Amount"),
        balance_remaining=fields.number("BalanceRemaining"),
    )


def other_transaction(tag: str, fields: Fields) -> records.Record:
    """Any other transaction, as much of it as a look-up needs."""
    return records.TxnRecord(
        kind=tag.removesuffix("Ret"),
        txn_id=fields.text("TxnID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        customer_list_id=fields.ref_id("CustomerRef"),
        customer_full_name=fields.ref_name("CustomerRef"),
        txn_date=fields.day("TxnDate"),
        ref_number=fields.text("RefNumber"),
        total=fields.number("TotalAmount"),
        memo=fields.text("Memo"),
        external_guid=fields.text("ExternalGUID"),
    )
