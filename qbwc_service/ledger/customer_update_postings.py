"""The updates of customers that a batch of orders asks for, as postings."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, KeapOrder, Kind, Posting
from qbwc_service.ledger.postings import MakePosting
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import PlannedCustomerUpdate, to_payload


class CustomerUpdateWriter:
    """Holds what was ever planned for the contacts of the batch."""

    def __init__(
        self, db: Session, connection: Connection, order_ids: Sequence[int], new: MakePosting
    ) -> None:
        self._db = db
        self._new = new
        self._known = _planned_before(db, connection, order_ids)

    def write(self, contact_id: str, planned: PlannedCustomerUpdate | None) -> None:
        """The newest plan alone says what waits for a contact. One that waits already stays as it
        was planned first: what QuickBooks had then tells whether a person has changed it since."""
        wanted = planned.source_key if planned else ""
        known = self._known[contact_id]
        for posting in [each for each in known if each.source_key != wanted]:
            if posting.state is State.READY:
                self._db.delete(posting)
                known.remove(posting)
        if planned is None or any(each.source_key == wanted for each in known):
            return
        posting = self._new(Kind.CUSTOMER_UPDATE, wanted, None)
        posting.payload = to_payload(planned)
        posting.number = planned.name
        posting.number_key = contact_id
        known.append(posting)


def _planned_before(
    db: Session, connection: Connection, order_ids: Sequence[int]
) -> dict[str, list[Posting]]:
    """The updates of customers that were ever planned for the contacts of these orders."""
    contacts = select(KeapOrder.contact_id).where(
        KeapOrder.connection_id == connection.id, KeapOrder.keap_id.in_(order_ids)
    )
    found: dict[str, list[Posting]] = defaultdict(list)
    for posting in db.scalars(
        select(Posting).where(
            Posting.connection_id == connection.id,
            Posting.kind == Kind.CUSTOMER_UPDATE,
            Posting.number_key.in_(contacts),
        )
    ):
        found[posting.number_key].append(posting)
    return found
