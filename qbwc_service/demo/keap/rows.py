"""What the lists are filtered and sorted by, taken out of every record once. Times in seconds."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from qbwc_service.demo.keap.tables import Table
from qbwc_service.demo.keap.values import Json


class OrderRow(msgspec.Struct, frozen=True, gc=False):
    """An order."""

    id: int
    body: bytes
    contact_id: str
    invoice_id: str
    product_ids: tuple[str, ...]
    paid: bool
    creation_time: int
    modification_time: int
    order_time: int
    title: str
    order_type: str
    shipping_locality: str
    shipping_region_code: str
    shipping_postal_code: str
    shipping_country_code: str


class PaymentRow(msgspec.Struct, frozen=True, gc=False):
    """A payment of the account's feed."""

    id: int
    body: bytes
    type: str
    amount: Decimal
    order_ids: tuple[str, ...]
    contact_id: str
    payment_time: int
    update_time: int
    merchant_account_id: str
    merchant_account_type: str

    @property
    def contact_number(self) -> int:
        """The contact's id, to sort by."""
        return int(self.contact_id)


class TransactionRow(msgspec.Struct, frozen=True, gc=False):
    """What a gateway was asked to do."""

    id: int
    body: bytes
    amount: Decimal
    order_ids: tuple[str, ...]
    contact_id: str
    transaction_time: int
    merchant_account_id: str
    merchant_account_type: str
    status: str
    transaction_method: str
    is_successful: bool

    @property
    def contact_number(self) -> int:
        """The contact's id, to sort by."""
        return int(self.contact_id)


class OrderPaymentRow(msgspec.Struct, frozen=True, gc=False):
    """What a payment gave to one order."""

    id: int
    body: bytes
    invoice_id: str
    payment_id: str
    amount: Decimal
    pay_status: str
    skip_commission: bool
    pay_time: int
    last_updated_time: int

    @property
    def invoice_number(self) -> int:
        """The invoice's id, to sort by."""
        return int(self.invoice_id)

    @property
    def payment_number(self) -> int:
        """The payment's id, to sort by."""
        return int(self.payment_id)


class ContactRow(msgspec.Struct, frozen=True, gc=False):
    """A contact."""

    id: int
    body: bytes
    email: str
    given_name: str
    family_name: str
    company_id: str
    create_time: int
    update_time: int


class ProductRow(msgspec.Struct, frozen=True, gc=False):
    """A product."""

    id: int
    body: bytes
    name: str
    sku: str
    description: str
    last_updated_time: int


class MerchantRow(msgspec.Struct, frozen=True, gc=False):
    """A merchant account."""

    id: int
    body: bytes
    name: str
    type: str


def order_table() -> Table[OrderRow]:
    """No orders yet."""
    return Table(
        _order_row,
        sorted_by={
            "id": lambda row: row.id,
            "modification_time": lambda row: row.modification_time,
            "order_time": lambda row: row.order_time,
        },
        indexed_by={
            "contact_id": lambda row: (row.contact_id,),
            "invoice_id": lambda row: (row.invoice_id,),
        },
    )


def payment_table() -> Table[PaymentRow]:
    """No payments yet."""
    return Table(
        _payment_row,
        sorted_by={
            "id": lambda row: row.id,
            "payment_time": lambda row: row.payment_time,
            "update_time": lambda row: row.update_time,
        },
        indexed_by={
            "contact_id": lambda row: (row.contact_id,),
            "order_ids": lambda row: row.order_ids,
        },
    )


def transaction_table() -> Table[TransactionRow]:
    """No transactions yet; their ids are the simulator's own and not shown."""
    return Table(
        _transaction_row,
        sorted_by={
            "id": lambda row: row.id,
            "transaction_time": lambda row: row.transaction_time,
        },
        indexed_by={
            "contact_id": lambda row: (row.contact_id,),
            "order_ids": lambda row: row.order_ids,
        },
    )


def contact_table() -> Table[ContactRow]:
    """No contacts yet."""
    return Table(
        _contact_row,
        sorted_by={
            "id": lambda row: row.id,
            "create_time": lambda row: row.create_time,
            "update_time": lambda row: row.update_time,
        },
    )


def product_table() -> Table[ProductRow]:
    """No products yet."""
    return Table(_product_row, sorted_by={"id": lambda row: row.id})


