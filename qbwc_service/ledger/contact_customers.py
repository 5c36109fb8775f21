"""Where the orders of a contact go, as they were planned last.

Once one of them is in QuickBooks, that is where the next ones go too. Until then it only keeps
another contact of the same name from being taken for this one.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import any_of, rows_of
from qbwc_service.ledger.models import SALES, ContactCustomer, KeapOrder, Posting
from qbwc_service.ledger.states import State


def remember(db: Session, connection_id: int, went: Mapping[str, str]) -> None:
    """ListIDs by contact; "" for one whose customer is still to be made."""
    if not went:
        return
    db.execute(
        delete(ContactCustomer).where(
            ContactCustomer.connection_id == connection_id,
            ContactCustomer.contact_id.in_(sorted(went)),
        ),
        execution_options={"synchronize_session": False},
    )
    rows = [
        {"connection_id": connection_id, "contact_id": contact, "list_id": list_id}
        for contact, list_id in went.items()
        if list_id
    ]
    if rows:
        db.execute(rows_of(ContactCustomer), rows)


def went_to(
    db: Session,
    connection_id: int,
    *,
    contacts: Collection[str] = (),
    list_ids: Collection[str] = (),
) -> dict[str, str]:
    """ListIDs by contact: of these contacts, and of all that went to these customers."""
    own = ContactCustomer.connection_id == connection_id
    found = db.execute(
        select(ContactCustomer.contact_id, ContactCustomer.list_id).where(
            any_of(
                ContactCustomer.id,
                own & ContactCustomer.contact_id.in_(sorted(contacts)),
                own & ContactCustomer.list_id.in_(sorted(list_ids)),
            )
        )
    )
    return {row.contact_id: row.list_id for row in found}


def with_sales(db: Session, connection_id: int, contacts: Collection[str]) -> frozenset[str]:
    """Those of these contacts for whom we made a form that is in QuickBooks."""
    found = db.scalars(
        select(KeapOrder.contact_id)
        .distinct()
        .join(
            Posting,
            (Posting.connection_id == KeapOrder.connection_id)
            & (Posting.order_id == KeapOrder.keap_id),
        )
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.contact_id.in_(sorted(contacts)),
            Posting.kind.in_(SALES),
            Posting.state == State.POSTED,
            Posting.linked.is_(False),
        )
    )
    return frozenset(found)
