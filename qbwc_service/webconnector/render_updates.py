"""A planned change of an invoice -> its qbXML request: only what differs, lines by TxnLineID."""

from collections.abc import Sequence

from qbwc_service.ledger.models import Posting
from qbwc_service.planning.plan import PlannedLine, planned_sale_from
from qbwc_service.webconnector.render import Surroundings, optional, request_id
from qbwc_service.webconnector.render_forms import line_of
from qbxml_builders.elements import Request
from qbxml_builders.invoices import NEW_LINE, InvoiceMod, LineMod, invoice_mod


def sale_update_request(
    update: Posting, sale: Posting, line_ids: Sequence[str], around: Surroundings
) -> Request:
    """`line_ids`: TxnLineIDs of the invoice's lines, which are those of the sale, in their order.

    Raises ReferenceMissing while its customer or an item is not made yet.
    """
    was, now = planned_sale_from(sale.payload), planned_sale_from(update.payload)
    is_same = was.lines == now.lines
    has_other_tax_item = now.tax_item_list_id != was.tax_item_list_id
    invoice = InvoiceMod(
        txn_id=sale.record_id,
        edit_sequence=sale.edit_sequence,
        lines=() if is_same else _lines(was.lines, now.lines, line_ids, around),
        customer=around.ref(now.customer) if now.customer != was.customer else None,
        txn_date=now.placed_on if now.placed_on != was.placed_on else None,
        due_date=now.due_on if now.due_on != was.due_on else None,
        item_sales_tax=optional(now.tax_item_list_id) if has_other_tax_item else None,
    )
    return invoice_mod(request_id(update), invoice)


def _lines(
    was: Sequence[PlannedLine],
    now: Sequence[PlannedLine],
    line_ids: Sequence[str],
    around: Surroundings,
) -> tuple[LineMod, ...]:
    """All lines that the invoice is to have: QuickBooks deletes those that are not named."""
    left = list(zip(was, line_ids, strict=True))
    kept: dict[int, LineMod] = {}
    for place, line in enumerate(now):
        found = next((each for each in left if each[0] == line), None)
        if found is not None:
            left.remove(found)
            kept[place] = LineMod(found[1])
    for place, line in enumerate(now):
        if place in kept:
            continue
        found = next((each for each in left if _can_become(each[0], line)), None)
        if found is not None:
            left.remove(found)
        kept[place] = LineMod(found[1] if found else NEW_LINE, line_of(line, around))
    return tuple(kept[place] for place in range(len(now)))


def _can_become(was: PlannedLine, now: PlannedLine) -> bool:
    """A quantity or a rate can be changed, never emptied (qbXML OSR, InvoiceMod)."""
    return (
        was.item == now.item
        and (was.quantity is None) == (now.quantity is None)
        and (was.rate is None) == (now.rate is None)
    )
