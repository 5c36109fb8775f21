"""Which numbers QuickBooks has where Keap's orders are about to go.

Asked once, at the first session that knows any order, with the reading of the lists: it takes no
message of its own.
"""

from collections.abc import Iterator

from qbwc_service.ledger import mirror
from qbwc_service.ledger.models import Kind
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile import txns
from qbwc_service.ledger.reconcile.number_overlap import coming_numbers
from qbwc_service.webconnector import thin_rows
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.answers import Response
from qbxml_builders.elements import Request
from qbxml_builders.lists import Page

PREFIX = "numbers-in-use:"
#: where it is kept, beside the lists, that it was asked
ASKED = "numbers in use"
#: a few tell that the ranges overlap
_ENOUGH = 20


def questions(turn: Turn) -> Iterator[Request]:
    """Invoices and sales receipts with a number that a coming order would get."""
    if mirror.state_of(turn.db, turn.connection.id, ASKED).read_at is not None:
        return
    settings = effective_settings(turn.connection)
    coming = coming_numbers(turn.db, turn.connection.id, settings)
    if coming is None or settings.number_prefix or settings.number_suffix:
        return
    first, last = coming
    for kind in (Kind.INVOICE, Kind.SALES_RECEIPT):
        yield thin_rows.ask(
            kind,
            f"{PREFIX}{kind.value}",
            ref_number_range=(str(first), str(last)),
            page=Page(_ENOUGH),
        )


def take(turn: Turn, response: Response) -> None:
    """Keep what came: `number_overlap` reckons with it."""
    read = thin_rows.read_txns(response.records)
    txns.store(turn.db, turn.connection.id, read, seen_in=turn.session.id)
    mirror.state_of(turn.db, turn.connection.id, ASKED).read_at = turn.now
