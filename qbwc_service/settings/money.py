"""What becomes of payments, credits and refunds."""

from typing import get_args

from qbwc_service.settings.choices import Overpayments, PaymentReference, Refunds, RefundUnpaid
from qbwc_service.settings.setting import ACCOUNT_LIST, DEPOSIT_ACCOUNT_TYPES, Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "payment_reference",
        "transaction-id or payment-id",
        "transaction-id",
        "Reference number of payments: the transaction id of the bank or gateway (its last 20 "
        "characters; the whole id is in the memo), or K and the number of the payment in Keap.",
        get_args(PaymentReference),
    ),
    Setting(
        "deposit_account",
        "QuickBooks account",
        "",
        "Where payments are deposited, unless their payment method has an account of its own: a "
        "bank account or another current asset. Empty: Undeposited Funds, as QuickBooks does.",
        list_name=ACCOUNT_LIST,
        entry_kinds=DEPOSIT_ACCOUNT_TYPES,
    ),
    Setting(
        "overpayments",
        "hold or credit",
        "hold",
        "More was paid than the order comes to: hold the payment, or post it and leave the rest "
        "as the customer's credit.",
        get_args(Overpayments),
    ),
    Setting(
        "refunds",
        "hold, credit-memo, card-refund or cheque",
        "credit-memo",
        "A refund in Keap becomes: nothing, it waits for you; a credit memo; a credit memo with "
        "the card refund that uses it up; or a credit memo with a cheque.",
        get_args(Refunds),
    ),
    Setting(
        "refund_account",
        "QuickBooks account",
        "",
        "Account that card refunds and refund cheques are paid from. Empty: Undeposited Funds for "
        "card refunds; cheques need a bank account.",
        list_name=ACCOUNT_LIST,
        entry_kinds=DEPOSIT_ACCOUNT_TYPES,
    ),
    Setting(
        "refunds_to_approve",
        "number from 0",
        10,
        "The first so many refunds wait until you approve each of them; 1000 at most.",
        most=1000,
    ),
    Setting(
        "refund_unpaid",
        "credit-memo or void",
        "credit-memo",
        "The whole of an order is refunded whose payment is not in QuickBooks: apply a credit memo "
        "to its invoice, or void the invoice.",
        get_args(RefundUnpaid),
    ),
)
