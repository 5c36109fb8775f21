"""The Keap account, and either answer to what Keap's documents leave open."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Account:
    """One Keap account. From `order_payments_in` on, what is undocumented: play either answer.

    payments_touch_orders: whether money that moves changes the order's modification_time.
    total_paid_counts_credits, total_paid_subtracts_refunds: what an order's total_paid is.
    refunded_rows: on which of an order's rows REFUNDED stands: on the refund's own, or also on
        that of the payment that was given back.
    refund_links: which payment of the feed names the other as refund_payment_id: the payment that
        was given back (as the words of the document have it), its refund, or both.
    feed_statuses: whether /sales/payments tells VOIDED, FAILED and ERROR, or only the four words
        of its documented enumeration, so that a void is seen under the order alone.
    payments_since: the time of a payment that since_time and until_time mean.
    orders_by_id, payments_by_id: whether these lists know the filter `id`, or answer it with 400.
    page_tokens: "after-row" names the last row given, so that nothing shifts; "offset" counts
        rows, so that rows which move shift the pages.
    last_page: its next_page_token is "", is not there, or is one that leads to nothing.
    """

    tenant: str = "ab103.infusionsoft.com"
    name: str = "Acme Studio"
    time_zone: str = "America/New_York"
    currency: str = "USD"
    order_payments_in: Literal["major", "minor"] = "major"
    payments_touch_orders: bool = True
    total_paid_counts_credits: bool = True
    total_paid_subtracts_refunds: bool = True
    refunded_rows: Literal["refund", "both"] = "refund"
    refund_links: Literal["payment", "refund", "both"] = "payment"
    feed_statuses: Literal["all", "documented"] = "all"
    payments_since: Literal["payment_time", "update_time"] = "payment_time"
    orders_by_id: bool = True
    payments_by_id: bool = True
    page_tokens: Literal["after-row", "offset"] = "after-row"
    last_page: Literal["empty-token", "no-token", "token"] = "empty-token"
    has_date_header: bool = True
    has_tenant_header: bool = True


DEFAULT_ACCOUNT = Account()
