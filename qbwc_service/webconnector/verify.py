"""What came back against what was meant, to the cent. A difference is a hold, not a log line."""

from decimal import Decimal

from qbwc_service.ledger.models import Posting
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.plan import Hold
from qbxml_builders.records import InvoiceRecord, PaymentRecord


def thing(posting: Posting) -> str:
    """What a person calls the record: "Invoice 1048", "Payment K551", "Customer Ann Lee"."""
    record, _, _ = posting.kind.value.partition("-")
    return f"{record.capitalize()} {posting.number}"


def check_invoice(
    posting: Posting, record: InvoiceRecord, *, customer_list_id: str = ""
) -> Hold | None:
    """Total to the cent, and the customer where it is known which one was meant."""
    total = record.total if record.total is not None else Decimal(0)
    details = {
        "thing": thing(posting),
        "order": str(posting.order_id),
        "total": shown(posting.amount),
        "posted_total": f"{total:,.2f}",
        "posted_customer": record.customer_full_name,
    }
    if total != decimal_amount(posting.amount):
        return Hold("total-differs", details)
    if customer_list_id and record.customer_list_id != customer_list_id:
        return Hold("customer-differs", details)
    return None


def check_payment(posting: Posting, record: PaymentRecord, invoice_txn_id: str) -> Hold | None:
    """Amount to the cent, all of it applied to the invoice that was meant."""
    meant = decimal_amount(posting.amount)
    total = record.total_amount if record.total_amount is not None else Decimal(0)
    applied = sum(
        (part.amount or Decimal(0) for part in record.applied if part.txn_id == invoice_txn_id),
        Decimal(0),
    )
    details = {
        "thing": thing(posting),
        "order": str(posting.order_id),
        "total": shown(posting.amount),
        "posted_total": f"{total:,.2f}",
        "unused": f"{total - applied:,.2f}",
    }
    if total != meant:
        return Hold("total-differs", details)
    if applied != meant:
        return Hold("payment-not-applied", details)
    return None
