"""Which orders of Keap the numbers fit that a person typed: as order id, as invoice id, or both.

Keap is asked for 200 orders a call by id. For one order a call by invoice id only where neither
the order with that id nor our own table says whose invoice it is. Nothing is written here, so that
a number that fits two orders sends neither.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from keap import KeapClient, Order, Page
from qbwc_service.database import Database
from qbwc_service.ledger.manual_syncs import By, FoundNumber, FoundOrder
from qbwc_service.ledger.models import KeapOrder
from qbwc_service.staging.account import Account
from qbwc_service.staging.contact_rows import shown_name
from qbwc_service.staging.from_keap import sales_order
from qbwc_service.staging.reading import Progress
from qbwc_service.staging.usable import RecordUnusable

#: numbers looked at together: as many as Keap takes ids in one call
TOGETHER = 200
#: calls by invoice id until the others have their turn (20 seconds at the usual pace)
LOOK_UPS = 40


class NumberSearch:
    """Looks up numbers of one connection in its Keap account."""

    def __init__(
        self,
        database: Database,
        connection_id: int,
        client: KeapClient,
        account: Account,
        progress: Progress,
    ) -> None:
        self._database = database
        self._connection_id = connection_id
        self._client = client
        self._account = account
        self._progress = progress

    def search(self, numbers: Sequence[int], by: By) -> list[FoundNumber]:
        """What the first numbers fit, in their order; as many as one slice allows, at least one.

        Raises KeapError.
        """
        numbers = numbers[:TOGETHER]
        orders = self._orders(numbers) if by is not By.INVOICE else {}
        known = self._known_invoices(numbers) if by is not By.ORDER else set()
        others = self._orders(sorted(known - set(orders)))
        look_ups = LOOK_UPS
        found: list[FoundNumber] = []
        for number in numbers:
            fits = _as_order(number, orders)
            if by is not By.ORDER:
                invoices = _as_invoice(number, [*orders.values(), *others.values()])
                if not invoices:
                    if not look_ups:
                        break
                    look_ups -= 1
                    self._progress("numbers", len(found))
                    pages = self._client.orders(invoice_id=str(number))
                    invoices = _by_invoice(self._found(pages).values())
                fits = [*fits, *invoices]
            found.append(FoundNumber(number, tuple(fits)))
        return found

    def _orders(self, order_ids: Iterable[int]) -> dict[int, FoundOrder]:
        return self._found(self._client.orders(ids=[str(order_id) for order_id in order_ids]))

    def _found(self, pages: Iterable[Page[Order]]) -> dict[int, FoundOrder]:
        """By id; one that cannot be read is there with its id alone."""
        found: dict[int, FoundOrder] = {}
        for page in pages:
            for order in page.records:
                if (order_id := _id(order.id)) is not None:
                    found[order_id] = self._shown(order_id, order)
            for record in page.unreadable:
                if (order_id := _id(record.record_id)) is not None:
                    found[order_id] = FoundOrder(order_id, By.ORDER)
        return found

    def _shown(self, order_id: int, order: Order) -> FoundOrder:
        zone, currency = self._account.zone, self._account.currency
        try:
            sale = sales_order(order, zone=zone, account_currency=currency)
        except RecordUnusable:
            return FoundOrder(order_id, By.ORDER, order.invoice_id)
        return FoundOrder(
            order_id,
            By.ORDER,
            sale.invoice_id,
            shown_name(sale.buyer),
            sale.total,
            sale.currency,
            sale.placed_on,
        )

    def _known_invoices(self, numbers: Sequence[int]) -> set[int]:
        """The orders in our own table that have one of these invoice ids."""
        with self._database.reading() as db:
            return set(
                db.scalars(
                    select(KeapOrder.keap_id).where(
                        KeapOrder.connection_id == self._connection_id,
                        KeapOrder.invoice_id.in_([str(number) for number in numbers]),
                    )
                )
            )


def _as_order(number: int, orders: dict[int, FoundOrder]) -> list[FoundOrder]:
    return [orders[number]] if number in orders else []


def _as_invoice(number: int, orders: Iterable[FoundOrder]) -> list[FoundOrder]:
    return _by_invoice(order for order in orders if order.invoice_id == str(number))


def _by_invoice(orders: Iterable[FoundOrder]) -> list[FoundOrder]:
    return [dataclasses.replace(order, by=By.INVOICE) for order in orders]


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
