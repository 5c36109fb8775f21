"""What came back against what was meant, to the cent. A difference is a hold, not a log line."""

from decimal import Decimal

from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Posting
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.planning.plan import Hold, payment_from
from qbwc_service.webconnector.txn_kinds import TxnMade
from qbxml_builders.records import InvoiceRecord, PaymentRecord, RefundRecord, SaleRecord

#: transactions that lower what is due on an invoice (qbXML OSR: LinkedTxn/TxnType)
_SETTLING = frozenset({"ReceivePayment", "CreditMemo", "JournalEntry", "Deposit", "Check"})


def total_of(record: TxnMade) -> Decimal:
    """What it comes to; 0 where QuickBooks does not tell."""
    total = record.total_amount if isinstance(record, PaymentRecord) else record.total
    return total if total is not None else Decimal(0)


def check_form(
    posting: Posting,
    record: InvoiceRecord | SaleRecord | RefundRecord,
    *,
    customer_list_id: str = "",
    tax: int = 0,
) -> Hold | None:
    """Total, tax and open balance to the cent; the customer where it is known who was meant."""
    total = total_of(record)
    details = {
        "thing": thing(posting),
        "order": str(posting.order_id),
        "total": shown(posting.amount),
        "posted_total": f"{total:,.2f}",
        "posted_customer": record.customer_full_name,
    }
    if total != decimal_amount(posting.amount):
        return Hold("total-differs", details)
    posted_tax = None if isinstance(record, RefundRecord) else record.sales_tax_total
    if posted_tax is not None and posted_tax != decimal_amount(tax):
        taxes = {"tax": shown(tax), "posted_tax": f"{posted_tax:,.2f}"}
        return Hold("tax-differs", details | taxes)
    if customer_list_id and record.customer_list_id != customer_list_id:
        return Hold("customer-differs", details)
    return _check_balance(record, details) if isinstance(record, InvoiceRecord) else None


def _check_balance(record: InvoiceRecord, details: dict[str, str]) -> Hold | None:
    """All of an invoice is due but for the payments and credits that QuickBooks names on it: those
    of ours are known, and it may have set others by itself."""
    if record.balance_remaining is None:
        return None
    settled = sum(
        (abs(link.amount or Decimal(0)) for link in record.linked if link.txn_type in _SETTLING),
        Decimal(0),
    )
    due = total_of(record) - settled
    if record.balance_remaining == due:
        return None
    balances = {"balance": f"{due:,.2f}", "posted_balance": f"{record.balance_remaining:,.2f}"}
    return Hold("balance-differs", details | balances)


def check_payment(posting: Posting, record: PaymentRecord, invoice_txn_id: str) -> Hold | None:
    """Amount to the cent, all that was meant of it applied to the invoice that was meant."""
    meant = decimal_amount(posting.amount)
    total = total_of(record)
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
    part = payment_from(posting.payload).applied if posting.payload else None
    if applied != (meant if part is None else decimal_amount(part)):
        return Hold("payment-not-applied", details)
    return None
