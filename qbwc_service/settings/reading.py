"""When Keap is read, and which of its orders are sent."""

from typing import get_args

from qbwc_service.settings.choices import Drafts, YesNo, ZeroOrders
from qbwc_service.settings.setting import Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "start_date",
        "date",
        None,
        "Orders dated before this day are not sent. The day of set-up unless changed.",
    ),
    Setting(
        "sync_minutes",
        "whole number",
        15,
        "How often Keap is read, in minutes.",
        least=1,
        most=1440,
    ),
    Setting(
        "sync_daily_at",
        "time",
        "",
        "Read Keap once a day at this time of the account instead (for example 18:30).",
    ),
    Setting(
        "keap_hooks",
        "yes or no",
        "no",
        "Have Keap call this service when an order or payment changes, so that it is read within a "
        "minute or two; it is read at its usual times all the same. Subscriptions are made in Keap "
        "for that, and the service needs a public https:// address.",
        get_args(YesNo),
    ),
    Setting(
        "wait_for_payment_minutes",
        "number from 0",
        5,
        "A new order that is not paid waits so many minutes for its payment, so that both go to "
        "QuickBooks together. 0: it goes at once.",
        most=72,
    ),
    Setting(
        "manual_payment_hours",
        "number from 0",
        20,
        "Keap dates payments typed by hand at midnight, and people type them later. The payment of "
        "an order that is not paid is expected within so many hours of the order being made, and "
        "its page says until when; a payment is posted with its own date, whenever it comes. Where "
        "Keap cannot be asked by payment numbers, so many hours back are read again.",
        most=72,
    ),
    Setting(
        "time_zone",
        "time zone",
        "",
        "Decides the day of an order or payment. Empty: the one of the Keap account.",
    ),
    Setting(
        "order_status",
        "order statuses",
        "",
        "Only orders of these statuses are sent: paid in full, part paid, unpaid, or as Keap names "
        "it (for example SENT), with commas between. Empty: all. Payments of orders that are in "
        "QuickBooks are always sent.",
    ),
    Setting(
        "order_products",
        "words",
        "",
        "Only orders with one of these products are sent: SKUs or names, with commas between. "
        "Empty: all.",
    ),
    Setting(
        "order_sources",
        "words",
        "",
        "Only orders that came to Keap this way are sent: API, CHECKOUT_FORM, INVOICE, "
        "MANUAL_PAYMENT, ONLINE or OFFLINE, with commas between. Empty: all.",
    ),
    Setting(
        "order_min_total",
        "amount",
        "",
        "Orders below this total are not sent (for example 25.00). Empty: all.",
    ),
    Setting(
        "order_max_total",
        "amount",
        "",
        "Orders above this total are not sent. Empty: all.",
    ),
    Setting(
        "drafts",
        "hold, skip or send",
        "hold",
        "Orders that are still a draft in Keap: hold them, leave them out until they are finished, "
        "or send them like all others.",
        get_args(Drafts),
    ),
    Setting(
        "zero_orders",
        "skip or post",
        "skip",
        "Orders of 0.00: leave them out, or post them.",
        get_args(ZeroOrders),
    ),
)
