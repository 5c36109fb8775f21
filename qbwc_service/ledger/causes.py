"""Which holds end how: by a person's choice, by a change in QuickBooks' lists, by planning anew.

Ids of the message catalogue. A hold that is in none of these sets waits for a person's decision
about that one order.
"""

#: a person says which customer a contact is
CUSTOMER_CAUSES = frozenset(
    {
        "customers-fit-equally",
        "customer-email-of-another",
        "customer-name-of-another",
        "customer-inactive",
        "customer-not-found",
        "chosen-customer-gone",
        "name-taken-by-other-kind",
    }
)

#: a person chooses the item of a product, a fee or a tax
ITEM_CAUSES = frozenset(
    {
        "item-not-in-quickbooks",
        "item-name-ambiguous",
        "no-item-by-field",
        "item-field-ambiguous",
        "item-inactive",
        "item-kind-unusable",
        "mapped-item-gone",
    }
)

#: an account or another entry of a list is chosen, or comes back
ACCOUNT_CAUSES = frozenset({"account-not-in-quickbooks"})
ENTRY_CAUSES = frozenset(
    {"list-entry-not-in-quickbooks", "no-deposit-account", "tax-item-not-chosen"}
)

#: a change in QuickBooks' lists may release these
MIRROR_CAUSES = CUSTOMER_CAUSES | ITEM_CAUSES | ACCOUNT_CAUSES | ENTRY_CAUSES

#: planning holds payments and refunds for these, and no order
ROW_CAUSES = frozenset(
    {
        "refund-by-hand",
        "credit-not-cash",
        "payment-over-several-orders",
        "payment-more-than-due",
        "payment-unclear",
        "payment-without-order",
        "credit-item-not-chosen",
        "credit-more-than-due",
        "refund-to-approve",
        "refund-item-not-chosen",
        "refund-account-not-chosen",
        "receivable-not-chosen",
        "refund-more-than-paid",
        "refund-of-overpayment",
        "refunds-do-not-add-up",
        "refund-without-order",
        "card-refund-us-only",
    }
)

#: found by planning and released by planning
PLAN_CAUSES = (
    MIRROR_CAUSES
    | ROW_CAUSES
    | frozenset(
        {
            "deleted-in-keap",
            "lines-do-not-add-up",
            "no-lines",
            "line-type-unknown",
            "draft-order",
            "held-by-rule",
            "other-currency",
            "waiting-for-approval",
            "not-switched-on",
            "no-customer",
            "number-too-long",
            "number-of-another-order",
            "line-without-sku",
            "account-not-chosen",
            "payments-do-not-add-up",
            "receipt-with-credit",
            "receipt-paid-too-much",
            "receipt-into-several-accounts",
            "sales-tax-off",
            "tax-item-not-chosen",
            "tax-would-differ",
        }
    )
)
