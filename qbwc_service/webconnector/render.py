"""Planned customers and items -> qbXML requests, and what every request of ours needs."""

from dataclasses import dataclass

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.plan import (
    ListRef,
    PlannedAddress,
    PlannedItem,
    customer_from,
    customer_update_from,
    item_from,
)
from qbxml_builders.addresses import Address
from qbxml_builders.customers import CustomerAdd, CustomerMod, customer_add, customer_mod
from qbxml_builders.elements import Request
from qbxml_builders.items import ItemAdd, ItemKind, item_add
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
    """What rendering needs besides the plan: ListIDs by source key, and the tax preferences."""

    list_ids: dict[str, str]
    #: the file's non-taxable code; "" where sales tax is off and no tax reference may be sent
    non_taxable_code: str = ""
    #: the code of lines that QuickBooks reckons tax on
    taxable_code: str = ""

    def ref(self, ref: ListRef) -> Ref:
        list_id = ref.list_id or self.list_ids.get(ref.made_by, "")
        if not list_id:
            raise ReferenceMissing(ref.made_by)
        return Ref(list_id=list_id)

    @property
    def tax_code(self) -> Ref | None:
        return Ref(list_id=self.non_taxable_code) if self.non_taxable_code else None

    def code_of(self, *, is_taxed: bool) -> Ref | None:
        """Raises ReferenceMissing where tax is to be reckoned and QuickBooks has it off."""
        if not is_taxed:
            return self.tax_code
        if not self.taxable_code:
            raise ReferenceMissing("sales tax")
        return Ref(list_id=self.taxable_code)


def customer_request(posting: Posting, around: Surroundings) -> Request:
    planned = customer_from(posting.payload)
    customer = CustomerAdd(
        name=planned.name,
        company_name=planned.company,
        first_name=planned.first_name,
        last_name=planned.last_name,
        bill_address=address(planned.bill_to),
        phone=planned.phone,
        email=planned.email,
        # Where sales tax is off QuickBooks refuses every tax reference (3250).
        sales_tax_code=optional(planned.tax_code_list_id) if around.tax_code else None,
        external_guid=posting.external_guid,
    )
    return customer_add(request_id(posting), customer)


def customer_update_request(posting: Posting, edit_sequence: str) -> Request:
    """`edit_sequence` as the mirror has it: QuickBooks refuses the update of an older one."""
    planned = customer_update_from(posting.payload)
    customer = CustomerMod(
        list_id=planned.list_id,
        edit_sequence=edit_sequence,
        bill_address=address(planned.wanted.bill_to),
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


def optional(list_id: str) -> Ref | None:
    return Ref(list_id=list_id) if list_id else None


def address(planned: PlannedAddress | None) -> Address | None:
    if planned is None:
        return None
    return Address(planned.lines, planned.city, planned.state, planned.postal_code, planned.country)
