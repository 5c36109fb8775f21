"""Queries of transactions: by TxnID, by number, or by what changed, when, whose and in a range."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qbxml_builders.elements import Element, Request, dated, filled, several
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.lists import Page, by_key, paging

NUMERIC = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class TxnQuery:
    """A query of one type of transaction. A number, whatever its letter case, may be several's."""

    kind: str

    def __call__(
        self,
        request_id: str,
        *,
        txn_ids: Sequence[str] = (),
        ref_numbers: Sequence[str] = (),
        modified_since: str = "",
        dates: tuple[date, date] | None = None,
        customers: Sequence[str] = (),
        ref_number_range: tuple[str, str] | None = None,
        page: Page | None = None,
        line_items: bool = False,
        linked_txns: bool = False,
        fields: Sequence[str] = (),
        owner_ids: Sequence[str] = (),
    ) -> Request:
        """Filters narrow each other: ``dates`` (first and last TxnDate), ``customers`` (ListIDs,
        their jobs not included), ``ref_number_range`` (first and last; compared as numbers where
        both are), ``modified_since`` (a time as QuickBooks wrote it, never next to ``dates``).

        ``line_items`` brings the lines, of a payment what it pays; ``owner_ids`` whose extra fields
        come along: "0" are the custom fields that people define. Raises QbxmlInvalid for keys of
        two kinds, for keys or ``dates`` next to what excludes them, and for a range that ends
        before it begins.
        """
        filters = tuple(_filters(modified_since, dates, customers, ref_number_range))
        filtered = bool(filters) or page is not None
        if by_key(self.kind, (txn_ids, ref_numbers), filtered=filtered):
            which = (*several("TxnID", txn_ids), *several("RefNumber", ref_numbers))
        else:
            which = (*_size(page), *filters)
        content = (
            *which,
            *filled("IncludeLineItems", "true" if line_items else ""),
            *filled("IncludeLinkedTxns", "true" if linked_txns else ""),
            *several("IncludeRetElement", fields),
            *several("OwnerID", owner_ids),
        )
        return Request(request_id, Element(f"{self.kind}QueryRq", content, paging(page)))


invoice_query = TxnQuery("Invoice")
sales_order_query = TxnQuery("SalesOrder")
credit_memo_query = TxnQuery("CreditMemo")
check_query = TxnQuery("Check")  # of every bank account, whoever is paid
receive_payment_query = TxnQuery("ReceivePayment")  # linked_txns is refused by the schema
sales_receipt_query = TxnQuery("SalesReceipt")  # so here: it is paid by nature
card_refund_query = TxnQuery("ARRefundCreditCard")  # so here, and it has no lines to ask for


def _size(page: Page | None) -> Iterator[Element]:
    if page is not None:
        yield Element("MaxReturned", str(page.max_returned))


def _filters(
    modified_since: str,
    dates: tuple[date, date] | None,
    customers: Sequence[str],
    ref_number_range: tuple[str, str] | None,
) -> Iterator[Element]:
    if modified_since and dates is not None:
        raise QbxmlInvalid("TxnDateRangeFilter", "Ask by date or by what changed, never by both.")
    if modified_since:
        start = Element("FromModifiedDate", modified_since)
        yield Element("ModifiedDateRangeFilter", (start,))
    if dates is not None:
        yield _dates(*dates)
    if customers:
        yield Element("EntityFilter", tuple(several("ListID", customers)))
    if ref_number_range is not None:
        yield _numbers(*ref_number_range)


def _dates(first: date, last: date) -> Element:
    if first > last:  # status 3030
        raise QbxmlInvalid("TxnDateRangeFilter", f"The dates end before they begin: {first}.")
    days = (*dated("FromTxnDate", first), *dated("ToTxnDate", last))
    return Element("TxnDateRangeFilter", days)


def _numbers(first: str, last: str) -> Element:
    if all(map(NUMERIC.fullmatch, (first, last))) and int(first) > int(last):  # status 3031
        raise QbxmlInvalid("RefNumberRangeFilter", f"The range ends before it begins: {first}.")
    ends = (Element("FromRefNumber", first), Element("ToRefNumber", last))
    return Element("RefNumberRangeFilter", ends)
