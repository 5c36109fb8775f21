"""Customers that a person merged into others: QuickBooks tells only that they are gone.

Our forms went over to the customer that is left, so the newest one of each contact is asked whose
it is now. Without this the next order would make the merged customer again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from qbwc_service.ledger import contact_customers
from qbwc_service.ledger.models import SALES, KeapOrder, Kind, Posting
from qbwc_service.ledger.states import State
from qbwc_service.matching.customers import UNDER_THE_SINGLE_ONE
from qbwc_service.planning.plan import planned_sale_from
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS
from qbxml_builders.elements import Request
from qbxml_builders.records import InvoiceRecord, Record, SaleRecord

PREFIX = "merged:"
_FIELDS = ("TxnID", "CustomerRef")
#: forms asked for in one request, and in all
_AT_ONCE, _MOST = 50, 500


#: by the kind of the form: TxnID -> Keap contact; kept in the notes of the session
Newest = Mapping[str, Mapping[str, str]]


def newest_sales(turn: Turn, gone: Sequence[str]) -> Newest:
    """The newest form of each contact whose customer is one of these (ListIDs). Asked before the
    ledger has let go of them."""
    connection_id = turn.connection.id
    made = turn.db.scalars(
        select(Posting.source_key).where(
            Posting.connection_id == connection_id,
            Posting.kind == Kind.CUSTOMER,
            Posting.state == State.POSTED,
            Posting.record_id.in_(gone[:_MOST]),
        )
    )
    went = contact_customers.went_to(turn.db, connection_id, list_ids=gone[:_MOST])
    contacts = sorted({*made, *went})[:_MOST]
    newest = (
        select(KeapOrder.contact_id, func.max(Posting.id).label("posting"))
        .join(
            Posting,
            (Posting.connection_id == KeapOrder.connection_id)
            & (Posting.order_id == KeapOrder.keap_id),
        )
        .where(
            KeapOrder.connection_id == connection_id,
            KeapOrder.contact_id.in_(contacts),
            Posting.kind.in_(SALES),
            Posting.state == State.POSTED,
            Posting.linked.is_(False),
        )
        .group_by(KeapOrder.contact_id)
        .subquery()
    )
    found = turn.db.execute(
        select(Posting.kind, Posting.record_id, Posting.payload, newest.c.contact_id).join(
            newest, newest.c.posting == Posting.id
        )
    )
    by_kind: dict[str, dict[str, str]] = {}
    for row in found:
        if _tells_who(row.payload):
            by_kind.setdefault(row.kind.value, {})[row.record_id] = row.contact_id
    return by_kind


def _tells_who(payload: Mapping[str, Any]) -> bool:
    """A form under the single customer says nothing of who its contact is."""
    return bool(payload) and planned_sale_from(dict(payload)).why.rule != UNDER_THE_SINGLE_ONE


def questions(newest: Newest) -> list[Request]:
    """Whose these forms are now."""
    return [
        TXN_KINDS[Kind(kind)].query(
            f"{PREFIX}{kind}:{start}", txn_ids=txn_ids[start : start + _AT_ONCE], fields=_FIELDS
        )
        for kind, txn_ids in ((kind, sorted(of_kind)) for kind, of_kind in newest.items())
        for start in range(0, len(txn_ids), _AT_ONCE)
    ]


def follow(turn: Turn, newest: Newest, records: Iterable[Record]) -> bool:
    """The contacts of these forms go where the forms are now; True where there were any."""
    contacts = {
        txn_id: contact for of_kind in newest.values() for txn_id, contact in of_kind.items()
    }
    went = {
        contacts[record.txn_id]: record.customer_list_id
        for record in records
        if isinstance(record, InvoiceRecord | SaleRecord) and record.txn_id in contacts
    }
    contact_customers.remember(turn.db, turn.connection.id, went)
    return bool(went)
