"""The messages that would be sent for an order, for whoever wants to read them. Nothing is stored.

What is made by the first message (customer, items) has no ListID yet: a word stands in its place.
Look-ups go before each of them and are not shown.
"""

from collections.abc import Sequence
from datetime import datetime

from qbwc_service.ledger.message_sets import QBXML_VERSION
from qbwc_service.ledger.models import Connection, Kind, Posting
from qbwc_service.ledger.postings import new_posting
from qbwc_service.ledger.preview import Preview, rows_of
from qbwc_service.ledger.row_postings import kind_of
from qbwc_service.planning.plan import (
    Planned,
    PlannedCreditMemo,
    PlannedCustomer,
    PlannedItem,
    PlannedPayment,
    PlannedRefund,
    PlannedSale,
    to_payload,
)
from qbwc_service.webconnector.render import (
    ReferenceMissing,
    Surroundings,
    customer_request,
    item_request,
)
from qbwc_service.webconnector.render_forms import (
    Target,
    credit_memo_request,
    macro_of,
    payment_request,
    refund_request,
    sale_request,
)
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.message_set import render

#: stands for the ListID of what the message before makes
MADE_BEFORE = "MADE-BY-THE-MESSAGE-BEFORE"


def previewed_messages(
    connection: Connection, preview: Preview, now: datetime
) -> tuple[str, ...] | str:
    """The messages in their order; a sentence where they cannot be written."""
    if preview.plan.sale is None:
        return "Nothing would be sent."
    try:
        both = _Requests(connection, preview, now)
        messages = [both.names(), both.transactions(preview.plan.sale)]
        return tuple(render(each, version=QBXML_VERSION) for each in messages if each)
    except ReferenceMissing as missing:
        return f"It cannot be written yet: {missing}."
    except QbxmlInvalid as refused:
        return f"QuickBooks could not read it: {refused}"


class _Requests:
    """The requests of one order; its postings are made here and belong to no transaction."""

    def __init__(self, connection: Connection, preview: Preview, now: datetime) -> None:
        self._connection = connection
        self._preview = preview
        self._now = now
        self._count = 0
        facts = connection.quickbooks
        made: list[PlannedCustomer | PlannedItem] = [*preview.plan.items]
        made += [item for row in preview.plan.payments for item in row.items]
        if preview.plan.customer:
            made.insert(0, preview.plan.customer)
        self._made = made
        ids = {each.source_key: MADE_BEFORE for each in made}
        if preview.plan.sale and preview.plan.sale.customer.made_by:
            ids[preview.plan.sale.customer.made_by] = MADE_BEFORE
        self._around = Surroundings(
            ids, facts.get("non_taxable_code", ""), facts.get("taxable_code", "")
        )

    def names(self) -> list[Request]:
        """The customer and the items that are made first."""
        return [self._name(each) for each in self._made]

    def _name(self, planned: PlannedCustomer | PlannedItem) -> Request:
        if isinstance(planned, PlannedCustomer):
            customer = self._posting(Kind.CUSTOMER, planned.source_key, planned)
            return customer_request(customer, self._around)
        return item_request(self._posting(Kind.ITEM, planned.source_key, planned), self._around)

    def transactions(self, planned: PlannedSale) -> Sequence[Request]:
        """The form, and what of its payment rows has a request of its own."""
        key = str(self._preview.order.keap_id)
        sale = self._posting(Kind(planned.form), key, planned)
        customer = self._around.ref(planned.customer).list_id
        target = Target(customer, planned.ar_account_list_id, macro=macro_of(sale))
        requests = [sale_request(sale, self._around)]
        memos: dict[str, Posting] = {}
        for row in rows_of(self._preview.plan):
            posting = self._posting(kind_of(row), row.source_key, row)
            match row:
                case PlannedPayment():
                    requests.append(payment_request(posting, target))
                case PlannedCreditMemo():
                    memos[row.source_key] = posting
                    requests.append(credit_memo_request(posting, target, self._around))
                case PlannedRefund() if row.source_key in memos:
                    memo = memos[row.source_key]
                    account = target.ar_account_list_id or str(
                        memo.payload.get("ar_account_list_id", "")
                    )
                    used = Target(customer, account, macro=macro_of(memo))
                    requests.append(refund_request(posting, used))
        return requests

    def _posting(self, kind: Kind, key: str, planned: Planned) -> Posting:
        self._count += 1
        generation = self._preview.generation if kind.is_sale else 1
        posting = new_posting(
            self._connection, kind, key, self._preview.order.keap_id, generation, now=self._now
        )
        posting.id = self._count
        posting.payload = to_payload(planned)
        return posting