def order_payment_table(records: Iterable[Json]) -> Table[OrderPaymentRow]:
    """The payments of one order."""
    table = Table(_order_payment_row, sorted_by={"id": lambda row: row.id})
    table.update({record["id"]: record for record in records})
    return table


def merchant_table(records: Iterable[Json]) -> Table[MerchantRow]:
    """The merchant accounts."""
    table = Table(_merchant_row, sorted_by={"id": lambda row: row.id})
    table.update({record["id"]: record for record in records})
    return table


def _order_row(identity: str, order: Json, body: bytes) -> OrderRow:
    address = order["shipping_information"]["address"]
    return OrderRow(
        id=int(identity),
        body=body,
        contact_id=order["contact"]["id"],
        invoice_id=order["invoice_id"],
        product_ids=tuple(
            item["product"]["id"] for item in order["order_items"] if "product" in item
        ),
        paid=order["total_paid"]["amount"] >= order["total"]["amount"],
        creation_time=_seconds(order["creation_time"]),
        modification_time=_seconds(order["modification_time"]),
        order_time=_seconds(order["order_time"]),
        title=order["title"],
        order_type=order["order_type"],
        shipping_locality=address["locality"],
        shipping_region_code=address["region_code"],
        shipping_postal_code=address["postal_code"],
        shipping_country_code=address["country_code"],
    )


def _payment_row(identity: str, payment: Json, body: bytes) -> PaymentRow:
    return PaymentRow(
        id=int(identity),
        body=body,
        type=payment["type"],
        amount=_amount(payment["amount"]),
        order_ids=tuple(payment["order_ids"]),
        contact_id=payment["contact_id"],
        payment_time=_seconds(payment["payment_time"]),
        update_time=_seconds(payment["update_time"]),
        merchant_account_id=payment.get("merchant_account_id", ""),
        merchant_account_type=payment.get("merchant_account_type", ""),
    )


def _transaction_row(identity: str, transaction: Json, body: bytes) -> TransactionRow:
    return TransactionRow(
        id=int(identity),
        body=body,
        amount=_amount(transaction["amount"]),
        order_ids=tuple(transaction["order_ids"]),
        contact_id=transaction["contact_id"],
        transaction_time=_seconds(transaction["transaction_time"]),
        merchant_account_id=transaction["merchant_account_id"],
        merchant_account_type=transaction["merchant_account_type"],
        status=transaction["status"],
        transaction_method=transaction["transaction_method"],
        is_successful=transaction["is_successful"],
    )


def _order_payment_row(identity: str, record: Json, body: bytes) -> OrderPaymentRow:
    return OrderPaymentRow(
        id=int(identity),
        body=body,
        invoice_id=record["invoice_id"],
        payment_id=record["payment_id"],
        amount=_amount(record["amount"]),
        pay_status=record["pay_status"],
        skip_commission=record["skip_commission"],
        pay_time=_seconds(record["pay_time"]),
        last_updated_time=_seconds(record["last_updated_time"]),
    )


def _contact_row(identity: str, contact: Json, body: bytes) -> ContactRow:
    emails = contact["email_addresses"]
    return ContactRow(
        id=int(identity),
        body=body,
        email=emails[0]["email"] if emails else "",
        given_name=contact["given_name"],
        family_name=contact["family_name"],
        company_id=contact["company"]["id"] if "company" in contact else "",
        create_time=_seconds(contact["create_time"]),
        update_time=_seconds(contact["update_time"]),
    )


def _product_row(identity: str, product: Json, body: bytes) -> ProductRow:
    return ProductRow(
        id=int(identity),
        body=body,
        name=product["name"],
        sku=product["sku"],
        description=product["description"],
        last_updated_time=_seconds(product["update_time"]),
    )


def _merchant_row(identity: str, merchant: Json, body: bytes) -> MerchantRow:
    return MerchantRow(id=int(identity), body=body, name=merchant["name"], type=merchant["type"])


def _seconds(text: object) -> int:
    """A record that a test has spoilt is listed all the same: as the oldest."""
    try:
        return int(datetime.fromisoformat(str(text)).timestamp())
    except ValueError:
        return 0


def _amount(number: object) -> Decimal:
    return Decimal(number) if isinstance(number, int | Decimal) else Decimal()
