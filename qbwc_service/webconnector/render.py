"""Planned records -> qbXML requests. Every reference is a ListID or TxnID, never a name."""

from dataclasses import dataclass
from typing import Any

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.plan import (
    ListRef,
    PlannedAddress,
    PlannedItem,
    PlannedLine,
    customer_from,
    customer_update_from,
    item_from,
    payment_from,
    planned_sale_from,
)
from qbxml_builders.addresses import Address
from qbxml_builders.customers import CustomerAdd, CustomerMod, customer_add, customer_mod
from qbxml_builders.elements import Request
from qbxml_builders.invoices import InvoiceAdd, Line, invoice_add
from qbxml_builders.items import ItemAdd, ItemKind, item_add
from qbxml_builders.payments import Applied, ReceivePaymentAdd, receive_payment_add
from qbxml_builders.refs import Ref

#: request ids: what kind of answer comes back under them, and for which posting
NAME_REQUEST = "name:"
TRANSACTION_REQUEST = "txn:"


def request_id(posting: Posting) -> str:
    """The id of the request that carries this posting; its answer bears the same."""
    of_list = posting.kind.is_name or posting.kind is Kind.CUSTOMER_UPDATE
    prefix = NAME_REQUEST if of_list else TRANSACTION_REQUEST
    return f"{prefix}{posting.id}"


class ReferenceMissing(Exception):
    """A record that this one names is not in QuickBooks yet."""

    def __init__(self, made_by: str) -> None:
        self.made_by = made_by
        super().__init__(f"the record made by {made_by} has no ListID yet")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rendering needs besides the plan: ListIDs by source key, and the tax preference."""

    list_ids: dict[str, str]
    #: the file's non-taxable code; "" where sales tax is off and no tax reference may be sent
    non_taxable_code: str = ""

    def ref(self, ref: ListRef) -> Ref:
        list_id = ref.list_id or self.list_ids.get(ref.made_by, "")
        if not list_id:
            raise ReferenceMissing(ref.made_by)
        return Ref(list_id=list_id)

    @property
    def tax_code(self) -> Ref | None:
        return Ref(list_id=self.non_taxable_code) if self.non_taxable_code else None


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """The invoice that a payment pays: in QuickBooks (`txn_id`) or in the same set (`macro`).

    `customer_list_id` and `ar_account_list_id` are those that the invoice has now.
    """

    customer_list_id: str
    ar_account_list_id: str = ""
    txn_id: str = ""
    macro: str = ""


def macro_of(invoice: Posting) -> str:
    return f"p{invoice.id}"


def customer_request(posting: Posting, around: Surroundings) -> Request:
    planned = customer_from(posting.payload)
    customer = CustomerAdd(
        name=planned.name,
        company_name=planned.company,
        first_name=planned.first_name,
        last_name=planned.last_name,
        bill_address=_address(planned.bill_to),
        phone=planned.phone,
        email=planned.email,
        # Where sales tax is off QuickBooks refuses every tax reference (3250).
        sales_tax_code=_optional(planned.tax_code_list_id) if around.tax_code else None,
        external_guid=posting.external_guid,
    )
    return customer_add(request_id(posting), customer)


def customer_update_request(posting: Posting, edit_sequence: str) -> Request:
    """`edit_sequence` as the mirror has it: QuickBooks refuses the update of an older one."""
    planned = customer_update_from(posting.payload)
    customer = CustomerMod(
        list_id=planned.list_id,
        edit_sequence=edit_sequence,
        bill_address=_address(planned.wanted.bill_to),
        phone=planned.wanted.phone,
        email=planned.wanted.email,
    )
    return customer_mod(request_id(posting), customer)


def item_request(posting: Posting, around: Surroundings) -> Request:
    planned = item_from(posting.payload)
    item = ItemAdd(
        kind=_item_kind(planned),
        name=planned.name,
        account=Ref(list_id=planned.account_list_id),
        description=planned.description,
        sales_tax_code=around.tax_code,
        external_guid=posting.external_guid,
    )
    return item_add(request_id(posting), item)


def _item_kind(planned: PlannedItem) -> ItemKind:
    if planned.is_other_charge:
        return ItemKind.OTHER_CHARGE
    return ItemKind.NON_INVENTORY if planned.is_non_inventory else ItemKind.SERVICE


def invoice_request(posting: Posting, around: Surroundings) -> Request:
    """Raises ReferenceMissing while its customer or an item is not made yet."""
    planned = planned_sale_from(posting.payload)
    invoice = InvoiceAdd(
        customer=around.ref(planned.customer),
        txn_date=planned.placed_on,
        ref_number=planned.number,
        lines=tuple(_line(line, around) for line in planned.lines),
        class_ref=_optional(planned.class_list_id),
        ar_account=_optional(planned.ar_account_list_id),
        template=_optional(planned.template_list_id),
        bill_address=_address(planned.bill_to),
        ship_address=_address(planned.ship_to),
        po_number=planned.po_number,
        terms=_optional(planned.terms_list_id),
        sales_rep=_optional(planned.sales_rep_list_id),
        ship_method=_optional(planned.ship_method_list_id),
        memo=planned.memo,
        customer_sales_tax_code=around.tax_code,
        external_guid=posting.external_guid,
    )
    return invoice_add(request_id(posting), invoice, macro=macro_of(posting))


def payment_request(posting: Posting, invoice: PaidInvoice) -> Request:
    planned = payment_from(posting.payload)
    amount = decimal_amount(planned.amount)
    payment = ReceivePaymentAdd(
        customer=Ref(list_id=invoice.customer_list_id),
        txn_date=planned.paid_on,
        ref_number=planned.reference,
        total_amount=amount,
        applied=(Applied(amount, txn_id=invoice.txn_id, macro=invoice.macro),),
        ar_account=_optional(invoice.ar_account_list_id),
        payment_method=_optional(planned.method_list_id),
        deposit_to=_optional(planned.deposit_account_list_id),
        memo=planned.memo,
        external_guid=posting.external_guid,
    )
    return receive_payment_add(request_id(posting), payment)


def made_by_keys(payload: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The source keys of the customer ("" if it exists) and of the items that an invoice needs."""
    planned = planned_sale_from(payload)
    items = dict.fromkeys(line.item.made_by for line in planned.lines if line.item.made_by)
    return planned.customer.made_by, tuple(items)


def _line(line: PlannedLine, around: Surroundings) -> Line:
    return Line(
        item=around.ref(line.item),
        description=line.description,
        quantity=line.quantity,
        rate=line.rate,
        amount=None if line.rate is not None else line.amount,
        sales_tax_code=around.tax_code,
    )


def _optional(list_id: str) -> Ref | None:
    return Ref(list_id=list_id) if list_id else None


def _address(planned: PlannedAddress | None) -> Address | None:
    if planned is None:
        return None
    return Address(planned.lines, planned.city, planned.state, planned.postal_code, planned.country)
