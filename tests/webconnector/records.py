"""Builders: transactions as QuickBooks tells of them. Amounts are its own texts."""

from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any, TypeVar

from qbxml_builders.records import (
    AppliedTxn,
    InvoiceRecord,
    LinkedTxn,
    PaymentRecord,
    SaleRecord,
)

_Record = TypeVar("_Record", bound=Any)


def linked(txn_type: str, amount: str, txn_id: str = "L-1") -> LinkedTxn:
    return LinkedTxn(txn_id, txn_type, None, "", Decimal(amount))


def invoice(
    subtotal: str = "100.00",
    tax: str = "0.00",
    *,
    balance: str | None = "all",
    customer: str = "C-1",
    links: tuple[LinkedTxn, ...] = (),
    **more: Any,
) -> InvoiceRecord:
    """Invoice 100 with the TxnID I-1, all of which is due unless told otherwise."""
    total = Decimal(subtotal) + Decimal(tax)
    due = total if balance == "all" else _amount(balance)
    values: dict[str, Any] = {
        "txn_id": "I-1",
        "ref_number": "100",
        "customer_list_id": customer,
        "subtotal": Decimal(subtotal),
        "sales_tax_total": Decimal(tax),
        "total": total,
        "balance_remaining": due,
        "linked": links,
    }
    return _filled(InvoiceRecord, values | more)


def credit_memo(
    total: str = "20.00",
    *,
    remaining: str | None = "all",
    links: tuple[LinkedTxn, ...] = (),
    **more: Any,
) -> SaleRecord:
    """Credit memo 100 with the TxnID M-1, of which nothing is used unless told otherwise."""
    values: dict[str, Any] = {
        "kind": "CreditMemo",
        "txn_id": "M-1",
        "ref_number": "100",
        "total": Decimal(total),
        "credit_remaining": _amount(total if remaining == "all" else remaining),
        "linked": links,
    }
    return _filled(SaleRecord, values | more)


def payment(
    total: str | None, *applied: tuple[str, str], customer: str = "C-1", **more: Any
) -> PaymentRecord:
    """Payment T-1 with the TxnID P-1; `applied` are TxnIDs of invoices with amounts."""
    values: dict[str, Any] = {
        "txn_id": "P-1",
        "ref_number": "T-1",
        "customer_list_id": customer,
        "total_amount": _amount(total),
        "applied": tuple(
            _filled(AppliedTxn, {"txn_id": txn_id, "amount": Decimal(amount)})
            for txn_id, amount in applied
        ),
    }
    return _filled(PaymentRecord, values | more)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _filled(kind: type[_Record], values: dict[str, Any]) -> _Record:
    """What is not told is None where it may be, else ""."""
    untold = {
        field.name: None if "None" in str(field.type) else ""
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }
    record: _Record = kind(**(untold | values))
    return record
