"""What is staged against what Keap has: record by record, field by field."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select

from qbwc_service.database import Database
from qbwc_service.ledger.models import KeapContact, KeapOrder, KeapOrderPayment, KeapPayment
from qbwc_service.planning.order import PaymentKind

Json = dict[str, Any]


def differences(database: Database, dump: bytes) -> list[str]:
    """One line for each thing that is not as in the dump of the simulated Keap; none if all is."""
    keap = msgspec.json.Decoder(float_hook=Decimal).decode(dump)
    return [
        *_orders(database, keap),
        *_payments(database, keap),
        *_parts(database, keap),
        *_contacts(database, keap),
    ]


def missing(database: Database, dump: bytes) -> list[str]:
    """Those of the differences that are records of Keap which we do not have at all."""
    return [line for line in differences(database, dump) if line.endswith("is missing")]


def _same(raw: str, record: Json) -> bool:
    """As Keap would send it again: numbers compared by value."""
    return bool(msgspec.json.Decoder(float_hook=Decimal).decode(raw) == record)


def _same_payment(raw: str, payment: Json) -> bool:
    """A refund of later, which no feed shows on the payment that it gives back, is not read."""
    record: Json = msgspec.json.Decoder(float_hook=Decimal).decode(raw)
    return record | {"refund_payment_id": ""} == payment | {"refund_payment_id": ""}


def _orders(database: Database, keap: Json) -> Iterator[str]:
    there = {int(order["id"]): order for order in keap["orders"]}
    seen = set()
    with database.reading() as db:
        for row in db.scalars(select(KeapOrder).execution_options(yield_per=1000)):
            seen.add(row.keap_id)
            order = there.get(row.keap_id)
            if order is None:
                if row.deleted_at is None:
                    yield f"order {row.keap_id} was deleted in Keap and nobody noticed"
                continue
            if row.deleted_at is not None:
                yield f"order {row.keap_id} is in Keap, but counts as deleted"
            if not _same(row.raw, order):
                yield f"order {row.keap_id} is not as in Keap"
            columns = (row.invoice_id, row.total, row.total_paid, row.currency, row.contact_id)
            total = order["total"]
            wanted = (
                order["invoice_id"],
                total["amount"],
                order["total_paid"]["amount"],
                total["currency_code"],
                order["contact"]["id"],
            )
            if columns != wanted:
                yield f"order {row.keap_id}: {columns} instead of {wanted}"
            if not row.is_checked:
                yield f"order {row.keap_id} was not held against its payments"
    for order_id in sorted(there.keys() - seen):
        yield f"order {order_id} is missing"


def _payments(database: Database, keap: Json) -> Iterator[str]:
    there = {
        (int(payment["id"]), int(order_id or 0)): payment
        for payment in keap["payments"]
        for order_id in (payment["order_ids"] or [0])
    }
    seen = set()
    with database.reading() as db:
        for row in db.scalars(select(KeapPayment).execution_options(yield_per=1000)):
            key = (row.payment_id, row.order_id)
            seen.add(key)
            payment = there.get(key)
            if payment is None:
                if row.kind is not PaymentKind.NOT_COMPLETED:
                    yield f"payment {key} is not in Keap, but counts as {row.kind}"
            elif not _same_payment(row.raw, payment):
                yield f"payment {key} is not as in Keap"
            elif not row.is_shared and row.amount != int(payment["amount"] * 100):
                yield f"payment {key} has {row.amount} instead of {payment['amount']}"
    for key in sorted(there.keys() - seen):
        yield f"payment {key} is missing"


def _parts(database: Database, keap: Json) -> Iterator[str]:
    """Divided payments and refunds: what each order's own list says, to the cent."""
    with database.reading() as db:
        rows = db.scalars(select(KeapPayment).where(KeapPayment.is_shared)).all()
        read = {row.row_id: row for row in db.scalars(select(KeapOrderPayment))}
    given = _given(keap)
    for row in rows:
        wanted = given.get((row.payment_id, row.order_id))
        if wanted is not None and row.amount != wanted:
            yield f"payment {row.payment_id} gave order {row.order_id} {wanted}, not {row.amount}"
    listed = {int(part["id"]): part for parts in keap["order_payments"].values() for part in parts}
    for row_id, row in read.items():
        if row_id in listed and row.pay_status != listed[row_id]["pay_status"]:
            yield f"row {row_id} is {row.pay_status} instead of {listed[row_id]['pay_status']}"


def _given(keap: Json) -> Mapping[tuple[int, int], int]:
    given: dict[tuple[int, int], int] = defaultdict(int)
    for order_id, parts in keap["order_payments"].items():
        for part in parts:
            given[int(part["payment_id"]), int(order_id)] += int(part["amount"] * 100)
    return given


def _contacts(database: Database, keap: Json) -> Iterator[str]:
    """The contact of every order; one that was merged away is not in Keap any more."""
    there = {contact["id"]: contact for contact in keap["contacts"]}
    wanted = {order["contact"]["id"] for order in keap["orders"]} & there.keys()
    with database.reading() as db:
        known = set(db.scalars(select(KeapContact.contact_id)))
    for contact_id in sorted(wanted - known):
        yield f"contact {contact_id} is missing"
