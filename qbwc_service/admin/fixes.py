"""Where the one thing is done that releases what waits for a cause."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: causes that one setting releases, with its name
_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "credit-item-not-chosen": "credit_item",
        "refund-item-not-chosen": "refund_item",
        "refund-account-not-chosen": "refund_account",
        "card-refund-us-only": "refunds",
        "refund-by-hand": "refunds",
        "payment-more-than-due": "overpayments",
        "sales-tax-off": "sales_tax",
        "tax-would-differ": "sales_tax_fallback",
        "draft-order": "drafts",
        "closed-period": "closed_period",
        "line-without-sku": "no_sku",
        "sales-orders-not-offered": "transaction",
        "receipt-with-credit": "transaction",
        "receipt-paid-too-much": "transaction",
        "receipt-into-several-accounts": "transaction",
    }
)


def setting_that_fixes(cause: str) -> str:
    """The name of the setting; "" where no single one does."""
    return _SETTINGS.get(cause, "")
