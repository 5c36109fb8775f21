"""A page of Keap as the books of its account see it: typed rows, and what cannot be read. Pure."""

import msgspec

from keap import Contact, Order, OrderPayment, Page, Payment
from qbwc_service.staging import from_keap
from qbwc_service.staging.account import Account
from qbwc_service.staging.contact_rows import StagedContact
from qbwc_service.staging.order_rows import StagedOrder
from qbwc_service.staging.part_rows import StagedPart
from qbwc_service.staging.payment_rows import StagedPayment
from qbwc_service.staging.quarantine import Sorted, sort_out


def stage_orders(page: Page[Order], account: Account) -> Sorted[StagedOrder]:
    """A page of orders as the account's books see it."""

    def stage(order: Order) -> StagedOrder:
        sale = from_keap.sales_order(order, zone=account.zone, account_currency=account.currency)
        return StagedOrder(order, sale, msgspec.json.encode(sale))

    return sort_out(page, "orders", stage)


def stage_payments(page: Page[Payment], account: Account) -> Sorted[StagedPayment]:
    """A page of payments as the account's books see it."""

    def stage(payment: Payment) -> StagedPayment:
        rows = from_keap.received_payments(
            payment, zone=account.zone, test_merchants=account.test_merchants
        )
        return StagedPayment(payment, rows)

    return sort_out(page, "payments", stage)


def stage_contacts(page: Page[Contact]) -> Sorted[StagedContact]:
    """A page of contacts."""
    return sort_out(
        page, "contacts", lambda contact: StagedContact(contact, from_keap.buyer(contact))
    )


def stage_parts(page: Page[OrderPayment], order_id: int) -> Sorted[StagedPart]:
    """A page of the payments of one order."""
    return sort_out(
        page, "order payments", lambda row: StagedPart(row, from_keap.order_part(row, order_id))
    )
