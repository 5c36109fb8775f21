"""What a person calls the records that postings make."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from qbwc_service.ledger.models import Kind, Posting

_CALLED: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.CUSTOMER: "Customer",
        Kind.CUSTOMER_UPDATE: "Customer",
        Kind.ITEM: "Item",
        Kind.INVOICE: "Invoice",
        Kind.SALES_RECEIPT: "Sales receipt",
        Kind.SALES_ORDER: "Sales order",
        Kind.PAYMENT: "Payment",
        Kind.CREDIT_MEMO: "Credit memo",
        Kind.CARD_REFUND: "Card refund",
        Kind.CHECK_REFUND: "Refund cheque",
        Kind.CREDIT_USE: "Use of a credit memo",
        Kind.SALE_UPDATE: "Change of the form",
        Kind.CUSTOM_FIELDS: "Custom fields",
        Kind.REMOVAL: "Deletion",
    }
)


def called(kind: Kind) -> str:
    """What a person calls such a record: "Sales receipt"."""
    return _CALLED[kind]


def thing(posting: Posting) -> str:
    """What a person calls the record: "Invoice 1048", "Customer Ann Lee", "Deletion of 1048"."""
    between = " of " if posting.kind is Kind.REMOVAL else " "
    return f"{called(posting.kind)}{between}{posting.number}".strip()


def form_word(sale: Posting | None) -> str:
    """The form of an order inside a sentence: "sales receipt"; "invoice" while none is known."""
    return called(sale.kind if sale is not None else Kind.INVOICE).lower()
