"""Queries of transactions: by TxnID, by number, or by what changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qbxml_builders.elements import Element, Request, filled, several
from qbxml_builders.lists import Page, by_key, paging


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
        page: Page | None = None,
        line_items: bool = False,
        linked_txns: bool = False,
        fields: Sequence[str] = (),
    ) -> Request:
        """``line_items`` brings the lines, of a payment what it pays; ``modified_since`` is a time
        as QuickBooks wrote it.

        Raises QbxmlInvalid for keys of two kinds, or keys together with a filter.
        """
        filtered = bool(modified_since) or page is not None
        if by_key(self.kind, (txn_ids, ref_numbers), filtered=filtered):
            which = (*several("TxnID", txn_ids), *several("RefNumber", ref_numbers))
        else:
            which = tuple(_filter(modified_since, page))
        content = (
            *which,
            *filled("IncludeLineItems", "true" if line_items else ""),
            *filled("IncludeLinkedTxns", "true" if linked_txns else ""),
            *several("IncludeRetElement", fields),
        )
        return Request(request_id, Element(f"{self.kind}QueryRq", content, paging(page)))


invoice_query = TxnQuery("Invoice")
credit_memo_query = TxnQuery("CreditMemo")
receive_payment_query = TxnQuery("ReceivePayment")  # linked_txns is refused by the schema
sales_receipt_query = TxnQuery("SalesReceipt")  # so here: it is paid by nature


def _filter(modified_since: str, page: Page | None) -> Iterator[Element]:
    if page is not None:
        yield Element("MaxReturned", str(page.max_returned))
    if modified_since:
        start = Element("FromModifiedDate", modified_since)
        yield Element("ModifiedDateRangeFilter", (start,))
